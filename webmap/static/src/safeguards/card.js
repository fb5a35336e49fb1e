/** The right side: one camera with its plan and what lowers its facade, or one unit with what counts against it. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { language, named, number, percentValue, range, t, time, words } from "../i18n.js";
import { breadcrumb, cardHead, foot } from "../card.js";
import { address } from "../atlas.js";
import { CAMERA, figureOf } from "../evidence/figure.js";
import { cameraLabel } from "./columns.js";
import { optionRows, openInWhatIf } from "./options.js";
import { drawPlan } from "./plan.js";
import { overlapWords } from "./words.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);
/** Units by size, the largest first: {least, size, word, digits}; a value and its interval stand in the same one. */
const LENGTH = [{ least: 1e5, size: 1000, word: " km", digits: 1 }, { least: 0, size: 1, word: " m", digits: 0 }];
const AREA = [{ least: 1e7, size: 1e6, word: " km²", digits: 1 }, { least: 1e5, size: 1e6, word: " km²", digits: 2 }, { least: 0, size: 1, word: " m²", digits: 0 }];
const COUNT = [{ least: 0, size: 1, word: "", digits: 0 }];
const dash = () => t("state.none");

/** One of three headlines of a size: figure, unit, label, what it lies between. */
function headline(value, unit, label, under, { isBad = false, figure = {} } = {}) {
  return h(
    "div",
    { class: "gs-guard-headline" },
    h("div", { class: "gs-headline-value" }, h("span", { class: `gs-figure${isBad ? " is-bad" : ""}${String(value).length > 4 ? " is-long" : ""}`, ...figure }, value), unit ? h("span", { class: "gs-unit" }, unit) : null),
    h("div", { class: "gs-guard-label" }, label),
    under ? h("div", { class: "gs-guard-under" }, under) : null,
  );
}

function fact(label, value, mood = "") {
  return [h("dt", null, label), h("dd", { class: mood ? `gs-duty ${mood}` : null }, value)];
}

const yes = (value, good, bad) => (value === true ? [good, ""] : value === false ? [bad, "is-bad"] : [t("status.unknown"), "is-unknown"]);

/** "Filed 2025-03-14": the day stands where the register has it. */
function filing(filed, day) {
  const [words, mood] = yes(filed, t("guard.filed"), t("status.unfiled"));
  return [filed === true && day ? `${words} ${day}` : words, mood];
}

function retention(days, limit) {
  if (!known(days)) return [t("status.unknown"), "is-unknown"];
  return [t("guard.retention", { n: number(days), limit: number(limit) }), days > limit ? "is-bad" : ""];
}

/** What can be read of a camera from its row and, for those who may see it, its record. */
function lensWords(record) {
  const parts = [known(record.h_px) ? t("guard.pixels", { w: String(record.h_px) }) : null, known(record.hfov_deg) ? `${number(record.hfov_deg)}°` : null, known(record.azimuth_deg) ? t("guard.azimuth", { deg: number(record.azimuth_deg) }) : null];
  return parts.filter(Boolean).join(language() === "zh" ? "，" : ", ");
}

