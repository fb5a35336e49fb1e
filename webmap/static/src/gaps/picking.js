/** Several gaps at once: chosen by shift-click, by Space in the table, or by a line drawn round them on the map (L). */

import { byId, h, s } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";
import { strokeUnits } from "../map/sheets.js";
import { BETWEEN } from "./address.js";

const ORDER = 421;
const RING_PX = 5;

/** Whether a point lies within a ring of points, all [x, y]; by the even-odd rule. */
export function isInside([x, y], ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** "grid:a~b~c" as level and codes. */
export function readChosen(text) {
  if (!text) return { level: null, codes: [] };
  const [first, ...more] = text.split(BETWEEN);
  const at = first.indexOf(":");
  return { level: first.slice(0, at), codes: [first.slice(at + 1), ...more] };
}

export const writeChosen = (level, codes) => (codes.length ? `${level}:${codes.join(BETWEEN)}` : null);

/** Outlines of all chosen units that are drawn, small rings on those that are not. */
export class PickedSheet {
  constructor(app, grid = app.grid) {
    Object.assign(this, { app, grid });
    this.units = null;
    this.numbers = [];
    grid.addSheet("picked", ORDER, (ctx, frame) => this.draw(ctx, frame));
  }

  show(units, numbers) {
    Object.assign(this, { units, numbers });
    this.grid.sheets.picked.redraw();
  }

  draw(ctx, frame) {
    const { grid } = this;
    const t0 = grid.tokens;
    if (!this.units || this.numbers.length < 2) return;
    const strokes = [[t0.selectionCasing, 4.4], [t0.selectionInk, 1.8]];
    if (this.units.level === grid.level) strokeUnits(grid, ctx, frame, grid.units, this.numbers, strokes);
    else this.rings(ctx, frame, strokes);
  }

  rings(ctx, frame, strokes) {
    const { map } = this.app;
    for (const i of this.numbers) {
      const { x, y } = map.project([this.units.lat[i], this.units.lon[i]], frame.zoom);
      for (const [colour, width] of strokes) {
        ctx.strokeStyle = colour;
        ctx.lineWidth = width;
        ctx.beginPath();
        ctx.arc(x - frame.left, y - frame.top, RING_PX, 0, 2 * Math.PI);
        ctx.stroke();
      }
    }
  }
}

/** The line round several gaps: on while the button is pressed in, off after one line, by Esc, or by the button. */
export class Lasso {
  /** `onRing(isInRing)` is told a test of places {lon, lat}. */
  constructor(app, onRing, onChange) {
    Object.assign(this, { app, onRing, onChange, isOn: false });
  }

  toggle(isOn = !this.isOn) {
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    this.cover?.remove();
    this.cover = null;
    if (isOn) this.open();
    this.onChange();
  }

  open() {
    const path = s("path", { class: "gs-lasso-line" });
    const ring = [];
    const at = (event) => {
      const box = this.cover.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const draw = (event) => {
      ring.push(at(event));
      path.setAttribute("d", `M${ring.map((point) => point.join(",")).join("L")}Z`);
    };
    this.cover = h(
      "div",
      {
        class: "gs-lasso",
        onpointerdown: (event) => {
          event.preventDefault();
          this.cover.setPointerCapture(event.pointerId);
          ring.length = 0;
          draw(event);
          this.cover.addEventListener("pointermove", draw);
        },
        onlostpointercapture: () => this.finish(ring),
      },
      s("svg", { class: "gs-lasso-svg", "aria-hidden": "true" }, path),
      h("p", { class: "gs-lasso-note", role: "status" }, t("gaps.lasso_note")),
    );
    byId("gs-map").append(this.cover);
  }

  finish(ring) {
    const { map } = this.app;
    const found = [...ring];
    this.toggle(false);
    if (found.length < 3) return;
    this.onRing(({ lon, lat }) => {
      const { x, y } = map.latLngToContainerPoint([lat, lon]);
      return isInside([x, y], found);
    });
  }

  button() {
    const label = t("gaps.lasso");
    return h("button", { type: "button", class: `gs-maptool${this.isOn ? " is-on" : ""}`, "aria-pressed": String(this.isOn), "aria-label": `${label} (L)`, title: `${label} (L)`, "data-focus": "lasso", onclick: () => this.toggle() }, icon("lasso"));
  }
}
