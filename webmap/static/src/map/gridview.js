/** Where the map looks: its view, flights to a place, what lies under a point, and who is told. */

import { pickCamera } from "./cameras.js";
import { isCalm } from "./calm.js";
import { pickPin } from "./pins.js";
import { sideOf, snapZoom } from "./zoom.js";

export class GridView {
  constructor(map, options) {
    this.map = map;
    this.options = options;
    this.handlers = new Map();
    this.homeBounds = options.home;
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
