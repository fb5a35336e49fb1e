/** What closes a gap: options that the planner's engine tried, each with gain, cost and side effect, each opens in what-if. */

import { h } from "../dom.js";
import { number, t } from "../i18n.js";
import { address } from "../atlas.js";
import { getJSON } from "../data.js";
import { icon } from "../icons.js";
import { openInWhatIf } from "../safeguards/options.js";
import { signed, toneOf } from "../whatif/words.js";

/** What an option does, in words. */
function nameOf({ kind, label, was, edit }) {
  if (kind === "add") return t("gaps.close_add", { azimuth: number(edit.values.azimuth_deg) });
  if (kind === "turn") return t("gaps.close_turn", { name: label, from: number(was.azimuth_deg), to: number(edit.values.azimuth_deg) });
  return t("gaps.close_repair", { name: label });
}

function noteOf({ kind, elsewhere_m }, { bound_m }) {
  const side = Math.abs(elsewhere_m) < 0.5 ? t("gaps.close_no_side") : t(elsewhere_m < 0 ? "gaps.close_loses" : "gaps.close_gains", { m: number(Math.abs(elsewhere_m)) });
  return kind === "add" ? [t("gaps.close_model"), t("gaps.close_most", { m: number(bound_m) }), side].join(t("punct.list")) : side;
}

export class Closing {
  constructor(desk) {
    this.desk = desk;
    this.answers = new Map();
  }

  /** The part of the card for a gap; asks once, and paints the card again when the answer is here. */
  part(unit) {
    const { app } = this.desk;
    if (!app.boot.may?.points || !app.boot.available?.roads) return null;
    const { level, code } = unit;
    const key = address(unit);
    if (!this.answers.has(key)) this.ask(key, level, code);
    return h("div", { class: "gs-card-part" }, this.content(this.answers.get(key)));
  }

  async ask(key, level, code) {
    const { app } = this.desk;
    this.answers.set(key, "asked");
    try {
      this.answers.set(key, await app.atlas.once(`closing/${key}`, () => getJSON("/api/gaps/options", { level, code }, { isQuiet: true })));
    } catch {
      this.answers.set(key, "failed");
    }
    if (app.selected && address(app.selected) === key) this.desk.paintRight();
    if (this.answers.get(key) === "failed") this.answers.delete(key);
  }

  content(answer) {
    const head = h("div", { class: "gs-options-head" }, h("h2", null, t("gap.close")), h("span", null, t("guard.option.road_m")), h("span", null, t("guard.option.facade_m")));
    if (answer === "asked") return [head, h("p", { class: "gs-note" }, t("gaps.close_asked"))];
    if (answer === "failed") return [head, h("p", { class: "gs-note" }, t("gaps.close_failed"))];
    if (!answer.options.length) return [head, h("p", { class: "gs-note" }, t("gaps.close_none"))];
    return [head, answer.options.map((option, k) => this.row(option, k, answer)), h("p", { class: "gs-note" }, t("gaps.close_bound", { m: number(answer.bound_m), whole: number(answer.unseen_m) }), " ", t("gaps.close_tried", { n: number(answer.n_tried) })), h("button", { type: "button", class: "gs-button is-strong is-wide", "data-focus": "close-open", onclick: () => this.open(answer.options[0]) }, icon("camera"), t("guard.option.open"))];
  }

  row(option, k, answer) {
    return h(
      "button",
      { type: "button", class: "gs-option", "data-focus": `close-${k}`, title: t("guard.option.open"), onclick: () => this.open(option) },
      h("span", { class: "gs-option-mark", "aria-hidden": "true" }, String(k + 1)),
      h("span", { class: "gs-option-name" }, h("b", null, nameOf(option)), h("small", null, noteOf(option, answer))),
      h("b", null, signed(option.road_m)),
      h("b", { class: `wi-change${toneOf(Math.round(option.facade_m), true)}` }, signed(Math.round(option.facade_m))),
    );
  }

  open({ edit, lon, lat }) {
    openInWhatIf(this.desk.app, edit, { lon, lat });
  }
}
