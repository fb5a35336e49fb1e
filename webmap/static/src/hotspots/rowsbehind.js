/** The rows that a figure of the desk sums up, as far as the role is told them: months, parts of the place, channels. */

import { getBinaryURL, getJSON, isStandalone } from "../data.js";
import { language, named, t } from "../i18n.js";
import { address, unitOf } from "../atlas.js";
import { filteredBy } from "./incidents.js";
import { windowOf } from "./window.js";
import { channelName } from "./handling.js";

const both = (text) => ({ title_en: text, title_zh: text });
const heads = (...names) => names.map(([key, unit = "count", values = {}]) => ({ ...both(t(key, values)), column: key, unit }));

/** A cell that the role is not told says so. */
const told = (value, isHidden) => (value === null || value === undefined ? (isHidden ? t("map.suppressed") : null) : value);
const table = (columns, rows, note = null, file = null) => ({ columns, rows, of: rows.length, note, file });

/** Cases by month or by part of the place, with the two counts that a share divides. */
async function shares(desk, place, by, level, [name, part, whole]) {
  const { app, standing } = desk;
  const isChosen = by === "month" ? desk.headline?.follows : standing?.follows;
  const asked = isChosen ? filteredBy(app.state, by === "month" ? null : app.state.get("period")).asked : {};
  const params = { by, level, within: address(place), ...asked };
  const found = await getJSON("/api/rates", params);
  const units = by === "unit" ? await app.atlas.units(level) : null;
  const nameOf = (key) => (units ? named(unitOf(units, units.position.get(key))) : key);
  const rows = found.rows.map((row) => [nameOf(row.key), ...[whole, part, name].map((column) => told(row[column], row.hidden.includes(column)))]);
  const first = units ? ["rows.unit", "", { level: app.levelTitle(level) }] : ["rows.month", ""];
  return table(heads(first, [`rate.${whole}`], [`rate.${part}`], ["rows.share", "share"]), rows, found.note, getBinaryURL("/exports/groups/rates.xlsx", { ...params, lang: language() }));
}

const SHARES = { on_time_share: ["n_on_time", "n_due"], close_share: ["n_closed", "n_due"], mediation_share: ["n_mediated", "n_accepted"], solve_share: ["n_solved", "n_accepted"] };

const months = (rows) => table(heads(["rows.month", ""], ["hot.incidents"]), rows.map(({ month, n }) => [month, told(n, n === null)]));

/** First and last month of the window that is shown. */
export function periodOf({ app, months: whole }) {
  const shown = windowOf(app.state.get("period"), whole);
  return { first: whole[shown?.[0]], last: whole[shown?.[1]] };
}

/** Rows behind the figure `name` of the unit `place`; null where there are none beside it. */
export async function rowsBehind(desk, name, place) {
  const { app, classes, frame, headline, standing } = desk;
  const [room, rest] = name.split(".");
  if (isStandalone()) return null;
  if (name === "headline.incidents") return months(headline.months);
  if (name === "headline.hot") {
    const hot = classes.kind === "emerging" ? classes.listed().filter(({ name: label }) => label.endsWith("_hot")) : [];
    return hot.length ? table(heads(["rows.unit", "", { level: app.levelTitle(frame.level) }], ["hot.class", ""], ["emerging.n_hot"]), hot.map(({ i, name: label }) => [desk.unitName(i), t(`emerging.${label}`), classes.column("n_hot")[i] ?? null])) : null;
  }
  if (room === "headline") return shares(desk, place, "month", place.level, [rest, ...SHARES[rest]]);
  if (name === "standing.eb_rate") {
    const units = await app.atlas.units(standing.parts.level);
    const rows = standing.parts.rows.map((row) => [named(unitOf(units, units.position.get(row.code))), ...["n", "rate", "eb_rate", "place"].map((column) => told(row[column], row.hidden))]);
    return table(heads(["rows.unit", "", { level: app.levelTitle(standing.parts.level) }], ["hot.incidents"], ["parts.raw", ""], ["stat.eb", ""], ["parts.place"]), rows);
  }
  if (room === "standing") {
    const chain = app.atlas.chainOf(place.level);
    const below = chain[chain.indexOf(place.level) - 1];
    return below ? shares(desk, place, "unit", below, [rest, ...SHARES[rest]]) : null;
  }
  if (room === "waiting") {
    const rows = standing.waiting.map((row) => [channelName(row.key), ...["n", "n_open", "median_days", "p90_days"].map((column) => told(row[column], row.hidden.includes(column)))]);
    return table(heads(["incident.channel", ""], ["waiting.cases"], ["waiting.still_open"], ["rows.median", ""], ["waiting.p90", ""]), rows);
  }
  if (room !== "window") return null;
  const found = await getJSON("/api/counts", { level: place.level, code: place.code, step: "month" });
  const shown = periodOf(desk);
  const all = found.steps.map((month, i) => ({ month, n: found.n[i] }));
  return { ...months(all.filter(({ month }) => month >= shown.first && month <= shown.last)), note: found.note };
}
