/** A figure and its interval on a scale with its ends. */

import { h, s } from "../dom.js";
import { amount } from "./words.js";

const WIDTH = 372;
const PAD = 6;
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Where the scale begins and ends: 0 to 100 % for shares, else 0 to a round number beyond the interval. */
export function span(values, unit) {
  if (unit === "share") return [0, 1];
  const most = Math.max(...values, 0);
  const least = Math.min(...values, 0);
  const step = 10 ** Math.floor(Math.log10(Math.max(most, -least, 1)));
  return [Math.floor(least / step) * step, Math.max(step, Math.ceil(most / step) * step)];
}

export function intervalScale({ value, low, high, unit }) {
  if (![value, low, high].every(known)) return null;
  const [from, to] = span([value, low, high], unit);
  const at = (figure) => PAD + ((figure - from) / (to - from)) * (WIDTH - 2 * PAD);
  return h(
    "div",
    { class: "gs-evidence-scale" },
    s(
      "svg",
      { viewBox: `0 0 ${WIDTH} 16`, "aria-hidden": "true" },
      s("line", { x1: PAD, x2: WIDTH - PAD, y1: 8, y2: 8, class: "gs-dotline-base" }),
      s("line", { x1: at(low), x2: Math.max(at(high), at(low) + 1), y1: 8, y2: 8, class: "gs-dotline-range" }),
      s("circle", { cx: at(value), cy: 8, r: 4, class: "gs-dotline-dot" }),
    ),
    h("div", { class: "gs-evidence-ends", "aria-hidden": "true" }, h("span", null, amount(from, unit)), h("span", null, amount(to, unit))),
  );
}
