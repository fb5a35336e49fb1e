/** The safeguards desk: what cameras see that they should not, and what the register does not hold of them. */

import { h, paint } from "../dom.js";
import { language, named, number, t } from "../i18n.js";
import { address, unitOf } from "../atlas.js";
import { getJSON, isStandalone } from "../data.js";
import { isPhone } from "../shell.js";
import { cameraCard, cameraSentence, unitCard } from "./card.js";
import { LeftPanel } from "./leftpanel.js";
import { OnMap } from "./onmap.js";
import { measureOption, optionsFor } from "./options.js";
import { Ranking } from "./ranking.js";
import { Filters, cameraRows, unitRows } from "./rows.js";

export class SafeguardsDesk extends Ranking {
  constructor(app) {
    super(app);
    this.left = new LeftPanel(this);
    this.map = new OnMap(this);
    this.turn = 0;
  }

  // --- data --------------------------------------------------------------------------------------------------------------------

  askAhead(level, within) {
    const { atlas, boot } = this.app;
    if (!this.hasCameras()) return [];
    return [atlas.metrics("safeguards", level, { within }), atlas.metrics("coverage", level, { at: boot.default_px_per_m, within })];
  }

  /** Facade is judged at its own density and the rest at the default one, whatever the other desks look at. */
  density() {
    return this.app.boot.default_px_per_m;
  }

  hasCameras() {
    return Boolean(this.app.boot.available?.cameras);
  }

  async load() {
    const { app } = this;
    const frame = await this.loadFrame();
    if (!this.hasCameras()) return { frame, guarded: {}, coverage: {} };
    const within = app.isWhole() ? undefined : address(frame.place);
    const [guarded, coverage] = await Promise.all([app.atlas.metrics("safeguards", frame.level, { within }), app.atlas.metrics("coverage", frame.level, { at: this.density(), within })]);
    return { frame, guarded, coverage };
  }

  show({ frame, guarded, coverage }) {
    Object.assign(this, { guarded, coverage });
    const moved = !this.frame || this.frame.level !== frame.level || this.frame.place !== frame.place;
    if (moved) this.map.filter = null;
    this.map.attach();
    this.bindMap();
    this.showFrame(frame);
    this.map.paint();
    this.left.paint();
    this.labels().catch((fault) => this.app.showFault(fault));
    if (!this.hasCameras()) paint(this.app.shell.bottom, h("div", { class: "gs-ranked-none" }, h("p", null, t("state.empty_first"))));
    else this.loadRows().catch((fault) => this.app.showFault(fault));
  }

  /** The rows to rank: cameras of the place, or the units drawn. The picture before stays until they are here. */
  async loadRows() {
    const mine = ++this.turn;
    const { app, frame } = this;
    const within = app.isWhole() ? undefined : address(frame.place);
    const finest = app.atlas.chainOf(frame.level)[0];
    const above = app.atlas.upward(finest);
    const asked = isStandalone() ? null : app.atlas.once(`guarded/${within ?? ""}`, () => getJSON("/api/safeguards/cameras", { level: finest, within, part: "figures" }));
    const [answer, ...levels] = await Promise.all([asked, ...above.map((name) => app.atlas.units(name))]);
    if (mine !== this.turn) return;
    if (answer) answer.rows ??= Object.assign(cameraRows(answer, app.boot.rules.max_retention_days), { minCount: app.boot.min_count, asked: { level: finest, within } });
    this.cameras = answer?.rows ?? null;
    this.units = levels;
    const ofUnits = this.ranked() !== "cameras";
    const name = `${ofUnits ? `${frame.level}/` : ""}${within ?? ""}/${language()}`;
    if (this.rowsName !== name) {
      this.rowsName = name;
      this.rows = ofUnits ? { ...unitRows(frame, this.guarded, this.coverage), at: this.density() } : this.cameras;
      this.filters = new Filters(this.rows);
      this.placeTable();
    }
    this.readAddress();
    const cam = app.state.get("cam");
    if (cam && this.cameras && this.chosen?.uid !== cam) this.openCamera(cam);
    else if (!cam && this.chosen && !this.chosen.uid.startsWith("#")) app.closeCamera();
  }

