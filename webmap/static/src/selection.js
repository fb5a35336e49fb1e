/** What the reader points at: units, cameras, places on the map. */

import { byId, h, paint } from "./dom.js";
import { number, t } from "./i18n.js";
import * as data from "./data.js";
import { address, unitOf } from "./atlas.js";
import { Navigator } from "./navigator.js";
import { faultWords } from "./states.js";
import { isPhone } from "./shell.js";
import { LIVE_LAYERS } from "./map/layers.js";
import { showRing } from "./map/ring.js";

export class Selection extends Navigator {
  constructor() {
    super();
    this.camera = null;
    this.point = null;
    this.selected = null;
  }

  async clicked({ lon, lat, unit, camera, pin, originalEvent }) {
    if (this.whatif?.isOn) {
      this.whatif.clicked({ lon, lat, camera });
      return;
    }
    if (pin !== null && pin !== undefined && this.desk.clickedPin?.(pin)) return;
    if (originalEvent?.shiftKey && this.desk.clickedMore?.(unit)) return;
    if (camera && this.seesCameras()) {
      this.openCamera(camera);
      return;
    }
    const { frame } = this.desk;
    if (!frame || unit === null || unit === undefined) return;
    this.select(unitOf(frame.units, unit));
    if (!this.seesCameras() || this.boot.desk !== "coverage" || data.isStandalone()) return;
    const asked = `${lon},${lat}`;
    this.askedPoint = asked;
    try {
      const found = await data.getJSON("/api/identify", { lon: lon.toFixed(7), lat: lat.toFixed(7), at: this.state.get("at") });
      if (this.askedPoint !== asked) return;
      this.point = found;
      this.grid.highlightCameras((found.cameras ?? []).map((seen) => seen.uid));
      if (!this.camera) this.desk.paintRight();
    } catch (fault) {
      this.shell.toast(this.faultWords(fault));
    }
  }

  select(unit) {
    this.camera = null;
    this.desk.cameraClosed?.();
    this.point = null;
    this.askedPoint = null;
    this.grid.highlightCameras([]);
    this.selected = unit;
    this.desk.selectOnMap();
    this.state.set({ sel: unit ? address(unit) : null });
    if (isPhone() && this.phone.height === "peek") this.phone.apply("half");
  }

  askCamera(uid) {
    return data.getJSON(`/api/cameras/${encodeURIComponent(uid)}`, { at: this.state.get("at") });
  }

  async openCamera(uid) {
    if (this.desk.openCamera) {
      await this.desk.openCamera(uid);
      return;
    }
    try {
      this.camera = await this.askCamera(uid);
      this.grid.highlightCameras([uid]);
      this.desk.paintRight();
      if (this.boot.desk !== "coverage") this.shell.toast(this.camera.camera_name ?? this.camera.name ?? uid);
    } catch (fault) {
      this.shell.toast(this.faultWords(fault));
    }
  }

  /** Somebody changed cameras or places: what is drawn stays until its successor is here; `touched` null: anywhere. */
  async redraw(touched) {
    this.grid.refresh(LIVE_LAYERS, touched?.boxes ?? null);
    this.tellTouched(touched?.cameras ?? []);
    const uid = this.camera?.uid;
    if (!uid) return;
    try {
      const found = await this.askCamera(uid);
      if (this.camera?.uid !== uid) return;
      this.camera = found;
      this.desk.paintRight();
    } catch (fault) {
      if (this.camera?.uid === uid) this.shell.toast(this.faultWords(fault));
    }
  }

  /** A ring round each camera that somebody changed, and a line that names it. */
  tellTouched(cameras) {
    if (!cameras.length) return;
    if (this.grid.isDrawn("cameras")) cameras.forEach((camera) => showRing(this.map, camera));
    this.shell.toast(cameras.length === 1 ? t("live.camera", { name: cameras[0].name }) : t("live.cameras", { n: number(cameras.length) }));
  }

  closeCamera() {
    this.camera = null;
    this.desk.cameraClosed?.();
    this.grid.highlightCameras((this.point?.cameras ?? []).map((seen) => seen.uid));
    this.desk.paintRight();
  }

  hover({ unit, x, y }) {
    const tip = byId("gs-tip");
    const lines = unit === null || unit === undefined || this.whatif?.isOn ? null : this.desk.tip(unit);
    tip.hidden = !lines || isPhone();
    if (tip.hidden) return;
    paint(tip, lines.map((line, i) => h(i ? "span" : "b", null, line)));
    const { width, height } = byId("gs-map").getBoundingClientRect();
    tip.style.left = `${Math.min(x + this.map.getContainer().offsetLeft + 14, width - tip.offsetWidth - 8)}px`;
    tip.style.top = `${Math.min(y + 14, height - tip.offsetHeight - 8)}px`;
  }
}
