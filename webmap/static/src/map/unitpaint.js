/** Units and the outlines of coarser levels on one tile. The context transform is set so that a data tile spans 512 px. */

import { luminance, mix } from "./tokens.js";

const PALE = 0.72;
const FADED_SHARE = 0.25;
const TINY_PX = 5;
const SMALL_PX = 16;

const grouped = (groups, key, path) => {
  if (!groups.has(key)) groups.set(key, new Path2D());
  groups.get(key).addPath(path);
};

class Sorted {
  constructor() {
    this.fills = new Map();
    this.patterns = new Map();
    this.borders = new Map();
    this.seams = new Map();
  }
}

function borderColour(fill, t) {
  if (!fill) return t.borderOnEmpty;
  return t.theme === "light" && luminance(fill) > PALE ? t.borderOnEmpty : t.borderOnFill;
}

function sort(tile, view) {
  const { tokens: t, isFocus, styleOf, blank } = view;
  const groups = new Sorted();
  for (const feature of tile.features) {
    if (!isFocus(feature.id)) {
      grouped(groups.borders, `${t.contextBorder} 0.8`, feature.border);
      continue;
    }
    const style = styleOf(feature.id);
    let fill = style?.fill ?? (style?.pattern === "nodata" || style?.pattern === "suppressed" ? t.empty : blank);
    if (fill && style?.faded) fill = mix(fill, t.map, FADED_SHARE);
    if (fill) grouped(groups.fills, fill, feature.fill);
    if (style?.pattern) grouped(groups.patterns, style.pattern, feature.fill);
    const sizePx = feature.sizePx * view.zoomed;
    if (sizePx < TINY_PX && fill) grouped(groups.seams, fill, feature.border);
    else grouped(groups.borders, `${borderColour(fill, t)} ${sizePx < SMALL_PX ? 0.45 : 0.8}`, feature.border);
  }
  return groups;
}

/** Fill and border every unit of `tile`; units out of focus get an outline only. */
export function paintUnits(ctx, tile, view) {
  const groups = sort(tile, view);
  for (const [colour, path] of groups.fills) {
    ctx.fillStyle = colour;
    ctx.fill(path);
  }
  for (const [name, path] of groups.patterns) {
    ctx.fillStyle = view.pattern(ctx, name);
    ctx.fill(path);
  }
  ctx.lineJoin = "round";
  for (const [colour, path] of groups.seams) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 0.5 / view.zoomed;
    ctx.stroke(path);
  }
  const order = [...groups.borders].sort(([a], [b]) => Number(b.startsWith(view.tokens.contextBorder)) - Number(a.startsWith(view.tokens.contextBorder)));
  for (const [key, path] of order) {
    const [colour, width] = key.split(" ");
    ctx.strokeStyle = colour;
    ctx.lineWidth = Number(width) / view.zoomed;
    ctx.stroke(path);
  }
}

/** Ground and dashed borders: near enough for streets, classes give way to what is seen. */
export function paintStreetUnits(ctx, tile, view) {
  const { tokens: t, isFocus } = view;
  const borders = new Path2D();
  ctx.fillStyle = t.ground;
  for (const feature of tile.features) {
    if (isFocus(feature.id)) ctx.fill(feature.fill);
    borders.addPath(feature.border);
  }
  ctx.lineJoin = "round";
  ctx.strokeStyle = t.streetBorder;
  ctx.lineWidth = 1 / view.zoomed;
  ctx.setLineDash([7 / view.zoomed, 4 / view.zoomed]);
  ctx.stroke(borders);
  ctx.setLineDash([]);
}

/** Outlines of coarser levels: ink round the focus, grey elsewhere; `rank` 0 is the finest, and lighter where it is not the only one. */
export function paintBoundary(ctx, parts, rank, view) {
  const { tokens: t, isLone } = view;
  ctx.lineJoin = "round";
  ctx.strokeStyle = t.contextBoundary;
  ctx.lineWidth = Math.min(1.6, 0.8 + 0.3 * rank) / view.zoomed;
  ctx.stroke(parts.far);
  ctx.strokeStyle = rank === 0 && !isLone ? t.ink2 : t.ink;
  ctx.lineWidth = (isLone ? 1.2 : 0.8 + 0.8 * rank) / view.zoomed;
  ctx.stroke(parts.near);
}
