/** Column 1: emerging or hot units, worst first, each with the sentence that says why. */

import { h } from "../dom.js";
import { named, number, t } from "../i18n.js";
import { unitOf } from "../atlas.js";
import { figureOf } from "../evidence/figure.js";
import { chip, labelWords } from "./emerging.js";
import { giChip } from "./legend.js";

const ROWS = 12;
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** Why unit `i` is listed. */
function why(classes, i, name) {
  if (classes.kind === "emerging") {
    const because = classes.because(i);
    return because ? `${labelWords(name)}${t("punct.colon")}${because}` : labelWords(name);
  }
  if (classes.hiddenIn("n_incidents").has(i)) return t("map.suppressed");
  if (classes.kind === "density") return t("kde.row", { n: number(classes.column("n_incidents")[i]), density: number(classes.perKm2(i), classes.perKm2(i) < 10 ? 1 : 0) });
  const [n, expected] = [classes.column("n_incidents")[i], classes.column("expected")[i]];
  if (!known(n)) return classes.words(i);
  if (!known(expected) || expected <= 0) return t("hot.n_cases", { n: number(n) });
  return t("hot.because", { n: number(n), expected: number(expected, expected < 10 ? 1 : 0), ratio: number(n / expected, 1) });
}

/** The nearest unit above whose name the unit's own does not repeat. */
function parentName(desk, unit) {
  let code = unit.parent;
  for (const above of desk.above) {
    const parent = above.get(code);
    if (!parent) return "";
    if (!named(unit).startsWith(named(parent))) return named(parent);
    code = parent.parent;
  }
  return "";
}

function row(desk, { i, name }) {
  const { app, classes, frame } = desk;
  const unit = unitOf(frame.units, i);
  const isOn = app.selected?.level === unit.level && app.selected?.code === unit.code;
  const isEmerging = classes.kind === "emerging";
  const figure = isEmerging ? "emerging.label" : "hotspots.hotspot";
  const evidence = isEmerging && classes.emerging.method ? "window.label" : figure;
  return h(
    "button",
    { type: "button", class: `gs-hot-row${isOn ? " is-on" : ""}${classes.kind === "density" ? " is-plain" : ""}`, "aria-pressed": String(isOn), "data-focus": `hot-${unit.code}`, onclick: () => app.select(unit) },
    classes.kind === "density" ? null : isEmerging ? chip(name) : giChip(name),
    h("span", { class: "gs-hot-name" }, named(unit)),
    h("span", { class: "gs-hot-parent" }, parentName(desk, unit)),
    h("span", { class: "gs-hot-why", ...figureOf(evidence, unit, null, { isIn: true }) }, why(classes, i, name)),
  );
}

/** Filters that can be given up, with how many incidents there would be then, most first. */
function emptied(desk) {
  const { app, headline } = desk;
  const KEYS = { days: ["period"], hours: ["hours"], weekdays: ["hours"], categories: ["cat"], channels: ["ch"] };
  const rest = Object.entries(headline?.n_without ?? {}).filter(([name, n]) => KEYS[name] && n > 0).sort((a, b) => b[1] - a[1]);
  return h(
    "div",
    { class: "gs-hot-empty", role: "status" },
    h("p", null, t("hot.empty_filter")),
    rest.map(([name, n]) => h("button", { type: "button", class: "gs-button", "data-focus": `without-${name}`, onclick: () => app.state.set(Object.fromEntries(KEYS[name].map((key) => [key, null]))) }, t(`hot.without_${name}`, { n: number(n) }))),
  );
}

export function hotList(desk) {
  const { app, classes } = desk;
  const rows = classes.listed();
  const shown = desk.allRows ? rows : rows.slice(0, ROWS);
  const title = t({ emerging: "emerging.why", gi: "hot.table", density: "kde.list" }[classes.kind]);
  const more = rows.length > ROWS ? h("button", { type: "button", class: "gs-link", "data-focus": "hot-all", onclick: () => desk.showAll(!desk.allRows) }, desk.allRows ? t("hot.fewer") : t("hot.all", { n: number(rows.length) })) : null;
  const nothing = classes.kind === "density" ? "kde.nothing" : classes.kind === "emerging" ? "emerging.nothing" : "hot.nothing";
  const isHidden = classes.counts.hidden === classes.numbers.length && classes.numbers.length > 0;
  const isEmpty = desk.headline?.n_wanted === 0;
  return h(
    "section",
    { class: `gs-hot-list${desk.play.isOn ? " is-waiting" : ""}`, "aria-label": title },
    h("div", { class: "gs-heading" }, h("h2", null, title), h("div", { class: "gs-heading-side" }, more)),
    isEmpty ? emptied(desk) : shown.map((one) => row(desk, one)),
    rows.length || isEmpty ? null : h("p", { class: "gs-note" }, isHidden ? t("hot.all_hidden", { n: number(app.boot.min_count) }) : t(nothing)),
  );
}
