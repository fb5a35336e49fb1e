/** Register: cameras and key places in the view of the map, corrected one by one or by a file of changes. */

import { debounce, h, paint } from "../dom.js";
import { number, t, words } from "../i18n.js";
import { getJSON } from "../data.js";
import { changesDialog } from "./changes.js";
import { Editing } from "./editing.js";
import { button, pager, select } from "./parts.js";

const PAGE = 100;
const SEARCH_WAIT_MS = 250;
const NEAR_ZOOM = 17;
const TABLES = ["cameras", "places"];
const STATUS = { online: { colour: "ink" }, offline: { colour: "camera_offline", filled: false }, planned: { colour: "proposed" }, retired: { colour: "camera_retired" } };

export class RegisterTab {
  constructor(app) {
    this.app = app;
    this.found = null;
    this.matches = null;
    this.text = "";
    this.status = "";
    this.fault = null;
    this.editing = null;
    const moved = debounce(() => app.tab === this && this.load(), SEARCH_WAIT_MS);
    app.leaflet.on("moveend", moved);
    this.search = debounce(() => this.find(), SEARCH_WAIT_MS);
  }

  get table() {
    const asked = this.app.state.get("table");
    return TABLES.includes(asked) ? asked : "cameras";
  }

  open() {
    if (this.editing && this.editing.table !== this.table) this.editing = null;
    this.matches = null;
    this.paint();
    this.load();
  }

  /** The rows in view; those of a search stay until its field is emptied. */
  async load() {
    const { app } = this;
    const box = app.leaflet.getBounds();
    const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((value) => value.toFixed(6)).join(",");
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const found = await getJSON(`/api/${this.table}`, { bbox, limit: PAGE, offset: (app.state.get("page") - 1) * PAGE });
      if (turn !== this.turn) return;
      this.found = found;
      this.fault = null;
      if (app.state.get("page") > 1 && !found.rows.length) app.state.set({ page: 1 }, { replace: true });
    } catch (fault) {
      if (turn !== this.turn) return;
      this.fault = app.faultWords(fault);
    }
    this.draw();
    this.paint();
  }

  async find() {
    const asked = this.text.trim();
    if (!asked) {
      this.matches = null;
      this.paint();
      return;
    }
    const found = await this.app.attempt(() => getJSON("/api/search", { q: asked, limit: 50 }));
    if (found && asked === this.text.trim()) {
      this.matches = found.filter(({ kind }) => kind === "camera");
      this.paint();
    }
  }

  get rows() {
    const { status } = this;
    return (this.found?.rows ?? []).filter((row) => !status || row.status === status);
  }

  async edit(uid) {
    const record = await this.app.attempt(() => getJSON(`/api/${this.table}/${encodeURIComponent(uid)}`));
    if (!record) return;
    this.editing = new Editing(this, record);
    const { lon, lat } = record.values;
    if (lon !== null && lat !== null && !this.app.leaflet.getBounds().contains([lat, lon])) this.app.map.grid.flyTo({ lon, lat, z: Math.max(NEAR_ZOOM, this.app.leaflet.getZoom()) });
    this.draw();
    this.paint();
    await this.editing.loadEdits();
  }

  close() {
    this.editing = null;
    this.draw();
    this.paint();
  }

  /** After a change: the list, the map and the panel say what is so now. */
  async changed(uid) {
    await this.load();
    if (uid) await this.edit(uid);
  }

  draw() {
    const { app, editing } = this;
    if (app.tab !== this || editing?.isDragged) return;
    app.map.show((map) => {
      for (const row of this.rows) {
        if (row.uid === editing?.uid || row.lon === null) continue;
        map.dot([row.lon, row.lat], { ...(STATUS[row.status] ?? { colour: "accent" }), radius: 5, title: row.name || row.source_id, onclick: () => this.edit(row.uid) });
        if (row.live) map.dot([row.lon, row.lat], { colour: "accent", filled: false, radius: 9 });
      }
      editing?.draw(map);
    });
    paint(
      app.legend,
      this.table === "cameras" ? Object.keys(STATUS).map((status) => h("span", null, h("i", { class: `in-mark is-${status}` }), t(`intake.value.status.${status}`))) : null,
      h("span", null, h("i", { class: "in-mark is-live" }), t("intake.live")),
    );
  }

  paint() {
    if (this.app.tab !== this) return;
    this.app.paint(this.editing ? this.editing.panel() : null, this.listSection());
  }

  listSection() {
    const { app, fault, found } = this;
    const choose = (table) => app.state.set({ table, page: 1 });
    return h(
      "section",
      { class: "in-section" },
      h(
        "div",
        { class: "in-register-bar" },
        h("div", { class: "gs-segmented", role: "group", "aria-label": t("intake.table") }, TABLES.map((name) => h("button", { type: "button", class: name === this.table ? "is-on" : "", "aria-pressed": String(name === this.table), "data-focus": `table-${name}`, onclick: () => choose(name) }, app.tableTitle(name)))),
        this.table === "cameras"
          ? [
              h("input", { class: "in-input", type: "search", value: this.text, placeholder: t("intake.register.search"), "aria-label": t("intake.register.search"), "data-focus": "search", oninput: (event) => ((this.text = event.target.value), this.search()) }),
              select("status", this.status, [["", t("intake.any")], ...Object.keys(STATUS).map((name) => [name, t(`intake.value.status.${name}`)])], (status) => ((this.status = status), this.draw(), this.paint()), { "aria-label": words(app.column("cameras", "status").title) }),
            ]
          : null,
        button(t("intake.changes"), () => changesDialog(this), { name: "changes", disabled: !app.boot.logged_in }),
      ),
      fault ? h("p", { class: "in-warning" }, fault) : null,
      this.matches ? this.matchList() : found ? this.list() : h("p", { class: "in-note" }, t("state.working")),
    );
  }

  matchList() {
    if (!this.matches.length) return h("p", { class: "in-note" }, t("search.none", { text: this.text.trim() }));
    return h("ul", { class: "in-faults" }, this.matches.map((one) => h("li", null, h("button", { type: "button", class: "in-fault-words", "data-uid": one.uid ?? one.code, onclick: () => this.edit(one.uid ?? one.code) }, h("span", null, one.name || one.uid), h("span", { class: "in-note" }, one.uid ?? one.code)))));
  }

  list() {
    const { app, found, rows } = this;
    const names = this.table === "cameras" ? ["name", "source_id", "status", "azimuth_deg"] : ["name", "source_id", "kind"];
    const columns = names.map((name) => app.column(this.table, name));
    const cell = (row, { name }) => (row[name] === null || row[name] === undefined ? t("state.none") : name === "status" ? t(`intake.value.status.${row.status}`) : typeof row[name] === "number" ? number(row[name]) : row[name]);
    const line = (row) => h("tr", { class: row.uid === this.editing?.uid ? "is-on" : "" }, h("th", { scope: "row" }, h("button", { type: "button", class: "gs-link", "data-uid": row.uid, onclick: () => this.edit(row.uid) }, row.name || row.source_id)), columns.slice(1).map((column) => h("td", null, cell(row, column))), h("td", null, row.live ? h("span", { class: "in-live" }, t("intake.live.short")) : null));
    return [
      h("p", { class: "in-note" }, t("intake.register.in_view", { n: number(found.total) })),
      h("table", { class: "in-table in-register" }, h("thead", null, h("tr", null, columns.map((column) => h("th", { scope: "col" }, words(column.title))), h("th", { scope: "col" }))), h("tbody", null, rows.map(line))),
      pager(app, found.total, PAGE),
    ];
  }
}
