/** Plays the window of months forward, one step a second; a reader who wants less motion gets one in two. */

import { askClasses, askDensity, askHeadline, askLabels } from "./asking.js";
import { moved, playFrom } from "./window.js";

const STEP_MS = 1000;
const CALM_STEP_MS = 2000;
const WAIT_MS = 60;
const AHEAD = 2;

export class Play {
  /** `desk.months` are the whole months; `desk.shownPeriod` is the period that is drawn. */
  constructor(desk) {
    this.desk = desk;
    this.timer = null;
    desk.app.state.on((changed) => this.isOn && [...changed].some((key) => !["period", "z", "c"].includes(key)) && this.stop());
  }

  get isOn() {
    return this.timer !== null;
  }

  get period() {
    return this.desk.app.state.get("period");
  }

  get canPlay() {
    return playFrom(this.period, this.desk.months) !== this.period && playFrom(this.period, this.desk.months) !== null;
  }

  canStep(by) {
    return moved(by, this.period, this.desk.months) !== null;
  }

  toggle() {
    if (this.isOn) this.stop();
    else if (this.canPlay) this.start();
  }

  start() {
    const isCalm = window.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
    this.every_ms = isCalm ? CALM_STEP_MS : STEP_MS;
    this.timer = setTimeout(() => this.tick(), this.every_ms);
    this.go(playFrom(this.period, this.desk.months), false);
    this.desk.paintMonths();
  }

  /** One step on once the last is drawn; at the end it stops. */
  tick() {
    if (this.desk.shownPeriod !== this.period) {
      this.timer = setTimeout(() => this.tick(), WAIT_MS);
      return;
    }
    const next = moved(1, this.period, this.desk.months);
    if (!next) return this.stop();
    this.timer = setTimeout(() => this.tick(), this.every_ms);
    this.go(next, true);
  }

  go(period, replace) {
    this.desk.app.state.set({ period }, { replace });
    this.askAhead(period);
  }

  /** What the next steps will show. */
  askAhead(from) {
    const { app, frame, months } = this.desk;
    let period = from;
    for (let i = 0; i < AHEAD && period; i += 1) {
      period = moved(1, period, months);
      if (!period) return;
      const asked = [askClasses(app, frame.level, period), askLabels(app, frame.level, period), askDensity(app, period), askHeadline(app, frame.level, period)];
      asked.forEach((answer) => answer?.catch(() => {}));
    }
  }

  /** By hand: choosing, so that each step can be gone back to. */
  step(by) {
    const period = moved(by, this.period, this.desk.months);
    this.stop();
    if (period) this.desk.app.state.set({ period });
  }

  stop() {
    if (!this.isOn) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.desk.settled();
  }
}
