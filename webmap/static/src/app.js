/** The page: state in, desks and map out. */

import { byId, paint } from "./dom.js";
import { language, setupWords, t } from "./i18n.js";
import * as data from "./data.js";
import { Atlas, address, findUnit, unitOf } from "./atlas.js";
import { State } from "./state.js";
import { Shell } from "./shell.js";
import { paintHeader } from "./header.js";
import { Search } from "./search.js";
import { applyLayers, chosenLayers } from "./layers.js";
import { Live } from "./live.js";
import { attribution, useLooks } from "./looks.js";
import { Phone } from "./phone.js";
import { listenToKeys } from "./keys.js";
import { fitPaper } from "./paper.js";
import { showTable } from "./astext.js";
import { GridMap } from "./map/gridmap.js";
import { remember } from "./memory.js";
import { placeName } from "./places.js";
import { Selection } from "./selection.js";
import { Drawer } from "./evidence/drawer.js";
import { Tour } from "./tour.js";
import { Walk } from "./walk.js";
import { Working } from "./working.js";
import { emptyBlock, faultBlock, faultWords } from "./states.js";

export class App extends Selection {
  /** `Desk`: the class of the page's desk. */
  constructor(boot, map, Desk) {
    super();
    this.boot = boot;
    this.map = map;
    this.Desk = Desk;
    this.atlas = new Atlas(boot);
    this.turn = 0;
  }

  async start() {
    const { boot } = this;
    data.setupData(boot);
    setupWords(boot, boot.lang);
    this.homePlace = null;
    this.state = new State(boot, null);
    useLooks(this);
    this.shell = new Shell(this);
    this.working = new Working(this.shell);
    this.drawer = new Drawer(this);
    this.shell.beforeDialog = () => this.drawer.close();
    this.phoneLegend = byId("gs-phone-legend");
    if (!byId("gs-map").contains(this.map.getContainer())) byId("gs-map").prepend(this.map.getContainer());
    this.desk = new this.Desk(this);
    const drawn = this.askData();
    this.shell.makeRoom(boot);
    this.map.invalidateSize({ animate: false });
    const looks = { palette: boot.palette, theme: this.state.get("theme"), lang: language() };
    this.grid = new GridMap(this.map, { ...looks, data, maxNativeZoom: boot.max_native_zoom ?? null, roadHalfWidth_m: boot.rules?.road_half_width_m, placeName });
    this.grid.on("drawn", () => (document.documentElement.dataset.ready = "map"));
    if (drawn) this.askTiles(drawn.level, drawn.placeLevel);
    this.search = new Search(this);
    this.phone = new Phone(this);
    this.paintFrame();
    const whole = await this.atlas.units(this.atlas.homeLevel());
    this.homePlace = unitOf(whole, 0);
    this.state.defaults.place = address(this.homePlace);
    if (!this.state.get("place")) this.state.values.place = address(this.homePlace);
    await this.resolve();
    if (!this.isPlaced) {
      this.firstView();
      this.grid.setUnits({ level: this.drawnLevel() });
    }
    this.listen();
    this.live = new Live(this);
    this.viewed(this.grid.view());
    this.addWhatIf();
    await this.refresh();
    await this.whatif?.follow();
    this.drawer.openFromAddress();
    this.tour = new Tour(this);
    this.tour.startOnFirstVisit();
  }

  /** For those who may plan: a card's button and the key W call `enterWhatIf`, which others do not have. */
  addWhatIf() {
    this.whatif = this.desk.makeWhatIf?.() ?? null;
    if (this.whatif) this.enterWhatIf = () => this.whatif.enter();
  }

