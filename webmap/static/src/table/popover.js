/** A small panel under a button, no dialog: Esc or a click elsewhere closes it, the focus goes back to the button. */

import { h } from "../dom.js";

/** Show `content` under `anchor`; gives what closes it. */
export function popover(anchor, label, ...content) {
  document.querySelector(".gs-menu")?.close?.();
  const box = h("div", { class: "gs-menu gs-popover", role: "group", "aria-label": label, tabindex: "-1" }, content);
  const focus = anchor.getAttribute("data-focus");
  const close = () => {
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
  };
  const outside = (event) => !box.contains(event.target) && !anchor.contains(event.target) && close();
  box.close = close;
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
    (anchor.isConnected ? anchor : document.querySelector(`[data-focus="${CSS.escape(focus ?? "")}"]`))?.focus();
  });
  document.body.append(box);
  const place = anchor.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(place.right - box.offsetWidth, window.innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(place.bottom + 4, window.innerHeight - box.offsetHeight - 8))}px`;
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  (box.querySelector("input, select, button, a") ?? box).focus();
  return close;
}
