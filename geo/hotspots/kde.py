"""Kernel density on square cells of the metric CRS, corrected at the outline's edge, and its warp to a map picture.

The kernel K of bandwidth h, d metres from a point: gaussian `exp(-d^2 / 2h^2) / (2 pi h^2)`, cut at 4 h; quartic
`3 / (pi h^2) (1 - d^2 / h^2)^2` within h, 0 beyond (Silverman 1986, section 4.2). A density is divided by the share of
the kernel about each cell that lies inside the outline (Diggle 1985), as nothing is counted beyond it.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from rasterio.features import rasterize
from rasterio.transform import Affine
from scipy import fft
from shapely.geometry.base import BaseGeometry

from geo.compiled import compiled, read_only
from geo.crs import transform_xy

Kernel = Literal["gaussian", "quartic"]
KERNELS: tuple[Kernel, ...] = ("gaussian", "quartic")
#: How far a kernel reaches, in bandwidths.
_REACH: dict[Kernel, float] = {"gaussian": 4.0, "quartic": 1.0}
#: Bandwidth of the quartic kernel that smooths as much as a Gaussian one of 1: the sixth root of the ratio of
#: R(K) / mu2(K)^2 in two dimensions, 576 / (5 pi) and 1 / (4 pi) (Wand and Jones 1995, section 4.3).
_CANONICAL: dict[Kernel, float] = {"gaussian": 1.0, "quartic": (2304 / 5) ** (1 / 6)}
#: The interquartile range of a normal distribution, in standard deviations.
_NORMAL_IQR = 1.349
_CELLS_PER_BANDWIDTH = 8
_MIN_CELL_M = 50.0
#: Rows that are smoothed at a time, so that memory stays small and threads have something to share.
_STRIP_ROWS = 448
_WORKERS = min(4, os.cpu_count() or 1)
_LATTICE_PX = 16
#: Round steps between the classes of a density, times a power of ten.
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
#: A smaller share of the kernel inside the outline is none, but for rounding.
_LEAST_MASS = np.float32(1e-6)
_MERCATOR = "EPSG:3857"
_WGS84 = "EPSG:4326"

Floats = npt.NDArray[np.float64]
Density = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Square cells of `cell_m` metres from the corner (`x_m`, `y_m`): rows go north, columns east; `shape` of both."""

    x_m: float
    y_m: float
    cell_m: float
    shape: tuple[int, int]

    def count(self, x_m: Floats, y_m: Floats, weights: Floats | None = None) -> Floats:
        """Points (float64 (n,) each, metres) or their weights per cell: float64 of `shape`; those beyond are left out.

        >>> Cells(0.0, 0.0, 10.0, (1, 2)).count(np.array([1.0, 12.0, 15.0]), np.array([5.0, 5.0, 99.0])).tolist()
        [[1.0, 1.0]]
        """
        place = self.places(x_m, y_m)
        some = None if weights is None else weights[place >= 0]
        n_cells = self.shape[0] * self.shape[1]
        return np.bincount(place[place >= 0], some, minlength=n_cells).reshape(self.shape).astype(np.float64)

    def places(self, x_m: Floats, y_m: Floats) -> npt.NDArray[np.int64]:
        """The cell of each point, counted along the rows: int64 (n,), -1 for points beyond and those without a place.

        >>> Cells(0.0, 0.0, 10.0, (2, 3)).places(np.array([1.0, 12.0, -1.0]), np.array([5.0, 15.0, 5.0])).tolist()
        [0, 4, -1]
        """
        n_rows, n_columns = self.shape
        row, column = np.floor((y_m - self.y_m) / self.cell_m), np.floor((x_m - self.x_m) / self.cell_m)
        inside = (row >= 0) & (row < n_rows) & (column >= 0) & (column < n_columns)
        return np.where(inside, row * n_columns + column, -1).astype(np.int64)

    def transform(self) -> Affine:
        """From (column, row) to metres, rows going north."""
        return Affine(self.cell_m, 0.0, self.x_m, 0.0, self.cell_m, self.y_m)