  /** Name of the units above a camera of row `row`, coarser first. */
  rowPlace(row) {
    const [fine] = this.units;
    const unit = row >= 0 ? this.cameras.columns.unit[row] : -1;
    if (unit < 0) return "";
    const steps = [];
    let [code, parent] = [fine.code[unit], fine.parent[unit]];
    for (const units of this.units.slice(1)) {
      const at = units.position.get(parent);
      if (at === undefined) break;
      steps.unshift(named(unitOf(units, at)));
      [code, parent] = [units.code[at], units.parent[at]];
    }
    return code && steps.length > 2 ? steps.slice(2).join(" ") : steps.at(-1) ?? named(unitOf(fine, unit));
  }

  // --- one camera --------------------------------------------------------------------------------------------------------------

  /** Show one camera's card: its row at once, its record and plan when they come. */
  async openCamera(uid, row = this.rowOf(uid)) {
    const { app } = this;
    const chosen = { uid, row, changes: new Map(), options: [] };
    this.chosen = chosen;
    app.camera = { uid };
    const cam = uid.startsWith("#") ? null : uid;
    if (app.state.get("cam") !== cam) app.state.keep({ cam }, { replace: false });
    this.paintChosen();
    if (row >= 0) this.showPlace(this.cameras.placeOf(row));
    else if (this.cameras) this.findRow(chosen);
    if (!app.boot.may?.points) return;
    const encoded = encodeURIComponent(uid);
    const asked = [app.atlas.once(`camera/${uid}`, () => getJSON(`/api/cameras/${encoded}`, { at: this.density() })), app.atlas.once(`plan/${uid}`, () => getJSON(`/api/safeguards/cameras/${encoded}`))];
    try {
      [chosen.record, chosen.plan] = await Promise.all(asked);
      chosen.options = optionsFor(chosen.record, chosen.plan);
    } catch (fault) {
      chosen.isBroken = true;
      if (this.chosen === chosen && row < 0) app.shell.toast(app.faultWords(fault));
    }
    if (this.chosen !== chosen) return;
    this.paintRight();
    await this.measureOptions(chosen);
  }

  /** The row of a camera whose name did not come with the worst ones. */
  async findRow(chosen) {
    await this.askNames();
    if (this.chosen !== chosen) return;
    chosen.row = this.rowOf(chosen.uid);
    if (chosen.row >= 0) this.paintChosen();
  }

  /** What each option changes, one after the other; what was asked once is not asked again. */
  async measureOptions(chosen) {
    for (const option of chosen.options) {
      const { cache } = this.app.atlas;
      const name = `option/${chosen.uid}/${option.name}`;
      const change = cache.get(name) ?? (await measureOption(option, this.density(), () => this.chosen === chosen).catch(() => "failed"));
      if (this.chosen !== chosen) return;
      if (change && change !== "failed") cache.set(name, change);
      chosen.changes.set(option.name, change);
      this.paintRight();
    }
  }

  paintChosen() {
    const { app, chosen } = this;
    app.grid.highlightCameras(chosen ? [chosen.uid] : []);
    if (this.table && this.rows.of === "cameras") {
      this.table.select(this.selectedKeys());
      if (chosen && chosen.row >= 0) this.table.reveal(chosen.row);
      this.pin();
    }
    this.paintRight();
  }

  /** The map only pans where the place is out of view. */
  showPlace(place) {
    if (!place) return;
    const { grid } = this.app;
    const [west, south, east, north] = grid.view().bounds;
    if (place.lon < west || place.lon > east || place.lat < south || place.lat > north) grid.flyTo(place);
  }

  cameraClosed() {
    this.chosen = null;
    if (this.app.state.get("cam")) this.app.state.keep({ cam: null });
    this.app.grid.setHalo(null);
    this.paintChosen();
  }

