/** The table under the map: gaps or units, worst first, bound to the map. */

import { h, paint } from "../dom.js";
import { language, number, t } from "../i18n.js";
import { unitOf } from "../atlas.js";
import { icon } from "../icons.js";
import { isPhone, menu } from "../shell.js";
import { RankedTable, columnsButton, tableBar } from "../table/ranked.js";
import { openExport } from "./exporting.js";
import { isLoaded, gapFigure, withUnit } from "./figures.js";
import { gapColumns } from "./table.js";

/** The figure that a switch in the heading puts first in place of the one that is. */
const OTHER_FIRST = { roads: "incidents", incidents: "roads" };

export class GapRanking {
  constructor(desk) {
    this.desk = desk;
    this.bar = h("div");
    this.table = new RankedTable({
      label: t("desk.gaps"),
      keyOf: (row) => this.code(row),
      on: {
        hover: (row) => this.showOnMap(row),
        select: (row, { isMore }) => (isMore ? desk.chooseMore(this.rows.numbers[row]) : this.choose(row)),
        sort: () => desk.pin(),
        open: (row) => desk.app.enter(this.unit(row)),
      },
    });
    // English names are long: one column less leaves room for them.
    this.hiddenBefore = language() === "en" ? ["area"] : [];
    this.table.hideColumns(this.hiddenBefore);
    this.none = h("div", { class: "gs-ranked-none" });
    this.node = h("div", { class: "gs-gap-table" }, this.bar, this.table.node, this.none);
  }

  code(row) {
    return this.desk.list.units.code[this.rows.numbers[row]];
  }

  unit(row) {
    return unitOf(this.desk.list.units, this.rows.numbers[row]);
  }

  /** New rows: columns are made for them; the order stays where its column is still there. */
  show(rows) {
    const { desk } = this;
    const figure = desk.figure();
    this.rows = rows;
    if (this.sortedBy !== figure.name) this.table.sort = { key: figure.name, descending: true };
    this.sortedBy = figure.name;
    this.heads();
    if (!isPhone() && !desk.app.shell.bottom.contains(this.node)) paint(desk.app.shell.bottom, this.node);
  }

  /** Headings, which show their own filters, with the columns under them. */
  heads() {
    const { desk } = this;
    const { app } = desk;
    const { counts } = desk.filters;
    this.hadCounts = counts !== null;
    const keeps = this.table.keeps;
    this.table.setColumns(gapColumns({ boot: app.boot, rows: this.rows, figure: desk.figure(), lineage: desk.lineage, isGap: this.isGap(), where: app.state.get("where") ?? {}, onWhere: (key, value) => desk.setWhere(key, value), counts, swap: this.swap() }));
    if (keeps) this.table.show((row) => desk.filters.keeps(row));
  }

  isGap() {
    const { app, list } = this.desk;
    return app.atlas.chainOf(list.level)[0] === list.level;
  }

  /** The button in the heading that counts incidents in place of road, and back. */
  swap() {
    const { app } = this.desk;
    const other = OTHER_FIRST[this.desk.figure().name];
    if (!other || !isLoaded(gapFigure(other), app.boot)) return null;
    return { label: t("gaps.swap", { figure: t(gapFigure(other).title) }), run: () => app.state.set({ measure: other, length: null }) };
  }

  filter() {
    const { desk } = this;
    const { filters } = desk;
    // Counts of incidents change with every filter of theirs: the column is made anew.
    if (filters.counts !== null || this.hadCounts) this.heads();
    this.table.show((row) => filters.keeps(row));
    this.select(desk.chosen(), { isRevealed: false });
    this.paintBar();
    this.paintNone();
  }

  /** A row was chosen: selected on the map, which pans only where the unit is out of view. */
  choose(row) {
    const { app } = this.desk;
    const unit = this.unit(row);
    if (!app.map.getBounds().contains([unit.lat, unit.lon])) app.grid.flyTo({ lon: unit.lon, lat: unit.lat });
    app.select(unit);
  }

  /** Mark the units `numbers`, the first of them in view. */
  select(numbers, { isRevealed = true } = {}) {
    if (!this.rows) return;
    this.table.select(numbers.map((i) => this.desk.list.units.code[i]));
    const row = this.rows.place.get(numbers[0]);
    if (row !== undefined && isRevealed) this.table.reveal(row);
    if (isRevealed) this.paintBar();
  }

  /** Place in the table of a unit, from 1; null where a filter leaves it out. */
  rankOf(unit) {
    const at = this.table.rows.indexOf(this.rows.place.get(unit.number));
    return at < 0 ? null : at + 1;
  }