def cells_over(bounds: tuple[float, float, float, float], cell_m: float) -> Cells:
    """The cells over `bounds` (minx, miny, maxx, maxy, metres), their corners at multiples of `cell_m`.

    >>> cells_over((5.0, 12.0, 31.0, 20.0), 10.0)
    Cells(x_m=0.0, y_m=10.0, cell_m=10.0, shape=(1, 4))
    """
    left, low = (np.floor(side / cell_m) * cell_m for side in bounds[:2])
    n_columns, n_rows = (max(1, int(np.ceil((bounds[i + 2] - at) / cell_m))) for i, at in enumerate((left, low)))
    return Cells(float(left), float(low), cell_m, (n_rows, n_columns))


def cell_size_m(bandwidth_m: float) -> float:
    """Metres of a cell's side: an eighth of the bandwidth, but 50 at least.

    >>> cell_size_m(1000.0), cell_size_m(100.0)
    (125.0, 50.0)
    """
    return max(bandwidth_m / _CELLS_PER_BANDWIDTH, _MIN_CELL_M)


def rule_bandwidth_m(x_m: Floats, y_m: Floats, kernel: Kernel) -> float | None:
    """The normal reference bandwidth `c s n^(-1/6)` of n points in two dimensions (Scott 1992, section 6.3).

    s is the mean over both axes of the smaller of the standard deviation and the interquartile range / 1.349, which
    far-off points do not stretch (Silverman 1986, section 3.4.2). c is 1 for the Gaussian kernel, 2.779 for the quartic
    one, which then smooths as much. Towns are no normal distribution: the rule smooths rather too much than too little.
    None for fewer than two points, or where s is 0.

    >>> x = np.array([0.0, 100.0] * 32)  # n = 64: half the spread; standard deviation 50, a larger quartile range
    >>> rule_bandwidth_m(x, x, "gaussian"), round(rule_bandwidth_m(x, x, "quartic"), 1)
    (25.0, 69.5)
    """
    if len(x_m) < 2:
        return None
    axes = np.stack([x_m, y_m])
    low, high = np.quantile(axes, [0.25, 0.75], axis=1)
    spread = float(np.minimum(axes.std(axis=1), (high - low) / _NORMAL_IQR).mean())
    return _CANONICAL[kernel] * spread * len(x_m) ** (-1 / 6) if spread > 0 else None


def find_inside(outline: Sequence[BaseGeometry], cells: Cells) -> Mask:
    """Cells whose centre lies in a polygon of `outline` (metric CRS): bool of the cells' shape.

    >>> from shapely import box
    >>> find_inside([box(0, 0, 14, 10)], Cells(0.0, 0.0, 10.0, (1, 2))).tolist()
    [[True, False]]
    """
    burnt = rasterize(outline, out_shape=cells.shape, transform=cells.transform(), dtype="uint8")
    return np.asarray(burnt, dtype=bool)


def lay_ground(outline: Sequence[BaseGeometry], kernel: Kernel, bandwidth_m: float) -> tuple[Cells, Mask, Density]:
    """Cells over an outline (polygons in metres), which of them lie inside, and the share of the kernel that does.

    >>> from shapely import box
    >>> cells, inside, mass = lay_ground([box(0, 0, 100, 50)], "quartic", 100.0)
    >>> cells.shape, inside.tolist(), mass.shape
    ((1, 2), [[True, True]], (1, 2))
    """
    minx, miny, maxx, maxy = (float(side) for side in shapely.total_bounds(np.asarray(outline, dtype=object)))
    cells = cells_over((minx, miny, maxx, maxy), cell_size_m(bandwidth_m))
    inside = find_inside(outline, cells)
    return cells, inside, find_mass(inside, kernel, bandwidth_m, cells.cell_m)


def weigh(kernel: Kernel, bandwidth_m: float, cell_m: float) -> Floats:
    """The kernel at the centres of the cells about one, odd-sided, brought to sum 1.

    >>> weigh("quartic", 2.0, 1.0)[2].round(3).tolist()  # 0, 0.5625, 1, 0.5625, 0 over 4.25
    [0.0, 0.132, 0.235, 0.132, 0.0]
    """
    squares = _squares(_REACH[kernel] * bandwidth_m, cell_m) / bandwidth_m**2
    if kernel == "gaussian":
        values = np.exp(-squares / 2) * (squares <= _REACH[kernel] ** 2)
    else:
        values = np.maximum(1 - squares, 0.0) ** 2
    return np.asarray(values / values.sum())


