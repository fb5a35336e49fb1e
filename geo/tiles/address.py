"""Tile addresses: z/x/y (XYZ, y down) on the web-mercator square, EPSG:3857.

A tile is drawn at 512 px, so the zoom of a tile is one less than the zoom of a 256-px map.
"""

import math
from typing import NamedTuple

from geo.errors import NotFound, Words

#: Half the side of the web-mercator square, metres: pi times the WGS84 equatorial radius.
HALF_SIDE_M = math.pi * 6378137.0
EXTENT = 4096
BUFFER = 64
DISPLAY_PX = 512
MAX_ZOOM = 20


class Tile(NamedTuple):
    """One tile: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    def side_m(self) -> float:
        """Side in web-mercator metres.

        >>> round(Tile(0, 0, 0).side_m(), 3)
        40075016.686
        """
        return math.ldexp(2.0 * HALF_SIDE_M, -self.z)

    def corner_m(self) -> tuple[float, float]:
        """The north-west corner, (x, y) in web-mercator metres.

        >>> Tile(1, 1, 1).corner_m()
        (0.0, 0.0)
        """
        return self.x * self.side_m() - HALF_SIDE_M, HALF_SIDE_M - self.y * self.side_m()

    def units_per_m(self) -> float:
        """Tile units (4096 a side) per web-mercator metre."""
        return EXTENT / self.side_m()

    def bounds_m(self, buffer_units: float = 0.0) -> tuple[float, float, float, float]:
        """(minx, miny, maxx, maxy) in web-mercator metres, grown by `buffer_units` tile units."""
        left, top = self.corner_m()
        side, grown = self.side_m(), buffer_units / self.units_per_m()
        return left - grown, top - side - grown, left + side + grown, top + grown


def to_tile(z: int, x: int, y: int) -> Tile:
    """The tile at `z`/`x`/`y`; `NotFound` where there is none.

    >>> to_tile(2, 3, 1)
    Tile(z=2, x=3, y=1)
    """
    if not 0 <= z <= MAX_ZOOM or not 0 <= x < 1 << z or not 0 <= y < 1 << z:
        raise NotFound(
            Words(
                f"no tile {z}/{x}/{y}: zoom goes from 0 to {MAX_ZOOM}",
                f"没有瓦片 {z}/{x}/{y}：缩放级别为 0 到 {MAX_ZOOM}",
            )
        )
    return Tile(z, x, y)


def display_px_m(zoom: int) -> float:
    """Side of one display pixel in web-mercator metres at tile zoom `zoom`.

    >>> round(display_px_m(14), 3)
    4.777
    """
    return Tile(zoom, 0, 0).side_m() / DISPLAY_PX
