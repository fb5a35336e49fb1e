/** The planner's desk: what is seen, by what, how well. */

import { h, paint } from "./dom.js";
import { breakLabel, named, percent, t } from "./i18n.js";
import { scale } from "./colours.js";
import { breaksOf, classOf, summarise } from "./classes.js";
import { Desk } from "./desk.js";
import { address } from "./atlas.js";
import { MEASURE_ROWS, absence, columnOf, densityWords, isAvailable, measureRow } from "./measures.js";
import { isStandalone } from "./data.js";
import { levelPicker, radioRows, section, segmented, track } from "./controls.js";
import { classBar, legend } from "./legend.js";
import { streetLegend } from "./street.js";
import { layerSection } from "./layers.js";
import { cardSentence, coverageCard } from "./card.js";
import { figureOf } from "./evidence/figure.js";
import { cameraCard, seenList } from "./cameras.js";
import { WhatIf, canWhatIf } from "./whatif/mode.js";
import { Timeline, cardOfMonth, hasTimeline, monthMetrics, unitMonths } from "./timeline/timeline.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

export class CoverageDesk extends Desk {
  constructor(app) {
    super(app);
    this.timeline = new Timeline(app);
  }

  makeWhatIf() {
    return canWhatIf(this.app) ? new WhatIf(this.app) : null;
  }

  /** Ask at once for what the first picture needs. */
  askAhead(level, within) {
    return [this.app.atlas.metrics("coverage", level, { at: this.app.state.get("at"), within })];
  }

  async load() {
    const { app } = this;
    const { state, atlas } = app;
    const frame = await this.loadFrame();
    const past = await this.loadMonth(frame);
    const metrics = past?.metrics ?? (await atlas.metrics("coverage", frame.level, { at: state.get("at"), within: app.isWhole() ? undefined : address(frame.place) }));
    return { frame, metrics, past };
  }

  /** The month-end that the address names: values of all units, and of those whose cards are shown; null: today. */
  async loadMonth({ level, place }) {
    const { app } = this;
    const month = app.state.get("snap");
    if (!month || !hasTimeline(app.boot)) return null;
    try {
      const metrics = await monthMetrics(app, month, level);
      const shown = [place, app.selected].filter(Boolean);
      const above = shown.flatMap((unit) => (unit.parent ? [{ level: app.atlas.upward(unit.level)[1], code: unit.parent }] : []));
      const told = await Promise.all([...shown, ...above].map(async (unit) => [address(unit), await unitMonths(app, unit)]));
      return { month, metrics, told: new Map(told) };
    } catch (fault) {
      if (fault.status !== 404) throw fault;
      app.state.values.snap = null;
      app.shell.banner("broken", t("link.broken", { names: "snap" }), { closable: true });
      return null;
    }
  }

  /** The card as of the month that is shown. */
  asOf(card) {
    const { past } = this;
    if (!past || !card) return card;
    return cardOfMonth(card, past.told.get(address(card.unit)), card.parent ? past.told.get(address(card.parent)) : null, past.month);
  }

  show({ frame, metrics, past }) {
    const moved = !this.frame || this.frame.level !== frame.level || this.frame.place !== frame.place;
    this.metrics = metrics;
    this.past = past;
    if (moved) this.filter = null;
    this.showFrame(frame);
    this.classify();
    this.paintLeft();
    this.labels().catch((fault) => this.app.showFault(fault));
    this.prefetch();
  }

  /** The other steps of the scale, so that moving the track recolours at once. */
  prefetch() {
    if (isStandalone() || this.past) return;
    const { app, frame } = this;
    clearTimeout(this.ahead);
    this.ahead = setTimeout(() => {
      const steps = Object.values(app.boot.scales[app.state.get("scale")]);
      const at = steps.indexOf(app.state.get("at"));
      for (const next of [steps[at + 1], steps[at - 1]]) {
        if (next) app.atlas.metrics("coverage", frame.level, { at: next, isQuiet: true, within: app.isWhole() ? undefined : address(frame.place) }).catch(() => {});
      }
    }, 600);
  }

