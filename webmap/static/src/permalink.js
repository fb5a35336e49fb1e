/** The page's address and the state say the same thing (path = desk, query = what was chosen). */

import { GAP_MEASURES, GAP_ORDER, gapReaders, gapShown } from "./gaps/address.js";
import { MONTH_ORDER, monthReaders } from "./timeline/address.js";

export const MEASURES = {
  coverage: ["places", "roads", "incidents", "residents", "area"],
  gaps: GAP_MEASURES,
  hotspots: ["emerging", "gi", "density"],
};
export const BREAKS = ["fixed", "quantile", "natural", "equal"];
export const ESTIMATES = ["low", "mid", "high"];
export const LAYERS = ["gaps", "cameras", "sectors", "places", "buildings", "restricted_areas", "facades", "boundaries", "roads", "streams", "relief"];

const ORDER = ["place", "z", "c", "level", "measure", "scale", "at", "est", "breaks", "category", "channel", "layers", "sel", ...GAP_ORDER, ...MONTH_ORDER, "lang", "theme"];
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
    category: oneOf(boot.incident_words?.category ?? []),
    channel: oneOf(boot.incident_words?.channel ?? []),
    layers: (text) => {
      const names = text.split(",").filter(Boolean);
      return names.every((name) => LAYERS.includes(name)) ? names : undefined;
    },
    ...(boot.desk === "gaps" ? gapReaders : {}),
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
  for (const [key, text] of new URLSearchParams(search)) {
    const value = read[key]?.(text);
    if (value === undefined) broken.push(key);
    else values[key] = value;
  }
  return { values, broken };
}

function shown(key, value) {
  if (key === "c") return value.map((part) => part.toFixed(5)).join(",");
  if (key === "layers") return value.join(",");
  if (key === "z") return String(Math.round(value * 100) / 100);
  return gapShown(key, value) ?? String(value);
}

/** The query of a state; what equals its default is left out. */
export function format(state, defaults, keys = ORDER) {
  const parts = [];
  for (const key of keys) {
    const value = state[key];
    if (value === null || value === undefined) continue;
    if (key !== "z" && key !== "c" && JSON.stringify(value) === JSON.stringify(defaults[key])) continue;
    parts.push(`${key}=${encodeURIComponent(shown(key, value)).replace(/%2C/g, ",").replace(/%3A/g, ":")}`);
  }
  return parts.length ? `?${parts.join("&")}` : "";
}

const LOOKS = ["lang", "theme"];

/** What another desk is given: place, view and selection stay, the desk's own choices do not; the intake desk has no place. */
export const carried = (state, defaults, desk) =>
  format(state, defaults, desk === "intake" ? LOOKS : ["place", "z", "c", "level", "scale", "at", "sel", ...LOOKS]);
