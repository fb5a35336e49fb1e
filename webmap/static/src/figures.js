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
export function measureLine(label, value, low, high, parent, absence, hidden) {
  const interval = range(low, high, (share) => percentValue(share));
  if (hidden || !known(value)) {
    return h("div", { class: "gs-measure is-absent" }, h("span", { class: "gs-measure-label" }, label), h("span", { class: "gs-measure-absence" }, hidden ? t("map.suppressed") : absence));
  }
  return h(
    "div",
    { class: "gs-measure", title: interval ? `${t("measure.interval")} ${interval}%` : null },
    h("span", { class: "gs-measure-label" }, label),
    dotInterval(value, low, high, parent),
    h("span", { class: "gs-measure-value" }, percent(value)),
  );
}

/** Bars of counts by month; the last one is strong. */
export function monthBars(months, { width = 344, height = 44, chosen = null } = {}) {
  const most = Math.max(1, ...months.map((month) => month.n ?? 0));
  const step = width / Math.max(months.length, 1);
  const bars = months.map(({ month, n }, i) => {
    const tall = n ? Math.max(1, (n / most) * height) : 0;
    const strong = chosen === null ? i === months.length - 1 : month === chosen;
    return s("rect", { x: i * step, y: height - tall, width: Math.max(1, step - Math.min(2, step * 0.2)), height: n === null ? height : tall, class: n === null ? "gs-month is-hidden" : `gs-month${strong ? " is-on" : ""}` }, s("title", null, n === null ? `${month} ${t("map.suppressed")}` : `${month}  ${n}`));
  });
  return s("svg", { class: "gs-months", viewBox: `0 0 ${width} ${height + 1}`, preserveAspectRatio: "none", role: "img", "aria-label": t("months.label", { n: months.length }) }, bars, s("line", { x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5, class: "gs-month-base" }));
}
