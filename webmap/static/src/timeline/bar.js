/** The month-end bar: line and interval band; the head is dragged to a month, with Shift held a second one is compared. */

import { h, s } from "../dom.js";
import { breakLabel, range, t } from "../i18n.js";
import { axisOf, ticksOf } from "./months.js";

const WIDTH = 560;
const HEIGHT = 40;
const TOP = 6;
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

const figure = (value) => breakLabel(Math.round(value * 10) / 10);

/** One month in words. */
export function pointWords(point, isMoved = false) {
  if (point.state !== "value") return `${point.month}${t("punct.colon")}${t(point.state === "hidden" ? "timeline.hidden" : "timeline.none")}`;
  return t(isMoved ? "timeline.moved" : "timeline.value", { month: point.month, value: figure(point.value), range: range(point.low, point.high, figure) });
}

/**
 * `points` (`pointOf` of each month), `at` the month shown and `compared` the one beside it (positions; null: none), `moved` the
 * positions of months on other boundaries. `onPick(i)` and `onCompare(i)` are told at the end of a drag, or by the keyboard.
 */
export function monthBar({ points, at, compared, moved, onPick, onCompare }) {
  const [floor, top] = axisOf(points);
  const last = points.length - 1;
  const x = (i) => (last ? 4 + (i / last) * (WIDTH - 8) : WIDTH - 4);
  const y = (value) => TOP + (1 - (value - floor) / (top - floor)) * (HEIGHT - TOP);
  const runs = runsOf(points);
  const band = (run) => `M${run.map((i) => `${x(i)},${y(points[i].high)}`).join("L")}L${[...run].reverse().map((i) => `${x(i)},${y(points[i].low)}`).join("L")}Z`;
  const line = (run) => `M${run.map((i) => `${x(i)},${y(points[i].value)}`).join("L")}`;
  const svg = s(
    "svg",
    { class: "gs-timeline-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    runs.filter((run) => run.length > 1).map((run) => [s("path", { d: band(run), class: "gs-timeline-band" }), s("path", { d: line(run), class: "gs-timeline-line" })]),
    s("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5, class: "gs-timeline-base" }),
  );
  const part = (i) => `${(100 * x(i)) / WIDTH}%`;
  const mark = (i, kind) => {
    const point = points[i];
    const height = (value) => `${(100 * y(value)) / HEIGHT}%`;
    const isShown = point.state === "value";
    return h(
      "span",
      { class: `gs-timeline-mark is-${kind}${moved.has(i) ? " is-moved" : ""}`, style: { left: part(i) } },
      isShown ? h("span", { class: "gs-timeline-range", style: { top: height(point.high), height: `${(100 * (y(point.low) - y(point.high))) / HEIGHT}%` } }) : null,
      isShown ? h("span", { class: "gs-timeline-dot", style: { top: height(point.value) } }) : null,
    );
  };
  const marks = h("div", { class: "gs-timeline-marks", "aria-hidden": "true" });
  const show = (head, other) => marks.replaceChildren(...[other === null ? null : mark(other, "compared"), mark(head, "head"), other === null ? null : span(other, head)].filter(Boolean));
  const span = (from, to) => h("span", { class: "gs-timeline-span", style: { left: part(Math.min(from, to)), width: `${(100 * Math.abs(x(to) - x(from))) / WIDTH}%` } });
  const area = h("div", { class: "gs-timeline-area" }, svg, marks);
  const node = h(
    "div",
    {
      class: "gs-timeline-slider",
      role: "slider",
      tabindex: "0",
      "data-focus": "timeline",
      title: t("timeline.compare_hint"),
      "aria-label": t("timeline.label", { n: points.length }),
      "aria-valuemin": 0,
      "aria-valuemax": last,
      "aria-valuenow": at,
      "aria-valuetext": pointWords(points[at], moved.has(at)),
      onkeydown: (event) => {
        const goal = event.key === "Home" ? 0 : event.key === "End" ? last : event.key in KEYS ? (event.shiftKey && compared !== null ? compared : at) + KEYS[event.key] : null;
        if (goal === null) return;
        event.preventDefault();
        event.stopPropagation();
        (event.shiftKey ? onCompare : onPick)(Math.min(last, Math.max(0, goal)));
      },
      onpointerdown: (event) => press(event),
    },
    area,
    h("div", { class: "gs-timeline-axis", "aria-hidden": "true" }, ticksOf(points.length).map((i) => h("span", { class: i === 0 && last ? "is-first" : i === last ? "is-last" : "", style: { left: part(i) } }, points[i].month))),
  );
  const press = (event) => {
    event.preventDefault();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    const isComparing = event.shiftKey;
    const { left, width } = area.getBoundingClientRect();
    const under = ({ clientX }) => Math.min(last, Math.max(0, Math.round(((clientX - left) / width) * last)));
    let goal = under(event);
    const draw = () => (isComparing ? show(at, goal === at ? null : goal) : show(goal, compared));
    const drag = (pointer) => {
      goal = under(pointer);
      draw();
    };
    draw();
    node.addEventListener("pointermove", drag);
    node.addEventListener(
      "lostpointercapture",
      () => {
        node.removeEventListener("pointermove", drag);
        (isComparing ? onCompare : onPick)(goal);
      },
      { once: true },
    );
  };
  show(at, compared);
  return node;
}

/** Runs of months one after the other that have a value. */
function runsOf(points) {
  const runs = [];
  points.forEach(({ state }, i) => {
    if (state !== "value") return;
    if (runs.at(-1)?.at(-1) === i - 1) runs.at(-1).push(i);
    else runs.push([i]);
  });
  return runs;
}
