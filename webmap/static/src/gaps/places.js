/** What lies above the rows' units: the drawn unit that holds each, and the names beside it. */

import { named } from "../i18n.js";
import { unitOf } from "../atlas.js";

/** Units of the levels from the one above `level` up, without those of a single unit, finest first. */
export async function levelsAbove(atlas, level) {
  const names = atlas.upward(level).slice(1).filter((name) => atlas.level(name).n > 1);
  return Promise.all(names.map((name) => atlas.units(name)));
}

/** For each unit number of `units` that of the unit of `level` that holds it, -1 for none; `above` are `levelsAbove`. */
export function holders(units, above, level) {
  if (units.level === level) return Int32Array.from(units.code, (_, i) => i);
  const found = Int32Array.from(units.code, (_, i) => i);
  let below = units;
  for (const next of above) {
    for (let i = 0; i < found.length; i += 1) if (found[i] >= 0) found[i] = next.position.get(below.parent[found[i]]) ?? -1;
    below = next;
    if (next.level === level) return found;
  }
  return found.fill(-1);
}

/** Names of a unit, its own first, then those above it, finest first. */
export class Lineage {
  constructor(units, above) {
    Object.assign(this, { units, above });
    this.known = new Map();
  }

  of(i) {
    if (!this.known.has(i)) this.known.set(i, this.read(i));
    return this.known.get(i);
  }

  read(i) {
    const found = [named(unitOf(this.units, i))];
    let parent = this.units.parent[i];
    for (const units of this.above) {
      const at = units.position.get(parent);
      if (at === undefined) break;
      found.push(named(unitOf(units, at)));
      parent = units.parent[at];
    }
    return found;
  }

  /** The two names that place a gap: of the unit two levels above and of the one above, or of what there is. */
  pair(i) {
    const [own, first, second] = this.of(i);
    if (second) return [second, first];
    return first ? [first, own] : [own, ""];
  }

  /** What stands in grey beside a unit's own name: the nearest name above that it does not repeat. */
  beside(i) {
    const [own, ...above] = this.of(i);
    return above.find((name) => !own.startsWith(name)) ?? "";
  }

  path(i) {
    return [...this.of(i)].reverse().join(" ");
  }
}
