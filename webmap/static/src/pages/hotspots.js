import { HotspotsDesk } from "../hotspots.js";
import { startWith } from "../start.js";

export const start = startWith(HotspotsDesk);