  /** Value of one unit for the chosen measure and estimate, in percent, or why there is none. */
  reader() {
    const row = measureRow(this.app.state.get("measure"));
    const column = columnOf(row, this.app.state.get("est"));
    const values = this.metrics.columns?.[column] ?? [];
    const hidden = new Set([...(this.metrics.hidden?.[column] ?? []), ...(this.metrics.hidden?.[row.column] ?? [])]);
    return (i) => {
      if (hidden.has(i)) return { state: "hidden" };
      return known(values[i]) ? { state: "value", value: values[i] * 100 } : { state: "missing" };
    };
  }

  classify() {
    const { state } = this.app;
    this.read = this.reader();
    const values = this.frame.numbers.map((i) => this.read(i)).filter((found) => found.state === "value").map((found) => found.value);
    this.breaks = breaksOf(values, state.get("breaks"), state.get("measure"));
    this.summary = summarise(this.frame.numbers, this.read, this.breaks);
    this.colour();
  }

  colour() {
    const colours = scale("coverage");
    const strong = this.hovered ?? this.filter;
    this.app.grid.setStyle((i) => {
      const found = this.read(i);
      if (found.state === "hidden") return { fill: null, pattern: "suppressed", faded: strong !== null, glyph: null };
      if (found.state === "missing") return { fill: null, pattern: "nodata", faded: strong !== null, glyph: null };
      const k = classOf(found.value, this.breaks);
      return { fill: colours[k], pattern: null, faded: strong !== null && strong !== k, glyph: null };
    });
  }

  tip(i) {
    const found = this.read?.(i);
    if (!found) return null;
    const value = found.state === "hidden" ? t("map.suppressed") : found.state === "missing" ? t("map.no_data") : `${breakLabel(Math.round(found.value * 10) / 10)}%`;
    return [this.unitName(i), value];
  }

  legendOptions() {
    const { state, place } = this.app;
    const column = measureRow(state.get("measure")).column;
    return {
      figure: (said) => figureOf(`coverage.${column}`, place, state.get("at"), { isIn: true, said }),
      filter: this.filter,
      onHover: (k) => {
        this.hovered = k;
        this.colour();
      },
      onFilter: (k) => {
        this.filter = k;
        this.hovered = null;
        this.colour();
        this.paintLeft();
      },
    };
  }

  measureRows() {
    const { app } = this;
    const card = this.asOf(app.placeCard);
    return MEASURE_ROWS.map((row) => {
      const able = isAvailable(row, app.boot);
      const column = columnOf(row, app.state.get("est"));
      const value = card?.values?.[column];
      const figure = !able ? t("measure.not_given") : card?.hidden?.includes(column) ? t("map.suppressed") : known(value) ? percent(value) : "";
      const evidence = able && known(value) && !this.past ? figureOf(`coverage.${row.column}`, app.place, app.state.get("at"), { isIn: true }) : {};
      return { value: row.name, label: t(row.short), figure, evidence, disabled: !able, note: able ? null : absence(row) };
    });
  }

  /** A file holds one pixel density: it is named, not offered. */
  densityLine() {
    const { state, boot } = this.app;
    const at = state.get("at");
    return section({ id: "gs-density", label: t("scale.picker") }, t("scale.side"), h("p", null, `${densityWords(boot, state.get("scale"), at)} ≥ ${breakLabel(at)} px/m`));
  }

  densitySection() {
    const { state, boot } = this.app;
    const scaleName = state.get("scale");
    const steps = Object.entries(boot.scales[scaleName]).map(([name, value]) => ({ value, label: t(`scale.${scaleName}.${name}`) }));
    const change = (name) => {
      const values = Object.values(boot.scales[name]);
      const at = state.get("at");
      const near = values.reduce((best, value) => (Math.abs(Math.log(value / at)) < Math.abs(Math.log(best / at)) ? value : best));
      state.set({ scale: name, at: near });
    };
    return section(
      { id: "gs-density", label: t("scale.picker") },
      t("scale.side"),
      segmented(t("scale.picker"), Object.keys(boot.scales).map((name) => ({ value: name, label: t(`scale.${name}`) })), scaleName, change),
      track(t("scale.picker"), steps, state.get("at"), (at) => state.set({ at })),
    );
  }

