/** What both desks share: the drawn level, the units in focus, boundaries and labels. */

import { named, t } from "./i18n.js";
import { address, unitOf } from "./atlas.js";
import { chosenLayers } from "./layers.js";

const LABEL_LIMIT = 30;
const FAR_LABELS = 10;
const NEARER = 1.5;

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
    const { app } = this;
    this.frame = frame;
    app.grid.setUnits({ level: frame.level, within: frame.within });
    app.grid.setBoundaries(chosenLayers(app).includes("boundaries") ? this.outlines(frame.level, frame.place.level) : []);
    this.selectOnMap();
  }

  /** Levels whose borders are drawn over the units of `level`: the place's own, the one under it, and what is coarser. */
  outlines(level, placeLevel) {
    const { atlas } = this.app;
    const steps = atlas.upward(level);
    const at = steps.indexOf(placeLevel);
    const first = Math.max(1, Math.min(at < 0 ? 1 : at - 1, steps.length - 3));
    return steps.slice(first).filter((name) => atlas.level(name).n > 1);
  }

  selectOnMap() {
    const { app, frame } = this;
    if (!frame) return;
    const unit = app.selected;
    app.grid.select(unit ? unit.number : null, { level: unit?.level ?? frame.level });
  }

  /** Names, few from afar: the level under the place first, finer ones as one comes nearer; the neighbours of the place in grey. */
  async labels() {
    const { app, frame } = this;
    const whole = app.wholeZoom();
    const list = [];
    const few = frame.numbers.length <= LABEL_LIMIT;
    const between = few ? [] : await this.namingLevels();
    for (const [step, { units, numbers }] of between.entries()) {
      const kind = step === 0 ? this.namingKind() : "unit";
      const from = step === 0 ? 0 : whole + NEARER * step;
      ranked(units, numbers).forEach((i) => list.push(labelOf(units, i, kind, 20 - 4 * step, from)));
    }
    const start = few ? 0 : this.namesFrom(whole, between.length);
    ranked(frame.units, frame.numbers).forEach((i, rank) => {
      const from = start + (few ? 0 : Math.max(0, Math.log2((rank + 1) / FAR_LABELS) / 2));
      list.push(labelOf(frame.units, i, between.length ? "quiet" : "unit", 10 - rank * 1e-4, from));
    });
    if (!between.length) this.importantUnits().forEach((i) => list.push({ ...labelOf(frame.units, i, "unit", 30), isKept: true }));
    list.push(...(await this.neighbours()));
    if (app.selected && address(app.selected) !== address(frame.place)) {
      list.push({ lon: app.selected.lon, lat: app.selected.lat, text: named(app.selected), kind: "selected", priority: 100 });
    }
    list.push(...this.signs());
    const seen = new Set();
    const unique = list.sort((a, b) => b.priority - a.priority).filter((label) => !seen.has(`${label.lon},${label.lat},${label.from > 0}`) && seen.add(`${label.lon},${label.lat},${label.from > 0}`));
    if (this.frame === frame) app.grid.setLabels(unique);
  }

  /** The levels between the place and the drawn units, coarsest first, each with its units in the place. */
  async namingLevels() {
    const { atlas } = this.app;
    const { level, place } = this.frame;
    const steps = atlas.upward(level).slice(1);
    const end = steps.indexOf(place.level);
    const names = steps.slice(0, end < 0 ? steps.length : end).filter((name) => atlas.level(name).n > 1);
    return Promise.all(
      names.reverse().map(async (name) => {
        const [units, within] = await Promise.all([atlas.units(name), atlas.within(name, place)]);
        return { units, numbers: within ? [...within] : units.code.map((_, i) => i) };
      }),
    );
  }

  /** The names of the place's neighbours: each once, at its own point or, where that is out of view, at a unit's inside it. */
  async neighbours() {
    const { atlas } = this.app;
    const { level, place } = this.frame;
    if (!(atlas.level(place.level)?.n > 1)) return [];
    const below = atlas.upward(level)[atlas.upward(level).indexOf(place.level) - 1];
    const [units, inside] = await Promise.all([atlas.units(place.level), below ? atlas.units(below) : null]);
    const own = units.code.map((code, i) => ({ ...labelOf(units, i, "neighbour", 1), group: code }));
    const others = inside ? ranked(inside, inside.code.map((_, i) => i)).map((i, rank) => ({ ...own[units.position.get(inside.parent[i])], lon: inside.lon[i], lat: inside.lat[i], priority: 1 - (rank + 1) / (inside.code.length + 1) })) : [];
    return [...own, ...others].filter(({ group }) => group && group !== place.code);
  }

  namingKind() {
    return "unit";
  }

  /** Zoom from which the drawn units are named when they are many. */
  namesFrom(whole, nCoarser) {
    return nCoarser ? whole + NEARER * nCoarser : whole - 0.05;
  }

  signs() {
    return [];
  }

  importantUnits() {
    return [];
  }

  exported() {
    const within = this.app.isWhole() ? undefined : address(this.app.place);
    return { table: this.app.boot.desk, level: this.app.drawnLevel(), within, at: this.app.boot.desk === "coverage" ? this.app.state.get("at") : undefined };
  }

  unitName(i) {
    return named(unitOf(this.frame.units, i));
  }

  countWords() {
    return t("legend.units", { n: this.frame.numbers.length.toLocaleString("en-US"), level: this.app.levelShort(this.frame.level) });
  }
}

const labelOf = (units, i, kind, priority, from = 0) => ({ lon: units.lon[i], lat: units.lat[i], bbox: units.bbox[i], text: named(unitOf(units, i)), kind, priority, from });

/** Numbers of the largest units first. */
const ranked = (units, numbers) => [...numbers].sort((a, b) => (units.area_m2?.[b] ?? 0) - (units.area_m2?.[a] ?? 0));
