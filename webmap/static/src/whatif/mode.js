/** What-if on the planner's map: entered, drawn, asked about, saved, left. */

import { byId, h } from "../dom.js";
import { t } from "../i18n.js";
import { address } from "../atlas.js";
import { editLines, unitRows } from "./answers.js";
import { compareOf } from "./address.js";
import { Asker } from "./ask.js";
import { Editing } from "./editing.js";
import { asked, counts, isOff } from "./edits.js";
import { LISTED, modeKeys } from "./keys.js";
import { outcomeSentence } from "./outcome.js";
import { Picking } from "./picking.js";
import { Picture } from "./picture.js";
import { ModePointer } from "./pointer.js";
import { Scenario } from "./scenario.js";
import { Scenes } from "./scenes.js";

const NEAR_ZOOM = 15;
const PLACING_ZOOM = 17;

/** Whether this page can have the mode: a service to ask, a role that may. */
export const canWhatIf = (app) => Boolean(app.boot.snapshot) && !app.boot.embedded && app.boot.may?.points === true && Boolean(app.boot.available?.cameras);

export class WhatIf extends Picture(Picking(Scenario(Editing))) {
  constructor(app) {
    super(app);
    this.map = app.map;
    this.isOn = false;
    this.picked = null;
    this.focus = new Set();
    this.lines = new Map();
    this.units = new Map();
    this.asker = new Asker({ onAnswer: (answer, keys) => this.answered({ ...answer, keys }), onFault: (fault) => this.failed(fault), onLate: (isLate) => this.late(isLate) });
    this.pointer = new ModePointer(this);
    this.keys = modeKeys(this);
    this.listedKeys = LISTED;
    this.onView = () => this.viewed();
    this.onLoading = (n) => n === 0 && this.loaded();
    this.onPointer = (event) => this.usePointer(event);
    this.onRelease = () => setTimeout(() => this.release());
  }

  get compare() {
    return compareOf(this.app.state.get("cmp"));
  }

  // --- in and out ----------------------------------------------------------------------------------------------------------------

  async turnOn() {
    if (this.isOn) return;
    this.isOn = true;
    const { app } = this;
    app.shell.root.classList.add("is-whatif");
    this.addNodes();
    app.hover({ unit: null });
    app.camera = app.point = null;
    app.grid.highlightCameras([]);
    this.scenes = new Scenes(app.grid, this);
    this.pointer.listen(true);
    window.addEventListener("keydown", this.keys, true);
    window.addEventListener("pointerdown", this.onPointer, true);
    ["pointerup", "pointercancel"].forEach((name) => window.addEventListener(name, this.onRelease, true));
    app.grid.on("view", this.onView).on("loading", this.onLoading);
    app.shell.onResize();
    this.steps = app.atlas.chainOf(app.place.level);
    this.comeNear();
    this.viewed();
    this.setTwin(this.compare === "side_by_side");
    this.paint();
    await Promise.all(this.steps.map(async (level) => this.units.set(level, await app.atlas.units(level)))).catch((fault) => this.tellFault(fault));
    if (this.isOn) this.refocus();
  }

  turnOff() {
    if (!this.isOn) return;
    const { app } = this;
    this.isOn = this.isHeld = false;
    this.asker.stop();
    this.unpick();
    this.setTwin(false);
    this.pointer.listen(false);
    window.removeEventListener("keydown", this.keys, true);
    window.removeEventListener("pointerdown", this.onPointer, true);
    ["pointerup", "pointercancel"].forEach((name) => window.removeEventListener(name, this.onRelease, true));
    app.grid.off("view", this.onView).off("loading", this.onLoading);
    this.scenes.remove();
    app.grid.setHidden([]);
    app.shell.root.classList.remove("is-whatif");
    [this.tools, this.strip, this.tipNode].forEach((node) => node.remove());
    app.shell.onResize();
    this.isNear = null;
    app.refresh();
  }

  addNodes() {
    this.tools = h("div", { class: "wi-tools", role: "toolbar" });
    this.tipNode = h("div", { class: "gs-tip wi-tip", id: "wi-tip", hidden: true, "aria-hidden": "true" });
    this.strip = h("div", { class: "wi-strip" });
    byId("gs-map").append(this.tools, this.tipNode);
    byId("gs-map").after(this.strip);
  }

  /** From afar nothing can be placed: a chosen finest unit is brought near. */
  comeNear() {
    const { app } = this;
    if (app.zoom() >= NEAR_ZOOM || !app.selected || app.selected.level !== this.steps[0]) return;
    app.grid.fit(app.selected.bbox, { padding: 60 });
  }

