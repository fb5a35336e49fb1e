/** The other layers: from which map zoom each is drawn, how its tiles are read and painted. */

import { decodeTile, fillPath, outlinePath } from "./geometry.js";

/** Map zoom (512-px tiles are asked for at one less) from which a layer is drawn. */
export const MIN_ZOOM = { streams: 8, roads: 10, places: 13, gaps: 9, restricted_areas: 13, cameras: 12, sectors: 14, buildings: 15, facades: 16 };

/** Map zoom from which a layer is drawn no more: what a coarse raster tells is no street map. */
export const END_ZOOM = { streams: 14 };

/** Layers whose rows may change under a running service (`draw_rows` in geo/desk/layers.py). */
export const LIVE_LAYERS = ["cameras", "sectors", "places"];

/** Painted in this order, over the units and under the outlines of coarser levels; points go to the sheet over all tiles. */
export const TILE_LAYERS = ["buildings", "roads", "places", "sectors", "gaps", "restricted_areas", "facades"];

/** Painted under the units, so that it shows only where none is filled. */
export const UNDER_LAYER = "streams";

/** Public ground: what a camera sees of it is filled, the rest of its view is not. */
export const GROUND_LAYERS = ["roads", "places"];

/** The middle of a ring's bounds, in tile units. */
function middle(ring) {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < ring.length; i += 2) {
    [minx, maxx] = [Math.min(minx, ring[i]), Math.max(maxx, ring[i])];
    [miny, maxy] = [Math.min(miny, ring[i + 1]), Math.max(maxy, ring[i + 1])];
  }
  return { x: (minx + maxx) / 2, y: (miny + maxy) / 2 };
}

export function decodeLayer(bytes) {
  const features = decodeTile(bytes);
  const points = [];
  const names = [];
  const groups = new Map();
  for (const feature of features) {
    if (feature.type === 1) {
      for (const ring of feature.rings) {
        const [x, y] = ring;
        if (x >= 0 && x < 4096 && y >= 0 && y < 4096) points.push({ x, y, ...feature.properties });
      }
      continue;
    }
    const { status, rule, kind, seen, uid, name } = feature.properties;
    if (name) names.push({ ...middle(feature.rings[0]), name, kind });
    const key = JSON.stringify([status, rule, kind, seen]);
    if (!groups.has(key)) groups.set(key, { status, rule, kind, seen, fill: new Path2D(), line: new Path2D(), single: [], parts: [] });
    const group = groups.get(key);
    const fill = fillPath(feature);
    group.fill.addPath(fill);
    group.line.addPath(feature.type === 3 ? outlinePath(feature) : fill);
    if (status !== undefined) group.parts.push(fill);
    if (uid !== undefined) group.single.push({ uid, fill, feature });
  }
  return { points, names: names.filter(({ x, y }) => x >= 0 && x < 4096 && y >= 0 && y < 4096), groups: [...groups.values()] };
}

const stroke = (ctx, path, colour, width, view, dash = []) => {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width / view.zoomed;
  ctx.setLineDash(dash.map((length) => length / view.zoomed));
  ctx.stroke(path);
  ctx.setLineDash([]);
};

const ROAD_PX = { main: 1.7, lane: 0.6, path: 0.5 };

/** Width of a road in CSS pixels: on streets, its true width or what can be seen; else 0, a hairline by kind. */
export function roadWidth({ kind }, view) {
  if (!view.isStreet) return 0;
  const drawn = Math.min(12, 1.6 * 1.55 ** (view.zoom - 14) + 1) * (ROAD_PX[kind] ?? 1);
  return Math.max(drawn, view.roadPx);
}

function paintRoads(ctx, groups, view) {
  const t = view.tokens;
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  if (!view.isStreet) groups.forEach((group) => stroke(ctx, group.line, t.roadEdge, 0.9 * (ROAD_PX[group.kind] ?? 1), view));
  else {
    groups.forEach((group) => stroke(ctx, group.line, t.streetEdge, roadWidth(group, view) + 1.4, view));
    groups.forEach((group) => stroke(ctx, group.line, t.road, roadWidth(group, view), view));
  }
  ctx.lineCap = "butt";
}

export const seesNow = ({ status }) => status === "online" || status === undefined;

function paintSector(ctx, group, view) {
  const t = view.tokens;
  if (group.status === "planned") {
    stroke(ctx, group.line, t.proposed, 1.2, view, [5, 3]);
  } else if (seesNow(group)) {
    if (!view.hasGround) {
      ctx.globalAlpha = view.isStreet ? 1 : 0.5;
      ctx.fillStyle = t.seen;
      ctx.fill(group.fill);
      ctx.globalAlpha = 1;
    }
    stroke(ctx, group.line, view.isStreet ? t.sectorEdge : t.ink2, 0.8, view);
  } else {
    stroke(ctx, group.line, t.ink3, 1, view, [1.5, 3]);
  }
}

function paintRestricted(ctx, group, view) {
  const t = view.tokens;
  const consent = group.rule === "consent";
  ctx.fillStyle = view.pattern(ctx, consent ? "consent" : "sensitive");
  ctx.fill(group.fill);
  stroke(ctx, group.line, consent ? t.warn : t.bad, group.rule === "prohibited" ? 2.6 : 1.4, view, consent ? [6, 3] : []);
}

const STREAM_PX = { river: 3.2, stream: 1.4 };

const PAINT = {
  streams(ctx, groups, view) {
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    groups.forEach((group) => stroke(ctx, group.line, view.tokens.water, (STREAM_PX[group.kind] ?? 1) * Math.min(2, Math.max(0.7, 1 + 0.3 * (view.zoom - 10))), view));
    ctx.lineCap = "butt";
  },
  roads: paintRoads,
  buildings(ctx, groups, view) {
    for (const group of groups) {
      ctx.fillStyle = view.tokens.building;
      ctx.fill(group.fill);
      stroke(ctx, group.line, view.tokens.buildingEdge, 0.7, view);
    }
  },
  places(ctx, groups, view) {
    for (const group of groups) {
      ctx.globalAlpha = view.isStreet ? 1 : 0.16;
      ctx.fillStyle = view.isStreet ? view.tokens.road : view.tokens.ink;
      ctx.fill(group.fill);
      ctx.globalAlpha = 1;
      stroke(ctx, group.line, view.tokens.ink2, 1, view, Number(group.seen) === 0 ? [4, 2.5] : []);
    }
  },
  gaps(ctx, groups, view) {
    for (const group of groups) {
      ctx.fillStyle = view.pattern(ctx, view.isStreet ? "gap_street" : "gap");
      ctx.fill(group.fill);
      stroke(ctx, group.line, view.isStreet ? view.tokens.gapEdge : view.tokens.gapHatch, view.isStreet ? 0.8 : 1, view);
    }
  },
  restricted_areas: (ctx, groups, view) => groups.forEach((group) => paintRestricted(ctx, group, view)),
  facades(ctx, groups, view) {
    ctx.lineCap = "round";
    groups.forEach((group) => stroke(ctx, group.line, view.tokens.facade_line, view.zoom < 17 ? 1.8 : 2.6, view));
    ctx.lineCap = "butt";
  },
  sectors: (ctx, groups, view) => groups.forEach((group) => paintSector(ctx, group, view)),
};

export const paintLayer = (ctx, name, tile, view) => PAINT[name](ctx, tile.groups, view);
