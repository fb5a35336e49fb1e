/** Where the page is: place, level, view; ways in, up and across. */

import { title } from "./i18n.js";
import { deskAddress } from "./file/address.js";
import { address, findUnit, unitOf } from "./atlas.js";
import { desksOf } from "./header.js";
import { isPhone } from "./shell.js";
import { measureRow } from "./measures.js";
import { carried } from "./permalink.js";

const FIT_PX = 20;

export class Navigator {
  firstView() {
    const { state } = this;
    if (state.get("c") && state.get("z") !== null) this.map.setView([state.get("c")[1], state.get("c")[0]], state.get("z"), { animate: false });
    else this.fitPlace();
  }

  fitPlace() {
    this.grid.fit(this.placeBounds(), { padding: this.fitPadding() });
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
    if (desk !== this.boot.desk && desksOf(this.boot).includes(desk)) window.location.assign(deskAddress(this.boot, desk, carried(this.state.values, this.state.defaults)));
  }

  isWhole() {
    return !this.place || !this.homePlace || address(this.place) === address(this.homePlace);
  }

  /** Room left round a place: on the phone the chips stand on the map. */
  fitPadding() {
    return isPhone() ? [20, 52] : FIT_PX;
  }

  placeBounds() {
    return this.isWhole() ? this.boot.bounds : this.place.bbox;
  }

  /** Zoom at which the place just fits the map. */
  wholeZoom() {
    return this.grid.fitZoom(this.placeBounds(), { padding: this.fitPadding() });
  }

  zoomBy(step) {
    this.map.setZoom(this.map.getZoom() + step);
  }

  zoom() {
    return this.map.getZoom() ?? 0;
  }

  autoLevel() {
    return this.levelFor(this.place?.level ?? this.atlas.homeLevel());
  }

  /** The level drawn for a place of `placeLevel`: Gi* is told by the finest units (UI.md section 6). */
  levelFor(placeLevel) {
    if (this.boot.desk === "hotspots" && this.state.get("measure") === "gi") return this.atlas.chainOf(placeLevel)[0];
    return this.atlas.drawnLevel(placeLevel, this.boot.desk === "coverage" ? measureRow(this.state.get("measure"))?.column : null);
  }

  drawnLevel() {
    return this.state.get("level") ?? this.autoLevel();
  }

  /** A level's title without what stands in brackets, where room is short. */
  levelShort(name) {
    return this.levelTitle(name).replace(/（.*?）|\(.*?\)/g, "");
  }

  levelTitle(name) {
    const level = this.atlas.level(name);
    return level ? title(level) : name;
  }
}
