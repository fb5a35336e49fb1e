/** The right side of the hotspots desk: four figures, the hottest units, the unit's card, the months. */

import { h, paint } from "./dom.js";
import { language, named, number, percent, percentValue, range, t, words } from "./i18n.js";
import { giColour, giSign, inkOn } from "./colours.js";
import { Desk } from "./desk.js";
import { breadcrumb, codeOf, foot } from "./card.js";
import { monthBars, openMonth } from "./months.js";
import { unitOf } from "./atlas.js";
import { figureOf } from "./evidence/figure.js";
import { chip, labelWords, urgency } from "./emerging.js";
import { loadScores, scoreOf, scorePart } from "./scores.js";

const TABLE_ROWS = 12;
const known = (value) => typeof value === "number" && Number.isFinite(value);
export const classKey = (name) => (name === "none" ? "stat.ns" : `stat.${name}`);

export class HotspotsPanel extends Desk {
  /** One of the four figures on top; `figure` is the result column that it shows of the place. */
  figure(figure, value, unit, ...lines) {
    return h("div", { class: "gs-top-figure" }, h("div", null, h("span", { class: "gs-figure", ...figureOf(figure, this.app.place) }, value), unit ? h("span", { class: "gs-unit" }, unit) : null), lines.filter(Boolean).map((line) => h("p", null, line)));
  }

  absentFigure(name, why) {
    return h("div", { class: "gs-top-figure is-absent" }, h("div", { class: "gs-headline-absence" }, why), h("p", null, name));
  }

  rateFigure(card, column, label, target) {
    const rates = card.rates;
    const hidden = (rates?.hidden ?? card.hidden ?? []).includes(column);
    const value = rates?.[column];
    if (hidden) return this.absentFigure(label, t("map.suppressed"));
    if (!known(value)) return this.absentFigure(label, words(card.missing?.[column]) || t("rate.none"));
    const missed = known(target) && value < target;
    const span = range(rates[`${column}_low`], rates[`${column}_high`], (share) => percentValue(share));
    return this.figure(`rates.${column}`, percentValue(value), "%", known(target) ? t(missed ? "rate.below" : "rate.met", { name: label, target: percent(target, 0) }) : label, span ? t("rate.interval", { range: span }) : "");
  }

  incidentFigure(card) {
    const n = card.values?.n_incidents ?? card.hotspot?.n_incidents ?? card.unit?.n_incidents;
    const months = card.months ?? [];
    const span = months.length ? `${months[0].month}–${months.at(-1).month}` : "";
    if (card.hidden?.includes("n_incidents")) return this.absentFigure(t("hot.incidents"), t("map.suppressed"));
    if (!known(n)) return this.absentFigure(t("hot.incidents"), words(card.missing?.n_incidents) || t("missing.table", { table: t("table.incidents") }));
    return this.figure("units.n_incidents", number(n), t("hot.case"), t("hot.incidents"), span);
  }

  hotTable() {
    const rows = this.emerging ? this.emergent() : this.hottest();
    const shown = this.allRows ? rows : rows.slice(0, TABLE_ROWS);
    const n = this.column("n_incidents");
    const expected = this.column("expected");
    const hidden = this.hiddenIn("n_incidents");
    const title = t(this.emerging ? "emerging.why" : "hot.table");
    const more = rows.length > TABLE_ROWS ? h("button", { type: "button", class: "gs-link", "data-focus": "hot-all", onclick: () => ((this.allRows = !this.allRows), this.paintRight()) }, this.allRows ? t("hot.fewer") : t("hot.all", { n: number(rows.length) })) : null;
    const giChip = (name) => h("span", { class: "gs-gi-chip", style: { background: giColour(name), color: inkOn(giColour(name)) }, title: t(classKey(name)) }, giSign(name));
    const why = (i) => (this.emerging ? this.because(i) || labelWords(this.label(i)) : hidden.has(i) ? t("map.suppressed") : this.becauseWords(n[i], expected[i]));
    return h(
      "section",
      { class: "gs-hot-list", "aria-label": title },
      h("div", { class: "gs-heading" }, h("h2", null, title), h("div", { class: "gs-heading-side" }, more)),
      rows.length
        ? shown.map(({ i, name }) => {
            const unit = unitOf(this.frame.units, i);
            const on = this.app.selected?.level === unit.level && this.app.selected?.code === unit.code;
            return h(
              "button",
              { type: "button", class: `gs-hot-row${on ? " is-on" : ""}`, "aria-pressed": String(on), "data-focus": `hot-${unit.code}`, onclick: () => this.app.select(unit) },
              this.emerging ? chip(name) : giChip(name),
              h("span", { class: "gs-hot-name" }, named(unit)),
              h("span", { class: "gs-hot-parent" }, this.parentName(unit)),
              h("span", { class: "gs-hot-why", ...figureOf(this.emerging ? "emerging.label" : "hotspots.hotspot", unit, null, { isIn: true }) }, why(i)),
            );
          })
        : h("p", { class: "gs-note" }, t(this.emerging ? "emerging.nothing" : "hot.nothing")),
    );
  }

