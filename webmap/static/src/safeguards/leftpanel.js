/** The left side: what is too much, what is ranked, and the filters, each in a slot of its own that lasts. */

import { h, paint } from "../dom.js";
import { language, number, percent, t } from "../i18n.js";
import { radioRows, section, segmented } from "../controls.js";
import { isStandalone } from "../data.js";
import { figureOf } from "../evidence/figure.js";
import { filterBars, toggled } from "../filters/bars.js";
import { HistogramBrush } from "../filters/brush.js";
import { filterChips } from "../filters/chips.js";
import { EDGES } from "./rows.js";
import { GUARD_MEASURES } from "./address.js";
import { statusWord, wordOf } from "./words.js";

/** Columns of the measures that are figures of the place. */
const OF_PLACE = { facade: "facade_m", seen3: "public_3plus_share" };
const SLOTS = ["chips", "measure", "facade", "status", "overlap", "programme", "owner", "spare"];
const comma = () => (language() === "zh" ? "、" : ", ");
const known = (value) => typeof value === "number" && Number.isFinite(value);
const length = (m) => (m >= 1e4 ? `${number(m / 1000, 1)} km` : `${number(m)} m`);

export class LeftPanel {
  constructor(desk) {
    this.desk = desk;
    this.slots = Object.fromEntries(SLOTS.map((name) => [name, h("div", { class: `gs-slot is-${name}` })]));
    this.root = h("div", { class: "gs-slots" }, SLOTS.map((name) => this.slots[name]));
  }

  paint() {
    const { desk, slots } = this;
    const { app, filters } = desk;
    if (!app.shell.left.contains(this.root)) paint(app.shell.left, this.root);
    paint(slots.chips, filterChips(this.active(), () => desk.clearFilters()));
    paint(slots.measure, this.measures());
    if (!filters) return;
    this.paintFacade();
    paint(slots.status, this.bars("status", t("guard.status"), t(this.isOfCameras() ? "guard.side.cameras" : "guard.side.units"), filters.statuses(), statusWord));
    const isCameras = this.isOfCameras();
    paint(slots.overlap, isCameras && filters.rows.kinds.length ? this.bars("overlap", t("guard.overlap"), t("guard.side.cameras"), filters.overlaps(), (word) => wordOf("spot", word)) : null);
    for (const key of ["programme", "owner"]) paint(slots[key], isCameras && filters.rows.words[key].length > 1 ? this.bars(key, t(`guard.${key}`), t("guard.side.cameras"), filters.words(key), (word) => wordOf(key, word)) : null);
    paint(slots.spare, isCameras ? this.spare() : null);
  }

  isOfCameras() {
    return this.desk.filters?.rows.of === "cameras";
  }

  figures() {
    const { desk } = this;
    const card = desk.app.placeCard?.values ?? {};
    const { cameras } = desk;
    return {
      facade: known(card.facade_m) ? length(card.facade_m) : "",
      seen3: known(card.public_3plus_share) ? percent(card.public_3plus_share) : "",
      overlaps: cameras ? t("guard.n_spots", { n: number(cameras.nSpots) }) : "",
      duties: cameras ? t("guard.n_cameras", { n: number(cameras.nDuties) }) : "",
    };
  }

  measures() {
    const { desk } = this;
    const { app } = desk;
    const figures = this.figures();
    const absent = { facade: app.boot.available?.buildings ? null : "buildings", overlaps: app.boot.available?.restricted_areas ? null : "restricted_areas" };
    const evidence = (name) => (figures[name] && OF_PLACE[name] ? figureOf(`coverage.${OF_PLACE[name]}`, app.place, desk.density(), { isIn: true }) : {});
    const rows = GUARD_MEASURES.filter((name) => OF_PLACE[name] || !isStandalone()).map((name) => ({ value: name, evidence: evidence(name), label: t(`guard.measure.${name}`), figure: absent[name] ? t("measure.not_given") : figures[name], disabled: Boolean(absent[name]), note: absent[name] ? t("missing.table", { table: t(`table.${absent[name]}`) }) : t(`guard.hint.measure.${name}`) }));
    const options = desk.levels().map((level) => ({ value: level, label: level === "cameras" ? t("guard.of.cameras") : app.levelTitle(level) }));
    return section({ id: "gs-measure", label: t("guard.too_much") }, t("safe.lower_better"), radioRows("guard.too_much", rows, app.state.get("measure"), (name) => desk.chooseMeasure(name)), h("div", { class: "gs-guard-of" }, segmented(t("guard.of"), options, desk.ranked(), (of) => desk.rank(of))));
  }

