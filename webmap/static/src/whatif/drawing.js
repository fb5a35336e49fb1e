/** What the mode draws over the tiles: the veil, public ground that changes, facade, sectors (UI.md sections 3 and 8). */

import { tilesInView } from "../map/sheets.js";
import { mix } from "../map/tokens.js";
import { sectorRing } from "./ground.js";

const VEIL_SHARE = { light: 0.42, dark: 0.45 };
const FILL_SHARE = 0.55;
const PITCH_PX = 8;

/** Colours of the mode, from the palette of the map. */
function modeColours(grid) {
  const t = grid.tokens;
  const [seen, newly, no_longer] = grid.options.palette.scales.whatif[t.theme];
  const light = t.theme === "light";
  return {
    seen,
    ground: t.road,
    newly: { fill: mix(newly, t.road, FILL_SHARE), line: light ? t.proposed : newly },
    no_longer: { fill: mix(no_longer, t.road, light ? 0.8 : 0.65), line: mix(no_longer, t.ink, light ? 0.6 : 0.75) },
  };
}

const projector = (grid, frame) => ({ lon, lat }) => {
  const { x, y } = grid.map.project([lat, lon], frame.zoom);
  return [x - frame.left, y - frame.top];
};

function trace(path, ring, close) {
  ring.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  if (close) path.closePath();
}

const RINGS = { Polygon: (c) => c, MultiPolygon: (c) => c.flat(), LineString: (c) => [c], MultiLineString: (c) => c, GeometryCollection: () => [] };

/** The path of the shapes of one kind; `filter` chooses among them. */
function pathOf(shapes, kind, project, filter = () => true) {
  const path = new Path2D();
  let isEmpty = true;
  for (const { geometry, properties } of shapes?.features ?? []) {
    if (properties.kind !== kind || !geometry || !filter(properties)) continue;
    isEmpty = false;
    for (const ring of RINGS[geometry.type]?.(geometry.coordinates) ?? []) trace(path, ring.map(([lon, lat]) => project({ lon, lat })), geometry.type.endsWith("Polygon"));
  }
  return isEmpty ? null : path;
}

/** Fill `path` and hatch it; `lean` 1 = rising to the right, -1 = falling. Lines run on from view to view. */
function hatch(ctx, path, { fill, line }, lean, frame) {
  ctx.save();
  ctx.clip(path, "evenodd");
  ctx.fillStyle = fill;
  ctx.fillRect(0, 0, frame.width, frame.height);
  ctx.strokeStyle = line;
  ctx.lineWidth = 1;
  ctx.beginPath();
  const step = PITCH_PX * Math.SQRT2;
  const phase = (((frame.left + lean * frame.top) % step) + step) % step;
  for (let x = -frame.height - phase; x < frame.width + frame.height; x += step) {
    ctx.moveTo(x, lean > 0 ? frame.height : 0);
    ctx.lineTo(x + frame.height, lean > 0 ? 0 : frame.height);
  }
  ctx.stroke();
  ctx.restore();
}

function line(ctx, path, colour, width, dash = []) {
  if (!path) return;
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.stroke(path);
  ctx.setLineDash([]);
}

/** Everything but the units that hold a change is veiled. `focus` = unit numbers of the drawn level; none = no veil. */
export function drawVeil(grid, ctx, frame, focus) {
  if (!focus.size || !grid.units || !grid.isStreet(frame.zoom)) return;
  const t = grid.tokens;
  ctx.globalAlpha = VEIL_SHARE[t.theme];
  ctx.fillStyle = t.theme === "light" ? t.panel : t.map;
  ctx.fillRect(0, 0, frame.width, frame.height);
  ctx.globalAlpha = 1;
  ctx.globalCompositeOperation = "destination-out";
  for (const { tile, zoomed, leftPx, topPx } of tilesInView(grid, grid.units, frame)) {
    ctx.save();
    ctx.translate(leftPx, topPx);
    ctx.scale(zoomed, zoomed);
    for (const number of focus) if (tile.byId.has(number)) ctx.fill(tile.byId.get(number).fill);
    ctx.restore();
  }
  ctx.globalCompositeOperation = "source-over";
}

/** The ground under scenario `scene` {compare, shapes, sectors: [{place, view, before, isSelected, number}], north_deg, selected}. */
export function drawGround(grid, ctx, frame, scene) {
  const { compare, shapes } = scene;
  if (compare === "today") return;
  const project = projector(grid, frame);
  const colours = modeColours(grid);
  const t = grid.tokens;
  const [gained, lost] = ["newly_seen", "no_longer_seen"].map((kind) => pathOf(shapes, kind, project));
  ctx.lineJoin = "round";
  ctx.lineCap = "butt";
  if (compare === "scenario") {
    for (const [path, colour] of [[lost, colours.ground], [gained, colours.seen]]) {
      if (!path) continue;
      ctx.fillStyle = colour;
      ctx.fill(path, "evenodd");
    }
  } else {
    if (lost) hatch(ctx, lost, colours.no_longer, -1, frame);
    if (gained) hatch(ctx, gained, colours.newly, 1, frame);
  }
  line(ctx, pathOf(shapes, "facade_now", project), t.bad, 1.4);
  if (compare === "difference") line(ctx, pathOf(shapes, "facade_gone", project), t.ink3, 1.6, [2, 3]);
  line(ctx, pathOf(shapes, "facade_new", project), t.bad, 3);
  line(ctx, pathOf(shapes, "mask", project, ({ edit }) => scene.asked[edit] === scene.selected), t.warn, 1.4, [6, 3]);
  for (const sector of scene.sectors) drawSector(ctx, sector, { project, t, compare, north_deg: scene.north_deg });
}

function drawSector(ctx, { place, view, placeBefore, before }, { project, t, compare, north_deg }) {
  const draw = (at, from, colour, width, dash) => {
    const ring = from && sectorRing(at, from, north_deg);
    if (!ring) return;
    const path = new Path2D();
    trace(path, ring.map(project), true);
    line(ctx, path, colour, width, dash);
  };
  if (compare === "difference") draw(placeBefore, before, t.ink3, 1, [1.5, 3]);
  draw(place, view, t.proposed, 1.6, [6, 4]);
}
