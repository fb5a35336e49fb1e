/** What a planner does to the cameras: add, move, turn, open, switch off, take back. Nothing here draws or asks. */

import { getJSON } from "../data.js";
import { added, History, isNew, isOff, movedTo, withOn, without, withValues } from "./edits.js";
import { towards } from "./ground.js";
import { MODELS, modelValues } from "./models.js";
import { convergence_deg, turned, viewOf, withRange, withSweep } from "./optics.js";

const MAX_EDITS = 200;
const DECIMALS = 7;
/** Who turns a view by its ring does not mean to change its range by a little. */
const SAME_RANGE = 0.08;

const rounded = ({ lon, lat }) => ({ lon: Number(lon.toFixed(DECIMALS)), lat: Number(lat.toFixed(DECIMALS)) });
/** A register's azimuth that is not exact is so once somebody has turned the camera. */
const aimed = (azimuth_deg) => ({ ...turned(azimuth_deg), azimuth_doubt_deg: 0 });

export class Editing {
  constructor(app) {
    this.app = app;
    this.history = new History({ name: "", edits: [] });
    this.records = new Map();
    this.model = MODELS[0].name;
    this.azimuth = 0;
    this.selected = null;
    this.tool = "add";
  }

  get edits() {
    return this.history.state.edits;
  }

  get name() {
    return this.history.state.name;
  }

  editOf(key) {
    return this.edits.find((edit) => edit.key === key);
  }

  /** Columns of the camera as the scenario has it. */
  valuesOf(edit) {
    return { ...(this.records.get(edit.uid)?.values ?? {}), ...edit.values };
  }

  at() {
    return this.app.state.get("at");
  }

  viewOf(edit) {
    const values = this.valuesOf(edit);
    if (isOff(edit) || !Number.isFinite(values.lon)) return null;
    return viewOf(values, this.at(), this.app.boot.rules);
  }

  /** The view that the record has, nominal. */
  viewBefore(edit) {
    const record = this.records.get(edit.uid);
    return record && ["online", undefined, null].includes(record.values.status ?? record.status) ? viewOf(record.values, this.at(), this.app.boot.rules) : null;
  }

  north_deg() {
    const { lng, lat } = this.app.map.getCenter();
    return convergence_deg(this.app.boot.metric_crs, lng, lat);
  }

  put(edits, isStep = true) {
    this.history.set({ ...this.history.state, edits }, isStep);
    this.changed();
  }

  async record(uid) {
    if (!this.records.has(uid)) {
      const asked = getJSON(`/api/cameras/${encodeURIComponent(uid)}`, { at: this.at() });
      const found = await asked;
      this.records.set(uid, { values: found.values, status: found.status ?? found.values.status ?? "online", name: found.camera_name ?? found.name ?? uid });
    }
    return this.records.get(uid);
  }

  /** Records of all cameras that are changed; the uids of those that are gone. */
  async loadRecords() {
    const uids = this.edits.map(({ uid }) => uid).filter((uid) => uid !== null);
    const gone = await Promise.all(uids.map((uid) => this.record(uid).then(() => null, (fault) => (fault.status === 404 ? uid : null))));
    return new Set(gone.filter((uid) => uid !== null));
  }

  canGrow() {
    if (this.edits.length < MAX_EDITS) return true;
    this.tellFull(MAX_EDITS);
    return false;
  }

  add(place) {
    if (!this.canGrow()) return;
    this.put(added(this.edits, null, { ...rounded(place), ...modelValues(this.model), azimuth_deg: this.azimuth }));
    this.select(this.edits.at(-1).key);
  }

  /** The change of a camera of the register, begun if there is none; null while its record is on its way. */
  changeOf(uid) {
    const found = this.edits.find((edit) => edit.uid === uid);
    if (found) return found;
    if (!this.records.has(uid)) {
      this.record(uid).catch((fault) => this.tellFault(fault));
      return null;
    }
    if (!this.canGrow()) return null;
    this.history.set({ ...this.history.state, edits: added(this.edits, uid, {}) }, false);
    this.selected = this.edits.at(-1).key;
    return this.edits.at(-1);
  }