/** The card of a camera: `row` in the desk's rows (-1: none), `record` and `plan` where the role may ask for them. */
export function cameraCard(desk) {
  const { app, cameras, chosen } = desk;
  const { row, record, plan } = chosen;
  const c = cameras.columns;
  const of = (name) => (row >= 0 ? c[name][row] : (record?.[name] ?? null));
  const facade = of("facade_62_m");
  const hidden = row >= 0 && cameras.hidden.has(row);
  const seen3 = row >= 0 ? c.seen_3plus_share[row] : null;
  const spots = row >= 0 ? overlapWords(cameras, row) : "";
  const told = (column) => (record ? figureOf(`cameras.${column}`, { level: CAMERA, code: record.uid }) : {});
  const path = record?.path ? breadcrumb(app, { path: record.path }) : h("div", { class: "gs-crumbs" }, desk.rowPlace(row));
  return [
    h(
      "div",
      { class: "gs-card-head" },
      h("div", { class: "gs-guard-top" }, path, h("button", { type: "button", class: "gs-icon-button is-small", "aria-label": t("action.close"), title: `${t("action.close")} (Esc)`, "data-focus": "camera-back", onclick: () => app.closeCamera() }, icon("close", 14))),
      h("div", { class: "gs-card-title" }, h("h2", null, record?.camera_name || (row >= 0 ? cameraLabel(cameras, row) : record?.uid)), record ? h("span", { class: "gs-status" }, h("span", { class: `gs-mark is-${record.status ?? "unknown"}`, "aria-hidden": "true" }), t(`camera.status.${record.status ?? "unknown"}`)) : null),
      record ? h("p", { class: "gs-card-counts" }, lensWords(record)) : null,
      h(
        "div",
        { class: "gs-guard-headlines" },
        headline(known(facade) ? number(facade) : dash(), "m", t("card.facade"), range(of("facade_62_m_low"), of("facade_62_m_high")), { isBad: facade > 0.5, figure: told("facade_62_m") }),
        headline(hidden ? `<${cameras.minCount}` : known(of("n_dwellings_62")) ? number(of("n_dwellings_62")) : dash(), t("guard.homes"), t("measure.dwellings_in_view"), "", { figure: hidden ? {} : told("n_dwellings_62") }),
        headline(known(seen3) ? percentValue(seen3, 0) : dash(), "%", t("guard.seen3_view"), "", { figure: told("shared_3plus_m2") }),
      ),
    ),
    plan ? planPart(desk) : null,
    chosen.isBroken ? h("p", { class: "gs-card-foot" }, t("guard.plan.none")) : null,
    plan && record ? optionRows(chosen.options, chosen.changes, (option) => openInWhatIf(app, option.edit, record)) : null,
    h(
      "dl",
      { class: "gs-facts" },
      fact(t("guard.fact.filed"), ...filing(of("filed"), record?.filed_on)),
      record?.filing_no ? fact(t("guard.fact.filing_no"), record.filing_no) : null,
      fact(t("guard.fact.sign"), ...yes(of("sign"), t("camera.sign_yes"), t("status.no_sign"))),
      fact(t("guard.fact.retention"), ...retention(of("retention_days"), app.boot.rules.max_retention_days)),
      cameras.has.restricted ? fact(t("guard.fact.overlaps"), spots || t("guard.no_overlap"), spots ? "is-bad" : "") : null,
      fact(t("guard.fact.alone"), known(of("alone_road_m")) ? h("span", told("alone_road_m"), `${number(of("alone_road_m"))} m`) : dash()),
      fact(t("guard.fact.masks"), plan ? (plan.masks_set ? t("guard.masks.set") : t("guard.masks.none")) : dash()),
    ),
    plan && record && app.boot.may?.points && chosen.options.length
      ? h("div", { class: "gs-guard-buttons" }, h("button", { type: "button", class: "gs-button is-strong is-wide", "data-focus": "whatif", onclick: () => openInWhatIf(app, chosen.options[0].edit, record) }, t("guard.option.open")))
      : null,
    h("p", { class: "gs-card-foot" }, record?.live ? `${t("camera.live")} ` : "", t("card.foot", { as_of: time(app.boot.snapshot.as_of), number: app.boot.snapshot.number })),
  ];
}

function planPart({ chosen }) {
  const { plan, record } = chosen;
  const swatch = (kind, label) => h("span", null, h("span", { class: `gs-swatch is-plan-${kind}`, "aria-hidden": "true" }), label);
  const said = t("guard.plan.said", { name: record?.camera_name ?? plan.uid, m: number(record?.facade_62_m ?? 0) });
  return h(
    "div",
    { class: "gs-card-part gs-plan-part" },
    drawPlan(plan, record?.azimuth_deg ?? null, said),
    h("div", { class: "gs-plan-legend" }, swatch("ground", t("guard.plan.ground")), swatch("facade", t("card.facade")), plan.mask.length ? swatch("mask", t("safe.mask")) : null),
    plan.mask_text ? h("p", { class: "gs-note" }, t("guard.plan.mask_note")) : null,
  );
}

