/** Which incidents count: period, time of the week, category, channel, each a list in the left panel. */

import { h } from "./dom.js";
import { has, t, time } from "./i18n.js";
import { monthsUpTo } from "./when.js";

const MONTHS = [1, 3, 6, 12];
/** Times of the week in the order of the list. */
const TIMES = { night: "22-5", morning: "6-11", afternoon: "12-17", evening: "18-21", workdays: "1-5@0-23", weekend: "6-7@0-23" };
/** Names in the address, and what the service calls them. */
const WORDED = { cat: "category", ch: "channel" };

function select(app, key, label, options) {
  const { state } = app;
  const chosen = state.get(key) ?? "";
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
  return h(
    "select",
    { class: "gs-select is-wide", "aria-label": label, "data-focus": `filter-${key}`, onchange: (event) => state.set({ [key]: event.target.value || null }) },
    all.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
}

function wordOptions(boot, name) {
  const labelled = (word) => (has(`incident.${name}.${word}`) ? t(`incident.${name}.${word}`) : word);
  return [["", t(`hot.every_${name}`)], ...boot.incident_words[name].map((word) => [word, labelled(word)])];
}

export function incidentFilters(app) {
  const { boot } = app;
  if (!boot.incident_words?.category) return [];
  const last = time(boot.snapshot.as_of).slice(0, 10);
  const periods = [["", t("hot.every_period")], ...MONTHS.map((n) => [monthsUpTo(last, n), t("hot.last_months", { n })])];
  const times = [["", t("hot.every_time")], ...Object.entries(TIMES).map(([name, value]) => [value, t(`hot.time_${name}`)])];
  const worded = Object.entries(WORDED).filter(([, name]) => boot.incident_words[name]?.length);
  return [select(app, "period", t("hot.period"), periods), select(app, "hours", t("hot.time"), times), ...worded.map(([key, name]) => select(app, key, t(`incident.${name}`), wordOptions(boot, name)))];
}
