/** A Leaflet map made ready for ours: half steps of zoom, no fading, a pane for each sheet. */

import { isCalm } from "./calm.js";
import { MAX_ZOOM, snapZoom } from "./zoom.js";

const WHEEL_STEP = 0.5;
const PANES = { relief: 140, background: 145, raster: 150, graticule: 405, outline: 410, marks: 420, hover: 430, pins: 450, labels: 440 };

export function makePane(map, name, order) {
  const pane = map.getPane(`gs-${name}`) ?? map.createPane(`gs-${name}`);
  pane.style.zIndex = order;
  pane.style.pointerEvents = "none";
}

export function prepareMap(map) {
  map.getContainer().classList.add("gs-map");
  map.doubleClickZoom.disable();
  map.options.fadeAnimation = false;
  map._fadeAnimated = false;
  if (isCalm()) map._zoomAnimated = false;
  if (!Number.isFinite(map.getMaxZoom())) map.setMaxZoom(MAX_ZOOM);
  if (map.getMinZoom() < 1) map.setMinZoom(1);
  map.options.zoomSnap = WHEEL_STEP;
  map._limitZoom = (zoom) => snapZoom(Math.max(map.getMinZoom(), Math.min(map.getMaxZoom(), zoom)));
  Object.entries(PANES).forEach(([name, order]) => makePane(map, name, order));
}
