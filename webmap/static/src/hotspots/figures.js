/** The four figures on top: those of the month that the map ends with, each with what it is compared with. */

import { h } from "../dom.js";
import { number, percent, percentValue, range, t, words } from "../i18n.js";
import { figureOf } from "../evidence/figure.js";
import { monthName } from "./bars.js";
import { roomOf } from "./handling.js";
import { waitsFor } from "./waits.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

function told(figure, unit, value, sign, lines) {
  return h("div", { class: "gs-top-figure" }, h("div", null, h("span", { class: "gs-figure", ...figureOf(figure, unit) }, value), sign ? h("span", { class: "gs-unit" }, sign) : null), lines.filter(Boolean).map((line) => h("p", null, line)));
}

/** `note` says more of why: in full where it is pointed at. */
const absent = (name, why, note = "") => h("div", { class: "gs-top-figure is-absent" }, h("div", { class: "gs-headline-absence" }, why), h("p", null, name), note ? h("p", { class: "gs-top-note", title: note }, note) : null);

/** "+1.2% on last year": what a count is compared with. */
export function changeWords(n, before, key) {
  if (!known(n) || !known(before) || before === 0) return "";
  const change = n / before - 1;
  return t(key, { change: `${change > 0 ? "+" : ""}${percent(change)}` });
}

function incidents(unit, { month, incidents: { n, n_before, n_year_before } }) {
  const name = t("headline.incidents", { month: monthName(month, "short") });
  if (!known(n)) return absent(name, t("map.suppressed"));
  return told("headline.incidents", unit, number(n), t("hot.case"), [name, [changeWords(n, n_year_before, "headline.on_year"), changeWords(n, n_before, "headline.on_month")].filter(Boolean).join(t("punct.comma"))]);
}

function hotUnits(desk, unit, { hot }) {
  const { app, classes, frame } = desk;
  const level = app.levelTitle(frame.level);
  if (classes.kind === "gi") return told("hotspots.hotspot", unit, number(classes.nHot), t("hot.units"), [t("hot.after_fdr", { level }), t("hot.share", { share: percent(classes.numbers.length ? classes.nHot / classes.numbers.length : NaN, 0) })]);
  if (!known(hot.n)) return absent(t("headline.hot", { level }), t("methods.none"));
  return told("headline.hot", unit, number(hot.n), t("hot.units"), [t("headline.hot", { level }), known(hot.n_before) ? t("headline.hot_before", { n: number(hot.n_before) }) : ""]);
}

function whyAbsent({ app, headline }, name) {
  if (!headline.month) return t("methods.none");
  return headline[name].hidden ? t("map.suppressed") : words(app.placeCard?.missing?.[name]) || t("rate.none");
}

/** A share of the month; where it is hidden or there is none in it, that of all months, which says so. */
function share(desk, unit, name, target) {
  const { headline, standing } = desk;
  const month = headline[name];
  const all = standing?.rates?.[name];
  const own = known(month.value) ? month : known(all?.value) ? all : null;
  const short = t(`rate.${name === "on_time_share" ? "on_time_short" : "mediation_short"}`);
  const label = !own || own === month ? short : t("headline.all_months", { name: short });
  if (!own) return absent(label, whyAbsent(desk, name), month.hidden ? words(headline.note) : "");
  const compared = known(target) ? t(own.value < target ? "rate.below" : "rate.met", { name: label, target: percent(target, 0) }) : label;
  const span = range(own.low, own.high, (value) => percentValue(value));
  const figure = `${own === month ? "headline" : roomOf(desk)}.${name}`;
  const interval = own === month ? t("headline.month_interval", { month: monthName(headline.month, "short"), range: span }) : t("rate.interval", { range: span });
  return told(figure, unit, percentValue(own.value), "%", [compared, span ? interval : ""]);
}

export function topFigures(desk) {
  const { headline } = desk;
  const unit = desk.app.place;
  if (!headline) return h("div", { class: "gs-top-figures is-waiting-for", "aria-busy": "true" }, waitsFor("/api/headline"));
  return h(
    "div",
    { class: "gs-top-figures" },
    headline.month ? incidents(unit, headline) : absent(t("hot.incidents"), t("methods.none")),
    hotUnits(desk, unit, headline),
    share(desk, unit, "on_time_share", headline.on_time_target),
    share(desk, unit, "mediation_share"),
  );
}

/** In a file without a service: what the card of the place holds. */
export function cardFigures(desk) {
  const { app, classes } = desk;
  const card = app.placeCard;
  const n = card.hotspot?.n_incidents ?? card.unit?.n_incidents;
  const rate = (column, key) => {
    const value = card.rates?.[column];
    if ((card.rates?.hidden ?? []).includes(column)) return absent(t(key), t("map.suppressed"));
    if (!known(value)) return absent(t(key), words(card.missing?.[column]) || t("rate.none"));
    return told(`rates.${column}`, app.place, percentValue(value), "%", [t(key), t("rate.interval", { range: range(card.rates[`${column}_low`], card.rates[`${column}_high`], (one) => percentValue(one)) })]);
  };
  return h(
    "div",
    { class: "gs-top-figures" },
    known(n) ? told("units.n_incidents", app.place, number(n), t("hot.case"), [t("hot.incidents")]) : absent(t("hot.incidents"), t("map.suppressed")),
    told("hotspots.hotspot", app.place, number(classes.nHot), t("hot.units"), [t("hot.after_fdr", { level: app.levelTitle(desk.frame.level) })]),
    rate("on_time_share", "rate.on_time_short"),
    rate("mediation_share", "rate.mediation_short"),
  );
}
