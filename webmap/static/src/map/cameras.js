/** Cameras: one ink, shape says status (UI.md section 8). Sprites are drawn once per status and 5 degrees of azimuth. */

const SIDE_PX = 36;
const STROKE_PX = 13;
const STEP_DEG = 5;
const PICK_PX = 9;

function casedLine(ctx, draw, colour, casing, width) {
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  for (const [style, extra] of [
    [casing, 2],
    [colour, 0],
  ]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width + extra;
    ctx.beginPath();
    draw();
    ctx.stroke();
  }
}

function cased(ctx, draw, fill, casing) {
  ctx.beginPath();
  draw();
  ctx.strokeStyle = casing;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.fillStyle = fill;
  ctx.fill();
}

const SHAPES = {
  online(ctx, t, azimuth) {
    if (azimuth >= 0) {
      const angle = ((azimuth - 90) * Math.PI) / 180;
      const end = [Math.cos(angle) * STROKE_PX, Math.sin(angle) * STROKE_PX];
      casedLine(ctx, () => (ctx.moveTo(0, 0), ctx.lineTo(...end)), t.ink, t.casing, 2);
    }
    cased(ctx, () => ctx.arc(0, 0, 4.5, 0, 7), t.ink, t.casing);
  },
  offline(ctx, t) {
    const cross = () => {
      ctx.arc(0, 0, 5, 0, 7);
      for (const side of [-1, 1]) {
        ctx.moveTo(-2.2, -2.2 * side);
        ctx.lineTo(2.2, 2.2 * side);
      }
    };
    cased(ctx, () => ctx.arc(0, 0, 5, 0, 7), t.casing, t.casing);
    casedLine(ctx, cross, t.camera_offline, t.casing, 1.5);
  },
  planned(ctx, t) {
    const diamond = () => [[0, -6], [6, 0], [0, 6], [-6, 0], [0, -6]].forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    cased(ctx, diamond, t.casing, t.casing);
    casedLine(ctx, diamond, t.proposed, t.casing, 1.7);
  },
  retired(ctx, t) {
    cased(ctx, () => ctx.rect(-4, -4, 8, 8), t.camera_retired, t.casing);
  },
  place_seen(ctx, t) {
    cased(ctx, () => [[0, -5], [5, 4], [-5, 4], [0, -5]].forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y))), t.ink2, t.casing);
  },
  place_unseen(ctx, t) {
    const triangle = () => [[0, -5], [5, 4], [-5, 4], [0, -5]].forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    cased(ctx, triangle, t.casing, t.casing);
    casedLine(ctx, triangle, t.ink2, t.casing, 1.4);
  },
};

export class Sprites {
  constructor(tokens, ratio) {
    this.tokens = tokens;
    this.ratio = ratio;
    this.images = new Map();
  }

  image(shape, azimuth) {
    const step = shape === "online" && azimuth >= 0 ? (Math.round(azimuth / STEP_DEG) * STEP_DEG) % 360 : -1;
    const key = `${shape} ${step}`;
    if (!this.images.has(key)) {
      const canvas = document.createElement("canvas");
      canvas.width = Math.ceil(SIDE_PX * this.ratio);
      canvas.height = canvas.width;
      const ctx = canvas.getContext("2d");
      ctx.setTransform(this.ratio, 0, 0, this.ratio, canvas.width / 2, canvas.width / 2);
      (SHAPES[shape] ?? SHAPES.retired)(ctx, this.tokens, step);
      this.images.set(key, canvas);
    }
    return this.images.get(key);
  }

  /** `size` 1 is full size. Marks are placed on whole device pixels, so that they stay sharp. */
  draw(ctx, shape, azimuth, x, y, size) {
    const image = this.image(shape, azimuth ?? -1);
    const side = (image.width / this.ratio) * size;
    const snapped = (value) => Math.round(value * this.ratio) / this.ratio;
    ctx.drawImage(image, snapped(x - side / 2), snapped(y - side / 2), side, side);
  }
}

/** The drawn camera nearest to (x, y) within reach, or null. `drawn` is [{uid, x, y}] in the same pixels. */
export function pickCamera(drawn, x, y) {
  let best = null;
  let nearest = PICK_PX * PICK_PX;
  for (const camera of drawn) {
    const distance = (camera.x - x) ** 2 + (camera.y - y) ** 2;
    if (distance <= nearest) {
      nearest = distance;
      best = camera;
    }
  }
  return best?.uid ?? null;
}

export function drawHalo(ctx, x, y, t) {
  for (const [colour, width] of [
    [t.casing, 5],
    [t.accent, 2.4],
  ]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.arc(x, y, 11, 0, 7);
    ctx.stroke();
  }
}
