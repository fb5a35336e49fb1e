"""Cuts a partition into the cells of its index: which unit holds a cell, or which edges cross it.

Written in the part of Python that numba compiles, in one file on purpose; see `geo.compiled`.

*Pieces.* A piece is one unit in one cell: the unit's edges that meet the cell, and its base (see `lookup.settle`). At
the root each unit is one piece with all of its edges and base False. Splitting a cell turns each of its pieces into the
pieces of the children that its edges meet; a child that none of a unit's edges meet lies wholly inside or outside.
Inside or outside is found by one ray per row of children, at half their height, running west: it crosses the piece's
edges at columns that rounding may move by one, but an edge so near to a side of a child is among the child's own edges,
and those are taken out of the count and put in again by exact comparisons.
"""

from math import floor
from typing import Any

import numpy as np

from geo.compiled import compiled


@compiled
def with_room(values: Any, used: int, wanted: int) -> Any:
    """`values`, or a longer copy, with `wanted` free places after the first `used`."""
    if used + wanted <= values.size:
        return values
    longer = np.empty(2 * values.size + wanted, values.dtype)
    longer[:used] = values[:used]
    return longer


@compiled
def row_columns(ax: float, ay: float, bx: float, by: float, south: float, size: float, slack: float) -> Any:
    """First and last column that the edge a-b meets in the row of cells at `south`, and where its middle is crossed.

    The third value is the column at half the row's height, or -2**62 where the edge does not reach it. Columns count
    from x = 0; the span is `slack` wider on both sides than computed.
    """
    low, high = min(ax, bx), max(ax, bx)
    at = -(2**62)
    slope = (bx - ax) / (by - ay) if ay != by else np.inf
    if abs(slope) < np.inf:
        first = ax + (min(max(south, min(ay, by)), max(ay, by)) - ay) * slope
        last = ax + (min(max(south + size, min(ay, by)), max(ay, by)) - ay) * slope
        left, right = min(first, last), max(first, last)
        middle = south + size / 2
        if (ay > middle) != (by > middle):
            at = floor(min(max(ax + (middle - ay) * slope, low), high) / size)
        low, high = max(low, left), min(high, right)
    return floor((low - slack) / size), floor((high + slack) / size), at


@compiled
def bounds_of(edges: Any, xy: Any, size: float, slack: float) -> Any:
    """First column, first row, last column, last row of the cells that the bounds of `edges` meet."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for e in edges:
        for k in range(e, e + 2):
            west, south = min(west, xy[k, 0]), min(south, xy[k, 1])
            east, north = max(east, xy[k, 0]), max(north, xy[k, 1])
    return floor((west - slack) / size), floor(south / size), floor((east + slack) / size), floor(north / size)


@compiled
def cross(edges: Any, base: bool, xy: Any, box: Any, west: float, size: float, slack: float) -> Any:
    """How many of a piece's `edges` meet each cell of `box`, and whether its middle ray is inside there, as arrays.

    `box` is (first column, first row, columns, rows) of the children, `west` the western side of the piece's cell.
    The middle ray of a row comes from the west; a cell's flag tells what it is after all edges in columns before it.
    """
    column0, row0, columns, rows = box
    count = np.zeros((rows, columns), np.int32)
    inside = np.zeros((rows, columns), np.bool_)
    for r in range(rows):
        inside[r, 0] = base
    for e in edges:
        ax, ay, bx, by = xy[e, 0], xy[e, 1], xy[e + 1, 0], xy[e + 1, 1]
        for r in range(rows):
            middle = (row0 + r) * size + size / 2
            if (ax < west and ay > middle) != (bx < west and by > middle):
                inside[r, 0] = not inside[r, 0]
        first = max(floor(min(ay, by) / size) - row0, 0)
        last = min(floor(max(ay, by) / size) - row0, rows - 1)
        for r in range(first, last + 1):
            begin, end, at = row_columns(ax, ay, bx, by, (row0 + r) * size, size, slack)
            for c in range(max(begin - column0, 0), min(end - column0, columns - 1) + 1):
                count[r, c] += 1
            after = max(at - column0 + 1, 0)
            if at > -(2**62) and after < columns:
                inside[r, after] = not inside[r, after]
    for r in range(rows):
        for c in range(1, columns):
            inside[r, c] ^= inside[r, c - 1]
    return count, inside


@compiled
def base_of(edges: Any, inside: bool, xy: Any, column: int, row: int, size: float, slack: float) -> bool:
    """The base of a child's piece: `inside` without the edges of its own that the ray met, as `lookup.settle` adds."""
    west, middle = column * size, row * size + size / 2
    for e in edges:
        ax, ay, bx, by = xy[e, 0], xy[e, 1], xy[e + 1, 0], xy[e + 1, 1]
        if (ay > middle) != (by > middle):
            _, _, at = row_columns(ax, ay, bx, by, row * size, size, slack)
            if at < column:
                inside = not inside
        if (ax < west and ay > middle) != (bx < west and by > middle):
            inside = not inside
    return inside


