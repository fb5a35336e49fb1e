/** The second map of side by side, moved together with the first; of what-if today on the left, the scenario on the right. */

import { byId, h } from "../dom.js";
import { language, t } from "../i18n.js";
import { GridMap } from "../map/gridmap.js";
import L from "../map/leaflet.js";

export class Twin {
  constructor(app, [left, right] = [t("whatif.today"), t("whatif.scenario")]) {
    this.app = app;
    this.frame = byId("gs-map");
    this.frame.classList.add("is-split");
    this.box = h("div", { class: "wi-twin" });
    this.names = [h("div", { class: "wi-side is-left" }, left), h("div", { class: "wi-side is-right" }, right)];
    this.frame.prepend(this.box);
    this.frame.append(...this.names);
    const { map } = app;
    map.invalidateSize({ animate: false });
    this.map = L.map(this.box, { zoomControl: false, attributionControl: false, doubleClickZoom: false, preferCanvas: true, keyboard: false, center: map.getCenter(), zoom: map.getZoom() });
    this.grid = new GridMap(this.map, { ...app.grid.options, theme: app.state.get("theme"), lang: language() });
    this.copy();
    this.sync(map, this.map);
    this.follow = () => this.sync(map, this.map);
    this.lead = () => this.sync(this.map, map);
    map.on("move zoomend", this.follow);
    this.map.on("move zoomend", this.lead);
  }

  /** The same units, layers and relief. */
  copy() {
    const { grid, app } = this;
    const from = app.grid;
    grid.setUnits({ level: from.level, within: from.within });
    grid.setStyle(from.style ?? (() => null));
    for (const { name, at } of from.layers.values()) grid.setLayer(name, { visible: true, at });
    grid.setLabels(from.labels);
    grid.setTheme(app.state.get("theme"));
  }

  sync(from, to) {
    if (this.isSyncing) return;
    this.isSyncing = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    this.isSyncing = false;
  }

  remove() {
    this.app.map.off("move zoomend", this.follow);
    this.grid.remove();
    [this.box, ...this.names].forEach((node) => node.remove());
    this.frame.classList.remove("is-split");
    this.app.map.invalidateSize({ animate: false });
  }
}
