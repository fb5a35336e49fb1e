/** Fill patterns, each with one meaning (UI.md section 8), aligned to the tile grid so that they run on across tiles. */

export const SIDE_PX = 128;

function diagonal(ctx, count, lines) {
  const step = SIDE_PX / count;
  for (let i = -count; i <= count; i += 1) {
    for (const { colour, width, shift } of lines) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width;
      ctx.beginPath();
      const x = i * step + shift * Math.SQRT2;
      ctx.moveTo(x - 8, SIDE_PX + 8);
      ctx.lineTo(x + SIDE_PX + 8, -8);
      ctx.stroke();
    }
  }
}

const DRAW = {
  nodata(ctx, t) {
    ctx.fillStyle = t.ink3;
    for (let y = 0; y < SIDE_PX; y += 8) {
      for (let x = 0; x < SIDE_PX; x += 8) {
        ctx.fillRect(x + 1.4, y + 1.4, 1.3, 1.3);
        ctx.fillRect(x + 5.4, y + 5.4, 1.3, 1.3);
      }
    }
  },
  suppressed(ctx, t) {
    ctx.fillStyle = t.ink3;
    for (let y = 0; y < SIDE_PX; y += 4) ctx.fillRect(0, y + 1, SIDE_PX, 1);
  },
  gap(ctx, t) {
    diagonal(ctx, 15, [
      { colour: t.gapHatch, width: 1.3, shift: 0 },
      { colour: t.gapHatchBeside, width: 1.1, shift: 1.2 },
    ]);
  },
  gap_class(ctx, t) {
    diagonal(ctx, 15, [{ colour: t.gapHatch, width: 0.8, shift: 0 }]);
  },
  gap_class_top(ctx, t) {
    diagonal(ctx, 15, [{ colour: t.gapHatchBeside, width: 0.8, shift: 0 }]);
  },
  gap_street(ctx, t) {
    diagonal(ctx, 18, [{ colour: t.gapHatch, width: 0.9, shift: 0 }]);
  },
  sensitive(ctx, t) {
    diagonal(ctx, 22, [{ colour: t.bad, width: 1, shift: 0 }]);
  },
  consent(ctx, t) {
    diagonal(ctx, 22, [{ colour: t.warn, width: 1, shift: 0 }]);
  },
};

export class Patterns {
  constructor(tokens, ratio) {
    this.tokens = tokens;
    this.ratio = ratio;
    this.images = new Map();
  }

  image(name) {
    if (!this.images.has(name)) {
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(SIDE_PX * this.ratio);
      canvas.height = canvas.width;
      const ctx = canvas.getContext("2d");
      ctx.scale(canvas.width / SIDE_PX, canvas.width / SIDE_PX);
      DRAW[name](ctx, this.tokens);
      this.images.set(name, canvas);
    }
    return this.images.get(name);
  }

  /** A fill style for `ctx`: whatever its present transform, the pattern keeps its size and runs on from tile to tile (`phase`, CSS px). */
  fill(ctx, name, [left, top] = [0, 0]) {
    const image = this.image(name);
    const pattern = ctx.createPattern(image, "repeat");
    const exact = (SIDE_PX * this.ratio) / image.width;
    pattern.setTransform(ctx.getTransform().inverse().multiply(new DOMMatrix([exact, 0, 0, exact, left * this.ratio, top * this.ratio])));
    return pattern;
  }
}
