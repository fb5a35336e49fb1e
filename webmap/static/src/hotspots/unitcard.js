/** The unit that is selected, or the place where it is not the whole home: what the map says of it. */

import { h } from "../dom.js";
import { named, number, percent, percentValue, range, t } from "../i18n.js";
import { breadcrumb, codeOf } from "../card.js";
import { figureOf } from "../evidence/figure.js";
import { classKey } from "./classes.js";
import { chip, labelWords } from "./emerging.js";
import { giChip } from "./legend.js";

const SHARES = [["on_time_share", "rate.on_time"], ["close_share", "rate.close"], ["solve_share", "rate.solve"]];
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** The class of the unit on the map that is shown: glyph or sign, its name, and why. */
function classLine({ classes, frame }, unit) {
  const i = frame.level === unit.level ? frame.units.position.get(unit.code) : undefined;
  if (i === undefined || classes.kind === "density") return null;
  const name = classes.of(i);
  const isTold = name && !classes.hidden.has(i);
  const mark = !isTold || name === "island" ? null : classes.kind === "emerging" ? chip(name) : giChip(name);
  const words = isTold ? (classes.kind === "emerging" ? labelWords(name) : t(classKey(name))) : classes.words(i);
  const because = classes.because(i);
  return [h("p", { class: "gs-card-class" }, mark, words), because ? h("p", { class: "gs-note" }, because) : null];
}

export function unitCard(desk, card) {
  const { app } = desk;
  const hidden = new Set(card.hotspot?.hidden ?? card.hidden ?? []);
  const hasPeers = app.atlas.level(card.unit.level)?.n > 1;
  const facts = [];
  const add = (key, column, format) => {
    const value = card.hotspot?.[column];
    if (hidden.has(column)) facts.push([t(key), t("map.suppressed")]);
    else if (known(value)) facts.push([t(key), h("span", figureOf(`hotspots.${column}`, card.unit), format(value))]);
  };
  add("hot.incidents", "n_incidents", (value) => number(value));
  if (hasPeers) add("hot.expected", "expected", (value) => number(value, 1));
  add("stat.z", "z", (value) => number(value, 2));
  add("stat.q", "q", (value) => (value < 0.001 ? "< 0.001" : number(value, 3)));
  for (const [column, key] of SHARES) {
    const value = card.rates?.[column];
    if (!known(value)) continue;
    const span = range(card.rates[`${column}_low`], card.rates[`${column}_high`], (share) => percentValue(share));
    facts.push([t(key), [h("span", figureOf(`rates.${column}`, card.unit), percent(value)), h("small", null, ` ${span}`)]]);
  }
  return h(
    "section",
    { class: "gs-hot-card", "aria-label": t("card.title") },
    h("div", { class: "gs-card-head" }, breadcrumb(app, card), h("div", { class: "gs-card-title" }, h("h2", null, named(card.unit)), h("span", { class: "gs-code" }, codeOf(card.unit))), hasPeers ? classLine(desk, card.unit) : null),
    facts.length ? h("dl", { class: "gs-facts" }, facts.map(([label, value]) => [h("dt", null, label), h("dd", null, value)])) : null,
    desk.chosen.isAny ? h("p", { class: "gs-note gs-hot-card-note" }, t("card.all_incidents")) : null,
  );
}