  /** Units and measures are asked for at once, before anything has been answered; returns the level to draw and its place's, if known. */
  askData() {
    const { atlas, state } = this;
    const text = state.get("place");
    const placeLevel = text ? text.split(":")[0] : atlas.homeLevel();
    if (!atlas.level(placeLevel)) return null;
    const level = state.get("level") ?? this.levelFor(placeLevel);
    const steps = atlas.upward(level);
    const levels = new Set([atlas.homeLevel(), level, ...(text ? steps.slice(0, steps.indexOf(placeLevel) + 1) : [])]);
    const asked = [...[...levels].map((name) => atlas.units(name)), ...this.desk.askAhead(level, text ?? undefined)];
    asked.forEach((answer) => answer.catch(() => {}));
    return { level, placeLevel };
  }

  /** The first tiles, where the view is known before anything has been answered. */
  askTiles(level, placeLevel) {
    const { boot, state } = this;
    const { c, z, place } = state.values;
    if (c && z !== null) this.map.setView([c[1], c[0]], z, { animate: false });
    else if (!place) this.grid.fit(boot.bounds, { padding: this.fitPadding() });
    else return;
    this.isPlaced = true;
    this.grid.setUnits({ level });
    if (chosenLayers(this).includes("boundaries")) this.grid.setBoundaries(this.desk.outlines(level, placeLevel));
    applyLayers(this);
  }

  paintFrame() {
    paintHeader(this);
    this.shell.paintHandles();
    this.grid.setAttribution(attribution(this.boot, this.boot.snapshot ? t("map.snapshot", { number: this.boot.snapshot.number }) : ""));
    if (this.state.broken.length) this.shell.banner("broken", t("link.broken", { names: this.state.broken.join(", ") }), { closable: true });
  }

  /** Place and selection from the address; what is not there is named. */
  async resolve() {
    const { state } = this;
    const missing = [];
    for (const key of ["place", "sel"]) {
      const text = state.get(key)?.split("~")[0];
      const unit = text ? await findUnit(this.atlas, text).catch(() => null) : null;
      if (text && !unit) {
        missing.push(key);
        state.values[key] = state.defaults[key];
      }
      if (key === "place") this.place = unit ?? this.homePlace;
      else this.selected = unit;
    }
    const names = [...this.state.broken, ...missing];
    if (names.length) this.shell.banner("broken", t("link.broken", { names: names.join(", ") }), { closable: true });
  }

  listen() {
    const { grid, state } = this;
    state.on((changed) => this.changed(changed));
    grid.on("click", (event) => this.clicked(event));
    grid.on("dblclick", (event) => event.unit !== null && event.unit !== undefined && !this.whatif?.isOn && this.enterNumber(event.unit));
    grid.on("hover", (event) => this.hover(event));
    grid.on("view", (view) => this.viewed(view));
    grid.on("home", () => this.goHome());
    grid.on("loading", (n) => this.busyWith("tiles", n > 0));
    this.busyWith("tiles", grid.lastLoading > 0); // some may be on their way already
    data.onTraffic((_event, waiting) => this.busyWith("data", waiting > 0));
    this.shell.onResize = () => requestAnimationFrame(() => grid.size());
    window.addEventListener("resize", () => this.shell.onResize());
    window.addEventListener("beforeprint", fitPaper);
    this.map.keyboard?.disable();
    this.walk = new Walk(this);
    listenToKeys(this);
  }

  busyWith(name, is) {
    this.busy = { ...this.busy, [name]: is };
    const isBusy = Object.values(this.busy).some(Boolean);
    byId("gs-map").setAttribute("aria-busy", isBusy);
    this.working.watch(isBusy);
  }

  async changed(keys) {
    if (keys.has("lang") || keys.has("theme")) {
      remember(this.state.values);
      useLooks(this);
      this.grid.setTheme(this.state.get("theme"));
      this.grid.setLang?.(language());
      this.search?.paint();
      this.drawer.paint();
      this.paintFrame();
    }
    const still = [...keys].every((key) => ["z", "c"].includes(key));
    paintHeader(this);
    if (still) return;
    if (keys.has("scn")) await this.whatif?.follow();
    const before = this.place;
    if (keys.has("place") || keys.has("sel")) await this.resolve();
    if (keys.has("restored") && this.state.get("c")) this.firstView();
    else if (before && address(before) !== address(this.place)) this.fitPlace();
    await this.refresh();
  }

