/** Canvas tiles of 512 px on Leaflet's grid: each holds units, coarser outlines and area layers, painted in one go. */

import L from "./leaflet.js";
import { TILE_PX } from "./geometry.js";

const FIRST_PAINT_WAIT_MS = 250;

/** `host` is the GridMap: it names the sources of a tile and paints it. */
export const CanvasTiles = L.GridLayer.extend({
  options: { tileSize: TILE_PX, minZoom: 1, maxZoom: 21, keepBuffer: 1, updateWhenIdle: false, updateWhenZooming: false, updateInterval: 80, noWrap: true },

  initialize(host, options) {
    L.setOptions(this, options);
    this.host = host;
    this.records = new Map();
    this.on("tileunload", ({ coords }) => this.records.delete(this._tileCoordsToKey(coords)));
  },

  createTile(coords, done) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "presentation");
    const record = { canvas, coords, done, isPainted: false, isDirty: true, deadline: performance.now() + FIRST_PAINT_WAIT_MS };
    this.records.set(this._tileCoordsToKey(coords), record);
    this.host.requestSources(record);
    setTimeout(() => this.host.schedule(), FIRST_PAINT_WAIT_MS + 5);
    return canvas;
  },

  _initTile(tile) {
    L.GridLayer.prototype._initTile.call(this, tile);
    const side = `${TILE_PX + this.host.bleedPx}px`;
    tile.style.width = side;
    tile.style.height = side;
  },

  isLive(record) {
    return this.records.get(this._tileCoordsToKey(record.coords)) === record;
  },

  /** Records of the present zoom, those in view first. */
  current() {
    const zoom = this._tileZoom;
    const view = this._map.getPixelBounds();
    const inView = ({ coords }) =>
      (coords.x + 1) * TILE_PX > view.min.x && coords.x * TILE_PX < view.max.x && (coords.y + 1) * TILE_PX > view.min.y && coords.y * TILE_PX < view.max.y;
    const own = [...this.records.values()].filter(({ coords }) => coords.z === zoom);
    return { seen: own.filter(inView), hidden: own.filter((record) => !inView(record)) };
  },

  finish(record) {
    if (record.isPainted) return;
    record.isPainted = true;
    record.done(null, record.canvas);
  },
});
