import { h, s } from "./dom.js";
import { icon } from "./icons.js";
import { breakLabel, number, t } from "./i18n.js";
import { inkOn, scale } from "./colours.js";
import { positionOf } from "./classes.js";
import { BREAKS, ESTIMATES } from "./permalink.js";
import { menu } from "./shell.js";

const WIDTH = 232;
const HEIGHT = 50;

export function swatch(kind) {
  return h("span", { class: `gs-swatch is-${kind}`, "aria-hidden": "true" });
}

/** 40 bins coloured by class over the class bar, dashed median. */
export function histogram(summary, breaks) {
  const colours = scale("coverage");
  const { bins } = summary;
  const most = Math.max(1, ...bins);
  const step = WIDTH / bins.length;
  const perClass = bins.length / (breaks.length - 1);
  const bars = bins.map((n, i) => {
    const tall = n ? Math.max(1, (n / most) * (HEIGHT - 4)) : 0;
    return s("rect", { x: i * step, y: HEIGHT - tall, width: step - 0.8, height: tall, fill: colours[Math.floor(i / perClass)] });
  });
  const at = summary.n ? positionOf(summary.median, breaks) * WIDTH : null;
  return s(
    "svg",
    { class: "gs-histogram", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": t("legend.histogram", { n: number(summary.n), median: breakLabel(summary.median) }) },
    bars,
    at === null ? null : s("line", { x1: at, x2: at, y1: 0, y2: HEIGHT, class: "gs-median" }),
  );
}

/** The class bar: counts inside, breaks under; hover fades the others, click filters. */
export function classBar(summary, breaks, { filter, onHover, onFilter, figure }) {
  const colours = scale("coverage");
  const cells = summary.counts.map((n, k) => {
    const span = `${breakLabel(breaks[k])}–${breakLabel(breaks[k + 1])}%`;
    return h(
      "button",
      {
        type: "button",
        class: `gs-class${filter !== null && filter !== k ? " is-off" : ""}`,
        style: { background: colours[k], color: inkOn(colours[k]) },
        "aria-pressed": String(filter === k),
        "aria-label": t("legend.class", { range: span, n: number(n) }),
        title: t("legend.class", { range: span, n: number(n) }),
        "data-focus": `class-${k}`,
        onpointerenter: () => onHover(k),
        onpointerleave: () => onHover(null),
        onfocus: () => onHover(k),
        onblur: () => onHover(null),
        onclick: () => onFilter(filter === k ? null : k),
      },
      h("span", figure(t("legend.class", { range: span, n: number(n) })), number(n)),
    );
  });
  return [h("div", { class: "gs-classbar" }, cells), h("div", { class: "gs-breaks", "aria-hidden": "true" }, breaks.map((value) => h("span", null, breakLabel(value))))];
}

function legendMenu(app, anchor) {
  const { state } = app;
  const choice = (key, value, label) => ({ label, checked: state.get(key) === value, run: () => state.set({ [key]: value }) });
  menu(anchor, [
    { heading: t("legend.breaks") },
    ...BREAKS.map((name) => choice("breaks", name, t(`map.breaks.${name === "natural" ? "jenks" : name}`))),
    { heading: t("legend.estimate") },
    ...ESTIMATES.map((name) => choice("est", name, t(`estimate.${name}`))),
  ]);
}

/** Heading, histogram, class bar, no data and suppressed rows, notes on what is not the default. */
export function legend(app, { heading, side, summary, breaks, filter, onHover, onFilter, figure }) {
  const { state } = app;
  const notes = [];
  if (state.get("breaks") !== "fixed") notes.push(t(`map.breaks.${state.get("breaks") === "natural" ? "jenks" : state.get("breaks")}`));
  if (state.get("est") !== "mid") notes.push(t(`estimate.${state.get("est")}`));
  if (filter !== null) notes.push(t("legend.filtered", { n: number(summary.counts[filter]), of: number(summary.n) }));
  return h(
    "section",
    { class: "gs-section", id: "gs-legend", "aria-label": t("map.legend") },
    h(
      "div",
      { class: "gs-heading" },
      h("h2", null, heading),
      h("div", { class: "gs-heading-side" }, side, h("button", { type: "button", class: "gs-icon-button is-small", "aria-haspopup": "menu", "aria-label": t("legend.menu"), title: t("legend.menu"), "data-focus": "legend-menu", onclick: (event) => legendMenu(app, event.currentTarget) }, icon("more"))),
    ),
    histogram(summary, breaks),
    classBar(summary, breaks, { filter, onHover, onFilter, figure }),
    h(
      "div",
      { class: "gs-legend-foot" },
      h("span", null, swatch("nodata"), t("map.no_data"), h("b", null, number(summary.missing))),
      summary.hidden ? h("span", null, swatch("suppressed"), t("legend.suppressed"), h("b", null, number(summary.hidden))) : null,
      summary.n ? h("span", { class: "gs-median-note" }, h("span", { class: "gs-median-mark", "aria-hidden": "true" }), t("legend.median", { value: breakLabel(Math.round(summary.median * 10) / 10) })) : null,
    ),
    notes.length ? h("p", { class: "gs-note" }, notes.join(" · "), filter === null ? null : h("button", { type: "button", class: "gs-link", onclick: () => onFilter(null) }, t("legend.unfilter"))) : null,
  );
}
