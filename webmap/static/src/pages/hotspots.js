import { HotspotsDesk } from "../hotspots/desk.js";
import { startWith } from "../start.js";

export const start = startWith(HotspotsDesk);
