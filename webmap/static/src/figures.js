/** Small drawings of a figure with its doubt. */

import { h, s } from "./dom.js";
import { percent, percentValue, range, t } from "./i18n.js";

const SPAN = 102;

const place = (share) => 1 + Math.min(1, Math.max(0, share)) * (SPAN - 2);
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Dot 4 px, pale interval bar, parent tick, on 0–100. */
export function dotInterval(value, low, high, parent) {
  if (!known(value)) return h("span", { class: "gs-dotline" });
  return s(
    "svg",
    { class: "gs-dotline", viewBox: `0 0 ${SPAN} 14`, width: SPAN, height: 14, "aria-hidden": "true" },
    s("line", { x1: 0, x2: SPAN, y1: 7, y2: 7, class: "gs-dotline-base" }),
    known(low) && known(high) ? s("line", { x1: place(low), x2: Math.max(place(high), place(low) + 1), y1: 7, y2: 7, class: "gs-dotline-range" }) : null,
    known(parent) ? s("line", { x1: place(parent), x2: place(parent), y1: 1, y2: 13, class: "gs-dotline-parent" }) : null,
    s("circle", { cx: place(value), cy: 7, r: 4, class: "gs-dotline-dot" }),
  );
}

/** One row of the further measures. */
export function measureLine(label, value, low, high, parent, absence, hidden, figure = {}) {
  const interval = range(low, high, (share) => percentValue(share));
  if (hidden || !known(value)) {
    return h("div", { class: "gs-measure is-absent" }, h("span", { class: "gs-measure-label" }, label), h("span", { class: "gs-measure-absence" }, hidden ? t("map.suppressed") : absence));
  }
  return h(
    "div",
    { class: "gs-measure", title: interval ? `${t("measure.interval")} ${interval}%` : null },
    h("span", { class: "gs-measure-label" }, label),
    dotInterval(value, low, high, parent),
    h("span", { class: "gs-measure-value", ...figure }, percent(value)),
  );
}
