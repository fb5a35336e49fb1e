/** What the safeguards desk keeps in the page's address. */

export const STATUSES = ["not_filed", "no_sign", "past_retention", "unknown"];
export const GUARD_MEASURES = ["facade", "seen3", "overlaps", "duties"];
export const GUARD_ORDER = ["of", "colour", "facade", "status", "overlap", "programme", "owner", "spare", "sort", "cam"];
/** Keys that filter the rows. */
export const FILTERS = ["facade", "status", "overlap", "programme", "owner", "spare"];

/** Words of the home may hold commas, hardly ever this. */
const BETWEEN = "~";
const WORDS = ["overlap", "programme", "owner"];

export const GUARD_DEFAULTS = { of: "cameras", colour: "facade", facade: null, status: [], overlap: [], programme: [], owner: [], spare: false, sort: null, cam: null };

const list = (text, between) => text.split(between);
const known = (text) => (text.length <= 2000 ? list(text, BETWEEN) : undefined);

export function guardReaders(boot) {
  const levels = boot.levels.map(({ name }) => name);
  return {
    of: (text) => (text === "cameras" || levels.includes(text) ? text : undefined),
    colour: (text) => (["facade", "seen3"].includes(text) ? text : undefined),
    facade: (text) => {
      const found = /^(\d{1,5})-(\d{0,5})$/.exec(text);
      if (!found || (found[2] !== "" && Number(found[2]) <= Number(found[1]))) return undefined;
      return [Number(found[1]), found[2] === "" ? null : Number(found[2])];
    },
    status: (text) => (list(text, ",").every((name) => STATUSES.includes(name)) ? list(text, ",") : undefined),
    overlap: known,
    programme: known,
    owner: known,
    spare: (text) => (text === "1" ? true : undefined),
    sort: (text) => {
      const found = /^([\w]{1,40})\.(high|low)$/.exec(text);
      return found ? { key: found[1], descending: found[2] === "high" } : undefined;
    },
    cam: (text) => (text.length <= 200 ? text : undefined),
  };
}

/** How a value of one of these keys stands in the address; undefined for other keys. */
export function guardShown(key, value) {
  if (key === "facade") return `${value[0]}-${value[1] ?? ""}`;
  if (key === "status") return value.join(",");
  if (WORDS.includes(key)) return value.join(BETWEEN);
  if (key === "spare") return value ? "1" : "";
  if (key === "sort") return `${value.key}.${value.descending ? "high" : "low"}`;
  return undefined;
}
