"""Geometry cleaning: declared kinds only, two dimensions, valid, larger than nothing, never across the antimeridian."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.crs import WGS84, transform_geometry
from geo.errors import Words
from geo.intake.datum import to_wgs84
from geo.intake.notes import Counted, Note
from geo.intake.quality import Refusals

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

#: Least size of a shape that is kept; real footprints of a fifth of a square metre exist, such units do not.
MIN_AREA_M2 = 0.01
MIN_UNIT_AREA_M2 = 1.0
MIN_LENGTH_M = 0.01

_POINT, _LINE, _POLYGON, _MULTILINE, _MULTIPOLYGON = 0, 1, 3, 5, 6
_KINDS = {
    "point": (_POINT,),
    "line": (_LINE, _MULTILINE),
    "polygon": (_POLYGON, _MULTIPOLYGON),
    "point_or_polygon": (_POINT, _POLYGON, _MULTIPOLYGON),
}


def clean_shapes(
    shapes: Texts, kind: str, refusals: Refusals, *, repair: bool = False, faults: dict[int, str] | None = None
) -> tuple[Texts, list[Note]]:
    """`shapes` in 2D with what `kind` ("point", "line", "polygon", "point_or_polygon") does not hold refused.

    With `repair`, broken polygons go through `shapely.make_valid(method="structure")`, their polygonal part is
    kept and the change of area is noted per row; without, they are refused with the reason and the place.
    """
    notes: list[Note] = []
    for i, said in (faults or {}).items():
        refusals.refuse(np.arange(len(shapes)) == i, "bad_geometry", values=[said])
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    refusals.refuse(np.asarray(missing), "missing_geometry")
    types = shapely.get_type_id(shapes)
    wrong = ~missing & ~np.isin(types, _KINDS[kind])
    refusals.refuse(wrong, "wrong_geometry", values=[shapes[i].geom_type for i in np.flatnonzero(wrong)])
    usable = ~missing & ~wrong
    deep = usable & (shapely.has_z(shapes) | shapely.has_m(shapes))
    n_3d = int((usable & shapely.has_z(shapes)).sum())
    notes.append(Counted("heights of {n} shapes were left out", "{n} 个几何的高程值已舍去", n_3d))
    flat = np.full(len(shapes), None, dtype=object)
    flat[usable] = shapes[usable]
    flat[deep] = shapely.force_2d(shapes[deep])
    endless = usable & ~_is_finite(flat)
    refusals.refuse(endless, "bad_geometry", values=["a coordinate is not finite"] * int(endless.sum()))
    flat[endless] = None
    broken = usable & ~endless & ~np.asarray(shapely.is_valid(flat)) & (types != _LINE) & (types != _MULTILINE)
    if repair:
        for row in np.flatnonzero(broken):
            flat[row], note = _repair(flat[row], int(refusals.lines[row]))
            notes.append(note)
        broken &= shapely.is_empty(flat) | ~np.asarray(shapely.is_valid(flat))
    refusals.refuse(broken, "bad_geometry", values=list(shapely.is_valid_reason(flat[broken])))
    return flat, notes


def check_sizes(
    shapes: Texts,
    crs: pyproj.CRS,
    metric: pyproj.CRS,
    refusals: Refusals,
    min_area_m2: float = MIN_AREA_M2,
) -> None:
    """Refuse polygons under `min_area_m2`, lines under `MIN_LENGTH_M`, and shapes in degrees wider than 180."""
    rows = np.flatnonzero(refusals.kept() & ~shapely.is_missing(shapes))
    if crs.is_geographic and len(rows):
        bounds = shapely.bounds(shapes[rows])
        wide = np.zeros(len(shapes), dtype=bool)
        wide[rows] = bounds[:, 2] - bounds[:, 0] > 180
        refusals.refuse(wide, "antimeridian")
        rows = rows[~wide[rows]]
    moved = transform_geometry(shapes[rows], crs, metric)
    types = shapely.get_type_id(moved)
    area, length = shapely.area(moved), shapely.length(moved)
    for kinds, size, limit, unit in (
        (_KINDS["polygon"], area, min_area_m2, "m2"),
        (_KINDS["line"], length, MIN_LENGTH_M, "m"),
    ):
        small = np.isin(types, kinds) & ~(size >= limit)
        marked = np.zeros(len(shapes), dtype=bool)
        marked[rows[small]] = True
        refusals.refuse(marked, "sliver", values=[f"{value:.3g} {unit} < {limit} {unit}" for value in size[small]])


def correct_datum(shapes: Texts, crs: pyproj.CRS, datum: str) -> Texts:
    """`shapes` with the shift of `datum` undone, still in `crs`."""
    if datum == "wgs84":
        return shapes
    lonlat = transform_geometry(shapes, crs, WGS84)

    def undo(xy: Floats) -> Floats:
        return np.column_stack(to_wgs84(datum, xy[:, 0], xy[:, 1]))

    return transform_geometry(np.asarray(shapely.transform(lonlat, undo), dtype=object), WGS84, crs)


def with_geometry(frame: pd.DataFrame, shapes: Texts, crs: str) -> gpd.GeoDataFrame:
    """`frame` with `shapes` (object[n], same order) as its column `geometry` in `crs`."""
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(list(shapes), index=frame.index, crs=crs))


def _is_finite(shapes: Texts) -> Bools:
    return np.asarray(np.isfinite(shapely.bounds(shapes)).all(axis=1) & _all_finite(shapes))


def _all_finite(shapes: Texts) -> Bools:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def _repair(shape: shapely.Geometry, line: int) -> tuple[shapely.Geometry, Words]:
    fixed = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(fixed) if part.geom_type in ("Polygon", "MultiPolygon")]
    polygon = shapely.union_all(parts) if parts else shapely.Polygon()
    before, after = float(shapely.area(shape)), float(shapely.area(polygon))
    share = abs(after - before) / after if after else 1.0
    return polygon, Words(
        f"line {line}: broken shape repaired, area changed by {share:.2%} of the repaired area",
        f"第 {line} 行：几何已修复，面积变化占修复后面积的 {share:.2%}",
    )
