/** Bars of counts by month: each is read by pointer or by arrows; a month that is not over is drawn lighter and says so. */

import { s } from "./dom.js";
import { number, t, time } from "./i18n.js";

/** The month of the data's own day where that month is not over, as {month, day "11-22"}; else null. */
export function openMonth(asOf) {
  const text = asOf ? time(asOf) : "";
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  if (!day || day >= new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  return { month: text.slice(0, 7), day: text.slice(5, 10) };
}

export function monthWords({ month, n }, open) {
  const count = n === null ? t("map.suppressed") : t("hot.n_cases", { n: number(n) });
  return month === open?.month ? t("months.open", { month, day: open.day, count }) : t("months.value", { month, count });
}

/** `onShow(words)` is told the month under the pointer or the keyboard, and the last one when both have gone. */
export function monthBars(months, { width = 344, height = 44, open = null, onShow = () => {}, focus = "months" } = {}) {
  const most = Math.max(1, ...months.map((month) => month.n ?? 0));
  const step = width / Math.max(months.length, 1);
  const last = months.length - 1;
  let at = last;
  const bars = months.map(({ month, n }, i) => {
    const tall = n === null ? height : n ? Math.max(1, (n / most) * height) : 0;
    const kind = `${n === null ? " is-hidden" : ""}${month === open?.month ? " is-open" : ""}`;
    return s("rect", { x: i * step, y: height - tall, width: Math.max(1, step - Math.min(2, step * 0.2)), height: tall, class: `gs-month${kind}` });
  });
  const show = (i) => {
    bars[at].classList.remove("is-on");
    at = Math.min(last, Math.max(0, i));
    bars[at].classList.add("is-on");
    const words = monthWords(months[at], open);
    node.setAttribute("aria-valuenow", at);
    node.setAttribute("aria-valuetext", words);
    onShow(words);
  };
  const key = (event) => {
    const goal = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    show(goal);
  };
  const under = ({ clientX }) => {
    const { left, width: wide } = node.getBoundingClientRect();
    return Math.floor(((clientX - left) / wide) * months.length);
  };
  const node = s(
    "svg",
    {
      class: "gs-months",
      viewBox: `0 0 ${width} ${height + 1}`,
      preserveAspectRatio: "none",
      role: "slider",
      tabindex: "0",
      "data-focus": focus,
      "aria-label": t("months.label", { n: months.length }),
      "aria-valuemin": 0,
      "aria-valuemax": last,
      onkeydown: key,
      onpointermove: (event) => show(under(event)),
      onpointerleave: () => show(last),
      onblur: () => show(last),
    },
    bars,
    s("line", { x1: 0, x2: width, y1: height + 0.5, y2: height + 0.5, class: "gs-month-base" }),
  );
  show(last);
  return node;
}
