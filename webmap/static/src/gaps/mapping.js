/** What the gaps desk draws on the map: classes with hatch, the legend, the first ten by number, several chosen at once. */

import { byId, h, paint } from "../dom.js";
import { breakLabel, number, t } from "../i18n.js";
import { scale } from "../colours.js";
import { Desk } from "../desk.js";
import { unitOf } from "../atlas.js";
import { patchesOf } from "../patches.js";
import { reasonWords } from "../card/reasons.js";
import { isPhone } from "../shell.js";
import { scaleFor, withUnit } from "./figures.js";
import { gapClassBar, hideMapLegend, paintMapLegend } from "./legend.js";
import { Lasso, PickedSheet, readChosen, writeChosen } from "./picking.js";
import { GapRows } from "./rows.js";

const PINS = 10;
/** As many stand in an address. */
const MOST_CHOSEN = 300;

/** Its rows, filters and ranking are those of the desk. */
export class GapsMap extends Desk {
  /** Once: what this desk adds to the map. */
  attach() {
    if (this.picked) return;
    const { app } = this;
    this.picked = new PickedSheet(app);
    this.lasso = new Lasso(app, (isInRing) => this.chooseRing(isInRing), () => this.paintTools());
    this.tools = h("div", { class: "gs-maptools" });
    byId("gs-map").append(this.tools);
    app.grid.on("hover", ({ unit }) => this.ranking.hover(this.rowOf(unit)));
    app.grid.on("view", () => this.paintTools());
  }

  /** The row of a unit under the pointer, null where rows are finer than what is drawn. */
  rowOf(unit) {
    if (!this.rows || unit === null || this.list.level !== this.frame.level) return null;
    return this.rows.place.get(unit) ?? null;
  }

  paintTools() {
    if (!this.tools || isPhone()) return;
    paint(this.tools, this.comparing.bar(), this.lasso.button());
  }

  classOf(i) {
    return this.drawnValues.classOf(i, (row) => this.filters.keeps(row));
  }

  colour() {
    if (this.comparing.isDifference()) {
      this.comparing.colour();
      return;
    }
    if (this.comparing.isOn()) {
      this.comparing.colourSides();
      return;
    }
    const colours = scale("gap");
    const strong = this.hovered;
    this.app.grid.setStyle((i) => {
      const k = this.classOf(i);
      const faded = strong !== null && strong !== k;
      if (k === "hidden") return { fill: null, pattern: "suppressed", faded, glyph: null };
      if (k === null || k < 0) return { fill: null, pattern: null, faded, glyph: null };
      return { fill: colours[k], pattern: faded ? null : k === 2 ? "gap_class_top" : "gap_class", faded, glyph: null };
    });
  }

  async labels() {
    await super.labels();
    this.comparing.twin?.grid.setLabels(this.app.grid.labels);
  }

  signs() {
    return this.frame && this.comparing.isOn() ? this.comparing.signs(patchesOf, this.frame.units) : [];
  }

  paintLegend() {
    if (this.comparing.isOn()) {
      this.comparing.paintLegend();
      return;
    }
    const counts = { classes: [0, 0, 0], below: 0, hidden: 0 };
    for (const i of this.frame.numbers) {
      const k = this.classOf(i);
      if (k === "hidden") counts.hidden += 1;
      else if (k === -1) counts.below += 1;
      else if (k !== null) counts.classes[k] += 1;
    }
    const { unit, divisor } = scaleFor(this.figure(), this.answers.drawn.edges.at(-1));
    const heading = t("gaps.legend", { figure: `${t(this.figure().title)} ${unit}`.trim(), level: this.app.levelTitle(this.frame.level) });
    const onHover = (k) => {
      this.hovered = k;
      this.colour();
    };
    this.legend = { title: heading, counts: counts.classes, below: counts.below, hidden: counts.hidden, edges: this.answers.drawn.edges.map((edge) => edge / divisor), filter: this.filter, onHover, onFilter: (k) => this.chooseClass(k) };
    const isStreet = this.app.grid.isStreet();
    this.app.grid.furniture.others = [paintMapLegend(this.legend)];
    hideMapLegend(isStreet);
    paint(this.app.phoneLegend, isStreet ? null : gapClassBar(this.legend));
  }

