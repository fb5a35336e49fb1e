/** Single, side by side, difference: which of them, against what, and what the map then shows. */

import { h, paint } from "../../dom.js";
import { breakLabel, t } from "../../i18n.js";
import { scale } from "../../colours.js";
import { segmented } from "../../controls.js";
import { isStandalone } from "../../data.js";
import { listScenarios } from "../../whatif/store.js";
import { unitMonths } from "../../timeline/timeline.js";
import { hideMapLegend, paintLegendWith } from "../legend.js";
import { gapClass } from "../rows.js";
import { scaleFor, withUnit } from "../figures.js";
import { SIGNS, WITHIN, classOf, stepOf } from "./classes.js";
import { differenceBar, differenceFoot, sideBars, sideFoot } from "./legend.js";
import { canCompare, loadPair } from "./sides.js";
import { GapTwin } from "./twin.js";
import { SideValues } from "./values.js";

/** Metres turn to kilometres where the ends of classes would not fit side by side. */
const ENDS_FIT = 25;

const same = (a, b) => a?.kind === b?.kind && String(a?.value) === String(b?.value);

export class Comparing {
  constructor(desk) {
    this.desk = desk;
    this.choices = null;
    this.pair = null;
    this.twin = null;
  }

  /** The comparison of the address, where the figure counted allows one. */
  asked() {
    const cmp = this.desk.app.state.get("cmp");
    return cmp && typeof cmp === "object" && canCompare(this.desk.figure()) ? cmp : null;
  }

  isOn() {
    return this.pair !== null;
  }

  isDifference() {
    return this.pair?.cmp.mode === "diff";
  }

  /** Both sides for the levels of map and table; null where nothing is compared, or a side is not there: then that is said. */
  async load(level, listed) {
    const cmp = this.asked();
    if (!cmp) return null;
    try {
      return { cmp, ...(await loadPair(this.desk.app, cmp, level, listed, this.desk.figure())) };
    } catch (fault) {
      this.desk.app.shell.toast(this.desk.app.faultWords(fault));
      return null;
    }
  }

  show(pair) {
    this.pair = pair;
    this.loadChoices();
    if (pair) {
      const { numbers } = this.desk.frame;
      const { left, right } = pair.drawn;
      this.step = stepOf(numbers.map((i) => (right.value[i] ?? 0) - (left.value[i] ?? 0)), this.desk.figure().name);
      this.sides = new SideValues(pair);
    }
    const isSplit = pair?.cmp.mode === "side";
    if (this.twin && (!isSplit || this.names !== this.sideNames().join())) {
      this.twin.remove();
      this.twin = null;
    }
    if (isSplit && !this.twin) {
      this.names = this.sideNames().join();
      this.twin = new GapTwin(this.desk.app, this.sideNames(), (i) => this.styleOf("left", i), (event) => this.desk.app.hover({ ...event, x: event.x - this.desk.app.map.getContainer().offsetLeft }));
    }
  }

  /** After a filter has changed; `keeps(row)` is null where none is on. */
  applyFilters(keeps) {
    if (!this.pair) return;
    const { rows, held, frame } = this.desk;
    this.sides.apply(rows, held, keeps);
    this.classes = new Map(frame.numbers.filter((i) => this.sides.isKept(i)).map((i) => [i, classOf(this.sides, i, this.step)]));
  }

  /** What is unseen on both sides in the units `numbers` of the table, in words. */
  sumWords(numbers) {
    const figure = this.desk.figure();
    const [left, right] = this.sideNames();
    return t("gaps.cmp_sum", { left, a: withUnit(figure, this.sides.total("left", numbers)), right, b: withUnit(figure, this.sides.total("right", numbers)) });
  }

  // --- what can be compared ---------------------------------------------------------------------------------------------------------

