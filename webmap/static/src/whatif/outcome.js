/** Right: what the scenario gives and costs, in one size; how far it carries; a table of measures; what to heed; save, share, export. */

import { h, paint, s } from "../dom.js";
import { icon } from "../icons.js";
import { breakLabel, named, number, percentValue, t } from "../i18n.js";
import { MEASURE_ROWS, isAvailable, measureRow } from "../measures.js";
import { figure, known } from "./answers.js";
import { checksSection, facadeWarning } from "./checks.js";
import { change, signed, toneOf } from "./words.js";

const N_LEVELS = 4;
const SPAN = 76;
/** From here on metres are told as kilometres. */
const KM_FROM_M = 1000;

const place = (share) => 4 + Math.min(1, Math.max(0, share)) * (SPAN - 8);
const length = (metres) => (metres >= KM_FROM_M ? `${number(metres / 1000, metres < 100 * KM_FROM_M ? 1 : 0)} km` : `${number(metres)} m`);

/** The measure of the first headline: the one chosen, or the nearest that this role is told of. */
function headMeasure(mode) {
  const { app } = mode;
  const chosen = measureRow(app.state.get("measure"));
  const told = (row) => isAvailable(row, app.boot) && (!mode.head || figure(mode.head, row.column) !== "hidden");
  return [chosen, ...["roads", "places", "area"].map(measureRow)].find(told) ?? measureRow("area");
}

function headline(label, found, { digits, percent, unit, isCost }) {
  const factor = percent ? 100 : 1;
  const isTold = found && found !== "hidden";
  const [was, now, by] = isTold ? [found.was, found.now, found.change].map((value) => value * factor) : [];
  return h(
    "div",
    { class: "wi-headline" },
    h("div", { class: "wi-headline-label" }, label),
    isTold
      ? h(
          "div",
          { class: "wi-headline-values" },
          h("s", { class: "wi-was", "aria-label": t("whatif.today_value", { value: number(was, digits) }) }, number(was, digits)),
          h("b", { class: "wi-now" }, number(now, digits)),
          h("span", { class: "gs-unit" }, unit),
          h("span", { class: "wi-headline-by" }, h("b", { class: `wi-by${toneOf(by, isCost)}` }, signed(by, digits)), h("span", null, percent ? t("whatif.points") : unit)),
        )
      : h("div", { class: "wi-absence" }, found === "hidden" ? t("whatif.not_for_role") : t("state.no_value")),
  );
}

/** A figure of the unit that the scenario changes most, or before there is an answer the place's own, as it is today. */
function headFigure({ head, app }, column) {
  if (head) return figure(head, column);
  const value = app.placeCard?.values?.[column];
  return known(value) ? { was: value, now: value, change: 0 } : null;
}

function headlines(mode) {
  const { head, app } = mode;
  const row = headMeasure(mode);
  const at = breakLabel(app.state.get("at"));
  return h(
    "div",
    { class: `gs-card-part wi-headlines${mode.isLate ? " is-late" : ""}` },
    h("h2", { class: "wi-unit" }, head ? named(head) : named(app.place)),
    headline(`${t(row.full)}${t("punct.list")}≥ ${at} px/m`, headFigure(mode, row.column), { digits: 1, percent: true, unit: "%", isCost: false }),
    headline(`${t("measure.seen_3plus")}${t("punct.list")}${t("whatif.lower_better")}`, headFigure(mode, "public_3plus_share"), { digits: 1, percent: true, unit: "%", isCost: true }),
    headline(`${t("card.facade")}${t("punct.list")}${t("whatif.lower_better")}`, headFigure(mode, "facade_m"), { digits: 0, percent: false, unit: t("whatif.metres"), isCost: true }),
  );
}

/** A dot where the share stands and a bar for what it gains or loses. */
function carryLine({ was, now }) {
  const [from, to] = [Math.min(was, now), Math.max(was, now)].map(place);
  return s(
    "svg",
    { class: "wi-carry-line", viewBox: `0 0 ${SPAN} 14`, width: SPAN, height: 14, "aria-hidden": "true" },
    s("line", { x1: 0, x2: SPAN, y1: 7, y2: 7, class: "gs-dotline-base" }),
    to - from > 0.3 ? s("line", { x1: from, x2: Math.max(to, from + 1.5), y1: 7, y2: 7, class: "wi-carry-bar" }) : null,
    s("circle", { cx: place(was), cy: 7, r: 4, class: "wi-carry-dot" }),
  );
}

function carries(mode) {
  const column = mode.app.boot.available?.roads ? "road_seen_share" : headMeasure(mode).column;
  const rows = mode.lineage().slice(0, N_LEVELS).map((row) => ({ row, found: figure(row, column) })).filter(({ found }) => found && found !== "hidden");
  if (!rows.length) return null;
  return h(
    "div",
    { class: `gs-card-part${mode.isLate ? " is-late" : ""}`, id: "wi-carries" },
    h("div", { class: "gs-heading" }, h("h2", null, t("whatif.carries")), h("div", { class: "gs-heading-side" }, t("whatif.carries_scale", { measure: t(column === "road_seen_share" ? "measure.roads_seen" : headMeasure(mode).full) }))),
    rows.map(({ row, found }) =>
      h(
        "div",
        { class: "wi-carry" },
        h("div", { class: "wi-carry-name" }, h("b", { title: named(row) }, named(row)), h("span", null, [mode.app.levelTitle(row.level), known(row.size.road_m) && column === "road_seen_share" ? length(row.size.road_m) : null].filter(Boolean).join(" · "))),
        carryLine(found),
        h("div", { class: "wi-carry-value" }, h("b", null, `${percentValue(found.now)}%`), change(found.change * 100, { digits: 1 })),
      ),
    ),
  );
}

