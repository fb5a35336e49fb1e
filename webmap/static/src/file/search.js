/** Units by name, code or pinyin initials, the closest first: as the service searches (`geo/desk/units.py`). */

/** Stands for any letter in initials. */
const ANY = "?";

/** Where `wanted` stands in `initials`; −1 where it does not. */
export function findInitials(wanted, initials) {
  for (let start = 0; start + wanted.length <= initials.length; start += 1) {
    if ([...wanted].every((letter, i) => [letter, ANY].includes(initials[start + i]))) return start;
  }
  return -1;
}

function nearest(texts, wanted) {
  const found = texts.filter((text) => text?.toLowerCase().includes(wanted)).map((text) => text.toLowerCase());
  return Math.min(...found.map((text) => (text === wanted ? 0 : text.startsWith(wanted) ? 1 : 2)));
}

function byInitials(initials, wanted) {
  if (!/^[a-z0-9]+$/.test(wanted)) return Infinity;
  const at = findInitials(wanted, initials);
  if (at < 0) return Infinity;
  return at > 0 ? 2 : initials.length === wanted.length ? 0 : 1;
}

export function search(units, text, limit) {
  const wanted = text.trim().toLowerCase();
  const found = [];
  [...units.levels].reverse().forEach(({ name: level }, order) => {
    const { code, name, name_en, initials } = units.list(level);
    for (let i = 0; i < code.length; i += 1) {
      const closeness = Math.min(nearest([code[i], name[i], name_en[i]], wanted), byInitials(initials[i], wanted));
      if (Number.isFinite(closeness)) found.push({ closeness, order, level, i });
    }
  });
  found.sort((a, b) => a.closeness - b.closeness || a.order - b.order || a.i - b.i);
  return found.slice(0, limit).map(({ level, i }) => {
    const list = units.list(level);
    return { kind: "unit", level, code: list.code[i], name: list.name[i], name_en: list.name_en[i], lon: list.lon[i], lat: list.lat[i], bbox: list.bbox[i], path: units.path(level, i).slice(0, -1) };
  });
}