def find_mass(inside: Mask, kernel: Kernel, bandwidth_m: float, cell_m: float) -> Density:
    """The share of the kernel about each cell that lies in the cells `inside`: 0..1, float32, shape as given.

    >>> mass = find_mass(np.array([[True, True, False]]), "quartic", 2.0, 1.0)
    >>> mass.astype(float).round(3).tolist()  # 1 + 0.5625, the same, and 0.5625, over 4.25
    [[0.368, 0.368, 0.132]]
    """
    (found,) = _spread(inside.astype(np.float64), [weigh(kernel, bandwidth_m, cell_m)])
    return np.clip(found, 0.0, 1.0).astype(np.float32)


def find_density(counts: Floats, cell_m: float, kernel: Kernel, bandwidth_m: float, mass: Density) -> Density:
    """Counts per cell smoothed, per km2, edge-corrected by `mass`: float32, shape as given; 0 where mass is 0.

    >>> counts = np.array([[0.0, 4.25, 0.0]])
    >>> find_density(counts, 1000.0, "quartic", 2000.0, np.ones((1, 3), dtype=np.float32)).round(4).tolist()
    [[0.5625, 1.0, 0.5625]]
    """
    (spread,) = _spread(counts, [weigh(kernel, bandwidth_m, cell_m)])
    per_km2 = spread * np.float32(1e6 / cell_m**2)
    found: Density = np.divide(per_km2, mass, out=np.zeros_like(per_km2), where=mass > _LEAST_MASS)
    return found


def count_within(counts: Floats, cell_m: float, radius_m: float) -> Density:
    """What lies in the cells whose centres are at most `radius_m` from each cell's: float32, shape as given.

    >>> count_within(np.array([[1.0, 0.0, 2.0, 0.0]]), 10.0, 10.0).tolist()
    [[1.0, 3.0, 2.0, 2.0]]
    """
    disc = (_squares(radius_m, cell_m) <= radius_m**2 * (1 + 1e-9)).astype(np.float64)
    (found,) = _spread(counts, [disc])
    return np.round(found, 3)


def warp(
    values: Density,
    is_shown: Mask,
    cells: Cells,
    crs: pyproj.CRS,
    bounds: tuple[float, float, float, float],
    width_px: int,
) -> Density:
    """`values` of cells in the metric `crs` on the square pixels of a web-mercator picture over lon/lat `bounds`.

    Bilinear between the centres of cells; NaN where the cell that a pixel lies in `is_shown` not, or beyond the cells.
    Returns float32 (height, `width_px`), north up. A linear stretch instead is off by up to 530 m over a prefecture.

    >>> utm, one = pyproj.CRS("EPSG:32649"), np.ones((2, 2), dtype=np.float32)
    >>> cells = Cells(598000.0, 3128000.0, 8000.0, (2, 2))
    >>> warp(one, one > 0, cells, utm, (112.0, 28.27, 112.04, 28.29), 2).tolist()
    [[1.0, 1.0]]
    """
    corners_x, corners_y = transform_xy(np.array(bounds[::2]), np.array(bounds[1::2]), _WGS84, _MERCATOR)
    pixel_m = (corners_x[1] - corners_x[0]) / width_px
    height_px = max(1, round((corners_y[1] - corners_y[0]) / pixel_m))
    n_across, n_down = width_px // _LATTICE_PX + 2, height_px // _LATTICE_PX + 2
    half_x = (corners_x[1] - corners_x[0]) / width_px / 2
    half_y = (corners_y[1] - corners_y[0]) / height_px / 2
    across = np.linspace(corners_x[0] + half_x, corners_x[1] - half_x, n_across)
    down = np.linspace(corners_y[1] - half_y, corners_y[0] + half_y, n_down)
    lattice_x, lattice_y = np.meshgrid(across, down)
    x_m, y_m = transform_xy(lattice_x.ravel(), lattice_y.ravel(), _MERCATOR, crs)
    # Places on the lattice in cells: projected there, bilinear between (error under 1 m).
    column = ((x_m - cells.x_m) / cells.cell_m).reshape(n_down, n_across)
    row = ((y_m - cells.y_m) / cells.cell_m).reshape(n_down, n_across)
    out = np.empty((height_px, width_px), dtype=np.float32)
    _sample(read_only(values), read_only(is_shown), row, column, out)
    return out


