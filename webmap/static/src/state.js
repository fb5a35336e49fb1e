import { format, parse } from "./permalink.js";
import { currentQuery, ownAddress } from "./file/address.js";
import { GAP_DEFAULTS } from "./gaps/address.js";
import { GUARD_DEFAULTS } from "./safeguards/address.js";
import { MONTH_DEFAULTS } from "./timeline/address.js";

function defaultMeasure(boot) {
  if (boot.desk === "hotspots") return "emerging";
  if (boot.desk === "safeguards") return boot.available?.buildings ? "facade" : "seen3";
  if (boot.desk === "gaps") return ["roads", "places", "incidents", "residents"].find((name) => boot.available?.[name]) ?? "area";
  return ["places", "roads", "incidents", "residents"].find((name) => boot.available?.[name]) ?? "area";
}

/** The scale that names a pixel density, the first one where both do. */
export function scaleOf(boot, at) {
  return Object.keys(boot.scales).find((name) => Object.values(boot.scales[name]).includes(at)) ?? Object.keys(boot.scales)[0];
}

export function defaultsOf(boot, place) {
  const at = boot.default_px_per_m ?? 25;
  return {
    place,
    z: null,
    c: null,
    level: null,
    measure: defaultMeasure(boot),
    scale: scaleOf(boot, at),
    at,
    est: "mid",
    breaks: "fixed",
    step: "month",
    layers: null,
    period: null,
    cat: null,
    ch: null,
    hours: null,
    sel: null,
    scn: null,
    ...(boot.desk === "safeguards" ? GUARD_DEFAULTS : {}),
    ...GAP_DEFAULTS,
    ...MONTH_DEFAULTS,
    lang: boot.lang,
    theme: boot.theme,
  };
}

/** One plain record of everything chosen, kept equal to the address bar. */
export class State {
  constructor(boot, place) {
    this.boot = boot;
    this.defaults = defaultsOf(boot, place);
    const { values, broken } = parse(currentQuery(), boot);
    this.broken = broken;
    this.values = { ...this.defaults, ...values };
    this.settle(values);
    this.listeners = new Set();
    window.addEventListener("popstate", () => this.restore());
  }

  settle(given) {
    const { scales } = this.boot;
    const { scale, at } = this.values;
    if (Object.values(scales[scale]).includes(at)) return;
    this.values.scale = given.at !== undefined && given.scale === undefined ? scaleOf(this.boot, at) : scale;
    const steps = Object.values(scales[this.values.scale]);
    if (!steps.includes(at)) this.values.at = steps[1] ?? steps[0];
  }

  get(key) {
    return this.values[key];
  }

  on(listener) {
    this.listeners.add(listener);
  }

  /** Choosing pushes an entry to the history; `replace` (panning) does not. */
  set(patch, { replace = false } = {}) {
    const changed = Object.keys(patch).filter((key) => JSON.stringify(patch[key]) !== JSON.stringify(this.values[key]));
    if (!changed.length) return;
    Object.assign(this.values, patch);
    this.write(replace);
    const keys = new Set(changed);
    this.listeners.forEach((listener) => listener(keys));
  }

  /** Put something into the address that the page shows already: nobody is told. */
  keep(patch, { replace = true } = {}) {
    Object.assign(this.values, patch);
    this.write(replace);
  }

  write(replace) {
    const url = ownAddress(this.boot, format(this.values, this.defaults));
    try {
      window.history[replace ? "replaceState" : "pushState"](null, "", url);
    } catch {
      /* a file opened from disk may refuse; the state holds without an address */
    }
  }

  restore() {
    const { values } = parse(currentQuery(), this.boot);
    const before = { ...this.values };
    this.values = { ...this.defaults, lang: before.lang, theme: before.theme, ...values };
    this.settle(values);
    const changed = new Set(Object.keys(this.values).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(this.values[key])));
    changed.add("restored");
    this.listeners.forEach((listener) => listener(changed));
  }

  link() {
    return window.location.origin + window.location.pathname + format(this.values, {});
  }
}
