/** What stands on the desk's map: the switch of what units are coloured by, and the legend of units or of streets. */

import { byId, h, paint } from "../dom.js";
import { breakLabel, number, percentValue, t } from "../i18n.js";
import { inkOn, scale } from "../colours.js";
import { classOf } from "../classes.js";
import { segmented } from "../controls.js";
import { isPhone } from "../shell.js";
import { swatch } from "../legend.js";

const BREAKS = { facade: [0, 5, 10, 20, 40, Infinity], seen3: [0, 5, 10, 20, 40, Infinity] };
const SCALES = { facade: "facade", seen3: "seen_share" };
const known = (value) => typeof value === "number" && Number.isFinite(value);

export class OnMap {
  constructor(desk) {
    this.desk = desk;
    this.filter = null;
    this.hovered = null;
    this.switch = h("div", { class: "gs-guard-switch gs-not-phone" });
    this.legend = h("div", { class: "gs-guard-legend" });
    byId("gs-map").append(this.switch, this.legend);
  }

  attach() {
    const { furniture } = this.desk.app.grid;
    if (!furniture.others.includes(this.legend)) furniture.others.push(this.legend, this.switch);
  }

  colour() {
    return this.desk.app.state.get("colour");
  }

  /** Value of one unit in the units of the legend, or why there is none. */
  reader() {
    const { guarded, coverage } = this.desk;
    if (this.colour() === "seen3") {
      const values = coverage.columns?.public_3plus_share ?? [];
      const hidden = new Set(coverage.hidden?.public_3plus_share ?? []);
      return (i) => (hidden.has(i) ? { state: "hidden" } : known(values[i]) ? { state: "value", value: values[i] * 100 } : { state: "missing" });
    }
    const { facade_62_m: facade = [], n_cameras: n = [] } = guarded.columns ?? {};
    return (i) => (known(facade[i]) && n[i] > 0 ? { state: "value", value: facade[i] / n[i] } : { state: "missing" });
  }

  paint() {
    const { desk } = this;
    const { app, frame } = desk;
    this.read = this.reader();
    const breaks = BREAKS[this.colour()];
    this.counts = new Array(breaks.length - 1).fill(0);
    this.missing = 0;
    for (const i of frame.numbers) {
      const found = this.read(i);
      if (found.state === "value") this.counts[classOf(found.value, breaks)] += 1;
      else this.missing += 1;
    }
    this.style();
    const options = ["facade", "seen3"].map((value) => ({ value, label: t(`guard.measure.${value}`) }));
    paint(this.switch, segmented(t("guard.colour"), options, this.colour(), (colour) => desk.app.state.set({ colour })));
    app.grid.setCounted(true);
    this.paintLegend();
  }

  style() {
    const colours = scale(SCALES[this.colour()]);
    const breaks = BREAKS[this.colour()];
    const strong = this.hovered ?? this.filter;
    this.desk.app.grid.setStyle((i) => {
      const found = this.read(i);
      if (found.state !== "value") return { fill: null, pattern: found.state === "hidden" ? "suppressed" : "nodata", faded: strong !== null, glyph: null };
      const k = classOf(found.value, breaks);
      return { fill: colours[k], pattern: null, faded: strong !== null && strong !== k, glyph: null };
    });
  }

  paintLegend() {
    const { app } = this.desk;
    const isStreet = app.grid.isStreet();
    this.switch.hidden = isStreet;
    this.legend.hidden = isPhone() && !isStreet;
    paint(app.phoneLegend, isPhone() && !isStreet ? this.classes() : null);
    paint(this.legend, isStreet ? this.street() : this.classes());
  }

  classes() {
    const colours = scale(SCALES[this.colour()]);
    const breaks = BREAKS[this.colour()];
    const shade = (k) => {
      this.hovered = k;
      this.style();
    };
    const choose = (k) => {
      this.filter = this.filter === k ? null : k;
      this.hovered = null;
      this.style();
      this.paintLegend();
    };
    const cells = this.counts.map((n, k) => {
      const span = breaks[k + 1] === Infinity ? `≥ ${breaks[k]}` : `${breaks[k]}–${breaks[k + 1]}`;
      const label = t("legend.class", { range: span, n: number(n) });
      return h(
        "button",
        { type: "button", class: `gs-class${this.filter !== null && this.filter !== k ? " is-off" : ""}`, style: { background: colours[k], color: inkOn(colours[k]) }, "aria-pressed": String(this.filter === k), "aria-label": label, title: label, "data-focus": `guard-class-${k}`, onpointerenter: () => shade(k), onpointerleave: () => shade(null), onfocus: () => shade(k), onblur: () => shade(null), onclick: () => choose(k) },
        number(n),
      );
    });
    return [
      h("div", { class: "gs-guard-title" }, t(`guard.legend.${this.colour()}`, { level: levelOf(this.desk) })),
      h("div", { class: "gs-classbar" }, cells),
      h("div", { class: "gs-guard-breaks", "aria-hidden": "true" }, breaks.slice(0, -1).map((value) => h("span", null, String(value)))),
      this.missing ? h("div", { class: "gs-legend-foot" }, h("span", null, swatch("nodata"), t("map.no_data"), h("b", null, number(this.missing)))) : null,
    ];
  }

  street() {
    const row = (mark, words) => h("div", { class: "gs-street-row" }, h("span", { class: `gs-swatch ${mark}`, "aria-hidden": "true" }), words);
    const layers = this.desk.app.boot.layers ?? [];
    return [
      h("div", { class: "gs-guard-title" }, t("guard.street")),
      row("is-seen-1", t("card.k1")),
      row("is-seen-2", t("card.k2")),
      row("is-seen-3", t("card.k3")),
      layers.includes("facades") ? row("is-layer-facades", t("guard.street.facade")) : null,
      layers.includes("restricted_areas") ? row("is-layer-restricted_areas", t("layer.restricted_areas")) : null,
    ];
  }

  /** A unit in two lines: its name, its value. */
  words(i) {
    const found = this.read?.(i);
    if (!found) return "";
    if (found.state !== "value") return t(found.state === "hidden" ? "map.suppressed" : "map.no_data");
    return this.colour() === "seen3" ? `${percentValue(found.value / 100)}%` : t("guard.each", { n: breakLabel(Math.round(found.value * 10) / 10) });
  }
}

const levelOf = ({ app, frame }) => app.levelTitle(frame.level);
