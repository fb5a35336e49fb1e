/** Import: a file is sent, looked at, mapped, placed on the map and handed to the worker. */

import { h, paint } from "../dom.js";
import { number, t, words } from "../i18n.js";
import { getJSON } from "../data.js";
import { buildAfter, followJob, hasEnded, sendFile, sendJSON } from "./ask.js";
import { columnTable, constantList } from "./columns.js";
import { Mapping, savedFor } from "./mapping.js";
import { button, countsOf, jobPanel, warning } from "./parts.js";
import { fileSection, readSection } from "./reading.js";

export class ImportTab {
  constructor(app) {
    this.app = app;
    this.turn = 0;
    this.forget();
  }

  /** Start anew: what is still on its way for the file before comes too late. */
  forget() {
    this.turn += 1;
    this.file = null;
    this.upload = null;
    this.sending = null;
    this.look = null;
    this.fault = null;
    this.mapping = null;
    this.reused = null;
    this.namedSource = false;
    this.chosen = {};
    this.job = null;
    this.build = null;
    this.result = null;
  }

  open() {
    this.paint();
    this.draw({ fit: true });
  }

  // --- sending and looking -----------------------------------------------------------------------------------------------------

  async send(file) {
    if (!file) return;
    this.forget();
    this.file = file;
    const sending = { name: file.name, share: 0 };
    const { done, stop } = sendFile(file, (share) => {
      sending.share = share;
      if (this.sending === sending) this.paintSending();
    });
    this.sending = Object.assign(sending, { stop });
    this.paint();
    try {
      const upload = await done;
      if (this.file !== file) return;
      this.upload = upload;
      this.sending = null;
      if (upload) await this.peek({ fresh: true });
      if (this.file === file && this.look) await this.reuse();
    } catch (fault) {
      if (this.file !== file) return;
      this.sending = null;
      this.fault = this.app.faultWords(fault);
    }
    this.paint();
  }

  /** Look again: `fresh` takes the whole proposal, else only the places are drawn anew. */
  async peek({ fresh = false } = {}) {
    const turn = ++this.turn;
    const { mapping } = this;
    const axes = fresh || !mapping ? {} : { x: mapping.columnOf("x"), y: mapping.columnOf("y") };
    try {
      const look = await getJSON(`/api/uploads/${this.upload.id}/preview`, { ...this.chosen, ...axes });
      if (turn !== this.turn) return;
      this.look = look;
      this.fault = null;
      if (fresh || !mapping) {
        this.mapping = new Mapping(look, this.app.table(look.proposal.table));
        if (mapping && this.namedSource) Object.assign(this.mapping, { source: mapping.source, kept: mapping.kept });
      }
      this.draw({ fit: fresh || look.n_inside > 0 });
    } catch (fault) {
      if (turn !== this.turn) return;
      this.fault = this.app.faultWords(fault);
    }
    this.paint();
  }

  /** A source that was imported before is read as it was then, until the user says otherwise. */
  async reuse() {
    const { upload } = this;
    const { mappings } = await getJSON("/api/mappings");
    if (this.upload !== upload) return;
    const saved = savedFor(this.look, upload.name, mappings);
    if (!saved) return;
    this.mapping = new Mapping(this.look, this.app.table(saved.table), saved);
    this.reused = saved.source;
    this.namedSource = true;
    this.chosen = { ...this.chosen, table: saved.table, crs: saved.crs || undefined, datum: saved.datum || "wgs84" };
    await this.peek();
  }

  /** Leave what was saved and take the proposal. */
  proposeAnew() {
    this.reused = null;
    this.namedSource = false;
    this.chosen = {};
    this.peek({ fresh: true });
  }

  choose(patch, { fresh = false } = {}) {
    this.chosen = { ...this.chosen, ...patch };
    this.peek({ fresh });
  }

  get datum() {
    return this.chosen.datum ?? this.look?.proposal.datum ?? "";
  }

  get crs() {
    return this.chosen.crs ?? this.look?.proposal.crs ?? "";
  }

