/** Street view: public ground by how many cameras see it, 1, 2, 3 and more. */

import { paintGround } from "./streets.js";
import { seesNow } from "./layers.js";

/** What one view adds to the opacity of a pixel: three of them stay apart, more saturate. */
const STEP = 80;

const canvases = {};

function sheetLike(name, { width, height }) {
  const canvas = (canvases[name] ??= document.createElement("canvas"));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.globalCompositeOperation = "source-over";
  ctx.clearRect(0, 0, width, height);
  return ctx;
}

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Fill what `sectors` cover of `ground` in the colours `seen` (three, by 1, 2, 3+); false where no ground is drawn here. */
export function paintCountedGround(ctx, sectors, ground, view) {
  if (!view.isStreet || ground.length === 0) return false;
  const { width, height } = ctx.canvas;
  const counts = sheetLike("counts", ctx.canvas);
  view.align(counts, sectors);
  counts.globalCompositeOperation = "lighter";
  counts.fillStyle = `rgba(255, 255, 255, ${STEP / 255})`;
  for (const group of sectors.tile.groups.filter(seesNow)) group.parts.forEach((part) => counts.fill(part));
  const picture = counts.getImageData(0, 0, width, height);
  const { data } = picture;
  const colours = view.tokens.seenBy.map(channels);
  for (let i = 0; i < data.length; i += 4) {
    const n = Math.min(3, Math.round(data[i + 3] / STEP));
    if (n === 0) data[i + 3] = 0;
    else {
      [data[i], data[i + 1], data[i + 2]] = colours[n - 1];
      data[i + 3] = 255;
    }
  }
  counts.setTransform(1, 0, 0, 1, 0, 0);
  counts.putImageData(picture, 0, 0);
  const over = sheetLike("ground", ctx.canvas);
  paintGround(over, ground, view);
  over.setTransform(1, 0, 0, 1, 0, 0);
  over.globalCompositeOperation = "source-in";
  over.drawImage(counts.canvas, 0, 0);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.drawImage(over.canvas, 0, 0);
  return true;
}
