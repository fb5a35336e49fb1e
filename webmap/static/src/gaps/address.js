/** What of the gaps desk stands in the address. */

/** Reasons of gaps, in the order of the test. */
export const REASONS = ["offline", "building", "terrain", "direction", "pixels", "doubt", "none"];

export const GAP_MEASURES = ["roads", "places", "incidents", "residents", "area"];
export const GAP_ORDER = ["reason", "length"];
export const GAP_DEFAULTS = { reason: null, length: null };

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

export const gapReaders = { reason: reasons, length: span };

/** How a value of this desk is written; undefined for other keys. */
export const gapShown = (key, value) => (key === "reason" ? value.join(",") : key === "length" ? `${value[0]}-${value[1] ?? ""}` : undefined);
