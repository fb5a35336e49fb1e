/** Clicks and hovering; no tip while panning. */

const HOVER_MS = 80;

export class Pointer {
  constructor(grid) {
    this.grid = grid;
    this.map = grid.map;
    this.map.on("click", (event) => this.tell("click", event));
    this.map.on("dblclick", (event) => this.tell("dblclick", event));
    this.map.on("mousemove", (event) => this.plan(event));
    this.map.on("mouseout movestart zoomstart dragstart", () => this.leave());
  }

  tell(name, { latlng, originalEvent }) {
    const { lng: lon, lat } = latlng;
    const camera = this.grid.cameraAt(lon, lat);
    this.grid.emit(name, { lon, lat, unit: this.grid.unitAt(lon, lat), camera, pin: this.grid.pinAt(lon, lat), originalEvent });
  }

  plan({ latlng, containerPoint }) {
    clearTimeout(this.timer);
    if (this.map.dragging?.moving()) return;
    this.timer = setTimeout(() => this.hover(latlng, containerPoint), HOVER_MS);
  }

  hover({ lng, lat }, { x, y }) {
    const { grid } = this;
    const unit = grid.unitAt(lng, lat);
    const camera = grid.cameraAt(lng, lat);
    grid.map.getContainer().classList.toggle("is-pointing", camera !== null || (unit !== null && grid.isFocus(unit)));
    this.show(unit);
    grid.emit("hover", { unit, x, y, camera });
  }

  show(unit) {
    if (unit === this.grid.hovered) return;
    this.grid.hovered = unit;
    this.grid.sheets.hover.redraw();
  }

  leave() {
    clearTimeout(this.timer);
    if (this.grid.hovered === null) return;
    this.show(null);
    this.grid.emit("hover", { unit: null, x: 0, y: 0, camera: null });
  }
}
