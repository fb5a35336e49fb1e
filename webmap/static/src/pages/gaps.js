import { GapsDesk } from "../gaps/desk.js";
import { startWith } from "../start.js";

export const start = startWith(GapsDesk);
