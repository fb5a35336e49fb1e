/** The formats of files: a panel that states rows, columns, filters and snapshot of what is taken and asks for the format. */

import { h, paint } from "../dom.js";
import { getBinaryURL } from "../data.js";
import { icon } from "../icons.js";
import { number, t } from "../i18n.js";
import { popover } from "../table/popover.js";
import { order } from "./orders.js";

export const FORMATS = ["zip", "csv", "xlsx", "geojson", "gpkg", "shp", "parquet"];

/** Rows from which a file is made in the background: GeoJSON of gaps, the slowest, takes a second for about as many. */
export const LONG_ROWS = 2000;

const fact = (name, value) => [h("dt", null, name), h("dd", null, value)];

/**
 * Show the panel under `anchor`. `offer()` says what is taken: the file's `path` (without its format), `asked` as its query, `rows`
 * and `columns` (how many), `filters` in words, and what it is called; `extra(show)` is what else may be chosen in the panel.
 */
export function openFiles(app, anchor, offer, { extra = () => null, formats = FORMATS } = {}) {
  const go = h("div", { class: "gs-popover-row" });
  const facts = h("dl", { class: "gs-export-facts" });
  const choice = { format: formats[0] };
  let close = () => {};
  const show = () => {
    const { path, asked, rows, columns, filters, name } = offer();
    const file = `${path}.${choice.format}`;
    const label = [icon("download", 14), t("gaps.export_go", { n: rows === null ? "" : number(rows) })];
    const later = () => {
      close();
      order(app, file, asked, `${name} · ${t(`format.${choice.format}`)}`);
    };
    const isLong = rows === null || rows >= LONG_ROWS;
    const look = { class: "gs-button is-strong is-wide", "data-focus": "export-go" };
    paint(go, isLong ? h("button", { type: "button", ...look, onclick: later }, label) : h("a", { ...look, href: getBinaryURL(file, asked), download: "" }, label));
    paint(
      facts,
      rows === null ? null : fact(t("gaps.export_rows"), number(rows)),
      columns ? fact(t("table.columns"), number(columns)) : null,
      fact(t("gaps.export_filters"), filters.length ? filters.join(t("punct.list")) : t("state.none")),
      fact(t("gaps.export_snapshot"), `${app.boot.snapshot.number} (${app.boot.snapshot.id})`),
    );
  };
  const format = (name) => {
    const input = h("input", { type: "radio", name: "gs-format", value: name, checked: name === choice.format, onchange: () => show((choice.format = name)) });
    return h("label", null, input, t(`format.${name}`));
  };
  show();
  const heading = h("div", { class: "gs-menu-heading" }, `${t("table.export_seen")} · ${offer().name}`);
  close = popover(anchor, t("table.export_seen"), heading, facts, extra(show), h("div", { class: "gs-popover-choices", role: "radiogroup", "aria-label": t("gaps.export_format") }, formats.map(format)), go);
  return show;
}
