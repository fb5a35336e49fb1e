/** The map of the intake desk: the home's outlines, and over them what is being worked on. */

import { h } from "../dom.js";
import { language } from "../i18n.js";
import * as data from "../data.js";
import { placeName } from "../places.js";
import { GridMap } from "../map/gridmap.js";
import L from "../map/leaflet.js";
import { token } from "../colours.js";

const MANY_UNITS = 400;
const PANE = "in-over";
const MAX_FIT_ZOOM = 17;

/** The finest level that is not a thicket of lines from afar. */
function outlineLevel(levels) {
  return levels.find((level) => level.n <= MANY_UNITS) ?? levels.at(-1);
}

export class IntakeMap {
  constructor(map, boot, theme) {
    this.map = map;
    this.boot = boot;
    const pane = map.getPane(PANE) ?? map.createPane(PANE);
    pane.style.zIndex = 450;
    this.grid = new GridMap(map, { maxNativeZoom: boot.max_native_zoom ?? null, palette: boot.palette, theme, lang: language(), data, placeName });
    this.renderer = L.canvas({ pane: PANE, padding: 0.3 });
    this.over = L.layerGroup().addTo(map);
    this.draw = () => {};
    const level = outlineLevel(boot.levels);
    const at = boot.levels.indexOf(level);
    this.grid.fit(boot.bounds, { padding: 28 });
    this.grid.setUnits({ level: level.name });
    this.grid.setStyle(() => null);
    this.grid.setBoundaries(boot.levels.slice(at + 1).filter(({ n }) => n > 1).map(({ name }) => name));
    this.grid.on("drawn", () => (document.documentElement.dataset.ready = "map"));
  }

  /** Draw with `draw(add)` now, and again when the theme changes. */
  show(draw) {
    this.draw = draw;
    this.over.clearLayers();
    draw(this);
  }

  clear() {
    this.show(() => {});
  }

  restyle(theme) {
    this.grid.setTheme(theme);
    this.show(this.draw);
  }

  dot([lon, lat], { colour = "accent", filled = true, radius = 4, title = "", onclick = null } = {}) {
    const mark = L.circleMarker([lat, lon], { renderer: this.renderer, pane: PANE, radius, weight: 1.4, color: filled ? token("panel") : token(colour), fill: filled, fillColor: token(colour), fillOpacity: 1, interactive: Boolean(onclick || title) });
    if (title) mark.bindTooltip(h("span", null, title), { direction: "top" });
    if (onclick) mark.on("click", onclick);
    return mark.addTo(this.over);
  }

  line(from, to, { colour = "ink3" } = {}) {
    L.polyline([from, to].map(([lon, lat]) => [lat, lon]), { renderer: this.renderer, pane: PANE, color: token(colour), weight: 1, interactive: false }).addTo(this.over);
  }

  /** A GeoJSON geometry; small ones are ringed so that they are found from afar. */
  shape(geometry, { colour = "accent", strong = false, title = "", onclick = null } = {}) {
    const style = { renderer: this.renderer, pane: PANE, color: token(colour), weight: strong ? 3 : 1.6, fillColor: token(colour), fillOpacity: strong ? 0.45 : 0.25, interactive: Boolean(onclick || title) };
    const layer = L.geoJSON({ type: "Feature", properties: {}, geometry }, { style, pointToLayer: (_f, at) => L.circleMarker(at, { ...style, radius: 4 }) });
    if (title) layer.bindTooltip(h("span", null, title), { direction: "top", sticky: true });
    if (onclick) layer.on("click", onclick);
    layer.addTo(this.over);
    return layer;
  }

  /** Fit [[lon, lat], ...] into view; a few that lie far from the home do not hide the rest. */
  fitPoints(points) {
    const [west, south, east, north] = this.boot.bounds;
    const [dx, dy] = [east - west, north - south];
    const near = points.filter(([x, y]) => x > west - dx && x < east + dx && y > south - dy && y < north + dy);
    const shown = near.length ? near : [...points, [west, south], [east, north]];
    if (points.length) this.fitBounds(L.latLngBounds(shown.map(([lon, lat]) => [lat, lon])));
  }

  fitBounds(bounds) {
    this.map.fitBounds(bounds, { padding: [32, 32], maxZoom: MAX_FIT_ZOOM, animate: false });
  }

  home() {
    this.grid.fit(this.boot.bounds, { padding: 28 });
  }
}
