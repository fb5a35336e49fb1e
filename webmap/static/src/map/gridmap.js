/**
 * The map: vector tiles on Leaflet canvases, without WebGL.
 *
 * Why our own layer and not protomaps-leaflet: a change of colour must not decode or fetch again (geometry is kept as Path2D by unit); pick,
 * patterns, selection and focus need the same decoded rings, so one module draws and answers; and protomaps-leaflet is in maintenance mode.
 *
 * Call setUnits before setStyle: after a change of level the old picture stays until the new style is here.
 */

import L from "./leaflet.js";
import { Sprites } from "./cameras.js";
import { Furniture } from "./furniture.js";
import { UnitTile } from "./geometry.js";
import { GridTiles } from "./gridtiles.js";
import { Ground } from "./ground.js";
import { decodeLayer, END_ZOOM, MIN_ZOOM } from "./layers.js";
import { Patterns } from "./patterns.js";
import { drawPinSheet } from "./pins.js";
import { Pointer } from "./pointer.js";
import { makePane, prepareMap } from "./prepare.js";
import { tellRest } from "./rest.js";
import { Sheet } from "./sheet.js";
import { drawHoverSheet, drawLabelSheet, drawMarkSheet, drawOutlineSheet } from "./sheets.js";
import { CanvasTiles } from "./tilelayer.js";
import { readTokens } from "./tokens.js";

const STYLE_WAIT_MS = 1500;
const MAX_RATIO = 2;
/** From here on streets are shown, not classes: ground, roads, what is seen of them, footprints (UI.md 1.6). */
const STREET_ZOOM = 15;
const STREET_LAYERS = ["sectors", "gaps", "cameras"];

const unitSource = (level, rank = 1) => ({ layer: `units-${level}`, rank, decode: (bytes) => new UnitTile(bytes) });
const sameSet = (a, b) => a === b || (a && b && a.size === b.size && [...a].every((item) => b.has(item)));

export class GridMap extends GridTiles {
  constructor(map, options) {
    super(map, { maxNativeZoom: null, home: null, roadHalfWidth_m: 4, placeName: ({ name }) => name, ...options });
    this.level = null;
    this.within = null;
    this.focusVersion = 0;
    this.style = null;
    this.styles = [];
    this.isStyleHeld = false;
    this.selected = null;
    this.hovered = null;
    this.boundaries = [];
    this.labels = [];
    this.layers = new Map();
    this.raster = null;
    this.highlighted = new Set();
    this.hidden = new Set();
    this.more = new Map();
    this.drawnCameras = [];
    this.pins = [];
    this.drawnPins = [];
    this.halo = null;
    this.isCounted = false;
    prepareMap(map);
    this.measureRatio();
    this.setTokens();
    this.furniture = new Furniture(map, { lang: this.options.lang, onHome: () => this.goHome() });
    this.ground = new Ground(this);
    this.addSheets();
    this.pointer = new Pointer(this);
    this.watch();
  }

  /** On screens with a fractional ratio tiles overlap by a pixel, else the browser leaves a hairline between them. */
  measureRatio() {
    const exact = globalThis.devicePixelRatio || 1;
    this.ratio = Math.min(MAX_RATIO, exact);
    this.bleedPx = Number.isInteger(exact) ? 0 : 1;
  }

  setTokens() {
    this.tokens = readTokens(this.options.palette, this.options.theme);
    this.patterns = new Patterns(this.tokens, this.ratio);
    this.sprites = new Sprites(this.tokens, this.ratio);
    const { style } = this.map.getContainer();
    for (const [name, colour] of Object.entries(this.options.palette.tokens[this.tokens.theme])) style.setProperty(`--${name.replaceAll("_", "-")}`, colour);
  }

