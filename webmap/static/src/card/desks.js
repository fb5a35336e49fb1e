/** The way from a unit's card to another desk, with the unit as its place. */

import { address } from "../atlas.js";
import { deskAddress } from "../file/address.js";
import { desksOf } from "../header.js";
import { carried } from "../permalink.js";

/** The address of `desk` at `unit`, or null where there is no such desk. */
export function deskHref(app, desk, unit) {
  if (!desksOf(app.boot).includes(desk)) return null;
  const { values, defaults } = app.state;
  const at = app.canEnter(unit.level) ? { ...values, place: address(unit), sel: null } : { ...values, sel: address(unit) };
  return deskAddress(app.boot, desk, carried(at, defaults, desk));
}
