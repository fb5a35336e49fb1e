/** What the sheets over the tiles show: selection, marks, the unit under the pointer, names. */

import { drawHalo } from "./cameras.js";
import { insidePoint, TILE_PX } from "./geometry.js";
import { drawLabels, placeLabels } from "./labels.js";
import { sideOf } from "./zoom.js";

const GLYPH_PX = 26;
/** Places that many people know are named first. */
const PLACE_NAME_ZOOM = 16;
const ALL_NAMES_ZOOM = 17;
/** A point's name stands under its mark. */
const POINT_NAME_PX = 13;
const PLACE_RANK = { hospital: 3, school: 3, station: 3, square: 2, market: 2, government: 2 };

/** Each decoded tile of `source` in view once, with the pixel (on the sheet) of its corner and its size. */
export function tilesInView(grid, source, frame) {
  const found = new Map();
  const { left, top, width, height, zoom } = frame;
  const side = sideOf(zoom);
  for (let y = Math.floor(top / side); y <= Math.floor((top + height) / side); y += 1) {
    for (let x = Math.floor(left / side); x <= Math.floor((left + width) / side); x += 1) {
      const tile = grid.find(source, { x, y, z: zoom }, { orAbove: true });
      if (tile) found.set(tile.key, tile);
    }
  }
  return [...found.values()].map((tile) => {
    const zoomed = (2 ** tile.up * side) / TILE_PX;
    return { ...tile, zoomed, leftPx: tile.x * zoomed * TILE_PX - left, topPx: tile.y * zoomed * TILE_PX - top };
  });
}

/** Outlines of `units` in all their tiles, stroked in turn with each of `strokes`: the casing of one piece never covers another's ink. */
export function strokeUnits(grid, ctx, frame, source, units, strokes) {
  const pieces = tilesInView(grid, source, frame)
    .flatMap((tile) => units.map((unit) => ({ ...tile, path: tile.tile.outline(unit) })))
    .filter(({ path }) => path);
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  for (const [colour, width] of strokes) {
    ctx.strokeStyle = colour;
    for (const { path, zoomed, leftPx, topPx } of pieces) {
      ctx.save();
      ctx.translate(leftPx, topPx);
      ctx.scale(zoomed, zoomed);
      ctx.lineWidth = width / zoomed;
      ctx.stroke(path);
      ctx.restore();
    }
  }
}

export function drawOutlineSheet(grid, ctx, frame) {
  const { selected, tokens: t } = grid;
  if (!selected) return false;
  const strokes = [
    [t.selectionCasing, 6],
    [t.selectionInk, 2.6],
  ];
  strokeUnits(grid, ctx, frame, selected.source, [selected.unit], strokes);
  return true;
}

export function drawHoverSheet(grid, ctx, frame) {
  const { hovered, tokens: t } = grid;
  if (hovered === null || !grid.units) return false;
  const strokes = [
    [t.selectionCasing, 3.4],
    [t.selectionInk, 1.4],
  ];
  strokeUnits(grid, ctx, frame, grid.units, [hovered], strokes);
  return true;
}

function pointsInView(grid, name, frame, visit) {
  if (!grid.isDrawn(name, frame.zoom)) return;
  const seen = new Set();
  for (const { tile, zoomed, leftPx, topPx } of tilesInView(grid, grid.layers.get(name), frame)) {
    const scale = (zoomed * TILE_PX) / 4096;
    for (const point of tile.points) {
      const [x, y] = [leftPx + point.x * scale, topPx + point.y * scale];
      if (x < -20 || y < -20 || x > frame.width + 20 || y > frame.height + 20) continue;
      if (point.uid !== undefined) {
        if (seen.has(point.uid)) continue;
        seen.add(point.uid);
      }
      visit(point, x, y);
    }
  }
}

