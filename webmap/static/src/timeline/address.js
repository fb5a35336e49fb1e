import { COMPARES } from "../whatif/address.js";

/** The months that the planner's desk shows and compares, in the address: "2026-09". */

export const MONTH_ORDER = ["snap", "cmp"];
export const MONTH_DEFAULTS = { snap: null, cmp: null };

const month = (text) => (/^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : undefined);

/** In what-if mode `cmp` is what the scenario is compared by. */
export const monthReaders = { snap: month, cmp: (text) => (COMPARES.includes(text) ? text : month(text)) };
