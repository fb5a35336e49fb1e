/** Hour of the day by weekday as cells; a rectangle of them, drawn by pointer or by Shift and arrows, is what is kept. */

import { h, paint, s } from "../dom.js";
import { number, t } from "../i18n.js";

const DAYS = 7;
const HOURS = 24;
const CELL = [7.8, 11];
const STEPS = 5;

/** The rectangle between two cells [day, hour], both counted. */
export const rectangle = ([day, hour], [otherDay, otherHour]) => ({ days: [Math.min(day, otherDay), Math.max(day, otherDay)], hours: [Math.min(hour, otherHour), Math.max(hour, otherHour)] });

const isAll = ({ days, hours }) => days[0] === 0 && days[1] === DAYS - 1 && hours[0] === 0 && hours[1] === HOURS - 1;

export class HourCells {
  /** `dayName(0..6)` is short; `onChange(rectangle | null)`, days and hours from 0. */
  constructor({ label, dayName, onChange }) {
    Object.assign(this, { dayName, onChange });
    this.counts = new Float64Array(DAYS * HOURS);
    this.kept = null;
    this.cursor = [0, 8];
    this.start = null;
    this.svg = s("svg", { class: "gs-cells", viewBox: `0 0 ${CELL[0] * HOURS} ${CELL[1] * DAYS}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.area = h("div", { class: "gs-cells-area", tabindex: "0", role: "slider", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": DAYS * HOURS - 1, "aria-orientation": "horizontal", title: t("gaps.hours_hint"), "data-focus": "cells", onkeydown: (event) => this.key(event), onpointerdown: (event) => this.press(event), ondblclick: () => this.choose(null) }, this.svg);
    this.scale = h("div", { class: "gs-cells-scale", "aria-hidden": "true" }, [0, 6, 12, 18, 24].map((hour) => h("span", { style: { left: `${(100 * hour) / HOURS}%` } }, String(hour))));
    this.node = h("div", { class: "gs-cells-grid" }, h("div", { class: "gs-cells-days", "aria-hidden": "true" }, Array.from({ length: DAYS }, (_, day) => h("span", null, day % 2 ? "" : dayName(day)))), h("div", { class: "gs-cells-body" }, this.area, this.scale));
  }

  /** Counts of the hours of the week under all other filters, and the rectangle in force. */
  show(counts, kept) {
    Object.assign(this, { counts, kept });
    this.draw();
  }

  most() {
    return Math.max(1, ...this.counts);
  }

  isKept(day, hour) {
    const { kept } = this;
    return !kept || (day >= kept.days[0] && day <= kept.days[1] && hour >= kept.hours[0] && hour <= kept.hours[1]);
  }

  draw() {
    const most = this.most();
    const [width, height] = CELL;
    const cells = [];
    for (let day = 0; day < DAYS; day += 1) {
      for (let hour = 0; hour < HOURS; hour += 1) {
        const n = this.counts[day * HOURS + hour];
        const step = n ? Math.min(STEPS, 1 + Math.floor((STEPS * n) / (most + 1))) : 0;
        cells.push(s("rect", { x: hour * width, y: day * height, width: width - 0.6, height: height - 1, class: `${this.isKept(day, hour) ? `is-step-${step}` : step ? "is-out" : "is-step-0"}` }));
      }
    }
    const box = (shown, kind) => s("rect", { x: shown.hours[0] * width - 0.6, y: shown.days[0] * height - 0.6, width: (shown.hours[1] - shown.hours[0] + 1) * width, height: (shown.days[1] - shown.days[0] + 1) * height, class: kind });
    paint(this.svg, cells, this.kept ? box(this.kept, "is-frame") : null, box(rectangle(this.cursor, this.start ?? this.cursor), "is-cursor"));
    const [day, hour] = this.cursor;
    this.area.setAttribute("aria-valuenow", day * HOURS + hour);
    this.area.setAttribute("aria-valuetext", t("gaps.hours_cell", { day: this.dayName(day), hour, n: number(this.counts[day * HOURS + hour]) }));
  }

  choose(found) {
    this.kept = found && isAll(found) ? null : found;
    this.draw();
    this.onChange(this.kept);
  }

  key(event) {
    const [day, hour] = this.cursor;
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -hour], End: [0, HOURS - 1 - hour] }[event.key];
    const isPick = ["Enter", " "].includes(event.key);
    const isClear = ["Delete", "Backspace"].includes(event.key);
    if (!step && !isPick && !isClear) return;
    event.preventDefault();
    event.stopPropagation();
    if (isClear) this.choose(null);
    else if (isPick) {
      this.choose(rectangle(this.cursor, this.start ?? this.cursor));
      this.start = null;
    } else {
      this.start = event.shiftKey ? (this.start ?? this.cursor) : null;
      this.cursor = [Math.min(DAYS - 1, Math.max(0, day + step[0])), Math.min(HOURS - 1, Math.max(0, hour + step[1]))];
      if (event.shiftKey) this.choose(rectangle(this.cursor, this.start));
      else this.draw();
    }
  }

  press(event) {
    event.preventDefault();
    this.area.focus({ preventScroll: true });
    const box = this.area.getBoundingClientRect();
    const under = ({ clientX, clientY }) => [Math.min(DAYS - 1, Math.max(0, Math.floor((DAYS * (clientY - box.top)) / box.height))), Math.min(HOURS - 1, Math.max(0, Math.floor((HOURS * (clientX - box.left)) / box.width)))];
    const first = under(event);
    this.start = null;
    this.area.setPointerCapture(event.pointerId);
    const drag = (pointer) => {
      this.cursor = under(pointer);
      this.choose(rectangle(first, this.cursor));
    };
    this.area.addEventListener("pointermove", drag);
    this.area.addEventListener("lostpointercapture", () => this.area.removeEventListener("pointermove", drag), { once: true });
    drag(event);
  }
}
