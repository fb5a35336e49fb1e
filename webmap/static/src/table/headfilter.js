/** The filter of a column, opened from its heading: a span of numbers, a piece of text, or a choice of words. */

import { h } from "../dom.js";
import { t } from "../i18n.js";
import { popover } from "./popover.js";

const asNumber = (input) => (input.value.trim() === "" || !Number.isFinite(Number(input.value)) ? null : Number(input.value));

function numberInput(label, value) {
  return h("input", { type: "number", class: "gs-input", min: "0", step: "any", "aria-label": label, placeholder: label, value: value ?? "" });
}

/** [from, to] in the figures of the column; null where both ends are open. */
function spanForm(value, unit) {
  const [low, high] = [numberInput(t("gaps.from"), value?.[0] || null), numberInput(t("gaps.to"), value?.[1])];
  const read = () => {
    const [from, to] = [asNumber(low), asNumber(high)];
    if (from === null && to === null) return null;
    return to !== null && to <= (from ?? 0) ? undefined : [from ?? 0, to];
  };
  return { node: h("div", { class: "gs-popover-row" }, low, h("span", { "aria-hidden": "true" }, "–"), high, unit ? h("span", null, unit) : null), read };
}

function textForm(value) {
  const input = h("input", { type: "search", class: "gs-input is-wide", maxlength: "60", "aria-label": t("table.contains"), placeholder: t("table.contains"), value: value ?? "" });
  return { node: h("div", { class: "gs-popover-row" }, input), read: () => input.value.trim().replaceAll("~", "") || null };
}

function choiceForm(value, choices) {
  const boxes = choices.map(([name, words]) => [name, h("input", { type: "checkbox", checked: Boolean(value?.includes(name)) }), words]);
  const read = () => {
    const chosen = boxes.filter(([, box]) => box.checked).map(([name]) => name);
    return chosen.length && chosen.length < choices.length ? chosen : null;
  };
  return { node: h("div", { class: "gs-popover-choices" }, boxes.map(([, box, words]) => h("label", null, box, words))), read };
}

/** `filter` of a column: {kind: "span" | "text" | "choice", value, unit, choices}; `onChange(value | null)` when it is applied. */
export function openHeadFilter(anchor, title, filter, onChange) {
  const { kind, value, unit, choices } = filter;
  const { node, read } = kind === "span" ? spanForm(value, unit) : kind === "text" ? textForm(value) : choiceForm(value, choices);
  const apply = (event) => {
    event.preventDefault();
    const found = read();
    if (found === undefined) return;
    close();
    onChange(found);
  };
  const clear = () => {
    close();
    onChange(null);
  };
  const close = popover(
    anchor,
    t("table.filter_of", { name: title }),
    h(
      "form",
      { onsubmit: apply },
      h("div", { class: "gs-menu-heading" }, t("table.filter_of", { name: title })),
      node,
      h("div", { class: "gs-popover-row is-end" }, value ? h("button", { type: "button", class: "gs-button is-small", onclick: clear }, t("filter.clear_one")) : null, h("button", { type: "submit", class: "gs-button is-small is-strong" }, t("filter.apply"))),
    ),
  );
}