/** The card of a unit: the three headlines, and what the register says of its cameras. */
export function unitCard(desk, card, guards) {
  const { app } = desk;
  const v = card.values ?? {};
  const { unit } = card;
  const at = app.boot.default_px_per_m;
  const parent = card.parent ? named(card.parent) : "";
  const why = (column) => words(card.missing?.[column]) || t("state.no_value");
  const figure = (column) => ({ figure: figureOf(`coverage.${column}`, unit, at) });
  const facade = v.facade_m;
  const inKm = known(facade) && facade >= 1e5;
  const metres = (m) => (inKm ? number(m / 1000, 1) : number(m));
  const above = (value, format) => (card.parent && known(value) ? h("span", { title: parent }, `${app.levelTitle(card.parent.level)} ${format(value)}`) : "");
  const isPlace = address(unit) === app.state.get("place");
  const rows = guards
    ? [
        ["facade_125_m", t("guard.fact.facade_125"), LENGTH],
        ["n_dwellings_125", t("guard.fact.dwellings_125"), COUNT],
        ["private_m2", t("guard.fact.private"), AREA],
        ["restricted_m2", t("guard.fact.restricted"), AREA],
        ["n_cameras", t("guard.fact.cameras"), COUNT],
        ["n_not_filed", t("status.unfiled"), COUNT],
        ["n_filed_unknown", t("guard.fact.filed_unknown"), COUNT],
        ["n_without_sign", t("status.no_sign"), COUNT],
        ["n_sign_unknown", t("guard.fact.sign_unknown"), COUNT],
        ["n_past_retention", t("status.past_retention"), COUNT],
      ]
    : [];
  const line = ([column, label, units]) => {
    const value = guards[column];
    if (!known(value)) return null;
    const [low, high] = [guards[`${column}_low`], guards[`${column}_high`]];
    const { size, word, digits } = units.find(({ least }) => Math.max(value, known(high) ? high : 0) >= least);
    const format = (one) => number(one / size, digits);
    const span = range(low, high, format);
    return [h("dt", null, label), h("dd", null, h("span", { ...figureOf(`safeguards.${column}`, unit, undefined) }, `${format(value)}${word}`), span ? h("small", null, ` ${span}`) : null)];
  };
  return [
    cardHead(app, card),
    h(
      "div",
      { class: "gs-card-part gs-guard-headlines" },
      known(facade) ? headline(metres(facade), inKm ? "km" : "m", t("card.facade"), h("span", null, range(v.facade_m_low, v.facade_m_high, metres), h("br"), above(card.parent_values?.facade_m, (m) => `${number(m / 1000, m < 1e5 ? 1 : 0)} km`)), { isBad: facade > 0.5, ...figure("facade_m") }) : headline(dash(), "", t("card.facade"), why("facade_m")),
      known(v.n_dwellings) ? headline(number(v.n_dwellings), t("guard.homes"), t("measure.dwellings_in_view"), "", figure("n_dwellings")) : headline(dash(), "", t("measure.dwellings_in_view"), why("n_dwellings")),
      known(v.public_3plus_share) ? headline(percentValue(v.public_3plus_share), "%", t("measure.seen_3plus"), h("span", null, range(v.public_3plus_share_low, v.public_3plus_share_high, (share) => percentValue(share)), h("br"), above(card.parent_values?.public_3plus_share, (share) => `${percentValue(share)}%`)), figure("public_3plus_share")) : headline(dash(), "", t("measure.seen_3plus"), why("public_3plus_share")),
    ),
    guards ? h("div", { class: "gs-card-part" }, h("div", { class: "gs-card-note" }, h("b", null, t("guard.against")), h("span", null, t("safe.lower_better"))), h("dl", { class: "gs-facts is-flush" }, rows.map(line))) : null,
    h("div", { class: "gs-card-part" }, h("p", { class: "gs-note" }, t("guard.unit_note"))),
    !isPlace && app.canEnter(unit.level) ? h("div", { class: "gs-card-part" }, h("button", { type: "button", class: "gs-button is-wide", "data-focus": "enter", onclick: () => app.enter(unit) }, t("card.enter"))) : null,
    foot(app),
  ];
}

/** One sentence for screen readers. */
export function cameraSentence({ cameras, chosen }) {
  const { row, record } = chosen;
  const name = row >= 0 ? cameraLabel(cameras, row) : record?.uid;
  const facade = row >= 0 ? cameras.facade[row] : record?.facade_62_m;
  return `${name}: ${t("card.facade")} ${known(facade) ? `${number(facade)} m` : t("state.no_value")}`;
}
