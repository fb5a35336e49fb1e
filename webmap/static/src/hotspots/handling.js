/** What becomes of the incidents of a place: shares with their intervals, and days until cases are closed. */

import { h, s } from "../dom.js";
import { isStandalone } from "../data.js";
import { incidentWord, number, percentValue, range, t, words } from "../i18n.js";
import { figureOf } from "../evidence/figure.js";
import { measureLine } from "../figures.js";

const SHARES = [["close_share", "rate.close"], ["solve_share", "rate.solve"], ["on_time_share", "rate.on_time"], ["mediation_share", "rate.mediation"]];
const WIDE = 150;
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Which days the rates are of, so that they are not taken for those of the month on top. */
export const periodWords = ({ period }) => (period ? t("standing.period", { first: period.first, last: period.last }) : "");

/** Where the evidence of shares is: in the table of units for who sees its rows, else beside what stands here, with the groups. */
export const roomOf = ({ app, chosen, standing }) => (standing.follows && !chosen.isAny && (isStandalone() || app.boot.may?.export) ? "rates" : "standing");

/** Close rate beside solve rate: cases can be closed and come again. */
export function ratesPart(desk) {
  const { app, standing } = desk;
  const rows = SHARES.filter(([name]) => known(standing.rates[name].value) || standing.rates[name].hidden);
  if (!rows.length) return h("div", { class: "gs-card-part" }, h("p", { class: "gs-note" }, t("rate.title"), t("punct.colon"), t("rate.none")));
  return h(
    "section",
    { class: "gs-card-part gs-handling", "aria-label": t("rate.title") },
    h("div", { class: "gs-heading" }, h("h2", null, t("rate.title")), h("div", { class: "gs-heading-side" }, t("rate.wilson"))),
    rows.map(([name, key]) => {
      const { value, low, high, hidden } = standing.rates[name];
      const line = measureLine(t(key), value, low, high, name === "on_time_share" ? standing.on_time_target : null, t("map.no_data"), hidden, figureOf(`${roomOf(desk)}.${name}`, app.place));
      if (known(value)) line.append(h("span", { class: "gs-handling-range" }, range(low, high, (one) => percentValue(one))));
      return line;
    }),
    h("p", { class: "gs-note" }, [periodWords(standing), t("rate.close_note")].filter(Boolean).join(" ")),
  );
}

export const channelName = (key) => (key === "" ? t("waiting.no_channel") : incidentWord("channel", key));

/** Median days by channel, open cases counted. */
export function waitingPart(desk) {
  const { app, standing } = desk;
  const rows = (standing.waiting ?? []).filter((row) => row.n || row.hidden.length);
  if (!rows.length) return null;
  const title = h("div", { class: "gs-heading" }, h("h2", null, t("waiting.title")), h("div", { class: "gs-heading-side" }, t("waiting.side")));
  if (standing.note) return h("section", { class: "gs-card-part gs-waiting", "aria-label": t("waiting.title") }, title, h("p", { class: "gs-note", role: "note" }, words(standing.note)));
  const most = Math.max(...rows.flatMap((row) => [row.median_days, row.median_days_high]).filter(known), 1e-9) * 1.1;
  const at = (days) => (days / most) * WIDE;
  const line = (row, i) => {
    const y = 7;
    const isHidden = row.hidden.includes("median_days");
    const told = known(row.median_days);
    return h(
      "div",
      { class: "gs-waiting-row" },
      h("span", { class: "gs-waiting-name" }, channelName(row.key)),
      s("svg", { class: "gs-dotline", viewBox: `0 0 ${WIDE} 14`, width: WIDE, height: 14, "aria-hidden": "true" }, s("line", { x1: 0, x2: WIDE, y1: y, y2: y, class: "gs-dotline-base" }), told && known(row.median_days_low) ? s("line", { x1: at(row.median_days_low), x2: known(row.median_days_high) ? Math.max(at(row.median_days_high), at(row.median_days_low) + 1) : WIDE, y1: y, y2: y, class: "gs-dotline-range" }) : null, told ? s("circle", { cx: at(row.median_days), cy: y, r: 4, class: "gs-dotline-dot" }) : null),
      told ? h("b", figureOf(`waiting.${i}`, app.place), t("waiting.days", { n: number(row.median_days, 1) })) : h("span", { class: "is-absent" }, isHidden ? t("map.suppressed") : t("waiting.not_reached")),
      h("span", { class: "gs-waiting-open" }, isHidden ? "" : t("waiting.open", { n: number(row.n_open) })),
    );
  };
  return h(
    "section",
    { class: "gs-card-part gs-waiting", "aria-label": t("waiting.title") },
    title,
    rows.map(line),
    h("p", { class: "gs-note" }, periodWords(standing)),
  );
}
