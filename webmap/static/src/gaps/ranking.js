/** The table under the map: the gaps of the drawn units, worst first, bound to the map. */

import { h, paint } from "../dom.js";
import { language, named, number, t } from "../i18n.js";
import { unitOf } from "../atlas.js";
import { getBinaryURL } from "../data.js";
import { icon } from "../icons.js";
import { isPhone, menu } from "../shell.js";
import { RankedTable, columnsButton, tableBar } from "../table/ranked.js";
import { withUnit } from "./figures.js";
import { gapColumns } from "./table.js";

const FORMATS = ["csv", "xlsx", "geojson", "gpkg", "parquet"];

export class GapRanking {
  constructor(desk) {
    this.desk = desk;
    this.bar = h("div");
    this.table = new RankedTable({
      label: t("desk.gaps"),
      keyOf: (row) => this.code(row),
      on: {
        hover: (row) => desk.app.grid.pointer.show(row === null ? null : this.rows.numbers[row]),
        select: (row) => this.choose(row),
        sort: () => desk.pin(),
        open: (row) => desk.app.enter(unitOf(desk.frame.units, this.rows.numbers[row])),
      },
    });
    // English names are long: one column less leaves room for them.
    if (language() === "en") this.table.hideColumns(["area"]);
    this.none = h("div", { class: "gs-ranked-none" });
    this.node = h("div", { class: "gs-gap-table" }, this.bar, this.table.node, this.none);
  }

  code(row) {
    return this.desk.frame.units.code[this.rows.numbers[row]];
  }

  /** New rows: columns are made for them; the order stays where its column is still there. */
  show(rows) {
    const { desk } = this;
    const { app } = desk;
    const figure = desk.figure();
    this.rows = rows;
    if (this.sortedBy !== figure.name) this.table.sort = { key: figure.name, descending: true };
    this.sortedBy = figure.name;
    this.table.setColumns(gapColumns({ boot: app.boot, rows, figure, units: desk.frame.units, parentName: (unit) => this.parentName(unit) }));
    if (!isPhone() && !app.shell.bottom.contains(this.node)) paint(app.shell.bottom, this.node);
  }

  filter() {
    const { desk } = this;
    this.table.show((row) => desk.cross.keeps(row));
    this.select(desk.app.selected);
    this.paintBar();
    this.paintNone();
  }

  /** The nearest unit above whose name the unit's own does not repeat. */
  parentName(unit) {
    let code = unit.parent;
    for (const above of this.desk.parents ?? []) {
      const parent = above.get(code);
      if (!parent) return "";
      if (!named(unit).startsWith(named(parent))) return named(parent);
      code = parent.parent;
    }
    return "";
  }

  /** A row was chosen: selected on the map, which pans only where the unit is out of view. */
  choose(row) {
    const { app, frame } = this.desk;
    const unit = unitOf(frame.units, this.rows.numbers[row]);
    if (!app.map.getBounds().contains([unit.lat, unit.lon])) app.grid.flyTo({ lon: unit.lon, lat: unit.lat });
    app.select(unit);
  }

  select(unit) {
    const isDrawn = unit && this.rows && unit.level === this.desk.frame.level;
    this.table.select(isDrawn ? [unit.code] : []);
    const row = isDrawn ? this.rows.place.get(unit.number) : undefined;
    if (row !== undefined) this.table.reveal(row);
  }

  paintBar() {
    const { desk } = this;
    const { app } = desk;
    const shown = [...this.table.rows];
    const sum = shown.reduce((total, row) => total + (this.rows.values[row] ?? 0), 0);
    const figure = desk.figure();
    const all = this.rows.numbers.length;
    const note = [t("gaps.sum_words", { figure: t(figure.title), value: `${shown.some((row) => this.rows.values[row] === null) ? "≥ " : ""}${withUnit(figure, sum)}` }), shown.length < all ? t("legend.filtered", { n: number(shown.length), of: number(all) }) : null, app.boot.available?.residents ? t("gaps.star") : null].filter(Boolean).join(t("punct.comma"));
    paint(this.bar, tableBar(t("gaps.count", { n: number(shown.length), level: app.levelTitle(desk.frame.level) }), note, columnsButton(this.table, menu), this.exportButton()));
  }

  /** The whole table of the level in the place, unfiltered: so it is called. */
  exportButton() {
    const { app } = this.desk;
    if (!app.boot.may?.export) return null;
    const { level, within } = this.desk.exported();
    const heading = { heading: t("gaps.export_note", { level: app.levelTitle(level), place: named(app.place) }) };
    const items = FORMATS.map((format) => ({ label: t(`format.${format}`), href: getBinaryURL(`/exports/gaps.${format}`, { level, within, lang: language() }) }));
    return h("button", { type: "button", class: "gs-button is-small", "aria-haspopup": "menu", "data-focus": "gaps-export", onclick: (event) => menu(event.currentTarget, [heading, ...items]) }, icon("download", 14), t("action.download"));
  }

  /** No row is left: why, and the filter without which most come back. */
  paintNone() {
    const { desk } = this;
    const { cross, app } = desk;
    this.none.hidden = this.table.rows.length > 0;
    this.table.node.hidden = !this.none.hidden;
    if (this.none.hidden) return;
    if (!this.rows.numbers.length) {
      paint(this.none, h("p", null, t("gaps.all_seen")));
      return;
    }
    const most = cross.cutsMost();
    const names = { reason: t("gap.reason"), length: t("gaps.sizes"), class: t("map.legend") };
    const clear = { reason: () => app.state.set({ reason: null }), length: () => app.state.set({ length: null }), class: () => desk.chooseClass(null) };
    paint(this.none, h("p", null, t("state.empty_filter")), most ? h("button", { type: "button", class: "gs-button", "data-focus": "widen", onclick: clear[most.name] }, t("filter.remove", { name: names[most.name] })) : null);
  }
}
