/** The page on paper: the desk's A4 page from the service, and what is left where the browser itself prints. */

import { byId } from "./dom.js";
import { isStandalone } from "./data.js";
import { format } from "./permalink.js";

/** A landscape A4 sheet within its margins, in CSS pixels. */
const PAPER_PX = [1060, 730];
/** Desks that the service prints. */
const PRINTED = ["coverage", "gaps", "safeguards", "hotspots"];
/** What the service is told even where it is the page's default. */
const SAID = ["place", "level", "measure", "at", "est", "breaks", "step", "lang"];

/** The page keeps its size on paper, so that the map stays whole, and is drawn smaller. */
export function fitPaper() {
  const { style } = byId("gs-app");
  const { innerWidth, innerHeight } = window;
  style.setProperty("--print-width", `${innerWidth}px`);
  style.setProperty("--print-height", `${innerHeight}px`);
  style.setProperty("--print-zoom", String(Math.min(1, PAPER_PX[0] / innerWidth, PAPER_PX[1] / innerHeight)));
}

/** Address of the printed page of what is shown. */
export function paperAddress({ boot, state }) {
  const defaults = { ...state.defaults, ...Object.fromEntries(SAID.map((key) => [key, undefined])) };
  return `${boot.urls?.base ?? ""}/print/${boot.desk}.pdf${format(state.values, defaults)}`;
}

/** Opens the printed page beside this one; a file and a desk without one print themselves. */
export function openPaper(app) {
  if (isStandalone() || !app.boot.snapshot || !PRINTED.includes(app.boot.desk)) window.print();
  else window.open(paperAddress(app), "_blank", "noopener");
}
