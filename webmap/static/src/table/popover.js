/** A small panel under a button, no dialog: Esc or a click elsewhere closes it, the focus goes back to the button. */

import { h } from "../dom.js";
import { openUnder } from "../shell.js";

/** Show `content` under `anchor`; gives what closes it. */
export function popover(anchor, label, ...content) {
  const box = h("div", { class: "gs-menu gs-popover", role: "group", "aria-label": label, tabindex: "-1" }, content);
  const focus = anchor.getAttribute("data-focus");
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    event.preventDefault();
    box.close();
    (anchor.isConnected ? anchor : document.querySelector(`[data-focus="${CSS.escape(focus ?? "")}"]`))?.focus();
  });
  openUnder(anchor, box);
  (box.querySelector("input, select, button, a") ?? box).focus();
  return box.close;
}