  /** The row under the pointer on the map. */
  hover(row) {
    if (this.rows) this.table.hover(row, { isTold: false });
  }

  showOnMap(row) {
    const { app, list, frame } = this.desk;
    const i = row === null ? null : this.rows.numbers[row];
    for (const grid of [app.grid, this.desk.comparing.twin?.grid].filter(Boolean)) {
      if (list.level === frame.level) grid.pointer.show(i);
      else grid.setHalo(i === null ? null : { lon: list.units.lon[i], lat: list.units.lat[i] });
    }
  }

  /** Sum of what is counted over some rows, in words; hidden counts make it a least one. */
  sumWords(rows) {
    const figure = this.desk.figure();
    let [sum, hidden] = [0, false];
    for (const row of rows) {
      const value = this.rows.values[row];
      if (value === null) hidden = true;
      else sum += value;
    }
    return `${hidden ? "≥ " : ""}${withUnit(figure, sum)}`;
  }

  paintBar() {
    const { desk, table } = this;
    const { app, filters } = desk;
    const figure = desk.figure();
    const all = this.rows.numbers.length;
    const chosen = desk.chosen().map((i) => this.rows.place.get(i)).filter((row) => row !== undefined);
    const isMany = chosen.length > 1;
    const rows = isMany ? chosen : table.rows;
    const kept = filters.counts ? rows.reduce((sum, row) => sum + filters.counts[row], 0) : null;
    const note = [
      t(isMany ? "gaps.sum_chosen" : "gaps.sum_words", { figure: t(figure.title), value: this.sumWords(rows) }),
      desk.comparing.isOn() ? desk.comparing.sumWords([...rows].map((row) => this.rows.numbers[row])) : null,
      kept === null ? null : t("gaps.kept", { n: number(kept) }),
      !isMany && table.rows.length < all ? t("legend.filtered", { n: number(table.rows.length), of: number(all) }) : null,
      app.boot.available?.residents && !isMany ? t("gaps.star") : null,
    ].filter(Boolean);
    const level = app.levelTitle(desk.list.level);
    const title = isMany ? t("gaps.chosen", { n: number(chosen.length) }) : t(this.isGap() ? "gaps.count_gaps" : "gaps.count", { n: number(table.rows.length), level });
    const clear = isMany ? h("button", { type: "button", class: "gs-link", "data-focus": "unchoose", onclick: () => app.select(null) }, t("gaps.unchoose")) : null;
    paint(this.bar, tableBar(title, note.join(t("punct.comma")), clear, columnsButton(table, menu, (hidden) => this.tellHidden(hidden)), this.exportButton()));
  }

  /** A column went out of the table: said, with a way back. */
  tellHidden(hidden) {
    const key = hidden.find((name) => !this.hiddenBefore?.includes(name));
    const before = this.hiddenBefore ?? [];
    this.hiddenBefore = hidden;
    const column = this.table.columns.find((one) => one.key === key);
    if (!column || hidden.length < before.length) return;
    this.desk.app.shell.toast(t("table.hidden_column", { name: column.title }), () => {
      this.hiddenBefore = hidden.filter((name) => name !== key);
      this.table.hideColumns(this.hiddenBefore);
    });
  }

  exportButton() {
    const { desk } = this;
    if (!desk.app.boot.may?.export) return null;
    return h("button", { type: "button", class: "gs-button is-small", "aria-haspopup": "true", "data-focus": "gaps-export", onclick: (event) => openExport(desk, event.currentTarget) }, icon("download", 14), t("table.export_seen"));
  }

  /** No row is left: why, and the filter without which most come back. */
  paintNone() {
    const { desk } = this;
    this.none.hidden = this.table.rows.length > 0;
    this.table.node.hidden = !this.none.hidden;
    if (this.none.hidden) return;
    if (!this.rows.numbers.length) {
      paint(this.none, h("p", null, t("gaps.all_seen")));
      return;
    }
    const most = desk.filters.cutsMost();
    paint(this.none, h("p", null, t("state.empty_filter")), most ? h("button", { type: "button", class: "gs-button", "data-focus": "widen", onclick: () => desk.widen(most.name) }, t("guard.loosen", { name: this.filterName(most.name), n: number(most.n) })) : h("button", { type: "button", class: "gs-button", "data-focus": "widen", onclick: () => desk.clearFilters() }, t("filter.clear")));
  }

  filterName(name) {
    const known = { reason: "gap.reason", length: "gaps.sizes", class: "map.legend", incidents: "gaps.of_incidents" };
    return known[name] ? t(known[name]) : this.desk.panel.whereChips().find(({ key }) => key === name)?.label;
  }
}
