"""The demo's elevation raster: the bare land in git, drawn finer, with small forms that the seed makes."""

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine
from scipy.ndimage import gaussian_filter, map_coordinates, zoom

from geo.demo.land import HALF_HIGH_M, HALF_WIDE_M, METRIC_CRS, MIDDLE_M, STEP_M, read_land

PIXEL_M = 100.0
#: The map shows the land beyond the borders, too.
AROUND_M = 14_000.0
#: The land ends in its outlets; that edge is not shown.
_INNER = 0.98


def write_elevation(path: Path, bounds: tuple[float, float, float, float], seed: int) -> None:
    """A GeoTIFF of heights in m (int16, `PIXEL_M` pixels) over `bounds` (demo metres) and `AROUND_M` beyond them."""
    rng = np.random.default_rng([seed, 5])
    frame = np.array([-HALF_WIDE_M, -HALF_HIGH_M, HALF_WIDE_M, HALF_HIGH_M]) * _INNER
    wanted = np.array(bounds) + AROUND_M * np.array([-1, -1, 1, 1])
    outer = np.where([True, True, False, False], np.maximum(wanted, frame), np.minimum(wanted, frame))
    minx, miny, maxx, maxy = PIXEL_M * np.round(outer / PIXEL_M)
    x, y = np.arange(minx + PIXEL_M / 2, maxx, PIXEL_M), np.arange(maxy - PIXEL_M / 2, miny, -PIXEL_M)
    at = np.meshgrid((y + HALF_HIGH_M) / STEP_M, (x + HALF_WIDE_M) / STEP_M, indexing="ij")
    height = map_coordinates(read_land().height_m, at, order=3, mode="nearest")
    steep = np.hypot(*np.gradient(height, PIXEL_M))
    fine = sum(weight * _noise(len(y), len(x), k, rng) for weight, k in ((60.0, 8), (30.0, 4), (12.0, 2)))
    made = np.clip(np.round(height + np.asarray(fine) * (0.08 + steep)), 1, 3000).astype(np.int16)
    profile = {
        "driver": "GTiff", "dtype": "int16", "count": 1, "height": len(y), "width": len(x), "crs": METRIC_CRS,
        "transform": Affine(PIXEL_M, 0, minx + MIDDLE_M[0], 0, -PIXEL_M, maxy + MIDDLE_M[1]),
        "compress": "deflate", "predictor": 2, "tiled": True,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(made, 1)


def _noise(n_rows: int, n_columns: int, step: int, rng: np.random.Generator) -> NDArray[np.float64]:
    coarse = gaussian_filter(rng.normal(size=(n_rows // step + 2, n_columns // step + 2)), 1.2)
    return np.asarray(zoom(coarse, step, order=1)[:n_rows, :n_columns], float)
