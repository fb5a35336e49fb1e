"""Square metres and metres of small shapes in the boundary CRS.

A shape is flattened about its own centre by the plane that touches the projection there. Straight edges stay straight,
so what is a line between two units in the boundary CRS has no area in metres either, however far apart its corners.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.crs import WGS84, metric_crs, parse_crs, transform_geometry, transform_xy

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
        lonlat = transform_geometry(np.asarray(units.geometry, dtype=object), self._crs, WGS84)
        minx, miny, maxx, maxy = shapely.total_bounds(lonlat) if len(lonlat) else np.zeros(4)
        self._metric = metric_crs((float(minx), float(miny), float(maxx), float(maxy)))
        self._step = 1e-4 if self._crs.is_geographic else 1.0

    def measure(self, shapes: Shapes) -> tuple[Floats, Floats]:
        """(m2, m of outline) of each of `shapes`, float64[n] each; nothing for an empty one."""
        flat = np.array([self.flatten(shape, shape) for shape in shapes], dtype=object)
        return shapely.area(flat), shapely.length(flat)

    def flatten(self, shape: Any, around: Any) -> Any:
        """`shape` in metres east and north of the centre of `around`."""
        if shape.is_empty:
            return shape
        minx, miny, maxx, maxy = around.bounds
        x, y, step = (minx + maxx) / 2, (miny + maxy) / 2, self._step
        east, north = transform_xy([x, x + step, x], [y, y, y + step], self._crs, self._metric)
        matrix = np.array([[east[1] - east[0], east[2] - east[0]], [north[1] - north[0], north[2] - north[0]]]) / step
        return shapely.transform(shape, lambda xy: (xy - (x, y)) @ matrix.T)
