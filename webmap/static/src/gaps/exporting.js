/** "Export what you see": a panel that states rows, columns, filters and snapshot, asks the format, and has the file's address. */

import { h, paint } from "../dom.js";
import { language, number, t } from "../i18n.js";
import { address } from "../atlas.js";
import { getBinaryURL } from "../data.js";
import { icon } from "../icons.js";
import { popover } from "../table/popover.js";
import { askedWhen } from "../when.js";
import { gapFigure } from "./figures.js";

const FORMATS = ["csv", "xlsx", "geojson", "gpkg", "parquet"];

const quoted = (words) => (words?.length ? words.map((word) => `"${word.replaceAll('"', '""')}"`).join(",") : undefined);
const spanText = ([low, high]) => `${low}-${high ?? ""}`;

/** Names in the file of a column of the page; `above` are the levels of the names beside a gap. */
function fileColumns(key, figure, above) {
  const reasons = ["offline", "building", "terrain", "direction", "pixels", "doubt", "none"].map((reason) => `reason_${reason}`);
  if (key === "unit") return above.map((level) => `in_${level}`);
  if (key === "interval") return [`${figure.column}_low`, `${figure.column}_high`];
  if (key === "largest") return [...reasons, "largest_reason"];
  if (key === figure.name) return [figure.column, "shown"];
  return key === "rank" ? ["rank"] : [gapFigure(key).column];
}

/** What the service is asked for the rows shown. */
export function exportQuery(desk) {
  const { app, list, frame, filters, ranking } = desk;
  const { state } = app;
  const figure = desk.figure();
  const where = state.get("where") ?? {};
  const { name, largest, ...spans } = where;
  const { table } = ranking;
  const above = list.above.map(({ level }) => level);
  const isFiltered = Boolean(filters.incidents?.isFiltered());
  const columns = table.shown().flatMap(({ key }) => fileColumns(key, figure, above));
  const sortKey = table.sort.key;
  const sort = sortKey === figure.name ? "shown" : sortKey === "unit" ? "code" : sortKey === "incidents" && isFiltered ? "n_incidents_kept" : gapFigure(sortKey).column;
  return {
    level: list.level,
    within: app.isWhole() ? undefined : address(frame.place),
    figure: figure.figure,
    reason: state.get("reason")?.join(","),
    shown: state.get("length") ? spanText(state.get("length")) : undefined,
    spans: Object.entries(spans).map(([key, value]) => `${gapFigure(key).column}:${spanText(value)}`).join(",") || undefined,
    name,
    largest: largest?.join(","),
    ...(isFiltered ? { ...askedWhen(state.get("period"), state.get("hours")), category: quoted(state.get("cat")), channel: quoted(state.get("ch")) } : {}),
    columns: [...columns, ...(isFiltered ? ["n_incidents_kept"] : [])].join(","),
    sort,
    order: table.sort.descending ? "highest" : "lowest",
    lang: language(),
  };
}

function fact(name, value) {
  return [h("dt", null, name), h("dd", null, value)];
}

/** Show the panel under `anchor`. Several chosen gaps may be taken alone. */
export function openExport(desk, anchor) {
  const { app, ranking } = desk;
  const chosen = desk.chosen();
  const link = h("a", { class: "gs-button is-strong is-wide", download: "", "data-focus": "export-go" });
  const facts = h("dl", { class: "gs-export-facts" });
  const choice = { format: FORMATS[0], isChosen: chosen.length > 1 };
  const show = () => {
    const asked = exportQuery(desk);
    const codes = choice.isChosen ? quoted(chosen.map((i) => desk.list.units.code[i])) : undefined;
    const n = choice.isChosen ? chosen.length : ranking.table.rows.length;
    link.href = getBinaryURL(`/exports/gaps/shown.${choice.format}`, { ...asked, codes });
    paint(link, icon("download", 14), t("gaps.export_go", { n: number(n) }));
    const filters = desk.panel.chips().map(({ label }) => label);
    paint(facts, fact(t("gaps.export_rows"), number(n)), fact(t("table.columns"), number(asked.columns.split(",").length)), fact(t("gaps.export_filters"), filters.length ? filters.join(t("punct.list")) : t("state.none")), fact(t("gaps.export_snapshot"), `${app.boot.snapshot.number} (${app.boot.snapshot.id})`));
  };
  const format = (name) => {
    const input = h("input", { type: "radio", name: "gs-format", value: name, checked: name === choice.format, onchange: () => show((choice.format = name)) });
    return h("label", null, input, t(`format.${name}`));
  };
  const only = chosen.length > 1 ? h("label", { class: "gs-export-only" }, h("input", { type: "checkbox", checked: true, onchange: (event) => show((choice.isChosen = event.target.checked)) }), t("gaps.export_chosen", { n: number(chosen.length) })) : null;
  show();
  popover(anchor, t("table.export_seen"), h("div", { class: "gs-menu-heading" }, t("table.export_seen")), facts, only, h("div", { class: "gs-popover-choices", role: "radiogroup", "aria-label": t("gaps.export_format") }, FORMATS.map(format)), h("div", { class: "gs-popover-row" }, link));
}
