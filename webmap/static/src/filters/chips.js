/** The filters in force, each with a cross, and one button that takes all away. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

/** `active`: `{key, label, clear}` each; nothing is drawn where there is none. */
export function filterChips(active, clearAll) {
  if (!active.length) return null;
  return h(
    "div",
    { class: "gs-filterchips", role: "group", "aria-label": t("filter.active") },
    active.map(({ key, label, clear }) =>
      h("button", { type: "button", class: "gs-filterchip", "aria-label": t("filter.remove", { name: label }), title: t("filter.remove", { name: label }), "data-focus": `filter-${key}`, onclick: clear }, h("span", null, label), icon("close", 12)),
    ),
    h("button", { type: "button", class: "gs-link gs-filter-clear", "data-focus": "filter-clear", onclick: clearAll }, t("filter.clear")),
  );
}
