"""The look-up of a point in a `geo.partition.index.PartitionIndex`: cells, and the edges of the cells that have some.

Written in the part of Python that numba compiles, in one file on purpose; see `geo.compiled`.
"""

from typing import Any

import numpy as np

from geo.compiled import compiled

#: A cell that is split is split into SPLIT x SPLIT.
SPLIT_BITS = 3
SPLIT = 1 << SPLIT_BITS
OUTSIDE = -1
#: Points that go through the look-up together.
BATCH = 1024
#: Relative error of the orientation determinant in doubles (Shewchuk 1997, ccwerrboundA).
ORIENT_ERROR = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
#: Splits a double into two halves of 26 bits (Dekker 1971).
SPLITTER = 134217729.0


@compiled
def two_product(a: float, b: float) -> Any:
    """a * b as the rounded product and its exact error (Dekker 1971)."""
    product = a * b
    c = SPLITTER * a
    a_high = c - (c - a)
    a_low = a - a_high
    c = SPLITTER * b
    b_high = c - (c - b)
    b_low = b - b_high
    error = product - a_high * b_high - a_low * b_high - a_high * b_low
    return product, a_low * b_low - error


@compiled
def two_sum(a: float, b: float) -> Any:
    """a + b as the rounded sum and its exact error (Knuth)."""
    total = a + b
    b_part = total - a
    return total, (a - (total - b_part)) + (b - b_part)


@compiled
def exact_orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """`orientation` without rounding: the determinant as a sum of doubles that do not overlap (Shewchuk 1997).

    >>> exact_orientation(0.0, 0.0, 3.0, 3.0, 1.0, 1.0 + 2.0**-52), exact_orientation(0.1, 0.1, 0.3, 0.3, 0.2, 0.2)
    (1, 0)
    """
    sums = np.zeros(16)
    n = 0
    for turn in range(2):
        left = two_sum(ax, -px) if turn == 0 else two_sum(ay, -py)
        right = two_sum(by, -py) if turn == 0 else two_sum(bx, -px)
        sign = 1.0 if turn == 0 else -1.0
        for i in range(2):
            for j in range(2):
                product = two_product(sign * left[i], right[j])
                for k in range(2):
                    carried = product[1 - k]
                    for m in range(n):
                        carried, sums[m] = two_sum(carried, sums[m])
                    sums[n] = carried
                    n += 1
    for m in range(n - 1, -1, -1):
        if sums[m] != 0.0:
            return 1 if sums[m] > 0.0 else -1
    return 0


