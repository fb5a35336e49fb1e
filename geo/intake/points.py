"""Where a row's point is: coordinates checked against the home's extent, datum undone, axes never swapped silently."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyproj

from geo.crs import WGS84, transform_xy
from geo.errors import BadInput, Words
from geo.intake.datum import to_wgs84
from geo.intake.quality import Refusals
from geo.intake.values import HasCommas, to_float

Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bounds = tuple[float, float, float, float]

#: Below this many located rows, a majority says nothing about the whole source.
_FEW_ROWS = 2


@dataclass(frozen=True)
class Extent:
    """Where a home's points may lie, WGS84 degrees: `bounds` widened by a share of their size on every side."""

    bounds: Bounds
    margin_share: float

    def holds(self, lon: Floats, lat: Floats) -> Bools:
        """Bool[n]: inside the widened bounds (not finite: False).

        >>> Extent((0, 0, 10, 10), 0.25).holds(np.array([12.0, 13.0]), np.array([5.0, 5.0])).tolist()
        [True, False]
        """
        minx, miny, maxx, maxy = self.bounds
        dx, dy = (maxx - minx) * self.margin_share, (maxy - miny) * self.margin_share
        inside = (lon >= minx - dx) & (lon <= maxx + dx) & (lat >= miny - dy) & (lat <= maxy + dy)
        return np.asarray(inside, dtype=bool)


@dataclass
class Placed:
    """What `place_points` found of a source so far: where most of it is wrong, the source is, not the rows."""

    file: str
    n: int = 0
    n_swapped: int = 0
    n_no_degrees: int = 0
    such_as: str = ""

    def check(self) -> None:
        """`BadInput` where more than half of the located rows are swapped, or are no degrees."""
        file, n, n_swapped = self.file, self.n, self.n_swapped
        if n >= _FEW_ROWS and n_swapped * 2 > n:
            raise BadInput(
                Words(
                    f"{file}: {n_swapped} of {n} points lie in the home only with x and y swapped; "
                    "swap x and y in the mapping",
                    f"{file}：{n} 个点中有 {n_swapped} 个互换 x 与 y 后才在本库范围内；请在映射中互换 x 与 y",
                )
            )
        if n >= _FEW_ROWS and self.n_no_degrees * 2 > n:
            raise BadInput(
                Words(
                    f"{file}: coordinates such as {self.such_as} are no degrees; "
                    "state the CRS they are in as crs in the mapping",
                    f"{file}：坐标 {self.such_as} 等不是经纬度；请在映射的 crs 中写明其坐标系",
                )
            )


def place_points(
    placed: Placed, x: Floats, y: Floats, crs: pyproj.CRS, datum: str, extent: Extent, refusals: Refusals
) -> tuple[Floats, Floats]:
    """WGS84 (lon, lat) of `x`, `y` in `crs`, float64[n]; NaN where there are no coordinates or the row is refused.

    Rows at 0, 0, outside the extent, or inside it only with x and y swapped are refused. After the last part of a
    source `placed` tells whether that was most of it.
    """
    located = np.isfinite(x) & np.isfinite(y)
    null = located & (x == 0) & (y == 0)
    if not bool(extent.holds(np.zeros(1), np.zeros(1))[0]):
        refusals.refuse(null, "null_island")
        located &= ~null
    lon, lat = to_lonlat(x, y, crs, datum)
    inside = located & extent.holds(lon, lat)
    swapped = located & ~inside
    swapped[swapped] = extent.holds(*to_lonlat(y[swapped], x[swapped], crs, datum))
    no_degrees = located & ~swapped & ((np.abs(x) > 180) | (np.abs(y) > 90)) & bool(crs.is_geographic)
    placed.n += int(located.sum())
    placed.n_swapped += int(swapped.sum())
    placed.n_no_degrees += int(no_degrees.sum())
    placed.such_as = placed.such_as or next(iter(_shown(x, y, no_degrees)), "")
    refusals.refuse(swapped, "swapped_axes", values=_shown(x, y, swapped))
    refusals.refuse(no_degrees, "not_degrees", values=_shown(x, y, no_degrees))
    outside = located & ~inside & ~swapped & ~no_degrees
    refusals.refuse(outside, "outside_extent", values=_shown(x, y, outside))
    return np.where(inside, lon, np.nan), np.where(inside, lat, np.nan)


def read_xy(
    x_texts: Texts, y_texts: Texts, refusals: Refusals, has_commas: HasCommas | None = None
) -> tuple[Floats, Floats]:
    """Float64[n] of both coordinate columns, NaN where empty; unreadable or half given ones are refused.

    Refusals quote the fields "x" and "y".

    `has_commas` is asked about a field where that is needed (see `to_float`).
    """
    x, bad_x = to_float(x_texts, has_commas and partial(has_commas, "x"))
    y, bad_y = to_float(y_texts, has_commas and partial(has_commas, "y"))
    refusals.refuse(bad_x, "bad_number", "x")
    refusals.refuse(bad_y, "bad_number", "y")
    refusals.refuse(np.isnan(x) != np.isnan(y), "missing_coordinate")
    return x, y


def _shown(x: Floats, y: Floats, rows: Bools) -> list[str]:
    return [f"{a:.12g}, {b:.12g}" for a, b in zip(x[rows], y[rows], strict=True)]


def to_lonlat(x: Floats, y: Floats, crs: pyproj.CRS, datum: str) -> tuple[Floats, Floats]:
    """WGS84 (lon, lat) of `x`, `y` in `crs`, whose shift `datum` undoes; NaN where they are no place in `crs`.

    >>> to_lonlat(np.array([109.7, 200.0]), np.array([28.3, 0.0]), pyproj.CRS(WGS84), "wgs84")[0].tolist()
    [109.7, nan]
    """
    possible = np.isfinite(x) & np.isfinite(y)
    if crs.is_geographic:
        possible &= (np.abs(x) <= 180) & (np.abs(y) <= 90)
    lon, lat = transform_xy(np.where(possible, x, np.nan), np.where(possible, y, np.nan), crs, WGS84)
    return to_wgs84(datum, lon, lat)