  /** Why unit `i` has its label, in the reader's language. */
  because(i) {
    return this.emerging.columns?.[`because_${language()}`]?.[i] ?? "";
  }

  /** Units with a pattern, those first that grow. */
  emergent() {
    const rows = this.frame.numbers.map((i) => ({ i, name: this.label(i) })).filter(({ name }) => name && name !== "none");
    const shares = this.emerging.columns?.stability_share ?? [];
    return rows.sort((a, b) => urgency(a.name) - urgency(b.name) || (shares[b.i] ?? 0) - (shares[a.i] ?? 0));
  }

  becauseWords(n, expected) {
    if (!known(n) || !known(expected) || expected <= 0) return known(n) ? t("hot.n_cases", { n: number(n) }) : "";
    return t("hot.because", { n: number(n), expected: number(expected, expected < 10 ? 1 : 0), ratio: number(n / expected, 1) });
  }

  /** The nearest unit above whose name the unit's own does not repeat. */
  parentName(unit) {
    let code = unit.parent;
    for (const above of this.above ?? []) {
      const parent = above.get(code);
      if (!parent) return "";
      if (!named(unit).startsWith(named(parent))) return named(parent);
      code = parent.parent;
    }
    return "";
  }

  async loadParents() {
    const { atlas } = this.app;
    const levels = atlas.upward(this.frame.level).slice(1, 3).filter((name) => atlas.level(name).n > 1);
    const answers = await Promise.all(levels.map((name) => atlas.units(name)));
    this.above = answers.map((units) => new Map(units.code.map((code, i) => [code, unitOf(units, i)])));
  }

  unitCard(card) {
    const hot = card.hotspot;
    const facts = [];
    const hidden = new Set(hot?.hidden ?? card.hidden ?? []);
    const add = (key, column, format) => {
      const value = hot?.[column];
      if (hidden.has(column)) facts.push([t(key), t("map.suppressed")]);
      else if (known(value)) facts.push([t(key), format(value)]);
    };
    add("hot.incidents", "n_incidents", (v) => number(v));
    const hasPeers = this.app.atlas.level(card.unit.level)?.n > 1;
    if (hasPeers) add("hot.expected", "expected", (v) => number(v, 1));
    if (hasPeers) add("stat.neighbours", "n_neighbours", (v) => number(v));
    add("stat.z", "z", (v) => number(v, 2));
    add("stat.q", "q", (v) => (v < 0.001 ? "< 0.001" : number(v, 3)));
    const name = hasPeers ? hot?.hotspot : null;
    const months = card.months ?? [];
    const rates = [["close_share", "rate.close"], ["on_time_share", "rate.on_time"], ["mediation_share", "rate.mediation"]].filter(([column]) => known(card.rates?.[column]));
    return h(
      "section",
      { class: "gs-hot-card", "aria-label": t("card.title") },
      h("div", { class: "gs-card-head" }, breadcrumb(this.app, card), h("div", { class: "gs-card-title" }, h("h2", null, named(card.unit)), h("span", { class: "gs-code" }, codeOf(card.unit))), name ? h("p", { class: "gs-card-class" }, giColour(name) ? h("span", { class: "gs-gi-chip", style: { background: giColour(name), color: inkOn(giColour(name)) } }, giSign(name)) : null, t(name === "island" ? "stat.island" : classKey(name))) : null),
      facts.length ? h("dl", { class: "gs-facts" }, facts.map(([label, value]) => [h("dt", null, label), h("dd", null, value)])) : null,
      months.length ? this.monthPart(months, `${months[0].month}–${months.at(-1).month}`) : null,
      rates.length
        ? h("div", { class: "gs-card-part" }, h("div", { class: "gs-card-note" }, h("b", null, t("rate.title")), h("span", null, t("rate.wilson"))), h("dl", { class: "gs-facts is-flush" }, rates.map(([column, key]) => [h("dt", null, t(key)), h("dd", null, h("span", figureOf(`rates.${column}`, card.unit), percent(card.rates[column])), h("small", null, ` ${range(card.rates[`${column}_low`], card.rates[`${column}_high`], (v) => percentValue(v))}`))])))
        : h("div", { class: "gs-card-part" }, h("p", { class: "gs-note" }, t("rate.title"), t("punct.colon"), t("rate.none"))),
      this.scorePart(),
      foot(this.app),
    );
  }

