/** The analyst's desk: where public ground is unseen, why, gap by gap; filters, table and map are one. */

import { h, paint } from "../dom.js";
import { named, number, t } from "../i18n.js";
import { getJSON } from "../data.js";
import { cameraCard } from "../cameras.js";
import { cardHead } from "../card.js";
import { address, unitOf } from "../atlas.js";
import { isPhone } from "../shell.js";
import { REASONS } from "./address.js";
import { gapCard } from "./card.js";
import { Closing } from "./closing.js";
import { Comparing } from "./compare/comparing.js";
import { DrawnValues } from "./drawn.js";
import { gapFigure, scaleFor, withUnit } from "./figures.js";
import { GapFilters } from "./filters.js";
import { GapIncidents } from "./incidents.js";
import { GapsMap } from "./mapping.js";
import { GapsPanel } from "./panel.js";
import { Lineage, holders, levelsAbove } from "./places.js";
import { GapRanking } from "./ranking.js";
import { GapRows } from "./rows.js";
import { listLevel } from "./rowsof.js";

const REMEMBER_MS = 250;
const MANY_UNITS = 3000;
/** What of the state chooses incidents. */
const OF_INCIDENTS = { period: null, hours: null, cat: null, ch: null };
const FILTERS = ["reason", "length", "where", ...Object.keys(OF_INCIDENTS)];

export class GapsDesk extends GapsMap {
  constructor(app) {
    super(app);
    this.panel = new GapsPanel(this);
    this.ranking = new GapRanking(this);
    this.closing = new Closing(this);
    this.comparing = new Comparing(this);
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
    if (!this.app.boot.available?.cameras) return [];
    return [this.ask(level, within), this.ask(listLevel(this.app, level), within)];
  }

  async load() {
    const frame = await this.loadFrame();
    if (!this.app.boot.available?.cameras) return { frame, answers: null };
    const { app } = this;
    const { atlas } = app;
    const { place } = frame;
    const level = listLevel(app, frame.level);
    const part = app.isWhole() ? undefined : address(place);
    const [drawn, listed, whole, units, within, above, pair] = await Promise.all([this.ask(frame.level, part), this.ask(level, part), this.ask(place.level, address(place)), atlas.units(level), atlas.within(level, place), levelsAbove(atlas, level), this.comparing.load(frame.level, level)]);
    const numbers = within ? [...within] : units.code.map((_, i) => i);
    return { frame, answers: { drawn, listed, whole }, list: { level, units, numbers, above }, pair };
  }

  show({ frame, answers, list, pair }) {
    const moved = !this.frame || this.frame.level !== frame.level || this.frame.place !== frame.place;
    if (moved) this.filter = this.comingFilter ?? null;
    this.comingFilter = null;
    // Rows of another level have nothing to say of this one's units.
    if (this.list?.level !== list?.level) this.rows = null;
    this.list = list;
    this.showFrame(frame);
    if (!answers) {
      this.showNothing();
      return;
    }
    this.answers = answers;
    this.lineage = new Lineage(list.units, list.above);
    this.rows = new GapRows(answers.listed, list.numbers, this.figure());
    this.rows.choose(this.app.state.get("reason"));
    this.held = holders(list.units, list.above, frame.level);
    this.drawnValues = new DrawnValues(this.rows, this.held, answers.drawn, list.level === frame.level);
    this.filters = new GapFilters(this.rows, (row) => this.lineage.path(this.rows.numbers[row]));
    this.attach();
    this.bindIncidents();
    this.comparing.show(pair);
    this.applyFilters();
    this.ranking.show(this.rows);
    this.showChosen();
    this.repaint();
    this.labels().catch((fault) => this.app.showFault(fault));
  }

  /** Incidents are for roles that may see them one by one; their filters join in when they are here. */
  async bindIncidents() {
    const { app, filters, list, frame } = this;
    if (!app.boot.may?.export || !app.boot.available?.incidents) return;
    const within = app.isWhole() ? undefined : address(frame.place);
    const level = app.atlas.chainOf(list.level)[0];
    try {
      const asked = app.atlas.once(`gaps/incidents/${level}/${within ?? ""}`, async () => new GapIncidents(await getJSON("/api/gaps/incidents", { level, within })));
      const incidents = await asked;
      if (this.filters !== filters) return;
      filters.bind(incidents, level === list.level ? null : await this.unitsAbove(level));
      this.applyFilters();
      this.repaint();
    } catch (fault) {
      if (this.filters === filters) app.shell.toast(app.faultWords(fault));
    }
  }

  /** The row's unit of each unit of a finer level. */
  async unitsAbove(level) {
    const { atlas } = this.app;
    const [units, above] = await Promise.all([atlas.units(level), levelsAbove(atlas, level)]);
    return holders(units, above, this.list.level);
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
    const { filters, drawnValues, comparing } = this;
    filters.apply(this.app.state, { filter: this.filter, classOf: (row) => drawnValues.classOfRow(row), onOthers: () => drawnValues.sum((row) => filters.keepsBut(row, "class")) });
    comparing.applyFilters(filters.isOn() ? (row) => filters.keeps(row) : null);
  }