def find_breaks(highest: float, n_classes: int = 6) -> tuple[float, ...]:
    """Lower ends of `n_classes` equal classes on round numbers, the last of which `highest` reaches; () where it is 0.

    >>> find_breaks(7.3)
    (1.2, 2.4, 3.6, 4.8, 6.0, 7.2)
    >>> find_breaks(0.0)
    ()
    """
    if not np.isfinite(highest) or highest <= 0:
        return ()
    widest = highest / n_classes
    power = 10.0 ** np.floor(np.log10(widest))
    step = max((nice * power for nice in _NICE if nice * power <= widest), default=power)
    return tuple(float(f"{step * (i + 1):.6g}") for i in range(n_classes))


def _squares(reach_m: float, cell_m: float) -> Floats:
    """Squared metres between a cell's centre and those of the cells about it, as far as `reach_m`: odd-sided."""
    half = int(reach_m / cell_m * (1 + 1e-9))
    steps = np.arange(-half, half + 1) * cell_m
    return np.asarray(steps[:, None] ** 2 + steps[None, :] ** 2)


def _spread(counts: Floats, kernels: Sequence[Floats]) -> list[Density]:
    """`counts` convolved with odd-sided, even kernels, never below 0: float32, shape as given. By FFT, in strips."""
    n_rows, n_columns = counts.shape
    half = max(len(kernel) // 2 for kernel in kernels)
    n_strip = min(n_rows, max(_STRIP_ROWS, 4 * half))
    size = [fft.next_fast_len(n_strip + 2 * half, real=True), fft.next_fast_len(n_columns + half, real=True)]
    transforms = [fft.rfft2(kernel, size) for kernel in kernels]
    found = [np.zeros(counts.shape, dtype=np.float32) for _ in kernels]

    def smooth(first: int) -> None:
        begin, end = max(first - half, 0), min(first + n_strip + half, n_rows)
        if not counts[begin:end].any():
            return
        transform = fft.rfft2(counts[begin:end], size)
        last = min(first + n_strip, n_rows)
        for kernel, of_kernel, out in zip(kernels, transforms, found, strict=True):
            spread = fft.irfft2(transform * of_kernel, size)
            own = len(kernel) // 2
            rows = slice(first - begin + own, last - begin + own)
            np.maximum(spread[rows, own : own + n_columns], 0.0, out=out[first:last], casting="unsafe")

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(smooth, range(0, n_rows, n_strip)))
    return found


@compiled
def _sample(values: Density, is_shown: Mask, lattice_row: Floats, lattice_column: Floats, out: Density) -> None:
    n_down, n_across = lattice_row.shape
    height, width = out.shape
    n_rows, n_columns = values.shape
    for i in range(height):
        v = i * (n_down - 1) / max(height - 1, 1)
        up = min(int(v), n_down - 2)
        v -= up
        for j in range(width):
            u = j * (n_across - 1) / max(width - 1, 1)
            left = min(int(u), n_across - 2)
            u -= left
            row = (lattice_row[up, left] * (1 - u) + lattice_row[up, left + 1] * u) * (1 - v) + (
                lattice_row[up + 1, left] * (1 - u) + lattice_row[up + 1, left + 1] * u
            ) * v
            column = (lattice_column[up, left] * (1 - u) + lattice_column[up, left + 1] * u) * (1 - v) + (
                lattice_column[up + 1, left] * (1 - u) + lattice_column[up + 1, left + 1] * u
            ) * v
            out[i, j] = np.nan
            if not (0 <= row < n_rows and 0 <= column < n_columns) or not is_shown[int(row), int(column)]:
                continue
            # Centres of cells lie half a cell in; at the rim the rim's own value holds.
            y = min(max(row - 0.5, 0.0), n_rows - 1.0)
            x = min(max(column - 0.5, 0.0), n_columns - 1.0)
            low, west = int(y), int(x)
            high, east = min(low + 1, n_rows - 1), min(west + 1, n_columns - 1)
            y -= low
            x -= west
            lower = values[low, west] * (1 - x) + values[low, east] * x
            upper = values[high, west] * (1 - x) + values[high, east] * x
            out[i, j] = lower * (1 - y) + upper * y
