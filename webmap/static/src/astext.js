/** The drawn units as a table of text. */

import { h } from "./dom.js";
import { named, number, t } from "./i18n.js";
import { unitOf } from "./atlas.js";

const MAX_ROWS = 2000;

/** All drawn units, or only those of them that are in view. */
export async function showTable(app, { inView = false } = {}) {
  const { desk, shell } = app;
  await desk.beforeTable?.(MAX_ROWS);
  const { head, rows: all } = desk.asTable();
  const rows = inView ? all.filter((row) => app.walk.isInView(row.number)) : all;
  const choose = (row) => {
    shell.closeDialog();
    if (row.pick) row.pick();
    else app.select(unitOf(desk.frame.units, row.number));
  };
  const cell = (row, text, i) => (i === 0 ? h("th", { scope: "row" }, h("button", { type: "button", class: "gs-link", onclick: () => choose(row) }, text)) : h("td", null, text));
  shell.dialog(
    t(inView ? "table.in_view" : "table.title", { place: named(app.place), units: desk.countWords(), n: number(rows.length) }),
    h(
      "table",
      { class: "gs-table" },
      h("thead", null, h("tr", null, head.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", null, rows.slice(0, MAX_ROWS).map((row) => h("tr", null, row.cells.map((text, i) => cell(row, text, i))))),
    ),
    rows.length > MAX_ROWS ? h("p", { class: "gs-note" }, t("table.cut", { n: number(MAX_ROWS), of: number(rows.length) })) : null,
  );
}
