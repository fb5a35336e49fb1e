"""The demo's land: where it lies, its heights, and the winding that its borders and roads follow.

Everything is in metres east and north of the middle of the prefecture; `to_lonlat` is the way out. The land below
a border is the same for every seed, because the borders are; a seed adds its own small forms (`elevation_m`).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from geo.crs import parse_crs, transform_xy
from geo.demo.folder import FOLDER

Floats = NDArray[np.float64]

#: UTM zone 49N; easting and northing of the middle, about 109.8 E 28.7 N.
METRIC_CRS = "EPSG:32649"
MIDDLE_M = (381_300.0, 3_174_300.0)
HALF_WIDE_M, HALF_HIGH_M = 78_000.0, 122_000.0
STEP_M = 250.0
RELIEF_FILE = "relief.tif"
_LAND_SEED = 4331
_N_WAVES = 16
#: Of the winding: salt, wavelength (m), amplitude as a part of it, how much of that goes where streets are.
_OCTAVES = (
    (23, 2100.0, 0.02, 0.45),
    (25, 850.0, 0.03, 0.7),
    (27, 340.0, 0.03, 0.85),
    (29, 150.0, 0.02, 1.0),
)


def to_lonlat(x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude (WGS84, degrees) of points in demo metres, rounded to 1e-7 degrees (1 cm).

    >>> lon, lat = to_lonlat(np.array([0.0]), np.array([0.0]))
    >>> round(float(lon[0]), 2), round(float(lat[0]), 2)
    (109.78, 28.69)
    """
    lon, lat = transform_xy(
        np.asarray(x_m, float) + MIDDLE_M[0],
        np.asarray(y_m, float) + MIDDLE_M[1],
        parse_crs(METRIC_CRS),
        parse_crs("EPSG:4326"),
    )
    return np.round(lon, 7), np.round(lat, 7)


def from_lonlat(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Demo metres of WGS84 points: the inverse of `to_lonlat`, to 1 cm."""
    x, y = transform_xy(np.asarray(lon, float), np.asarray(lat, float), parse_crs("EPSG:4326"), parse_crs(METRIC_CRS))
    return x - MIDDLE_M[0], y - MIDDLE_M[1]


@dataclass(frozen=True)
class Land:
    """Rasters of one shape, row 0 in the south: height (m), `rise` (m above the land around), log2 of cells drained."""

    height_m: Floats
    rise_m: Floats
    stream: Floats


@cache
def read_land(file: Path = FOLDER / RELIEF_FILE) -> Land:
    """The land in git."""
    with rasterio.open(file) as raster:
        height, stream = raster.read(1)[::-1].astype(float), raster.read(2)[::-1] / 100.0
    return as_land(height, stream)


def as_land(height_m: Floats, stream: Floats) -> Land:
    """A land of its height and log2 of cells drained."""
    smooth = gaussian_filter(height_m, 0.8)
    return Land(height_m, smooth - gaussian_filter(height_m, 6), stream)


def sample(field: Floats, x_m: Floats, y_m: Floats) -> Floats:
    """A raster of the land at points, bilinear; beyond the frame its edge.

    >>> float(sample(np.ones((977, 625)), np.array([0.0]), np.array([0.0]))[0])
    1.0
    """
    at = np.stack([(np.asarray(y_m) + HALF_HIGH_M) / STEP_M, (np.asarray(x_m) + HALF_WIDE_M) / STEP_M])
    return np.asarray(map_coordinates(field, at, order=1, mode="nearest"), float)


def ripple(x_m: Floats, y_m: Floats, wavelength_m: float, salt: int) -> Floats:
    """A smooth random field of mean 0 and variance 1: a sum of plane waves near one wavelength.

    >>> field = ripple(np.zeros(3), np.array([0.0, 1.0, 2.0]), 1000.0, 1)
    >>> bool(np.all(np.abs(np.diff(field)) < 0.05))
    True
    """
    rng = np.random.default_rng([_LAND_SEED, salt])
    angle = rng.uniform(0, 2 * np.pi, _N_WAVES)
    number = 2 * np.pi / (wavelength_m * rng.uniform(0.8, 1.35, _N_WAVES))
    phase = rng.uniform(0, 2 * np.pi, _N_WAVES)
    total = np.zeros(np.shape(x_m))
    for a, k, p in zip(angle, number, phase, strict=True):
        total += np.cos(k * (np.cos(a) * x_m + np.sin(a) * y_m) + p)
    return np.asarray(total * np.sqrt(2 / _N_WAVES), float)


def wind(x_m: Floats, y_m: Floats, rural: Floats) -> tuple[Floats, Floats]:
    """Points moved along a continuous random displacement, the same for every line through a point.

    Straight borders become winding ones and stay edge-matched. The amplitude is a small part of each wavelength,
    so that the map is one to one; `rural` (0..1) damps the short wavelengths where streets are.
    """
    dx, dy = np.zeros(np.shape(x_m)), np.zeros(np.shape(y_m))
    for salt, wavelength, part, damped in _OCTAVES:
        amplitude = part * wavelength * (1 - damped * (1 - rural))
        dx += amplitude * ripple(x_m, y_m, wavelength, salt)
        dy += amplitude * ripple(x_m, y_m, wavelength, salt + 1)
    return x_m + dx, y_m + dy
