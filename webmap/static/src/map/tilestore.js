/** Decoded tiles by address: asked for a few at a time, dropped when no longer wanted, the oldest forgotten. */

/** As many as a browser opens to one host: a longer line here can still be put in order. */
const PARALLEL = 6;
const KEPT = 480;
const RETRY_MS = 5000;

export function tileKey(source, z, x, y) {
  return `${source.layer}|${source.at ?? ""}|${z}/${x}/${y}`;
}

const lonOf = (x, z) => (x / 2 ** z) * 360 - 180;
const latOf = (y, z) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;

/** Whether the tile of a key meets one of the boxes, in WGS84 degrees. */
export function meets(key, boxes) {
  const [z, x, y] = key.slice(key.lastIndexOf("|") + 1).split("/").map(Number);
  const [west, east, north, south] = [lonOf(x, z), lonOf(x + 1, z), latOf(y, z), latOf(y + 1, z)];
  return boxes.some(([minx, miny, maxx, maxy]) => minx <= east && maxx >= west && miny <= north && maxy >= south);
}

export class TileStore {
  constructor(data, onCount) {
    this.data = data;
    this.onCount = onCount;
    this.forget();
  }

  /** Drop the tiles of `layers` (null: all) that meet `boxes` (null: anywhere): answers under way are thrown away, too. */
  forget(layers = null, boxes = null) {
    const isOf = (key) => layers === null || layers.includes(key.slice(0, key.indexOf("|")));
    const stays = ([key]) => !isOf(key) || (boxes !== null && !meets(key, boxes));
    for (const name of ["tiles", "queue", "running", "failed"]) this[name] = new Map([...(this[name] ?? [])].filter(stays));
  }

  get(key) {
    const tile = this.tiles.get(key);
    if (tile !== undefined) {
      this.tiles.delete(key);
      this.tiles.set(key, tile);
    }
    return tile;
  }

  /** Look without counting as use. */
  peek(key) {
    return this.tiles.get(key);
  }

  /**
   * Ask for a tile; `ready()` is called once it is here or has failed, `wanted()` is asked before the request leaves. What `isFirst`
   * goes before all else.
   */
  want(source, z, x, y, { ready, wanted, isFirst = true }) {
    const key = tileKey(source, z, x, y);
    if (this.tiles.has(key)) return;
    if (performance.now() - (this.failed.get(key) ?? -Infinity) < RETRY_MS) return;
    const waiting = this.running.get(key) ?? this.queue.get(key);
    if (waiting) {
      waiting.listeners.push({ ready, wanted });
      waiting.isFirst ||= isFirst;
      return;
    }
    this.queue.set(key, { key, source, z, x, y, isFirst, listeners: [{ ready, wanted }] });
    this.pump();
  }

  /** Whether nothing is on its way. */
  isIdle() {
    return this.running.size + this.queue.size === 0;
  }

  hasFailed(key) {
    return this.failed.has(key);
  }

  /** Units first, then outlines and the selection, then the other layers; what is out of view after all that is in it. */
  pump() {
    const waiting = [...this.queue].sort(([, a], [, b]) => b.isFirst - a.isFirst || (a.source.rank ?? 1) - (b.source.rank ?? 1));
    for (const [key, job] of waiting) {
      if (this.running.size >= PARALLEL) break;
      this.queue.delete(key);
      if (job.listeners.some((listener) => listener.wanted())) {
        this.running.set(key, job);
        this.load(job);
      }
    }
    this.onCount(this.running.size + this.queue.size);
  }

  async load(job) {
    const { source, z, x, y, key } = job;
    let tile = null;
    try {
      const params = source.at === undefined || source.at === null ? {} : { at: source.at };
      tile = source.decode(await this.data.getTile(source.layer, z, x, y, params));
    } catch {
      /* the tile stays null */
    }
    if (this.running.get(key) !== job) {
      this.pump();
      return;
    }
    this.running.delete(key);
    if (tile === null) this.failed.set(key, performance.now());
    else {
      this.failed.delete(key);
      this.tiles.set(key, tile);
      for (const old of this.tiles.keys()) {
        if (this.tiles.size <= KEPT) break;
        this.tiles.delete(old);
      }
    }
    job.listeners.forEach((listener) => listener.ready());
    this.pump();
  }
}
