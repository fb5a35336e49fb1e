/** The legend on the map: three classes with hatch, the count inside each, lower edges under them. */

import { byId, h, paint } from "../dom.js";
import { breakLabel, number, t } from "../i18n.js";
import { inkOn, scale } from "../colours.js";

/** The node on the map, made at first use. */
function slot() {
  const found = byId("gs-gap-legend");
  if (found) return found;
  const made = h("section", { class: "gs-map-legend", id: "gs-gap-legend", "aria-label": t("map.legend") });
  byId("gs-map").append(made);
  return made;
}

export function gapClassBar({ counts, edges, filter, onHover, onFilter, focus = "gap-class" }) {
  const colours = scale("gap");
  const cells = counts.map((n, k) => {
    const span = k + 1 < edges.length ? `${breakLabel(edges[k])}–${breakLabel(edges[k + 1])}` : `≥ ${breakLabel(edges[k])}`;
    const words = t("legend.class", { range: span, n: number(n) });
    return h(
      "button",
      {
        type: "button",
        class: `gs-class is-gap-${k + 1}${filter !== null && filter !== k ? " is-off" : ""}`,
        style: { color: inkOn(colours[k]) },
        "aria-pressed": String(filter === k),
        "aria-label": words,
        title: words,
        "data-focus": `${focus}-${k}`,
        onpointerenter: () => onHover(k),
        onpointerleave: () => onHover(null),
        onclick: () => onFilter(filter === k ? null : k),
      },
      h("span", { style: { background: colours[k] } }, number(n)),
    );
  });
  return [h("div", { class: "gs-classbar is-gap" }, cells), h("div", { class: "gs-lowers", "aria-hidden": "true" }, edges.map((value) => h("span", null, breakLabel(value))))];
}

/** Draw the node of the legend with other content. */
export const paintLegendWith = (...content) => paint(slot(), content);

/** Draw the legend and return its node. */
export function paintMapLegend(options) {
  const { title, below, hidden } = options;
  return paint(
    slot(),
    h("div", { class: "gs-map-legend-title" }, title),
    gapClassBar(options),
    h("div", { class: "gs-legend-foot" }, h("span", null, h("span", { class: "gs-swatch is-below", "aria-hidden": "true" }), t("gaps.below"), h("b", null, number(below))), hidden ? h("span", null, h("span", { class: "gs-swatch is-suppressed", "aria-hidden": "true" }), t("legend.suppressed"), h("b", null, number(hidden))) : null),
  );
}

export function hideMapLegend(isHidden) {
  slot().hidden = isHidden;
}
