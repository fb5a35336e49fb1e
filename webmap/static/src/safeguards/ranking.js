/** The table of the safeguards desk: ranked, filtered, bound to the map both ways, written to a file. */

import { h, paint } from "../dom.js";
import { language, named, number, t } from "../i18n.js";
import { address, unitOf } from "../atlas.js";
import { getJSON } from "../data.js";
import { openFiles } from "../download/formats.js";
import { Desk } from "../desk.js";
import { icon } from "../icons.js";
import { isPhone, menu } from "../shell.js";
import { RankedTable, columnsButton, tableBar } from "../table/ranked.js";
import { FILTERS, GUARD_DEFAULTS } from "./address.js";
import { ASKED_FOR, FILE_COLUMNS, FILE_SORT, MEASURE_SORT, cameraColumns, unitColumns } from "./columns.js";

const PINS = 10;
const WRITE_MS = 250;
/** Columns that have room on a phone. */
const PHONE_COLUMNS = ["rank", "camera", "unit", "facade", "status", "each"];
const CLOSE_ZOOM = 17;

export class Ranking extends Desk {
  constructor(app) {
    super(app);
    this.bar = h("div", { class: "gs-slot" });
    this.none = h("div", { class: "gs-ranked-none", hidden: true });
    this.chosen = null;
  }

  // --- table -------------------------------------------------------------------------------------------------------------------

  placeTable() {
    const { app, rows } = this;
    const columns = rows.of === "cameras" ? cameraColumns(rows, (row) => this.rowPlace(row), () => this.askNames()) : unitColumns(rows, { facade: app.boot.available?.buildings });
    if (!this.table) {
      const on = { hover: (row) => this.hoverRow(row), select: (row) => this.selectRow(row), open: (row) => this.openRow(row), sort: (sort) => app.state.keep({ sort }) };
      this.table = new RankedTable({ label: t("guard.table"), columns, keyOf: (row) => this.rows.keyOf(row), sort: this.sortOf(), on });
      paint(app.shell.bottom, this.bar, this.table.node, this.none);
    } else this.table.setColumns(columns);
    const few = isPhone() ? columns.map(({ key }) => key).filter((key) => !PHONE_COLUMNS.includes(key)) : ASKED_FOR;
    this.table.hideColumns(few);
  }

  sortOf() {
    return this.app.state.get("sort") ?? { key: this.rows.of === "units" ? (this.app.state.get("measure") === "seen3" ? "seen3" : "facade") : MEASURE_SORT[this.app.state.get("measure")], descending: true };
  }

  /** Filters and order as the address has them. */
  readAddress() {
    FILTERS.forEach((key) => this.filters.set(key, this.app.state.get(key)));
    const sort = this.sortOf();
    if (this.table.columns.some(({ key, values }) => key === sort.key && values)) this.table.sort = sort;
    this.table.paintHead();
    this.showRows();
  }

  /** One filter was changed by hand: the table and the other distributions follow at once, the address a little later. */
  setFilter(key, value) {
    const { state } = this.app;
    state.values[key] = value;
    this.filters?.set(key, value);
    this.showRows();
    clearTimeout(this.writeTimer);
    this.writeTimer = setTimeout(() => state.write(false), WRITE_MS);
  }

  clearFilters() {
    for (const key of FILTERS) {
      this.app.state.values[key] = GUARD_DEFAULTS[key];
      this.filters?.set(key, GUARD_DEFAULTS[key]);
    }
    if (!this.app.isWhole()) this.app.goHome();
    else this.app.state.write(false);
    this.showRows();
  }

  showRows() {
    if (!this.table) return;
    const { cross } = this.filters;
    this.table.show((row) => cross.keeps(row));
    this.table.select(this.selectedKeys());
    this.left.paint();
    this.paintBar();
    this.paintNone();
    this.pin();
  }

  selectedKeys() {
    if (this.rows.of === "cameras") return this.chosen ? [this.chosen.uid] : [];
    const { selected } = this.app;
    return selected && selected.level === this.frame.level ? [selected.code] : [];
  }

  paintBar() {
    const { app, rows, table } = this;
    const ofCameras = rows.of === "cameras";
    let [metres, homes] = [0, 0];
    if (ofCameras) {
      for (const row of table.rows) {
        metres += rows.facade[row] || 0;
        homes += rows.dwellings[row] || 0;
      }
    }
    const n = number(table.rows.length);
    const title = ofCameras ? t("guard.bar.cameras", { n }) : t("guard.bar.units", { n, level: app.levelTitle(this.frame.level) });
    const all = t("guard.bar.of", { place: this.placeWords(), n: number(rows.n) });
    const sums = ofCameras && rows.has.facade ? t(rows.hidden.size ? "guard.bar.facade" : "guard.bar.sums", { m: number(metres), homes: number(homes) }) : "";
    const exported = app.boot.may?.export === false ? null : h("button", { type: "button", class: "gs-button is-small", "aria-haspopup": "true", "data-focus": "table-export", onclick: (event) => this.exportMenu(event.currentTarget) }, icon("download", 14), t("table.export_seen"));
    paint(this.bar, tableBar(title, [sums, all].filter(Boolean).join(language() === "zh" ? "；" : "; "), columnsButton(table, menu), exported));
  }

