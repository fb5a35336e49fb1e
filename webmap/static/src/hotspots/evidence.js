/** Evidence of the figures that the desk has from no table of units: of a month, of chosen incidents, of a window of months. */

import { incidentWord, t } from "../i18n.js";
import { getJSON } from "../data.js";
import { unitOf } from "../atlas.js";
import { monthName } from "./bars.js";
import { labelWords } from "./emerging.js";
import { askStability } from "./asking.js";
import { periodOf, rowsBehind } from "./rowsbehind.js";

/** Words in the language that is read at the time. */
const both = (key, values) => {
  const now = () => t(key, values);
  return Object.defineProperties({}, { en: { get: now }, zh: { get: now } });
};
const term = (key, value, unit = "count", values = {}) => ({ title: both(key, values), unit, value: value ?? null, hidden: value === null || value === undefined });

const SHARE_TERMS = { on_time_share: ["rate.n_on_time", "rate.n_due"], close_share: ["rate.n_closed", "rate.n_due"], mediation_share: ["rate.n_mediated", "rate.n_accepted"], solve_share: ["rate.n_solved", "rate.n_accepted"] };
const SHARE_NAMES = { on_time_share: "rate.on_time", close_share: "rate.close", mediation_share: "rate.mediation", solve_share: "rate.solve" };

function shareOf(name, told) {
  const [part, whole] = SHARE_TERMS[name];
  return {
    title: both(SHARE_NAMES[name]),
    meaning: both(`${SHARE_NAMES[name]}_meaning`),
    unit: "share",
    value: told.value,
    low: told.low,
    high: told.high,
    hidden: told.hidden,
    interval: both("rate.wilson"),
    formula: { kind: "ratio", terms: [term(part, told.n), term(whole, told.of)] },
  };
}

const FIGURES = {
  "headline.incidents": ({ headline }) => ({
    title: both("hot.incidents"),
    meaning: both("headline.incidents_meaning"),
    unit: "count",
    value: headline.incidents.n,
    beside: [term("headline.at", headline.incidents.n_before, "count", { month: monthName(headline.month_before) }), term("headline.at", headline.incidents.n_year_before, "count", { month: monthName(headline.year_before) })],
  }),
  "headline.hot": ({ app, frame, headline }) => ({
    title: both("headline.hot", { level: app.levelTitle(frame.level) }),
    meaning: both("headline.hot_meaning"),
    unit: "count",
    value: headline.hot.n,
    beside: [term("headline.at", headline.hot.n_before, "count", { month: monthName(headline.month_before) }), term("headline.units", headline.hot.n_units), term("headline.steps", headline.hot.n_steps)],
  }),
  "headline.on_time_share": ({ headline }) => shareOf("on_time_share", headline.on_time_share),
  "headline.mediation_share": ({ headline }) => shareOf("mediation_share", headline.mediation_share),
  "standing.eb_rate": ({ standing }, code) => {
    const row = standing.parts.rows.find((one) => one.code === code);
    return {
      title: both("stat.eb"),
      meaning: both("parts.eb_meaning", { unit: t(standing.parts.unit.includes("residents") ? "parts.per_1000" : "parts.per_km2") }),
      unit: "",
      value: row.eb_rate,
      low: row.eb_low,
      high: row.eb_high,
      hidden: row.hidden,
      interval: both("parts.eb_interval"),
      beside: [term("hot.incidents", row.n), term("parts.raw", row.rate, ""), term("parts.mean", standing.parts.mean, ""), term("parts.place", row.place), term("parts.best", row.best), term("parts.worst", row.worst)],
    };
  },
};

