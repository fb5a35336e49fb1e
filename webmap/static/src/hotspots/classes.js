/** The class of each unit on the map that is shown, in words, in colour and counted. */

import { language, number, percent, t } from "../i18n.js";
import { giClasses, giColour } from "../colours.js";
import { fillOf, glyphOf, isRising, labelWords, labels, urgency } from "./emerging.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);
const isHot = (name) => Boolean(name?.startsWith("hot"));
const EMPTY = { fill: null, pattern: null, faded: false, glyph: null };

export const classKey = (name) => (name === "none" ? "stat.ns" : name === "island" ? "stat.island" : `stat.${name}`);

/** What is shown of `numbers`, the units in focus: `kind` is "emerging", "gi" or "density". */
export class Classes {
  constructor(kind, { metrics, emerging, frame }) {
    Object.assign(this, { kind, metrics, emerging, numbers: frame.numbers, areas_m2: frame.units.area_m2 ?? [] });
    this.hidden = this.hiddenIn(kind === "emerging" ? "label" : "hotspot");
    this.counts = this.count();
    this.nHot = ["hot99", "hot95", "hot90"].reduce((sum, name) => sum + (this.counts[name] ?? 0), 0);
  }

  column(name) {
    return (this.kind === "emerging" ? this.emerging : this.metrics).columns?.[name] ?? [];
  }

  hiddenIn(name) {
    return new Set((this.kind === "emerging" ? this.emerging : this.metrics).hidden?.[name] ?? []);
  }

  /** The class or label of unit `i`, "" where there is no result. */
  of(i) {
    return this.column(this.kind === "emerging" ? "label" : "hotspot")[i] ?? "";
  }

  /** Units by class; "hidden" and "missing" are those that show none. */
  count() {
    const names = this.kind === "emerging" ? labels() : [...giClasses(), "island"];
    const counts = Object.fromEntries([...names, "missing", "hidden"].map((name) => [name, 0]));
    for (const i of this.numbers) {
      const name = this.of(i);
      counts[this.hidden.has(i) ? "hidden" : name in counts ? name : "missing"] += 1;
    }
    return counts;
  }

  /** How unit `i` is drawn where only class `strong` (null: every one) is strong. */
  style(i, strong) {
    if (this.kind === "density") return EMPTY;
    const name = this.of(i);
    const shown = this.hidden.has(i) ? "hidden" : name || "missing";
    const faded = strong !== null && strong !== shown;
    const fill = this.kind === "emerging" ? (name ? fillOf(name) : null) : giColour(name);
    if (shown === "hidden" || !fill) return { ...EMPTY, pattern: shown === "hidden" ? "suppressed" : "nodata", faded };
    return { fill, pattern: null, faded, glyph: this.kind === "emerging" && name !== "none" && !faded ? glyphOf(name) : null };
  }

  /** The class of unit `i` in words, or why it shows none. */
  words(i) {
    if (this.hidden.has(i)) return t("map.suppressed");
    const name = this.of(i);
    if (!name) return t("map.no_data");
    return this.kind === "emerging" ? labelWords(name) : t(classKey(name));
  }

  /** Why unit `i` has its label: a sentence of counts and tests. */
  because(i) {
    return this.kind === "emerging" ? (this.column(`because_${language()}`)[i] ?? "") : "";
  }

  /** The share of re-runs with the same label, null where there are none. */
  stability(i) {
    return this.kind === "emerging" ? (this.column("stability_share")[i] ?? null) : null;
  }

  /** Counted against expected, in words. */
  excess(i) {
    const [n, expected] = [this.column("n_incidents")[i], this.column("expected")[i]];
    if (this.hiddenIn("n_incidents").has(i)) return t("map.suppressed");
    if (!known(n) || !known(expected) || expected <= 0) return "";
    const ratio = n / expected;
    return ratio >= 1.05 ? t("hot.more", { ratio: number(ratio, 1) }) : ratio <= 0.95 ? t("hot.less", { share: percent(ratio, 0) }) : t("hot.same");
  }

  /** Incidents of unit `i` per km2, where they are told. */
  perKm2(i) {
    const n = this.column("n_incidents")[i];
    return known(n) && this.areas_m2[i] > 0 ? n / (this.areas_m2[i] / 1e6) : null;
  }

  /** Units with a pattern, those first that grow; or hot ones, the surest class first, then by excess; or by density. */
  listed() {
    const rows = this.numbers.map((i) => ({ i, name: this.of(i) }));
    if (this.kind === "density") return rows.filter(({ i }) => known(this.perKm2(i))).sort((a, b) => this.perKm2(b.i) - this.perKm2(a.i));
    if (this.kind === "emerging") return rows.filter(({ name }) => name && name !== "none").sort((a, b) => urgency(a.name) - urgency(b.name) || (this.stability(b.i) ?? 0) - (this.stability(a.i) ?? 0));
    const [excess, order] = [this.column("excess"), giClasses()];
    return rows.filter(({ name }) => isHot(name)).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name) || (excess[b.i] ?? -Infinity) - (excess[a.i] ?? -Infinity));
  }

  /** Those that rise: named on the map. */
  rising() {
    return this.kind === "emerging" ? this.listed().filter(({ name }) => isRising(name)) : [];
  }
}