  paintFacade() {
    const { desk, slots } = this;
    const range = desk.app.state.get("facade");
    const heading = t("guard.facade_each");
    const side = t(this.isOfCameras() ? "guard.side.facade" : "guard.side.facade_units");
    if (!desk.filters.rows.facade.some(Number.isFinite)) {
      paint(slots.facade);
      return;
    }
    const key = `${language()} ${heading} ${side}`;
    if (this.brushKey !== key) {
      this.brushKey = key;
      this.brush = new HistogramBrush({ name: "facade", label: heading, lowLabel: t("guard.facade_from"), highLabel: t("guard.facade_to"), edges: EDGES, unit: "m", ticks: [0, 30, 60], colour: "var(--facade-line)", onChange: (found) => desk.setFilter("facade", found) });
      this.brushSection = section({ id: "gs-facade", label: heading }, side, this.brush.node);
    }
    if (!slots.facade.contains(this.brushSection)) paint(slots.facade, this.brushSection);
    this.brush.show(desk.filters.histogram().under, range);
  }

  bars(key, heading, side, found, wordsOf) {
    const { desk } = this;
    const chosen = desk.app.state.get(key);
    const rows = found.map(({ value, under, kept }) => ({ value, label: wordsOf(value), under, kept, on: chosen.includes(value) }));
    return section({ id: `gs-${key}`, label: heading }, side, filterBars({ name: key, label: heading, rows, onToggle: (value) => desk.setFilter(key, toggled(chosen, value)) }));
  }

  spare() {
    const { desk } = this;
    const on = desk.app.state.get("spare");
    return section(
      { id: "gs-spare", label: t("safe.adds_least") },
      t("guard.side.spare"),
      h(
        "button",
        { type: "button", role: "checkbox", "aria-checked": String(on), class: `gs-spare${on ? " is-on" : ""}`, "data-focus": "spare", onclick: () => desk.setFilter("spare", !on) },
        h("span", { class: "gs-spare-label" }, t("guard.spare")),
        h("b", null, t("guard.n_cameras", { n: number(desk.filters.spare()) })),
      ),
    );
  }

  /** The filters in force in words, with what takes each away. */
  active() {
    const { desk } = this;
    const { app } = desk;
    const get = (key) => app.state.get(key);
    const found = [];
    if (!app.isWhole()) found.push({ key: "place", label: desk.placeWords(), clear: () => app.goHome() });
    const add = (key, label, none) => found.push({ key, label, clear: () => desk.setFilter(key, none) });
    if (get("facade")) add("facade", this.label("facade"), null);
    for (const key of ["status", "overlap", "programme", "owner"]) if (get(key).length && desk.filters?.applies(key) !== false) add(key, this.label(key), []);
    if (get("spare") && desk.filters?.applies("spare") !== false) add("spare", this.label("spare"), false);
    return found;
  }

  label(key) {
    const value = this.desk.app.state.get(key);
    if (key === "facade") return value[1] === null ? t("guard.chip.facade_from", { from: value[0] }) : t("guard.chip.facade", { from: value[0], to: value[1] });
    if (key === "spare") return t("safe.adds_least");
    if (key === "status") return value.map(statusWord).join(comma());
    return value.map((word) => wordOf(key === "overlap" ? "spot" : key, word)).join(comma());
  }
}
