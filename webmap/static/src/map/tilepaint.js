/** Paint one display tile from the decoded tiles under it. */

import { splitBoundary, TILE_PX } from "./geometry.js";
import { GROUND_LAYERS, paintLayer, TILE_LAYERS, UNDER_LAYER } from "./layers.js";
import { paintCountedGround } from "./counted.js";
import { SIDE_PX } from "./patterns.js";
import { paintSeenGround } from "./streets.js";
import { paintBoundary, paintStreetUnits, paintUnits } from "./unitpaint.js";
import { sideOf } from "./zoom.js";

const EQUATOR_M = 40_075_016.686;

/** Set the transform so that the data tile at `address` (512 px to a side) lies where it belongs on the display tile. */
function align(ctx, ratio, coords, { up, x, y }) {
  const side = sideOf(coords.z);
  const zoomed = (2 ** up * side) / TILE_PX;
  const [left, top] = [(x * 2 ** up - coords.x) * side, (y * 2 ** up - coords.y) * side];
  ctx.setTransform(ratio * zoomed, 0, 0, ratio * zoomed, ratio * left, ratio * top);
  return zoomed;
}

function boundaryParts(grid, found, units) {
  const { tile } = found;
  const version = `${grid.focusVersion} ${units?.key}`;
  tile.parts ??= new Map();
  if (tile.parts.version !== version) {
    tile.parts.clear();
    tile.parts.version = version;
  }
  if (!tile.parts.has("split")) {
    const isSame = units && units.z === found.z && units.x === found.x && units.y === found.y;
    const isFocus = grid.within === null || !isSame ? () => true : (x, y) => isIn(grid, units.tile.at(x, y));
    tile.parts.set("split", splitBoundary(tile, isFocus));
  }
  return tile.parts.get("split");
}

/** Where the patterns start on this tile, so that they run on from its neighbours. */
function phaseOf(coords) {
  const side = sideOf(coords.z);
  return [-((coords.x * side) % SIDE_PX), -((coords.y * side) % SIDE_PX)];
}

/** Ground metres under one CSS pixel in the middle of the tile. */
function metresPerPx({ y, z }) {
  const worldPx = 256 * 2 ** z;
  const northing = Math.PI * (1 - (2 * (y + 0.5) * sideOf(z)) / worldPx);
  return EQUATOR_M / worldPx / Math.cosh(northing);
}

const isIn = (grid, unit) => unit !== null && grid.isFocus(unit);

function resize(canvas, sidePx) {
  if (canvas.width !== sidePx) {
    canvas.width = sidePx;
    canvas.height = sidePx;
  }
}

/** Returns without touching the picture while the units or their style are still on their way; of the first picture nothing else is waited for. */
export function paintTile(grid, record) {
  const { canvas, coords } = record;
  if (!grid.tiles.isLive(record)) return;
  const units = grid.units ? grid.find(grid.units, coords) : undefined;
  if (grid.units && !units && grid.isMissing(grid.units, coords)) return;
  if (grid.isStyleHeld) return;
  if (grid.wasDrawn && !record.isPainted && performance.now() < record.deadline && !grid.isComplete(record)) return;

  resize(canvas, Math.round((sideOf(coords.z) + grid.bleedPx) * grid.ratio));
  const ctx = canvas.getContext("2d");
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  const phase = phaseOf(coords);
  const isStreet = grid.isStreet(coords.z);
  const view = {
    zoom: coords.z,
    tokens: grid.tokens,
    isStreet,
    roadPx: (2 * grid.options.roadHalfWidth_m) / metresPerPx(coords),
    pattern: (at, name) => grid.patterns.fill(at, name, phase),
    isFocus: (unit) => grid.isFocus(unit),
    styleOf: (unit) => grid.styleOf(unit),
    blank: grid.raster ? null : grid.tokens.empty,
    hidden: grid.hidden,
  };
  const draw = (found, paint) => {
    if (!found) return;
    const zoomed = align(ctx, grid.ratio, coords, found);
    paint({ ...view, zoomed });
  };
  const layer = (name) => (grid.isDrawn(name, coords.z) ? grid.find(grid.layers.get(name), coords, { orAbove: true }) : undefined);
  const under = layer(UNDER_LAYER);
  draw(under, (at) => paintLayer(ctx, UNDER_LAYER, under.tile, at));
  draw(units, (at) => (isStreet ? paintStreetUnits : paintUnits)(ctx, units.tile, at));
  for (const name of TILE_LAYERS) {
    const found = layer(name);
    if (name === "sectors" && found) {
      const ground = GROUND_LAYERS.map((under) => [under, layer(under)]).filter(([, under]) => under);
      const paintGround = grid.isCounted ? paintCountedGround : paintSeenGround;
      view.hasGround = paintGround(ctx, found, ground, { ...view, align: (other, at) => align(other, grid.ratio, coords, at) });
    }
    draw(found, (at) => paintLayer(ctx, name, found.tile, at));
  }
  grid.boundaries.forEach((source, rank) => {
    const found = grid.find(source, coords);
    draw(found, (at) => paintBoundary(ctx, boundaryParts(grid, found, units), rank, { ...at, isLone: grid.boundaries.length === 1 }));
  });
  record.isDirty = false;
  grid.tiles.finish(record);
}
