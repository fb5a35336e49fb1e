/** A list of groups with bars; a tick chooses one, several, or (none ticked) all. */

import { h } from "../dom.js";
import { number } from "../i18n.js";

/**
 * `rows`: `{value, label, under, kept, on, colour, figure}`: rows under all other filters (pale), and those this filter keeps of them;
 * `figure` is what stands beside the bar (default: `under`).
 * `onToggle(value)` is told which tick was changed. `name` is the list's name for screen readers and for focus.
 */
export function filterBars({ name, label, rows, onToggle }) {
  const most = Math.max(1, ...rows.map(({ under }) => under));
  const part = (n) => `${(100 * n) / most}%`;
  return h(
    "div",
    { class: "gs-bars", role: "group", "aria-label": label },
    rows.map(({ value, label: words, under, kept, on, colour, figure }) =>
      h(
        "button",
        { type: "button", role: "checkbox", "aria-checked": String(on), class: `gs-bar${on ? " is-on" : ""}`, "data-focus": `${name}-${value}`, "aria-label": `${words} ${number(under)}`, title: words, onclick: () => onToggle(value) },
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
