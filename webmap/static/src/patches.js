/** Touching units of one class: a sign stands once on each larger patch. */

const NEAR_DEG = 1e-5;

/**
 * Groups of `numbers` whose boxes touch, as {numbers, area_m2, bbox, middle}; `middle` is the unit nearest to the patch's centre.
 * Boxes stand for borders: that is exact enough for a sign.
 */
export function patchesOf(units, numbers) {
  const order = [...numbers].sort((a, b) => units.bbox[a][0] - units.bbox[b][0]);
  const root = order.map((_, k) => k);
  const find = (k) => {
    while (root[k] !== k) k = root[k] = root[root[k]];
    return k;
  };
  let open = [];
  order.forEach((i, k) => {
    const [minx, miny, , maxy] = units.bbox[i];
    open = open.filter((j) => units.bbox[order[j]][2] >= minx - NEAR_DEG);
    for (const j of open) {
      const [, south, , north] = units.bbox[order[j]];
      if (south <= maxy + NEAR_DEG && north >= miny - NEAR_DEG) root[find(k)] = find(j);
    }
    open.push(k);
  });
  const groups = new Map();
  order.forEach((i, k) => {
    const key = find(k);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(i);
  });
  return [...groups.values()].map((members) => described(units, members));
}

function described(units, members) {
  const size = (i) => units.area_m2?.[i] || 1;
  const area_m2 = members.reduce((sum, i) => sum + size(i), 0);
  const centre = (values) => members.reduce((sum, i) => sum + values[i] * size(i), 0) / area_m2;
  const [lon, lat] = [centre(units.lon), centre(units.lat)];
  const far = (i) => (units.lon[i] - lon) ** 2 + (units.lat[i] - lat) ** 2;
  const bbox = [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...members.map((i) => units.bbox[i][side])));
  return { numbers: members, area_m2, bbox, middle: members.reduce((best, i) => (far(i) < far(best) ? i : best)) };
}
