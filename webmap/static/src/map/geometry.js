/**
 * Vector-tile bytes to rings and Path2D objects. Rings stay in tile units (4096 to a side, clip buffer outside 0..4096); paths are in CSS
 * pixels of a 512-pixel tile, so that one path serves every restyle and every over-zoom.
 */

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

export const TILE_PX = 512;
const BUCKETS = 16;
const POINT_BASE = 8192;

function flatten(lines) {
  return lines.map((line) => {
    const flat = new Float32Array(line.length * 2);
    line.forEach((point, i) => {
      flat[2 * i] = point.x;
      flat[2 * i + 1] = point.y;
    });
    return flat;
  });
}

function boundsOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      if (ring[i] < box[0]) box[0] = ring[i];
      if (ring[i] > box[2]) box[2] = ring[i];
      if (ring[i + 1] < box[1]) box[1] = ring[i + 1];
      if (ring[i + 1] > box[3]) box[3] = ring[i + 1];
    }
  }
  return box;
}

/** Features of every layer in the tile: {id, type 1|2|3, rings, box, properties}, all in an extent of 4096. */
export function decodeTile(bytes) {
  const data = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes ?? 0);
  const features = [];
  if (data.length === 0) return features;
  const tile = new VectorTile(new PbfReader(data));
  for (const layer of Object.values(tile.layers)) {
    for (let i = 0; i < layer.length; i += 1) {
      const feature = layer.feature(i);
      if (feature.type === 0) continue;
      const rings = flatten(feature.loadGeometry());
      if (layer.extent !== 4096) rings.forEach((ring) => ring.forEach((value, at) => (ring[at] = (value * 4096) / layer.extent)));
      features.push({ id: feature.id ?? null, type: feature.type, rings, box: boundsOf(rings), properties: feature.properties });
    }
  }
  return features;
}

/** True for an edge that the encoder made by clipping: straight along x or y, outside the tile proper. */
export function isClipEdge(x0, y0, x1, y1) {
  return (x0 === x1 && (x0 < 0 || x0 > 4096)) || (y0 === y1 && (y0 < 0 || y0 > 4096));
}

const scale = TILE_PX / 4096;

export function fillPath(feature) {
  const path = new Path2D();
  for (const ring of feature.rings) {
    path.moveTo(ring[0] * scale, ring[1] * scale);
    for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i] * scale, ring[i + 1] * scale);
    if (feature.type === 3) path.closePath();
  }
  return path;
}

function segmentKey(x0, y0, x1, y1) {
  const a = (x0 + 2048) * POINT_BASE + y0 + 2048;
  const b = (x1 + 2048) * POINT_BASE + y1 + 2048;
  return a < b ? a * POINT_BASE * POINT_BASE + b : b * POINT_BASE * POINT_BASE + a;
}

/**
 * Walk the edges of a feature, leaving out clip edges and edges in `taken` (a Set that collects keys, or null).
 * `line(x0, y0, x1, y1, joined)` gets tile units; `joined` says that the edge starts where the last one ended.
 */
export function walkEdges(feature, taken, line) {
  for (const ring of feature.rings) {
    let joined = false;
    for (let i = 2; i < ring.length; i += 2) {
      const [x0, y0, x1, y1] = [ring[i - 2], ring[i - 1], ring[i], ring[i + 1]];
      if ((feature.type === 3 && isClipEdge(x0, y0, x1, y1)) || (x0 === x1 && y0 === y1)) {
        joined = false;
        continue;
      }
      if (taken) {
        const key = segmentKey(x0, y0, x1, y1);
        if (taken.has(key)) {
          joined = false;
          continue;
        }
        taken.add(key);
      }
      line(x0, y0, x1, y1, joined);
      joined = true;
    }
  }
}

