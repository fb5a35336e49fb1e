/** What lowers the facade that a camera has in view: mask, turn, lower resolution, switch off, each by what-if. */

import { h } from "../dom.js";
import { number, t } from "../i18n.js";
import { sendJSON } from "../data.js";
import { addToDraft } from "../whatif/store.js";

/** The options that make sense for a camera: {name, note, edit}. `record` is its register row, `plan` its plan. */
export function optionsFor(record, plan) {
  const found = [];
  const edit = (values) => ({ uid: record.uid, values });
  if (plan.mask_text) found.push({ name: "mask", note: t("guard.option.mask_note"), edit: edit({ masks: plan.mask_text }) });
  if (plan.turn) found.push({ name: "turn", values: { from: number(record.azimuth_deg), to: number(plan.turn.azimuth_deg) }, note: t("guard.option.turn_note"), edit: edit({ azimuth_deg: plan.turn.azimuth_deg }) });
  if (record.h_px > 640 && !record.range_m) found.push({ name: "pixels", values: { to: String(Math.round(record.h_px / 2)) }, note: t("guard.option.pixels_note"), edit: edit({ h_px: Math.round(record.h_px / 2), ...(record.v_px ? { v_px: Math.round(record.v_px / 2) } : {}) }) });
  if (record.status === "online") found.push({ name: "off", note: t("guard.option.off_note"), edit: edit({ status: "offline" }) });
  return found;
}

/** The service answers one what-if of a reader at a time: how often, and after which wait, it is asked again. */
const TRIES = 10;
const WAIT_MS = 1000;
const BUSY = 429;

/** What an edit alone changes: metres of facade and of seen road; null once `isWanted()` holds no longer. */
export async function measureOption({ edit }, at, isWanted = () => true) {
  for (let tried = 1; isWanted(); tried += 1) {
    try {
      const answer = await sendJSON("POST", "/api/whatif", { edits: [edit], at, detail: "quick" }, { isQuiet: true });
      return answer.edits[0];
    } catch (fault) {
      if (fault.status !== BUSY || tried === TRIES) throw fault;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
  return null;
}

/** Put the edit into the draft of the what-if mode and go there. */
export function openInWhatIf(app, edit, { lon, lat }) {
  const scn = addToDraft(app.boot, edit);
  const place = app.state.get("place");
  const query = new URLSearchParams({ ...(place ? { place } : {}), c: `${lon.toFixed(5)},${lat.toFixed(5)}`, z: "18", scn });
  window.location.assign(`${app.boot.urls?.base ?? ""}/coverage?${query}`);
}

const signed = (metres) => (metres === null || metres === undefined ? t("state.none") : Math.round(metres) > 0 ? `+${number(metres)}` : number(metres));

/** The list; `found` maps an option's name to what it changes, once that is known ("failed" where it cannot be told). */
export function optionRows(options, found, onOpen) {
  return h(
    "div",
    { class: "gs-card-part" },
    h("div", { class: "gs-options-head" }, h("h2", null, t("safe.lowers")), h("span", null, t("guard.option.facade_m")), h("span", null, t("guard.option.road_m"))),
    options.map((option, k) => {
      const change = found.get(option.name);
      const told = change && change !== "failed";
      const facade = told ? change.facade_m : null;
      return h(
        "button",
        { type: "button", class: "gs-option", "data-focus": `option-${option.name}`, title: t("guard.option.open"), onclick: () => onOpen(option) },
        h("span", { class: "gs-option-mark", "aria-hidden": "true" }, String(k + 1)),
        h("span", { class: "gs-option-name" }, h("b", null, t(`guard.option.${option.name}`, option.values)), h("small", null, option.note)),
        h("b", { class: facade < -0.5 ? "gs-duty is-good" : "" }, told ? signed(facade) : change === "failed" ? t("state.none") : "…"),
        h("b", null, told ? signed(change.road_m) : change === "failed" ? t("state.none") : "…"),
      );
    }),
    options.length ? null : h("p", { class: "gs-note" }, t("guard.option.none")),
  );
}
