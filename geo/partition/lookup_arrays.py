"""`geo.partition.lookup.look_up` over whole arrays, for where numba is missing: the same answers from NumPy."""

from typing import Any

import numpy as np
import numpy.typing as npt

from geo.partition.lookup import ORIENT_ERROR, OUTSIDE, SPLIT, SPLIT_BITS, exact_orientation

Floats = npt.NDArray[np.float64]


def look_up_arrays(x: Floats, y: Floats, frame: Any, cells: Any, records: Any) -> npt.NDArray[np.int32]:
    """The unit of each point, OUTSIDE where it is not finite; the other arguments as `lookup.look_up` takes them."""
    scale, root_bits, column0, row0, columns, rows = frame
    found = np.full(len(x), OUTSIDE, dtype=np.int32)
    low = np.array([column0, row0]) * 2.0**root_bits / scale
    high = np.array([column0 + columns, row0 + rows]) * 2.0**root_bits / scale
    near = np.flatnonzero((x >= low[0]) & (x < high[0]) & (y >= low[1]) & (y < high[1]))
    column, row = (np.floor(values[near] * scale).astype(np.int64) for values in (x, y))
    value = cells[((row >> root_bits) - row0) * columns + (column >> root_bits) - column0]
    west = np.full(len(near), np.nan)
    for bits in range(root_bits, -1, -SPLIT_BITS):
        crossed = (value < OUTSIDE) & ((-2 - value) & 1 == 1) & np.isnan(west)
        west[crossed] = ((column[crossed] >> bits) << bits) / scale
        deeper = np.flatnonzero((value < OUTSIDE) & ((-2 - value) & 1 == 0))
        if bits and len(deeper):
            inner = (row[deeper] >> (bits - SPLIT_BITS) & (SPLIT - 1)) << SPLIT_BITS
            inner += column[deeper] >> (bits - SPLIT_BITS) & (SPLIT - 1)
            block = (-2 - value[deeper].astype(np.int64)) >> 1
            value[deeper] = cells[columns * rows + (block << (2 * SPLIT_BITS)) + inner]
    open_ = np.flatnonzero(value < OUTSIDE)
    value[open_] = _settle(
        x[near[open_]], y[near[open_]], west[open_], (-3 - value[open_].astype(np.int64)) >> 1, records
    )
    found[near] = value
    return found


def _settle(x: Floats, y: Floats, west: Floats, leaf: Any, records: Any) -> Any:
    answer = records[leaf, 0].astype(np.int32)
    point, at = np.arange(len(leaf)), leaf + 1
    unit, odd = np.full(len(leaf), OUTSIDE), np.zeros(len(leaf), dtype=bool)
    left = records[leaf, 1].astype(np.int64)
    while len(point):
        named, n_edges = records[at].T.astype(np.int64)
        done = (named != unit[point]) & odd[point]
        answer[point[done]] = unit[point[done]]
        odd[point] = np.where(named != unit[point], n_edges < 0, odd[point])
        unit[point] = named
        n_edges = np.abs(n_edges)
        run, corner = _spread(at + 1, n_edges)
        owner = point[run]
        crosses, touches = _cross(x[owner], y[owner], records[corner], records[corner + 1])
        flips = np.bincount(run, crosses, len(point)).astype(np.int64)
        for end in (at + 1, at + 1 + n_edges):
            flips += (records[end, 0] < west[point]) & (records[end, 1] > y[point])
        odd[point] ^= flips % 2 == 1
        on = (np.bincount(run, touches, len(point)) > 0) & ~done
        left[point] -= 1
        last = (left[point] == 0) & ~done
        holds = on | (last & odd[point])
        answer[point[holds]] = unit[point[holds]]
        goes_on = ~(done | on | last)
        point, at = point[goes_on], (at + n_edges + 2)[goes_on]
    return answer


def _spread(start: Any, n: Any) -> tuple[Any, Any]:
    """For each item its number, once per value start, start + 1, ... of its n; and that value."""
    item = np.repeat(np.arange(len(n)), n)
    return item, np.arange(len(item)) - np.repeat(np.cumsum(n) - n, n) + np.repeat(start, n)


def _cross(px: Floats, py: Floats, a: Floats, b: Floats) -> tuple[Any, Any]:
    """Whether each edge a-b crosses the ray west of p, and whether p lies on it."""
    (ax, ay), (bx, by) = a.T, b.T
    above, b_above = ay > py, by > py
    left, right = (ax - px) * (by - py), (ay - py) * (bx - px)
    side = np.sign(left - right).astype(np.int64)
    meets = above != b_above
    for n in np.flatnonzero(meets & (np.abs(left - right) <= ORIENT_ERROR * (np.abs(left) + np.abs(right)))):
        side[n] = exact_orientation(ax[n], ay[n], bx[n], by[n], px[n], py[n])
    level = (ay == py) & (by == py) & (np.minimum(ax, bx) <= px) & (px <= np.maximum(ax, bx))
    end = ((ay == py) & (ax == px)) | ((by == py) & (bx == px))
    return meets & (side != 0) & ((side < 0) == b_above), (meets & (side == 0)) | (~meets & (level | end))
