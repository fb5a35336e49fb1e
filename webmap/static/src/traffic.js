/** Requests under way: how long each has been, and a way to give them up. */

const running = new Map();
let last = 0;

/** Not asked for by anybody who waits. */
const QUIET = ["/api/changes", "/api/estimate"];

/** Note a request, `isQuiet` where nobody waits for it; its `signal` is given to fetch, `end` is called when it is over. */
export function begin(path, isQuiet) {
  const controller = new AbortController();
  last += 1;
  const id = last;
  running.set(id, { path, since: performance.now(), controller, isQuiet: isQuiet || QUIET.includes(path) });
  return { signal: controller.signal, end: () => running.delete(id) };
}

/** {path, seconds} of the request that somebody has been waiting for longest, or null. */
export function longest() {
  for (const { path, since, isQuiet } of running.values()) if (!isQuiet) return { path, seconds: (performance.now() - since) / 1000 };
  return null;
}

/** Seconds since `path` was asked for, the longest that is still waited for; null where it is not. */
export function secondsOf(path) {
  for (const one of running.values()) if (one.path === path) return (performance.now() - one.since) / 1000;
  return null;
}

/** Give up every request that somebody waits for. */
export function cancelAll() {
  for (const { controller, isQuiet } of running.values()) if (!isQuiet) controller.abort();
}
