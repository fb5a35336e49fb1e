/** Units and metrics by level, fetched once per snapshot; how levels nest. */

import { getJSON } from "./data.js";

const WHOLE_LEVEL_LIMIT = 3000;
const MOSTLY = 2 / 3;

export class Atlas {
  constructor(boot) {
    this.boot = boot;
    this.levels = boot.levels;
    this.cache = new Map();
  }

  level(name) {
    return this.levels.find((level) => level.name === name);
  }

  /** Levels from `name` up to its top, finest first. */
  upward(name) {
    const steps = [];
    for (let level = this.level(name); level && !steps.includes(level.name); level = this.level(level.parent)) steps.push(level.name);
    return steps;
  }

  /** Chains of nested levels, finest first. */
  chains() {
    const parents = new Set(this.levels.map((level) => level.parent));
    return this.levels.filter((level) => !parents.has(level.name)).map((level) => this.upward(level.name));
  }

  /** The chain that holds a level; the first one when several do. */
  chainOf(name) {
    return this.chains().find((chain) => chain.includes(name)) ?? [name];
  }

  homeLevel() {
    return this.chains()[0].at(-1);
  }

  /** The level that a view of `place` is drawn at: second level under the top, finest inside it, and no level on which most units lack `column` (UI.md 1.6). */
  drawnLevel(placeLevel, column) {
    const chain = this.chainOf(placeLevel);
    const at = chain.indexOf(placeLevel);
    const isWhole = at === chain.length - 1 && chain.length > 1;
    let drawn = isWhole ? Math.max(0, at - 2) : 0;
    while (drawn < at - 1 && (this.level(chain[drawn]).known?.[column] ?? 1) < MOSTLY) drawn += 1;
    if (!isWhole) return chain[drawn];
    while (drawn < at - 1 && this.level(chain[drawn]).n > WHOLE_LEVEL_LIMIT) drawn += 1;
    return chain[drawn];
  }

  once(key, load) {
    if (!this.cache.has(key)) {
      const asked = load();
      this.cache.set(key, asked);
      asked.catch(() => this.cache.delete(key));
    }
    return this.cache.get(key);
  }

  forget() {
    this.cache.clear();
  }

  units(level) {
    return this.once(`units/${level}`, async () => {
      const units = await getJSON("/api/units", { level });
      units.position = new Map(units.code.map((code, i) => [code, i]));
      return units;
    });
  }

  async unitAt(level, i) {
    const units = await this.units(level);
    return unitOf(units, i);
  }

  metrics(name, level, { at, within, isQuiet } = {}) {
    const part = this.level(level)?.n > WHOLE_LEVEL_LIMIT ? within : undefined;
    return this.once(`metrics/${name}/${level}/${at ?? ""}/${part ?? ""}`, () =>
      getJSON(`/api/metrics/${name}`, { level, at, within: part }, { isQuiet }),
    );
  }

  card(level, code, at) {
    return this.once(`card/${level}/${code}/${at}`, () =>
      getJSON(`/api/units/${encodeURIComponent(level)}/${encodeURIComponent(code)}`, { at }),
    );
  }

  /** Unit numbers of `level` inside a place; null = all of them. */
  async within(level, place) {
    const steps = this.upward(level);
    const rise = steps.indexOf(place.level);
    if (rise < 0 || this.level(place.level).n <= 1) return null;
    const fine = await this.units(level);
    const above = await Promise.all(steps.slice(1, rise + 1).map((name) => this.units(name)));
    const inside = new Set();
    fine.code.forEach((code, i) => {
      let [key, parent] = [code, fine.parent[i]];
      for (const units of above) {
        key = parent;
        parent = units.parent[units.position.get(key)];
      }
      if (key === place.code) inside.add(i);
    });
    return inside;
  }
}

export const unitOf = (units, i) => ({
  level: units.level,
  code: units.code[i],
  name: units.name[i],
  name_en: units.name_en?.[i],
  parent: units.parent[i],
  lon: units.lon[i],
  lat: units.lat[i],
  area_m2: units.area_m2?.[i],
  bbox: units.bbox[i],
  number: i,
});

/** "level:code"; a bare code is looked for from the finest level up. */
export async function findUnit(atlas, text) {
  const [head, ...tail] = text.split(":");
  if (tail.length && atlas.level(head)) {
    const units = await atlas.units(head);
    const i = units.position.get(tail.join(":"));
    return i === undefined ? null : unitOf(units, i);
  }
  for (const level of atlas.levels) {
    const units = await atlas.units(level.name);
    const i = units.position.get(text);
    if (i !== undefined) return unitOf(units, i);
  }
  return null;
}

export const address = (unit) => `${unit.level}:${unit.code}`;