  placeWords() {
    return named(this.app.place);
  }

  paintNone() {
    const { filters, none, table } = this;
    none.hidden = table.rows.length > 0;
    table.node.classList.toggle("is-empty", !none.hidden);
    if (none.hidden) return;
    const cut = filters.cross.cutsMost();
    const words = filters.rows.n === 0 ? t("guard.no_cameras") : t("guard.empty");
    paint(none, h("p", null, words), cut ? h("button", { type: "button", class: "gs-button", "data-focus": "loosen", onclick: () => this.setFilter(cut.name, GUARD_DEFAULTS[cut.name]) }, t("guard.loosen", { name: this.left.label(cut.name), n: number(cut.n) })) : h("button", { type: "button", class: "gs-button", onclick: () => this.clearFilters() }, t("filter.clear")));
  }

  exportMenu(anchor) {
    const { app, rows, table } = this;
    const { state } = app;
    const of = rows.of;
    const quoted = (list) => (list.length ? list.map((word) => `"${word.replaceAll('"', '""')}"`).join(",") : undefined);
    const facade = state.get("facade");
    const names = table.shown().flatMap(({ key }) => FILE_COLUMNS[of][key] ?? []);
    const own = of === "cameras" ? { overlap: quoted(state.get("overlap")), programme: quoted(state.get("programme")), owner: quoted(state.get("owner")), spare: state.get("spare") ? 1 : undefined } : {};
    const asked = { level: of === "units" ? this.frame.level : undefined, within: app.isWhole() ? undefined : address(this.frame.place), facade_from: facade?.[0], facade_to: facade?.[1] ?? undefined, status: state.get("status").join(",") || undefined, ...own, columns: names.join(","), sort: FILE_SORT[of][table.sort.key], order: table.sort.descending ? "highest" : "lowest" };
    const offer = { path: `/exports/safeguards/${of}`, asked, rows: table.rows.length, columns: names.length, filters: this.left.active().map(({ label }) => label), name: t("desk.safeguards") };
    openFiles(app, anchor, () => offer);
  }

  // --- table and map are one selection -------------------------------------------------------------------------------------------

  pin() {
    const { grid } = this.app;
    const keys = new Set(this.selectedKeys());
    const first = [...this.table.rows.slice(0, PINS)];
    this.pinned = first.filter((row) => this.rows.placeOf(row));
    grid.setPins(this.pinned.map((row, i) => ({ ...this.rows.placeOf(row), text: String(i + 1), isOn: keys.has(this.rows.keyOf(row)) })));
  }

  bindMap() {
    if (this.isBound) return;
    this.isBound = true;
    const { grid } = this.app;
    grid.on("hover", ({ camera, unit }) => {
      if (!this.table) return;
      const row = this.rows.of === "cameras" ? (camera ? this.rowOf(camera) : null) : this.rows.rowOf.get(unit);
      this.table.hover(row === undefined || row === -1 ? null : row, { isTold: false });
    });
  }

  /** Names and places come with the worst rows; those of the others once one of them is needed. */
  async askNames() {
    const { app, cameras } = this;
    if (cameras.isNamed(cameras.n - 1)) return;
    cameras.names ??= getJSON("/api/safeguards/cameras", { ...cameras.asked, part: "names" });
    try {
      Object.assign(cameras.columns, (await cameras.names).columns);
      cameras.rowByUid = null;
      if (this.cameras === cameras) this.showRows();
    } catch (fault) {
      cameras.names = null;
      app.shell.toast(app.faultWords(fault));
    }
  }

  rowOf(uid) {
    this.cameras.rowByUid ??= new Map((this.cameras.columns.uid ?? []).map((one, row) => [one, row]));
    return this.cameras.rowByUid.get(uid) ?? -1;
  }

  hoverRow(row) {
    const { grid } = this.app;
    if (this.rows.of === "units") grid.pointer.show(row === null ? null : this.rows.number[row]);
    else grid.setHalo(row === null ? null : this.rows.placeOf(row));
  }

  /** A pin was clicked: true where there is one of that number. */
  clickedPin(i) {
    const row = this.pinned?.[i];
    if (row === undefined) return false;
    this.selectRow(row);
    this.table.reveal(row);
    return true;
  }

  async selectRow(row) {
    const { app, rows } = this;
    if (rows.of === "units") {
      app.select(unitOf(rows.units, rows.number[row]));
      return;
    }
    if (!rows.isNamed(row)) await this.askNames();
    if (this.rows === rows) this.openCamera(rows.keyOf(row), row);
  }

  async openRow(row) {
    const { app, rows } = this;
    if (rows.of === "units") {
      app.enter(unitOf(rows.units, rows.number[row]));
      return;
    }
    if (!rows.isNamed(row)) await this.askNames();
    const place = rows.placeOf(row);
    if (place) app.grid.flyTo({ ...place, z: CLOSE_ZOOM });
  }

  selectOnMap() {
    super.selectOnMap();
    if (this.table && this.rows.of === "units") {
      const [key] = this.selectedKeys();
      this.table.select(key ? [key] : []);
      const row = [...this.table.rows].find((one) => this.rows.keyOf(one) === key);
      if (row !== undefined) this.table.reveal(row);
      this.pin();
    }
  }
}
