/**
 * What a camera sees on flat ground, as geo/coverage/optics.py has it: enough to draw a sector at once, before the service has answered.
 * Angles in degrees, distances in metres along the ground, pixel density in px/m.
 */

const RADIANS = Math.PI / 180;
const STEEPEST_DEG = 89.9;
/** A lens between a long tele and the widest that is still no fisheye. */
const LENS_DEG = [4, 140];
const FULL_DEG = 360;

const tan = (degrees) => Math.tan(degrees * RADIANS);
const atan = (ratio) => Math.atan(ratio) / RADIANS;
const within = (value, [low, high]) => Math.min(high, Math.max(low, value));
const middle = ([low, high]) => (low + high) / 2;
const isGiven = (value) => typeof value === "number" && value > 0;

/** h_px / (2 px_per_m tan(hfov / 2)); a fisheye's picture is even in angle. */
function lensRange_m(h_px, hfov_deg, at, fisheyeFrom_deg = 150) {
  return hfov_deg >= fisheyeFrom_deg ? h_px / (at * hfov_deg * RADIANS) : h_px / (2 * at * tan(hfov_deg / 2));
}

/** The lens that reaches `range_m`: the inverse of the above. */
const lensFor_deg = (h_px, range_m, at) => within(2 * atan(h_px / (2 * at * range_m)), LENS_DEG);

const opening_deg = (hfov_deg, aspect) => 2 * atan(tan(hfov_deg / 2) * aspect);

/** The tilt at which the horizon is the upper edge of the picture: no range is lost, and as little as can be near the pole. */
export const levelTilt_deg = (hfov_deg, aspect) => Math.floor(5 * opening_deg(hfov_deg, aspect)) / 10;

function meets_m(height_m, below_deg) {
  return below_deg > 0 ? height_m / tan(Math.min(below_deg, STEEPEST_DEG)) : Infinity;
}

/** How a camera with `values` (columns of the cameras table) stands at density `at`: {azimuth, sweep, near, reach, lens, h_px}, nominal. */
export function viewOf(values, at, rules) {
  const { assume } = rules;
  const h_px = isGiven(values.h_px) ? values.h_px : middle(assume.h_px);
  const aspect = isGiven(values.h_px) && isGiven(values.v_px) ? values.v_px / values.h_px : assume.aspect;
  const fromFocal = isGiven(values.focal_mm) && isGiven(values.sensor_width_mm) ? 2 * atan(values.sensor_width_mm / (2 * values.focal_mm)) : middle(assume.hfov_deg);
  const lens = isGiven(values.hfov_deg) ? values.hfov_deg : fromFocal;
  const height = isGiven(values.height_m) ? values.height_m : middle(assume.height_m);
  const tilt = Number.isFinite(values.tilt_deg) ? values.tilt_deg : middle(assume.tilt_deg);
  const isFlat = isGiven(values.range_m) && !(isGiven(values.height_m) && Number.isFinite(values.tilt_deg));
  const opening = opening_deg(Math.min(lens, 179), aspect);
  const formula = isGiven(values.range_m) ? values.range_m : lensRange_m(h_px, lens, at, rules.fisheye_from_deg);
  const far = isFlat ? Infinity : meets_m(height, tilt - opening / 2);
  return {
    azimuth: Number.isFinite(values.azimuth_deg) ? values.azimuth_deg : null,
    sweep: isGiven(values.sweep_deg) ? values.sweep_deg : lens,
    near: isFlat ? 0 : meets_m(height, tilt + opening / 2),
    reach: Math.min(formula, far),
    lens,
    h_px,
  };
}

/** The lens changed, and the tilt with it, so that the view still ends at its range. */
function withLens(values, hfov_deg) {
  const lens = Math.round(within(hfov_deg, LENS_DEG) * 10) / 10;
  const aspect = isGiven(values.h_px) && isGiven(values.v_px) ? values.v_px / values.h_px : 9 / 16;
  return { hfov_deg: lens, tilt_deg: levelTilt_deg(lens, aspect) };
}

/** What changes where the view of `values` is to reach `range_m` at density `at`: a stated range, else the lens. */
export function withRange(values, range_m, at, rules) {
  if (isGiven(values.range_m)) return { range_m: Math.max(1, Math.round(range_m)) };
  return withLens(values, lensFor_deg(viewOf(values, at, rules).h_px, Math.max(1, range_m), at));
}

/** What changes where the view of `values` is to open `sweep_deg`: a stated angle, else the lens. */
export function withSweep(values, sweep_deg) {
  if (isGiven(values.sweep_deg)) return { sweep_deg: Math.round(within(sweep_deg, [LENS_DEG[0], FULL_DEG])) };
  return withLens(values, sweep_deg);
}

export const turned = (azimuth_deg) => ({ azimuth_deg: Math.round((((azimuth_deg % FULL_DEG) + FULL_DEG) % FULL_DEG) * 10) / 10 % FULL_DEG });

const ZONE_DEG = 6;

/** Grid north against true north in the UTM zone of `metricCRS` ("EPSG:32649"), clockwise; 0 in other systems. */
export function convergence_deg(metricCRS, lon, lat) {
  const zone = /^EPSG:32([67])(\d\d)$/.exec(metricCRS ?? "");
  if (!zone) return 0;
  return atan(tan(lon - (Number(zone[2]) * ZONE_DEG - 183)) * Math.sin(lat * RADIANS));
}