  /** Months kept, densities and scenarios, asked for once. */
  async loadChoices() {
    if (this.choices || isStandalone()) return;
    this.choices = [];
    const { app } = this.desk;
    const { boot } = app;
    const [told, scenarios] = await Promise.all([unitMonths(app, app.homePlace).catch(() => ({ months: [] })), boot.may?.points ? listScenarios().catch(() => []) : []]);
    const months = told.months.filter(({ is_current: isCurrent }) => !isCurrent).map(({ month }) => ({ kind: "month", value: month }));
    const steps = Object.values(boot.scales[app.state.get("scale")]).filter((at) => at !== boot.default_px_per_m).map((at) => ({ kind: "at", value: at }));
    const plans = scenarios.map(({ id, name }) => ({ kind: "scn", value: id, name }));
    this.choices = [...months.reverse(), ...steps, ...plans];
    this.desk.paintTools();
  }

  set(mode, choice) {
    this.desk.app.state.set({ cmp: mode && choice ? { mode, kind: choice.kind, value: choice.value } : null });
  }

  /** The switch on the map and, while it is on, what is compared, in words. */
  bar() {
    const cmp = this.asked();
    const { choices } = this;
    if (!choices?.length || !canCompare(this.desk.figure())) return null;
    const own = cmp && !choices.some((one) => same(one, cmp)) ? [cmp] : [];
    const listed = [...own, ...choices];
    const chosen = cmp ?? choices[0];
    const modes = [["single", "gaps.single"], ["side", "whatif.side_by_side"], ["diff", "whatif.difference"]].map(([value, key]) => ({ value, label: t(key) }));
    const change = (event) => this.set(cmp.mode, listed[Number(event.target.value)]);
    return [
      h("div", { class: "gs-cmp-mode" }, segmented(t("gaps.compare"), modes, cmp?.mode ?? "single", (mode) => this.set(mode === "single" ? null : mode, chosen))),
      cmp ? h("select", { class: "gs-select gs-cmp-pair", "aria-label": t("gaps.compare_with"), "data-focus": "cmp-pair", onchange: change }, listed.map((one, k) => h("option", { value: k, selected: same(one, cmp) }, this.pairWords(one)))) : null,
    ];
  }

  pairWords({ kind, value, name }) {
    if (kind === "month") return t("gaps.cmp_month", { month: value });
    if (kind === "scn") return t("gaps.cmp_scn", { name: name ?? "" });
    return t("gaps.cmp_at", { at: breakLabel(value), now: breakLabel(this.desk.app.boot.default_px_per_m) });
  }

  // --- what the map shows -----------------------------------------------------------------------------------------------------------

  sideNames() {
    const { kind, value } = this.pair.cmp;
    const now = breakLabel(this.desk.app.boot.default_px_per_m);
    if (kind === "month") return [value, t("gaps.side_today")];
    if (kind === "at") return [`${now} px/m`, `${breakLabel(value)} px/m`];
    return [t("gaps.side_today"), t("whatif.scenario")];
  }

  /** The class of unit `i` on one side, by the edges of the legend. */
  styleOf(side, i) {
    const { hovered } = this.desk;
    const k = this.sideClass(side, i);
    const faded = hovered !== null && hovered !== k;
    if (k === "hidden") return { fill: null, pattern: "suppressed", faded, glyph: null };
    if (k === null || k < 0) return { fill: null, pattern: null, faded, glyph: null };
    return { fill: scale("gap")[k], pattern: faded ? null : k === 2 ? "gap_class_top" : "gap_class", faded, glyph: null };
  }

  /** Class of unit `i` on a side: 0..2, -1 below the first, "hidden"; null where filters leave nothing of it. */
  sideClass(side, i) {
    const { value, hidden } = this.sides[side];
    if (!this.sides.isKept(i)) return null;
    return hidden.has(i) ? "hidden" : gapClass(value[i] ?? -1, this.desk.answers.drawn.edges);
  }

  colour() {
    const colours = scale("difference");
    const { left, right } = this.sides;
    this.desk.app.grid.setStyle((i) => {
      if (!this.sides.isKept(i)) return { fill: null, pattern: null, faded: false, glyph: null };
      const k = this.classes.get(i) ?? null;
      if (left.hidden.has(i) || right.hidden.has(i)) return { fill: null, pattern: "suppressed", faded: false, glyph: null };
      if (k === null) return { fill: null, pattern: "nodata", faded: false, glyph: null };
      return { fill: k === WITHIN ? null : colours[k], pattern: null, faded: false, glyph: null };
    });
  }

