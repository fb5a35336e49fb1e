"""Optics of a camera on flat ground (DOMAIN 3). Angles in degrees, distances in metres along the ground.

Pixel density is IEC 62676-4:2014's: horizontal pixels per metre of target at a distance. Every function takes
numbers or arrays that broadcast together, and gives an array of their common shape; NaN in, NaN out.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: The lowest ray is never taken straight down: the near edge stays above 0.
STEEPEST_DEG = 89.9


def range_m(
    h_px: npt.ArrayLike, hfov_deg: npt.ArrayLike, px_per_m: npt.ArrayLike, fisheye_from_deg: float = 150.0
) -> Floats:
    """Distance at which a lens of `hfov_deg` with `h_px` pixels across still gives `px_per_m` on the target.

    `h_px / (2 px_per_m tan(hfov / 2))`; from `fisheye_from_deg` on (fisheye, panoramic) `h_px / (px_per_m hfov_rad)`.

    >>> range_m(1920, [60, 90, 360], 25).round(2).tolist()
    [66.51, 38.4, 12.22]
    """
    hfov = np.radians(np.asarray(hfov_deg, dtype=np.float64))
    fisheye = hfov >= np.radians(fisheye_from_deg)
    width = np.where(fisheye, hfov, 2.0 * np.tan(np.where(fisheye, 0.0, hfov) / 2.0))
    with np.errstate(divide="ignore"):
        return np.asarray(np.asarray(h_px, dtype=np.float64) / (np.asarray(px_per_m) * width), dtype=np.float64)


def hfov_from_focal_deg(sensor_width_mm: npt.ArrayLike, focal_mm: npt.ArrayLike) -> Floats:
    """Horizontal angle of view of a lens: `2 atan(sensor_width / (2 focal))`.

    >>> hfov_from_focal_deg(4.8, 2.8).round(2).item()
    81.2
    """
    half = np.asarray(sensor_width_mm, dtype=np.float64) / (2.0 * np.asarray(focal_mm, dtype=np.float64))
    return np.asarray(np.degrees(2.0 * np.arctan(half)), dtype=np.float64)


def vfov_deg(hfov_deg: npt.ArrayLike, aspect: npt.ArrayLike, fisheye_from_deg: float = 150.0) -> Floats:
    """Vertical angle of view; `aspect` is v_px / h_px.

    `2 atan(tan(hfov / 2) aspect)`; for a fisheye, whose picture is even in angle, `hfov aspect`, at most 180.

    >>> vfov_deg(85, 1080 / 1920).round(2).item()
    54.54
    """
    hfov, ratio = np.asarray(hfov_deg, dtype=np.float64), np.asarray(aspect, dtype=np.float64)
    fisheye = hfov >= fisheye_from_deg
    flat = np.degrees(2.0 * np.arctan(np.tan(np.radians(np.where(fisheye, 0.0, hfov)) / 2.0) * ratio))
    return np.asarray(np.where(fisheye, np.minimum(hfov * ratio, 180.0), flat), dtype=np.float64)


def near_edge_m(height_m: npt.ArrayLike, tilt_deg: npt.ArrayLike, vfov: npt.ArrayLike) -> Floats:
    """Where the view begins on the ground: `height / tan(min(tilt + vfov / 2, 89.9))`; tilt is below the horizontal.

    A view whose lowest ray does not go down never meets the ground: infinite.

    >>> near_edge_m(5, 20, 50).round(2).item()
    5.0
    """
    lowest = np.minimum(np.asarray(tilt_deg, dtype=np.float64) + np.asarray(vfov, dtype=np.float64) / 2, STEEPEST_DEG)
    return _meets_ground_m(height_m, lowest)


def far_edge_m(height_m: npt.ArrayLike, tilt_deg: npt.ArrayLike, vfov: npt.ArrayLike) -> Floats:
    """Where the view ends on the ground: `height / tan(tilt - vfov / 2)`; infinite where that is not positive.

    >>> far_edge_m(5, [40, 20], 54.54).round(2).tolist()
    [22.13, inf]
    """
    highest = np.asarray(tilt_deg, dtype=np.float64) - np.asarray(vfov, dtype=np.float64) / 2
    return _meets_ground_m(height_m, np.minimum(highest, STEEPEST_DEG))


def _meets_ground_m(height_m: npt.ArrayLike, below_horizon_deg: Floats) -> Floats:
    down = below_horizon_deg > 0
    slope = np.tan(np.radians(np.where(down, below_horizon_deg, 45.0)))
    distance = np.asarray(height_m, dtype=np.float64) / slope
    return np.asarray(np.where(np.isnan(below_horizon_deg), np.nan, np.where(down, distance, np.inf)), dtype=np.float64)
