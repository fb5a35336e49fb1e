"""Kernel density of incidents per km2 of ground, on the pixels of a web-mercator picture."""

from dataclasses import dataclass

import numpy as np
import pyproj

from geo.crs import transform_xy

_CELLS_PER_BANDWIDTH = 8
_TRUNCATE = 4.0
_LATTICE_PX = 16
_MERCATOR = "EPSG:3857"
_WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class Kde:
    """A density picture: `values` float32 (height, width), incidents per km2 of ground, north up.

    `bounds` are (minx, miny, maxx, maxy) lon/lat; pixels are square in web mercator. NaN is blank.
    """

    values: np.ndarray
    bounds: tuple[float, float, float, float]
    n: int


def gaussian_density(
    x_m: np.ndarray, y_m: np.ndarray, bandwidth_m: float
) -> tuple[np.ndarray, np.ndarray, tuple[float, float], float]:
    """Gaussian density of points on a metric grid.

    `x_m`, `y_m`: float64 (n,), n >= 1. Returns (density per km2, rows up and columns right; points in the cells within
    one bandwidth; (x, y) of the first cell's centre; cell size in m). The kernel is
    `exp(-d^2 / 2h^2) / (2 pi h^2)`, cut at 4 h.

    >>> density, near, origin, cell_m = gaussian_density(np.array([0.0]), np.array([0.0]), 1000.0)
    >>> round(float(density.max()), 3)  # 1e6 / (2 pi 1000^2)
    0.159
    >>> round(float(density.sum() * cell_m**2 / 1e6), 6)
    1.0
    """
    cell_m = bandwidth_m / _CELLS_PER_BANDWIDTH
    pad = int(_CELLS_PER_BANDWIDTH * _TRUNCATE) + 1
    column = np.rint((x_m - x_m.min()) / cell_m).astype(np.int64) + pad
    row = np.rint((y_m - y_m.min()) / cell_m).astype(np.int64) + pad
    counts = np.zeros((int(row.max()) + pad + 1, int(column.max()) + pad + 1))
    np.add.at(counts, (row, column), 1.0)
    steps = np.arange(-(pad - 1), pad)
    squares = (steps[:, None] ** 2 + steps[None, :] ** 2) / _CELLS_PER_BANDWIDTH**2
    bell = np.exp(-squares / 2) * (squares <= _TRUNCATE**2)
    density = _convolve(counts, bell / bell.sum()) / cell_m**2 * 1e6
    near = np.rint(_convolve(counts, (squares <= 1.0).astype(float)))
    origin = (float(x_m.min()) - pad * cell_m, float(y_m.min()) - pad * cell_m)
    return density, near, origin, cell_m


def kde_raster(
    x_m: np.ndarray,
    y_m: np.ndarray,
    bounds: tuple[float, float, float, float],
    crs: pyproj.CRS,
    bandwidth_m: float,
    width_px: int,
    min_count: int | None = None,
) -> Kde:
    """Density of points (metric `crs`, float64 (n,)) warped to a web-mercator picture over lon/lat `bounds`.

    With `min_count`, pixels with fewer points within one bandwidth are NaN (small-count protection).
    A linear stretch instead of this warp is off by up to 530 m over a prefecture.

    >>> utm = pyproj.CRS("EPSG:32649")
    >>> kde = kde_raster(np.array([600000.0]), np.array([3130000.0]), (112.0, 28.27, 112.04, 28.31), utm, 1000.0, 64)
    >>> kde.values.shape[1], round(float(kde.values.max()), 2)
    (64, 0.16)
    """
    corners_x, corners_y = transform_xy(np.array(bounds[::2]), np.array(bounds[1::2]), _WGS84, _MERCATOR)
    size = (corners_x[1] - corners_x[0]) / width_px
    height_px = max(1, round((corners_y[1] - corners_y[0]) / size))
    if len(x_m) == 0:
        return Kde(np.zeros((height_px, width_px), dtype=np.float32), bounds, 0)
    density, near, origin, cell_m = gaussian_density(x_m, y_m, bandwidth_m)
    pixel_x, pixel_y = _pixel_positions(corners_x, corners_y, width_px, height_px, crs)
    row, column = (pixel_y - origin[1]) / cell_m, (pixel_x - origin[0]) / cell_m
    values = _bilinear(density, row, column)
    if min_count is not None:
        values[_bilinear(near, row, column) < min_count] = np.nan
    return Kde(values.astype(np.float32), bounds, len(x_m))


def _pixel_positions(
    corners_x: np.ndarray, corners_y: np.ndarray, width_px: int, height_px: int, crs: pyproj.CRS
) -> tuple[np.ndarray, np.ndarray]:
    """Metric x, y of every pixel centre: projected on a coarse lattice, bilinear between (error under 1 m)."""
    n_across, n_down = width_px // _LATTICE_PX + 2, height_px // _LATTICE_PX + 2
    half_x = (corners_x[1] - corners_x[0]) / width_px / 2
    half_y = (corners_y[1] - corners_y[0]) / height_px / 2
    lattice_x = np.linspace(corners_x[0] + half_x, corners_x[1] - half_x, n_across)
    lattice_y = np.linspace(corners_y[1] - half_y, corners_y[0] + half_y, n_down)
    grid_x, grid_y = np.meshgrid(lattice_x, lattice_y)
    x_m, y_m = transform_xy(grid_x.ravel(), grid_y.ravel(), _MERCATOR, crs)
    row = np.linspace(0, n_down - 1, height_px)[:, None] + np.zeros(width_px)
    column = np.linspace(0, n_across - 1, width_px) + np.zeros((height_px, 1))
    lattices = (axis.reshape(n_down, n_across) for axis in (x_m, y_m))
    x_px, y_px = (_bilinear(lattice, row, column) for lattice in lattices)
    return x_px, y_px


def _convolve(counts: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """`counts` convolved with an odd-sided `kernel`, same shape; counts are 0 within half a kernel of the edge."""
    shape = counts.shape
    spread = np.fft.irfft2(np.fft.rfft2(counts) * np.fft.rfft2(kernel, shape), shape)
    half = kernel.shape[0] // 2
    return np.maximum(np.roll(spread, (-half, -half), axis=(0, 1)), 0.0)


def _bilinear(grid: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """`grid` at fractional `row`, `column`; 0 outside."""
    inside = (row >= 0) & (row <= grid.shape[0] - 1) & (column >= 0) & (column <= grid.shape[1] - 1)
    up = np.clip(row.astype(np.int64), 0, grid.shape[0] - 2)
    left = np.clip(column.astype(np.int64), 0, grid.shape[1] - 2)
    v, u = row - up, column - left
    low = grid[up, left] * (1 - u) + grid[up, left + 1] * u
    high = grid[up + 1, left] * (1 - u) + grid[up + 1, left + 1] * u
    return np.where(inside, low * (1 - v) + high * v, 0.0)