@compiled
def split(pieces: Any, parents: Any, side: Any, is_root: bool, xy: Any, size: float, slack: float, owner: Any) -> Any:
    """The pieces of the children of cells.

    `pieces` is (cell, unit, base, starts, edges), sorted by cell, then unit (units are numbered in the order of their
    codes); `parents` (column, row) of each cell's first child at the children's `size`; `side` (columns, rows) of
    children in a cell. `owner` holds, per child, the lowest unit that holds it whole (or more than any unit): it is
    lowered here. With `is_root` the one cell holds every unit whole, and only children within a unit's bounds are
    looked at. Returns (child, unit, base, starts, edges), in the order of the pieces; a unit that can never win in a
    child is left out.
    """
    cell, unit, base, starts, edges = pieces
    columns, rows = side
    out_child, out_unit = np.empty(1024, np.int64), np.empty(1024, np.int32)
    out_base, out_start = np.empty(1024, np.bool_), np.empty(1025, np.int64)
    out_edges = np.empty(4096, np.int32)
    n, used = 0, 0
    out_start[0] = 0
    for piece in range(cell.size):
        mine = edges[starts[piece] : starts[piece + 1]]
        column0, row0 = parents[cell[piece], 0], parents[cell[piece], 1]
        west = column0 * size
        first_c, first_r, last_c, last_r = column0, row0, column0 + columns - 1, row0 + rows - 1
        if is_root:
            first_c, first_r, last_c, last_r = bounds_of(mine, xy, size, slack)
            first_c, first_r = max(first_c, column0), max(first_r, row0)
            last_c, last_r = min(last_c, column0 + columns - 1), min(last_r, row0 + rows - 1)
        box = (first_c, first_r, last_c - first_c + 1, last_r - first_r + 1)
        count, inside = cross(mine, base[piece], xy, box, west, size, slack)
        place = np.zeros(count.shape, np.int64)
        children, total = 0, 0
        for r in range(box[3]):
            for c in range(box[2]):
                child = (cell[piece] * rows + first_r - row0 + r) * columns + first_c - column0 + c
                place[r, c] = -1
                if unit[piece] > owner[child]:
                    continue
                if count[r, c]:
                    place[r, c] = used + total
                    total += count[r, c]
                    children += 1
                elif inside[r, c]:
                    owner[child] = unit[piece]
        out_child, out_unit = with_room(out_child, n, children), with_room(out_unit, n, children)
        out_base, out_start = with_room(out_base, n, children), with_room(out_start, n + 1, children)
        out_edges = with_room(out_edges, used, total)
        for e in mine:
            ax, ay, bx, by = xy[e, 0], xy[e, 1], xy[e + 1, 0], xy[e + 1, 1]
            first = max(floor(min(ay, by) / size) - first_r, 0)
            last = min(floor(max(ay, by) / size) - first_r, box[3] - 1)
            for r in range(first, last + 1):
                begin, end, _ = row_columns(ax, ay, bx, by, (first_r + r) * size, size, slack)
                for c in range(max(begin - first_c, 0), min(end - first_c, box[2] - 1) + 1):
                    if place[r, c] >= 0:
                        out_edges[place[r, c]] = e
                        place[r, c] += 1
        for r in range(box[3]):
            for c in range(box[2]):
                if place[r, c] < 0:
                    continue
                own = out_edges[used : used + count[r, c]]
                used += count[r, c]
                out_child[n] = (cell[piece] * rows + first_r - row0 + r) * columns + first_c - column0 + c
                out_unit[n] = unit[piece]
                out_base[n] = base_of(own, inside[r, c], xy, first_c + c, first_r + r, size, slack)
                n += 1
                out_start[n] = used
    return out_child[:n], out_unit[:n], out_base[:n], out_start[: n + 1], out_edges[:used]


@compiled
def reorder(order: Any, starts: Any, edges: Any) -> Any:
    """`starts` and `edges` of pieces taken in `order`."""
    new_starts = np.zeros(order.size + 1, np.int64)
    for n in range(order.size):
        new_starts[n + 1] = new_starts[n] + starts[order[n] + 1] - starts[order[n]]
    new_edges = np.empty(new_starts[-1], edges.dtype)
    for n in range(order.size):
        new_edges[new_starts[n] : new_starts[n + 1]] = edges[starts[order[n]] : starts[order[n] + 1]]
    return new_starts, new_edges


@compiled
def count_rows(cell: Any, starts: Any, edges: Any) -> int:
    """How many rows `to_records` writes."""
    n = 0
    for piece in range(cell.size):
        if piece == 0 or cell[piece] != cell[piece - 1]:
            n += 1
        for k in range(starts[piece], starts[piece + 1]):
            n += 1 if k > starts[piece] and edges[k] == edges[k - 1] + 1 else 3
    return n


@compiled
def to_records(pieces: Any, otherwise: Any, names: Any, xy: Any, n_rows: int) -> Any:
    """Pieces (cell, unit, base, starts, edges) as the records of leaves that `lookup.settle` reads; where each begins.

    `otherwise` tells, per cell in the order of the pieces, the answer where no unit of the leaf holds a point.
    """
    cell, unit, base, starts, edges = pieces
    records, begins = np.empty((n_rows, 2)), np.empty(otherwise.size, np.int64)
    n, leaf, run = 0, -1, -1
    for piece in range(cell.size):
        if piece == 0 or cell[piece] != cell[piece - 1]:
            leaf += 1
            begins[leaf] = n
            records[n, 0], records[n, 1] = otherwise[leaf], 0.0
            n += 1
        for k in range(starts[piece], starts[piece + 1]):
            e = edges[k]
            if k == starts[piece] or e != edges[k - 1] + 1:
                run = n
                records[run, 0], records[run, 1] = names[unit[piece]], 0.0
                records[n + 1] = xy[e]
                n += 2
                records[begins[leaf], 1] += 1.0
            records[n] = xy[e + 1]
            n += 1
            records[run, 1] += -1.0 if base[piece] else 1.0
    return records, begins
