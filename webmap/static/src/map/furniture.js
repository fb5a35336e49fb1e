/** What floats on the map, and nothing else: zoom buttons, home, scale bar, attribution. */

import L from "./leaflet.js";

const WORDS = {
  zh: { in: "放大", out: "缩小", home: "回到全域" },
  en: { in: "Zoom in", out: "Zoom out", home: "Whole area" },
};
const ICONS = {
  in: "M8 3v10M3 8h10",
  out: "M3 8h10",
  home: "M2.5 7.5 8 2.8l5.5 4.7M4 6.4V13h8V6.4",
};
const SCALE_PX = 90;

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

function part(parent, tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

/** The greatest 1, 2 or 5 times a power of ten that is not over `limit`. */
export function roundDown(limit) {
  const power = 10 ** Math.floor(Math.log10(limit));
  return [5, 2, 1].find((step) => step * power <= limit) * power;
}

export class Furniture {
  constructor(map, { lang, onHome }) {
    this.map = map;
    /** Further nodes on the map that names must not run under. */
    this.others = [];
    this.root = part(map.getContainer(), "div", "gs-furniture");
    L.DomEvent.disableScrollPropagation(this.root);
    this.buttons = this.addButtons(onHome);
    this.scale = part(this.root, "div", "gs-scale");
    this.scaleLine = part(this.scale, "span", "gs-scale-line");
    this.scaleText = part(this.scale, "span", "gs-scale-text");
    this.attribution = part(this.root, "div", "gs-attribution");
    this.setLang(lang);
    map.on("zoomend rest resize", this.refresh, this);
    this.refresh();
  }

  addButtons(onHome) {
    const box = part(this.root, "div", "gs-zoom");
    box.hidden = Boolean(this.map.zoomControl);
    const actions = { in: () => this.map.zoomIn(), out: () => this.map.zoomOut(), home: onHome };
    return Object.fromEntries(
      Object.entries(actions).map(([name, run]) => {
        const button = part(box, "button", "gs-zoom-button");
        button.type = "button";
        button.append(icon(ICONS[name]));
        L.DomEvent.disableClickPropagation(button);
        button.addEventListener("click", run);
        return [name, button];
      }),
    );
  }

  setLang(lang) {
    const words = WORDS[lang] ?? WORDS.en;
    const keys = { in: "+", out: "−", home: "0" };
    for (const [name, button] of Object.entries(this.buttons)) {
      button.setAttribute("aria-label", words[name]);
      button.title = `${words[name]} (${keys[name]})`;
    }
  }

  setAttribution(text) {
    this.attribution.textContent = text;
    this.attribution.hidden = !text;
  }

  /** What names must not run under, in pixels of the map: [left, top, right, bottom]. */
  boxes() {
    const { left, top } = this.root.getBoundingClientRect();
    return [this.root.querySelector(".gs-zoom"), this.scale, this.attribution, ...this.others]
      .map((part) => part.getBoundingClientRect())
      .filter(({ width }) => width > 0)
      .map((box) => [box.left - left - 4, box.top - top - 2, box.right - left + 4, box.bottom - top + 2]);
  }

  refresh() {
    const map = this.map;
    if (!map._loaded) return;
    const middle = map.getSize().y / 2;
    const metres = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([SCALE_PX, middle]));
    if (!(metres > 0)) return;
    const length = roundDown(metres);
    this.scaleLine.style.width = `${Math.round((SCALE_PX * length) / metres)}px`;
    this.scaleText.textContent = length >= 1000 ? `${length / 1000} km` : `${length} m`;
    this.buttons.in.disabled = map.getZoom() >= map.getMaxZoom();
    this.buttons.out.disabled = map.getZoom() <= map.getMinZoom();
  }
}
