/** The left side of the gaps desk: active filters, what is counted, reasons, size of the gaps, units, layers. */

import { h, paint } from "../dom.js";
import { breakLabel, incidentWord, language, named, number, t } from "../i18n.js";
import { scale } from "../colours.js";
import { levelPicker, section } from "../controls.js";
import { filterBars, toggled } from "../filters/bars.js";
import { HistogramBrush } from "../filters/brush.js";
import { filterChips } from "../filters/chips.js";
import { binOf } from "../filters/crossfilter.js";
import { layerSection } from "../layers.js";
import { streetLegend } from "../street.js";
import { reasonWords } from "../card/reasons.js";
import { REASONS } from "./address.js";
import { GAP_FIGURES, isLoaded, scaleFor, whereWords } from "./figures.js";
import { binEdges } from "./rows.js";
import { rowsSwitch } from "./rowsof.js";
import { WhenPanel, hoursWords, periodWords } from "./when.js";

const SLOTS = ["chips", "figure", "reasons", "when", "sizes", "rest"];

export class GapsPanel {
  /** `desk` tells rows, filters and what was chosen. */
  constructor(desk) {
    this.desk = desk;
    this.when = new WhenPanel(desk);
    this.slots = Object.fromEntries(SLOTS.map((name) => [name, h("div", { class: `gs-slot-${name}` })]));
  }

  paint() {
    const { app } = this.desk;
    const { left } = app.shell;
    if (!left.contains(this.slots.chips)) paint(left, Object.values(this.slots));
    paint(this.slots.chips, filterChips(this.chips(), () => this.desk.clearFilters()));
    paint(this.slots.figure, this.figureSection());
    paint(this.slots.reasons, this.reasonSection());
    this.paintWhen();
    this.paintSizes();
    paint(this.slots.rest, app.grid.isStreet() ? streetLegend(app) : null, h("section", { class: "gs-section", id: "gs-level", "aria-label": t("level.label") }, levelPicker(app)), layerSection(app));
  }

  paintWhen() {
    const { filters } = this.desk;
    if (!filters?.incidents) {
      paint(this.slots.when);
      return;
    }
    this.when.paint(filters.incidents, language());
    if (!this.slots.when.contains(this.when.node)) paint(this.slots.when, this.when.node);
  }

  chips() {
    const { desk } = this;
    const { state } = desk.app;
    const of = (key) => state.get(key) ?? [];
    const place = desk.app.isWhole() ? [] : [{ key: "place", label: named(desk.app.place), clear: () => desk.app.goHome() }];
    const found = this.reasonChips(of("reason"));
    const span = state.get("length");
    if (span) found.push({ key: "length", label: this.spanWords(span), clear: () => desk.setLength(null) });
    if (desk.filter !== null) found.push({ key: "class", label: t("gaps.class_chip", { range: desk.classWords(desk.filter) }), clear: () => desk.chooseClass(null) });
    if (desk.filters?.incidents) found.push(...this.incidentChips(of));
    return [...place, ...found, ...this.whereChips()];
  }

  /** The reasons that are kept, or those that are hidden, where these are fewer. */
  reasonChips(kept) {
    const hidden = REASONS.filter((reason) => !kept.includes(reason));
    const isFew = kept.length <= hidden.length;
    const told = !kept.length ? [] : isFew ? kept : hidden;
    return told.map((reason) => ({ key: `reason-${reason}`, label: isFew ? reasonWords(reason) : t("gaps.without", { reason: reasonWords(reason) }), clear: () => this.desk.setReasons(toggled(kept, reason)) }));
  }

  incidentChips(of) {
    const { desk } = this;
    const { state } = desk.app;
    const found = [];
    if (state.get("period")) found.push({ key: "period", label: periodWords(state.get("period")), clear: () => desk.setIncidents({ period: null }) });
    if (state.get("hours")) found.push({ key: "hours", label: hoursWords(state.get("hours")), clear: () => desk.setIncidents({ hours: null }) });
    for (const [key, name] of [["ch", "channel"], ["cat", "category"]]) {
      for (const word of of(key)) found.push({ key: `${key}-${word}`, label: incidentWord(name, word), clear: () => desk.setIncidents({ [key]: of(key).length > 1 ? toggled(of(key), word) : null }) });
    }
    return found;
  }

