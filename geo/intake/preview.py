"""What a file would look like on the map, read the way the user has chosen so far, before anything is imported."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.crs import WGS84, parse_crs, transform_geometry, transform_xy
from geo.errors import Words
from geo.intake.datum import SHIFTED, to_wgs84
from geo.intake.points import Bounds, Extent
from geo.intake.propose import Proposal, stated_datum
from geo.intake.readers.peek import MANY, Peek
from geo.intake.shapes import correct_datum
from geo.intake.values import to_float

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
Place = tuple[float, float]

_SHIFTED = Extent(SHIFTED, 0.0)
#: Points this close to their known places are at them.
NEAR_M = 60.0
_MIN_KNOWN = 3
_M_PER_DEG = 111_320.0
_DECIMALS = 6


@dataclass(frozen=True)
class Choices:
    """What the user has chosen so far; "" where nothing. `datum` is "wgs84", "gcj02" or "bd09"."""

    x: str = ""
    y: str = ""
    crs: str = ""
    datum: str = ""


@dataclass(frozen=True)
class Preview:
    """The first places of a file.

    `points` are WGS84 (lon, lat), at most 500; `as_written` the same before the shift of the datum was undone (empty
    where there is none); `shapes` GeoJSON geometries. `crs` and `datum` are those it was drawn with: "" where they are
    still to be stated. `swapped` says that points lie in the home only with x and y swapped; `n_inside` of `n_placed`
    rows lie within the home.
    """

    crs: str
    datum: str
    points: tuple[Place, ...] = ()
    as_written: tuple[Place, ...] = ()
    shapes: tuple[dict[str, Any], ...] = ()
    n_placed: int = 0
    n_inside: int = 0
    swapped: bool = False
    faults: tuple[Words, ...] = ()
    reasons: Mapping[str, Words] = field(default_factory=dict)


def preview(
    seen: Peek,
    file: str,
    proposal: Proposal,
    chosen: Choices,
    bounds: Bounds | None,
    known: Mapping[str, Place] | None = None,
) -> Preview:
    """The places of `seen` as `chosen`, where nothing is chosen as `proposal` says.

    `bounds` is the home's extent (WGS84), `known` WGS84 places by source id: where at least three ids of the file are
    known, the datum that brings them to their places is proposed. A datum is never assumed where it would matter.

    >>> seen = Peek("csv", "", ",", 1, (), (("id", ("1",)), ("经度", ("109.7435",)), ("纬度", ("28.3078",))), 1)
    >>> from geo.intake.propose import propose
    >>> drawn = preview(seen, "a.csv", propose(seen, "a.csv"), Choices(crs="EPSG:4326", datum="gcj02"), None)
    >>> drawn.points, drawn.as_written
    (((109.738768, 28.31119),), ((109.7435, 28.3078),))
    """
    lone = _Shapes(seen) if seen.geometry is not None else _Columns(seen, chosen, proposal)
    crs_text = chosen.crs or seen.crs or lone.likely_crs()
    if not lone.n or not crs_text:
        return Preview("", "", faults=tuple(lone.faults(stated=bool(crs_text))))
    crs = parse_crs(crs_text)
    lon, lat = lone.lonlat(crs)
    datum, reasons = chosen.datum, dict[str, Words]()
    if not datum:
        stated = stated_datum(seen, file, lone.axes)
        datum, reasons = _datum(lone.ids, lon, lat, known or {}, stated)
    true_lon, true_lat = to_wgs84(datum or "wgs84", lon, lat)
    extent = None if bounds is None else Extent(bounds, 0.0)
    faults = list(lone.faults(stated=True))
    inside = np.isfinite(true_lon) if extent is None else extent.holds(true_lon, true_lat)
    swapped = extent is not None and 2 * int(extent.holds(*to_wgs84(datum or "wgs84", lat, lon)).sum()) > len(lon)
    swapped = swapped and 2 * int(inside.sum()) < len(lon)
    # A latitude is never over 90.
    swapped = swapped or 2 * int(((np.abs(lat) > 90) & (np.abs(lon) <= 90)).sum()) > len(lon)
    if swapped:
        faults.append(Words("x and y seem to be swapped", "x 与 y 似乎互换了"))
    elif extent is not None and not inside.any():
        faults.append(Words("no point lies within the home's boundaries", "没有点落在本库边界内"))
    if not datum:
        faults.append(Words("state the datum of the coordinates", "请说明坐标的基准"))
    shifted = datum in ("gcj02", "bd09")
    return Preview(
        crs_text,
        datum,
        _places(true_lon, true_lat) if lone.are_points else (),
        _places(lon, lat) if shifted and lone.are_points else (),
        () if lone.are_points else lone.geojson(crs, datum or "wgs84"),
        len(lon),
        int(inside.sum()),
        bool(swapped),
        tuple(faults),
        reasons,
    )


class _Columns:
    """Places out of two columns, and the ids of the rows that have one."""

    are_points = True

    def __init__(self, seen: Peek, chosen: Choices, proposal: Proposal) -> None:
        cells = dict(seen.columns)
        self.axes = chosen.x or proposal.table.get("x", ""), chosen.y or proposal.table.get("y", "")
        x, y = (to_float(np.array(cells.get(name, ()), dtype=object))[0] for name in self.axes)
        self.named = all(name in cells for name in self.axes)
        usable = np.isfinite(x) & np.isfinite(y) if self.named else np.zeros(0, dtype=bool)
        self.x, self.y = (x[usable], y[usable]) if self.named else (np.zeros(0), np.zeros(0))
        self.n = len(self.x)
        ids = cells.get(proposal.table["columns"].get("source_id", ""), ())
        self.ids = np.array(ids, dtype=object)[usable] if self.named and ids else np.zeros(0, dtype=object)

    def likely_crs(self) -> str:
        """Degrees where the numbers can be degrees; else nothing: metres say nothing of their zone."""
        degrees = (np.abs(self.x) <= 180) & (np.abs(self.y) <= 180)
        return WGS84 if self.n and degrees.mean() > 0.5 else ""

    def lonlat(self, crs: pyproj.CRS) -> tuple[Floats, Floats]:
        x, y = self.x, self.y
        if not crs.is_geographic:
            return transform_xy(x, y, crs, WGS84)
        far = (np.abs(x) > 180) | (np.abs(y) > 180)
        x, y = np.where(far, np.nan, x), np.where(far, np.nan, y)
        lon, lat = transform_xy(x, y, crs, WGS84)
        # A latitude over 90 has no place, but tells that x and y are swapped.
        swapped = np.abs(y) > 90
        return np.where(swapped, x, lon), np.where(swapped, y, lat)

    def faults(self, *, stated: bool) -> list[Words]:
        if not self.named:
            return [Words("choose the columns of x and y", "请选择 x 与 y 所在的列")]
        if not self.n:
            return [Words("the columns of x and y hold no numbers", "x 与 y 列中没有数字")]
        metres = Words("the coordinates are no degrees; state their CRS", "坐标不是经纬度，请说明其坐标系")
        return [] if stated else [metres]

    def geojson(self, crs: pyproj.CRS, datum: str) -> tuple[dict[str, Any], ...]:
        return ()


class _Shapes:
    """Places out of the file's own shapes; a shape stands where a point on it does."""

    axes = ()
    ids: Texts = np.zeros(0, dtype=object)

    def __init__(self, seen: Peek) -> None:
        geometry = np.asarray(seen.geometry, dtype=object)
        self.shapes = shapely.force_2d(geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))])
        self.n = len(self.shapes)
        self.are_points = bool((shapely.get_type_id(self.shapes) == 0).all())

    def likely_crs(self) -> str:
        return ""

    def lonlat(self, crs: pyproj.CRS) -> tuple[Floats, Floats]:
        at = shapely.point_on_surface(self.shapes)
        return transform_xy(shapely.get_x(at), shapely.get_y(at), crs, WGS84)

    def faults(self, *, stated: bool) -> list[Words]:
        if not self.n:
            return [Words("the file holds no shapes", "文件中没有几何")]
        return [] if stated else [Words("the file states no CRS; state it", "文件未写明坐标系，请说明")]

    def geojson(self, crs: pyproj.CRS, datum: str) -> tuple[dict[str, Any], ...]:
        moved = transform_geometry(correct_datum(self.shapes, crs, datum), crs, WGS84)
        texts = shapely.to_geojson(shapely.transform(moved, lambda xy: np.round(xy, _DECIMALS)))
        return tuple(json.loads(text) for text in texts[:MANY])


