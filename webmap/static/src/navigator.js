/** Where the page is: place, level, view; ways in, up and across. */

import { title } from "./i18n.js";
import { isStandalone } from "./data.js";
import { address, findUnit, unitOf } from "./atlas.js";
import { isPhone } from "./shell.js";
import { carried } from "./permalink.js";

export class Navigator {
  firstView() {
    const { state } = this;
    if (state.get("c") && state.get("z") !== null) this.map.setView([state.get("c")[1], state.get("c")[0]], state.get("z"), { animate: false });
    else this.fitPlace();
  }

  fitPlace() {
    const bounds = this.isWhole() ? this.boot.bounds : this.place.bbox;
    this.grid.fit(bounds, { padding: isPhone() ? 24 : 18 });
  }

  canEnter(level) {
    const chain = this.atlas.chainOf(level);
    return chain.indexOf(level) > 0 && this.atlas.level(level).n >= 1;
  }

  enterNumber(i) {
    const { frame } = this.desk;
    if (frame) this.enter(unitOf(frame.units, i));
  }

  /** Drill into a unit; a finest unit is only brought closer. */
  async enter(unit) {
    const full = unit.bbox ? unit : await findUnit(this.atlas, address(unit));
    if (!full) return;
    if (!this.canEnter(full.level)) {
      this.select(full);
      this.grid.fit(full.bbox, { padding: 60 });
      return;
    }
    const locked = this.state.get("level");
    const stays = locked && this.atlas.upward(locked).indexOf(full.level) > 0;
    this.camera = null;
    this.point = null;
    this.state.set({ place: address(full), sel: null, level: stays ? locked : null, c: null, z: null });
  }

  async goUp() {
    if (this.isWhole()) return;
    const steps = this.atlas.upward(this.place.level);
    const above = steps[1];
    const parent = above ? await findUnit(this.atlas, `${above}:${this.place.parent}`) : null;
    const goal = parent ?? this.homePlace;
    this.state.set({ place: address(goal), sel: address(this.place), c: null, z: null });
  }

  goHome() {
    if (this.isWhole()) this.fitPlace();
    else this.state.set({ place: address(this.homePlace), c: null, z: null });
  }

  async goTo(item) {
    if (item.kind === "camera") {
      this.grid.flyTo({ lon: item.lon, lat: item.lat, z: 17 });
      this.openCamera(item.uid);
      return;
    }
    const unit = await findUnit(this.atlas, address(item));
    if (!unit) return;
    if (this.canEnter(unit.level)) {
      this.enter(unit);
      return;
    }
    this.select(unit);
    this.grid.fit(unit.bbox, { padding: 60 });
  }

  goToDesk(desk) {
    if (desk !== this.boot.desk && !isStandalone()) window.location.assign(`${this.boot.urls?.base ?? ""}/${desk}${carried(this.state.values, this.state.defaults)}`);
  }

  isWhole() {
    return !this.place || !this.homePlace || address(this.place) === address(this.homePlace);
  }

  /** Whether the map is closer than two steps above the view of the whole place. */
  isNear() {
    const [minx, miny, maxx, maxy] = this.isWhole() ? this.boot.bounds : this.place.bbox;
    const whole = this.map.getBoundsZoom([[miny, minx], [maxy, maxx]]);
    return this.zoom() >= whole + 2;
  }

  zoomBy(step) {
    this.map.setZoom(this.map.getZoom() + step);
  }

  zoom() {
    return this.map.getZoom() ?? 0;
  }

  autoLevel() {
    return this.place ? this.atlas.drawnLevel(this.place.level) : this.atlas.levels[0].name;
  }

  drawnLevel() {
    return this.state.get("level") ?? this.autoLevel();
  }

  levelTitle(name) {
    const level = this.atlas.level(name);
    return level ? title(level) : name;
  }
}