  /** Filters of the table's headings. */
  whereChips() {
    const { desk } = this;
    return Object.entries(desk.app.state.get("where") ?? {}).map(([key, value]) => ({ key: `where-${key}`, label: whereWords(key, value), clear: () => desk.setWhere(key, null) }));
  }

  spanWords([low, high]) {
    const { unit, divisor } = this.desk.size();
    const words = high === null ? `≥ ${breakLabel(low / divisor)}` : `${breakLabel(low / divisor)}–${breakLabel(high / divisor)}`;
    return `${t(this.desk.figure().title)} ${words} ${unit}`.trim();
  }

  figureSection() {
    const { app } = this.desk;
    const shown = GAP_FIGURES.filter((row) => isLoaded(row, app.boot));
    const chosen = this.desk.figure();
    return h(
      "section",
      { class: "gs-section", id: "gs-measure", "aria-label": t("gaps.what") },
      h("label", { class: "gs-select-row" }, h("span", null, t("gaps.what")), h("select", { class: "gs-select", "data-focus": "figure", onchange: (event) => app.state.set({ measure: event.target.value, length: null }) }, shown.map((row) => h("option", { value: row.name, selected: row.name === chosen.name }, t(row.title))))),
      rowsSwitch(app, this.desk.frame.level),
    );
  }

  reasonSection() {
    const { desk } = this;
    const { app } = desk;
    const chosen = app.state.get("reason");
    const sums = desk.reasonSums();
    const { unit, divisor } = scaleFor(desk.figure(), Math.max(...sums.under));
    const rows = REASONS.map((reason, k) => ({ value: reason, label: reasonWords(reason), under: sums.under[k] / divisor, kept: sums.kept[k] / divisor, on: !chosen || chosen.includes(reason) }));
    const flip = (reason, isAlone) => desk.setReasons(isAlone ? [reason] : toggled(chosen ?? REASONS, reason));
    return section(
      { id: "gs-reasons", label: t("gap.reason") },
      h("span", { class: "gs-side-words", title: named(app.place) }, `${t(desk.figure().title)} ${unit}`.trim()),
      sums.nHidden && sums.n === 0 ? h("p", { class: "gs-note" }, t("gaps.all_hidden")) : h("div", { class: "gs-reason-filter" }, filterBars({ name: "reason", label: t("gap.reason"), rows, onToggle: flip, swatched: true, hint: t("gaps.reason_hint") })),
      sums.nHidden && sums.n ? h("p", { class: "gs-note" }, t("gaps.some_hidden", { n: number(sums.nHidden) })) : null,
    );
  }

  /** The histogram is a lasting node: it is made anew only where other edges are needed. */
  paintSizes() {
    const { desk } = this;
    const { title } = desk.figure();
    const { unit, divisor } = desk.size();
    const edges = binEdges(desk.rows.answer.edges);
    const shown = edges.map((edge) => edge / divisor);
    const key = `${title} ${edges.at(-1)} ${t(title)} ${scale("gap").at(-1)}`;
    if (this.brushKey !== key) {
      this.brushKey = key;
      this.brush = new HistogramBrush({ name: "length", label: t(title), lowLabel: t("gaps.from"), highLabel: t("gaps.to"), edges: shown, unit, ticks: [0, 4, 8, 12, 20].map((k) => shown[k]), colour: scale("gap").at(-1), onChange: (range) => desk.setLength(range && range.map((edge) => (edge === null ? null : Math.round(edge * divisor)))) });
      paint(this.slots.sizes, section({ id: "gs-lengths", label: t("gaps.sizes") }, h("span", { class: "gs-side-words" }, `${t(title)} ${unit}`.trim()), this.brush.node));
    }
    const { values } = desk.rows;
    const bins = desk.filters.cross.distribution("length", (row) => (values[row] === null ? -1 : binOf(values[row], edges)), edges.length - 1);
    const span = desk.app.state.get("length");
    this.brush.show(bins.under, span && span.map((edge) => (edge === null ? null : edge / divisor)));
  }
}
