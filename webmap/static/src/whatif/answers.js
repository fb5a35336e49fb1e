/** What the service's answers say of units and changes, made ready for the panels. */

const NOTHING = 1e-9;
export const known = (value) => typeof value === "number" && Number.isFinite(value);

/** The row of each touched unit by "level:code"; figures that only the whole answer has come from it. */
export function unitRows(answer, full) {
  const rows = new Map();
  const more = new Map((full?.densities?.find(({ px_per_m }) => px_per_m === full.at)?.units ?? []).map((row) => [`${row.level}:${row.code}`, row]));
  for (const row of answer?.units ?? []) {
    const key = `${row.level}:${row.code}`;
    rows.set(key, { ...row, size: more.get(key)?.was ?? {} });
  }
  return rows;
}

/** The answer's line for each change, by the key of the change that was asked about. */
export const editLines = (keys, lines) => new Map(keys.map((key, i) => [key, lines[i]]));

/** A figure of one unit before and after: {was, now, change}; null where it has none, "hidden" where the role may not know it. */
export function figure(row, column) {
  if (!row) return null;
  if (row.hidden.includes(column)) return "hidden";
  const [was, now] = [row.was[column], row.values[column]];
  if (!known(was) || !known(now)) return null;
  const change = now - was;
  return { was, now, change: Math.abs(change) < NOTHING ? 0 : change };
}

/** The touched finest unit that holds `code`'s place in the scenario, else the one that changes most. */
export function headUnit(rows, level, code) {
  const own = rows.get(`${level}:${code}`);
  if (own) return own;
  const finest = [...rows.values()].filter((row) => row.level === level);
  const size = (row) => Math.abs(figure(row, "road_seen_share")?.change ?? 0) + Math.abs(figure(row, "area_seen_share")?.change ?? 0);
  return finest.sort((a, b) => size(b) - size(a))[0] ?? null;
}

/** The unit and those above it that are touched, finest first; `units` = loaded units by level, `steps` the levels upward. */
export function lineage(rows, head, units, steps) {
  if (!head) return [];
  const found = [head];
  let { code } = head;
  for (const [i, level] of steps.entries()) {
    if (i === 0) continue;
    const below = units.get(steps[i - 1]);
    code = below?.parent[below.position.get(code)];
    const row = rows.get(`${level}:${code}`);
    if (row) found.push(row);
  }
  return found;
}
