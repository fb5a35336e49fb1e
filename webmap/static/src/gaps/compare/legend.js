/** Legend of a difference: seven classes with signs and counts, and what lies within the intervals, unfilled. */

import { h } from "../../dom.js";
import { breakLabel, number, t } from "../../i18n.js";
import { inkOn, scale } from "../../colours.js";
import { gapClassBar } from "../legend.js";
import { SIGNS } from "./classes.js";

/** Lower and upper end of class `k` in words, by the step of the classes. */
export function rangeWords(k, step) {
  const ends = [0, step, 2 * step, 4 * step].map(breakLabel);
  const out = Math.abs(k - 3);
  const sign = k > 3 ? "+" : "−";
  if (out === 0) return `< ±${ends[1]}`;
  return out === 3 ? `${sign}${ends[3]} ${t("gaps.and_more")}` : `${sign}${ends[out]} – ${sign}${ends[out + 1]}`;
}

export function differenceBar(counts, step) {
  const colours = scale("difference");
  const cell = (n, k) => h("span", { class: "gs-difference-cell", style: { background: colours[k], color: inkOn(colours[k]) }, title: `${rangeWords(k, step)}${t("punct.colon")}${number(n)}` }, h("i", { "aria-hidden": "true" }, SIGNS[k]), h("b", null, number(n)));
  const ends = [4, 2, 1, 1, 2, 4].map((times, k) => `${k < 3 ? "−" : "+"}${breakLabel(times * step)}`);
  return [h("div", { class: "gs-difference", role: "img", "aria-label": counts.map((n, k) => `${rangeWords(k, step)} ${number(n)}`).join(t("punct.comma")) }, counts.map(cell)), h("div", { class: "gs-difference-ends", "aria-hidden": "true" }, ends.map((text) => h("span", null, text)))];
}

/** The classes twice, once for each side; `found` are {counts} of both. */
export function sideBars(names, found, shown) {
  const bars = found.map(({ counts }, side) => gapClassBar({ ...shown, counts, focus: `gap-class-${side}` }));
  return h("div", { class: "gs-legend-sides" }, names.map((name, side) => [h("span", { class: "gs-legend-side" }, name), bars[side][0]]), h("span"), bars[1][1]);
}

/** What stands under them, of both sides: once where it is the same. */
export function sideFoot(left, right) {
  const both = (name) => (left[name] === right[name] ? number(left[name]) : `${number(left[name])} / ${number(right[name])}`);
  return h("div", { class: "gs-legend-foot" }, row("below", t("gaps.below"), both("below")), left.hidden + right.hidden ? row("suppressed", t("legend.suppressed"), both("hidden")) : null);
}

const row = (kind, words, n) => h("span", null, h("span", { class: `gs-swatch is-${kind}`, "aria-hidden": "true" }), words, h("b", null, n));

export const differenceFoot = ({ within, missing, hidden }) => h("div", { class: "gs-legend-foot" }, row("below", t("gaps.within_interval"), number(within)), missing ? row("nodata", t("map.no_data"), number(missing)) : null, hidden ? row("suppressed", t("legend.suppressed"), number(hidden)) : null);
