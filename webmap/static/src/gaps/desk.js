/** The analyst's desk, first version: where public ground is unseen, why, unit by unit; map and table are one selection. */

import { h, paint } from "../dom.js";
import { named, number, t } from "../i18n.js";
import { getJSON } from "../data.js";
import { cameraCard } from "../cameras.js";
import { cardHead } from "../card.js";
import { address, unitOf } from "../atlas.js";
import { isPhone } from "../shell.js";
import { CrossFilter } from "../filters/crossfilter.js";
import { reasonWords } from "../card/reasons.js";
import { REASONS } from "./address.js";
import { gapCard } from "./card.js";
import { gapFigure, scaleFor, withUnit } from "./figures.js";
import { GapsMap } from "./mapping.js";
import { GapsPanel } from "./panel.js";
import { GapRanking } from "./ranking.js";
import { GapRows, gapClass } from "./rows.js";

const REMEMBER_MS = 250;
const MANY_UNITS = 3000;

export class GapsDesk extends GapsMap {
  constructor(app) {
    super(app);
    this.panel = new GapsPanel(this);
    this.ranking = new GapRanking(this);
  }

  figure() {
    return gapFigure(this.app.state.get("measure"));
  }

  /** How classes and sizes are shown: by the top class edge. */
  size() {
    return scaleFor(this.figure(), this.rows.answer.edges.at(-1));
  }

  /** The gaps of a level, those within `place` only where the level is large. */
  ask(level, within) {
    const { atlas } = this.app;
    const part = atlas.level(level)?.n > MANY_UNITS ? within : undefined;
    const { figure } = this.figure();
    return atlas.once(`gaps/${level}/${figure}/${part ?? ""}`, () => getJSON("/api/gaps", { level, figure, within: part }));
  }

  askAhead(level, within) {
    return this.app.boot.available?.cameras ? [this.ask(level, within)] : [];
  }

  async load() {
    const frame = await this.loadFrame();
    if (!this.app.boot.available?.cameras) return { frame, answers: null };
    const { place } = frame;
    const within = this.app.isWhole() ? undefined : address(place);
    const [drawn, whole, parents] = await Promise.all([this.ask(frame.level, within), this.ask(place.level, address(place)), this.loadParents(frame)]);
    return { frame, answers: { drawn, whole }, parents };
  }

  /** Units of the levels between the drawn one and the place, by code, finest first. */
  async loadParents({ level, place }) {
    const { atlas } = this.app;
    const steps = atlas.upward(level).slice(1);
    const end = steps.indexOf(place.level);
    const levels = steps.slice(0, end < 0 ? steps.length : end).filter((name) => atlas.level(name).n > 1);
    const answers = await Promise.all(levels.map((name) => atlas.units(name)));
    return answers.map((units) => new Map(units.code.map((code, i) => [code, unitOf(units, i)])));
  }

  show({ frame, answers, parents }) {
    const moved = !this.frame || this.frame.level !== frame.level || this.frame.place !== frame.place;
    if (moved) this.filter = null;
    this.showFrame(frame);
    if (!answers) {
      this.showNothing();
      return;
    }
    this.parents = parents;
    this.answers = answers;
    this.rows = new GapRows(answers.drawn, frame.numbers, this.figure());
    this.rows.choose(this.app.state.get("reason"));
    this.cross = new CrossFilter(this.rows.numbers.length);
    this.applyFilters();
    this.ranking.show(this.rows);
    this.repaint();
    this.labels().catch((fault) => this.app.showFault(fault));
  }

  /** A home without cameras: nothing can be said of gaps. */
  showNothing() {
    const { shell } = this.app;
    shell.bottom.hidden = true;
    shell.onResize();
    paint(shell.left, h("section", { class: "gs-section" }, h("p", null, t("state.empty_first"))));
    this.app.grid.setStyle(() => ({ fill: null, pattern: null, faded: false, glyph: null }));
  }

  // --- filters -------------------------------------------------------------------------------------------------------------------

  applyFilters() {
    const { state } = this.app;
    const { values } = this.rows;
    const [low, high] = state.get("length") ?? [0, null];
    const { edges } = this.rows.answer;
    this.cross.set("reason", this.rows.reasons ? (row) => values[row] > 0 : null);
    this.cross.set("length", state.get("length") ? (row) => values[row] !== null && values[row] >= low && (high === null || values[row] < high) : null);
    this.cross.set("class", this.filter === null ? null : (row) => gapClass(values[row] ?? -1, edges) === this.filter);
  }

  /** After a filter has changed: all that shows it. */
  repaint() {
    this.colour();
    this.ranking.filter();
    this.paintLeft();
  }

