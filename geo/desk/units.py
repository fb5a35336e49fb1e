"""Units as the pages need them: lists by unit number, paths, look-up by point and by text."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo import crs
from geo.desk.held import Held
from geo.desk.initials import find_initials, initials_of
from geo.desk.live import LiveTable
from geo.errors import BadQuery, NotFound, Words
from geo.schema import Role
from geo.schema.column import may_see
from geo.snapshot import queries

MAX_SEARCH = 50


def list_units(held: Held, level: str) -> dict[str, Any]:
    """Columns of the units of `level`; the position in each is the unit number."""

    def make() -> dict[str, Any]:
        units = queries.units_of(held.snapshot, level)
        boxes = unit_boxes(held, level)
        return {
            "level": level,
            "code": units["code"].tolist(),
            "name": _texts(units["name"]),
            "name_en": _texts(units["name_en"]),
            "parent": _texts(units["parent_code"]),
            "lon": np.round(units["lon"].to_numpy(dtype=float), 5).tolist(),
            "lat": np.round(units["lat"].to_numpy(dtype=float), 5).tolist(),
            "area_m2": np.round(units["area_m2"].to_numpy(dtype=float), 1).tolist(),
            "bbox": np.round(boxes, 5).tolist(),
        }

    found: dict[str, Any] = held.kept.get(("units", level), make)
    return found


def unit_boxes(held: Held, level: str) -> np.ndarray:
    """Bounds of each unit, float64 (n, 4), lon/lat."""
    geometries = np.asarray(queries.units_of(held.snapshot, level).geometry, dtype=object)
    lonlat = crs.transform_geometry(geometries, held.snapshot.home.boundary_crs, crs.WGS84)
    return shapely.bounds(lonlat).reshape(-1, 4)


def home_bounds(held: Held) -> tuple[float, float, float, float]:
    """(minx, miny, maxx, maxy) of all units, lon/lat."""

    def make() -> tuple[float, ...]:
        boxes = np.vstack([unit_boxes(held, level.name) for level in held.snapshot.home.levels])
        return (*np.nanmin(boxes[:, :2], axis=0).tolist(), *np.nanmax(boxes[:, 2:], axis=0).tolist())

    found: tuple[float, float, float, float] = held.kept.get("bounds", make)
    return found


def number_of(held: Held, level: str, code: str) -> int:
    """Unit number of `code`; `BadQuery` for an unknown level, `NotFound` for an unknown code."""
    numbers = held.kept.get(("numbers", level), lambda: _numbers(held, level))
    if code not in numbers:
        raise NotFound(Words(f"level {level} has no unit {code!r}", f"层级 {level} 没有单位 {code!r}"))
    return int(numbers[code])


def path_of(held: Held, level: str, number: int) -> list[dict[str, Any]]:
    """The unit and all above it, coarse to fine: {level, code, name, name_en}."""
    lineage = queries.ancestors_of(held.snapshot, level).iloc[number]
    path = []
    for step in reversed(list(lineage.index)):
        if isinstance(lineage[step], str):
            units = list_units(held, str(step))
            place = number_of(held, str(step), lineage[step])
            path.append(
                {
                    "level": str(step),
                    "code": lineage[step],
                    "name": units["name"][place],
                    "name_en": units["name_en"][place],
                }
            )
    return path


def units_at(held: Held, lon: float, lat: float, levels: list[str] | None = None) -> dict[str, dict[str, Any] | None]:
    """The unit that holds the point, per level (ties: lowest code), joined at the finest level of each chain."""
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise BadQuery(Words(f"{lon}, {lat} is no longitude and latitude", f"{lon}, {lat} 不是经纬度"))
    home = held.snapshot.home
    wanted = [home.level(name).name for name in levels] if levels else [level.name for level in home.levels]
    x, y = crs.transform_xy([lon], [lat], crs.WGS84, home.boundary_crs)
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(wanted)
    for one in held.snapshot.joined():
        number = int(one.locate(x, y)[0])
        if number >= 0:
            for step in path_of(held, one.chain[0], number):
                if step["level"] in found and found[step["level"]] is None:
                    found[step["level"]] = step
    return found


def search(held: Held, live: LiveTable | None, text: str, role: Role, limit: int) -> list[dict[str, Any]]:
    """Units, and cameras (`live`; None: not loaded) for roles that see them, whose code or name holds `text`.

    Units are found by the pinyin initials of their names, too. The closest come first.
    """
    wanted = text.strip().casefold()
    if not wanted or not 1 <= limit <= MAX_SEARCH:
        raise BadQuery(
            Words(f"a search needs a text and a limit of 1 to {MAX_SEARCH}", f"搜索须有文字，条数为 1 到 {MAX_SEARCH}")
        )
    hits = []
    for order, level in enumerate(reversed(held.snapshot.home.levels)):
        keys = held.kept.get(("search", level.name), partial(_unit_keys, held, level.name))
        found = dict(_by_initials(held, level.name, wanted))
        found |= {n: min(closeness, found.get(n, closeness)) for closeness, n in _matches(keys, wanted)}
        hits += [(closeness, 0, order, n, level.name) for n, closeness in found.items()]
    if may_see(role, "planner") and live is not None:
        built = held.kept.get(("search", "cameras"), partial(_camera_keys, held.snapshot.frame("cameras")))
        gone, keys = set(live.replaced.tolist()), [*built, *_camera_keys(live.fresh())]
        hits += [(closeness, 1, 0, n, "") for closeness, n in _matches(keys, wanted) if n not in gone]
    return [_hit(held, live, n, level) for _, _, _, n, level in sorted(hits)[:limit]]


def _matches(keys: list[tuple[str, ...]], wanted: str) -> list[tuple[int, int]]:
    found = []
    for n, texts in enumerate(keys):
        if any(wanted in text for text in texts):
            closeness = min(0 if t == wanted else 1 if t.startswith(wanted) else 2 for t in texts if wanted in t)
            found.append((closeness, n))
    return found


def _by_initials(held: Held, level: str, wanted: str) -> list[tuple[int, int]]:
    """(unit number, closeness) of the units whose pinyin initials hold `wanted`."""
    if not (wanted.isascii() and wanted.isalnum()):
        return []
    units = list_units(held, level)

    def make() -> list[str]:
        return [initials_of(name or "", name_en) for name, name_en in zip(units["name"], units["name_en"], strict=True)]

    keys = held.kept.get(("initials", level), make)
    found = [(n, find_initials(wanted, key), len(key)) for n, key in enumerate(keys)]
    return [(n, 2 if at else 0 if length == len(wanted) else 1) for n, at, length in found if at >= 0]


def _hit(held: Held, live: LiveTable | None, n: int, level: str) -> dict[str, Any]:
    if live is None or level:
        units = list_units(held, level)
        facts = {key: units[key][n] for key in ("code", "name", "name_en", "lon", "lat", "bbox")}
        return {"kind": "unit", "level": level, **facts, "path": path_of(held, level, n)[:-1]}
    camera = live.frame.iloc[n]
    name = camera["camera_name"] if isinstance(camera["camera_name"], str) else camera["uid"]
    facts = {"uid": camera["uid"], "name": name, "name_en": None}
    return {"kind": "camera", **facts, "lon": float(camera["lon"]), "lat": float(camera["lat"]), "path": []}


def _unit_keys(held: Held, level: str) -> list[tuple[str, ...]]:
    units = list_units(held, level)
    rows = zip(units["code"], units["name"], units["name_en"], strict=True)
    return [tuple(text.casefold() for text in row if text) for row in rows]


def _camera_keys(cameras: pd.DataFrame) -> list[tuple[str, ...]]:
    rows = zip(cameras["uid"], cameras["source_id"], cameras["camera_name"], strict=True)
    return [tuple(text.casefold() for text in row if isinstance(text, str)) for row in rows]


def _numbers(held: Held, level: str) -> dict[str, int]:
    return {code: n for n, code in enumerate(queries.units_of(held.snapshot, level)["code"])}


def _texts(column: pd.Series) -> list[str | None]:
    return [text if isinstance(text, str) else None for text in column]
