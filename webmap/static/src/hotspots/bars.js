/** Bars of incidents by month: the window that the map rests on is dark and underlined, its last month has the accent. */

import { h, s } from "../dom.js";
import { language, number, t } from "../i18n.js";

const WIDTH = 344;
const HEIGHT = 40;
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

/** "October 2026", or `short`: "Oct 2026". */
export function monthName(month, length = "long") {
  const at = new Date(`${month}-01T00:00:00Z`);
  return new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: length, timeZone: "UTC" }).format(at);
}

export const countWords = (n) => (n === null || n === undefined ? t("map.suppressed") : t("hot.n_cases", { n: number(n) }));

/**
 * `months` {month, n; n null: hidden}, `whole` how many months stand before the first whole one and behind the last
 * ({before, after}), `shown` the window as positions [first, last] among all. `onStep(by)` and `onPick(i)` are told what is
 * chosen, `onPoint(i)` (null: none) what is pointed at.
 */
export function monthBars({ months, whole, shown, onStep, onPick, onPoint }) {
  const most = Math.max(1, ...months.map(({ n }) => n ?? 0));
  const step = WIDTH / months.length;
  const [first, last] = shown ?? [0, -1];
  const isOpen = (i) => i < whole.before || i >= months.length - whole.after;
  const kindOf = (i, n) => [i === last ? "is-on" : i >= first && i < last ? "is-in" : "", isOpen(i) ? "is-open" : "", n === null ? "is-hidden" : ""].filter(Boolean).join(" ");
  const bars = months.map(({ n }, i) => {
    const tall = n === null ? HEIGHT : n ? Math.max(1, (n / most) * HEIGHT) : 0;
    return s("rect", { x: i * step, y: HEIGHT - tall, width: Math.max(1, step - Math.min(2, step * 0.2)), height: tall, class: `gs-month ${kindOf(i, n)}` });
  });
  const under = ({ clientX }) => {
    const { left, width } = node.getBoundingClientRect();
    return Math.min(months.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * months.length)));
  };
  const node = s(
    "svg",
    {
      class: "gs-months",
      viewBox: `0 0 ${WIDTH} ${HEIGHT + 4}`,
      preserveAspectRatio: "none",
      role: "slider",
      tabindex: "0",
      "data-focus": "months",
      "aria-label": t("months.window", { n: number(last - first + 1) }),
      "aria-valuemin": 0,
      "aria-valuemax": months.length - 1,
      "aria-valuenow": Math.max(0, last),
      "aria-valuetext": shown ? `${monthName(months[last].month)}${t("punct.colon")}${countWords(months[last].n)}` : t("months.none"),
      onkeydown: (event) => {
        const goal = { Home: whole.before, End: months.length - whole.after - 1 }[event.key];
        if (!(event.key in KEYS) && goal === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        if (goal === undefined) onStep(KEYS[event.key]);
        else onPick(goal);
      },
      onclick: (event) => onPick(under(event)),
      onpointermove: (event) => onPoint(under(event)),
      onpointerleave: () => onPoint(null),
    },
    bars,
    s("line", { x1: 0, x2: WIDTH, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5, class: "gs-month-base" }),
    shown ? s("line", { x1: first * step, x2: (last + 1) * step - step * 0.2, y1: HEIGHT + 2.6, y2: HEIGHT + 2.6, class: "gs-month-window" }) : null,
  );
  return node;
}

/** The months under the bars: the first, that at which the window begins, and the last. */
export function monthAxis(months, shown) {
  const at = (i) => ((i + 0.5) / months.length) * 100;
  const last = months.length - 1;
  const begin = shown?.[0] ?? 0;
  const named = [0, ...(begin > 4 && begin < last - 4 ? [begin] : []), ...(last ? [last] : [])];
  const side = (i) => (i === 0 ? "is-first" : i === last ? "is-last" : "");
  return h("div", { class: "gs-months-axis", "aria-hidden": "true" }, named.map((i) => h("span", { class: side(i), style: { left: `${at(i)}%` } }, months[i].month)));
}
