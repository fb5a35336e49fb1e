/** The page on paper. */

import { byId } from "./dom.js";

/** A landscape A4 sheet within its margins, in CSS pixels. */
const PAPER_PX = [1060, 730];

/** The page keeps its size on paper, so that the map stays whole, and is drawn smaller. */
export function fitPaper() {
  const { style } = byId("gs-app");
  const { innerWidth, innerHeight } = window;
  style.setProperty("--print-width", `${innerWidth}px`);
  style.setProperty("--print-height", `${innerHeight}px`);
  style.setProperty("--print-zoom", String(Math.min(1, PAPER_PX[0] / innerWidth, PAPER_PX[1] / innerHeight)));
}
