/** Which incidents count, and by what steps of time: the choices of the hotspots desk, as the service is asked. */

import { h } from "../dom.js";
import { incidentWord, t } from "../i18n.js";
import { isStandalone } from "../data.js";
import { STEPS } from "../permalink.js";
import { section } from "../controls.js";
import { askedWhen } from "../when.js";
import { endingAt, lastMonths, windowOf } from "./window.js";

const MONTHS = [1, 3, 6, 12];
/** Times of the week in the order of the list. */
const TIMES = { night: "22-5", morning: "6-11", afternoon: "12-17", evening: "18-21", workdays: "1-5@0-23", weekend: "6-7@0-23" };
/** Names in the address, and what the service calls them. */
const WORDED = { cat: "category", ch: "channel" };

/** `{asked, key, isAny}`: words in quotes, for they may hold commas. */
export function filteredBy(state, period = state.get("period")) {
  const quoted = (word) => (word === null ? undefined : `"${word.replaceAll('"', '""')}"`);
  const asked = { category: quoted(state.get("cat")), channel: quoted(state.get("ch")), ...askedWhen(period, state.get("hours")) };
  return { asked, key: JSON.stringify(asked), isAny: Object.values(asked).some((value) => value !== undefined) };
}

function select({ state }, key, label, options) {
  const chosen = state.get(key) ?? "";
  const all = options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
  return h(
    "select",
    { class: "gs-select is-wide", "aria-label": label, "data-focus": `filter-${key}`, onchange: (event) => state.set({ [key]: event.target.value || null }) },
    all.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
  );
}

function wordOptions(boot, name) {
  return [["", t(`hot.every_${name}`)], ...boot.incident_words[name].map((word) => [word, incidentWord(name, word)])];
}

/** "2025-11 – 2026-10" of a period of whole months, else its days. */
function periodWords(period, months) {
  const [first, last] = period.split("/");
  const shown = windowOf(period, months);
  const isWhole = shown !== null && endingAt(shown[1], period, months) === period;
  return isWhole ? [...new Set([first.slice(0, 7), last.slice(0, 7)])].join(" – ") : `${first} – ${last}`;
}

/** What is chosen, in words. */
export function filterWords({ state }, months) {
  const [period, hours] = [state.get("period"), state.get("hours")];
  const time = Object.keys(TIMES).find((name) => TIMES[name] === hours);
  const worded = Object.entries(WORDED).filter(([key]) => state.get(key) !== null).map(([key, name]) => incidentWord(name, state.get(key)));
  return [period && periodWords(period, months), hours && (time ? t(`hot.time_${time}`) : hours), ...worded].filter(Boolean);
}

/** The selects; of emerging hot spots their steps, too. None in a file that has no service behind it. `months` are the whole ones. */
export function incidentsSection(app, months) {
  const { boot, state } = app;
  if (isStandalone() || !boot.incident_words?.category) return null;
  const period = state.get("period");
  const last = MONTHS.map((n) => [lastMonths(n, months), t("hot.last_months", { n })]).filter(([value]) => value);
  const periods = [["", t("hot.every_period")], ...last, ...(period && last.every(([value]) => value !== period) ? [[period, periodWords(period, months)]] : [])];
  const shown = windowOf(period, months);
  const times = [["", t("hot.every_time")], ...Object.entries(TIMES).map(([name, value]) => [value, t(`hot.time_${name}`)])];
  const worded = Object.entries(WORDED).filter(([, name]) => boot.incident_words[name]?.length);
  const selects = [select(app, "period", t("hot.period"), periods), select(app, "hours", t("hot.time"), times), ...worded.map(([key, name]) => select(app, key, t(`incident.${name}`), wordOptions(boot, name)))];
  if (state.get("measure") === "emerging") selects.push(select(app, "step", t("emerging.step"), STEPS.map((step) => [step, t(`emerging.by_${step}`)])));
  return section({ id: "gs-incidents", label: t("hot.which") }, shown ? t("hot.n_months", { n: shown[1] - shown[0] + 1 }) : null, h("div", { class: "gs-selects" }, selects));
}