  /** After a filter has changed: all that shows it. */
  repaint() {
    this.colour();
    this.ranking.filter();
    this.paintLeft();
  }

  /** A filter changed by hand: the picture follows at once, the address when the hand rests. */
  setFilter(patch) {
    const { state } = this.app;
    Object.assign(state.values, patch);
    this.applyFilters();
    this.repaint();
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => state.write(false), REMEMBER_MS);
  }

  setIncidents(patch) {
    this.setFilter(patch);
  }

  setWhere(key, value) {
    const { [key]: _old, ...others } = this.app.state.get("where") ?? {};
    const where = value === null ? others : { ...others, [key]: value };
    this.setFilter({ where: Object.keys(where).length ? where : null });
    this.ranking.heads();
  }

  setReasons(reasons) {
    const reason = reasons.length && reasons.length < REASONS.length ? REASONS.filter((name) => reasons.includes(name)) : null;
    this.rows.choose(reason);
    this.setFilter({ reason });
    this.ranking.heads();
    this.paintRight();
  }

  setLength(length) {
    this.setFilter({ length });
  }

  chooseClass(k) {
    this.filter = k;
    this.hovered = null;
    this.applyFilters();
    this.repaint();
  }

  clearFilters() {
    const { state } = this.app;
    const before = { place: state.get("place"), ...Object.fromEntries(FILTERS.map((key) => [key, state.get(key)])) };
    const { filter } = this;
    this.app.shell.toast(t("filter.cleared"), () => this.setBack(before, filter));
    this.filter = null;
    Object.assign(state.values, { length: null, where: null, ...OF_INCIDENTS });
    if (!this.app.isWhole()) {
      state.values.reason = null;
      this.app.goHome();
      return;
    }
    this.setReasons([]);
  }

  /** Filters as they were before. */
  setBack(before, filter) {
    const { state } = this.app;
    this.comingFilter = filter;
    this.filter = filter;
    state.set(before);
    this.ranking.heads();
  }

  /** Take the filter `name` of GapFilters away. */
  widen(name) {
    const ways = { reason: () => this.setReasons([]), class: () => this.chooseClass(null), length: () => this.setLength(null), incidents: () => this.setFilter(OF_INCIDENTS) };
    (ways[name] ?? (() => this.setWhere(name.replace("where-", ""), null)))();
  }

  /** Per reason what is unseen under all other filters, what the chosen ones keep of it, and of how many units (hidden ones apart). */
  reasonSums() {
    const under = new Float64Array(REASONS.length);
    const kept = new Float64Array(REASONS.length);
    let [n, nHidden] = [0, 0];
    this.filters.cross.each("reason", (row) => {
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
    this.showChosen();
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
    const own = { [this.frame.place.level]: this.answers.whole, [this.frame.level]: this.answers.drawn, [this.list.level]: this.answers.listed };
    const answer = isSelected ? (unit.level === this.frame.place.level ? null : own[unit.level]) : this.answers.whole;
    if (!answer) {
      this.askCard(card, unit);
      return;
    }
    this.paintCard(card, new GapRows(answer, [unit.number], this.figure()), unit);
  }

  /** The selected unit is of a level that is not drawn: its gaps are asked for. */
  async askCard(card, unit) {
    const answer = await this.ask(unit.level, address(unit));
    if (this.app.selectedCard === card) this.paintCard(card, new GapRows(answer, [unit.number], this.figure()), unit);
  }

  paintCard(card, rows, unit) {
    const { shell } = this.app;
    const isGap = unit === this.app.selected && this.app.atlas.chainOf(unit.level)[0] === unit.level;
    const rank = isGap && unit.level === this.list.level ? this.ranking.rankOf(unit) : null;
    paint(shell.right, gapCard(this.app, card, rows, unit.number, this.figure(), { rank, closing: isGap ? this.closing.part(unit) : null, where: isGap ? this.lineage.path(unit.number) : "" }), isPhone() ? this.ranking.node : null);
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
    const { table } = this.ranking;
    const columns = table.shown().filter(({ isRank }) => !isRank);
    const textOf = ({ cell, values }, row) => {
      const shown = cell ? cell(row) : number(values[row]);
      return typeof shown === "string" ? shown : shown.textContent.trim();
    };
    const row = (one) => ({ number: this.held[this.rows.numbers[one]], pick: () => this.ranking.choose(one), get cells() { return columns.map((column) => textOf(column, one)); } });
    return { head: columns.map(({ title, unit }) => [title, unit].filter(Boolean).join(" ")), rows: [...table.rows].map(row) };
  }
}
