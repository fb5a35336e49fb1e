/** What a gap is counted in: measure of the desk, column of the table, figure of the reasons, unit, words. */

import { number, t } from "../i18n.js";
import { reasonWords } from "../card/reasons.js";

export const GAP_FIGURES = [
  { name: "roads", column: "road_unseen_m", figure: "road_m", needs: ["roads"], unit: "m", title: "gaps.roads", whole: "gaps.sum_roads" },
  { name: "places", column: "n_places_unseen", figure: "n_places", needs: ["places"], unit: "", title: "gaps.places", whole: "gaps.sum" },
  { name: "incidents", column: "n_incidents_unseen", figure: "n_incidents", needs: ["incidents"], unit: "", title: "gaps.incidents", whole: "gaps.sum" },
  { name: "residents", column: "residents_not_near", figure: "residents", needs: ["residents"], unit: "", title: "gaps.residents", whole: "gaps.sum" },
  { name: "area", column: "gap_m2", figure: "gap_m2", needs: ["roads", "places"], unit: "m²", title: "gaps.area", whole: "gaps.sum" },
];

export const gapFigure = (name) => GAP_FIGURES.find((row) => row.name === name) ?? GAP_FIGURES[0];
export const isLoaded = ({ needs, name }, boot) => needs.some((table) => boot.available?.[table]) && (name !== "residents" || Boolean(boot.available?.roads || boot.available?.places));

/** Units by size: metres turn to kilometres and square metres to hectares where they would be long. */
const LARGE = { m: { from: 100_000, divisor: 1000, unit: "km" }, "m²": { from: 10_000, divisor: 10_000, unit: "hm²" } };

/** How figures up to `most` are shown: {unit, divisor, digits}. */
export function scaleFor({ unit }, most) {
  const large = LARGE[unit];
  if (!large || most < large.from) return { unit, divisor: 1, digits: 0 };
  return { unit: large.unit, divisor: large.divisor, digits: most >= 1000 * large.divisor ? 0 : 1 };
}

export const scaled = ({ divisor, digits }, value) => number(value / divisor, value === 0 ? 0 : digits);

/** A figure with its unit. */
export function withUnit(row, value) {
  const scale = scaleFor(row, value);
  return scale.unit ? `${scaled(scale, value)}\u00a0${scale.unit}` : scaled(scale, value);
}

/** A filter of the table's headings in words. */
export function whereWords(key, value) {
  if (key === "name") return `${t("table.name")}${t("punct.colon")}${value}`;
  if (key === "largest") return `${t("gaps.largest")}${t("punct.colon")}${value.map(reasonWords).join(t("punct.list"))}`;
  const row = gapFigure(key);
  const [low, high] = value.map((end) => (end === null ? null : withUnit(row, end)));
  return `${t(row.title)} ${high === null ? `≥ ${low}` : `${low}–${high}`}`;
}
