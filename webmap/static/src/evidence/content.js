/** What the evidence drawer says of one figure. */

import { h } from "../dom.js";
import { language, named, number, range, t, time, words } from "../i18n.js";
import { getBinaryURL } from "../data.js";
import { LONG_ROWS } from "../download/formats.js";
import { order } from "../download/orders.js";
import { amount, cellWords, formulaLine, termValue, valueWords } from "./words.js";
import { intervalScale } from "./scale.js";

const part = (key, ...content) => h("section", { class: "gs-evidence-part" }, h("h3", null, t(key)), content);
const facts = (rows) => h("dl", { class: "gs-facts" }, rows.filter(Boolean).map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));

function valuePart(told) {
  const reason = told.hidden ? t("evidence.hidden") : told.value === null || told.value === "" ? words(told.missing) || t("state.no_value") : "";
  return h("div", { class: "gs-evidence-value" }, h("span", { class: `gs-figure${typeof told.value === "number" && !told.hidden ? "" : " is-words"}` }, valueWords(told)), reason ? h("p", { class: "gs-note" }, reason) : null);
}

function formulaPart(told) {
  const terms = told.formula?.terms ?? told.beside;
  if (!terms.length) return null;
  const line = formulaLine(told);
  return part(told.formula ? "evidence.formula" : "evidence.beside", line ? h("p", { class: "gs-formula" }, line) : null, facts(terms.map((term) => [words(term.title), termValue(term)])));
}

function intervalPart(told) {
  if (!told.interval) return null;
  const span = range(told.low, told.high, (value) => amount(value, told.unit));
  return part("measure.interval", intervalScale(told), h("p", null, span || t(told.hidden ? "evidence.hidden" : "state.no_value")), h("p", { class: "gs-note" }, words(told.interval)));
}

function inputs(app, told, chosen) {
  const { snapshot } = told;
  return part(
    "evidence.inputs",
    facts([
      [t("evidence.place"), told.path.map(named).join(" / ")],
      told.period ? [t("evidence.period"), [...new Set([told.period.first, told.period.last])].join(" – ")] : null,
      told.at === null ? null : [t("evidence.filter"), `≥ ${amount(told.at, "px/m")}`],
      chosen ? [t("evidence.filter"), t("evidence.all_incidents")] : null,
      told.filter ? [t("evidence.filter"), told.filter] : null,
      [t("snapshot.snapshot"), t("evidence.snapshot_of", { number: snapshot.number, as_of: time(snapshot.as_of) })],
    ]),
  );
}

function leftOut(told) {
  const rows = told.left_out.map((one) => [words(one.title), t("evidence.ledger", { read: number(one.rows_read), assigned: number(one.assigned), outside: number(one.outside), refused: number(one.refused) })]);
  if (told.doubt_road_m) rows.push([t("evidence.doubt"), amount(told.doubt_road_m, "m")]);
  return rows.length ? part("evidence.left_out", facts(rows)) : null;
}

const rowsTable = ({ columns, rows }) =>
  h(
    "div",
    { class: "gs-evidence-rows", tabindex: "0", role: "group", "aria-label": t("evidence.rows") },
    h("table", { class: "gs-table" }, h("thead", null, h("tr", null, columns.map((column) => h("th", { scope: "col" }, language() === "en" ? column.title_en : column.title_zh)))), h("tbody", null, rows.map((row) => h("tr", null, row.map((cell, i) => h("td", null, cellWords(columns[i], cell))))))),
  );

function rowsPart(app, told) {
  if (!told.rows_of) return told.rows ? part("evidence.rows", told.rows.note ? h("p", { class: "gs-note" }, words(told.rows.note)) : null, rowsTable(told.rows)) : null;
  const table = t(`table.${told.rows_of}`);
  if (told.rows_need) return part("evidence.rows", h("p", { class: "gs-note" }, t("evidence.rows_need", { table, role: t(`role.${told.rows_need}`) })));
  if (!told.rows?.rows.length) return part("evidence.rows", h("p", { class: "gs-note" }, t("evidence.no_rows", { table })));
  const { rows, of } = told.rows;
  return part(
    "evidence.rows",
    h("p", { class: "gs-note" }, t("evidence.rows_of", { n: number(rows.length), of: number(of), table })),
    rowsTable(told.rows),
  );
}

/** The rows that a role is told as a file of its own; else, for roles that may export, the figure's table and the rows behind it. */
export function files(app, told) {
  if (told.rows?.file) return [h("a", { class: "gs-button", href: told.rows.file, download: "", "data-focus": "drawer-xlsx" }, t("evidence.rows_xlsx"))];
  if (app.boot.may?.export === false || !told.table) return [];
  const asked = { level: told.place.level, within: `${told.place.level}:${told.place.code}`, at: told.at ?? undefined, lang: language() };
  const tables = [told.table, ...(told.rows ? [{ name: told.rows_of, title: told.rows.title }] : [])];
  return tables.map(({ name, title }) => {
    const label = t("evidence.xlsx", { table: words(title) });
    const isLong = name === told.rows_of && told.rows.of >= LONG_ROWS;
    return isLong
      ? h("button", { type: "button", class: "gs-button", onclick: () => order(app, `/exports/${name}.xlsx`, asked, label) }, label)
      : h("a", { class: "gs-button", href: getBinaryURL(`/exports/${name}.xlsx`, asked), download: "" }, label);
  });
}

export function content(app, told, said) {
  const filtered = app.boot.desk === "hotspots" && ["cat", "ch", "period", "hours"].some((key) => app.state.get(key));
  return [
    valuePart(told),
    said ?? told.said ? h("p", { class: "gs-evidence-said" }, said ?? told.said) : null,
    part("evidence.definition", h("p", null, words(told.meaning))),
    formulaPart(told),
    intervalPart(told),
    inputs(app, told, filtered && told.rows_of === "incidents"),
    leftOut(told),
    rowsPart(app, told),
  ];
}
