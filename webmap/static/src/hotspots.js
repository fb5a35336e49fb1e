/** The leader's desk, first version: where incidents concentrate and who answers in time. */

import { h, paint } from "./dom.js";
import { breakLabel, named, number, percent, t, words } from "./i18n.js";
import { giClasses, giColour, giSign, inkOn } from "./colours.js";
import { HotspotsPanel, classKey } from "./hotpanel.js";
import { levelPicker, radioRows, section } from "./controls.js";
import { getBinaryURL, getJSON, isStandalone } from "./data.js";
import { filteredBy, incidentsSection } from "./incidents.js";
import { swatch } from "./legend.js";
import { patchesOf } from "./patches.js";
import { figureOf } from "./evidence/figure.js";
import { fillOf, glyphOf, labelWords, labels, matrix, urgency } from "./emerging.js";

const known = (value) => typeof value === "number" && Number.isFinite(value);
const isHot = (name) => Boolean(name?.startsWith("hot"));

export class HotspotsDesk extends HotspotsPanel {
  /** Ask at once for what the first picture needs. */
  askAhead(level) {
    return [this.hotspots(level), this.askDensity(), this.askEmerging(level)].filter(Boolean);
  }

  filtered() {
    return filteredBy(this.app.state);
  }

  /** Classes of every unit: those of the snapshot, or, where incidents are chosen, worked out for them. */
  hotspots(level) {
    const { atlas, state } = this.app;
    const { asked, key, isAny } = this.filtered();
    if (!isAny || isStandalone() || state.get("measure") === "emerging") return atlas.metrics("hotspots", level, { within: undefined });
    return atlas.once(`hotspots/${level}/${key}`, async () => {
      const { units, hidden, method } = await getJSON("/api/hotspots", { level, ...asked });
      const classes = units.class.map((name) => (name === "no_result" ? "" : name));
      return { columns: { ...units, hotspot: classes, excess: units.value ?? [] }, hidden: { ...hidden, hotspot: hidden.class }, method };
    });
  }

  askDensity() {
    if (this.app.state.get("measure") !== "density") return null;
    const { asked, key } = this.filtered();
    return this.app.atlas.once(`kde/${key}`, () => getJSON("/api/kde", isStandalone() ? {} : asked));
  }

  /** Labels of every unit: those of the snapshot, by months of all incidents, or worked out for what is chosen. */
  askEmerging(level) {
    const { atlas, state } = this.app;
    if (state.get("measure") !== "emerging") return null;
    const { asked, key, isAny } = this.filtered();
    const step = state.get("step");
    if ((!isAny && step === "month") || isStandalone()) return atlas.metrics("emerging", level, { within: undefined });
    return atlas.once(`emerging/${level}/${step}/${key}`, async () => {
      const { units, hidden, method } = await getJSON("/api/emerging", { level, step, ...asked });
      return { columns: { ...units, label: units.label.map((label) => (label === "no_result" ? "" : label)) }, hidden, method };
    });
  }

  async load() {
    const frame = await this.loadFrame();
    const [metrics, density, emerging] = await Promise.all([this.hotspots(frame.level), this.askDensity(), this.askEmerging(frame.level)]);
    return { frame, metrics, density, emerging };
  }

  show({ frame, metrics, density, emerging }) {
    const moved = !this.frame || this.frame.level !== frame.level || this.frame.place !== frame.place;
    if (moved || Boolean(emerging) !== Boolean(this.emerging)) this.filter = null;
    this.metrics = metrics;
    this.density = density;
    this.emerging = emerging;
    this.showFrame(frame);
    this.count();
    this.colour();
    this.showRaster();
    this.paintLeft();
    this.labels().catch((fault) => this.app.showFault(fault));
  }

  namingKind() {
    return "neighbour";
  }

  /** From afar only hot and selected units are named. */
  namesFrom(whole, nCoarser) {
    return whole + 2 + nCoarser;
  }

