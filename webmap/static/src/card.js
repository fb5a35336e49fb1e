/** The unit card: one order on every level; what is not loaded is named, never 0. */

import { h } from "./dom.js";
import { area, language, named, number, percent, breakLabel, percentValue, range, t, time, words } from "./i18n.js";
import { measureLine } from "./figures.js";
import { MEASURE_ROWS, absence, densityWords, isAvailable, measureRow } from "./measures.js";
import { address } from "./atlas.js";
import { breadcrumb } from "./card/breadcrumb.js";
import { deskHref } from "./card/desks.js";
import { reasonBars } from "./card/reasons.js";
import { isStandalone } from "./data.js";
import { figureOf } from "./evidence/figure.js";
import { icon } from "./icons.js";
import { scaleOf } from "./state.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** The code where it says more than the name does. */
export const codeOf = (unit) => (unit.code === "all" || unit.code === unit.name ? "" : unit.code);

export { breadcrumb };

export function cardHead(app, card) {
  const { unit } = card;
  const below = app.atlas.levels.find((level) => level.parent === unit.level);
  const counts = [
    unit.n_children && below ? t("card.children", { n: number(unit.n_children), level: app.levelTitle(below.name) }) : null,
    known(unit.residents) ? t("card.residents", { n: number(unit.residents) }) : null,
    known(unit.area_m2) ? area(unit.area_m2) : null,
  ].filter(Boolean);
  return h(
    "div",
    { class: "gs-card-head" },
    breadcrumb(app, card),
    h("div", { class: "gs-card-title" }, h("h2", null, named(unit)), h("span", { class: "gs-code", title: t("unit.code") }, codeOf(unit))),
    h("p", { class: "gs-card-counts" }, counts.join(" · ")),
  );
}

/** What makes a figure of coverage one whose evidence can be asked for; of a past month there is none any more. */
const evidenceOf = (app, card, column) => (card.month ? {} : figureOf(`coverage.${column}`, card.unit, app.state.get("at")));

const reason = (card, column, fallback) => words(card.missing?.[column]) || fallback || t("state.no_value");

/** One of the three figures of the headline's size class; `href` is where what it counts has its own desk. */
function headline(app, card, { column, label, under, format, unit, href, beside }) {
  const value = card.values?.[column];
  const hidden = card.hidden?.includes(column);
  const low = card.values?.[`${column}_low`];
  const high = card.values?.[`${column}_high`];
  const parent = card.parent_values?.[column];
  const shown = known(value) && !hidden;
  return h(
    "div",
    { class: `gs-headline${shown ? "" : " is-absent"}` },
    h("div", { class: "gs-headline-label" }, href ? h("a", { href, title: t("card.to_safeguards", { name: label }), "data-focus": `to-${column}` }, label) : h("span", null, label), h("span", null, under)),
    shown
      ? h("div", { class: "gs-headline-value" }, h("span", { class: `gs-figure${format(value).length > 5 ? " is-long" : ""}`, ...evidenceOf(app, card, column) }, format(value)), h("span", { class: "gs-unit" }, unit))
      : h("div", { class: "gs-headline-absence" }, hidden ? t("map.suppressed") : reason(card, column)),
    shown ? h("div", { class: "gs-headline-side" }, h("span", null, range(low, high, format)), h("span", null, beside ?? (card.parent && known(parent) ? format(parent) : ""))) : null,
  );
}

/** Metres, or kilometres where metres would not fit. */
const lengthUnit = (m) => (known(m) && m >= 1e5 ? { format: (v) => number(v / 1000), unit: "km" } : { format: (v) => number(v), unit: "m" });

/** Facade per camera of the unit and of its parent: sums of places of different size do not compare. */
function facadeEach(card) {
  const each = (values) => (known(values?.facade_m) && values.n_cameras ? number(values.facade_m / values.n_cameras, 1) : null);
  const [own, above] = [each(card.values), card.parent ? each(card.parent_values) : null];
  return own === null ? "" : t("card.each", { n: above === null ? own : `${own} / ${above}` });
}

