/** A list of groups with bars; a tick chooses one, several, or (none ticked) all; with swatches all are ticked, and a tick taken away hides. */

import { h } from "../dom.js";
import { number } from "../i18n.js";

/**
 * `rows`: `{value, label, under, kept, on, colour, figure}`: rows under all other filters (pale), and those this filter keeps of them;
 * `figure` is what stands beside the bar (default: `under`).
 * `onToggle(value, isAlone)` is told which tick was changed, and whether with Shift. `swatched`: each row has a swatch, hollow while
 * it is hidden; `hint` is its tip. `name` is the list's name for screen readers and for focus.
 */
export function filterBars({ name, label, rows, onToggle, swatched = false, hint = "" }) {
  const most = Math.max(1, ...rows.map(({ under }) => under));
  const part = (n) => `${(100 * n) / most}%`;
  return h(
    "div",
    { class: "gs-bars", role: "group", "aria-label": label },
    rows.map(({ value, label: words, under, kept, on, colour, figure }) =>
      h(
        "button",
        { type: "button", role: "checkbox", "aria-checked": String(on), class: `gs-bar${on && !swatched ? " is-on" : !on && swatched ? " is-off" : ""}`, "data-focus": `${name}-${value}`, "aria-label": `${words} ${number(under)}`, title: hint || words, onclick: (event) => onToggle(value, event.shiftKey) },
        swatched ? h("span", { class: "gs-bar-swatch", "aria-hidden": "true" }) : null,
        h("span", { class: "gs-bar-label" }, words),
        h(
          "span",
          { class: "gs-bar-track", "aria-hidden": "true" },
          h("span", { class: "gs-bar-under", style: { width: part(under) } }),
          h("span", { class: "gs-bar-kept", style: { width: part(kept), ...(colour ? { background: colour } : {}) } }),
        ),
        h("span", { class: "gs-bar-figure" }, figure ?? number(under)),
      ),
    ),
  );
}

/** `chosen` with `value` in it where it was not, without it where it was. */
export const toggled = (chosen, value) => (chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
