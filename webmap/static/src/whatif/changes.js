/** Left: the scenario's name, its changes with gain and cost in one size, what they do together, the legend. */

import { h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { breakLabel, number, t, time } from "../i18n.js";
import { section } from "../controls.js";
import { menu } from "../shell.js";
import { isNew, isOff, kindOf } from "./edits.js";
import { MODELS, modelOf, modelValues, modelWords } from "./models.js";
import { cameraName, change, degrees, viewWords } from "./words.js";

function head(mode) {
  const { snapshot } = mode.app.boot;
  return h(
    "section",
    { class: "gs-section", id: "wi-scenario", "aria-label": t("whatif.title") },
    h(
      "div",
      { class: "wi-head" },
      h("span", null, t("whatif.title")),
      mode.saved && !mode.isUnsaved() ? null : h("span", null, t("whatif.draft")),
      h("button", { type: "button", class: "gs-icon-button is-small", "aria-haspopup": "menu", "aria-label": t("whatif.scenarios"), title: t("whatif.scenarios"), "data-focus": "wi-scenarios", onclick: (event) => openScenarios(mode, event.currentTarget) }, icon("more")),
    ),
    h("input", { class: "wi-name", value: mode.name, maxlength: 80, placeholder: t("whatif.unnamed"), "aria-label": t("whatif.name"), "data-focus": "wi-name", onfocus: () => mode.hold(true), onblur: () => mode.hold(false), onchange: (event) => mode.rename(event.target.value.trim()), onkeydown: (event) => event.key === "Enter" && event.target.blur() }),
    h("p", { class: "gs-note" }, t("whatif.against", { number: snapshot.number, as_of: time(snapshot.as_of).slice(0, 10) })),
  );
}

async function openScenarios(mode, anchor) {
  const rows = await mode.scenarios();
  menu(anchor, [
    { label: t("whatif.new"), run: () => mode.startNew() },
    rows.length ? { heading: t("whatif.saved_ones") } : null,
    ...rows.map((row) => ({ label: row.name || t("whatif.unnamed"), checked: row.id === mode.saved?.id, run: () => mode.open(row.id) })),
  ].filter(Boolean));
}

/** What is under the title of a change: its model to choose, or what is different. */
function detail(mode, edit) {
  if (isNew(edit)) {
    const own = modelOf(edit.values);
    return h(
      "select",
      { class: "wi-model", "aria-label": t("whatif.model"), "data-focus": `model-${edit.key}`, onpointerdown: () => mode.hold(true), onblur: () => mode.hold(false), onchange: (event) => (mode.hold(false), mode.useModel(edit.key, event.target.value)) },
      own ? null : h("option", { value: "", selected: true }, modelWords(edit.values)),
      MODELS.map(({ name }) => h("option", { value: name, selected: name === own }, modelWords(modelValues(name)))),
    );
  }
  const before = mode.records.get(edit.uid)?.values;
  const turnedBy = before && "azimuth_deg" in edit.values && before.azimuth_deg !== edit.values.azimuth_deg ? `${before.azimuth_deg === null ? t("status.unknown") : degrees(before.azimuth_deg)} → ${degrees(edit.values.azimuth_deg)}` : null;
  const opened = before && "hfov_deg" in edit.values ? `${before.hfov_deg ? degrees(before.hfov_deg) : t("status.unknown")} → ${degrees(edit.values.hfov_deg)}` : null;
  const words = [cameraName(mode, edit), turnedBy, opened, before ? null : t("whatif.gone")].filter(Boolean).join(t("punct.list"));
  return h("span", { class: "wi-detail", title: before && !isOff(edit) ? `${words}. ${viewWords(mode, edit)}` : words }, words);
}

function dragged(mode, edit, i) {
  return {
    draggable: "true",
    ondragstart: (event) => event.dataTransfer.setData("text/plain", edit.key),
    ondragover: (event) => event.preventDefault(),
    ondrop: (event) => {
      event.preventDefault();
      mode.reorder(event.dataTransfer.getData("text/plain"), i);
    },
  };
}

function row(mode, edit, i) {
  const line = mode.lines.get(edit.key);
  const isChosen = mode.selected === edit.key;
  const title = t(`whatif.kind.${kindOf(edit)}`);
  const keys = (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey && by) mode.reorder(edit.key, i + by);
    else if (event.key === "Delete") mode.remove(edit.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return h(
    "li",
    { class: `wi-row${isChosen ? " is-on" : ""}${edit.on ? "" : " is-out"}`, ...dragged(mode, edit, i), onkeydown: keys },
    h("input", { type: "checkbox", class: "wi-tick", checked: edit.on, "aria-label": t("whatif.include", { n: i + 1 }), "data-focus": `tick-${edit.key}`, onchange: (event) => mode.tick(edit.key, event.target.checked) }),
    h("span", { class: `wi-number is-${kindOf(edit) === "new" ? "new" : "changed"}`, "aria-hidden": "true" }, String(i + 1)),
    h("button", { type: "button", class: "wi-title", title: `${title}. ${t("whatif.row_keys")}`, "aria-pressed": String(isChosen), "data-focus": `row-${edit.key}`, onclick: () => mode.select(edit.key, true) }, title),
    h("span", { class: "wi-gain" }, edit.on ? change(line?.road_m) : ""),
    h("span", { class: "wi-gain" }, edit.on ? change(line?.facade_m, { isCost: true }) : ""),
    h("span", { class: "wi-under" }, detail(mode, edit)),
    h("button", { type: "button", class: "wi-remove", "aria-label": t("whatif.remove", { n: i + 1 }), title: t("whatif.remove", { n: i + 1 }), "data-focus": `remove-${edit.key}`, onclick: () => mode.remove(edit.key) }, icon("close", 12)),
  );
}

function list(mode) {
  const { edits, answer } = mode;
  if (!edits.length) return section({ id: "wi-changes", label: t("whatif.changes") }, null, h("p", { class: "gs-note" }, t("whatif.empty")), h("p", { class: "gs-note" }, t("whatif.empty_keys")));
  const together = answer?.together;
  return section(
    { id: "wi-changes", label: t("whatif.changes") },
    h("span", { class: "wi-columns" }, h("span", null, t("whatif.road_m")), h("span", null, t("whatif.facade_col"))),
    h("ol", { class: `wi-list${mode.isLate ? " is-late" : ""}` }, edits.map((edit, i) => row(mode, edit, i))),
    together ? h("div", { class: `wi-together${mode.isLate ? " is-late" : ""}` }, h("span", null, t("whatif.together")), h("span", { class: "wi-gain" }, change(together.road_m)), h("span", { class: "wi-gain" }, change(together.facade_m, { isCost: true }))) : null,
    edits.filter(({ on }) => on).length > 1 ? h("p", { class: "gs-note" }, t("whatif.overlap")) : null,
  );
}

const key = (mark, label) => h("div", { class: "gs-street-row" }, h("span", { class: `gs-swatch is-wi-${mark}`, "aria-hidden": "true" }), label);
const status = (name, label) => h("span", { class: "gs-status" }, h("span", { class: `gs-mark is-${name}`, "aria-hidden": "true" }), label);

function legend(mode) {
  const at = (px) => `≥ ${breakLabel(px)} px/m`;
  const facadeAt = mode.app.boot.rules.facade_px_per_m;
  const hasDifference = mode.compare === "difference";
  const seen = { scenario: "whatif.seen_then", side_by_side: "whatif.seen_each" }[mode.compare] ?? "whatif.seen_today";
  return [
    section(
      { id: "wi-ground", label: t("whatif.public_ground") },
      at(mode.at()),
      key("seen", t(seen)),
      hasDifference ? [key("newly", t("whatif.newly_gain")), key("lost", t("whatif.no_longer_seen"))] : null,
    ),
    mode.compare === "today"
      ? null
      : section({ id: "wi-facade", label: t("whatif.facade") }, at(facadeAt), key("facade-new", t("whatif.facade_cost")), key("facade-now", t("whatif.facade_already")), hasDifference ? key("facade-gone", t("whatif.facade_leaves")) : null, mode.masks().length ? key("mask", t("safe.mask")) : null),
    h("section", { class: "gs-section wi-marks", "aria-label": t("camera.camera") }, mode.compare === "today" ? null : status("planned", t("whatif.proposed")), status("online", t("camera.status.online")), status("offline", t("camera.status.offline"))),
  ];
}

export function paintChanges(mode, node) {
  paint(node, head(mode), list(mode), legend(mode));
}
