/** The strip under the planner's map: month-end values of the card's unit, and the month that the map shows. */

import { h, paint } from "../dom.js";
import { icon } from "../icons.js";
import { breakLabel, named, number, t } from "../i18n.js";
import { getJSON, isStandalone } from "../data.js";
import { measureRow } from "../measures.js";
import { monthBar, pointWords } from "./bar.js";
import { changeOf, pointOf } from "./months.js";

/** Month-end values of a unit; asked once. */
export const unitMonths = (app, unit) => app.atlas.once(`history/${unit.level}/${unit.code}`, () => getJSON("/api/history", { level: unit.level, code: unit.code }));

/** All units of a level at the end of `month`, as metrics are. */
export const monthMetrics = (app, month, level) => app.atlas.once(`history/${month}/${level}`, () => getJSON(`/api/history/${month}`, { level }));

export const hasTimeline = (boot) => Boolean(boot.available?.cameras) && !isStandalone();

/** "+8.4 points", with its sign. */
export const pointsWords = (points) => t("timeline.points", { n: `${points > 0 ? "+" : ""}${number(points, 1)}` });

/** A card with the month's values in the place of today's; what is not kept is left out. */
export function cardOfMonth(card, told, parentTold, month) {
  const record = told?.months.find((one) => one.month === month);
  const above = parentTold?.months.find((one) => one.month === month);
  const absent = Object.fromEntries(Object.keys(card.values ?? {}).filter((name) => !(name in (record?.values ?? {}))).map((name) => [name, null]));
  return { ...card, at: told?.at ?? card.at, values: { ...absent, ...record?.values }, parent_values: above?.values ?? {}, hidden: record?.hidden ?? [], rank: {}, cameras: null, gap: null, unit: { ...card.unit, nearest_camera_median_m: null, hidden: [] }, month };
}

export class Timeline {
  constructor(app) {
    this.app = app;
  }

  /** Draw the months of `unit`; the old picture stays until they are here. */
  async show(unit) {
    const { app } = this;
    if (!hasTimeline(app.boot)) return;
    this.asked = unit;
    try {
      const told = await unitMonths(app, unit);
      if (this.asked === unit) this.paint(unit, told);
    } catch (fault) {
      if (this.asked === unit) paint(app.shell.bottom, h("p", { class: "gs-timeline-since" }, app.faultWords(fault)));
    }
  }

  paint(unit, { months, at: density }) {
    const { app } = this;
    const { state, shell } = app;
    const row = measureRow(state.get("measure"));
    const points = months.map((record) => pointOf(record, row.column));
    const place = (month) => points.findIndex((point) => point.month === month);
    const last = points.length - 1;
    const at = state.get("snap") && place(state.get("snap")) >= 0 ? place(state.get("snap")) : last;
    const other = state.get("cmp") ? place(state.get("cmp")) : -1;
    const compared = other >= 0 && other !== at ? other : null;
    const moved = new Set(months.flatMap((record, i) => (record.has_same_boundaries ? [] : [i])));
    const head = points[at];
    paint(
      shell.bottom,
      h(
        "div",
        { class: "gs-timeline" },
        h("div", { class: "gs-timeline-words" }, h("span", { class: "gs-timeline-unit" }, named(unit)), h("b", null, t("timeline.title", { measure: `${t(row.short)} %` })), this.noteOf(points, at, compared, density)),
        last > 0 ? monthBar({ points, at, compared, moved, onPick: (i) => this.pick(points, i), onCompare: (i) => this.compare(points, at, i) }) : h("p", { class: "gs-timeline-since" }, pointWords(head), h("br"), t("timeline.since", { month: head.month })),
        last > 0 ? h("div", { class: "gs-timeline-figure" }, head.state === "value" ? breakLabel(Math.round(head.value * 10) / 10) : t("state.none"), compared === null ? null : this.stopButton()) : null,
      ),
    );
  }

  /** Under the title: the two months compared, or the change over all. */
  noteOf(points, at, compared, density) {
    const { state } = this.app;
    if (state.get("at") !== density && points.length > 1 && compared === null) return h("span", { class: "gs-timeline-note" }, t("timeline.density", { at: breakLabel(density), now: breakLabel(state.get("at")) }));
    const [from, to] = compared === null ? [points[0], points[at]] : [points[Math.min(at, compared)], points[Math.max(at, compared)]];
    const change = points.length > 1 ? changeOf(from, to) : null;
    if (!change) return h("span", { class: "gs-timeline-note" });
    if (compared === null) return h("span", { class: "gs-timeline-note" }, t("timeline.span", { n: number(at + 1), change: pointsWords(change.points) }));
    return h("span", { class: "gs-timeline-note" }, t("timeline.compared", { from: from.month, to: to.month, change: pointsWords(change.points), how: t(change.isWithin ? "timeline.within" : "timeline.apart") }));
  }

  stopButton() {
    const label = t("timeline.uncompare");
    return h("button", { type: "button", class: "gs-icon-button is-small", "aria-label": label, title: label, "data-focus": "timeline-uncompare", onclick: () => this.app.state.set({ cmp: null }) }, icon("close", 12));
  }

  pick(points, i) {
    this.app.state.set({ snap: i === points.length - 1 ? null : points[i].month });
  }

  compare(points, at, i) {
    this.app.state.set({ cmp: i === at ? null : points[i].month });
  }
}
