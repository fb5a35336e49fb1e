/**
 * Fractional zoom without blur: the map stops only at zooms where the side of a tile is a multiple of 16 px, so that every tile is painted
 * at its real size on whole pixels. Neighbouring stops differ by 2 to 4 %.
 */

import { TILE_PX } from "./geometry.js";

const STEP_PX = 16;

/** Zoom of the tile addresses under a map zoom. */
export const baseOf = (zoom) => Math.round(zoom);

/** Side of a display tile in CSS pixels. */
export const sideOf = (zoom) => Math.round(TILE_PX * 2 ** (zoom - baseOf(zoom)));

/** The stop nearest to `zoom`; with Math.floor the one below. */
export function snapZoom(zoom, round = Math.round) {
  const base = baseOf(zoom);
  const side = round((TILE_PX * 2 ** (zoom - base)) / STEP_PX + (round === Math.floor ? 1e-6 : 0)) * STEP_PX;
  return base + Math.log2(side / TILE_PX);
}

/** The closest that a map is looked at. */
export const MAX_ZOOM = 20;