  paintLegend() {
    const { desk } = this;
    hideMapLegend(desk.app.grid.isStreet());
    const [title, ...rows] = this.isDifference() ? this.differenceLegend() : this.sideLegend();
    const reason = desk.app.state.get("reason") ? h("p", { class: "gs-note" }, t("gaps.cmp_reason")) : null;
    desk.app.grid.furniture.others = [paintLegendWith(h("div", { class: "gs-map-legend-title" }, title), rows, reason)];
    paint(desk.app.phoneLegend);
  }

  /** One legend for both maps: the classes, how many units of each side are in each. */
  sideLegend() {
    const { desk } = this;
    const { edges } = desk.answers.drawn;
    const { unit, divisor } = scaleFor(desk.figure(), edges.at(-1));
    const count = (side) => {
      const found = { counts: [0, 0, 0], below: 0, hidden: 0 };
      for (const i of desk.frame.numbers) {
        const k = this.sideClass(side, i);
        if (k === "hidden") found.hidden += 1;
        else if (k === -1) found.below += 1;
        else if (k !== null) found.counts[k] += 1;
      }
      return found;
    };
    const [left, right] = [count("left"), count("right")];
    const onHover = (k) => {
      desk.hovered = k;
      this.colourSides();
    };
    const shown = { edges: edges.map((edge) => edge / divisor), filter: desk.filter, onHover, onFilter: (k) => desk.chooseClass(k) };
    desk.legend = shown;
    return [t("gaps.legend", { figure: `${t(desk.figure().title)} ${unit}`.trim(), level: desk.app.levelTitle(desk.frame.level) }), sideBars(this.sideNames(), [left, right], shown), sideFoot(left, right)];
  }

  colourSides() {
    this.desk.app.grid.setStyle((i) => this.styleOf("right", i));
    this.twin?.colour();
  }

  differenceLegend() {
    const { desk } = this;
    const figure = desk.figure();
    const names = this.sideNames();
    const found = [...this.classes.values()];
    const count = (k) => found.filter((one) => one === k).length;
    const small = scaleFor(figure, 4 * this.step * ENDS_FIT);
    const title = t("gaps.diff_legend", { figure: `${t(figure.title)} ${small.unit}`.trim(), right: names[1], left: names[0], level: desk.app.levelTitle(desk.frame.level) });
    return [title, differenceBar(SIGNS.map((_, k) => count(k)), this.step / small.divisor), differenceFoot({ within: count(WITHIN), missing: count(null), hidden: 0 })];
  }

  /** What the pointer is told of a unit: both sides and the change, or that it lies within the interval. */
  words(i) {
    const { left, right } = this.sides;
    if (!this.sides.isKept(i)) return [t("gaps.filtered_out")];
    const figure = this.desk.figure();
    const names = this.sideNames();
    const [a, b] = [left.value[i], right.value[i]];
    if (left.hidden.has(i) || right.hidden.has(i)) return [t("map.suppressed")];
    if (a === null || b === null) return [t("map.no_data")];
    const change = b - a;
    const sign = change > 0 ? "+" : change < 0 ? "−" : "";
    const within = this.classes.get(i) === WITHIN;
    return [`${names[0]} ${withUnit(figure, a)} → ${names[1]} ${withUnit(figure, b)}`, `${sign}${withUnit(figure, Math.abs(change))}${within ? `${t("punct.list")}${t("gaps.within_interval")}` : ""}`];
  }

  /** Signs on the larger patches of the outer classes. */
  signs(patchesOf, units) {
    if (!this.isDifference()) return [];
    const { numbers } = this.desk.frame;
    return [0, 1, 5, 6].flatMap((k) => patchesOf(units, numbers.filter((i) => this.classes.get(i) === k)).map(({ bbox, middle, area_m2 }) => ({ lon: units.lon[middle], lat: units.lat[middle], bbox, text: SIGNS[k], kind: "glyph", priority: 25 + area_m2 / 1e12 })));
  }
}

