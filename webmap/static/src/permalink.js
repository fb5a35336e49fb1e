/** The page's address and the state say the same thing (path = desk, query = what was chosen). */

import { backgroundLayers } from "./backgrounds.js";
import { GAP_MEASURES, GAP_ORDER, gapReaders, gapShown } from "./gaps/address.js";
import { GUARD_MEASURES, GUARD_ORDER, guardReaders, guardShown } from "./safeguards/address.js";
import { MONTH_ORDER, monthReaders } from "./timeline/address.js";
import { isPeriod, parseHours } from "./when.js";

export const MEASURES = {
  coverage: ["places", "roads", "incidents", "residents", "area"],
  gaps: GAP_MEASURES,
  safeguards: GUARD_MEASURES,
  hotspots: ["emerging", "gi", "density"],
};
export const BREAKS = ["fixed", "quantile", "natural", "equal"];
/** Steps of time of emerging hot spots. */
export const STEPS = ["month", "week", "day"];
export const ESTIMATES = ["low", "mid", "high"];
export const LAYERS = ["gaps", "cameras", "sectors", "places", "buildings", "restricted_areas", "facades", "boundaries", "roads", "streams", "relief", "graticule"];

const ORDER = ["place", "z", "c", "level", "measure", "scale", "at", "est", "breaks", "layers", "period", "cat", "ch", "hours", "step", "sel", ...GAP_ORDER, ...MONTH_ORDER, "scn", ...GUARD_ORDER, "lang", "theme"];
/** What links of earlier versions call some of them. */
const FORMER = { category: "cat", channel: "ch" };
const unitPattern = /^(?:[\w-]+:)?.{1,80}$/u;

const oneOf = (list) => (text) => (list.includes(text) ? text : undefined);

function readers(boot) {
  const levels = boot.levels.map((level) => level.name);
  const scales = Object.keys(boot.scales);
  const densities = new Set(Object.values(boot.scales).flatMap((scale) => Object.values(scale)));
  return {
    place: (text) => (unitPattern.test(text) ? text : undefined),
    sel: (text) => (unitPattern.test(text) ? text : undefined),
    z: (text) => (text.trim() !== "" && Number(text) >= 0 && Number(text) <= 22 ? Number(text) : undefined),
    c: (text) => {
      const [lon, lat, ...rest] = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
      const fine = rest.length === 0 && Math.abs(lon) <= 180 && Math.abs(lat) <= 85.06;
      return fine ? [lon, lat] : undefined;
    },
    level: oneOf(levels),
    measure: oneOf(MEASURES[boot.desk]),
    scale: oneOf(scales),
    at: (text) => (densities.has(Number(text)) ? Number(text) : undefined),
    est: oneOf(ESTIMATES),
    breaks: oneOf(BREAKS),
    period: (text) => (isPeriod(text) ? text : undefined),
    cat: oneOf(boot.incident_words?.category ?? []),
    ch: oneOf(boot.incident_words?.channel ?? []),
    hours: (text) => (parseHours(text) ? text : undefined),
    step: oneOf(STEPS),
    layers: (text) => {
      const names = text.split(",").filter(Boolean);
      return names.every((name) => LAYERS.includes(name) || backgroundLayers(boot).includes(name)) ? names : undefined;
    },
    scn: (text) => (boot.desk === "coverage" && boot.may?.points && /^[\w-]{4,64}$/.test(text) ? text : undefined),
    ...(boot.desk === "safeguards" ? guardReaders(boot) : {}),
    ...(boot.desk === "gaps" ? gapReaders(boot) : {}),
    ...(boot.desk === "coverage" ? monthReaders : {}),
    lang: oneOf(["zh", "en"]),
    theme: oneOf(["light", "dark"]),
  };
}

/** `{values, broken}`: what could be read, and the names of what could not. */
export function parse(search, boot) {
  const read = readers(boot);
  const values = {};
  const broken = [];
  const given = new URLSearchParams(search);
  for (const [name, text] of given) {
    const key = FORMER[name] ?? name;
    const isRepeated = given.getAll(name).length > 1 || (key !== name && given.has(key));
    const value = isRepeated ? undefined : read[key]?.(text);
    if (value !== undefined) values[key] = value;
    else if (!broken.includes(name)) broken.push(name);
  }
  return { values, broken };
}

function shown(key, value) {
  if (key === "c") return value.map((part) => part.toFixed(5)).join(",");
  if (key === "layers") return value.join(",");
  if (key === "z") return String(Math.round(value * 100) / 100);
  return gapShown(key, value) ?? guardShown(key, value) ?? String(value);
}

/** The query of a state; what equals its default is left out. */
export function format(state, defaults, keys = ORDER) {
  const parts = [];
  for (const key of keys) {
    const value = state[key];
    if (value === null || value === undefined) continue;
    if (key !== "z" && key !== "c" && JSON.stringify(value) === JSON.stringify(defaults[key])) continue;
    parts.push(`${key}=${encodeURIComponent(shown(key, value)).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%40/g, "@")}`);
  }
  return parts.length ? `?${parts.join("&")}` : "";
}

const LOOKS = ["lang", "theme"];

/** What another desk is given: place, view and selection stay, the desk's own choices do not; the intake desk has no place. */
export const carried = (state, defaults, desk) =>
  format(state, defaults, desk === "intake" ? LOOKS : ["place", "z", "c", "level", "scale", "at", "period", "sel", ...LOOKS]);