/** "1 / 2" where there are few, else a percentage. */
function placesOf(head, share) {
  const n = head.size.n_places;
  return known(n) && n < 100 ? `${number(share * n)} / ${number(n)}` : percentValue(share);
}

function tableRow(label, found, { was, now, by, isCost }) {
  return h("tr", null, h("th", { scope: "row" }, label), h("td", null, was(found.was)), h("td", null, h("b", null, now(found.now))), h("td", null, change(by(found), { digits: found.digits ?? 1, isCost })));
}

function table(mode) {
  const { head, app } = mode;
  if (!head) return null;
  const chosen = headMeasure(mode).name;
  const rows = MEASURE_ROWS.filter((row) => row.name !== chosen && isAvailable(row, app.boot)).map((row) => ({ row, found: figure(head, row.column) }));
  const untold = rows.filter(({ found }) => found === "hidden").map(({ row }) => t(row.short));
  const percents = rows
    .filter(({ found }) => found && found !== "hidden")
    .map(({ row, found }) => {
      const n = head.size.n_places;
      const counted = row.name === "places" && known(n) && n < 100;
      const show = (share) => (counted ? placesOf(head, share) : percentValue(share));
      return tableRow(t(counted ? "whatif.places_seen" : row.short), counted ? { ...found, digits: 0 } : found, { was: show, now: show, by: ({ change: by }) => by * (counted ? n : 100), isCost: false });
    });
  const dwellings = figure(head, "n_dwellings");
  return h(
    "div",
    { class: `gs-card-part${mode.isLate ? " is-late" : ""}`, id: "wi-table" },
    h(
      "table",
      { class: "wi-table" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, t("whatif.measures")), ["today", "scenario_short", "change"].map((name) => h("th", { scope: "col" }, t(`whatif.${name}`))))),
      h("tbody", null, percents, dwellings && dwellings !== "hidden" ? tableRow(t("measure.dwellings_in_view"), { ...dwellings, digits: 0 }, { was: (v) => number(v), now: (v) => number(v), by: ({ change: by }) => by, isCost: true }) : null),
    ),
    untold.length ? h("p", { class: "gs-note" }, `${untold.join(t("punct.list"))}${t("punct.colon")}${t("whatif.not_for_role")}`) : null,
  );
}

function footer(mode) {
  const able = mode.edits.length > 0 && !mode.isSaving;
  const warning = mode.isUnsaved() ? facadeWarning(mode) : null;
  return h(
    "div",
    { class: "wi-foot" },
    warning ? h("p", { class: "wi-warning", id: "wi-warning" }, icon("warning", 14), warning) : null,
    h(
      "div",
      { class: "wi-foot-row" },
      h("button", { type: "button", class: "gs-button wi-save", "aria-disabled": able ? null : "true", "aria-describedby": warning ? "wi-warning" : null, "data-focus": "wi-save", onclick: () => able && mode.save() }, t("whatif.save")),
      h("button", { type: "button", class: "gs-button", "aria-disabled": able ? null : "true", "data-focus": "wi-share", onclick: () => able && mode.share() }, icon("link"), t("whatif.share")),
      h("button", { type: "button", class: "gs-button is-square", "aria-disabled": able ? null : "true", "aria-haspopup": "menu", "aria-label": t("whatif.export"), title: t("whatif.export"), "data-focus": "wi-export", onclick: (event) => able && mode.export(event.currentTarget) }, icon("download")),
    ),
  );
}

function fault(mode) {
  return mode.fault ? h("div", { class: "gs-fault", role: "alert" }, h("p", null, mode.app.faultWords(mode.fault)), h("button", { type: "button", class: "gs-button", onclick: () => mode.ask() }, t("action.retry"))) : null;
}

export function paintOutcome(mode, node) {
  const isEmpty = mode.edits.length === 0;
  const top = node.querySelector(".wi-outcome")?.scrollTop ?? 0;
  paint(
    node,
    h(
      "div",
      { class: "wi-outcome" },
      fault(mode),
      isEmpty ? h("div", { class: "gs-card-part" }, h("h2", null, t("whatif.mode")), h("p", { class: "gs-note" }, t("whatif.what"))) : [headlines(mode), carries(mode), table(mode), checksSection(mode)],
    ),
    footer(mode),
  );
  node.querySelector(".wi-outcome").scrollTop = top;
}

/** One sentence for screen readers. */
export function outcomeSentence(mode) {
  if (!mode.head) return "";
  const row = headMeasure(mode);
  const [own, facade] = [figure(mode.head, row.column), figure(mode.head, "facade_m")];
  if (!own || own === "hidden") return named(mode.head);
  return t("whatif.sentence", { place: named(mode.head), measure: t(row.full), now: percentValue(own.now), change: signed(own.change * 100, 1), facade: facade && facade !== "hidden" ? signed(facade.change) : t("state.none") });
}
