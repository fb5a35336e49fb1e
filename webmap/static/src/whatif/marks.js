/** Marks and handles of the mode, and which of them is under the pointer. */

import { offset, sectorRing } from "./ground.js";

const PICK_PX = { mark: 12, handle: 11 };
const TOUCH_PX = 22;

/** Handles of a sector {place, view}: the ring at its end, a square on each side; {name, lon, lat}. */
function handlesOf({ place, view }, north_deg) {
  if (!view || !sectorRing(place, view, north_deg)) return [];
  const { azimuth, sweep, reach } = view;
  const isFull = sweep >= 360;
  const at = (bearing, share) => offset(place, bearing + north_deg, reach * share);
  const ring = { name: "ring", ...at(azimuth ?? 0, 1) };
  if (isFull) return [ring];
  return [ring, { name: "left", ...at(azimuth - sweep / 2, 0.66) }, { name: "right", ...at(azimuth + sweep / 2, 0.66) }];
}

function cased(ctx, draw, { fill, ink, casing, width = 1.8 }) {
  ctx.beginPath();
  draw();
  ctx.strokeStyle = casing;
  ctx.lineWidth = width + 2.4;
  ctx.stroke();
  if (fill) {
    ctx.fillStyle = fill;
    ctx.fill();
  }
  ctx.strokeStyle = ink;
  ctx.lineWidth = width;
  ctx.stroke();
}

function figure(ctx, text, x, y, colour) {
  ctx.fillStyle = colour;
  ctx.font = '700 11px "Segoe UI", "Helvetica Neue", Arial, sans-serif';
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x, y + 0.5);
}

function drawHandles(ctx, sector, project, t, north_deg) {
  const handles = handlesOf(sector, north_deg);
  if (!handles.length) return;
  const [x, y] = project(sector.place);
  for (const handle of handles) {
    const [hx, hy] = project(handle);
    if (handle.name === "ring") {
      ctx.strokeStyle = t.proposed;
      ctx.lineWidth = 1.4;
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(hx, hy);
      ctx.stroke();
      cased(ctx, () => ctx.arc(hx, hy, 6, 0, 7), { fill: t.panel, ink: t.proposed, casing: t.casing, width: 2 });
    } else cased(ctx, () => ctx.rect(hx - 4, hy - 4, 8, 8), { fill: t.panel, ink: t.proposed, casing: t.casing, width: 1.6 });
  }
}

/** A proposed camera is a diamond with its number; a changed one keeps its mark and has a numbered badge beside it. */
function drawMark(ctx, sector, project, grid) {
  const t = grid.tokens;
  const [x, y] = project(sector.place);
  if (sector.kind === "new") {
    const diamond = () => [[0, -9], [9, 0], [0, 9], [-9, 0]].forEach(([dx, dy], i) => (i ? ctx.lineTo(x + dx, y + dy) : ctx.moveTo(x + dx, y + dy)));
    cased(ctx, () => (diamond(), ctx.closePath()), { fill: t.casing, ink: t.proposed, casing: t.casing, width: 1.6 });
    figure(ctx, sector.number, x, y, t.proposed);
    return;
  }
  const status = sector.kind === "off" ? "retired" : sector.status;
  grid.sprites.draw(ctx, status, sector.view?.azimuth ?? -1, x, y, 1);
  const [bx, by] = [x + 13, y + 13];
  cased(ctx, () => ctx.arc(bx, by, 8, 0, 7), { fill: t.proposed, ink: t.proposed, casing: t.casing, width: 0.5 });
  figure(ctx, sector.number, bx, by, t.panel);
  if (sector.kind === "off") {
    ctx.strokeStyle = t.proposed;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.moveTo(x - 7, y + 7);
    ctx.lineTo(x + 7, y - 7);
    ctx.stroke();
  }
}

export function drawMarks(grid, ctx, frame, scene) {
  if (scene.compare === "today") return;
  const project = ({ lon, lat }) => {
    const { x, y } = grid.map.project([lat, lon], frame.zoom);
    return [x - frame.left, y - frame.top];
  };
  const t = grid.tokens;
  const selected = scene.sectors.find(({ key }) => key === scene.selected);
  if (selected) {
    const [x, y] = project(selected.place);
    cased(ctx, () => ctx.arc(x, y, 14, 0, 7), { ink: t.proposed, casing: t.casing, width: 1.4 });
    if (scene.isEditable) drawHandles(ctx, selected, project, t, scene.north_deg);
  }
  scene.sectors.forEach((sector) => drawMark(ctx, sector, project, grid));
  if (scene.cross) {
    const [x, y] = [frame.width / 2, frame.height / 2];
    cased(ctx, () => (ctx.moveTo(x - 9, y), ctx.lineTo(x + 9, y), ctx.moveTo(x, y - 9), ctx.lineTo(x, y + 9)), { ink: t.proposed, casing: t.casing, width: 1.6 });
  }
}

/** What of the scene is at (x, y) px of the map: {key, handle} with handle "ring", "left", "right" or "mark"; null. */
export function pick(map, scene, { x, y }, isTouch) {
  const reach = (kind) => (isTouch ? TOUCH_PX : PICK_PX[kind]);
  const far = ({ lon, lat }) => {
    const at = map.latLngToContainerPoint([lat, lon]);
    return Math.hypot(at.x - x, at.y - y);
  };
  const selected = scene.sectors.find(({ key }) => key === scene.selected);
  const near = (list, kind) => list.map((one) => ({ one, px: far(one) })).filter(({ px }) => px <= reach(kind)).sort((a, b) => a.px - b.px)[0]?.one;
  const handle = selected && near(handlesOf(selected, scene.north_deg), "handle");
  if (handle) return { key: selected.key, handle: handle.name };
  const mark = near(scene.sectors.map(({ key, place }) => ({ key, ...place })), "mark");
  return mark ? { key: mark.key, handle: "mark" } : null;
}
