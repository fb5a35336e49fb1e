"""Where water runs, worked out from the elevation raster: lines for the eye, not a register of rivers."""

from heapq import heappop, heappush
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject, transform_bounds

from geo import crs
from geo.compiled import compiled

#: Cells at most: a prefecture's valleys need no more, and the flood stays under a second.
MAX_CELLS = 600_000
#: Square kilometres drained from which a line is a stream, and from which it is a river.
STREAM_KM2, RIVER_KM2 = 40.0, 600.0
Ints = NDArray[np.int64]


def find_streams(file: Path, metric_crs: str) -> tuple[NDArray[np.object_], list[str]]:
    """Lines (lon/lat) down the valleys of the raster `file`, each from one meeting of waters to the next, and its kind.

    Kinds are "stream" and "river". A raster so small that nothing drains `STREAM_KM2` has none.
    """
    height_m, left, top, step_m = _read(file, metric_crs)
    known = np.isfinite(height_m)
    receiver, drained = drain(np.where(known, height_m, 0.0), known)
    drained_km2 = drained * step_m**2 / 1e6
    chains = trace(receiver, drained_km2 >= STREAM_KM2)
    columns = height_m.shape[1]
    lines, kinds = [], []
    for chain in chains:
        x_m, y_m = left + (chain % columns + 0.5) * step_m, top - (chain // columns + 0.5) * step_m
        lines.append(shapely.linestrings(soften(np.column_stack([x_m, y_m]))))
        kinds.append("river" if drained_km2[chain[0]] >= RIVER_KM2 else "stream")
    found: NDArray[np.object_] = crs.transform_geometry(np.array(lines, dtype=object), metric_crs, crs.WGS84)
    return found, kinds


@compiled
def drain(height_m: NDArray[np.float64], known: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.float64]]:
    """The cell that each cell drains to (-1 where water leaves the raster), and how many drain through it.

    Priority flood from the edge of what is known (Barnes, Lehman and Mulla 2014): pits fill and overflow. Both
    arrays are flat, in row order; a cell counts itself.

    >>> receiver, drained = drain(np.array([[3.0, 2.0, 1.0], [9.0, 5.0, 9.0], [9.0, 9.0, 9.0]]), np.full((3, 3), True))
    >>> int(receiver[4]), float(drained[2])
    (2, 2.0)
    """
    rows, columns = height_m.shape
    receiver = np.full(rows * columns, -1, dtype=np.int64)
    done = np.zeros(rows * columns, dtype=np.bool_)
    order = np.empty(rows * columns, dtype=np.int64)
    drained = np.zeros(rows * columns, dtype=np.float64)
    heap = [(0.0, 0)]
    heappop(heap)
    for i in range(rows * columns):
        row, column = i // columns, i % columns
        if not known[row, column]:
            done[i] = True
            continue
        is_edge = row == 0 or column == 0 or row == rows - 1 or column == columns - 1
        if not is_edge:
            is_edge = not known[row - 1 : row + 2, column - 1 : column + 2].all()
        if is_edge:
            done[i] = True
            heappush(heap, (height_m[row, column], i))
    n = 0
    while len(heap) > 0:
        level, i = heappop(heap)
        order[n] = i
        n += 1
        row, column = i // columns, i % columns
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                j = r * columns + c
                if not done[j]:
                    done[j] = True
                    receiver[j] = i
                    heappush(heap, (max(level, height_m[r, c]), j))
    for k in range(n - 1, -1, -1):
        i = order[k]
        drained[i] += 1.0
        if receiver[i] >= 0:
            drained[receiver[i]] += drained[i]
    return receiver, drained


def trace(receiver: Ints, is_stream: NDArray[np.bool_]) -> list[Ints]:
    """The cells of each line, downhill, from a spring or a meeting of waters to the next meeting (it included).

    >>> [chain.tolist() for chain in trace(np.array([2, 2, 3, -1]), np.full(4, True))]
    [[0, 2], [1, 2], [2, 3]]
    """
    cells = np.flatnonzero(is_stream)
    down = receiver[cells]
    n_above = np.bincount(down[down >= 0], minlength=len(receiver))
    chains = []
    for start in cells[n_above[cells] != 1].tolist():
        chain, here = [start], int(receiver[start])
        while here >= 0:
            chain.append(here)
            if n_above[here] != 1:
                break
            here = int(receiver[here])
        if len(chain) > 1:
            chains.append(np.array(chain))
    return chains


def soften(xy: NDArray[np.float64], times: int = 3) -> NDArray[np.float64]:
    """A line [n, 2] with its corners cut `times` times (Chaikin 1974); its ends stay.

    >>> soften(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]), times=1).tolist()
    [[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [4.0, 1.0], [4.0, 3.0], [4.0, 4.0]]
    """
    for _ in range(times):
        near, far = 0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]
        xy = np.concatenate([xy[:1], np.stack([near, far], axis=1).reshape(-1, 2), xy[-1:]])
    return xy


def _read(file: Path, metric_crs: str) -> tuple[NDArray[np.float64], float, float, float]:
    """Heights in square cells of the metric CRS (NaN where unknown), west and north edge and side in metres."""
    with rasterio.open(file, driver="GTiff") as raster:
        west, south, east, north = transform_bounds(raster.crs, metric_crs, *raster.bounds)
        finest_m = ((east - west) * (north - south) / (raster.width * raster.height)) ** 0.5
        step_m = max(finest_m, ((east - west) * (north - south) / MAX_CELLS) ** 0.5)
        shape = max(1, int((north - south) / step_m)), max(1, int((east - west) / step_m))
        height_m = np.full(shape, np.nan, dtype=np.float32)
        reproject(
            rasterio.band(raster, 1),
            height_m,
            dst_transform=Affine(step_m, 0, west, 0, -step_m, north),
            dst_crs=metric_crs,
            dst_nodata=np.nan,
            resampling=Resampling.average,
        )
    return height_m.astype(np.float64), west, north, step_m