def _datum(
    ids: Texts, lon: Floats, lat: Floats, known: Mapping[str, Place], stated: tuple[str, Words] | None
) -> tuple[str, dict[str, Words]]:
    """The datum that known places show, or that is `stated`; wgs84 where no shift exists; else "" (to be stated)."""
    if not (_SHIFTED.holds(lon, lat) | _SHIFTED.holds(lat, lon)).any():
        return "wgs84", {}
    found = _shown_by(ids, lon, lat, known) or stated
    return (found[0], {"datum": found[1]}) if found else ("", {})


def _shown_by(ids: Texts, lon: Floats, lat: Floats, known: Mapping[str, Place]) -> tuple[str, Words] | None:
    rows = [i for i, id in enumerate(ids) if id in known and np.isfinite(lon[i]) and np.isfinite(lat[i])]
    if len(rows) < _MIN_KNOWN:
        return None
    at = np.array([known[ids[i]] for i in rows])
    offsets = {datum: _median_m(*to_wgs84(datum, lon[rows], lat[rows]), at) for datum in ("wgs84", "gcj02", "bd09")}
    best = min(offsets, key=lambda datum: offsets[datum])
    if offsets[best] > NEAR_M:
        return None
    away = f"{offsets[best]:,.0f}"
    return best, Words(
        f"{len(rows)} rows are known here already: read so they lie {away} m from their places",
        f"{len(rows)} 行为已登记对象，按此基准与登记位置相差 {away} 米",
    )


def _median_m(lon: Floats, lat: Floats, at: Floats) -> float:
    dx = (lon - at[:, 0]) * np.cos(np.radians(at[:, 1]))
    return float(np.median(np.hypot(dx, lat - at[:, 1])) * _M_PER_DEG)


def _places(lon: Floats, lat: Floats) -> tuple[Place, ...]:
    real = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)
    pairs = np.column_stack([lon[real], lat[real]])[:MANY].round(_DECIMALS)
    return tuple((float(a), float(b)) for a, b in pairs)
