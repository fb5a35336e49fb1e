/** Numbered marks set beside their place with a leader, so that a mark never hides what it marks; a halo on one place. */

const RADIUS_PX = 11;
const LEADER_PX = [26, 38, 52];
const DOT_PX = 2.6;
const HALO_PX = 11;
/** Directions tried, best first: up and to the right, then round the clock. */
const DIRECTIONS = [-45, -20, -70, -110, 15, -150, 45, 160, 90, 125].map((deg) => (deg * Math.PI) / 180);

const boxAt = (x, y) => [x - RADIUS_PX - 1, y - RADIUS_PX - 1, x + RADIUS_PX + 1, y + RADIUS_PX + 1];
const overlap = (a, b) => Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));

/** Where each of `places` ({x, y}, pixels) has its mark: the first free spot round it, else the one that hides least; off `view` none. */
export function placePins(places, view, taken = []) {
  const dots = places.map(({ x, y }) => [x - 4, y - 4, x + 4, y + 4]);
  const boxes = [];
  return places.map((place, own) => {
    if (place.x < view[0] || place.y < view[1] || place.x > view[2] || place.y > view[3]) return null;
    let best = null;
    for (const far of LEADER_PX) {
      for (const angle of DIRECTIONS) {
        const [x, y] = [place.x + far * Math.cos(angle), place.y + far * Math.sin(angle)];
        const box = boxAt(x, y);
        const out = box[0] < view[0] || box[1] < view[1] || box[2] > view[2] || box[3] > view[3] ? 1e6 : 0;
        const cost = out + [...boxes, ...taken, ...dots.filter((_, other) => other !== own)].reduce((sum, other) => sum + overlap(box, other), 0);
        if (!best || cost < best.cost) best = { x, y, box, cost };
        if (cost === 0) break;
      }
      if (best.cost === 0) break;
    }
    boxes.push(best.box);
    return best;
  });
}

export function drawPinSheet(grid, ctx, frame) {
  const { tokens: t, map } = grid;
  grid.drawnPins = [];
  if (!grid.halo && grid.pins.length === 0) return false;
  const at = ({ lon, lat }) => {
    const { x, y } = map.project([lat, lon], frame.zoom);
    return { x: x - frame.left, y: y - frame.top };
  };
  if (grid.halo) drawRing(ctx, at(grid.halo), t);
  const { x, y } = frame.margin;
  const taken = grid.furniture.boxes().map(([left, top, right, bottom]) => [left + x, top + y, right + x, bottom + y]);
  const places = grid.pins.map(at);
  const marks = placePins(places, [x, y, frame.width - x, frame.height - y], taken);
  grid.drawnPins = marks.flatMap((mark, i) => (mark ? [{ i, x: mark.x + frame.left, y: mark.y + frame.top, box: mark.box }] : []));
  const order = marks.map((_, i) => i).sort((a, b) => Number(Boolean(grid.pins[a].isOn)) - Number(Boolean(grid.pins[b].isOn)) || b - a);
  order.forEach((i) => marks[i] && drawLeader(ctx, places[i], marks[i], t));
  order.forEach((i) => marks[i] && drawMark(ctx, marks[i], grid.pins[i], t));
  return true;
}

function drawRing(ctx, { x, y }, t) {
  for (const [colour, width] of [[t.selectionCasing, 5], [t.accent, 2.4]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.arc(x, y, HALO_PX, 0, 2 * Math.PI);
    ctx.stroke();
  }
}

function drawLeader(ctx, place, mark, t) {
  for (const [colour, width] of [[t.selectionCasing, 3.4], [t.selectionInk, 1.4]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(place.x, place.y);
    ctx.lineTo(mark.x, mark.y);
    ctx.stroke();
  }
  ctx.fillStyle = t.selectionInk;
  ctx.strokeStyle = t.selectionCasing;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.arc(place.x, place.y, DOT_PX, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
}

function drawMark(ctx, { x, y }, { text, isOn }, t) {
  ctx.beginPath();
  ctx.arc(x, y, RADIUS_PX, 0, 2 * Math.PI);
  ctx.fillStyle = isOn ? t.ink : t.panel;
  ctx.strokeStyle = isOn ? t.selectionCasing : t.ink;
  ctx.lineWidth = 1.4;
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = isOn ? t.panel : t.ink;
  ctx.font = `700 12px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x, y + 0.5);
}

/** Which of the drawn marks lies under a pixel of the world, null where none does. */
export function pickPin(drawn, x, y) {
  const found = drawn.find((mark) => Math.hypot(mark.x - x, mark.y - y) <= RADIUS_PX + 2);
  return found ? found.i : null;
}