function headlines(app, card) {
  const row = measureRow(app.state.get("measure")) ?? measureRow("area");
  const rank = card.rank?.[row.column];
  const at = card.month ? card.at : app.state.get("at");
  const step = densityWords(app.boot, card.month ? scaleOf(app.boot, at) : app.state.get("scale"), at);
  const href = deskHref(app, "safeguards", card.unit);
  return h(
    "div",
    { class: "gs-card-part" },
    h("div", { class: "gs-card-note" }, h("span", null, t("card.at", { step, at: breakLabel(at) })), h("span", null, [t("card.interval"), card.parent ? wholeOf(app, card.parent) : null].filter(Boolean).join(" · "))),
    headline(app, card, { column: row.column, label: t(row.full), under: rank?.of > 1 ? t("card.rank", { rank: number(rank.rank), of: number(rank.of) }) : "", format: (v) => percentValue(v), unit: "%" }),
    headline(app, card, { column: "public_3plus_share", label: t("measure.seen_3plus"), under: t("safe.lower_better"), format: (v) => percentValue(v), unit: "%", href }),
    headline(app, card, { column: "facade_m", label: t("card.facade"), under: t("safe.lower_better"), ...lengthUnit(card.values?.facade_m), href, beside: facadeEach(card) }),
  );
}

/** What the parent is called beside a figure: its kind, as names are long. */
const wholeOf = (app, parent) => t("card.whole", { level: app.levelShort(parent.level).replace(/^全/, "") });

function furtherMeasures(app, card) {
  const chosen = app.state.get("measure");
  const rows = MEASURE_ROWS.filter((row) => row.name !== chosen).map((row) => {
    const v = card.values ?? {};
    const why = isAvailable(row, app.boot) ? reason(card, row.column) : reason(card, row.column, absence(row));
    const figure = evidenceOf(app, card, row.column);
    return measureLine(t(row.name === "residents" ? "card.residents_near" : row.short), v[row.column], v[`${row.column}_low`], v[`${row.column}_high`], card.parent_values?.[row.column], why, card.hidden?.includes(row.column), figure);
  });
  return h(
    "div",
    { class: "gs-card-rows" },
    rows,
    h("p", { class: "gs-note" }, t("card.interval_note"), card.parent ? h("span", { class: "gs-parent-mark" }, wholeOf(app, card.parent)) : null),
  );
}

const KS = ["", "1", "2", "3plus"];

/** Public ground by how many cameras see it; only when public ground is loaded. */
function kBar(app, card) {
  const v = card.values ?? {};
  if (![v.public_1_share, v.public_2_share, v.public_3plus_share].every(known)) return null;
  const shares = [Math.max(0, 1 - v.public_1_share - v.public_2_share - v.public_3plus_share), v.public_1_share, v.public_2_share, v.public_3plus_share];
  return h(
    "div",
    { class: "gs-card-part" },
    h("div", { class: "gs-card-note" }, t("card.k_coverage")),
    h(
      "div",
      { class: "gs-kbar", role: "group", "aria-label": shares.map((share, k) => `${t(`card.k${k}`)} ${percent(share)}`).join(", ") },
      shares.map((share, k) => h("span", { class: `gs-kbar-cell is-k${k}`, style: { "flex-grow": String(Math.max(share, 0.001)) }, title: `${t(`card.k${k}`)} ${percent(share)}`, ...(k ? evidenceOf(app, card, `public_${KS[k]}_share`) : {}) }, share >= 0.07 ? percentValue(share) : "")),
    ),
    h("div", { class: "gs-kbar-labels" }, shares.map((share, k) => h("span", { style: { "flex-grow": String(Math.max(share, 0.001)) } }, t(`card.k${k}`)))),
  );
}

