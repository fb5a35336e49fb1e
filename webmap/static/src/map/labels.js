/** Names on the map: five places tried, then dropped; selected first, then by priority (UI.md section 9). */

const FAMILY =
  '"Segoe UI", "Helvetica Neue", Arial, "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
const KINDS = {
  selected: { font: `700 14px ${FAMILY}`, size: 14, colour: "ink", spacing: 0 },
  unit: { font: `700 12px ${FAMILY}`, size: 12, colour: "ink", spacing: 0 },
  place: { font: `400 12px ${FAMILY}`, size: 12, colour: "ink", spacing: 0 },
  quiet: { font: `400 12px ${FAMILY}`, size: 12, colour: "ink2", spacing: 0 },
  neighbour: { font: `400 14px ${FAMILY}`, size: 14, colour: "ink2", spacing: 2 },
  glyph: { font: `700 13px ${FAMILY}`, size: 13, colour: "ink", spacing: 0 },
  /** Rectangles {rects, isHollow, ink} in a strip of 20 x 14 instead of a text. */
  bars: { size: 14, wide: 20 },
};
const GAP_PX = 3;
/** A name may stand out from its unit by this share of the unit's width. */
const ROOM = { unit: 1.4, quiet: 0.9, glyph: 0.8 };

const widths = new Map();

function widthOf(ctx, text, kind) {
  if (KINDS[kind].wide) return KINDS[kind].wide;
  const key = `${kind} ${text}`;
  if (!widths.has(key)) {
    if (widths.size > 8000) widths.clear();
    ctx.font = KINDS[kind].font;
    widths.set(key, ctx.measureText(text).width + KINDS[kind].spacing * Math.max(0, [...text].length - 1));
  }
  return widths.get(key);
}

function places(x, y, width, height) {
  const [aside, above] = [width / 2 + GAP_PX * 2, height / 2 + GAP_PX * 2];
  return [
    [x, y],
    [x, y - above],
    [x, y + above],
    [x + aside, y],
    [x - aside, y],
  ];
}

/** Boxes taken so far, by cells of 64 px. */
class Taken {
  constructor() {
    this.cells = new Map();
  }

  *cellsOf([left, top, right, bottom]) {
    for (let row = Math.floor(top / 64); row <= Math.floor(bottom / 64); row += 1) {
      for (let column = Math.floor(left / 64); column <= Math.floor(right / 64); column += 1) yield row * 4096 + column;
    }
  }

  isFree(box) {
    for (const cell of this.cellsOf(box)) {
      for (const other of this.cells.get(cell) ?? []) {
        if (box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]) return false;
      }
    }
    return true;
  }

  add(box) {
    for (const cell of this.cellsOf(box)) {
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(box);
    }
  }
}

/** Whether a box crosses the edge of the view: such a name would be cut. */
function isCut([left, top, right, bottom], { width, height, margin }) {
  const [west, north, east, south] = [margin.x, margin.y, width - margin.x, height - margin.y];
  const crosses = (low, high, edge) => low < edge && high > edge;
  const isAcross = crosses(left, right, west) || crosses(left, right, east);
  const isAlong = crosses(top, bottom, north) || crosses(top, bottom, south);
  return (isAcross && bottom > north && top < south) || (isAlong && right > west && left < east);
}

/** Whether a point is in the margin of the sheet, out of view. */
const isHidden = ({ x, y }, { width, height, margin }) => x < margin.x || x > width - margin.x || y < margin.y || y > height - margin.y;

/** Labels {x, y, text, kind, priority, roomPx, group} in pixels to those that have room, one per group, each with the place it got; `boxes` are kept free. */
export function placeLabels(ctx, labels, frame, boxes = []) {
  const { width, height } = frame;
  const taken = new Taken();
  boxes.forEach((box) => taken.add(box));
  const placed = [];
  const named = new Set();
  const rank = (label) => (label.kind === "selected" ? Infinity : (label.priority ?? 0));
  const inView = labels.filter(({ x, y }) => x > -80 && y > -20 && x < width + 80 && y < height + 20);
  inView.sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
  for (const label of inView) {
    if (label.group && (named.has(label.group) || isHidden(label, frame))) continue;
    const kind = KINDS[label.kind] ? label.kind : "unit";
    const [w, h] = [widthOf(ctx, label.text, kind), KINDS[kind].size + 2];
    if (w > (label.roomPx ?? Infinity) * (ROOM[kind] ?? Infinity)) continue;
    const tried = kind === "glyph" || kind === "bars" ? [[label.x, label.y]] : places(label.x, label.y, w, h);
    for (const [x, y] of tried) {
      const box = [x - w / 2 - GAP_PX, y - h / 2 - 1, x + w / 2 + GAP_PX, y + h / 2 + 1];
      if (!taken.isFree(box) || isCut(box, frame)) continue;
      taken.add(box);
      placed.push({ ...label, kind, x, y, width: w });
      if (label.group) named.add(label.group);
      break;
    }
  }
  return placed;
}

function write(ctx, text, x, y, width, spacing, method) {
  if (spacing === 0) {
    ctx.textAlign = "center";
    ctx[method](text, x, y);
    return;
  }
  ctx.textAlign = "left";
  let at = x - width / 2;
  for (const letter of text) {
    ctx[method](letter, at, y);
    at += ctx.measureText(letter).width + spacing;
  }
}

function drawBars(ctx, { rects, isHollow, ink }, x, y, { wide, size }) {
  ctx.fillStyle = ctx.strokeStyle = ink;
  ctx.lineWidth = 1;
  for (const [left, top, width, height] of rects) {
    const [west, north] = [x - wide / 2 + left, y - size / 2 + top];
    if (isHollow) ctx.strokeRect(west + 0.5, north + 0.5, width - 1, Math.max(0.5, height - 1));
    else ctx.fillRect(west, north, width, height);
  }
}

export function drawLabels(ctx, placed, t, haloPx) {
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.miterLimit = 2;
  for (const label of [...placed].reverse()) {
    const kind = KINDS[label.kind];
    if (label.bars) {
      drawBars(ctx, label.bars, label.x, label.y, kind);
      continue;
    }
    ctx.font = kind.font;
    ctx.strokeStyle = t.casing;
    ctx.lineWidth = haloPx;
    ctx.fillStyle = t[kind.colour];
    write(ctx, label.text, label.x, label.y, label.width, kind.spacing, "strokeText");
    write(ctx, label.text, label.x, label.y, label.width, kind.spacing, "fillText");
  }
}
