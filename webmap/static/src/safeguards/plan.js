/** The plan of one camera, drawn from metres round it: its view, public ground, facade in view, the suggested mask. */

import { h } from "../dom.js";
import { breakLabel, t } from "../i18n.js";
import { scale, token } from "../colours.js";
import { roundDown } from "../map/furniture.js";
import { mix } from "../map/tokens.js";

const WIDTH = 320;
const HEIGHT = 234;
const SCALE_PX = 84;

function trace(ctx, geometry) {
  const ring = (points) => points.forEach(([x, y], i) => (i ? ctx.lineTo(x, -y) : ctx.moveTo(x, -y)));
  const { type, coordinates, geometries } = geometry;
  if (type === "GeometryCollection") geometries.forEach((part) => trace(ctx, part));
  else if (type === "LineString") ring(coordinates);
  else if (type === "MultiLineString") coordinates.forEach(ring);
  else if (type === "Polygon") coordinates.forEach((points) => (ring(points), ctx.closePath()));
  else if (type === "MultiPolygon") coordinates.forEach((polygon) => polygon.forEach((points) => (ring(points), ctx.closePath())));
}

/** A canvas of the plan; `said` is what it shows in a sentence. */
export function drawPlan(plan, azimuth_deg, said) {
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const canvas = h("canvas", { class: "gs-plan", width: WIDTH * ratio, height: HEIGHT * ratio, role: "img", "aria-label": said });
  const ctx = canvas.getContext("2d");
  const paper = token("map");
  const ink = token("ink");
  const metres = HEIGHT / (2 * plan.reach_m);
  const [cx, cy] = [WIDTH / 2, HEIGHT / 2];
  const onGround = (run) => {
    ctx.save();
    ctx.setTransform(ratio * metres, 0, 0, ratio * metres, ratio * cx, ratio * cy);
    run();
    ctx.restore();
  };
  const shapes = (list, paint) => {
    if (!list.length) return;
    ctx.beginPath();
    list.forEach((geometry) => trace(ctx, geometry));
    paint();
  };
  const px = (width) => width / metres;
  const line = (colour, width, dash = []) => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = px(width);
    ctx.setLineDash(dash.map(px));
    ctx.stroke();
    ctx.setLineDash([]);
  };
  const fill = (colour) => {
    ctx.fillStyle = colour;
    ctx.fill("evenodd");
  };
  ctx.fillStyle = paper;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  onGround(() => {
    shapes(plan.ground, () => fill(mix(token("panel"), paper, 0.85)));
    ctx.save();
    if (plan.ground.length) {
      shapes(plan.ground, () => ctx.clip("evenodd"));
      shapes(plan.view, () => fill(scale("whatif")[0]));
    }
    ctx.restore();
    shapes(plan.view, () => line(token("ink2"), 1.2, [2, 3]));
    shapes(plan.buildings, () => {
      fill(mix(token("ink3"), paper, 0.22));
      line(mix(token("ink3"), paper, 0.45), 0.8);
    });
    shapes(plan.mask, () => {
      fill(`${token("accent")}2e`);
      line(token("accent"), 1.6, [5, 3]);
    });
    ctx.lineCap = "round";
    shapes(plan.facade, () => line(token("facade_line"), 3));
    drawReach(ctx, plan, azimuth_deg, px);
  });
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.fillStyle = ink;
  ctx.strokeStyle = paper;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  ctx.arc(cx, cy, 5, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
  labelReach(ctx, plan, azimuth_deg, metres);
  drawScale(ctx, metres);
  return canvas;
}

/** Where facades end being judged: an arc across the direction of view, or a circle. */
function drawReach(ctx, { reach_facade_m: reach }, azimuth_deg, px) {
  if (!reach) return;
  const middle = ((azimuth_deg ?? 0) - 90) * (Math.PI / 180);
  const half = Number.isFinite(azimuth_deg) ? Math.PI / 3 : Math.PI;
  ctx.strokeStyle = token("bad");
  ctx.lineWidth = px(1);
  ctx.setLineDash([px(2), px(3)]);
  ctx.beginPath();
  ctx.arc(0, 0, reach, middle - half, middle + half);
  ctx.stroke();
  ctx.setLineDash([]);
}

function text(ctx, words, x, y, colour, align = "left") {
  ctx.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.strokeStyle = token("map");
  ctx.lineWidth = 3;
  ctx.strokeText(words, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(words, x, y);
}

function labelReach(ctx, { reach_facade_m: reach, facade_px_per_m: px_per_m }, azimuth_deg, metres) {
  if (!reach) return;
  const words = t("guard.plan.reach", { px: breakLabel(px_per_m), m: breakLabel(Math.round(reach)) });
  const angle = ((azimuth_deg ?? 0) - 90 + (Number.isFinite(azimuth_deg) ? 50 : 0)) * (Math.PI / 180);
  const wide = ctx.measureText(words).width / 2 + 6;
  const x = Math.min(WIDTH - wide - 20, Math.max(wide + 20, WIDTH / 2 + reach * metres * Math.cos(angle)));
  const y = Math.min(HEIGHT - 32, Math.max(12, HEIGHT / 2 + reach * metres * Math.sin(angle)));
  text(ctx, words, x, y, token("bad"), "center");
}

function drawScale(ctx, metres) {
  const length = roundDown(SCALE_PX / metres);
  const wide = length * metres;
  ctx.strokeStyle = token("ink");
  ctx.lineWidth = 1.6;
  ctx.beginPath();
  ctx.moveTo(10, HEIGHT - 15);
  ctx.lineTo(10, HEIGHT - 10);
  ctx.lineTo(10 + wide, HEIGHT - 10);
  ctx.lineTo(10 + wide, HEIGHT - 15);
  ctx.stroke();
  text(ctx, `${length} m`, 16 + wide, HEIGHT - 12, token("ink2"));
}
