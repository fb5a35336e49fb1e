/** Numbers and words of the evidence in the reader's language. */

import { area, breakLabel, has, number, percent, t, time } from "../i18n.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** A figure with its unit, as the pages show it. */
export function amount(value, unit) {
  if (!known(value)) return value === null || value === undefined ? t("state.none") : String(value);
  if (unit === "share") return percent(value);
  if (unit === "m2") return area(value);
  if (unit === "m") return `${number(value)} m`;
  if (unit === "count" || unit === "people") return number(value, Number.isInteger(value) ? 0 : 1);
  if (unit === "px/m" || unit === "deg") return `${breakLabel(value)} ${unit === "deg" ? "°" : unit}`;
  return number(value, Number.isInteger(value) ? 0 : Math.abs(value) < 0.1 ? 4 : 2);
}

/** One term of a formula, or why its number is not told. */
export const termValue = (term) => (term.hidden ? t("map.suppressed") : term.value === null ? t("evidence.not_told") : amount(term.value, term.unit));

/** The class of a hotspot or emerging label in words, where the value is one. */
function classWords(figure, value) {
  if (figure === "emerging.label") return t(`emerging.${value}`);
  if (figure !== "hotspots.hotspot") return String(value);
  return t(value === "none" ? "stat.ns" : `stat.${value}`);
}

export function valueWords(told) {
  if (told.hidden) return t("map.suppressed");
  if (told.value === null || told.value === "") return t("map.no_data");
  return typeof told.value === "string" ? classWords(told.figure, told.value) : amount(told.value, told.unit);
}

/** "12,345 m / 67,890 m = 18.2%"; null where a number of it is hidden or not for this role. */
export function formulaLine({ formula, value, unit }) {
  if (!formula || formula.terms.some((term) => !known(term.value))) return null;
  const shown = formula.terms.map(termValue);
  const result = amount(value, unit);
  if (formula.kind === "sum") return `${shown.join(" + ")} = ${result}`;
  if (formula.kind === "excess") return `2 (√(${shown[0]} + 3/8) − √(${shown[1]} + 3/8)) = ${result}`;
  const [top, ...over] = shown;
  return `${top} / ${over.length > 1 ? `(${over.join(" + ")})` : over[0]} = ${result}`;
}

/** A cell of the rows behind a figure. */
export function cellWords(column, value) {
  if (value === null || value === undefined || value === "") return t("state.none");
  if (column.type === "time") return time(value);
  if (typeof value === "boolean") return t(value ? "evidence.yes" : "evidence.no");
  for (const key of [`camera.${column.column}.${value}`, `incident.${column.column}.${value}`]) if (has(key)) return t(key);
  return typeof value === "number" ? amount(value, column.unit) : String(value);
}
