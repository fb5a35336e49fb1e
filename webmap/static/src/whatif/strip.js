/** The strip under the map: which ground is shown, whether the scenario is saved, the way out. */

import { h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { number, t, time } from "../i18n.js";
import { segmented } from "../controls.js";
import { COMPARES } from "./address.js";

function savedWords(mode) {
  const n = mode.edits.length;
  if (mode.saved && !mode.isUnsaved()) return t("whatif.saved", { time: time(mode.saved.changed) });
  return n === 1 ? t("whatif.unsaved_one") : t("whatif.unsaved", { n: number(n) });
}

export function paintStrip(mode, node) {
  paint(
    node,
    h("div", { class: "wi-compare" }, segmented(t("whatif.compare"), COMPARES.map((value) => ({ value, label: t(`whatif.${value}`) })), mode.compare, (value) => mode.setCompare(value))),
    h("button", { type: "button", class: "gs-button wi-open", "data-focus": "wi-open", onclick: () => mode.app.phone.openSheet("wi-changes") }, t("whatif.changes"), h("b", null, number(mode.edits.length))),
    h("span", { class: "wi-saved" }, mode.edits.length || mode.saved ? savedWords(mode) : t("whatif.nothing")),
    h("button", { type: "button", class: "gs-button wi-leave", "data-focus": "wi-leave", onclick: () => mode.leave() }, icon("close", 14), t("action.leave"), h("kbd", { class: "gs-key" }, "Esc")),
  );
}