  /** The tool's work on a camera of the register that was clicked. */
  async useOn(uid) {
    try {
      await this.record(uid);
    } catch (fault) {
      this.tellFault(fault);
      return;
    }
    const edit = this.changeOf(uid);
    if (!edit) return;
    if (this.tool === "off") this.switchOff(edit.key);
    else this.changed();
    this.select(edit.key);
  }

  switchOff(key) {
    const edit = this.editOf(key);
    if (!edit) return;
    if (isNew(edit)) this.remove(key);
    else this.put(this.edits.map((one) => (one.key === key ? { ...one, values: { status: "offline" } } : one)));
  }

  /** Turn and set the range by the ring, open by a square, move by the mark; a drag is one step of the history. */
  drag(key, handle, place) {
    const edit = this.editOf(key);
    if (!edit) return;
    const values = this.valuesOf(edit);
    const { bearing, metres } = towards(values, place);
    const grid_deg = bearing - this.north_deg();
    if (handle === "mark") this.reshape(key, rounded(place));
    else if (handle === "aim") this.reshape(key, aimed(Math.round(grid_deg)));
    else if (handle === "ring") {
      const { reach } = this.viewOf(edit);
      const isSame = Math.abs(metres - reach) < SAME_RANGE * reach;
      this.reshape(key, { ...aimed(Math.round(grid_deg)), ...(isSame ? {} : withRange(values, metres, this.at(), this.app.boot.rules)) });
    }
    else {
      const half = Math.abs(((grid_deg - values.azimuth_deg + 540) % 360) - 180);
      this.reshape(key, withSweep(values, 2 * half));
    }
  }

  reshape(key, values) {
    this.put(withValues(this.edits, key, values), false);
    if ("azimuth_deg" in values && isNew(this.editOf(key))) this.azimuth = values.azimuth_deg;
  }

  dropped() {
    this.history.commit();
    this.plan();
  }

  /** Cameras that were chosen and left as they are: no change. */
  prune() {
    const edits = this.edits.filter(({ key, uid, values }) => key === this.selected || uid === null || Object.keys(values).length > 0);
    if (edits.length !== this.edits.length) this.put(edits, false);
  }

  /** One step of the keyboard on the selected change. */
  turnBy(degrees) {
    const edit = this.editOf(this.selected);
    if (!edit || isOff(edit)) return;
    this.put(withValues(this.edits, edit.key, aimed((this.valuesOf(edit).azimuth_deg ?? 0) + degrees)));
    if (isNew(edit)) this.azimuth = this.valuesOf(this.editOf(edit.key)).azimuth_deg;
  }

  reachBy(metres) {
    const edit = this.editOf(this.selected);
    const view = edit && this.viewOf(edit);
    if (view) this.put(withValues(this.edits, edit.key, withRange(this.valuesOf(edit), view.reach + metres, this.at(), this.app.boot.rules)));
  }

  openBy(degrees) {
    const edit = this.editOf(this.selected);
    const view = edit && this.viewOf(edit);
    if (view && view.sweep < 360) this.put(withValues(this.edits, edit.key, withSweep(this.valuesOf(edit), view.sweep + degrees)));
  }

  moveTo(place) {
    if (this.editOf(this.selected)) this.put(withValues(this.edits, this.selected, rounded(place)));
  }

  useModel(key, name) {
    this.model = name;
    this.put(withValues(this.edits, key, modelValues(name)));
  }

  setMask(key, masks) {
    this.put(withValues(this.edits, key, { masks }));
  }

  tick(key, on) {
    this.put(withOn(this.edits, key, on));
  }

  remove(key) {
    const at = this.edits.findIndex((edit) => edit.key === key);
    this.put(without(this.edits, key));
    if (this.selected === key) this.select(this.edits[Math.min(at, this.edits.length - 1)]?.key ?? null);
  }

  reorder(key, place) {
    if (place >= 0 && place < this.edits.length) this.put(movedTo(this.edits, key, place));
  }

  rename(name) {
    if (name === this.name) return;
    this.history.set({ ...this.history.state, name });
    this.changed();
  }

  undo() {
    if (this.history.undo()) this.returned();
  }

  redo() {
    if (this.history.redo()) this.returned();
  }

  returned() {
    if (!this.editOf(this.selected)) this.selected = this.edits.at(-1)?.key ?? null;
    this.changed();
  }
}
