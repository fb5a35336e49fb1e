"""The shaded land under the map, as picture tiles made from the home's elevation raster.

Shadow is black and light is white, each by its strength as opacity, so that one picture suits both themes.
"""

import math
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject, transform_bounds
from scipy.ndimage import gaussian_filter
from scipy.ndimage import zoom as enlarge

from geo.desk.held import Held
from geo.desk.measures import not_loaded
from geo.errors import NotAvailable
from geo.tiles.address import DISPLAY_PX, HALF_SIDE_M, display_px_m, to_tile

MIN_ZOOM, MAX_ZOOM = 5, 10
N_SHADES = 16
#: Opacity (0..255) of the deepest shadow and of the brightest light.
SHADOW, LIGHT = 110, 150
_AZIMUTH_DEG, _ALTITUDE_DEG = 315.0, 45.0
#: The edge of what is known fades over about twice this, and over less where the land is small.
_FADE_M, _FADE_SHARE = 8_000.0, 0.06


@dataclass(frozen=True)
class Shades:
    """The land at one zoom: shade numbers [rows, columns] (0 is clear) and the pixel of its north-west corner."""

    numbers: NDArray[np.uint8]
    left: int
    top: int


def elevation_file(held: Held) -> Path:
    """Where the home's elevation raster is, if it has one."""
    return held.snapshot.path.parent.parent / "rasters" / "elevation.tif"


def has_elevation(held: Held) -> bool:
    """Whether the home has an elevation raster."""
    return elevation_file(held).exists()


def relief_tile(held: Held, z: int, x: int, y: int) -> bytes:
    """One PNG of `DISPLAY_PX` a side; b"" where no land is known, and beyond the zooms that are drawn."""
    to_tile(z, x, y)
    if not has_elevation(held):
        raise NotAvailable(not_loaded("elevation"))
    if not MIN_ZOOM <= z <= MAX_ZOOM:
        return b""
    shades = _shades(held, z)
    left, top = x * DISPLAY_PX - shades.left, y * DISPLAY_PX - shades.top
    height, width = shades.numbers.shape
    if left >= width or top >= height or left <= -DISPLAY_PX or top <= -DISPLAY_PX:
        return b""
    tile = np.zeros((DISPLAY_PX, DISPLAY_PX), dtype=np.uint8)
    part = shades.numbers[max(top, 0) : max(top + DISPLAY_PX, 0), max(left, 0) : max(left + DISPLAY_PX, 0)]
    row, column = max(-top, 0), max(-left, 0)
    tile[row : row + part.shape[0], column : column + part.shape[1]] = part
    return to_png(tile) if tile.any() else b""


def draw_all(held: Held) -> None:
    """Shades the land at every zoom, so that no reader waits for it."""
    for zoom in range(MIN_ZOOM, MAX_ZOOM + 1):
        _shades(held, zoom)


def shade(file: Path, zoom: int) -> Shades:
    """The raster `file` warped to web mercator at tile zoom `zoom` and lit from the north-west.

    Heights are drawn taller from afar, where averaging flattens them; the edge fades out.
    """
    px_m = display_px_m(zoom)
    with rasterio.open(file, driver="GTiff") as raster:
        west, south, east, north = transform_bounds(raster.crs, "EPSG:3857", *raster.bounds)
        left, top = int((west + HALF_SIDE_M) / px_m), int((HALF_SIDE_M - north) / px_m)
        shape = int((HALF_SIDE_M - south) / px_m) - top + 1, int((east + HALF_SIDE_M) / px_m) - left + 1
        height_m = np.full(shape, np.nan, dtype=np.float32)
        reproject(
            rasterio.band(raster, 1),
            height_m,
            dst_transform=Affine(px_m, 0, left * px_m - HALF_SIDE_M, 0, -px_m, HALF_SIDE_M - top * px_m),
            dst_crs="EPSG:3857",
            dst_nodata=np.nan,
            resampling=Resampling.average if px_m > abs(raster.transform.a) else Resampling.cubic,
        )
    latitude = np.arctan(np.sinh((HALF_SIDE_M - (top + np.arange(shape[0])) * px_m) / 6378137.0))
    ground_m = (px_m * np.cos(latitude)).astype(np.float32)[:, np.newaxis]
    known = np.isfinite(height_m)
    height_m[~known] = 0.0
    height_m *= 1.35 ** (MAX_ZOOM - zoom)
    over_px = min(_FADE_M / px_m, _FADE_SHARE * min(shape))
    return Shades(to_shades(light(height_m, ground_m) * fading(known, over_px)), left, top)


def light(height_m: NDArray[np.float32], ground_m: NDArray[np.float32] | float) -> NDArray[np.float32]:
    """Light on each pixel (Lambert) less that on flat ground, -0.7 (shadow) to 0.3; row 0 in the north.

    >>> light(np.zeros((2, 2), dtype=np.float32), 10.0).round(2).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    >>> slope_to_the_east = np.array([[0.0, 10.0], [0.0, 10.0]], dtype=np.float32)
    >>> bool((light(slope_to_the_east, 10.0) > 0.1).all()), bool((light(-slope_to_the_east, 10.0) < -0.5).all())
    (True, True)
    """
    south, east = (slope / ground_m for slope in np.gradient(height_m))
    azimuth, altitude = math.radians(_AZIMUTH_DEG), math.radians(_ALTITUDE_DEG)
    towards = south * math.cos(azimuth) - east * math.sin(azimuth)
    lit = (math.sin(altitude) + math.cos(altitude) * towards) / np.sqrt(1 + east**2 + south**2)
    return np.asarray(np.maximum(lit, 0.0) - math.sin(altitude), dtype=np.float32)


def fading(known: NDArray[np.bool_], over_px: float) -> NDArray[np.float32]:
    """1 well inside what is `known`, 0 at its edge and outside; worked out on every 8th pixel.

    >>> fading(np.ones((320, 320), dtype=bool), 40.0)[[0, 160], 160].round(3).tolist()
    [0.0, 1.0]
    """
    coarse = gaussian_filter(known[::8, ::8].astype(np.float32), over_px / 8, mode="constant")
    fine = enlarge(np.clip((coarse - 0.85) / 0.14, 0, 1), 8, order=1, grid_mode=True, mode="nearest")
    return np.asarray(fine[: known.shape[0], : known.shape[1]], dtype=np.float32)


def to_shades(lit: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Shade numbers of `light`: 0 clear, 1 to 10 ever deeper shadow, 11 to 15 ever brighter light.

    >>> to_shades(np.array([0.0, -0.05, -0.7, 0.05, 0.3])).tolist()
    [0, 1, 10, 11, 15]
    """
    steps = np.clip(np.round(lit / 0.05), -10, N_SHADES - 11).astype(np.int8)
    return np.where(steps < 0, -steps, np.where(steps > 0, steps + 10, 0)).astype(np.uint8)


def to_png(numbers: NDArray[np.uint8]) -> bytes:
    """A paletted PNG of shade numbers, 4 bits a pixel."""
    opacity = [0, *(SHADOW * k // 10 for k in range(1, 11)), *(LIGHT * k // 5 for k in range(1, 6))]
    picture = Image.fromarray(numbers, mode="P")
    picture.putpalette(bytes(3 * 11) + b"\xff" * (3 * 5))
    out = BytesIO()
    picture.save(out, "PNG", transparency=bytes(opacity), bits=4, compress_level=4)
    return out.getvalue()


def _shades(held: Held, zoom: int) -> Shades:
    found: Shades = held.kept.get(("relief", zoom), lambda: shade(elevation_file(held), zoom))
    return found
