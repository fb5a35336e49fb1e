/** A ring round a place for two seconds: somebody changed what stands there. */

import { isCalm } from "./calm.js";
import L from "./leaflet.js";

const SHOWN_MS = 2000;
const SIDE_PX = 36;

export function showRing(map, { lon, lat }) {
  if (isCalm()) return;
  const look = L.divIcon({ className: "gs-ring", iconSize: [SIDE_PX, SIDE_PX] });
  const ring = L.marker([lat, lon], { icon: look, interactive: false, keyboard: false, pane: "gs-labels" }).addTo(map);
  setTimeout(() => ring.remove(), SHOWN_MS);
}
