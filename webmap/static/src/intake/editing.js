/** One camera or key place being corrected: moved and turned on the map, its values in fields, its edits below. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t, words } from "../i18n.js";
import { getJSON } from "../data.js";
import L from "../map/leaflet.js";
import { sendJSON } from "./ask.js";
import { button, changeList, field, moment, select, unitOf } from "./parts.js";

const FIELDS = {
  cameras: ["name", "status", "kind", "azimuth_deg", "hfov_deg", "range_m", "height_m", "mount", "owner", "lon", "lat"],
  places: ["name", "kind", "lon", "lat"],
};
const ARM_PX = 64;
const DECIMALS = 6;

const rounded = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

export class Editing {
  constructor(tab, record) {
    this.tab = tab;
    this.app = tab.app;
    this.table = tab.table;
    this.uid = record.uid;
    this.record = record;
    this.values = {};
    this.reason = "";
    this.edits = null;
  }

  now(name) {
    return name in this.values ? this.values[name] : (this.record.values[name] ?? null);
  }

  /** Take a value; what equals the record is no change. */
  set(patch) {
    for (const [name, value] of Object.entries(patch)) {
      if (value === (this.record.values[name] ?? null)) delete this.values[name];
      else this.values[name] = value;
    }
    this.tab.paint();
  }

  async loadEdits() {
    const found = await this.app.attempt(() => getJSON("/api/edits", { table: this.table, uid: this.uid, limit: 20 }));
    this.edits = found?.edits ?? [];
    this.tab.paint();
  }

  async save() {
    const body = { values: this.values, reason: this.reason.trim() };
    const headers = { "If-Match": `"${this.record.etag}"` };
    const saved = await this.app.attempt(() => sendJSON(`/api/${this.table}/${encodeURIComponent(this.uid)}`, body, "PATCH", headers));
    if (!saved) return;
    this.app.shell.toast(t("intake.saved"));
    await this.tab.changed(this.uid);
  }

  async undo(edit) {
    const sentences = [t("intake.undo.what", { who: edit.who, at: edit.at.slice(0, 10) }), changeList(this.app, this.table, edit.changes, { back: true })];
    if (!(await this.app.confirm(t("intake.undo.title"), sentences, t("action.undo")))) return;
    const undone = await this.app.attempt(() => sendJSON(`/api/edits/${edit.edit}/undo`, { reason: t("intake.undo.reason", { id: edit.edit }) }));
    if (undone) await this.tab.changed(this.uid);
  }

  // --- on the map --------------------------------------------------------------------------------------------------------------

  draw(map) {
    const [lon, lat] = [this.now("lon"), this.now("lat")];
    if (lon === null || lat === null || this.record.is_area) return;
    const can = this.app.boot.logged_in;
    const pin = (kind, at, label) => L.marker(at, { draggable: can, keyboard: false, pane: "in-over", icon: L.divIcon({ className: `in-pin is-${kind}`, html: h("i"), iconSize: [22, 22] }), title: label }).addTo(map.over);
    const body = pin("body", [lat, lon], t("intake.drag.move"));
    this.isDragged = false;
    const hold = () => (this.isDragged = true);
    body.on("dragstart", hold);
    body.on("dragend", () => {
      this.isDragged = false;
      const at = body.getLatLng();
      this.set({ lon: rounded(at.lng, DECIMALS), lat: rounded(at.lat, DECIMALS) });
      this.tab.draw();
    });
    if (this.table !== "cameras") return;
    const azimuth = this.now("azimuth_deg");
    const at = this.app.leaflet.latLngToContainerPoint([lat, lon]);
    const angle = ((azimuth ?? 0) * Math.PI) / 180;
    const tip = this.app.leaflet.containerPointToLatLng([at.x + ARM_PX * Math.sin(angle), at.y - ARM_PX * Math.cos(angle)]);
    if (azimuth !== null) map.line([lon, lat], [tip.lng, tip.lat], { colour: "proposed" });
    const arm = pin("arm", tip, t("intake.drag.turn"));
    arm.on("dragstart", hold);
    arm.on("dragend", () => {
      this.isDragged = false;
      const end = this.app.leaflet.latLngToContainerPoint(arm.getLatLng());
      const turned = (Math.atan2(end.x - at.x, at.y - end.y) * 180) / Math.PI;
      this.set({ azimuth_deg: rounded((turned + 360) % 360, 0) });
      this.tab.draw();
    });
  }

  // --- in the panel ------------------------------------------------------------------------------------------------------------

  panel() {
    const { record, app } = this;
    const n = Object.keys(this.values).length;
    const input = { class: "in-input", "data-focus": "reason", value: this.reason, maxlength: 500, placeholder: t("intake.reason.hint"), oninput: (event) => ((this.reason = event.target.value), this.toggleSave()) };
    return h(
      "section",
      { class: "in-section in-editing", "aria-label": t("intake.editing") },
      h("h2", null, record.values.name || record.values.source_id, h("span", { class: "in-note" }, this.uid), h("button", { type: "button", class: "gs-icon-button", "aria-label": t("action.close"), onclick: () => this.tab.close() }, icon("close"))),
      h("p", { class: "in-note" }, t(record.is_area ? "intake.editing.area" : "intake.editing.how")),
      h("div", { class: "in-fields" }, FIELDS[this.table].filter((name) => !(record.is_area && ["lon", "lat"].includes(name))).map((name) => this.control(name, app.column(this.table, name)))),
      n ? changeList(app, this.table, Object.fromEntries(Object.entries(this.values).map(([name, value]) => [name, { old: record.values[name] ?? null, new: value }]))) : null,
      h("div", { class: "in-actions" }, field(t("intake.reason.why"), h("input", input)), button(t("action.save"), () => this.save(), { strong: true, name: "save", disabled: this.isIdle() }), n ? button(t("intake.discard"), () => ((this.values = {}), this.tab.draw(), this.tab.paint()), { name: "discard" }) : null),
      this.log(),
    );
  }

  isIdle() {
    return !Object.keys(this.values).length || !this.reason.trim() || !this.app.boot.logged_in;
  }

  toggleSave() {
    const node = this.app.work.querySelector("[data-focus=save]");
    if (node) node.disabled = this.isIdle();
  }

  control(name, column) {
    const value = this.now(name);
    const label = `${words(column.title)}${column.unit ? ` (${unitOf(column)})` : ""}`;
    const take = (text) => {
      const isNumber = ["int", "float"].includes(column.dtype);
      const made = text.trim() === "" ? null : isNumber ? Number(text) : text.trim();
      if (isNumber && made !== null && !Number.isFinite(made)) return;
      this.set({ [name]: made });
      this.tab.draw();
    };
    const control = column.values.length ? select(`edit-${name}`, value ?? "", [["", t("state.none")], ...column.values.map((one) => [one, t(`intake.value.${name}.${one}`)])], take) : h("input", { class: "in-input", "data-focus": `edit-${name}`, value: typeof value === "number" ? rounded(value, DECIMALS) : (value ?? ""), inputmode: column.dtype === "float" ? "decimal" : null, onchange: (event) => take(event.target.value) });
    return h("div", { class: name in this.values ? "is-changed" : "" }, field(label, control));
  }

  log() {
    if (!this.edits?.length) return null;
    const line = (edit) =>
      h(
        "li",
        { class: edit.undone_by ? "is-off" : "" },
        h("div", { class: "in-log-line" }, moment(edit.at), h("b", null, edit.who), h("span", null, edit.reason), edit.undone_by ? h("span", { class: "in-note" }, t("intake.undone")) : button(t("action.undo"), () => this.undo(edit), { name: `undo-${edit.edit}`, disabled: !this.app.boot.logged_in })),
        changeList(this.app, this.table, edit.changes),
      );
    return [h("h3", { class: "in-label" }, t("intake.edits")), h("ol", { class: "in-log" }, this.edits.map(line))];
  }
}
