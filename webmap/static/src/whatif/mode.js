/** What-if on the planner's map: entered, drawn, asked about, saved, left. */

import { byId, h } from "../dom.js";
import { named, t } from "../i18n.js";
import { address, unitOf } from "../atlas.js";
import { applyLayers } from "../layers.js";
import { isPhone } from "../shell.js";
import { editLines, headUnit, lineage, unitRows } from "./answers.js";
import { Asker } from "./ask.js";
import { paintChanges } from "./changes.js";
import { Editing } from "./editing.js";
import { asked, counts, isOff } from "./edits.js";
import { modeKeys } from "./keys.js";
import { outcomeSentence, paintOutcome } from "./outcome.js";
import { ModePointer } from "./pointer.js";
import { Scenario } from "./scenario.js";
import { Scenes, sceneOf } from "./scenes.js";
import { paintStrip } from "./strip.js";
import { showTip } from "./tip.js";
import { paintTools } from "./toolbar.js";
import { Twin } from "./twin.js";

const NEAR_ZOOM = 15;
const PLACING_ZOOM = 17;

/** Whether this page can have the mode: a service to ask, a role that may. */
export const canWhatIf = (app) => app.boot.desk === "coverage" && Boolean(app.boot.snapshot) && !app.boot.embedded && app.boot.may?.points === true && Boolean(app.boot.available?.cameras);

export class WhatIf extends Scenario(Editing) {
  constructor(app) {
    super(app);
    this.map = app.map;
    this.isOn = false;
    this.compare = "difference";
    this.focus = new Set();
    this.lines = new Map();
    this.units = new Map();
    this.asker = new Asker({ onAnswer: (answer, keys) => this.answered({ ...answer, keys }), onFault: (fault) => this.failed(fault), onLate: (isLate) => this.late(isLate) });
    this.pointer = new ModePointer(this);
    this.keys = modeKeys(this);
    this.onView = () => this.viewed();
    this.onLoading = (n) => n === 0 && this.loaded();
    this.onPointer = (event) => this.usePointer(event);
    this.onRelease = () => setTimeout(() => this.release());
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
    this.paint();
    await Promise.all(this.steps.map(async (level) => this.units.set(level, await app.atlas.units(level)))).catch((fault) => this.tellFault(fault));
    if (this.isOn) this.refocus();
  }