  // --- what the page asks of every desk --------------------------------------------------------------------------------------------

  chooseMeasure(measure) {
    this.app.state.set({ measure, colour: measure === "seen3" ? "seen3" : "facade", sort: null });
  }

  rank(of) {
    this.app.state.set({ of, level: of === "cameras" ? null : of, sort: null });
  }

  /** What is ranked: cameras, or units of a level; a file holds no cameras one by one. */
  ranked() {
    const of = this.app.state.get("of");
    return of === "cameras" && isStandalone() ? this.frame.level : of;
  }

  /** What can be ranked: cameras, the finest units of the place, and those that the whole is drawn by. */
  levels() {
    const { app } = this;
    const chain = app.atlas.chainOf(app.place?.level ?? app.atlas.homeLevel());
    const whole = app.atlas.drawnLevel(app.atlas.homeLevel(), null);
    const below = chain.slice(0, Math.max(1, chain.indexOf(app.place?.level ?? app.atlas.homeLevel())));
    return [...(isStandalone() ? [] : ["cameras"]), ...new Set([chain[0], whole].filter((level) => below.includes(level)))];
  }

  paintLeft() {
    this.left.paint();
    this.map.paintLegend();
    const { app } = this;
    app.describeMap(t("guard.sentence", { place: named(app.place), units: this.countWords(), measure: t(`guard.measure.${app.state.get("colour")}`) }));
  }

  paintRight() {
    const { app } = this;
    if (this.chosen && this.cameras) {
      paint(app.shell.right, cameraCard(this));
      app.shell.say(cameraSentence(this));
      return;
    }
    if (isPhone() && !app.selectedCard && this.table) {
      if (!app.shell.right.contains(this.table.node)) paint(app.shell.right, this.bar, this.table.node, this.none);
      return;
    }
    const card = app.selectedCard ?? app.placeCard;
    if (!card) return;
    const { level } = card.unit;
    const i = app.selectedCard ? app.selected?.number : app.place.number;
    const within = app.isWhole() ? undefined : address(app.place);
    paint(app.shell.right, unitCard(this, card, this.guardsOf(level, i)));
    if (this.guardsOf(level, i) || !this.hasCameras()) return;
    app.atlas.metrics("safeguards", level, { within }).then((found) => {
      this.guards = { level, columns: found.columns };
      if (this.guardsOf(level, i)) this.paintRight();
    }, (fault) => app.shell.toast(app.faultWords(fault)));
  }

  guardsOf(level, i) {
    const found = this.guards?.level === level ? this.guards.columns : this.frame?.level === level ? (this.guarded.columns ?? null) : null;
    return found && i !== undefined ? Object.fromEntries(Object.entries(found).map(([name, values]) => [name, values[i]])) : null;
  }

  tip(i) {
    return this.map.read ? [this.unitName(i), this.map.words(i)] : null;
  }

  chips() {
    return [
      { target: "gs-measure", label: t(`guard.measure.${this.app.state.get("measure")}`) },
      { target: "gs-facade", label: t("guard.filters"), icon: "filter" },
    ];
  }

  exported() {
    return { ...super.exported(), table: "safeguards", at: undefined };
  }

  /** The names of the first rows are here before they are read. */
  async beforeTable(n) {
    if (this.rows?.of === "cameras" && this.table.rows.slice(0, n).some((row) => !this.rows.isNamed(row))) await this.askNames();
  }

  /** The rows of the table as text. */
  asTable() {
    const columns = this.table?.shown().filter(({ isRank }) => !isRank) ?? [];
    const textOf = ({ cell, values }, row) => {
      const shown = cell ? cell(row) : number(values[row]);
      return typeof shown === "string" ? shown : shown.textContent;
    };
    const rows = [...(this.table?.rows ?? [])];
    return { head: columns.map(({ title, unit }) => [title, unit].filter(Boolean).join(" ")), rows: rows.map((row) => ({ number: row, pick: () => this.selectRow(row), get cells() { return columns.map((column) => textOf(column, row)); } })) };
  }
}
