/** Short distances on the ground, near enough for a camera's view (a sphere of the Earth's mean radius of curvature at the place). */

const RADIANS = Math.PI / 180;
const EQUATOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;

/** Metres per degree along the meridian and the parallel at `lat` (WGS84). */
function metresPerDegree(lat) {
  const e2 = FLATTENING * (2 - FLATTENING);
  const w = 1 - e2 * Math.sin(lat * RADIANS) ** 2;
  return { north: ((EQUATOR_M * (1 - e2)) / w ** 1.5) * RADIANS, east: (EQUATOR_M / Math.sqrt(w)) * Math.cos(lat * RADIANS) * RADIANS };
}

/** The place `metres` from `from` in direction `bearing_deg`, clockwise from north. */
export function offset({ lon, lat }, bearing_deg, metres) {
  const per = metresPerDegree(lat);
  const angle = bearing_deg * RADIANS;
  return { lon: lon + (metres * Math.sin(angle)) / per.east, lat: lat + (metres * Math.cos(angle)) / per.north };
}

/** Direction and distance from one place to another. */
export function towards(from, to) {
  const per = metresPerDegree(from.lat);
  const [east, north] = [(to.lon - from.lon) * per.east, (to.lat - from.lat) * per.north];
  return { bearing: (Math.atan2(east, north) / RADIANS + 360) % 360, metres: Math.hypot(east, north) };
}

const CHORD_DEG = 2;

/** The ring of a view {azimuth, sweep, near, reach} at a place, as [{lon, lat}]; null where nothing is seen. `north_deg` turns grid north to true. */
export function sectorRing(place, { azimuth, sweep, near, reach }, north_deg = 0) {
  if (!(reach > near) || !(sweep > 0) || !Number.isFinite(reach)) return null;
  const isFull = sweep >= 360;
  if (azimuth === null && !isFull) return null;
  const n = Math.max(1, Math.ceil(sweep / CHORD_DEG));
  const start = (azimuth ?? 0) - sweep / 2 + north_deg;
  const arc = (radius) => Array.from({ length: n + 1 }, (_, i) => offset(place, start + (i * sweep) / n, radius));
  if (isFull) return arc(reach);
  return [...arc(reach), ...(near > 0.5 ? arc(near).reverse() : [place])];
}
