/** Emerging hot spots: nine fills, seventeen glyphs of five bars (time runs from left to right), the legend as a matrix. */

import { h, s } from "../dom.js";
import { number, t } from "../i18n.js";
import { emergingColour, inkOn } from "../colours.js";
import { swatch } from "../legend.js";

/** From what grows to what fades. */
export const PATTERNS = ["new", "consecutive", "intensifying", "persistent", "sporadic", "oscillating", "diminishing", "historical"];
const SIGNS = ["hot", "cold"];
const FILLS = { new: "rising", consecutive: "rising", intensifying: "rising", persistent: "standing", sporadic: "unsteady", oscillating: "unsteady", diminishing: "fading", historical: "fading" };
/** Heights of the bars; those below 0 lie on the other side of a middle line. */
const BARS = {
  new: [0, 0, 0, 0, 1],
  consecutive: [0, 0, 1, 1, 1],
  intensifying: [0.2, 0.4, 0.6, 0.8, 1],
  persistent: [1, 1, 1, 1, 1],
  sporadic: [1, 0, 1, 0, 1],
  oscillating: [0.5, -0.5, 0.5, -0.5, 0.5],
  diminishing: [1, 0.8, 0.6, 0.4, 0.2],
  historical: [1, 1, 1, 1, 0],
};
/** Whom to look at first. */
const URGENCY = ["intensifying", "new", "consecutive", "persistent", "sporadic", "oscillating", "diminishing", "historical"];
const WIDE = 20;
const TALL = 14;
const BAR = 2.6;

const parts = (label) => label.split("_");

export const labels = () => [...SIGNS.flatMap((sign) => PATTERNS.map((pattern) => `${pattern}_${sign}`)), "none"];
export const urgency = (label) => {
  const [pattern, sign] = parts(label);
  return pattern === "none" ? Infinity : SIGNS.indexOf(sign) * URGENCY.length + URGENCY.indexOf(pattern);
};

export function fillOf(label) {
  const [pattern, sign] = parts(label);
  return emergingColour(pattern === "none" ? "none" : `${sign}_${FILLS[pattern]}`);
}

/** Whether a pattern is new or grows. */
export const isRising = (label) => FILLS[parts(label)[0]] === "rising";

export const labelWords = (label) => t(`emerging.${label}`);

/** What is drawn in a strip of 20 x 14: {rects: [x, y, width, height], isHollow, ink}. */
export function glyphOf(label) {
  const [pattern, sign] = parts(label);
  const ink = inkOn(fillOf(label));
  if (pattern === "none") return { rects: [[WIDE / 2 - 4, TALL / 2 - 1, 8, 2]], isHollow: false, ink };
  const isHot = sign === "hot";
  const base = pattern === "oscillating" ? TALL / 2 : isHot ? TALL : 0;
  const rects = BARS[pattern].flatMap((share, i) => {
    const tall = Math.abs(share) * TALL;
    const isUp = isHot === share > 0;
    return share ? [[i * 4.2 + 0.3, isUp ? base - tall : base, BAR, tall]] : [];
  });
  return { rects, isHollow: !isHot, ink };
}

export function chip(label) {
  const { rects, isHollow, ink } = glyphOf(label);
  const inset = isHollow ? 0.5 : 0;
  const bars = rects.map(([x, y, width, height]) => s("rect", { x: x + inset, y: y + inset, width: width - 2 * inset, height: Math.max(0.5, height - 2 * inset), fill: isHollow ? "none" : ink, stroke: isHollow ? ink : "none" }));
  return h("span", { class: "gs-gi-chip is-glyph", style: { background: fillOf(label) }, title: labelWords(label) }, s("svg", { width: WIDE, height: TALL, viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": labelWords(label) }, bars));
}

/** Patterns down, hot and cold across, the count beside each glyph; a press keeps one, hover fades the others; then units that show none. */
export function matrix(counts, { filter, onHover, onFilter }) {
  const cell = (label) =>
    h(
      "button",
      {
        type: "button",
        class: `gs-matrix-cell${filter && filter !== label ? " is-off" : ""}`,
        "aria-pressed": String(filter === label),
        "aria-label": `${labelWords(label)}: ${number(counts[label])}`,
        "data-focus": `emerging-${label}`,
        onpointerenter: () => onHover(label),
        onpointerleave: () => onHover(null),
        onclick: () => onFilter(label),
      },
      chip(label),
      h("b", null, number(counts[label])),
    );
  const row = (name, ...cells) => [h("span", { class: "gs-matrix-name" }, name), ...cells];
  return h(
    "div",
    { class: "gs-matrix" },
    row("", h("span", { class: "gs-matrix-head" }, t("emerging.hot")), h("span", { class: "gs-matrix-head" }, t("emerging.cold"))),
    PATTERNS.map((pattern) => row(t(`emerging.${pattern}`), ...SIGNS.map((sign) => cell(`${pattern}_${sign}`)))),
    row(t("emerging.none"), cell("none")),
    [["hidden", "suppressed", "map.suppressed"], ["missing", "nodata", "map.no_data"]].map(([name, kind, key]) => (counts[name] ? h("p", { class: "gs-matrix-hidden" }, swatch(kind), h("span", null, t(key)), h("b", null, number(counts[name]))) : null)),
  );
}

/** The glyphs that there are with their counts, in one line. */
export const glyphStrip = (counts) => h("div", { class: "gs-glyph-strip" }, labels().filter((label) => counts[label]).map((label) => h("span", { class: "gs-matrix-cell" }, chip(label), h("b", null, number(counts[label])))));