  addSheets() {
    this.tiles?.remove();
    Object.values(this.sheets ?? {}).forEach((sheet) => sheet.remove());
    this.tiles = new CanvasTiles(this, { maxZoom: this.map.getMaxZoom() });
    this.tiles.addTo(this.map);
    const add = (name, draw) => new Sheet(`gs-${name}`, (ctx, frame) => draw(this, ctx, frame), this.ratio).addTo(this.map);
    this.sheets = {
      outline: add("outline", drawOutlineSheet),
      marks: add("marks", drawMarkSheet),
      hover: add("hover", drawHoverSheet),
      pins: add("pins", drawPinSheet),
      labels: add("labels", drawLabelSheet),
    };
    this.more.forEach((draw, name) => (this.sheets[name] = new Sheet(`gs-${name}`, draw, this.ratio).addTo(this.map)));
  }

  /** One more sheet over the tiles, in a pane of z-index `order`: `draw(ctx, frame)` as for a Sheet. */
  addSheet(name, order, draw) {
    makePane(this.map, name, order);
    this.more.set(name, draw);
    this.sheets[name] = new Sheet(`gs-${name}`, draw, this.ratio).addTo(this.map);
  }

  removeSheet(name) {
    this.more.delete(name);
    this.sheets[name]?.remove();
    delete this.sheets[name];
  }

  watch() {
    const { map } = this;
    map.on("moveend", () => {
      this.requestAll();
      this.schedule();
    });
    tellRest(map);
    this.on("drawn", () => this.setRelief(this.reliefAhead));
    map.on("rest", () => this.emit("view", this.view()));
    if (globalThis.ResizeObserver) {
      this.resizes = new ResizeObserver(() => map.invalidateSize({ animate: false }));
      this.resizes.observe(map.getContainer());
    }
    const watchRatio = () => {
      globalThis.matchMedia(`(resolution: ${globalThis.devicePixelRatio}dppx)`).addEventListener(
        "change",
        () => {
          this.measureRatio();
          this.setTokens();
          this.addSheets();
          watchRatio();
        },
        { once: true },
      );
    };
    watchRatio();
  }

