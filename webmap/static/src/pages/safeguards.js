import { SafeguardsDesk } from "../safeguards/desk.js";
import { startWith } from "../start.js";

export const start = startWith(SafeguardsDesk);
