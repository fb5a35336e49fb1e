/**
 * The map: vector tiles on Leaflet canvases, without WebGL.
 *
 * Why our own layer and not protomaps-leaflet: a change of colour must not decode or fetch again (geometry is kept as Path2D by unit); pick,
 * patterns, selection and focus need the same decoded rings, so one module draws and answers; and protomaps-leaflet is in maintenance mode.
 *
 * Call setUnits before setStyle: after a change of level the old picture stays until the new style is here.
 */

import L from "./leaflet.js";
import { pickCamera, Sprites } from "./cameras.js";
import { Furniture } from "./furniture.js";
import { UnitTile } from "./geometry.js";
import { Ground } from "./ground.js";
import { decodeLayer, END_ZOOM, MIN_ZOOM, TILE_LAYERS, UNDER_LAYER } from "./layers.js";
import { Patterns } from "./patterns.js";
import { drawPinSheet, pickPin } from "./pins.js";
import { Pointer } from "./pointer.js";
import { Sheet } from "./sheet.js";
import { drawHoverSheet, drawLabelSheet, drawMarkSheet, drawOutlineSheet } from "./sheets.js";
import { CanvasTiles } from "./tilelayer.js";
import { tileKey, TileStore } from "./tilestore.js";
import { paintTile } from "./tilepaint.js";
import { readTokens } from "./tokens.js";
import { baseOf, sideOf, snapZoom } from "./zoom.js";

const STYLE_WAIT_MS = 1500;
const MAX_ZOOM = 20;
const MAX_RATIO = 2;
const WHEEL_STEP = 0.5;
/** From here on streets are shown, not classes: ground, roads, what is seen of them, footprints (UI.md 1.6). */
const STREET_ZOOM = 15;
const STREET_LAYERS = ["sectors", "gaps", "cameras"];
const PANES = { relief: 140, background: 145, raster: 150, graticule: 405, outline: 410, marks: 420, hover: 430, pins: 450, labels: 440 };

const unitSource = (level, rank = 1) => ({ layer: `units-${level}`, rank, decode: (bytes) => new UnitTile(bytes) });
const isCalm = () => globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;
const sameSet = (a, b) => a === b || (a && b && a.size === b.size && [...a].every((item) => b.has(item)));

export class GridMap {
  constructor(map, options) {
    this.map = map;
    this.options = { maxNativeZoom: null, home: null, roadHalfWidth_m: 4, placeName: ({ name }) => name, ...options };
    this.handlers = new Map();
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
    this.homeBounds = this.options.home;
    this.store = new TileStore(this.options.data, (n) => this.tellLoading(n));
    this.prepareMap();
    this.measureRatio();
    this.setTokens();
    this.furniture = new Furniture(map, { lang: this.options.lang, onHome: () => this.goHome() });
    this.ground = new Ground(this);
    this.addSheets();
    this.pointer = new Pointer(this);
    this.watch();
  }