  paintLeft() {
    if (!this.summary) return;
    const { app } = this;
    const row = measureRow(app.state.get("measure"));
    const street = app.grid.isStreet();
    paint(
      app.shell.left,
      section({ id: "gs-measure", label: t("measure.title") }, named(app.place), radioRows("measure.title", this.measureRows(), app.state.get("measure"), (measure) => app.state.set({ measure }))),
      isStandalone() ? this.densityLine() : this.densitySection(),
      street ? streetLegend(app) : legend(app, { heading: `${t(row.full)} %`, side: this.countWords(), summary: this.summary, breaks: this.breaks, ...this.legendOptions() }),
      h("section", { class: "gs-section", id: "gs-level", "aria-label": t("level.label") }, levelPicker(app)),
      layerSection(app),
    );
    paint(app.phoneLegend, street ? null : classBar(this.summary, this.breaks, this.legendOptions()));
    app.describeMap(t("map.sentence", { place: named(app.place), units: this.countWords(), measure: t(row.full), value: app.placeCard ? percent(this.asOf(app.placeCard).values?.[columnOf(row, app.state.get("est"))]) : "", low: this.lowestName() }));
    app.notice(...(street ? [] : this.notes()));
  }

  /** What on the map is not as usual: a past month, breaks that are not fixed. */
  notes() {
    const { state } = this.app;
    const found = [];
    if (this.past) found.push(t("timeline.shown", { month: this.past.month, at: breakLabel(this.past.metrics.at) }), h("button", { type: "button", class: "gs-link", "data-focus": "timeline-back", onclick: () => state.set({ snap: null }) }, t("timeline.back")));
    if (state.get("breaks") !== "fixed") found.push(h("div", null, t("map.not_fixed", { breaks: t(`map.breaks.${state.get("breaks") === "natural" ? "jenks" : state.get("breaks")}`) })));
    return found;
  }

  lowestName() {
    let low = null;
    for (const i of this.frame.numbers) {
      const found = this.read(i);
      if (found.state === "value" && (low === null || found.value < low.value)) low = { i, value: found.value };
    }
    return low ? `${this.unitName(low.i)} ${breakLabel(Math.round(low.value * 10) / 10)}%` : t("state.none");
  }

  paintRight() {
    const { app } = this;
    const card = app.selectedCard ?? app.placeCard;
    if (card) this.timeline.show(card.unit);
    if (app.camera) {
      paint(app.shell.right, cameraCard(app, app.camera));
      return;
    }
    if (!card) return;
    const shown = this.asOf(card);
    paint(app.shell.right, coverageCard(app, shown, app.point ? seenList(app, app.point) : null));
    app.shell.say(cardSentence(app, shown));
  }

  chips() {
    const { state, boot } = this.app;
    const row = measureRow(state.get("measure"));
    return [
      { target: "gs-measure", label: t(row.short) },
      { target: "gs-density", label: densityWords(boot, state.get("scale"), state.get("at")), note: `≥ ${breakLabel(state.get("at"))} px/m` },
      { target: "gs-layers", label: t("map.layers"), icon: "layers" },
    ];
  }

  /** The drawn units as rows of text, lowest first. */
  asTable() {
    const row = measureRow(this.app.state.get("measure"));
    const rows = this.frame.numbers.map((i) => ({ i, ...this.read(i) }));
    rows.sort((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity));
    return {
      head: [t("table.name"), t("unit.code"), `${t(row.full)} %`],
      rows: rows.map(({ i, state, value }) => ({ number: i, cells: [this.unitName(i), this.frame.units.code[i], state === "value" ? breakLabel(Math.round(value * 10) / 10) : t(state === "hidden" ? "map.suppressed" : "map.no_data")] })),
    };
  }
}
