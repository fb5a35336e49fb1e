/** The pointer on the map of the mode: what lies under it is dragged, everything else is the map's own. */

import { pick } from "./marks.js";

export class ModePointer {
  /** `mode` has `map`, `scene()`, and is told by drag(key, handle, place), dropped(), pointed(hit, point). */
  constructor(mode) {
    this.mode = mode;
    this.map = mode.map;
    this.node = this.map.getContainer();
    this.held = null;
    this.wasDragged = false;
    this.handlers = { pointerdown: (event) => this.down(event), pointermove: (event) => this.move(event), pointerup: () => this.up(), pointercancel: () => this.up(), pointerleave: () => this.mode.pointed(null, null) };
  }

  listen(isOn) {
    const call = isOn ? "addEventListener" : "removeEventListener";
    for (const [name, handler] of Object.entries(this.handlers)) this.node[call](name, handler, true);
    if (!isOn) this.up();
  }

  at(event) {
    const { left, top } = this.node.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  /** A change of the scenario, or with the tool for it a camera of the register. */
  hit(event) {
    const found = pick(this.map, this.mode.scene(), this.at(event), event.pointerType === "touch");
    if (found) return found.handle === "mark" && this.mode.tool === "turn" ? { ...found, handle: "aim" } : found;
    if (!["move", "turn"].includes(this.mode.tool)) return null;
    const place = this.map.containerPointToLatLng([this.at(event).x, this.at(event).y]);
    const uid = this.mode.app.grid.cameraAt(place.lng, place.lat);
    return uid ? { uid, handle: this.mode.tool === "move" ? "mark" : "aim" } : null;
  }

  down(event) {
    this.wasDragged = false;
    if (event.button !== 0 || event.target.closest?.("button, select, input")) return;
    const hit = this.mode.isEditable() ? this.hit(event) : null;
    if (!hit) return;
    this.held = { ...hit, from: this.at(event) };
    this.map.dragging.disable();
    this.node.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  move(event) {
    const point = this.at(event);
    if (!this.held) {
      if (event.buttons === 0) this.mode.pointed(this.hit(event), point);
      return;
    }
    const { from, uid } = this.held;
    if (!this.wasDragged && Math.hypot(point.x - from.x, point.y - from.y) < 4) return;
    this.wasDragged = true;
    if (uid && !this.held.key) {
      this.held.key = this.mode.changeOf(uid)?.key;
      if (!this.held.key) return;
    }
    const { lat, lng } = this.map.containerPointToLatLng([point.x, point.y]);
    this.mode.drag(this.held.key, this.held.handle, { lon: lng, lat });
    this.mode.pointed({ key: this.held.key, handle: this.held.handle }, point);
  }

  up() {
    if (!this.held) return;
    const { key, uid } = this.held;
    this.held = null;
    this.map.dragging.enable();
    if (this.wasDragged) {
      this.mode.dropped();
      setTimeout(() => (this.wasDragged = false), 60);
    } else if (key) this.mode.select(key);
    else if (uid) this.mode.useOn(uid);
    this.wasHit = true;
    setTimeout(() => (this.wasHit = false), 60);
  }

  /** Whether the click that follows belongs to what was just dragged or chosen. */
  hasTaken() {
    return this.wasDragged || this.wasHit;
  }
}
