/** Paint one display tile from the decoded tiles under it. */

import { splitBoundary, TILE_PX } from "./geometry.js";
import { paintLayer, TILE_LAYERS } from "./layers.js";
import { paintBoundary, paintUnits } from "./unitpaint.js";

/** Set the transform so that the data tile at `address` (512 px to a side) lies where it belongs on the display tile. */
function align(ctx, ratio, coords, { up, x, y }) {
  const zoomed = 2 ** up;
  const [left, top] = [(x * zoomed - coords.x) * TILE_PX, (y * zoomed - coords.y) * TILE_PX];
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

const isIn = (grid, unit) => unit !== null && grid.isFocus(unit);

function resize(canvas, sidePx) {
  if (canvas.width !== sidePx) {
    canvas.width = sidePx;
    canvas.height = sidePx;
  }
}

/** Returns without touching the picture while the units or their style are still on their way. */
export function paintTile(grid, record) {
  const { canvas, coords } = record;
  if (!grid.tiles.isLive(record)) return;
  const units = grid.units ? grid.find(grid.units, coords) : undefined;
  if (grid.units && !units && grid.isMissing(grid.units, coords)) return;
  if (grid.isStyleHeld) return;
  const isComplete = grid.sourcesAt(coords.z).every((source) => !grid.isMissing(source, coords));
  if (!isComplete && !record.isPainted && performance.now() < record.deadline) return;

  resize(canvas, Math.round((TILE_PX + grid.bleedPx) * grid.ratio));
  const ctx = canvas.getContext("2d");
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  const view = {
    zoom: coords.z,
    tokens: grid.tokens,
    patterns: grid.patterns,
    isFocus: (unit) => grid.isFocus(unit),
    styleOf: (unit) => grid.styleOf(unit),
    blank: grid.raster ? null : grid.tokens.empty,
  };
  const draw = (found, paint) => {
    if (!found) return;
    const zoomed = align(ctx, grid.ratio, coords, found);
    paint({ ...view, zoomed });
  };
  draw(units, (at) => paintUnits(ctx, units.tile, at));
  for (const name of TILE_LAYERS) {
    const found = grid.isDrawn(name, coords.z) ? grid.find(grid.layers.get(name), coords, { orAbove: true }) : undefined;
    draw(found, (at) => paintLayer(ctx, name, found.tile, at));
  }
  grid.boundaries.forEach((source, rank) => {
    const found = grid.find(source, coords);
    draw(found, (at) => paintBoundary(ctx, boundaryParts(grid, found, units), rank, at));
  });
  record.isDirty = !isComplete;
  grid.tiles.finish(record);
}
