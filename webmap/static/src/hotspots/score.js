/** How the map that is shown did on the incidents that came after it, beside plain counts and last month. */

import { h } from "../dom.js";
import { language, number, percent, t } from "../i18n.js";
import { getJSON } from "../data.js";

/** Whose record stands beside which map. */
const METHOD_OF = { gi: "gi_star", emerging: "emerging", density: "density" };
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** The rows of a level's scores by column name, none where there are none to be had. */
export async function loadScores(atlas, level) {
  const found = await atlas.once(`scores/${level}`, () => getJSON("/api/table/scores", { level })).catch(() => null);
  const names = found?.columns.map(({ column }) => column);
  return found?.rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell]))) ?? [];
}

/** The row of the map of `measure`: the mean of its months. */
export const scoreOf = (rows, measure) => rows.find((row) => row.method === METHOD_OF[measure] && row.period === "all") ?? null;

function bars(row) {
  const shown = [[row.method, row.pai], ["baseline", row.counts_pai], ["last_month", row.last_month_pai]].filter(([, pai]) => known(pai));
  const most = Math.max(...shown.map(([, pai]) => pai));
  return h(
    "div",
    { class: "gs-scores" },
    shown.map(([name, pai]) => [
      h("span", null, t(`score.${name}`)),
      h("span", { class: "gs-score-track", "aria-hidden": "true" }, h("span", { class: `gs-score-bar${name === row.method ? " is-own" : ""}`, style: { width: `${most > 0 ? (pai / most) * 100 : 0}%` } })),
      h("b", null, number(pai, 2)),
    ]),
  );
}

/** The record `row` in words and bars; `notes` are said under it. */
export function scorePart(row, notes = []) {
  if (!row) return null;
  const verdict = row[`verdict_${language()}`] || t("map.suppressed");
  const side = known(row.pai) ? h("span", null, t("score.side", { n: number(row.n_origins) })) : null;
  const caught = known(row.pai) ? t("score.of", { share: percent(row.hit_share), area: percent(row.area_share, 2), pei: number(row.pei, 2), rri: number(row.rri, 2) }) : null;
  return h(
    "div",
    { class: "gs-card-part" },
    h("div", { class: "gs-card-note" }, h("b", null, t("score.title")), side),
    known(row.pai) ? bars(row) : null,
    [verdict, caught, ...(caught ? notes : [])].filter(Boolean).map((line) => h("p", { class: "gs-note" }, line)),
  );
}