  prepareMap() {
    const { map } = this;
    map.getContainer().classList.add("gs-map");
    map.doubleClickZoom.disable();
    map.options.fadeAnimation = false;
    map._fadeAnimated = false;
    if (isCalm()) map._zoomAnimated = false;
    if (!Number.isFinite(map.getMaxZoom())) map.setMaxZoom(MAX_ZOOM);
    if (map.getMinZoom() < 1) map.setMinZoom(1);
    map.options.zoomSnap = WHEEL_STEP;
    map._limitZoom = (zoom) => snapZoom(Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), zoom)));
    Object.entries(PANES).forEach(([name, order]) => this.makePane(name, order));
  }

  makePane(name, order) {
    const pane = this.map.getPane(`gs-${name}`) ?? this.map.createPane(`gs-${name}`);
    pane.style.zIndex = order;
    pane.style.pointerEvents = "none";
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
    this.tiles = new CanvasTiles(this, { maxZoom: this.map.getMaxZoom() }).addTo(this.map);
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
    this.makePane(name, order);
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
      this.emit("view", this.view());
    });
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
    this.isRemoved = true;
    this.map.remove();
  }

  on(name, handler) {
    if (!this.handlers.has(name)) this.handlers.set(name, new Set());
    this.handlers.get(name).add(handler);
    return this;
  }

  off(name, handler) {
    this.handlers.get(name)?.delete(handler);
    return this;
  }

  emit(name, event) {
    this.handlers.get(name)?.forEach((handler) => handler(event));
  }

  tellLoading(n) {
    if (n === this.lastLoading) return;
    this.lastLoading = n;
    this.emit("loading", n);
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

  /** The shaded land under everything, from picture tiles of `url` up to tile zoom `maxZoom`; null takes it away. */
  setRelief(relief) {
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

  // --- tiles ---------------------------------------------------------------------------------------------------------------------

  /** Sources needed at a map zoom: units first. */
  sourcesAt(zoom) {
    const sources = this.units ? [this.units, ...this.boundaries] : [...this.boundaries];
    for (const name of [UNDER_LAYER, ...TILE_LAYERS, "cameras"]) if (this.isDrawn(name, zoom)) sources.push(this.layers.get(name));
    if (this.selected) sources.push(this.selected.source);
    return sources;
  }

  /** Address of the data under a display tile: itself, or an ancestor beyond the greatest zoom that has data. */
  dataAddress(source, { x, y, z }) {
    const most = this.options.maxNativeZoom;
    const limit = (most !== null && typeof most === "object" ? (most[source.layer] ?? most.default) : most) ?? MAX_ZOOM;
    const zoom = baseOf(z) - 1;
    const up = Math.max(0, zoom - limit);
    return { z: zoom - up, x: x >> up, y: y >> up, up };
  }

  /** The decoded tile for a display tile with its address, or undefined while it is on its way; with `orAbove`, a coarser one meanwhile. */
  find(source, coords, { orAbove = false } = {}) {
    let address = this.dataAddress(source, coords);
    for (let step = 0; step <= (orAbove ? 5 : 0) && address.z >= 0; step += 1) {
      const key = tileKey(source, address.z, address.x, address.y);
      const tile = this.store.get(key);
      if (tile !== undefined) return { tile, key, ...address };
      address = { z: address.z - 1, x: address.x >> 1, y: address.y >> 1, up: address.up + 1 };
    }
    return undefined;
  }

  isMissing(source, coords) {
    const { z, x, y } = this.dataAddress(source, coords);
    const key = tileKey(source, z, x, y);
    return this.store.peek(key) === undefined && !this.store.hasFailed(key);
  }

  requestSources(record) {
    const wanted = () => this.tiles.isLive(record);
    const ready = () => {
      record.isDirty = true;
      this.schedule();
    };
    for (const source of this.sourcesAt(record.coords.z)) {
      const { z, x, y } = this.dataAddress(source, record.coords);
      if (z >= 0) this.store.want(source, z, x, y, { ready, wanted });
    }
  }

  requestAll() {
    if (!this.map._loaded || !this.tiles._map) return;
    const { seen, hidden } = this.tiles.current();
    [...seen, ...hidden].forEach((record) => this.requestSources(record));
  }

  invalidate() {
    this.tiles.records.forEach((record) => (record.isDirty = true));
    this.schedule();
  }

  schedule() {
    if (this.isRemoved) return;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  /** Paint what changed: tiles in view now, the others when nothing else is to do. */
  paint() {
    if (!this.map._loaded || this.isRemoved) return;
    const started = performance.now();
    const { seen, hidden } = this.tiles.current();
    const dirty = seen.filter((record) => record.isDirty);
    dirty.forEach((record) => paintTile(this, record));
    if (dirty.length > 0 || this.paintedZoom !== this.map.getZoom()) {
      this.paintedZoom = this.map.getZoom();
      Object.values(this.sheets).forEach((sheet) => sheet.redraw());
    }
    this.lastPaintMs = performance.now() - started;
    if (!this.wasDrawn && this.style && seen.length > 0 && seen.every((record) => record.isPainted)) {
      this.wasDrawn = true;
      this.emit("drawn");
    }
    const later = hidden.filter((record) => record.isDirty);
    if (later.length > 0) (globalThis.requestIdleCallback ?? setTimeout)(() => later.forEach((record) => record.isDirty && paintTile(this, record)));
  }

  // --- view ----------------------------------------------------------------------------------------------------------------------

  view() {
    const { lat, lng } = this.map.getCenter();
    const box = this.map.getBounds();
    return { lon: lng, lat, z: this.map.getZoom(), bounds: [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()] };
  }

  /** The closest zoom at which `bounds` leave `padding` px (a number, or [x, y]) free on all sides. */
  fitZoom(bounds, { padding = 24 } = {}) {
    const { map } = this;
    const [minx, miny, maxx, maxy] = bounds;
    const size = map.getSize();
    const [padX, padY] = Array.isArray(padding) ? padding : [padding, padding];
    const [northWest, southEast] = [map.project([maxy, minx], 0), map.project([miny, maxx], 0)];
    const share = Math.min((size.x - 2 * padX) / (southEast.x - northWest.x), (size.y - 2 * padY) / (southEast.y - northWest.y));
    const zoom = share > 0 && Number.isFinite(share) ? Math.log2(share) : map.getMinZoom();
    return snapZoom(Math.max(map.getMinZoom(), Math.min(map.getMaxZoom() - 1, zoom)), Math.floor);
  }

  fit(bounds, { padding = 24 } = {}) {
    const { map } = this;
    const [minx, miny, maxx, maxy] = bounds;
    this.homeBounds ??= bounds;
    const middle = map.unproject(map.project([maxy, minx], 0).add(map.project([miny, maxx], 0)).divideBy(2), 0);
    map.setView(middle, this.fitZoom(bounds, { padding }), { animate: false });
  }

  /** A flight of 200 ms when the place is within one screen, else a jump. */
  flyTo({ lon, lat, z = this.map.getZoom() }) {
    const { map } = this;
    const near = map.project([lat, lon], map.getZoom()).distanceTo(map.project(map.getCenter(), map.getZoom())) < map.getSize().x;
    if (near && !isCalm() && z === map.getZoom()) map.panTo([lat, lon], { animate: true, duration: 0.2 });
    else map.setView([lat, lon], z, { animate: near && !isCalm() });
  }

  setHome(bounds) {
    this.homeBounds = bounds;
  }

  /** The page decides what home is by listening to "home"; else it is the bounds of setHome, else those of the first fit. */
  goHome() {
    if (this.handlers.has("home")) this.emit("home", this.homeBounds);
    else if (this.homeBounds) this.fit(this.homeBounds);
  }

  /** Take note of a changed container, keeping the centre. */
  size() {
    this.map.invalidateSize({ animate: false });
    const { x, y } = this.map.getSize();
    return { width: x, height: y };
  }

  unitAt(lon, lat) {
    if (!this.units) return null;
    const zoom = this.map.getZoom();
    const point = this.map.project([lat, lon], zoom);
    const side = sideOf(zoom);
    const found = this.find(this.units, { x: Math.floor(point.x / side), y: Math.floor(point.y / side), z: zoom }, { orAbove: true });
    if (!found) return null;
    const spanPx = side * 2 ** found.up;
    return found.tile.at(((point.x - found.x * spanPx) / spanPx) * 4096, ((point.y - found.y * spanPx) / spanPx) * 4096);
  }

  pinAt(lon, lat) {
    const { x, y } = this.map.project([lat, lon], this.map.getZoom());
    return pickPin(this.drawnPins, x, y);
  }

  cameraAt(lon, lat) {
    const { x, y } = this.map.project([lat, lon], this.map.getZoom());
    return this.isDrawn("cameras") ? pickCamera(this.drawnCameras, x, y) : null;
  }
}
