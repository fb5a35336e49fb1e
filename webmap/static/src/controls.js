import { h } from "./dom.js";
import { breakLabel, t } from "./i18n.js";

/** A titled part of a panel; its heading stays while the panel scrolls. */
export function section(heading, side, ...content) {
  const { id, label } = typeof heading === "string" ? { label: heading } : heading;
  return h("section", { class: "gs-section", id, "aria-label": label }, h("div", { class: "gs-heading" }, h("h2", null, label), side ? h("div", { class: "gs-heading-side" }, side) : null), content);
}

/** Radio rows 28 px high: `{value, label, figure, evidence, disabled, note}`; `evidence` is what figureOf gives for the figure. */
export function radioRows(name, rows, chosen, onChoose) {
  const choices = rows.filter((row) => !row.disabled);
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = choices.findIndex((row) => row.value === chosen);
    onChoose(choices[(at + step + choices.length) % choices.length].value);
  };
  return h(
    "div",
    { class: "gs-radios", role: "radiogroup", "aria-label": t(name), onkeydown: move },
    rows.map((row) => {
      const on = row.value === chosen;
      return h(
        "button",
        { type: "button", role: "radio", class: `gs-radio${on ? " is-on" : ""}`, "aria-checked": String(on), "aria-disabled": row.disabled ? "true" : null, tabindex: on || (!choices.some((c) => c.value === chosen) && row === choices[0]) ? "0" : "-1", "data-focus": on ? `radio-${name}` : `radio-${name}-${row.value}`, title: row.note, onclick: () => !row.disabled && onChoose(row.value) },
        h("span", { class: "gs-radio-mark", "aria-hidden": "true" }),
        h("span", { class: "gs-radio-label" }, row.label),
        h("span", { class: `gs-radio-figure${row.disabled ? " is-absent" : ""}`, ...row.evidence }, row.figure),
      );
    }),
  );
}

export function segmented(label, options, chosen, onChoose) {
  return h(
    "div",
    { class: "gs-segmented", role: "group", "aria-label": label },
    options.map((option) =>
      h("button", { type: "button", class: option.value === chosen ? "is-on" : "", "aria-pressed": String(option.value === chosen), "data-focus": `segment-${option.value}`, onclick: () => onChoose(option.value) }, option.label),
    ),
  );
}

/** A stepped track: one stop per step with its name and figure; arrows, Home, End move. */
export function track(label, steps, chosen, onChoose) {
  const at = Math.max(0, steps.findIndex((step) => step.value === chosen));
  const narrow = steps.length > 5;
  const key = (event) => {
    const goal = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(steps[Math.min(steps.length - 1, Math.max(0, goal))].value);
  };
  const node = h(
    "div",
    { class: `gs-track${narrow ? " is-narrow" : ""}`, role: "slider", tabindex: "0", "data-focus": "track", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": steps.length - 1, "aria-valuenow": at, "aria-valuetext": `${steps[at].label}, ${breakLabel(steps[at].value)} px/m`, onkeydown: key },
    h("div", { class: "gs-track-line", "aria-hidden": "true" }),
    steps.map((step, i) =>
      h(
        "span",
        { class: `gs-stop${i === at ? " is-on" : ""}`, "aria-hidden": "true", title: `${step.label} ${step.value} px/m`, onclick: () => onChoose(step.value) },
        h("span", { class: "gs-stop-dot" }),
        h("span", { class: "gs-stop-label" }, step.label),
        h("span", { class: "gs-stop-value" }, step.value >= 1000 ? String(step.value) : breakLabel(step.value)),
      ),
    ),
    narrow ? h("div", { class: "gs-track-name", "aria-hidden": "true" }, `${steps[at].label} ${steps[at].value} px/m`) : null,
  );
  return node;
}

/** Lock of the drawn level: first entry follows the view; chains stand apart. */
export function levelPicker(app) {
  const { atlas, state } = app;
  const option = (name) => h("option", { value: name, selected: state.get("level") === name }, app.levelTitle(name));
  const chains = atlas.chains();
  const drawable = (chain) => chain.filter((name) => atlas.level(name).n > 1 || chain.length === 1);
  const groups = chains.length === 1 ? drawable(chains[0]).map(option) : chains.map((chain) => h("optgroup", { label: app.levelTitle(chain[0]) }, drawable(chain).map(option)));
  return h(
    "label",
    { class: "gs-select-row" },
    h("span", null, t("level.label")),
    h(
      "select",
      { class: "gs-select", "data-focus": "level", onchange: (event) => state.set({ level: event.target.value || null }) },
      h("option", { value: "", selected: !state.get("level") }, t("level.auto", { level: app.levelTitle(app.autoLevel()) })),
      groups,
    ),
  );
}
