/** History: what was imported by whom, with the way back; and the jobs that wait or run. */

import { h } from "../dom.js";
import { number, t, time, words } from "../i18n.js";
import { getJSON } from "../data.js";
import { hasEnded, sendJSON } from "./ask.js";
import { button, countsOf, jobPanel, moment } from "./parts.js";

const SHOWN = 100;
const SHOWN_JOBS = 20;
const POLL_MS = 1500;

/** Which jobs there are, and which of them have ended. */
const standing = (jobs) => jobs.map((job) => `${job.id}${hasEnded(job) ? "." : ""}`).join();

export class HistoryTab {
  constructor(app) {
    this.app = app;
    this.imports = null;
    this.jobs = [];
    this.fault = null;
  }

  async open() {
    this.paint();
    await this.load();
    this.watch();
  }

  async load() {
    try {
      const [{ imports }, { jobs }] = await Promise.all([getJSON("/api/imports", { limit: SHOWN }), getJSON("/api/jobs", { limit: SHOWN_JOBS })]);
      this.imports = imports;
      this.jobs = jobs;
      this.fault = null;
    } catch (fault) {
      this.fault = this.app.faultWords(fault);
    }
    this.paint();
  }

  /** The jobs are asked for again and again; that rests while the page is hidden, a dialog or another tab is open. */
  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      if (this.app.tab !== this) return;
      if (!document.hidden && !this.app.shell.open) await this.look();
      this.watch();
    }, POLL_MS);
  }

  /** Look at the jobs; the imports are asked for only where a job has come or ended. */
  async look() {
    try {
      const { jobs } = await getJSON("/api/jobs", { limit: SHOWN_JOBS });
      if (this.fault || standing(jobs) !== standing(this.jobs)) await this.load();
      else if (JSON.stringify(jobs) !== JSON.stringify(this.jobs)) {
        this.jobs = jobs;
        this.paint();
      }
    } catch (fault) {
      this.fault = this.app.faultWords(fault);
      this.paint();
    }
  }

  async rollBack(one) {
    const { app } = this;
    const later = one.undone_with ?? [];
    const said = [
      t("intake.back.what", { id: one.id, at: time(one.at) }),
      countsOf(inverse(one.counts), app.tableTitle),
      later.length ? t("intake.back.later", { ids: later.map((id) => `#${id}`).join(t("intake.sep")) }) : t("intake.back.only"),
      t("intake.back.again"),
    ];
    if (!(await app.confirm(t("intake.back.title"), said, t("intake.back")))) return;
    const answer = await app.attempt(() => sendJSON(`/api/imports/${one.id}/rollback`, {}));
    if (!answer) return;
    await this.load();
  }

  cancel = (job) => this.app.attempt(() => sendJSON(`/api/jobs/${job.id}/cancel`, {}));

  paint() {
    if (this.app.tab !== this) return;
    const open = this.jobs.filter((job) => !hasEnded(job));
    const failed = this.jobs.filter((job) => job.state === "failed").slice(0, 3);
    this.app.paint(
      open.length ? h("section", { class: "in-section" }, h("h2", null, t("intake.jobs")), open.reverse().map((job) => jobPanel(job, { onCancel: () => this.cancel(job) }))) : null,
      failed.length ? h("section", { class: "in-section" }, h("h2", null, t("intake.jobs.failed")), failed.map((job) => h("div", { class: "in-job is-failed" }, moment(job.finished_at), " ", h("b", null, t(`intake.kind.${job.kind}`)), " ", words(job.words)))) : null,
      h("section", { class: "in-section" }, h("h2", null, t("intake.history")), this.fault ? h("p", { class: "in-warning" }, this.fault) : this.list()),
    );
  }

  list() {
    const { imports, app } = this;
    if (imports === null) return h("p", { class: "in-note" }, t("state.working"));
    if (!imports.length) return h("p", { class: "in-note" }, t("intake.history.none"));
    const row = (one) =>
      h(
        "tr",
        null,
        h("th", { scope: "row" }, `#${one.id}`),
        h("td", null, moment(one.at)),
        h("td", null, one.who || t("state.none")),
        h("td", null, one.rolled_back ? t("intake.kind.rollback_of", { id: one.rolled_back }) : t(`intake.kind.${one.kind}`)),
        h("td", null, one.mapping.replace(/^mappings\//, "")),
        h("td", { class: "in-wide" }, one.outcome === "unchanged" ? h("span", { class: "in-note" }, t("intake.counts.none")) : countsOf(one.counts, app.tableTitle)),
        h("td", null, one.can_roll_back ? button(t("intake.back"), () => this.rollBack(one), { name: `back-${one.id}`, disabled: !app.boot.logged_in }) : null),
      );
    return h("table", { class: "in-table" }, h("thead", null, h("tr", null, ["number", "at", "who", "kind", "mapping", "counts", "action"].map((key) => h("th", { scope: "col" }, t(`intake.history.${key}`))))), h("tbody", null, imports.map(row)), h("caption", { class: "in-note" }, t("intake.history.note", { n: number(imports.length) })));
  }
}

/** What a roll back does to the rows: added ones go, removed ones come back. */
const inverse = (counts) => Object.fromEntries(Object.entries(counts).map(([table, { added, removed, ...rest }]) => [table, { ...rest, unchanged: 0, added: removed, removed: added }]));
