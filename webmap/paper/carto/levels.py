"""Areas of a raster of classes as rings: each class with all above it, so that none parts from the next."""

import io
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image

from geo import crs
from geo.tiles.pyramid import WEB_MERCATOR


@dataclass(frozen=True)
class Patch:
    """Areas of one colour: rings in metres of the map's CRS, each (n, 2)."""

    fill: str
    rings: tuple[NDArray[np.float64], ...]


def read_classes(png: bytes) -> NDArray[np.uint8]:
    """The class of each pixel of a paletted PNG, uint8 (height, width); 0 is clear."""
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture, dtype=np.uint8)


def find_patches(
    classes: NDArray[np.uint8], bounds: tuple[float, float, float, float], fills: list[str], metric_crs: str
) -> list[Patch]:
    """What is of class 1 and above, of 2 and above, ...: `classes` cover `bounds` (WGS84) by web-mercator pixels.

    >>> patch, = find_patches(np.array([[0, 1]], dtype=np.uint8), (0, 0, 2, 1), ["ink"], "EPSG:3857")
    >>> [round(side) for side in (patch.rings[0][:, 0].min(), patch.rings[0][:, 0].max())]
    [111319, 222639]
    """
    x, y = crs.transform_xy(np.array(bounds[::2]), np.array(bounds[1::2]), crs.WGS84, WEB_MERCATOR)
    height, width = classes.shape
    patches = []
    for number, fill in enumerate(fills, start=1):
        rings = []
        for pixel in _outline(classes >= number):
            east = x[0] + pixel[:, 0] * (x[1] - x[0]) / width
            north = y[1] - pixel[:, 1] * (y[1] - y[0]) / height
            rings.append(np.column_stack(crs.transform_xy(east, north, WEB_MERCATOR, metric_crs)))
        patches.append(Patch(fill, tuple(rings)))
    return patches


def _outline(inside: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Rings round the pixels that are inside, (n, 2) in pixels: x right, y down."""
    edges = np.diff(np.pad(inside.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    whole = shapely.union_all(shapely.box(starts, rows, ends, rows + 1))
    rings = shapely.get_rings(shapely.get_parts(whole))
    return [shapely.get_coordinates(ring) for ring in rings]