  // --- what is asked -------------------------------------------------------------------------------------------------------------

  /** The list of changes is another one. */
  changed() {
    if (!this.isOn) return;
    this.isAiming = false;
    this.hideChanged();
    this.drawn = null;
    this.refocus();
    this.ask();
    this.plan();
    this.keepDraft();
  }

  ask() {
    this.fault = null;
    this.askedAt = this.at();
    const edits = asked(this.edits);
    if (edits.length === 0) {
      this.asker.stop();
      Object.assign(this, { answer: null, full: null, rows: new Map(), head: null });
      this.lines = new Map();
      return;
    }
    this.asker.ask({ edits, at: this.askedAt }, this.edits.filter(counts).map(({ key }) => key));
  }

  answered(answer) {
    if (answer.detail !== "quick") this.full = answer;
    this.answer = answer;
    this.fault = null;
    this.lines = editLines(answer.keys, answer.edits);
    this.rows = unitRows(answer, this.full);
    this.rehead();
    this.plan();
    if (answer.detail !== "quick") this.app.shell.say(outcomeSentence(this));
  }

  failed(fault) {
    this.fault = fault;
    this.plan();
  }

  late(isLate) {
    if (this.isLate === isLate) return;
    this.isLate = isLate;
    if (this.isOn) this.plan();
  }

  /** Whether the checks are those of the list as it is. */
  isChecked() {
    return this.asker.isSettled && this.full !== null && this.full === this.answer;
  }

  /** The masks that are suggested for changes that still stand. */
  masks() {
    const keys = this.full?.keys ?? [];
    return (this.full?.shapes?.features ?? []).filter(({ properties: { kind, edit } }) => kind === "mask" && this.editOf(keys[edit])).map(({ properties }) => ({ ...properties, key: keys[properties.edit] }));
  }

  applyMasks() {
    const masks = new Map(this.masks().map(({ key, mask }) => [key, mask]));
    this.put(this.edits.map((edit) => (masks.has(edit.key) ? { ...edit, values: { ...edit.values, masks: masks.get(edit.key) } } : edit)));
  }

  // --- hands ---------------------------------------------------------------------------------------------------------------------

  /** By keyboard a tool works on the camera that is picked, and one that is chosen already does its work; nothing is placed unless the cross shows where. */
  chooseTool(name, byKeyboard = false) {
    this.byKeyboard = byKeyboard;
    const isAgain = name === this.tool && (name !== "add" || this.isAiming);
    this.tool = name;
    if (byKeyboard && (isAgain || (this.picked && name !== "add"))) this.useTool();
    if (name === "add") this.unpick();
    this.isAiming = byKeyboard && name === "add";
    this.paint();
  }

  useTool() {
    if (this.picked && this.tool !== "add") {
      this.usePicked();
      return;
    }
    const edit = this.editOf(this.selected);
    if (this.tool === "add") this.addAtCentre();
    else if (this.tool === "off" && edit && !isOff(edit)) this.switchOff(edit.key);
  }

  addAtCentre() {
    const { lat, lng } = this.map.getCenter();
    this.addAt({ lon: lng, lat });
  }

  addAt(place) {
    if (this.app.zoom() < NEAR_ZOOM) {
      this.app.grid.flyTo({ ...place, z: PLACING_ZOOM });
      this.app.shell.toast(t("whatif.too_far"));
      return;
    }
    if (this.compare === "today") this.setCompare("difference");
    this.add(place);
  }

  clicked({ lon, lat, camera }) {
    if (this.pointer.hasTaken() || !this.isEditable()) return;
    if (this.tool === "add") this.addAt({ lon, lat });
    else if (camera) this.useOn(camera);
    else this.select(null);
  }

  select(key, isFar = false) {
    this.unpick();
    this.selected = key;
    this.prune();
    const edit = this.editOf(key);
    if (edit && isFar) {
      const { lon, lat } = this.valuesOf(edit);
      if (Number.isFinite(lon) && !this.map.getBounds().contains([lat, lon])) this.app.grid.flyTo({ lon, lat });
    }
    this.drawn = null;
    this.refocus();
    this.plan();
  }

  tellFull(n) {
    this.app.shell.toast(t("whatif.full", { n }));
  }

  tellFault(fault) {
    this.app.shell.toast(this.app.faultWords(fault));
  }

  placeAddress() {
    return address(this.app.place);
  }
}
