/** The gap card: what is unseen in a unit, and why, as bars that fall from the whole to zero. */

import { h } from "../dom.js";
import { named, number, range, t } from "../i18n.js";
import { address } from "../atlas.js";
import { breadcrumb, codeOf, foot } from "../card.js";
import { deskHref } from "../card/desks.js";
import { reasonWords } from "../card/reasons.js";
import { figureOf } from "../evidence/figure.js";
import { icon } from "../icons.js";
import { REASONS } from "./address.js";
import { GAP_FIGURES, isLoaded, scaleFor, scaled, withUnit } from "./figures.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Left edge and width of each reason's bar, as shares of the whole: each begins where the one before it ended. */
export function stepsOf(parts) {
  const whole = parts.reduce((sum, part) => sum + part, 0) || 1;
  let left = whole;
  return parts.map((part) => {
    left -= part;
    return { left: Math.max(0, left) / whole, width: part / whole };
  });
}

function waterfall(parts, whole, words, show) {
  const steps = stepsOf(parts);
  const row = (name, kind, { left, width }, figure, next) => [
    h("dt", null, name),
    h("dd", { class: "gs-fall-track", "aria-hidden": "true" }, width > 0 ? h("span", { class: `gs-fall-bar ${kind}`, style: { left: `${100 * left}%`, width: `max(1px, ${100 * width}%)` } }) : null, next === null ? null : h("span", { class: `gs-fall-step${width > 0 ? "" : " is-through"}`, style: { left: `${100 * next}%` } })),
    h("dd", { class: "gs-fall-figure" }, figure),
  ];
  return h(
    "dl",
    { class: "gs-fall" },
    row(h("b", null, words), "is-whole", { left: 0, width: 1 }, h("b", null, show(whole)), 1),
    REASONS.map((reason, k) => row(reasonWords(reason), `gs-reason-bar is-${reason}`, steps[k], show(parts[k]), k + 1 < REASONS.length ? steps[k].left : null)),
  );
}

/** One figure of the gap in words, hidden ones by name; null where it does not apply. */
function countWords(row, answer, i) {
  if (answer.hidden?.[row.column]?.includes(i)) return `${t(`gaps.short_${row.name}`)} ${t("legend.suppressed")}`;
  const value = answer.columns[row.column]?.[i];
  if (!known(value)) return null;
  return `${t(`gaps.short_${row.name}`)}\u00a0${withUnit(row, value)}`;
}

/**
 * `rows` are the GapRows that hold unit number `i`; `figure` the row of GAP_FIGURES that is told. Of a gap `rank` is its number in the
 * table, `where` what it lies in, `closing` the part that says what closes it.
 */
export function gapCard(app, card, rows, i, figure, { rank = null, where = "", closing = null } = {}) {
  const { unit } = card;
  const { answer } = rows;
  const value = answer.columns[figure.column]?.[i];
  const isHidden = rows.isHidden(figure.column, i);
  const parts = rows.partsOf(i);
  const counts = GAP_FIGURES.filter((row) => row.name !== figure.name && isLoaded(row, app.boot)).map((row) => countWords(row, answer, i)).filter(Boolean);
  const size = scaleFor(figure, value ?? 0);
  const show = (one) => scaled(size, one);
  const interval = range(answer.columns[`${figure.column}_low`]?.[i], answer.columns[`${figure.column}_high`]?.[i], show);
  const href = deskHref(app, "coverage", unit);
  const isPlace = address(unit) === app.state.get("place");
  return [
    h(
      "div",
      { class: "gs-card-head" },
      breadcrumb(app, card),
      h("div", { class: "gs-card-title" }, h("h2", { title: where || null }, rank === null ? named(unit) : t("gaps.gap_n", { n: number(rank) })), h("span", { class: "gs-code", title: t("unit.code") }, `${where ? "G-" : ""}${codeOf(unit)}`)),
      h("p", { class: "gs-card-counts" }, counts.map((words, k) => [k ? " · " : null, h("span", { class: "gs-nowrap" }, words)])),
    ),
    h(
      "div",
      { class: "gs-card-part" },
      h("div", { class: "gs-gap-heading" }, h("b", null, t("gaps.why")), h("span", null, `≥ ${number(answer.at, answer.at % 1 ? 1 : 0)} px/m${size.unit ? `, ${size.unit}` : ""}`)),
      isHidden ? h("p", { class: "gs-note" }, t("map.suppressed")) : null,
      !isHidden && !value ? h("p", { class: "gs-note" }, t("gaps.nothing")) : null,
      !isHidden && value ? h("p", { class: "gs-gap-value" }, h("span", { class: "gs-figure", ...figureOf(`gaps.${figure.column}`, unit, answer.at) }, show(value)), h("span", { class: "gs-unit" }, size.unit), interval ? h("span", { class: "gs-gap-interval" }, `${t("measure.interval")} ${interval}`) : null) : null,
      !isHidden && value && parts ? [waterfall(parts, value, t(figure.title), show), h("p", { class: "gs-note" }, t(figure.whole))] : null,
      !isHidden && value && !parts ? h("p", { class: "gs-note" }, t("gaps.reasons_hidden")) : null,
    ),
    closing,
    isPlace || !app.canEnter(unit.level) ? null : h("div", { class: "gs-card-part" }, h("button", { type: "button", class: "gs-button is-wide", "data-focus": "enter", onclick: () => app.enter(unit) }, t("card.enter"))),
    foot(app),
    h("div", { class: "gs-card-actions" }, href ? h("a", { class: "gs-button", href, "data-focus": "to-coverage" }, icon("eye"), t("gaps.to_coverage")) : null),
  ];
}
