/** Refusals: rows that were not imported, why, and the file of them for whoever owns the data. */

import { h } from "../dom.js";
import { has, number, t, words } from "../i18n.js";
import { getBinaryURL, getJSON } from "../data.js";
import { field, pager, select } from "./parts.js";

const PAGE = 50;

/** A reason in few words, for a count of rows. */
const whyOf = ({ reason, words: said }) => (has(`intake.why.${reason}`) ? t(`intake.why.${reason}`) : words(said));

export class RefusalsTab {
  constructor(app) {
    this.app = app;
    this.found = null;
    this.sources = [];
    this.fault = null;
  }

  get asked() {
    const { state } = this.app;
    return { table: state.get("table"), source: state.get("source"), reason: state.get("reason") };
  }

  async open() {
    this.paint();
    const { asked } = this;
    try {
      const page = getJSON("/api/refusals", { ...asked, limit: PAGE, offset: (this.app.state.get("page") - 1) * PAGE });
      // Each look leaves an audit row: the second is for the other reasons, which a page of one reason does not count.
      const every = asked.reason ? getJSON("/api/refusals", { table: asked.table, source: asked.source, limit: 1 }) : page;
      const [found, all, { mappings }] = await Promise.all([page, every, getJSON("/api/mappings")]);
      this.found = found;
      this.reasons = all.reasons;
      this.sources = [...new Set([...mappings.map(({ source }) => source), ...found.rows.map(({ source }) => source), asked.source].filter(Boolean))].sort();
      this.fault = null;
    } catch (fault) {
      this.fault = this.app.faultWords(fault);
    }
    this.paint();
  }

  filter = (patch) => this.app.state.set({ ...patch, page: 1 });

  paint() {
    if (this.app.tab !== this) return;
    const { app, found, fault } = this;
    app.paint(
      h(
        "section",
        { class: "in-section" },
        h("h2", null, t("intake.tab.refusals")),
        fault ? h("p", { class: "in-warning" }, fault) : null,
        found ? [h("p", { class: "in-sentence" }, this.sentence()), this.filters(), found.rows.length ? [this.list(), pager(app, found.total, PAGE)] : null] : h("p", { class: "in-note" }, t("state.working")),
      ),
    );
  }

  /** "37 rows were not imported: 21 outside the boundaries, 16 with a repeated number." */
  sentence() {
    const { total, reasons } = this.found;
    if (!total) return t("intake.refused.none");
    const parts = reasons.map((one) => t("intake.refused.part", { reason: whyOf(one), n: number(one.n) }));
    return t("intake.refused.sentence", { n: number(total), parts: parts.join(t("intake.and")) });
  }

  filters() {
    const { app, asked, found } = this;
    const any = ["", t("intake.any")];
    const tables = [...app.boot.tables.map(({ name }) => name), "units"].map((name) => [name, app.tableTitle(name)]);
    const reasons = this.reasons.map((one) => [one.reason, `${whyOf(one)} (${number(one.n)})`]);
    const file = (fmt) => h("a", { class: "gs-button", href: getBinaryURL(`/exports/refusals.${fmt}`, asked), download: "", "data-fmt": fmt }, t(`intake.export.${fmt}`));
    return h(
      "div",
      { class: "in-filters" },
      field(t("intake.table"), select("filter-table", asked.table, [any, ...tables], (table) => this.filter({ table, source: "", reason: "" }))),
      field(t("intake.source"), select("filter-source", asked.source, [any, ...this.sources.map((name) => [name, name])], (source) => this.filter({ source, reason: "" }))),
      field(t("intake.reason"), select("filter-reason", asked.reason, [any, ...reasons], (reason) => this.filter({ reason }))),
      found.total ? h("div", { class: "in-actions" }, file("csv"), file("xlsx")) : null,
    );
  }

  list() {
    const { app, found } = this;
    const title = (table, name) => (["x", "y"].includes(name) ? name : words(app.column(table, name)?.title) || name);
    const cells = ({ table, fields }) =>
      fields === null
        ? h("span", { class: "in-note" }, t("intake.refused.expired"))
        : Object.entries(fields).map(([name, value]) => h("span", { class: "in-pair" }, h("span", { class: "in-label" }, title(table, name)), " ", value === null ? t("state.none") : String(value)));
    const row = (one) => h("tr", null, h("td", null, one.file), h("td", { class: "in-number" }, one.line === null ? t("state.none") : String(one.line)), h("td", null, app.tableTitle(one.table)), h("td", null, one.source), h("td", { class: "in-wide" }, words(one.words)), h("td", { class: "in-wide in-pairs" }, cells(one)));
    return h("table", { class: "in-table" }, h("thead", null, h("tr", null, ["file", "line", "table", "source", "reason", "fields"].map((key) => h("th", { scope: "col" }, t(`intake.refused.${key}`))))), h("tbody", null, found.rows.map(row)));
  }
}
