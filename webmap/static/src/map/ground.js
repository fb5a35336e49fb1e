/** What lies round the data and is none of ours: a background that the home names, under the units, and the graticule over them. */

import L from "./leaflet.js";
import { Sheet } from "./sheet.js";

/** A picture that did not come is asked for again: others may have been fetched just then. */
const RETRY_MS = [1500, 5000];
const STEPS_DEG = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LEAST_PX = 110;
/** Figures stand clear of each other in the corner, and of the zoom buttons. */
const FURNITURE_PX = 64;

/** The closest step, in degrees, whose meridians stand at least `LEAST_PX` apart at this zoom. */
export const stepAt = (zoom) => STEPS_DEG.filter((step) => (step / 360) * 256 * 2 ** zoom >= LEAST_PX).at(-1) ?? STEPS_DEG[0];

const figure = (value, step, [plus, minus]) => `${Math.abs(value).toFixed(Math.max(0, -Math.floor(Math.log10(step))))}°${value < 0 ? minus : plus}`;

const multiples = (low, high, step) => Array.from({ length: Math.max(0, Math.floor(high / step) - Math.ceil(low / step) + 1) }, (_, i) => (Math.ceil(low / step) + i) * step);

function drawGraticule(grid, ctx, frame) {
  const { map, tokens: t } = grid;
  const { left, top, width, height, zoom, margin } = frame;
  const step = stepAt(zoom);
  const [northWest, southEast] = [map.unproject([left, top], zoom), map.unproject([left + width, top + height], zoom)];
  const meridians = multiples(northWest.lng, southEast.lng, step).map((value) => ({ at: map.project([0, value], zoom).x - left, text: figure(value, step, "EW") }));
  const parallels = multiples(southEast.lat, northWest.lat, step).map((value) => ({ at: map.project([value, 0], zoom).y - top, text: figure(value, step, "NS") }));
  ctx.beginPath();
  meridians.forEach(({ at }) => [ctx.moveTo(at, 0), ctx.lineTo(at, height)]);
  parallels.forEach(({ at }) => [ctx.moveTo(0, at), ctx.lineTo(width, at)]);
  ctx.strokeStyle = t.ink3;
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.font = `12px ${getComputedStyle(map.getContainer()).fontFamily}`;
  ctx.lineWidth = 3;
  ctx.strokeStyle = t.map;
  ctx.fillStyle = t.ink2;
  ctx.lineJoin = "round";
  const write = (text, x, y) => [ctx.strokeText(text, x, y), ctx.fillText(text, x, y)];
  const end = width - margin.x - FURNITURE_PX;
  meridians.filter(({ at }) => at > margin.x + FURNITURE_PX && at < end).forEach(({ at, text }) => write(text, at + 4, margin.y + 15));
  parallels.filter(({ at }) => at > margin.y + 34).forEach(({ at, text }) => write(text, margin.x + 6, at - 4));
}

function retrying(layer) {
  layer.on("tileerror", ({ tile }) => {
    tile.tries = (tile.tries ?? 0) + 1;
    const wait = RETRY_MS[tile.tries - 1];
    if (wait) setTimeout(() => tile.isConnected && (tile.src = tile.src), wait); // eslint-disable-line no-self-assign
  });
  return layer;
}

export class Ground {
  constructor(grid) {
    this.grid = grid;
    this.credit = "";
    this.text = "";
  }

  /** `{url, minZoom, maxZoom, tilePx, credit}`, or null. */
  setBackground(background) {
    if (background?.url !== this.url) {
      this.background?.remove();
      this.url = background?.url;
      this.background = background && retrying(this.pictures(background)).addTo(this.grid.map);
    }
    this.credit = background?.credit ?? "";
    this.tell();
  }

  pictures({ url, minZoom, maxZoom, tilePx }) {
    const up = Math.log2(tilePx / 256);
    return L.tileLayer(url, { pane: "gs-background", className: "gs-background", tileSize: tilePx, zoomOffset: -up, minNativeZoom: minZoom + up, maxNativeZoom: maxZoom + up, maxZoom: 21, noWrap: true, updateWhenZooming: false });
  }

  setGraticule(isOn) {
    if (isOn === Boolean(this.graticule)) return;
    this.graticule?.remove();
    this.graticule = isOn ? new Sheet("gs-graticule", (ctx, frame) => drawGraticule(this.grid, ctx, frame), this.grid.ratio).addTo(this.grid.map) : null;
  }

  redraw() {
    this.graticule?.redraw();
  }

  /** Whose the data is stands first, whose the background is after it. */
  setAttribution(text) {
    this.text = text;
    this.tell();
  }

  tell() {
    this.grid.furniture.setAttribution([this.text, this.credit].filter(Boolean).join(" · "));
  }
}
