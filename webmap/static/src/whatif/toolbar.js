/** The one tool bar on the map while the mode is on. */

import { h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

export const TOOLS = [
  { name: "add", key: "A", icon: "plus" },
  { name: "move", key: "M", icon: "move" },
  { name: "turn", key: "R", icon: "turn" },
  { name: "off", key: "O", icon: "switchOff", word: "whatif.switch_off" },
];

function toolButton(mode, { name, key, icon: sign, word = `whatif.${name}` }) {
  const on = mode.tool === name;
  return h(
    "button",
    { type: "button", class: `wi-tool${on ? " is-on" : ""}`, "aria-pressed": String(on), "aria-keyshortcuts": key, title: t(`whatif.tip.${name}`), "data-focus": `tool-${name}`, onclick: (event) => mode.chooseTool(name, event.detail === 0) },
    icon(sign),
    h("span", { class: "wi-tool-word" }, t(word)),
    h("kbd", { class: "gs-key" }, key),
  );
}

const step = (mode, name, key, word, run, able) =>
  h("button", { type: "button", class: "wi-tool is-icon", "aria-label": word, title: `${word} (${key})`, "aria-disabled": able ? null : "true", "data-focus": `tool-${name}`, onclick: () => able && run() }, icon(name));

export function paintTools(mode, node) {
  const { past, future, held } = mode.history;
  paint(
    node,
    TOOLS.map((tool) => toolButton(mode, tool)),
    h("span", { class: "gs-rule", "aria-hidden": "true" }),
    step(mode, "undo", "Ctrl Z", t("action.undo"), () => mode.undo(), past.length > 0 || held),
    step(mode, "redo", "Ctrl Shift Z", t("whatif.redo"), () => mode.redo(), future.length > 0),
  );
}
