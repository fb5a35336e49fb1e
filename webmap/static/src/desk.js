/** What both desks share: the drawn level, the units in focus, boundaries and labels. */

import { named, t } from "./i18n.js";
import { address, unitOf } from "./atlas.js";

const LABEL_LIMIT = 60;
const FAR_LABELS = 20;

export class Desk {
  constructor(app) {
    this.app = app;
    this.filter = null;
    this.hovered = null;
  }

  /** Load what the chosen place and level need; `null` when a newer choice overtook this one. */
  async loadFrame() {
    const { app } = this;
    const level = app.drawnLevel();
    const place = app.place;
    const [units, within] = await Promise.all([app.atlas.units(level), app.atlas.within(level, place)]);
    return { level, place, units, within, numbers: within ? [...within] : units.code.map((_, i) => i) };
  }

  showFrame(frame) {
    const { grid, atlas, state } = this.app;
    this.frame = frame;
    grid.setUnits({ level: frame.level, within: frame.within });
    const coarser = atlas.upward(frame.level).slice(1).filter((name) => atlas.level(name).n > 1);
    grid.setBoundaries(state.get("layers").includes("boundaries") ? coarser : []);
    this.selectOnMap();
  }

  selectOnMap() {
    const { app, frame } = this;
    if (!frame) return;
    const unit = app.selected;
    app.grid.select(unit && unit.level === frame.level ? unit.number : null);
  }

  /** Names: the level above where the drawn units are many, the neighbours of the place in grey. */
  async labels() {
    const { app, frame } = this;
    const list = [];
    const steps = app.atlas.upward(frame.level);
    const above = steps[1];
    const many = frame.numbers.length > LABEL_LIMIT;
    if (!many) {
      frame.numbers.forEach((i) => list.push(labelOf(frame.units, i, "unit", 10)));
    } else if (above && app.atlas.level(above).n > 1) {
      const [units, inside] = await Promise.all([app.atlas.units(above), app.atlas.within(above, frame.place)]);
      units.code.forEach((_, i) => (!inside || inside.has(i)) && list.push(labelOf(units, i, "unit", 10 + (units.area_m2?.[i] ?? 0) / 1e12)));
    } else {
      this.namedUnits().forEach((i) => list.push(labelOf(frame.units, i, "unit", 5 + (frame.units.area_m2?.[i] ?? 0) / 1e12)));
    }
    this.importantUnits().forEach((i) => list.push(labelOf(frame.units, i, "unit", 20)));
    if (app.atlas.level(frame.place.level)?.n > 1) {
      const units = await app.atlas.units(frame.place.level);
      units.code.forEach((code, i) => code !== frame.place.code && list.push(labelOf(units, i, "neighbour", 1)));
    }
    if (app.selected && address(app.selected) !== address(frame.place)) {
      list.push({ lon: app.selected.lon, lat: app.selected.lat, text: named(app.selected), kind: "selected", priority: 100 });
    }
    const seen = new Set();
    const unique = list.sort((a, b) => b.priority - a.priority).filter((label) => !seen.has(`${label.lon},${label.lat}`) && seen.add(`${label.lon},${label.lat}`));
    if (this.frame === frame) app.grid.setLabels(unique);
  }

  importantUnits() {
    return [];
  }

  /** Where nothing coarser has a name: the largest units from afar, all of them from near. */
  namedUnits() {
    const { numbers, units } = this.frame;
    if (this.app.isNear()) return numbers;
    const sizes = units.area_m2 ?? [];
    return [...numbers].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0)).slice(0, FAR_LABELS);
  }

  exported() {
    const within = this.app.isWhole() ? undefined : address(this.app.place);
    return { table: this.app.boot.desk, level: this.app.drawnLevel(), within, at: this.app.boot.desk === "coverage" ? this.app.state.get("at") : undefined };
  }

  unitName(i) {
    return named(unitOf(this.frame.units, i));
  }

  countWords() {
    return t("legend.units", { n: this.frame.numbers.length.toLocaleString("en-US"), level: this.app.levelTitle(this.frame.level) });
  }
}

const labelOf = (units, i, kind, priority) => ({ lon: units.lon[i], lat: units.lat[i], text: named(unitOf(units, i)), kind, priority });
