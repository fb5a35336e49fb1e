/** The leader's desk: where incidents concentrate, whether that lasts, and who answers in time. */

import { named, number, t } from "../i18n.js";
import { isStandalone } from "../data.js";
import { paint } from "../dom.js";
import { unitOf } from "../atlas.js";
import { Desk } from "../desk.js";
import { askClasses, askDensity, askHeadline, askLabels, askSpan, askStanding, canStep, densityURL } from "./asking.js";
import { paintBottom } from "./bottom.js";
import { Classes } from "./classes.js";
import { evidenceOf } from "./evidence.js";
import { filterWords, filteredBy } from "./incidents.js";
import { TITLES, paintLeft } from "./left.js";
import { patchesOf } from "../patches.js";
import { Play } from "./play.js";
import { paintEmpty, paintRight } from "./right.js";
import { loadScores } from "./score.js";
import { textTable } from "./texttable.js";
import { waitsFor } from "./waits.js";

const MOST_NAMED = 16;

export class HotspotsDesk extends Desk {
  constructor(app) {
    super(app);
    this.above = [];
    this.scores = [];
    this.months = [];
    this.play = new Play(this);
  }

  get chosen() {
    return filteredBy(this.app.state, this.frame && !this.canStep() ? null : undefined);
  }

  /** Ask at once for what the first picture needs. */
  askAhead(level) {
    const { app } = this;
    const asked = [askClasses(app, level), askDensity(app), askLabels(app, level)];
    return (app.state.get("place") ? asked : [...asked, askHeadline(app, level), askStanding(app)]).filter(Boolean);
  }

  async load() {
    const { app } = this;
    const period = app.state.get("period");
    const frame = await this.loadFrame();
    const beside = { headline: askHeadline(app, frame.level), standing: this.play.isOn ? Promise.resolve(null) : askStanding(app) };
    Object.values(beside).forEach((answer) => answer.catch(() => {}));
    const [metrics, density, emerging] = await Promise.all([askClasses(app, frame.level), askDensity(app), askLabels(app, frame.level)]);
    return { frame, metrics, density, emerging, beside, period };
  }

  show({ frame, metrics, density, emerging, beside, period }) {
    const kind = density ? "density" : emerging ? "emerging" : "gi";
    const moved = !this.frame || this.frame.level !== frame.level || this.frame.place !== frame.place;
    if (moved || kind !== this.classes?.kind) this.filter = null;
    Object.assign(this, { metrics, density, emerging, beside });
    this.classes = new Classes(kind, { metrics, emerging, frame });
    if (moved) this.showFrame(frame);
    else this.frame = frame;
    this.colour();
    this.app.grid.setRaster(density ? { url: densityURL(this.app), bounds: density.bounds, opacity: 1 } : null);
    this.shownPeriod = period;
    if (this.allMonths) this.paintMonths();
    this.paintLeft();
    this.tellMap();
    if (!this.app.placeCard && !isStandalone()) this.paintFirst();
    if (!this.play.isOn) this.labels().catch((fault) => this.app.showFault(fault));
  }

  /** Play has ended: what stood still is brought up to the last step. */
  settled() {
    this.app.refresh();
  }

  /** Whether the map can be had month by month. */
  canStep() {
    return canStep(this.app, this.frame.level, this.months);
  }

  paintMonths() {
    paintBottom(this, this.allMonths);
  }

  tellMap() {
    const { app, classes } = this;
    const words = { place: named(app.place), units: this.countWords() };
    const most = (classes.kind === "emerging" ? classes.listed() : []).slice(0, 3).map(({ i }) => this.unitName(i));
    const sentence = { gi: () => t("hot.sentence", { ...words, n: number(classes.nHot) }), emerging: () => t("emerging.sentence", { ...words, n: number(classes.listed().length), names: most.join(t("punct.comma")) || t("state.none") }), density: () => t("kde.sentence", words) };
    app.describeMap(sentence[classes.kind]());
    const steps = this.emerging?.method?.n_steps ?? Infinity;
    const isHidden = classes.kind !== "density" && classes.counts.hidden === classes.numbers.length && classes.numbers.length > 0;
    app.notice(isHidden ? t("hot.all_hidden", { n: number(app.boot.min_count) }) : steps < 10 ? t(steps ? "state.too_few_steps" : "methods.none") : "");
  }

  namingKind() {
    return "neighbour";
  }

  /** From afar only hot and selected units are named. */
  namesFrom(whole, nCoarser) {
    return whole + 2 + nCoarser;
  }

  /** +99 and −99, once on each larger patch of one class; the names of units that rise. */
  signs() {
    const { units, numbers } = this.frame;
    const { classes } = this;
    if (classes.kind === "emerging") return classes.rising().slice(0, MOST_NAMED).map(({ i }, rank) => ({ lon: units.lon[i], lat: units.lat[i], bbox: units.bbox[i], text: this.unitName(i), kind: "unit", priority: 30 - rank / 100 }));
    if (classes.kind === "density") return [];
    return [["hot99", "+99"], ["cold99", "\u221299"]].flatMap(([name, text]) =>
      patchesOf(units, numbers.filter((i) => classes.of(i) === name && !classes.hidden.has(i))).map(({ bbox, middle, area_m2 }) => ({ lon: units.lon[middle], lat: units.lat[middle], bbox, text, kind: "glyph", priority: 25 + area_m2 / 1e12 })),
    );
  }

