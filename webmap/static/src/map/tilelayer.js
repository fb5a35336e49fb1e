/** Canvas tiles on Leaflet's grid, each as large as its zoom asks: units, coarser outlines and area layers painted in one go. */

import L from "./leaflet.js";
import { TILE_PX } from "./geometry.js";
import { sideOf } from "./zoom.js";

const FIRST_PAINT_WAIT_MS = 250;
const TOP_ORDER = 40;

/** `host` is the GridMap: it names the sources of a tile and paints it. */
export const CanvasTiles = L.GridLayer.extend({
  options: { tileSize: TILE_PX, minZoom: 1, maxZoom: 21, keepBuffer: 1, updateWhenIdle: false, updateWhenZooming: false, updateInterval: 80, noWrap: true },

  initialize(host, options) {
    L.setOptions(this, options);
    this.host = host;
    this.records = new Map();
    this.on("tileunload", ({ coords }) => this.records.delete(this._tileCoordsToKey(coords)));
  },

  /** Leaflet would clear the picture before a jump; here it stays until its successor is painted. */
  getEvents() {
    const { viewprereset: _cleared, ...events } = L.GridLayer.prototype.getEvents.call(this);
    return events;
  },

  getTileSize() {
    const side = sideOf(this._tileZoom ?? this._map.getZoom());
    return new L.Point(side, side);
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "presentation");
    const record = { canvas, coords, done, sidePx: sideOf(coords.z), isPainted: false, isDirty: true, deadline: performance.now() + FIRST_PAINT_WAIT_MS };
    this.records.set(this._tileCoordsToKey(coords), record);
    this.host.requestSources(record);
    setTimeout(() => {
      record.isDirty ||= !this.host.isComplete(record);
      this.host.schedule();
    }, FIRST_PAINT_WAIT_MS + 5);
    return canvas;
  },

  _initTile(tile) {
    L.GridLayer.prototype._initTile.call(this, tile);
    const side = `${sideOf(this._tileZoom) + this.host.bleedPx}px`;
    tile.style.width = side;
    tile.style.height = side;
  },

  /** As Leaflet's, but the tiles are those of the very zoom, not of the nearest whole one. */
  _setView(center, zoom, noPrune, noUpdate) {
    if (!noUpdate) {
      this._tileZoom = zoom > this.options.maxZoom || zoom < this.options.minZoom ? undefined : zoom;
      this._updateLevels();
      this._resetGrid();
      if (this._tileZoom !== undefined) this._update(center);
      if (!noPrune) this._pruneTiles();
      this._noPrune = Boolean(noPrune);
    }
    this._setZoomTransforms(center, zoom);
  },

  _updateLevels() {
    const level = L.GridLayer.prototype._updateLevels.call(this);
    for (const [zoom, { el }] of Object.entries(this._levels)) {
      el.style.zIndex = Number(zoom) === this._tileZoom ? TOP_ORDER : Math.round(TOP_ORDER - 1 - Math.abs(this._tileZoom - zoom));
    }
    return level;
  },

  /** What was painted at another zoom stays until the present one is whole. */
  _pruneTiles() {
    if (!this._map) return;
    const entries = Object.entries(this._tiles);
    const isWhole = entries.every(([, tile]) => !tile.current || tile.active);
    for (const [key, tile] of entries) {
      const isOld = tile.coords.z !== this._tileZoom;
      if (!tile.current && (isWhole || !isOld || !tile.active)) this._removeTile(key);
    }
  },

  isLive(record) {
    return this.records.get(this._tileCoordsToKey(record.coords)) === record;
  },

  isInView({ coords, sidePx }, { min, max } = this._map.getPixelBounds()) {
    return (coords.x + 1) * sidePx > min.x && coords.x * sidePx < max.x && (coords.y + 1) * sidePx > min.y && coords.y * sidePx < max.y;
  },

  /** Records of the present zoom, those in view first. */
  current() {
    const view = this._map.getPixelBounds();
    const own = [...this.records.values()].filter(({ coords }) => coords.z === this._tileZoom);
    const [seen, hidden] = [[], []];
    own.forEach((record) => (this.isInView(record, view) ? seen : hidden).push(record));
    return { seen, hidden };
  },

  finish(record) {
    if (record.isPainted) return;
    record.isPainted = true;
    record.done(null, record.canvas);
  },
});