/** Outline without the edges along the clip rectangle. */
export function outlinePath(feature, taken = null) {
  const path = new Path2D();
  walkEdges(feature, taken, (x0, y0, x1, y1, joined) => {
    if (!joined) path.moveTo(x0 * scale, y0 * scale);
    path.lineTo(x1 * scale, y1 * scale);
  });
  return path;
}

function inRings(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [yi, yj] = [ring[i + 1], ring[j + 1]];
      if (yi > y !== yj > y && x < ((ring[j] - ring[i]) * (y - yi)) / (yj - yi) + ring[i]) inside = !inside;
    }
  }
  return inside;
}

const bucketOf = (value) => Math.max(0, Math.min(BUCKETS - 1, Math.floor(((value + 64) / 4224) * BUCKETS)));

/** The polygons of one tile with their paths, found by point through a 16 x 16 grid of buckets. */
export class UnitTile {
  constructor(bytes) {
    this.features = decodeTile(bytes).filter((feature) => feature.type === 3 && feature.id !== null);
    this.byId = new Map(this.features.map((feature) => [feature.id, feature]));
    this.buckets = Array.from({ length: BUCKETS * BUCKETS }, () => []);
    const taken = new Set();
    for (const feature of this.features) {
      feature.fill = fillPath(feature);
      feature.border = outlinePath(feature, taken);
      const { box } = feature;
      feature.sizePx = Math.max(box[2] - box[0], box[3] - box[1]) * scale;
      for (let row = bucketOf(box[1]); row <= bucketOf(box[3]); row += 1) {
        for (let column = bucketOf(box[0]); column <= bucketOf(box[2]); column += 1) this.buckets[row * BUCKETS + column].push(feature);
      }
    }
  }

  /** Number of the unit at (x, y) in tile units, or null; the lowest number on a shared edge. */
  at(x, y) {
    for (const feature of this.buckets[bucketOf(y) * BUCKETS + bucketOf(x)]) {
      const { box } = feature;
      if (x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && inRings(feature.rings, x, y)) return feature.id;
    }
    return null;
  }

  outline(id) {
    const feature = this.byId.get(id);
    if (!feature) return null;
    feature.outline ??= outlinePath(feature);
    return feature.outline;
  }
}

/** Cut the edges of coarser units into those that touch the focus and the rest, asking `isFocus(x, y)` on both sides of every few edges. */
export function splitBoundary(unitTile, isFocus) {
  const near = new Path2D();
  const far = new Path2D();
  const aside = 24;
  const taken = new Set();
  for (const feature of unitTile.features) {
    let since = 0;
    let path = far;
    let moved = null;
    walkEdges(feature, taken, (x0, y0, x1, y1, joined) => {
      if (!joined || since >= 6) {
        const length = Math.hypot(x1 - x0, y1 - y0);
        const [nx, ny] = [((y0 - y1) / length) * aside, ((x1 - x0) / length) * aside];
        const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
        path = isFocus(mx + nx, my + ny) || isFocus(mx - nx, my - ny) ? near : far;
        since = 0;
      }
      since += 1;
      if (!joined || moved !== path) path.moveTo(x0 * scale, y0 * scale);
      moved = path;
      path.lineTo(x1 * scale, y1 * scale);
    });
  }
  return { near, far };
}

/** A point well inside a polygon: the middle of the widest run on one of three rows; null when the polygon is empty. */
export function insidePoint(feature) {
  const [, top, , bottom] = feature.box;
  let best = null;
  for (const share of [0.5, 0.4, 0.6]) {
    const y = top + (bottom - top) * share + 0.37;
    const cuts = [];
    for (const ring of feature.rings) {
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        const [yi, yj] = [ring[i + 1], ring[j + 1]];
        if (yi > y !== yj > y) cuts.push(((ring[j] - ring[i]) * (y - yi)) / (yj - yi) + ring[i]);
      }
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const width = cuts[i + 1] - cuts[i];
      if (!best || width > best.width) best = { x: (cuts[i] + cuts[i + 1]) / 2, y, width };
    }
  }
  return best;
}
