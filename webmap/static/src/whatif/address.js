/** Which ground the mode shows, in the address: `cmp`, which outside of the mode names a month. */

export const COMPARES = ["today", "scenario", "difference", "side_by_side"];
const USUAL = "difference";

/** The choice that the address names, else the usual one. */
export const compareOf = (cmp) => (COMPARES.includes(cmp) ? cmp : USUAL);

/** What the address says for a choice; the usual one is left out. */
export const shownCompare = (compare) => (compare === USUAL ? null : compare);