  /** The record of the map that is shown. */
  scorePart() {
    const row = scoreOf(this.scores ?? [], this.app.state.get("measure"));
    const byResidents = this.app.boot.available?.residents && row?.method !== "density";
    const isChosen = this.filtered().isAny || (row?.method === "emerging" && this.app.state.get("step") !== "month");
    return scorePart(row, [isChosen ? t("score.all") : null, byResidents && row?.beats_counts === false ? t("score.unlike") : null]);
  }

  async paintRight() {
    const { app } = this;
    const card = app.placeCard;
    if (!card || !this.frame) return;
    const [scores] = await Promise.all([loadScores(app.atlas, this.frame.level), this.loadParents()]);
    this.scores = scores;
    const target = app.boot.rules?.on_time_target;
    paint(
      app.shell.right,
      h(
        "div",
        { class: "gs-top-figures" },
        this.incidentFigure(card),
        this.figure("hotspots.hotspot", number(this.nHot), t("hot.units"), t("hot.after_fdr", { level: app.levelTitle(this.frame.level) }), t("hot.share", { share: percent(this.frame.numbers.length ? this.nHot / this.frame.numbers.length : NaN, 0) })),
        this.rateFigure(card, "on_time_share", t("rate.on_time_short"), target),
        this.rateFigure(card, "mediation_share", t("rate.mediation_short")),
      ),
      h("div", { class: "gs-two" }, this.hotTable(), this.unitCard(app.selectedCard ?? card)),
    );
    this.paintBottom(card);
    const shown = app.selectedCard ?? card;
    const name = shown.hotspot?.hotspot;
    app.shell.say(name ? `${named(shown.unit)} ${t(name === "island" ? "stat.island" : classKey(name))}` : named(shown.unit));
  }

  monthPart(months, span) {
    const value = h("span", null, span);
    const rest = openMonth(this.app.boot.snapshot?.as_of);
    const onShow = (words) => (value.textContent = words);
    return h("div", { class: "gs-card-part" }, h("div", { class: "gs-card-note" }, h("b", null, t("months.title")), value), monthBars(months, { width: 300, height: 48, open: rest, onShow, focus: "months-card" }));
  }

  paintBottom(card) {
    const months = card.months ?? [];
    const { bottom } = this.app.shell;
    if (bottom.hidden !== (months.length === 0)) {
      bottom.hidden = months.length === 0;
      this.app.shell.onResize();
    }
    if (!months.length) return;
    const value = h("span");
    const onShow = (words) => (value.textContent = `${t("months.title")} · ${words}`);
    paint(
      bottom,
      h("div", { class: "gs-months-head" }, h("b", null, named(card.unit)), value),
      monthBars(months, { open: openMonth(this.app.boot.snapshot?.as_of), onShow }),
      h("div", { class: "gs-months-axis", "aria-hidden": "true" }, [months[0], months[Math.floor((months.length - 1) / 2)], months.at(-1)].map((month) => h("span", null, month.month))),
    );
  }
}