  /** Fetch what the state asks for and draw it; the old picture stays until then. */
  async refresh() {
    const mine = ++this.turn;
    if (this.whatif?.isOn) return this.whatif.refreshed();
    try {
      applyLayers(this);
      const at = this.desk.density?.() ?? this.state.get("at");
      const chosen = this.selected && address(this.selected) !== address(this.place) ? this.selected : null;
      const cards = Promise.all([this.cardOf(this.place, at), chosen ? this.cardOf(chosen, at) : null]);
      cards.catch(() => {});
      const loaded = await this.desk.load();
      if (mine !== this.turn) return undefined;
      this.desk.show(loaded);
      this.phone.paintChips();
      [this.placeCard, this.selectedCard] = await cards;
      if (mine !== this.turn) return undefined;
      this.desk.paintLeft();
      this.desk.paintRight();
      this.drawn = { ...this.state.values };
    } catch (fault) {
      if (mine === this.turn) await this.failed(fault);
    }
    return undefined;
  }

  /** What was given up leaves what was drawn before; another fault stands in the place of the figures. */
  async failed(fault) {
    if (this.lacksData()) return this.showEmpty();
    if (!data.isCancelled(fault) || !this.drawn) return this.showFault(fault);
    const { z: _z, c: _c, ...chosen } = this.drawn;
    this.shell.toast(t("state.cancelled"));
    return this.state.set(chosen, { replace: true });
  }

  cardOf(unit, at) {
    return this.atlas.card(unit.level, unit.code, at);
  }

  showFault(fault) {
    if (fault instanceof data.Unreachable || !this.shell) return;
    if (!(fault instanceof data.DataError)) console.error(fault);
    paint(this.shell.right, faultBlock(fault, () => this.refresh()));
  }

  faultWords(fault) {
    return faultWords(fault);
  }

  /** What the desk is about is not there yet. */
  lacksData() {
    const needed = { coverage: "cameras", hotspots: "incidents" }[this.boot.desk];
    return needed !== undefined && !this.boot.available?.[needed];
  }

  /** No cameras, or no incidents, yet: the borders, the card with what is missing, and what to do first. */
  async showEmpty() {
    byId("gs-empty")?.remove();
    byId("gs-map").append(emptyBlock(this));
    this.placeCard = await this.cardOf(this.place, this.state.get("at"));
    this.desk.paintRight();
  }

  escape() {
    if (this.tour?.isOpen) this.tour.close();
    else if (this.drawer.isOpen) this.drawer.close();
    else if (this.desk.lasso?.isOn) this.desk.lasso.toggle(false);
    else if (this.camera) this.closeCamera();
    else if (this.selected) this.select(null);
  }

  viewed({ lon, lat, z }) {
    this.state.set({ c: [Number(lon.toFixed(5)), Number(lat.toFixed(5))], z: Math.round(z * 100) / 100 }, { replace: true });
    const shown = `${this.grid.isStreet()} ${chosenLayers(this).length} ${this.boot.layers?.map((name) => (this.grid.minZoom(name) ?? 0) <= z).join()}`;
    if (shown !== this.layersInReach) {
      this.layersInReach = shown;
      applyLayers(this);
      if (this.boot.desk !== "hotspots" && this.desk.frame && !this.whatif?.isOn) this.desk.paintLeft();
    }
  }

  describeMap(sentence) {
    byId("gs-map").setAttribute("aria-label", sentence);
    this.map.getContainer().setAttribute("aria-label", t("map.keys"));
  }

  /** What is not as usual on the map; nothing: nothing. */
  notice(...content) {
    const node = byId("gs-map-note");
    node.hidden = !content.some(Boolean);
    paint(node, content);
  }

  showTable(asked) {
    showTable(this, asked);
  }

  seesCameras() {
    return Boolean(this.boot.layers?.includes("cameras"));
  }
}
