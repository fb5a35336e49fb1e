/** Street view: the public ground that a camera sees now, in one opaque colour that equals the legend's. */

import { roadWidth, seesNow } from "./layers.js";

let scratch = null;

function scratchLike({ width, height }) {
  scratch ??= document.createElement("canvas");
  if (scratch.width !== width || scratch.height !== height) {
    scratch.width = width;
    scratch.height = height;
  }
  const ctx = scratch.getContext("2d");
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.globalCompositeOperation = "source-over";
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

export function paintGround(ctx, ground, view) {
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  for (const [name, found] of ground) {
    const zoomed = view.align(ctx, found);
    for (const group of found.tile.groups) {
      if (name === "roads") {
        ctx.lineWidth = roadWidth(group, view) / zoomed;
        ctx.stroke(group.line);
      } else ctx.fill(group.fill);
    }
  }
}

/** Fill what `sectors` cover of `ground` ([name, found tile] pairs); false where no public ground is drawn here. */
export function paintSeenGround(ctx, sectors, ground, view) {
  if (!view.isStreet || ground.length === 0) return false;
  const seeing = sectors.tile.groups.filter(seesNow);
  if (!seeing.length) return true;
  const seen = new Path2D();
  seeing.forEach(({ fill }) => seen.addPath(fill));
  const over = scratchLike(ctx.canvas);
  paintGround(over, ground, view);
  over.globalCompositeOperation = "source-in";
  view.align(over, sectors);
  over.fillStyle = view.tokens.seen;
  over.fill(seen);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.drawImage(scratch, 0, 0);
  return true;
}
