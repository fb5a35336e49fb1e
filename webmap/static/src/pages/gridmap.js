/** The map alone, for a notebook. */
export { GridMap } from "../map/gridmap.js";