  /** +99 and −99, once on each larger patch of one class. */
  signs() {
    if (this.density || this.emerging) return [];
    const { units, numbers } = this.frame;
    const classes = this.column("hotspot");
    return [["hot99", "+99"], ["cold99", "\u221299"]].flatMap(([name, text]) =>
      patchesOf(units, numbers.filter((i) => classes[i] === name)).map(({ bbox, middle, area_m2 }) => ({ lon: units.lon[middle], lat: units.lat[middle], bbox, text, kind: "glyph", priority: 25 + area_m2 / 1e12 })),
    );
  }

  importantUnits() {
    return this.density ? [] : (this.emerging ? this.emergent() : this.hottest()).slice(0, 5).map((row) => row.i);
  }

  /** The label of each unit as a step of the space-time cube, "" where there is no result. */
  label(i) {
    return this.emerging.columns?.label?.[i] ?? "";
  }

  column(name) {
    return this.metrics.columns?.[name] ?? [];
  }

  hiddenIn(name) {
    return new Set(this.metrics.hidden?.[name] ?? []);
  }

  count() {
    const classes = this.column("hotspot");
    this.counts = Object.fromEntries(giClasses().map((name) => [name, 0]));
    this.counts.island = 0;
    this.counts.missing = 0;
    this.counts.hidden = 0;
    const hidden = this.hiddenIn("hotspot");
    for (const i of this.frame.numbers) {
      const name = hidden.has(i) ? "hidden" : classes[i] in this.counts ? classes[i] : "missing";
      this.counts[name] += 1;
    }
    this.nHot = this.counts.hot99 + this.counts.hot95 + this.counts.hot90;
    if (!this.emerging) return;
    this.labelCounts = Object.fromEntries(labels().map((name) => [name, 0]));
    this.hiddenLabels = new Set(this.emerging.hidden?.label ?? []);
    for (const i of this.frame.numbers) if (this.label(i)) this.labelCounts[this.label(i)] += 1;
  }

  colour() {
    const classes = this.column("hotspot");
    const strong = this.hovered ?? this.filter;
    const hidden = this.hiddenIn("hotspot");
    this.app.grid.setStyle((i) => {
      if (this.density) return { fill: null, pattern: null, faded: false, glyph: null };
      if (this.emerging) {
        const label = this.label(i);
        const faded = strong !== null && strong !== label;
        return label ? { fill: fillOf(label), pattern: null, faded, glyph: label === "none" || faded ? null : glyphOf(label) } : { fill: null, pattern: this.hiddenLabels.has(i) ? "suppressed" : "nodata", faded, glyph: null };
      }
      const name = classes[i];
      const colour = giColour(name);
      if (hidden.has(i)) return { fill: null, pattern: "suppressed", faded: strong !== null && strong !== "hidden", glyph: null };
      if (!colour) return { fill: null, pattern: "nodata", faded: strong !== null, glyph: null };
      return { fill: colour, pattern: null, faded: strong !== null && strong !== name, glyph: null };
    });
  }

  showRaster() {
    const { grid, boot } = this.app;
    const url = this.density ? getBinaryURL("/api/kde.png", { v: boot.snapshot?.id, ...this.filtered().asked }) : null;
    grid.setRaster(url ? { url, bounds: this.density.bounds, opacity: 1 } : null);
  }

  tip(i) {
    if (!this.metrics) return null;
    const name = this.column("hotspot")[i];
    if (this.density) return [this.unitName(i)];
    if (this.emerging) return [this.unitName(i), this.labelled(i), this.because(i)].filter(Boolean);
    return [this.unitName(i), this.className(i, name), this.excessWords(i)].filter(Boolean);
  }

  /** The label of unit `i` in words, or why it shows none. */
  labelled(i) {
    if (this.label(i)) return labelWords(this.label(i));
    return t(this.hiddenLabels.has(i) ? "map.suppressed" : "map.no_data");
  }

  /** The class of unit `i` in words, or why it shows none. */
  className(i, name) {
    if (this.hiddenIn("hotspot").has(i)) return t("map.suppressed");
    return name ? t(name === "island" ? "stat.island" : classKey(name)) : t("map.no_data");
  }

