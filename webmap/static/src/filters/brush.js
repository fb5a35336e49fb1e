/** A histogram with two handles: what lies between them is kept, what is left out stays as pale grey. */

import { h, paint, s } from "../dom.js";
import { breakLabel } from "../i18n.js";

const WIDTH = 208;
const HEIGHT = 48;
const PAGE = 5;

export class HistogramBrush {
  /**
   * `edges`: rising edges of the bins; the last bin has no end, so that a high handle on the last edge keeps all above.
   * `onChange(range)` is told `[from, to]` (`to` null: no end), or null where nothing is left out; `colour` is of what is kept, `shown(edge)` how an edge is written.
   */
  constructor({ name, label, lowLabel, highLabel, edges, unit = "", ticks = [], colour = "var(--accent)", shown = breakLabel, onChange }) {
    Object.assign(this, { edges, unit, onChange, colour, shown });
    this.last = edges.length - 1;
    [this.low, this.high] = [0, this.last];
    this.bins = new Float64Array(this.last);
    this.svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "gs-brush-bars", "aria-hidden": "true" });
    this.handles = [this.handle("low", lowLabel, `${name}-low`), this.handle("high", highLabel, `${name}-high`)];
    this.area = h("div", { class: "gs-brush-area", onpointerdown: (event) => this.press(event), ondblclick: () => this.choose(0, this.last) }, this.svg, this.handles);
    this.scale = h("div", { class: "gs-brush-scale", "aria-hidden": "true" }, ticks.map((at) => h("span", { style: { left: `${100 * this.place(at)}%` } }, shown(at))));
    this.node = h("div", { class: "gs-brush", role: "group", "aria-label": label }, this.area, this.scale);
    this.draw();
  }

  handle(side, label, focus) {
    return h("div", { class: `gs-brush-handle is-${side}`, role: "slider", tabindex: "0", "aria-label": label, "aria-orientation": "horizontal", "data-focus": focus, onkeydown: (event) => this.key(event, side) }, h("span", { class: "gs-brush-grip" }));
  }

  /** Where a value stands, 0..1: every bin is equally wide. */
  place(value) {
    const k = this.edges.findIndex((edge) => edge >= value);
    if (k <= 0) return k < 0 ? 1 : 0;
    return (k - 1 + (value - this.edges[k - 1]) / (this.edges[k] - this.edges[k - 1])) / this.last;
  }

  /** Show counts per bin under all other filters, and the range in force (`[from, to]` or null). */
  show(bins, range) {
    this.bins = bins;
    if (!this.isDragged) {
      this.low = range ? this.nearest(range[0] ?? this.edges[0]) : 0;
      this.high = range && range[1] !== null ? this.nearest(range[1]) : this.last;
    }
    this.draw();
  }

  nearest(value) {
    return this.edges.reduce((best, edge, k) => (Math.abs(edge - value) < Math.abs(this.edges[best] - value) ? k : best), 0);
  }

  draw() {
    const most = this.most();
    const step = WIDTH / this.last;
    const bars = Array.from(this.bins, (n, k) => {
      const tall = n ? Math.max(1, Math.min(1, n / most) * (HEIGHT - 2)) : 0;
      const isKept = k >= this.low && k < this.high;
      const bar = s("rect", { x: k * step, y: HEIGHT - tall, width: step - 0.8, height: tall, class: isKept ? "is-kept" : "is-out" });
      return n > most ? [bar, s("line", { x1: k * step - 1, x2: (k + 1) * step, y1: 11, y2: 7, class: "is-cut" })] : bar;
    });
    paint(this.svg, bars);
    this.svg.style.setProperty("--kept", this.colour);
    [this.low, this.high].forEach((at, side) => {
      const node = this.handles[side];
      node.style.left = `${(100 * at) / this.last}%`;
      node.setAttribute("aria-valuemin", this.edges[side ? this.low + 1 : 0]);
      node.setAttribute("aria-valuemax", this.edges[side ? this.last : this.high - 1]);
      node.setAttribute("aria-valuenow", this.edges[at]);
      node.setAttribute("aria-valuetext", `${this.shown(this.edges[at])} ${this.unit}`.trim());
    });
  }

  /** What the tallest bar stands for; one bar far above all others is cut, and marked so. */
  most() {
    const [first = 1, second = 1] = [...this.bins].sort((a, b) => b - a);
    return Math.max(1, first > 3 * second && second > 0 ? 1.4 * second : first);
  }

  range() {
    if (this.low === 0 && this.high === this.last) return null;
    return [this.edges[this.low], this.high === this.last ? null : this.edges[this.high]];
  }

  choose(low, high) {
    const [first, second] = [Math.max(0, Math.min(low, this.last - 1)), Math.min(this.last, Math.max(high, 1))];
    if (first >= second || (first === this.low && second === this.high)) return;
    [this.low, this.high] = [first, second];
    this.draw();
    this.onChange(this.range());
  }

  move(side, to) {
    if (side === "low") this.choose(Math.min(to, this.high - 1), this.high);
    else this.choose(this.low, Math.max(to, this.low + 1));
  }

  key(event, side) {
    const at = side === "low" ? this.low : this.high;
    const goal = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - PAGE, PageUp: at + PAGE, Home: 0, End: this.last }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(side, goal);
  }

  press(event) {
    const box = this.area.getBoundingClientRect();
    const at = (x) => Math.round(((x - box.left) / box.width) * this.last);
    const start = at(event.clientX);
    const held = event.target.closest?.(".gs-brush-handle");
    const side = held ? (held === this.handles[0] ? "low" : "high") : Math.abs(start - this.low) <= Math.abs(start - this.high) ? "low" : "high";
    event.preventDefault();
    this.isDragged = true;
    this.area.setPointerCapture(event.pointerId);
    this.handles[side === "low" ? 0 : 1].focus({ preventScroll: true });
    const drag = (move) => this.move(side, at(move.clientX));
    const end = () => {
      this.isDragged = false;
      this.area.removeEventListener("pointermove", drag);
    };
    this.area.addEventListener("pointermove", drag);
    this.area.addEventListener("lostpointercapture", end, { once: true });
    if (!held) this.move(side, start);
  }
}
