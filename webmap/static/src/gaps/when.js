/** Months, hours, channels and categories of the incidents at the gaps, as filters in the panel. */

import { h, paint } from "../dom.js";
import { incidentWord, number, t } from "../i18n.js";
import { section } from "../controls.js";
import { filterBars, toggled } from "../filters/bars.js";
import { HistogramBrush } from "../filters/brush.js";
import { HourCells } from "../filters/cells.js";
import { parseHours } from "../when.js";
import { DAYS, HOURS, daysOf, monthsOf, numbersOf } from "./incidents.js";

const WORDED = [["ch", "channel"], ["cat", "category"]];

export const dayName = (day) => t(`day.${day + 1}`);

const spanText = ([first, last]) => (first === last ? String(first) : `${first}-${last}`);

/** A rectangle of cells as the address has it: "1-5@8-17", or hours alone where all days are in it. */
export const hoursOf = ({ days, hours }) => (days[0] === 0 && days[1] === DAYS - 1 ? spanText(hours) : `${spanText(days.map((day) => day + 1))}@${spanText(hours)}`);

/** The rectangle round what the address says; null for all. */
export function rectangleOf(text) {
  const read = text ? parseHours(text) : null;
  if (!read) return null;
  const ends = (numbers) => [Math.min(...numbers), Math.max(...numbers)];
  return { days: ends([...numbersOf(read.weekdays ?? "1-7", 1, 7)]).map((day) => day - 1), hours: ends([...numbersOf(read.hours, 0, 23)]) };
}

/** "17–22 h", with the weekdays where not all are in it. */
export function hoursWords(text) {
  const { days, hours } = rectangleOf(text);
  const clock = t("gaps.hours_span", { from: hours[0], to: hours[1] + 1 });
  if (days[0] === 0 && days[1] === DAYS - 1) return clock;
  return `${days[0] === days[1] ? dayName(days[0]) : `${dayName(days[0])}–${dayName(days[1])}`} ${clock}`;
}

export const periodWords = (period) => [...new Set(period.split("/").map((day) => day.slice(0, 7)))].join("–");

export class WhenPanel {
  /** `desk` has filters and tells what is set: `setIncidents(patch)`. */
  constructor(desk) {
    this.desk = desk;
    this.node = h("div", { class: "gs-when" });
  }

  /** The nodes that are dragged last; made anew where the incidents are others. */
  build(incidents, language) {
    if (this.incidents === incidents && this.language === language) return;
    Object.assign(this, { incidents, language });
    const { months } = incidents;
    const last = months.length;
    const label = t("gaps.months");
    const ticks = last > 2 ? [0, Math.floor(last / 2), last] : [0, last];
    this.brush = new HistogramBrush({ name: "months", label, lowLabel: t("gaps.from"), highLabel: t("gaps.to"), edges: Array.from({ length: last + 1 }, (_, k) => k), ticks, colour: "var(--accent)", shown: (k) => months[Math.min(k, last - 1)], onChange: (range) => this.desk.setIncidents({ period: range && daysOf(months, range) }) });
    this.cells = new HourCells({ label: t("gaps.hours"), dayName, onChange: (found) => this.desk.setIncidents({ hours: found && hoursOf(found) }) });
    this.ramp = h("span", { class: "gs-side-words gs-cells-ramp" });
    this.words = WORDED.map(([key, name]) => ({ key, name, slot: h("div") }));
    paint(
      this.node,
      last > 1 ? section({ id: "gs-months", label }, h("span", { class: "gs-side-words" }, t("gaps.at_gaps")), this.brush.node) : null,
      section({ id: "gs-hours", label: t("gaps.hours") }, this.ramp, this.cells.node),
      this.words.map(({ slot }) => slot),
    );
  }

  paint(incidents, language) {
    this.build(incidents, language);
    const { state } = this.desk.app;
    const { months } = incidents;
    const span = monthsOf(months, state.get("period"));
    this.brush.show(incidents.by("months", "month", months.length).under, span && [span[0], span[1] >= months.length ? null : span[1]]);
    this.cells.show(incidents.by("hours", "hour", DAYS * HOURS).under, rectangleOf(state.get("hours")));
    paint(this.ramp, "0", h("span", { class: "gs-cells-steps", "aria-hidden": "true" }, [1, 2, 3, 4, 5].map((k) => h("i", { class: `is-step-${k}` }))), t("hot.n_cases", { n: number(this.cells.most()) }));
    this.words.forEach((row) => this.paintWords(row, incidents));
  }

  paintWords({ key, name, slot }, incidents) {
    const { desk } = this;
    const words = incidents.words[name];
    const chosen = desk.app.state.get(key) ?? [];
    if (words.length < 2) return;
    const { under, kept } = incidents.by(name, name, words.length);
    const whole = under.reduce((sum, n) => sum + n, 0) || 1;
    const rows = words.map((word, k) => ({ value: word, label: incidentWord(name, word), under: under[k], kept: kept[k], figure: `${number((100 * under[k]) / whole)}%`, on: chosen.includes(word) })).filter(({ value }) => value !== "…").sort((a, b) => b.under - a.under);
    const set = (word) => {
      const next = toggled(chosen, word);
      desk.setIncidents({ [key]: next.length ? next : null });
    };
    paint(slot, section({ id: `gs-${name}`, label: t(`incident.${name}`) }, h("span", { class: "gs-side-words" }, t("gaps.share_of_incidents")), filterBars({ name: key, label: t(`incident.${name}`), rows, onToggle: set })));
  }
}
