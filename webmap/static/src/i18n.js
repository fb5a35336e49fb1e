const MINUS = "\u2212";
const DASH = "\u2013";

let messages = {};
let lang = "zh";
let timezone = "UTC";

export function setupWords(boot, language) {
  messages = boot.messages ?? {};
  timezone = boot.timezone ?? "UTC";
  lang = language === "en" ? "en" : "zh";
}

export const language = () => lang;

/** The word for a key; `{n}` marks are filled from `values`. A key that is not in the catalogue stands for itself. */
export function t(key, values = {}) {
  const text = messages[key]?.[lang] ?? key;
  return text.replace(/\{(\w+)\}/g, (mark, name) => (name in values ? String(values[name]) : mark));
}

export const has = (key) => key in messages;

/** A word of the records of incidents: the catalogue's or the home's name of it, else as it stands. */
export const incidentWord = (name, word) => (has(`incident.${name}.${word}`) ? t(`incident.${name}.${word}`) : word);

/** One of the two languages of a `{en, zh}` record. */
export const words = (record) => (typeof record === "string" ? record : (record?.[lang] ?? record?.en ?? ""));

export const title = (level) => (lang === "en" ? level.title_en : level.title_zh) || level.name;

/** Both naming conventions: a unit's own English name where there is one. */
export const named = (unit) => (lang === "en" && unit.name_en ? unit.name_en : unit.name) || unit.code || "";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

export function number(value, digits = 0) {
  if (!isNumber(value)) return t("state.none");
  const rounded = Number(value.toFixed(digits));
  const text = Math.abs(rounded).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return rounded < 0 ? MINUS + text : text;
}

/** A share 0..1 as a percentage without its sign. */
export const percentValue = (share, digits = 1) => (isNumber(share) ? number(share * 100, digits) : t("state.none"));

export const percent = (share, digits = 1) => (isNumber(share) ? `${percentValue(share, digits)}%` : t("state.none"));

export function range(low, high, format = (value) => number(value)) {
  if (!isNumber(low) || !isNumber(high)) return "";
  return `${format(low)}${DASH}${format(high)}`;
}

/** An area in the unit that keeps it between 0.1 and 9,999. */
export function area(value_m2) {
  if (!isNumber(value_m2)) return t("state.none");
  if (value_m2 >= 100_000) return `${number(value_m2 / 1e6, value_m2 >= 1e9 ? 0 : value_m2 >= 1e6 ? 1 : 2)} km²`;
  return `${number(value_m2)} m²`;
}

export function breakLabel(value) {
  const text = value >= 100 || Number.isInteger(value) ? number(Math.round(value)) : number(value, value < 1 ? 2 : 1);
  return text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** A UTC time in the home's time zone: "2026-11-22 02:10". */
export function time(iso) {
  if (!iso) return t("state.none");
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`;
}