  /** What keeps the import from being started, in words. */
  obstacles() {
    const { mapping } = this;
    const missing = mapping.missing().map((name) => (["x", "y"].includes(name) ? t(`intake.axis.${name}`) : words(mapping.declared(name).title)));
    const said = missing.length ? [t("intake.missing", { names: missing.join(t("intake.and")) })] : [];
    const placed = this.look.n_placed > 0;
    if (placed && !this.datum) said.push(t("intake.datum.choose"));
    if (mapping.columnOf("x") && !this.crs) said.push(t("intake.crs.choose"));
    if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(mapping.source)) said.push(t("intake.source.rule"));
    if (!this.app.boot.logged_in) said.push(t("intake.login"));
    return said;
  }

  // --- the import itself -------------------------------------------------------------------------------------------------------

  async start() {
    const { upload, mapping } = this;
    const table = mapping.toJSON({ file: upload.name, look: this.look, crs: this.crs, datum: this.datum });
    const asked = { upload, table: table.table, source: table.source };
    const answer = await this.app.attempt(() => sendJSON("/api/imports", { upload: upload.id, table }));
    if (!answer || this.upload !== upload) return;
    this.result = null;
    this.build = null;
    await this.app.attempt(() => this.follow(answer.job, asked));
  }

  /** Follow the import of `asked` and the build after it, for as long as its file is the one that is worked on. */
  async follow(id, { upload, table, source }) {
    const isLeft = () => this.upload !== upload;
    const tell = (key) => (job) => {
      if (isLeft()) return;
      this[key] = job;
      this.paintJobs();
    };
    const ended = await followJob(id, tell("job"));
    if (isLeft()) return;
    if (ended.state === "done" && ended.import) {
      const { imports } = await getJSON("/api/imports", { limit: 50 });
      const { total } = await getJSON("/api/refusals", { table, source, limit: 1 });
      if (isLeft()) return;
      this.result = { ...imports.find((one) => one.id === ended.import), refused: total, table, source };
    }
    this.paint();
    const build = ended.state === "done" ? await buildAfter(ended) : null;
    if (!build || isLeft()) return;
    await followJob(build.id, tell("build"));
  }

  cancel = () => this.app.attempt(() => sendJSON(`/api/jobs/${this.job.id}/cancel`, {}));

  // --- drawing -----------------------------------------------------------------------------------------------------------------

  draw({ fit = false } = {}) {
    const { app, look } = this;
    if (app.tab !== this) return;
    if (!look) {
      app.map.clear();
      if (fit) app.map.home();
      return;
    }
    app.map.show((map) => {
      look.as_written.forEach((place, i) => {
        if (look.points[i]) map.line(place, look.points[i]);
        map.dot(place, { colour: "ink3", filled: false, radius: 3 });
      });
      look.shapes.forEach((shape) => map.shape(shape));
      look.points.forEach((place) => map.dot(place));
    });
    if (fit && look.points.length) app.map.fitPoints([...look.points, ...look.as_written]);
    paint(
      app.legend,
      look.points.length || look.shapes.length ? h("span", null, h("i", { class: "in-mark is-dot" }), t("intake.legend.points", { n: number(Math.max(look.points.length, look.shapes.length)), inside: number(look.n_inside) })) : null,
      look.as_written.length ? h("span", null, h("i", { class: "in-mark is-ring" }), t("intake.legend.written")) : null,
    );
  }

  paint() {
    if (this.app.tab !== this) return;
    this.app.paint(fileSection(this), this.look && this.mapping ? [readSection(this), this.columnSection(), this.startSection()] : null);
  }

  paintSending() {
    const bar = this.app.work.querySelector(".in-sending .in-bar-fill");
    if (bar) bar.style.width = `${Math.round(this.sending.share * 100)}%`;
  }

  paintJobs() {
    const place = this.app.work.querySelector(".in-jobs");
    if (place && this.app.tab === this) paint(place, this.jobs());
    else this.paint();
  }

  columnSection() {
    const { look, mapping } = this;
    const repaint = () => this.paint();
    const moved = () => this.peek();
    return h(
      "section",
      { class: "in-section" },
      h("h2", null, t("intake.step.columns")),
      this.reused ? h("p", { class: "in-note" }, t("intake.reused", { source: this.reused }), " ", h("button", { type: "button", class: "gs-link", "data-focus": "anew", onclick: () => this.proposeAnew() }, t("intake.reused.anew"))) : null,
      look.swapped ? warning(t("intake.swapped"), " ", button(t("intake.swap"), () => (mapping.swap(), moved()), { name: "swap" })) : null,
      look.faults.map((fault) => warning(words(fault))),
      columnTable({ look, mapping, onAxis: moved, onChange: repaint }),
      constantList({ mapping, onChange: repaint }),
    );
  }

  startSection() {
    const { look } = this;
    const running = this.job && !hasEnded(this.job);
    const obstacles = this.obstacles();
    const faults = look.place_faults.filter((fault) => !obstacles.length || look.n_placed > 0).map(words);
    return h(
      "section",
      { class: "in-section in-start" },
      [...new Set([...obstacles, ...(look.swapped || !this.datum ? [] : faults)])].map((said) => warning(said)),
      h("div", { class: "in-actions" }, button(t("intake.start"), () => this.start(), { strong: true, name: "start", disabled: running || obstacles.length > 0 }), h("span", { class: "in-note" }, t("intake.start.tip"))),
      h("div", { class: "in-jobs", "aria-live": "polite" }, this.jobs()),
    );
  }

  jobs() {
    const { app, job, build, result } = this;
    if (!job) return null;
    return [
      jobPanel(job, { onCancel: this.cancel }),
      result ? this.outcome(result) : null,
      build ? jobPanel(build) : null,
      build?.state === "done" ? h("p", null, t("intake.shown"), " ", h("a", { href: `/coverage?lang=${app.state.get("lang")}`, class: "gs-link" }, t("intake.to_map"))) : null,
    ];
  }

  /** "37 rows were not imported ... 73,963 were", with the way to the refused ones. */
  outcome(result) {
    const { app } = this;
    const { table, source } = result;
    const toRefusals = () => app.state.set({ tab: "refusals", table, source, reason: "", page: 1 });
    return h(
      "div",
      { class: "in-outcome" },
      h("p", null, countsOf(result.counts, app.tableTitle)),
      result.refused ? h("p", null, t("intake.refused", { n: number(result.refused) }), " ", h("button", { type: "button", class: "gs-link", "data-focus": "refusals", onclick: toRefusals }, t("intake.refused.show"))) : h("p", null, t("intake.refused.none")),
    );
  }
}
