import { CoverageDesk } from "../coverage.js";
import { startWith } from "../start.js";

export const start = startWith(CoverageDesk);
