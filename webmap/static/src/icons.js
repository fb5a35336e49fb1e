import { s } from "./dom.js";

const PATHS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14",
  link: "M6.6 9.4 9.4 6.6M7.4 4.6l1.5-1.5a2.8 2.8 0 0 1 4 4l-1.5 1.5M8.6 11.4l-1.5 1.5a2.8 2.8 0 0 1-4-4l1.5-1.5",
  download: "M8 2.2v7.6M4.8 6.8 8 10l3.2-3.2M2.8 13.6h10.4",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1",
  moon: "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7Z",
  user: "M8 2.4a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4ZM2.8 13.8a5.2 5.2 0 0 1 10.4 0",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  chevron: "M4 6l4 4 4-4",
  chevronLeft: "M10 4 6 8l4 4",
  chevronRight: "M6 4l4 4-4 4",
  more: "M3.4 8h.01M8 8h.01M12.6 8h.01",
  check: "M3 8.4 6.4 12 13 4.6",
  warning: "M8 2.2 14.6 13.6H1.4ZM8 6.4v3.4M8 11.8h.01",
  layers: "M8 2 14 5.4 8 8.8 2 5.4ZM2 8.2l6 3.4 6-3.4M2 11l6 3.4L14 11",
  eye: "M1.2 8S3.8 3.4 8 3.4 14.8 8 14.8 8 12.2 12.6 8 12.6 1.2 8 1.2 8ZM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z",
  hot: "M2.6 13.6V9.4M6.2 13.6V6.6M9.8 13.6V8.2M13.4 13.6V2.6",
  gap: "M2.4 2.4h11.2v11.2H2.4ZM2.4 8 8 2.4M2.4 13.6 13.6 2.4M8 13.6 13.6 8",
  camera: "M1.8 5.6h8.4v5H1.8ZM10.2 7.4l4-2v5.4l-4-2M4.6 10.6v3",
  shield: "M8 1.8 13.2 4v3.8c0 3.2-2.2 5.4-5.2 6.4-3-1-5.2-3.2-5.2-6.4V4Z",
  table: "M2 3h12v10H2ZM2 6.4h12M2 9.7h12M6.4 3v10",
  filter: "M2 3h12L9.4 8.4v4.8L6.6 12V8.4Z",
  intake: "M2.4 9.4 4.4 3h7.2l2 6.4v4H2.4ZM2.4 9.4h3.4l.8 1.8h2.8l.8-1.8h3.4",
  plus: "M8 3v10M3 8h10",
  move: "M8 1.8v12.4M1.8 8h12.4M6 3.8l2-2 2 2M6 12.2l2 2 2-2M3.8 6l-2 2 2 2M12.2 6l2 2-2 2",
  turn: "M13.2 8a5.2 5.2 0 1 1-1.8-3.9M13.4 1.8v3.4H10",
  switchOff: "M8 2v5.4M4.6 4.2a5 5 0 1 0 6.8 0",
  undo: "M5.6 3 2.4 6.2l3.2 3.2M2.6 6.2h6.6a3.6 3.6 0 0 1 0 7.2H6",
  redo: "M10.4 3l3.2 3.2-3.2 3.2M13.4 6.2H6.8a3.6 3.6 0 0 0 0 7.2H10",
  home: "M2.4 7.4 8 2.6l5.6 4.8M4 6.4v7h8v-7",
  play: "M5 3.2v9.6L12.8 8Z",
  pause: "M5.4 3.4v9.2M10.6 3.4v9.2",
  print: "M4.4 6V2.4h7.2V6M4.4 11.2H2.4V6h11.2v5.2h-2M4.4 9.2h7.2v4.4H4.4Z",
  swap: "M4.6 3v9.4M2.4 10.2l2.2 2.2 2.2-2.2M11.4 13V3.6M9.2 5.8l2.2-2.2 2.2 2.2",
  lasso: "M8 2.4c3.6 0 6 1.7 6 3.9s-2.4 3.9-6 3.9-6-1.7-6-3.9 2.4-3.9 6-3.9ZM4.6 9.4c-1.4.6-1.6 2-.4 2.5 1.3.5 1.5 1 .9 2.1",
  keyboard: "M1.6 4h12.8v8H1.6ZM4 6.6h.01M6.6 6.6h.01M9.3 6.6h.01M12 6.6h.01M5 9.6h6",
};

/** Own icons: 16 grid, 1.4 px round strokes, `currentColor`. */
export function icon(name, size_px = 16) {
  return s(
    "svg",
    {
      class: "gs-icon",
      viewBox: "0 0 16 16",
      width: size_px,
      height: size_px,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": name === "more" ? 2.2 : 1.4,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      "aria-hidden": "true",
    },
    s("path", { d: PATHS[name] }),
  );
}

const STRONG = new Set(["1,1", "2,1", "1,2", "2,0"]);

function squares() {
  const found = [];
  for (let x = 0; x < 3; x += 1) for (let y = 0; y < 3; y += 1) found.push({ x: x * 6.5 + 0.5, y: y * 6.5 + 0.5, isStrong: STRONG.has(`${x},${y}`) });
  return found;
}

export function logo() {
  return s(
    "svg",
    { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
    squares().map(({ x, y, isStrong }) => s("rect", { x, y, width: 5.4, height: 5.4, class: isStrong ? "gs-logo-strong" : "gs-logo-soft" })),
  );
}

/** The logo as the page's icon: part of the page, so that it stands in a file without a service, too. */
export function setPageIcon(colour) {
  const rects = squares().map(({ x, y, isStrong }) => `<rect x="${x}" y="${y}" width="5.4" height="5.4" fill="${colour}"${isStrong ? "" : ' fill-opacity=".4"'}/>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">${rects.join("")}</svg>`;
  let link = document.head.querySelector('link[rel="icon"]');
  if (!link) {
    link = document.createElement("link");
    link.rel = "icon";
    document.head.append(link);
  }
  link.type = "image/svg+xml";
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