  /** Take the map off the page for good. */
  remove() {
    this.resizes?.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.holdTimer);
    clearTimeout(this.sheetTimer);
    this.isRemoved = true;
    this.map.remove();
  }

  // --- what is drawn -------------------------------------------------------------------------------------------------------------

  setUnits({ level, within = null }) {
    const isNewLevel = level !== this.level;
    if (!isNewLevel && sameSet(within, this.within)) return;
    this.within = within;
    this.focusVersion += 1;
    if (isNewLevel) {
      this.level = level;
      this.units = unitSource(level, 0);
      this.selected = null;
      this.hovered = null;
      if (!this.isStyleFresh) this.holdStyle();
    }
    this.requestAll();
    this.invalidate();
  }

  /** Wait for the new level's style, so that no unit shows a colour of the level before; then draw without fill. */
  holdStyle() {
    this.style = null;
    this.styles = [];
    this.isStyleHeld = true;
    clearTimeout(this.holdTimer);
    this.holdTimer = setTimeout(() => {
      this.isStyleHeld = false;
      this.invalidate();
    }, STYLE_WAIT_MS);
  }

  setStyle(style) {
    clearTimeout(this.holdTimer);
    this.style = style;
    this.styles = [];
    this.isStyleHeld = false;
    this.isStyleFresh = true;
    setTimeout(() => (this.isStyleFresh = false));
    this.invalidate();
  }

  styleOf(unit) {
    if (!this.style) return null;
    return (this.styles[unit] ??= this.style(unit));
  }

  isFocus(unit) {
    return this.within === null || this.within.has(unit);
  }

  select(unit, { level = this.level } = {}) {
    this.selected = unit === null || unit === undefined ? null : { unit, source: unitSource(level) };
    this.requestAll();
    this.sheets.outline.redraw();
  }

  /** Levels, finest first. */
  setBoundaries(levels) {
    const known = new Map(this.boundaries.map((source) => [source.layer, source]));
    this.boundaries = levels.map((level) => known.get(`units-${level}`) ?? unitSource(level));
    this.requestAll();
    this.invalidate();
  }

  setLabels(labels) {
    this.labels = labels;
    this.sheets.labels.redraw();
  }

  minZoom(name) {
    return MIN_ZOOM[name] ?? 0;
  }

  setLayer(name, { visible, at = null }) {
    if (MIN_ZOOM[name] === undefined) return;
    const old = this.layers.get(name);
    if (!visible && !old) return;
    if (visible && old?.at === at) return;
    if (visible) this.layers.set(name, { layer: name, name, at, rank: 2, decode: decodeLayer });
    else this.layers.delete(name);
    this.requestAll();
    this.invalidate();
  }

  isDrawn(name, zoom = this.map.getZoom()) {
    return this.layers.has(name) && zoom >= MIN_ZOOM[name] && zoom < (END_ZOOM[name] ?? Infinity);
  }

  /** Whether streets are drawn in place of filled units: near, and with something to see on them. */
  isStreet(zoom = this.map.getZoom()) {
    return zoom >= STREET_ZOOM && this.raster === null && STREET_LAYERS.some((name) => this.layers.has(name));
  }

  /** The shaded land under everything, from picture tiles of `url` up to tile zoom `maxZoom`; null takes it away. It waits for the units. */
  setRelief(relief) {
    if (!this.wasDrawn) {
      this.reliefAhead = relief;
      return;
    }
    if (Boolean(relief) === Boolean(this.relief)) return;
    this.relief?.remove();
    this.relief = relief && L.tileLayer(relief.url, { pane: "gs-relief", className: "gs-relief", tileSize: 512, zoomOffset: -1, minNativeZoom: 6, maxNativeZoom: relief.maxZoom + 1, maxZoom: relief.maxZoom + 3, noWrap: true, updateWhenZooming: false }).addTo(this.map);
  }

  setRaster(raster) {
    this.raster?.remove();
    this.raster = null;
    if (raster) {
      const [minx, miny, maxx, maxy] = raster.bounds.flat();
      const corners = [
        [miny, minx],
        [maxy, maxx],
      ];
      this.raster = L.imageOverlay(raster.url, corners, { opacity: raster.opacity ?? 1, pane: "gs-raster", interactive: false, alt: "" }).addTo(this.map);
    }
    this.invalidate();
  }

  highlightCameras(uids) {
    this.highlighted = new Set(uids ?? []);
    this.sheets.marks.redraw();
  }

  /** Numbered marks beside their places: {lon, lat, text, isOn} each. */
  setPins(pins) {
    this.pins = pins;
    this.sheets.pins.redraw();
    this.sheets.labels.redraw();
  }

  /** A ring round one place ({lon, lat}), or none. */
  setHalo(place) {
    this.halo = place;
    this.sheets.pins.redraw();
  }

  /** Show public ground on streets by how many cameras see it, in place of whether one does. */
  setCounted(isCounted) {
    if (isCounted === this.isCounted) return;
    this.isCounted = isCounted;
    this.invalidate();
  }

  /** Cameras whose marks and outlines of views are not drawn: somebody else draws them. */
  setHidden(uids) {
    const hidden = new Set(uids);
    if (sameSet(hidden, this.hidden)) return;
    this.hidden = hidden;
    this.invalidate();
    this.sheets.marks.redraw();
  }

  setTheme(theme) {
    this.options.theme = theme;
    this.setTokens();
    this.ground.redraw();
    this.invalidate();
  }

  setLang(lang) {
    this.furniture.setLang(lang);
  }

  setAttribution(text) {
    this.ground.setAttribution(text);
  }

  /** A new snapshot, or new rows of `layers` within `boxes`: what is drawn stays until its successor is here. */
  refresh(layers = null, boxes = null) {
    this.store.forget(layers, boxes);
    this.requestAll();
    this.invalidate();
  }
}
