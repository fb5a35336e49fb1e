/** What of the gaps desk stands in the address. */

import { readComparison, writeComparison } from "./compare/address.js";

/** Reasons of gaps, in the order of the test. */
export const REASONS = ["offline", "building", "terrain", "direction", "pixels", "doubt", "none"];

export const GAP_MEASURES = ["roads", "places", "incidents", "residents", "area"];
export const GAP_ORDER = ["rows", "reason", "length", "where"];
export const GAP_DEFAULTS = { rows: "gaps", reason: null, length: null, where: null };
/** Between words of the home, which may hold commas, and between the units of a selection. */
export const BETWEEN = "~";
const MOST_CHOSEN = 8000;

/** Some of the reasons, with commas between them. */
function reasons(text) {
  const names = text.split(",").filter(Boolean);
  return names.length && names.every((name) => REASONS.includes(name)) ? names : undefined;
}

/** "250-1000", or "250-" without an upper end. */
function span(text) {
  const found = /^(\d{1,9})-(\d{1,9})?$/.exec(text);
  if (!found) return undefined;
  const [low, high] = [Number(found[1]), found[2] === undefined ? null : Number(found[2])];
  return high === null || high > low ? [low, high] : undefined;
}

const words = (known) => (text) => {
  const found = text.split(BETWEEN);
  return found.every((word) => known.includes(word)) ? found : undefined;
};

/** Filters of the table's headings: "incidents:5-50~name:text~largest:none,pixels". */
function where(text) {
  const found = {};
  for (const part of text.split(BETWEEN)) {
    const at = part.indexOf(":");
    const [key, value] = [part.slice(0, at), part.slice(at + 1)];
    const read = key === "name" ? value || undefined : key === "largest" ? reasons(value) : GAP_MEASURES.includes(key) ? span(value) : undefined;
    if (at < 1 || read === undefined) return undefined;
    found[key] = read;
  }
  return found;
}

export const gapReaders = (boot) => ({
  rows: (text) => (["gaps", "units"].includes(text) ? text : undefined),
  reason: reasons,
  length: span,
  where,
  cat: words(boot.incident_words?.category ?? []),
  ch: words(boot.incident_words?.channel ?? []),
  sel: (text) => (text.length <= MOST_CHOSEN ? text : undefined),
  cmp: (text) => readComparison(text, boot),
});

const spanShown = (value) => `${value[0]}-${value[1] ?? ""}`;
const partShown = ([key, value]) => `${key}:${key === "name" ? value : key === "largest" ? value.join(",") : spanShown(value)}`;

/** How a value of this desk is written; undefined for other keys. */
export function gapShown(key, value) {
  if (key === "reason") return value.join(",");
  if (key === "length") return spanShown(value);
  if (key === "where") return Object.entries(value).map(partShown).join(BETWEEN);
  if (["cat", "ch"].includes(key) && Array.isArray(value)) return value.join(BETWEEN);
  if (key === "cmp" && typeof value === "object") return writeComparison(value);
  return undefined;
}
