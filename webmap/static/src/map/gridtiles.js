/** Which tiles the map needs, and when each is painted. */

import { GridView } from "./gridview.js";
import { TILE_LAYERS, UNDER_LAYER } from "./layers.js";
import { paintTile } from "./tilepaint.js";
import { tileKey, TileStore } from "./tilestore.js";
import { baseOf, MAX_ZOOM } from "./zoom.js";

const SHEETS_WAIT_MS = 250;

export class GridTiles extends GridView {
  constructor(map, options) {
    super(map, options);
    this.store = new TileStore(options.data, (n) => this.tellLoading(n));
  }

  tellLoading(n) {
    if (n === this.lastLoading) return;
    this.lastLoading = n;
    this.emit("loading", n);
  }

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

  /** Whether all that is drawn on a display tile is here. */
  isComplete({ coords }) {
    return this.sourcesAt(coords.z).every((source) => !this.isMissing(source, coords));
  }

  /** What is in view is asked for first; a picture that lacks something is painted anew once nothing is lacking, or late. */
  requestSources(record) {
    const wanted = () => this.tiles.isLive(record);
    const ready = () => {
      if (record.isPainted && performance.now() < record.deadline && !this.isComplete(record)) return;
      record.isDirty = true;
      this.schedule();
    };
    const isFirst = this.tiles.isInView(record);
    for (const source of this.sourcesAt(record.coords.z)) {
      const { z, x, y } = this.dataAddress(source, record.coords);
      if (z >= 0) this.store.want(source, z, x, y, { ready, wanted, isFirst });
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

  /** Names, marks and outlines follow the tiles: when all are here, and meanwhile now and then. */
  redrawSheets() {
    clearTimeout(this.sheetTimer);
    this.sheetTimer = null;
    this.paintedZoom = this.map.getZoom();
    Object.values(this.sheets).forEach((sheet) => sheet.redraw());
  }

  /** Paint what changed: tiles in view now, the others when nothing else is to do. */
  paint() {
    if (!this.map._loaded || this.isRemoved) return;
    const started = performance.now();
    const { seen, hidden } = this.tiles.current();
    const dirty = seen.filter((record) => record.isDirty);
    dirty.forEach((record) => paintTile(this, record));
    if (this.paintedZoom !== this.map.getZoom() || (dirty.length > 0 && this.store.isIdle())) this.redrawSheets();
    else if (dirty.length > 0) this.sheetTimer ??= setTimeout(() => this.redrawSheets(), SHEETS_WAIT_MS);
    this.lastPaintMs = performance.now() - started;
    if (!this.wasDrawn && this.style && seen.length > 0 && seen.every((record) => record.isPainted)) {
      this.wasDrawn = true;
      this.emit("drawn");
    }
    const later = hidden.filter((record) => record.isDirty);
    if (later.length > 0) (globalThis.requestIdleCallback ?? setTimeout)(() => later.forEach((record) => record.isDirty && paintTile(this, record)));
  }
}
