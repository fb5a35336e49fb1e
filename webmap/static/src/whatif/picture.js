/** What is seen of the mode: panels, sheets on the map, units in focus, the tip; when each is painted anew. */

import { named, t } from "../i18n.js";
import { unitOf } from "../atlas.js";
import { applyLayers } from "../layers.js";
import { isPhone } from "../shell.js";
import { shownCompare } from "./address.js";
import { headUnit, lineage } from "./answers.js";
import { paintChanges } from "./changes.js";
import { counts } from "./edits.js";
import { paintOutcome } from "./outcome.js";
import { sceneOf } from "./scenes.js";
import { paintStrip } from "./strip.js";
import { pickedTip, showTip, tipOf } from "./tip.js";
import { paintTools } from "./toolbar.js";
import { Twin } from "./twin.js";

export const Picture = (Base) =>
  class extends Base {
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
        this.twin?.copy();
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

    /** The page is told of it by its address, see `refreshed`. */
    setCompare(compare) {
      this.app.state.set({ cmp: shownCompare(compare) });
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

    /** Language, theme, density or what is compared changed, or the data was loaded anew. */
    refreshed() {
      this.steps = this.app.atlas.chainOf(this.app.place.level);
      applyLayers(this.app);
      this.setTwin(false);
      this.setTwin(this.compare === "side_by_side");
      this.hideChanged();
      this.paint();
      if (this.askedAt !== this.at() || this.fault) this.ask();
    }

    /** The pointer is in use: no mark for the keyboard is needed. */
    usePointer({ target }) {
      this.byKeyboard = false;
      this.unpick();
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

    /** What is under the pointer: its tip, and the hand. */
    pointed(hit, point) {
      this.map.getContainer().classList.toggle("is-pointing", Boolean(hit));
      this.tipFor = hit?.key ? { key: hit.key, point } : null;
      showTip(this, this.tipFor && !isPhone() ? tipOf(this, this.editOf(this.tipFor.key)) : null, point);
    }

    tipAgain() {
      if (isPhone()) return;
      const edit = this.byKeyboard && this.isEditable() ? this.editOf(this.selected) : null;
      if (this.tipFor) showTip(this, tipOf(this, this.editOf(this.tipFor.key)), this.tipFor.point);
      else if (this.picked) showTip(this, pickedTip(this), this.pointOf(this.records.get(this.picked)?.values));
      else showTip(this, tipOf(this, edit), edit ? this.pointOf(this.valuesOf(edit)) : null);
    }

    /** Where on the map a camera of these columns stands, pixels; null where it has no place. */
    pointOf({ lon, lat } = {}) {
      return Number.isFinite(lon) ? this.map.latLngToContainerPoint([lat, lon]) : null;
    }
  };