  /** The excess as a sentence: counted against expected. */
  excessWords(i) {
    const n = this.column("n_incidents")[i];
    const expected = this.column("expected")[i];
    if (this.hiddenIn("n_incidents").has(i)) return t("map.suppressed");
    if (!known(n) || !known(expected) || expected <= 0) return "";
    const ratio = n / expected;
    return ratio >= 1.05 ? t("hot.more", { ratio: number(ratio, 1) }) : ratio <= 0.95 ? t("hot.less", { share: percent(ratio, 0) }) : t("hot.same");
  }

  /** Hot units, surest class first, then by excess. */
  hottest() {
    const classes = this.column("hotspot");
    const excess = this.column("excess");
    const order = giClasses();
    return this.frame.numbers
      .filter((i) => isHot(classes[i]))
      .map((i) => ({ i, name: classes[i] }))
      .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name) || (excess[b.i] ?? -Infinity) - (excess[a.i] ?? -Infinity));
  }

  giLegend() {
    const rows = [...giClasses(), ...(this.counts.hidden ? ["hidden"] : []), ...(this.counts.island ? ["island"] : []), ...(this.counts.missing ? ["missing"] : [])];
    return h(
      "div",
      { class: "gs-gi" },
      rows.map((name) => {
        const colour = giColour(name);
        const mark = colour ? h("span", { class: "gs-gi-chip", style: { background: colour, color: inkOn(colour) } }, giSign(name)) : swatch(name === "hidden" ? "suppressed" : "nodata");
        const label = name === "hidden" ? t("map.suppressed") : name === "missing" ? t("map.no_data") : name === "island" ? t("stat.island") : t(`legend.${name}`);
        return h(
          "button",
          {
            type: "button",
            class: `gs-gi-row${this.filter && this.filter !== name ? " is-off" : ""}`,
            "aria-pressed": String(this.filter === name),
            "data-focus": `gi-${name}`,
            onpointerenter: () => this.fade(name),
            onpointerleave: () => this.fade(null),
            onclick: () => this.choose(name),
          },
          mark,
          h("span", { class: "gs-gi-label" }, label),
          h("b", figureOf("hotspots.hotspot", this.app.place, null, { isIn: true, said: `${label}: ${number(this.counts[name])}` }), number(this.counts[name])),
        );
      }),
    );
  }

  fade(name) {
    this.hovered = name;
    this.colour();
  }

  choose(name) {
    this.filter = this.filter === name ? null : name;
    this.hovered = null;
    this.colour();
    this.paintLeft();
  }

  densityLegend() {
    const { breaks = [], colors, colours, bandwidth_m } = this.density;
    const fills = colors ?? colours ?? [];
    return [
      h("div", { class: "gs-classbar is-plain" }, fills.map((fill) => h("span", { class: "gs-class", style: { background: fill } }))),
      h("div", { class: breaks.length === fills.length ? "gs-lowers" : "gs-breaks" }, breaks.map((value) => h("span", null, breakLabel(value)))),
      h("p", { class: "gs-note" }, t(known(this.density.n) ? "kde.note" : "kde.note_filtered", { bandwidth: number(bandwidth_m), n: number(this.density.n) })),
    ];
  }

  methods() {
    const { rules = {} } = this.app.boot;
    const neighbours = this.column("n_neighbours");
    const mean = this.frame.units.code.length ? neighbours.reduce((sum, n) => sum + (n ?? 0), 0) / this.frame.units.code.length : 0;
    const fdr = (rules.fdr_levels ?? []).map((level) => number(level, 2)).join(" / ");
    const lines = [
      t("methods.units", { n: number(this.frame.units.code.length), level: this.app.levelTitle(this.frame.level), neighbours: t(`neighbours.${rules.neighbours ?? "queen"}`), mean: number(mean, 1) }),
      this.emerging ? t("methods.cube", { n: number(Math.max(0, ...(this.emerging.columns?.n_steps ?? []).filter(known))) }) : t("methods.test", { tail: t(`tail.${(rules.hotspot_tail ?? "two-sided").replace("-", "_")}`), fdr }),
      t("methods.base", { n: `${this.hiddenIn("n_incidents").size ? "≥ " : ""}${number(this.column("n_incidents").reduce((sum, n) => sum + (n ?? 0), 0))}`, exposure: t(this.app.boot.available?.residents ? "exposure.residents" : "exposure.area") }),
    ];
    const { method } = this.emerging ?? this.metrics;
    if (method) lines.splice(0, lines.length, words(method.line), ...method.warnings.map(words));
    else if (!this.emerging && !this.density) lines.push(t("methods.seed", { n: number(rules.hotspot_permutations), seed: rules.hotspot_seed }));
    return h("div", { class: "gs-section gs-methods", id: "gs-methods" }, lines.map((line) => h("p", { class: "gs-note" }, line)));
  }

  paintLeft() {
    const { app } = this;
    const { state } = app;
    const options = [
      { value: "emerging", label: t("emerging.title") },
      { value: "gi", label: t("hot.gi") },
      { value: "density", label: t("hot.density") },
    ];
    paint(
      app.shell.left,
      section({ id: "gs-measure", label: t("hot.show") }, null, radioRows("hot.show", options, state.get("measure"), (measure) => state.set({ measure }))),
      incidentsSection(app),
      section(
        { id: "gs-legend", label: t(this.density ? "kde.legend" : this.emerging ? "emerging.title" : "hot.legend") },
        this.density ? "" : app.levelTitle(this.frame.level),
        this.density ? this.densityLegend() : this.emerging ? matrix(this.labelCounts, { filter: this.filter, hidden: this.frame.numbers.filter((i) => this.hiddenLabels.has(i)).length, onHover: (name) => this.fade(name), onFilter: (name) => this.choose(name) }) : this.giLegend(),
      ),
      this.methods(),
      h("section", { class: "gs-section", id: "gs-level", "aria-label": t("level.label") }, levelPicker(app)),
    );
    paint(app.phoneLegend, this.density ? this.densityLegend() : h("div", { class: "gs-gi-strip" }, giClasses().map((name) => h("span", { class: "gs-gi-chip", style: { background: giColour(name), color: inkOn(giColour(name)) }, title: t(classKey(name)) }, String(this.counts[name])))));
    app.describeMap(t("hot.sentence", { place: named(app.place), units: this.countWords(), n: number(this.nHot) }));
    app.notice("");
  }

  chips() {
    const { state } = this.app;
    return [
      { target: "gs-measure", label: t({ emerging: "emerging.title", gi: "hot.gi", density: "hot.density" }[state.get("measure")]) },
      { target: "gs-legend", label: t("map.legend") },
      { target: "gs-level", label: this.app.levelTitle(this.app.drawnLevel()), icon: "layers" },
    ];
  }

  asTable() {
    if (this.emerging) {
      const rows = this.frame.numbers.filter((i) => this.label(i)).sort((a, b) => urgency(this.label(a)) - urgency(this.label(b)));
      return { head: [t("table.name"), t("unit.code"), t("hot.class"), t("emerging.because")], rows: rows.map((i) => ({ number: i, cells: [this.unitName(i), this.frame.units.code[i], labelWords(this.label(i)), this.because(i)] })) };
    }
    const classes = this.column("hotspot");
    const n = this.column("n_incidents");
    const expected = this.column("expected");
    const hidden = this.hiddenIn("n_incidents");
    const excess = this.column("excess");
    const rows = [...this.frame.numbers].sort((a, b) => (excess[b] ?? -Infinity) - (excess[a] ?? -Infinity));
    return {
      head: [t("table.name"), t("unit.code"), t("hot.class"), t("hot.incidents"), t("hot.expected")],
      rows: rows.map((i) => ({ number: i, cells: [this.unitName(i), this.frame.units.code[i], this.className(i, classes[i]), hidden.has(i) ? t("map.suppressed") : number(n[i]), known(expected[i]) ? number(expected[i], 1) : t("map.no_data")] })),
    };
  }
}