function own(desk, name, unit) {
  const { classes, frame, standing } = desk;
  if (FIGURES[name]) return FIGURES[name](desk, unit.code);
  const [room, rest] = name.split(".");
  if (room === "standing") {
    const row = standing.parts?.rows.find((one) => one.code === unit.code && standing.parts.level === unit.level);
    return shareOf(rest, row ? row.on_time : standing.rates[rest]);
  }
  if (room === "waiting") {
    const row = standing.waiting.filter((one) => one.n || one.hidden.length)[Number(rest)];
    return {
      title: both("waiting.title"),
      meaning: both("waiting.meaning"),
      unit: "",
      value: row.median_days,
      low: row.median_days_low,
      high: row.median_days_high,
      interval: both("waiting.interval"),
      beside: [term("waiting.cases", row.n), term("waiting.still_open", row.n_open), term("waiting.p90", row.p90_days, "")],
    };
  }
  if (room !== "window") return null;
  const i = frame.units.position.get(unit.code);
  const at = (column) => classes.column(column)[i] ?? null;
  return {
    figure: "emerging.label",
    title: both("emerging.title"),
    meaning: both(`paper.rule_${classes.of(i).split("_")[0]}`),
    unit: "",
    value: classes.of(i),
    said: [labelWords(classes.of(i)), classes.because(i)].filter(Boolean).join(t("punct.colon")),
    beside: [term("emerging.n_hot", at("n_hot")), term("emerging.n_cold", at("n_cold")), term("headline.steps", at("n_steps")), ...(classes.stability(i) === null ? [] : [term("stat.stability", classes.stability(i), "share")])].filter(({ value }) => value !== null),
  };
}

/** The chosen incidents in words. */
export function filterWords({ app, chosen, headline, standing }, room) {
  const follows = room === "headline" ? headline?.follows : room === "window" ? true : standing?.follows;
  if (!chosen.isAny) return "";
  if (!follows) return t("evidence.all_incidents");
  const { state } = app;
  const worded = [["cat", "category"], ["ch", "channel"]].map(([key, name]) => (state.get(key) ? incidentWord(name, state.get(key)) : null));
  return [...worded, state.get("hours")].filter(Boolean).join(t("punct.comma"));
}

/** The unit of a figure with its path, as the drawer names it. */
async function placed(app, address) {
  const [level, ...code] = address.split(":");
  const units = await app.atlas.units(level);
  const own = unitOf(units, units.position.get(code.join(":")));
  const path = [own];
  for (const name of app.atlas.upward(level).slice(1)) {
    const above = await app.atlas.units(name);
    const i = above.position.get(path[0].parent);
    if (i !== undefined) path.unshift(unitOf(above, i));
  }
  return path;
}

/** The map of a window of months comes without re-runs: the unit's are worked out when its evidence is asked for. */
async function addStability(desk, found, unit) {
  if (desk.classes.stability(desk.frame.units.position.get(unit.code)) !== null) return;
  const told = await askStability(desk.app, unit);
  if (told !== undefined) found.beside.push(term("stat.stability", told, "share"));
}

/** What stands behind a figure of this desk, as `/api/evidence` tells it; null where that knows the figure itself. */
export async function evidenceOf(desk, { figure, unit: address }) {
  const room = figure.split(".")[0];
  if (!["headline", "standing", "waiting", "window"].includes(room)) return null;
  const path = await placed(desk.app, address);
  const found = own(desk, figure, path.at(-1));
  if (room === "window") await addStability(desk, found, path.at(-1));
  const { headline, standing, app } = desk;
  const behind = await rowsBehind(desk, figure, path.at(-1)).catch(() => null);
  const period = { headline: () => ({ first: headline.month, last: headline.month }), window: () => periodOf(desk) }[room]?.() ?? standing.period;
  const ledger = await app.atlas.once("ledger", () => getJSON("/api/ledger"));
  const layer = ledger.layers.find((one) => one.layer === "incidents");
  const step = layer?.levels.find(({ level }) => level === app.atlas.levels[0].name);
  return {
    figure,
    low: null,
    high: null,
    hidden: false,
    interval: null,
    missing: null,
    formula: null,
    beside: [],
    at: null,
    place: path.at(-1),
    path,
    period: period?.first ? period : null,
    filter: filterWords(desk, room),
    table: null,
    left_out: step ? [{ title: { en: layer.title_en, zh: layer.title_zh }, ...step }] : [],
    doubt_road_m: null,
    rows_of: null,
    rows: behind,
    snapshot: app.boot.snapshot,
    ...found,
  };
}
