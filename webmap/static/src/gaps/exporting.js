/** "Export what you see" of the gaps desk: what the service is asked for the rows and columns shown. */

import { h } from "../dom.js";
import { language, number, t } from "../i18n.js";
import { address } from "../atlas.js";
import { openFiles } from "../download/formats.js";
import { askedWhen } from "../when.js";
import { gapFigure } from "./figures.js";

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

/** Show the panel under `anchor`. Several chosen gaps may be taken alone. */
export function openExport(desk, anchor) {
  const { app, ranking } = desk;
  const chosen = desk.chosen();
  const choice = { isChosen: chosen.length > 1 };
  const offer = () => {
    const asked = exportQuery(desk);
    const codes = choice.isChosen ? quoted(chosen.map((i) => desk.list.units.code[i])) : undefined;
    const rows = choice.isChosen ? chosen.length : ranking.table.rows.length;
    return { path: "/exports/gaps/shown", asked: { ...asked, codes }, rows, columns: asked.columns.split(",").length, filters: desk.panel.chips().map(({ label }) => label), name: t("desk.gaps") };
  };
  const extra = (show) => (chosen.length > 1 ? h("label", { class: "gs-export-only" }, h("input", { type: "checkbox", checked: true, onchange: (event) => show((choice.isChosen = event.target.checked)) }), t("gaps.export_chosen", { n: number(chosen.length) })) : null);
  openFiles(app, anchor, offer, { extra });
}