  importantUnits() {
    return this.classes.kind === "gi" ? this.classes.listed().slice(0, 5).map(({ i }) => i) : [];
  }

  colour() {
    const strong = this.hovered ?? this.filter;
    this.app.grid.setStyle((i) => this.classes.style(i, strong));
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

  showAll(isAll) {
    this.allRows = isAll;
    paintRight(this);
  }

  tip(i) {
    if (!this.classes) return null;
    const { classes } = this;
    if (classes.kind === "density") return [this.unitName(i)];
    return [this.unitName(i), classes.words(i), classes.kind === "emerging" ? classes.because(i) : classes.excess(i)].filter(Boolean);
  }

  paintLeft() {
    paintLeft(this);
  }

  /** What does not wait for any figure is there at once; what does says what it waits for. */
  paintFirst() {
    paintRight(this);
    if (this.allMonths) return;
    const { shell } = this.app;
    shell.bottom.hidden = false;
    shell.onResize();
    paint(shell.bottom, waitsFor("/api/headline"));
  }

  async loadAbove() {
    const { atlas } = this.app;
    const levels = atlas.upward(this.frame.level).slice(1, 3).filter((name) => atlas.level(name).n > 1);
    const answers = await Promise.all(levels.map((name) => atlas.units(name)));
    return answers.map((units) => new Map(units.code.map((code, i) => [code, unitOf(units, i)])));
  }

  /** Figures, lists and months, each once it is here; until then the old ones stay. While it plays only figures and months change. */
  async paintRight() {
    const { app, beside } = this;
    if (app.lacksData()) paintEmpty(this);
    if (!app.placeCard || !this.frame) return;
    const { level } = this.frame;
    this.above = await this.loadAbove();
    if (!this.headline && this.beside === beside) paintRight(this);
    const headline = await beside.headline;
    if (this.beside !== beside) return;
    this.headline = headline;
    if (!headline && !this.span) this.span = await askSpan(app);
    this.takeMonths();
    paintRight(this);
    const [standing, scores] = await Promise.all([beside.standing, loadScores(app.atlas, level)]);
    const partUnits = standing?.parts ? await app.atlas.units(standing.parts.level) : this.partUnits;
    if (this.beside !== beside) return;
    Object.assign(this, { scores, partUnits, standing: standing ?? (this.play.isOn ? this.standing : null) });
    paintRight(this);
    const shown = app.selectedCard ?? app.placeCard;
    const i = shown.unit.level === level ? this.frame.units.position.get(shown.unit.code) : undefined;
    app.shell.say(i === undefined || this.classes.kind === "density" ? named(shown.unit) : `${named(shown.unit)} ${this.classes.words(i)}`);
  }

  /** The months of the place, and which of them are whole. */
  takeMonths() {
    const { app, headline } = this;
    this.allMonths = headline?.months ?? app.placeCard.months ?? [];
    this.span = headline?.span ?? this.span;
    const months = this.allMonths.map(({ month }) => month).filter((month) => !this.span || (month >= this.span.first && month <= this.span.last));
    const isNew = months.length !== this.months.length;
    this.months = months;
    if (isNew) this.paintLeft();
    this.paintMonths();
  }

  chips() {
    const { app } = this;
    return [
      { target: "gs-measure", label: t(TITLES[app.state.get("measure")]) },
      ...(isStandalone() ? [] : [{ target: "gs-incidents", label: t("hot.which"), icon: "filter" }]),
      { target: "gs-legend", label: t("map.legend") },
      { target: "gs-level", label: app.levelTitle(app.drawnLevel()), icon: "layers" },
    ];
  }

  asTable() {
    return textTable(this);
  }

  evidenceOf(asked) {
    return evidenceOf(this, asked);
  }

  /** Space plays; arrows step where nothing else has the focus. */
  pressed({ key, target }) {
    if (target !== document.body || !this.frame || !this.canStep()) return false;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (key === " ") this.play.toggle();
    else if (by) this.play.step(by);
    return key === " " || by !== undefined;
  }

  /** The table of the units that are drawn; of chosen incidents, or by other steps, what was worked out for them. */
  exported() {
    const { state } = this.app;
    const { asked, isAny } = filteredBy(state);
    const isEmerging = this.classes?.kind === "emerging";
    const own = { ...super.exported(), table: isEmerging ? "emerging" : "hotspots", filters: filterWords(this.app, this.months) };
    const step = isEmerging && state.get("step") !== "month" ? state.get("step") : undefined;
    return isAny || step ? { ...own, path: `hotspots/${isEmerging ? "labels" : "classes"}`, asked: { ...asked, step }, points: isAny ? { path: "hotspots/incidents", asked: { ...asked, level: own.level } } : undefined } : own;
  }
}