  /** The first ten of the table carry their number on the map. */
  pin() {
    const { units, level } = this.list;
    const chosen = this.app.selected?.level === level ? this.app.selected.number : null;
    const first = [...this.ranking.table.rows.slice(0, PINS)].filter((row) => this.rows.values[row] !== null);
    this.pinned = this.app.grid.isStreet() || isPhone() || this.comparing.isOn() ? [] : first.map((row) => this.rows.numbers[row]);
    this.app.grid.setPins(this.pinned.map((i, k) => ({ lon: units.lon[i], lat: units.lat[i], text: String(k + 1), isOn: i === chosen })));
  }

  /** A pin was clicked: true where there is one of that number. */
  clickedPin(k) {
    const i = this.pinned?.[k];
    if (i === undefined) return false;
    this.app.select(unitOf(this.list.units, i));
    return true;
  }

  // --- several at once -----------------------------------------------------------------------------------------------------------

  /** Numbers of the chosen units of the list, the one whose card is shown first. */
  chosen() {
    const { level, codes } = readChosen(this.app.state.get("sel"));
    if (!this.list || level !== this.list.level) return [];
    return codes.map((code) => this.list.units.position.get(code)).filter((i) => i !== undefined);
  }

  /** Take unit `i` in, or out where it is in already. */
  chooseMore(i) {
    const before = this.chosen();
    this.chooseAll(before.includes(i) ? before.filter((one) => one !== i) : [i, ...before]);
  }

  chooseAll(numbers) {
    const { app, list } = this;
    const some = numbers.slice(0, MOST_CHOSEN);
    if (some.length < numbers.length) app.shell.toast(t("gaps.most_chosen", { n: number(MOST_CHOSEN) }));
    app.state.set({ sel: writeChosen(list.level, some.map((i) => list.units.code[i])) });
  }

  /** Those of the rows shown whose place lies in the ring. */
  chooseRing(isInRing) {
    const { units } = this.list;
    const found = [...this.ranking.table.rows].map((row) => this.rows.numbers[row]).filter((i) => isInRing({ lon: units.lon[i], lat: units.lat[i] }));
    if (found.length) this.chooseAll(found);
    else this.app.shell.toast(t("gaps.lasso_none"));
  }

  showChosen() {
    const { selected } = this.app;
    const before = this.chosen();
    const isOwn = selected?.level === this.list.level;
    // The page selects before the address says so.
    const numbers = isOwn && before[0] !== selected.number ? [selected.number] : selected ? before : [];
    this.picked.show(this.list.units, numbers);
    this.comparing.twin?.select(selected, this.list.units, numbers);
    this.ranking.select(numbers);
    this.tellUnchosen(numbers);
  }

  /** Several were chosen and are no more: said, with a way back. */
  tellUnchosen(numbers) {
    const { level, units } = this.list;
    const before = this.chosenBefore;
    this.chosenBefore = { level, codes: numbers.map((i) => units.code[i]) };
    if (before?.level !== level || before.codes.length < 2 || numbers.length > 1) return;
    this.app.shell.toast(t("gaps.unchosen", { n: number(before.codes.length) }), () => this.app.state.set({ sel: writeChosen(level, before.codes) }));
  }

  /** Shift and click on the map takes a unit in; a plain click is the page's. */
  clickedMore(unit) {
    if (this.rowOf(unit) === null) return false;
    this.chooseMore(unit);
    return true;
  }

  classWords(k) {
    const { edges } = this.legend;
    return k + 1 < edges.length ? `${breakLabel(edges[k])}–${breakLabel(edges[k + 1])}` : `≥ ${breakLabel(edges[k])}`;
  }

  tip(i) {
    if (!this.rows) return null;
    if (this.comparing.isOn()) return [this.unitName(i), ...this.comparing.words(i)];
    const value = this.drawnValues.valueOf(i, (row) => this.filters.keeps(row));
    const largest = new GapRows(this.answers.drawn, [i], this.figure()).largestOf(i);
    const told = value === null ? t("map.suppressed") : `${t(this.figure().title)} ${withUnit(this.figure(), value ?? 0)}`;
    return [this.unitName(i), told, largest && value ? t("gaps.mostly", { reason: reasonWords(largest) }) : null].filter(Boolean);
  }
}
