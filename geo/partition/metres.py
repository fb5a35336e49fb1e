"""Square metres and metres of small shapes in the boundary CRS.

A shape is flattened about its own centre by the plane that touches the projection there. Straight edges stay straight,
so what is a line between two units in the boundary CRS has no area in metres either, however far apart its corners.
"""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.crs import lonlat_bounds, metric_crs, parse_crs, transform_xy

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]


class Metres:
    """Measures shapes in the CRS of `units` (a GeoDataFrame) in metres of the UTM zone around them.

    >>> units = gpd.GeoDataFrame(geometry=[shapely.box(111, 0, 111.01, 0.01)], crs="EPSG:4326")
    >>> area_m2, length_m = Metres(units).measure(np.asarray(units.geometry))
    >>> round(float(area_m2[0]), -3), round(float(length_m[0]))
    (1230000.0, 4436)
    """

    def __init__(self, units: gpd.GeoDataFrame) -> None:
        self._crs: pyproj.CRS = parse_crs(units.crs.to_wkt())
        self._metric = metric_crs(lonlat_bounds(units.geometry, self._crs))
        self._step = 1e-4 if self._crs.is_geographic else 1.0

    def measure(self, shapes: Shapes) -> tuple[Floats, Floats]:
        """(m2, m of outline) of each of `shapes`, float64[n] each; nothing for an empty one."""
        flat = np.array(shapes, dtype=object)
        some = np.flatnonzero(~shapely.is_empty(flat))
        centres, planes = self._planes(flat[some])
        for place, centre, plane in zip(some, centres, planes, strict=True):
            flat[place] = _flatten(flat[place], centre, plane)
        return shapely.area(flat), shapely.length(flat)

    def flatten(self, shapes: Iterable[Any], around: Any) -> Shapes:
        """`shapes` in metres east and north of the centre of `around`, which is not empty."""
        (centre,), (plane,) = self._planes(np.array([around], dtype=object))
        return np.array([_flatten(shape, centre, plane) for shape in shapes], dtype=object)

    def _planes(self, shapes: Shapes) -> tuple[Floats, Floats]:
        """The centre of each of `shapes`, (n, 2), and the plane that touches the projection there, (n, 2, 2)."""
        minx, miny, maxx, maxy = shapely.bounds(shapes).T
        x, y, step = (minx + maxx) / 2, (miny + maxy) / 2, self._step
        xs, ys = np.column_stack([x, x + step, x]), np.column_stack([y, y, y + step])
        east, north = transform_xy(xs.ravel(), ys.ravel(), self._crs, self._metric)
        sides = np.stack([east.reshape(-1, 3), north.reshape(-1, 3)], axis=1)
        return np.column_stack([x, y]), (sides[:, :, 1:] - sides[:, :, :1]) / step


def _flatten(shape: Any, centre: Floats, plane: Floats) -> Any:
    return shapely.transform(shape, lambda xy: (xy - centre) @ plane.T)