export function drawMarkSheet(grid, ctx, frame) {
  const size = Math.min(1, Math.max(0.4, 0.25 * (frame.zoom - 13)));
  let isEmpty = true;
  pointsInView(grid, "places", frame, (place, x, y) => {
    isEmpty = false;
    grid.sprites.draw(ctx, Number(place.seen ?? 1) === 0 ? "place_unseen" : "place_seen", -1, x, y, size);
  });
  const drawn = [];
  const order = { retired: 0, online: 1, offline: 2, planned: 3 };
  pointsInView(grid, "cameras", frame, (camera, x, y) => grid.hidden.has(camera.uid) || drawn.push({ camera, uid: camera.uid, sheetX: x, sheetY: y, x: x + frame.left, y: y + frame.top }));
  drawn.sort((a, b) => (order[a.camera.status] ?? 1) - (order[b.camera.status] ?? 1));
  for (const { camera, uid, sheetX, sheetY } of drawn) {
    if (grid.highlighted.has(uid)) drawHalo(ctx, sheetX, sheetY, grid.tokens);
    grid.sprites.draw(ctx, camera.status ?? "online", camera.azimuth, sheetX, sheetY, size);
  }
  grid.drawnCameras = drawn;
  return !isEmpty || drawn.length > 0;
}

/** The glyph of each unit that has one, where its largest piece in view is wide enough. */
function glyphs(grid, frame) {
  const best = new Map();
  if (!grid.units || !grid.style) return [];
  for (const { tile, zoomed, leftPx, topPx } of tilesInView(grid, grid.units, frame)) {
    const scale = (zoomed * TILE_PX) / 4096;
    for (const feature of tile.features) {
      const glyph = grid.isFocus(feature.id) ? grid.styleOf(feature.id)?.glyph : null;
      if (!glyph) continue;
      const size = feature.sizePx * zoomed;
      if (size < GLYPH_PX || size <= (best.get(feature.id)?.size ?? 0)) continue;
      feature.inside ??= insidePoint(feature);
      const { inside } = feature;
      if (!inside || inside.width * scale < GLYPH_PX * 0.7) continue;
      best.set(feature.id, { x: leftPx + inside.x * scale, y: topPx + inside.y * scale, bars: glyph, kind: "bars", priority: 40, size });
    }
  }
  return [...best.values()];
}

/** Names of key places, where streets are drawn and names have room. */
function placeNames(grid, frame) {
  if (!grid.isStreet(frame.zoom) || frame.zoom < PLACE_NAME_ZOOM || !grid.isDrawn("places", frame.zoom)) return [];
  return tilesInView(grid, grid.layers.get("places"), frame).flatMap(({ tile, zoomed, leftPx, topPx }) => {
    const scale = (zoomed * TILE_PX) / 4096;
    const at = ({ x, y }, below) => ({ x: leftPx + x * scale, y: topPx + y * scale + below });
    const isNamed = ({ name, kind }) => name && (frame.zoom >= ALL_NAMES_ZOOM || PLACE_RANK[kind]);
    const label = (place, below) => ({ ...at(place, below), text: grid.options.placeName(place), kind: "place", priority: 30 + (PLACE_RANK[place.kind] ?? 0) });
    return [...tile.names.filter(isNamed).map((place) => label(place, 0)), ...tile.points.filter(isNamed).map((place) => label(place, POINT_NAME_PX))];
  });
}

export function drawLabelSheet(grid, ctx, frame) {
  const worldPx = 256 * 2 ** frame.zoom;
  const named = grid.labels
    .filter(({ from = 0 }) => frame.zoom >= from)
    .map((label) => {
      const { x, y } = grid.map.project([label.lat, label.lon], frame.zoom);
      const roomPx = label.bbox && !label.isKept ? ((label.bbox[2] - label.bbox[0]) / 360) * worldPx : Infinity;
      return { ...label, x: x - frame.left, y: y - frame.top, roomPx };
    });
  const { x, y } = frame.margin;
  const taken = grid.furniture.boxes().map(([left, top, right, bottom]) => [left + x, top + y, right + x, bottom + y]);
  taken.push(...grid.drawnPins.map(({ box }) => box));
  const isStrong = globalThis.matchMedia("(prefers-contrast: more)").matches;
  drawLabels(ctx, placeLabels(ctx, [...named, ...placeNames(grid, frame), ...glyphs(grid, frame)], frame, taken), grid.tokens, isStrong ? 4 : 3);
}