@compiled
def orientation(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """1 where p lies left of the line from a to b, -1 right of it, 0 on it.

    Exact for coordinates up to 1e150 whose differences are 0 or above 1e-140 (no product over- or underflows).

    >>> orientation(0.0, 0.0, 0.0, 1.0, -1.0, 5.0), orientation(0.0, 0.0, 0.0, 1.0, 1.0, 5.0)
    (1, -1)
    """
    left, right = (ax - px) * (by - py), (ay - py) * (bx - px)
    det = left - right
    doubt = ORIENT_ERROR * (abs(left) + abs(right))
    if det > doubt:
        return 1
    if -det > doubt:
        return -1
    return exact_orientation(ax, ay, bx, by, px, py)


@compiled
def on_level_edge(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> bool:
    """Whether p lies on an edge that does not cross its height: on a level edge, or at an end."""
    if ay == py and by == py:
        return min(ax, bx) <= px <= max(ax, bx)
    return (ay == py and ax == px) or (by == py and bx == px)


@compiled
def settle(px: float, py: float, west: float, leaf: int, records: Any) -> int:
    """The unit of a point in a leaf, whose cell's western side is `west`: the first of its units that holds the point.

    `records[leaf]` is (the answer where none does, number of runs). Each run follows as a row (unit, edges) and the
    corners of its edges, one after the other; edges are negative where the unit holds the cell's base. A unit's runs
    follow one another, the lowest code first, and only the first tells the base.

    A point is in a unit if its ray to the west crosses the unit's edges an odd number of times. Edges
    beyond the cell are not there to be crossed: each line of edges that ends west of the cell counts as if it went on
    straight down from its end, and the base is what that leaves out, the same for all points of the cell.
    """
    unit, inside, at = float(OUTSIDE), False, leaf + 1
    for _ in range(int(records[leaf, 1])):
        n_edges = int(records[at, 1])
        if records[at, 0] != unit:
            if inside:
                return int(unit)
            unit, inside = records[at, 0], n_edges < 0
        n_edges = abs(n_edges)
        ax, ay = records[at + 1, 0], records[at + 1, 1]
        above = ay > py
        if above and ax < west:
            inside = not inside
        for corner in range(at + 2, at + 2 + n_edges):
            bx, by = records[corner, 0], records[corner, 1]
            b_above = by > py
            if b_above != above:
                side = orientation(ax, ay, bx, by, px, py)
                if side == 0:
                    return int(unit)
                if (side < 0) == b_above:
                    inside = not inside
            elif on_level_edge(ax, ay, bx, by, px, py):
                return int(unit)
            ax, ay, above = bx, by, b_above
        if above and ax < west:
            inside = not inside
        at += n_edges + 2
    return int(unit) if inside else int(records[leaf, 0])


@compiled
def look_up(begin: int, end: int, x: Any, y: Any, found: Any, frame: Any, cells: Any, records: Any) -> int:
    """Fill `found[begin:end]` with the unit of each point, OUTSIDE where there is none; how many points are not finite.

    `frame` is (cells per unit of length at the finest level, bits from there to the root, first column, first row,
    columns, rows); `cells` holds a unit or OUTSIDE, or -2 - 2 k for block k of cells, -3 - 2 k for the leaf at row k of
    `records`, which `settle` describes.

    Points go through in batches, each step for the whole batch: most of the time is spent waiting for memory, and a
    processor waits for many points at once where the next point's address does not depend on this one's answer.
    """
    scale, root_bits, column0, row0, columns, rows = frame
    left, low = (column0 << root_bits) / scale, (row0 << root_bits) / scale
    right, high = ((column0 + columns) << root_bits) / scale, ((row0 + rows) << root_bits) / scale
    root, n_not_finite = columns * rows, 0
    asked, leaf, bits = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    column, row = np.empty(BATCH, np.int64), np.empty(BATCH, np.int64)
    west, touched = np.empty(BATCH, np.float64), np.empty(BATCH, np.float64)
    for start in range(begin, end, BATCH):
        n = 0
        for i in range(start, min(start + BATCH, end)):
            px, py = x[i], y[i]
            if not (left <= px < right and low <= py < high):
                found[i] = OUTSIDE
                n_not_finite += not (abs(px) < np.inf and abs(py) < np.inf)
                continue
            c, r = int(np.floor(px * scale)), int(np.floor(py * scale))
            value = cells[((r >> root_bits) - row0) * columns + (c >> root_bits) - column0]
            found[i] = value
            asked[n], column[n], row[n], bits[n] = i, c, r, root_bits
            n += value < OUTSIDE
        deeper, level = n > 0, root_bits
        while deeper:
            deeper, level = False, level - SPLIT_BITS
            for k in range(n):
                value = found[asked[k]]
                if value < OUTSIDE and not value & 1:
                    inner = (((row[k] >> level) & (SPLIT - 1)) << SPLIT_BITS) + ((column[k] >> level) & (SPLIT - 1))
                    found[asked[k]] = cells[root + (((-2 - value) >> 1) << (2 * SPLIT_BITS)) + inner]
                    bits[k] = level
                    deeper = True
        m = 0
        for k in range(n):
            value = found[asked[k]]
            asked[m], leaf[m] = asked[k], (-3 - value) >> 1
            west[m] = ((column[k] >> bits[k]) << bits[k]) / scale
            m += value < OUTSIDE
        for k in range(m):
            touched[k] = records[leaf[k], 0] + records[min(leaf[k] + 4, records.shape[0] - 1), 0]
        for k in range(m):
            found[asked[k]] = settle(x[asked[k]], y[asked[k]], west[k], leaf[k], records)
    return n_not_finite
