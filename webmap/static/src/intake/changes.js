/** A CSV of changes: tried first, then taken. */

import { h, paint } from "../dom.js";
import { number, t, words } from "../i18n.js";
import { sendJSON } from "./ask.js";
import { button, changeList } from "./parts.js";

const SHOWN = 200;

export function changesDialog(tab) {
  const { app } = tab;
  const out = h("div", { class: "in-tried" });
  let file = null;
  const send = (dry) => app.attempt(() => sendJSON(`/api/${tab.table}/changes${dry ? "?dry_run=1" : ""}`, file, "POST", { "Content-Type": "text/csv" }));
  const take = async () => {
    const told = await send(false);
    if (!told) return;
    app.shell.closeDialog();
    app.shell.toast(t("intake.changes.taken", { n: number(told.n_accepted) }));
    await tab.changed(tab.editing?.uid ?? null);
  };
  const attempt = async (chosen) => {
    if (!chosen) return;
    file = chosen;
    const told = await send(true);
    if (told) paint(out, report(tab, told), h("div", { class: "in-actions" }, button(t("intake.changes.take", { n: number(told.n_accepted) }), take, { strong: true, name: "take", disabled: !told.n_accepted })));
  };
  app.shell.dialog(
    t("intake.changes"),
    h("p", null, t("intake.changes.how")),
    h("p", null, h("input", { type: "file", accept: ".csv", id: "in-changes", "aria-label": t("intake.changes"), onchange: (event) => attempt(event.target.files[0]) })),
    out,
  );
}

function report({ app, table }, { n_accepted, n_refused, rows }) {
  const changes = (row) => (row.accepted ? changeList(app, table, row.changes) : h("span", { class: "in-bad" }, words(row.fault)));
  return [
    h("p", null, t("intake.changes.tried", { accepted: number(n_accepted), refused: number(n_refused) })),
    h("table", { class: "in-table" }, h("tbody", null, rows.slice(0, SHOWN).map((row) => h("tr", null, h("td", { class: "in-number" }, String(row.line)), h("td", null, row.uid), h("td", { class: "in-wide" }, changes(row)))))),
  ];
}
