/** The parts of a place as one figure: rates with intervals, brackets round those that cannot be told apart, on-time rates against the target. */

import { h, s } from "../dom.js";
import { named, number, percent, percentValue, range, t } from "../i18n.js";
import { unitOf } from "../atlas.js";
import { figureOf } from "../evidence/figure.js";
import { periodWords, roomOf } from "./handling.js";

const ROW = 24;
const WIDE = 60;
const LANE = 6;
const known = (value) => typeof value === "number" && Number.isFinite(value);

/** The scale that holds all intervals, with a little room at either end: value to 0..1. */
export function scaleOf(values) {
  const shown = values.filter(known);
  const [least, most] = shown.length ? [Math.min(...shown), Math.max(...shown)] : [0, 1];
  const room = (most - least) * 0.06 || Math.max(Math.abs(most) * 0.1, 0.01);
  return (value) => (value - least + room) / (most - least + 2 * room);
}

/** The lane of each bracket, from 0: brackets that share a row stand side by side. `spans` are [first, last] rows. */
export function lanesOf(spans) {
  const ends = [];
  return spans.map(([first, last]) => {
    const free = ends.findIndex((end) => end < first);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = last;
    return lane;
  });
}

/** A dot with its interval in a row of the figure. */
const dot = (at, value, low, high, y, isBad) => [
  known(low) && known(high) ? s("line", { x1: at(low), x2: Math.max(at(high), at(low) + 1), y1: y, y2: y, class: `gs-dotline-range${isBad ? " is-bad" : ""}` }) : null,
  s("circle", { cx: at(value), cy: y, r: 4, class: `gs-dotline-dot${isBad ? " is-bad" : ""}` }),
];

function plot(rows, { value, low, high, isBad, target, label }) {
  const share = scaleOf([...rows.flatMap((row) => [low(row), high(row), value(row)]), target]);
  const at = (one) => share(one) * WIDE;
  const tall = rows.length * ROW;
  return s(
    "svg",
    { class: "gs-parts-plot", viewBox: `0 0 ${WIDE} ${tall}`, width: WIDE, height: tall, role: "img", "aria-label": label },
    rows.map((row, i) => (known(value(row)) ? dot(at, value(row), low(row), high(row), (i + 0.5) * ROW, isBad?.(row)) : null)),
    known(target) ? s("line", { x1: at(target), x2: at(target), y1: 0, y2: tall, class: "gs-parts-target" }) : null,
  );
}

function brackets(rows, groups) {
  const place = new Map(rows.map((row, i) => [row.code, i]));
  const members = groups.map((codes) => codes.map((code) => place.get(code)).sort((a, b) => a - b));
  const lanes = lanesOf(members.map((group) => [group[0], group.at(-1)]));
  const wide = Math.max(1, ...lanes.map((lane) => lane + 1)) * LANE + 4;
  const tall = rows.length * ROW;
  const path = (group, lane) => {
    const x = wide - 4 - lane * LANE;
    const y = (i) => (i + 0.5) * ROW;
    return `M${x} ${y(group[0])}V${y(group.at(-1))}${group.map((i) => `M${x} ${y(i)}h4`).join("")}`;
  };
  return s("svg", { class: "gs-parts-brackets", viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall, "aria-hidden": "true" }, members.map((group, k) => s("path", { d: path(group, lanes[k]) })));
}

/** `parts` of `/api/standing`, `units` of their level; the figures are evidence under "standing." or, of all incidents, of the table rates. */
export function partsFigure(desk, parts, units) {
  const { app, standing } = desk;
  const { rows, brackets: groups } = parts;
  const target = standing.on_time_target;
  const shown = rows.filter((row) => units.position.has(row.code));
  const isMissed = (row) => row.on_time.verdict === "missed";
  const hasTimes = shown.some((row) => known(row.on_time.value) || row.on_time.hidden);
  const unitAt = (row) => unitOf(units, units.position.get(row.code));
  const label = t("parts.title", { level: app.levelTitle(parts.level) });
  const bracketed = new Map(groups.flatMap((codes) => codes.map((code) => [code, codes])));
  const name = (row) => {
    const unit = unitAt(row);
    const others = (bracketed.get(row.code) ?? []).filter((code) => code !== row.code).map((code) => named(unitOf(units, units.position.get(code))));
    return h("button", { type: "button", class: "gs-parts-name", title: others.length ? t("parts.like", { names: others.join(t("punct.comma")) }) : named(unit), "data-focus": `part-${row.code}`, onclick: () => app.select(unit) }, named(unit));
  };
  const rateOf = (row) => (known(row.eb_rate) ? h("span", figureOf("standing.eb_rate", unitAt(row)), number(row.eb_rate, row.eb_rate < 10 ? 1 : 0)) : h("span", { class: "is-absent" }, t(row.hidden ? "map.suppressed" : "map.no_data")));
  const onTime = (row) => {
    const { value, low, high, hidden } = row.on_time;
    if (!known(value)) return h("span", { class: "is-absent" }, hidden ? t("map.suppressed") : t("state.none"));
    const figure = `${roomOf(desk)}.on_time_share`;
    return h("b", { class: isMissed(row) ? "is-bad" : "", title: range(low, high, (one) => percentValue(one)), ...figureOf(figure, unitAt(row)) }, percentValue(value));
  };
  const column = (cells) => h("div", { class: "gs-parts-column" }, cells);
  const per = t(parts.unit.includes("residents") ? "parts.per_1000" : "parts.per_km2");
  return h(
    "section",
    { class: "gs-card-part gs-parts", "aria-label": label },
    h("div", { class: "gs-heading" }, h("h2", null, label), h("div", { class: "gs-heading-side" }, t("parts.eb"))),
    h(
      "div",
      { class: `gs-parts-grid${hasTimes ? "" : " is-short"}` },
      h("span", { class: "gs-parts-head is-rate" }, per),
      hasTimes ? h("span", { class: "gs-parts-head is-time" }, t("parts.on_time")) : null,
      column(shown.map(name)),
      brackets(shown, groups),
      plot(shown, { value: (row) => row.eb_rate, low: (row) => row.eb_low, high: (row) => row.eb_high, label: per }),
      column(shown.map(rateOf)),
      hasTimes ? plot(shown, { value: (row) => row.on_time.value, low: (row) => row.on_time.low, high: (row) => row.on_time.high, isBad: isMissed, target, label: t("parts.on_time") }) : null,
      hasTimes ? column(shown.map(onTime)) : null,
    ),
    h("p", { class: "gs-note" }, [groups.length ? t("parts.brackets", { n: number(groups.length) }) : t("parts.apart"), hasTimes ? t("parts.target", { target: percent(target, 0) }) : "", periodWords(standing)].filter(Boolean).join(" ")),
  );
}
