"""The demo's land: where it lies, its hills, and the winding that its borders follow.

Everything is in metres east and north of the middle of the prefecture; `to_lonlat` is the way out.
The land is the same for every seed, because the borders are.
"""

import numpy as np
from numpy.typing import NDArray

from geo.crs import parse_crs, transform_xy

Floats = NDArray[np.float64]

#: UTM zone 49N; easting and northing of the middle, about 109.7 E 28.3 N.
METRIC_CRS = "EPSG:32649"
MIDDLE_M = (372_600.0, 3_131_300.0)
_LAND_SEED = 4399
_N_WAVES = 28
#: Of the winding: salt, wavelength (m), amplitude as a part of it, how much of that goes where streets are.
_OCTAVES = (
    (21, 5200.0, 0.02, 0.0),
    (23, 2100.0, 0.025, 0.3),
    (25, 850.0, 0.03, 0.6),
    (27, 340.0, 0.03, 0.85),
    (29, 150.0, 0.02, 1.0),
)


def to_lonlat(x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude (WGS84, degrees) of points in demo metres, rounded to 1e-7 degrees (1 cm).

    >>> lon, lat = to_lonlat(np.array([0.0]), np.array([0.0]))
    >>> round(float(lon[0]), 2), round(float(lat[0]), 2)
    (109.7, 28.3)
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


def height_share(x_m: Floats, y_m: Floats) -> Floats:
    """How high the land lies, 0 (valley floor) to 1 (ridge): ridged noise of three wavelengths.

    >>> float(height_share(np.array([0.0]), np.array([0.0]))[0]) <= 1.0
    True
    """
    ridged = sum(
        weight * np.exp(-np.square(ripple(x_m, y_m, wavelength, salt)))
        for weight, wavelength, salt in ((0.55, 9000.0, 11), (0.3, 4200.0, 12), (0.15, 1900.0, 13))
    )
    return np.asarray(ridged, float)


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