  turnOff() {
    if (!this.isOn) return;
    const { app } = this;
    this.isOn = this.isHeld = false;
    this.asker.stop();
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

  // --- what is drawn -------------------------------------------------------------------------------------------------------------

  isEditable() {
    return this.compare !== "today";
  }

  scene() {
    this.drawn ??= sceneOf(this);
    return this.drawn;
  }

  redraw(names) {
    if (!this.isOn) return;
    this.drawn = null;
    this.scenes.redraw(names);
  }

  paint() {
    if (!this.isOn) return;
    const { shell } = this.app;
    this.tools.setAttribute("aria-label", t("whatif.tools"));
    paintTools(this, this.tools);
    paintStrip(this, this.strip);
    if (!this.isHeld) paintChanges(this, shell.left);
    paintOutcome(this, shell.right);
    this.redraw();
  }

  /** The list of changes stays as it is while somebody types a name or has a choice open. */
  hold(isHeld) {
    this.isHeld = isHeld;
    if (!isHeld && this.isOn) this.plan();
  }

  /** The panels of a state that changes many times a second are painted once per picture. */
  plan() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.isPressed) return;
      this.paint();
      this.tipAgain();
    });
  }

  /** Near, the finest units with their names; far, the desk's own picture. */
  viewed() {
    const { app } = this;
    const isNear = app.grid.isStreet();
    if (isNear) this.nameUnits();
    if (isNear !== this.isNear) {
      this.isNear = isNear;
      applyLayers(app);
      if (isNear) {
        app.grid.setUnits({ level: this.steps[0] });
        app.grid.setStyle(() => null);
        app.grid.setBoundaries([]);
      } else if (app.desk.frame) {
        app.desk.showFrame(app.desk.frame);
        app.desk.colour();
      }
    }
    this.refocus();
  }

  async nameUnits() {
    const { app } = this;
    const units = await app.atlas.units(this.steps[0]);
    if (!this.isOn || !app.grid.isStreet()) return;
    const [west, south, east, north] = app.grid.view().bounds;
    const labels = [];
    units.bbox.forEach(([minx, miny, maxx, maxy], i) => {
      if (maxx < west || minx > east || maxy < south || miny > north) return;
      labels.push({ lon: units.lon[i], lat: units.lat[i], text: named(unitOf(units, i)), kind: this.focus.has(i) ? "unit" : "quiet", priority: 10 });
    });
    app.grid.setLabels(labels);
    this.twin?.grid.setLabels(labels);
  }

  /** Units that were on their way are here: what they hold can be told, and what is veiled. */
  loaded() {
    this.refocus();
    this.redraw(["wi-veil"]);
  }

  /** The finest units that hold a change, and the one the figures are of. */
  refocus() {
    if (!this.isOn || !this.app.grid.isStreet()) return;
    const { grid } = this.app;
    const numbers = this.edits.filter(counts).map((edit) => grid.unitAt(this.valuesOf(edit).lon, this.valuesOf(edit).lat));
    const before = [...this.focus].join();
    this.focus = new Set(numbers.filter((number) => number !== null));
    const head = this.headNumber();
    if (grid.selected?.unit !== head) grid.select(head);
    this.rehead();
    if ([...this.focus].join() === before) return;
    this.nameUnits();
    this.redraw(["wi-veil"]);
  }

  headNumber() {
    const edit = this.editOf(this.selected) ?? this.edits.at(-1);
    if (!edit) return null;
    const values = this.valuesOf(edit);
    return Number.isFinite(values.lon) ? this.app.grid.unitAt(values.lon, values.lat) : null;
  }

  rehead() {
    const finest = this.units.get(this.steps[0]);
    const number = this.headNumber();
    const code = number === null ? this.head?.code : finest?.code[number];
    this.head = headUnit(this.rows ?? new Map(), this.steps[0], code);
  }

  lineage() {
    return lineage(this.rows ?? new Map(), this.head, this.units, this.steps);
  }

  setCompare(compare) {
    this.compare = compare;
    this.setTwin(compare === "side_by_side");
    this.hideChanged();
    this.paint();
  }

  setTwin(isOn) {
    if (isOn === Boolean(this.twin)) return;
    this.twin?.remove();
    this.twin = isOn ? new Twin(this.app) : null;
  }

  /** The marks of changed cameras are the mode's own while it draws them. */
  hideChanged() {
    this.app.grid.setHidden(this.isEditable() ? this.edits.filter(counts).map(({ uid }) => uid).filter(Boolean) : []);
  }

  /** Language, theme or density changed, or the data was loaded anew. */
  refreshed() {
    this.steps = this.app.atlas.chainOf(this.app.place.level);
    applyLayers(this.app);
    if (this.twin) {
      this.setTwin(false);
      this.setTwin(this.compare === "side_by_side");
    }
    this.paint();
    if (this.askedAt !== this.at() || this.fault) this.ask();
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
    return this.full !== null && this.full === this.answer;
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

  /** The pointer is in use: no mark for the keyboard is needed. */
  usePointer({ target }) {
    this.byKeyboard = false;
    this.isPressed = Boolean(target.closest?.(".gs-panel, .wi-strip, .wi-tools"));
    if (!this.isAiming) return;
    this.isAiming = false;
    this.redraw(["wi-marks"]);
  }

  /** What was pressed in a panel has had its click: it may be painted anew. */
  release() {
    if (!this.isPressed) return;
    this.isPressed = false;
    if (this.isOn) this.plan();
  }

  // --- hands ---------------------------------------------------------------------------------------------------------------------

  /** By keyboard a tool that is chosen already does its work: at the centre of the map, on the chosen change. */
  chooseTool(name, byKeyboard = false) {
    this.byKeyboard = byKeyboard;
    if (name === this.tool && byKeyboard) this.useTool();
    this.tool = name;
    this.isAiming = byKeyboard && name === "add";
    this.paint();
  }

  useTool() {
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

  /** What is under the pointer: its tip, and the hand. */
  pointed(hit, point) {
    this.map.getContainer().classList.toggle("is-pointing", Boolean(hit));
    this.tipFor = hit?.key ? { key: hit.key, point } : null;
    showTip(this, this.tipFor && !isPhone() ? this.editOf(this.tipFor.key) : null, point);
  }

  tipAgain() {
    if (isPhone()) return;
    if (this.tipFor) showTip(this, this.editOf(this.tipFor.key), this.tipFor.point);
    else if (this.byKeyboard && this.selected && this.isEditable()) {
      const edit = this.editOf(this.selected);
      const { lon, lat } = edit ? this.valuesOf(edit) : {};
      showTip(this, edit, Number.isFinite(lon) ? this.map.latLngToContainerPoint([lat, lon]) : null);
    } else showTip(this, null, null);
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