  setReasons(reasons) {
    this.app.state.set({ reason: reasons.length && reasons.length < REASONS.length ? REASONS.filter((name) => reasons.includes(name)) : null });
  }

  /** While the handles move only the picture follows; the address is written when they rest. */
  setLength(range) {
    const { state } = this.app;
    state.values.length = range;
    this.applyFilters();
    this.repaint();
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => state.write(false), REMEMBER_MS);
  }

  chooseClass(k) {
    this.filter = k;
    this.hovered = null;
    this.applyFilters();
    this.repaint();
  }

  clearFilters() {
    this.filter = null;
    this.app.state.set({ reason: null, length: null });
    this.applyFilters();
    this.repaint();
  }

  /** Per reason what is unseen under all other filters, what the chosen ones keep of it, and of how many units (hidden ones apart). */
  reasonSums() {
    const under = new Float64Array(REASONS.length);
    const kept = new Float64Array(REASONS.length);
    let [n, nHidden] = [0, 0];
    this.cross.each("reason", (row) => {
      const parts = this.rows.partsOf(this.rows.numbers[row]);
      if (parts) n += 1;
      else nHidden += 1;
      parts?.forEach((part, k) => {
        under[k] += part;
        if (!this.rows.reasons || this.rows.reasons.includes(REASONS[k])) kept[k] += part;
      });
    });
    return { under, kept, n, nHidden };
  }

  /** What is selected is the same on the map and in the table. */
  selectOnMap() {
    super.selectOnMap();
    if (!this.rows) return;
    this.ranking.select(this.app.selected);
    this.pin();
  }

  // --- panels --------------------------------------------------------------------------------------------------------------------

  paintLeft() {
    if (!this.rows) return;
    const { app } = this;
    this.paintLegend();
    this.panel.paint();
    this.pin();
    const { title, column } = this.figure();
    const whole = this.answers.whole.columns[column][app.place.number];
    app.describeMap(t("gaps.sentence", { place: named(app.place), units: this.countWords(), figure: t(title), value: withUnit(this.figure(), whole ?? 0) }));
    app.notice();
  }

  paintRight() {
    const { app } = this;
    const card = app.selectedCard ?? app.placeCard;
    if (app.camera) {
      paint(app.shell.right, cameraCard(app, app.camera));
      return;
    }
    if (!card) return;
    if (!this.rows) {
      paint(app.shell.right, cardHead(app, card));
      return;
    }
    const isSelected = card === app.selectedCard;
    const unit = isSelected ? app.selected : app.place;
    const isDrawn = unit.level === this.frame.level;
    if (!isDrawn && isSelected) {
      this.askCard(card, unit);
      return;
    }
    const rows = isDrawn ? this.rows : new GapRows(this.answers.whole, [unit.number], this.figure());
    this.paintCard(card, rows, unit);
  }

  /** The selected unit is of a level that is not drawn: its gaps are asked for. */
  async askCard(card, unit) {
    const answer = await this.ask(unit.level, address(unit));
    if (this.app.selectedCard === card) this.paintCard(card, new GapRows(answer, [unit.number], this.figure()), unit);
  }

  paintCard(card, rows, unit) {
    const { shell } = this.app;
    paint(shell.right, gapCard(this.app, card, rows, unit.number, this.figure()), isPhone() ? this.ranking.node : null);
    const value = rows.answer.columns[this.figure().column][unit.number];
    const told = rows.isHidden(this.figure().column, unit.number) ? t("map.suppressed") : withUnit(this.figure(), value ?? 0);
    shell.say(`${named(unit)}${t("punct.colon")}${t(this.figure().title)} ${told}`);
  }

  chips() {
    return [
      { target: "gs-measure", label: t(this.figure().title) },
      { target: "gs-reasons", label: t("gap.reason") },
      { target: "gs-layers", label: t("map.layers"), icon: "layers" },
    ];
  }

  exported() {
    return { ...super.exported(), table: "gaps", at: undefined };
  }

  /** The rows of the table as text, in its order. */
  asTable() {
    const { numbers } = this.rows;
    const { title, unit } = this.figure();
    const cells = (row) => {
      const i = numbers[row];
      const value = this.rows.values[row];
      const largest = this.rows.largestOf(i);
      return [this.unitName(i), this.frame.units.code[i], value === null ? t("map.suppressed") : number(value), largest ? reasonWords(largest) : t("state.none")];
    };
    return { head: [t("table.name"), t("unit.code"), `${t(title)} ${unit}`.trim(), t("gaps.head_reasons")], rows: [...this.ranking.table.rows].map((row) => ({ number: numbers[row], cells: cells(row) })) };
  }
}