function cameraCounts(app, card) {
  const counts = card.cameras ?? {};
  const target = app.boot.rules?.online_target_other;
  const rate = card.values?.online_share;
  const missed = known(rate) && known(target) && rate < target;
  const one = (status) => (known(counts[status]) ? h("span", { class: "gs-status" }, h("span", { class: `gs-mark is-${status}`, "aria-hidden": "true" }), t(`camera.status.${status}`), h("b", figureOf(`coverage.n_${status}`, card.unit), number(counts[status]))) : null);
  return h(
    "div",
    { class: "gs-card-part gs-statuses" },
    ["online", "offline", "planned"].map(one),
    known(rate) ? h("span", { class: `gs-rate${missed ? " is-bad" : ""}`, title: known(target) ? t("card.online_target", { target: percent(target, 0) }) : null }, `${t("measure.online_rate")} `, h("span", figureOf("coverage.online_share", card.unit), percent(rate)), known(target) ? h("small", null, t("card.target", { target: percent(target, 0) })) : null) : null,
  );
}

/** How far incidents are from a camera, wherever it looks; only where there are both. */
function nearestCamera(card) {
  const { unit } = card;
  const hidden = unit.hidden?.includes("nearest_camera_median_m");
  if (!hidden && !known(unit.nearest_camera_median_m)) return null;
  const value = hidden ? t("map.suppressed") : t("card.nearest_camera_m", { median: number(unit.nearest_camera_median_m), p90: number(unit.nearest_camera_p90_m) });
  return h("div", { class: "gs-card-part" }, h("div", { class: "gs-card-note" }, h("span", null, t("card.nearest_camera")), h("span", null, value)));
}

export function foot(app) {
  const { snapshot } = app.boot;
  return snapshot ? h("p", { class: "gs-card-foot" }, t("card.foot", { as_of: time(snapshot.as_of), number: snapshot.number })) : null;
}

/** What can be done from here; what-if and gaps are for roles that see cameras. */
function actions(app, card) {
  const { boot } = app;
  if (!boot.may?.points || !boot.available?.cameras || isStandalone()) return null;
  const gaps = deskHref(app, "gaps", card.unit);
  const whatIf = app.enterWhatIf ? h("button", { type: "button", class: "gs-button is-main", "data-focus": "whatif", title: `${t("whatif.mode")} (W)`, onclick: () => app.enterWhatIf() }, icon("camera"), t("whatif.mode")) : null;
  return h("div", { class: "gs-card-actions" }, whatIf, gaps ? h("a", { class: "gs-button", href: gaps, "data-focus": "gap-list" }, icon("gap"), t("card.gap_list")) : null);
}

/** The whole card; `seen` is what stands between the counts and the foot (cameras that see the point). */
export function coverageCard(app, card, seen = null) {
  const isPlace = address(card.unit) === app.state.get("place");
  return [
    cardHead(app, card),
    headlines(app, card),
    furtherMeasures(app, card),
    kBar(app, card),
    reasonBars(card),
    card.cameras ? cameraCounts(app, card) : null,
    nearestCamera(card),
    seen,
    !isPlace && app.canEnter(card.unit.level) ? h("div", { class: "gs-card-part" }, h("button", { type: "button", class: "gs-button is-wide", "data-focus": "enter", onclick: () => app.enter(card.unit) }, t("card.enter"))) : null,
    seen ? null : card.month ? h("p", { class: "gs-card-foot" }, t("timeline.card", { month: card.month })) : foot(app),
    actions(app, card),
  ];
}

/** One sentence for screen readers. */
export function cardSentence(app, card) {
  const row = measureRow(app.state.get("measure"));
  if (!row) return named(card.unit);
  const value = card.values?.[row.column];
  const said = card.hidden?.includes(row.column) ? t("map.suppressed") : known(value) ? percent(value) : reason(card, row.column);
  return `${named(card.unit)}${language() === "en" ? ", " : "，"}${t(row.full)} ${said}`;
}
