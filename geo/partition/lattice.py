"""The cells of an index, level by level: split where many edges meet, as far as the room allows."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.errors import TooLarge, Words
from geo.partition.cells import count_rows, reorder, split, to_records
from geo.partition.lookup import OUTSIDE, SPLIT, SPLIT_BITS

#: A cell with more edges than this is split, if there is room.
LEAF_EDGES = 12
#: Most levels below the root.
MAX_LEVELS = 7
#: Cells of the root per unit, and at most; and how many cells the bounds of all units may span together.
CELLS_PER_UNIT, MAX_CELLS, MAX_SPANNED = 512, 1 << 22, 1 << 26
#: A cell names a record by 30 bits, records have rows of 16 bytes.
MOST_BYTES = 1 << 34
#: Units around 0, 0 lie in four cells however wide.
FEWEST_CELLS = 4
#: Computed crossings are off by a few units in the last place; cells look this much further, by the largest coordinate.
SLACK = 2.0**-46
BLOCK = SPLIT * SPLIT

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Corners(NamedTuple):
    """Rings one after the other: corners `xy` (n, 2), where edges begin (ascending), their units, how many units."""

    xy: Floats
    begins: Ints
    unit: Ints
    n_units: int


class Pieces(NamedTuple):
    """Units in cells, by cell, then unit: see `geo.partition.cells`."""

    cell: npt.NDArray[np.int64]
    unit: Ints
    base: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]
    edges: Ints

    def take(self, which: Any) -> "Pieces":
        """The pieces at positions `which`."""
        starts, edges = reorder(np.asarray(which, dtype=np.int64), self.starts, self.edges)
        return Pieces(self.cell[which], self.unit[which], self.base[which], starts, edges)


def cut(corners: Corners, position: Ints, max_bytes: int) -> tuple[Floats, Ints, Floats]:
    """Frame, cells and records of the index (see `lookup.look_up`).

    Units are numbered in the order of their codes; `position` is what each is called in the answers.
    """
    names = np.append(position, np.int32(OUTSIDE)).astype(np.int32)
    if not len(corners.begins):
        return np.array([1.0, 0, 0, 0, 0, 0]), np.zeros(0, np.int32), np.zeros((0, 2))
    max_bytes = min(max_bytes, MOST_BYTES)
    slack = float(np.abs(corners.xy).max()) * SLACK
    size, parents, side, children, owner = _root(corners, slack, max_bytes)
    (column, row), (columns, rows) = parents[0], side
    cells: list[Ints] = []
    records: list[Floats] = []
    n_blocks, n_rows, stored, level = 0, 0, 0, 0
    before = np.zeros(0, np.int64)
    while True:
        values = names[owner]
        crossed, first, edges = _crossed(children)
        room = max_bytes - stored - values.nbytes - _record_bytes(children)
        goes = np.zeros(len(crossed), dtype=bool)
        if level < MAX_LEVELS and size / SPLIT > 64 * slack:
            goes[_to_split(edges, before[crossed // BLOCK] if level else edges + 1, room)] = True
        values[crossed[goes]] = -2 - 2 * (n_blocks + np.arange(goes.sum()))
        stays = np.repeat(~goes, np.diff(first))
        leaves = children.take(np.flatnonzero(stays))
        rows_of, begins = to_records(
            leaves, names[owner[crossed[~goes]]], names, corners.xy, _record_bytes(leaves) // 16
        )
        values[crossed[~goes]] = -3 - 2 * (n_rows + begins)
        cells.append(values)
        records.append(rows_of)
        n_rows += len(rows_of)
        stored += values.nbytes + rows_of.nbytes
        if not goes.any():
            frame = np.array([1.0 / size, level * SPLIT_BITS, column, row, columns, rows], dtype=np.float64)
            return frame, np.concatenate(cells), np.concatenate(records)
        parents = _parents(crossed[goes], parents, side)
        pieces = children.take(np.flatnonzero(~stays))
        cell = np.cumsum(np.diff(pieces.cell, prepend=pieces.cell[0]) != 0)
        pieces = pieces._replace(cell=cell.astype(np.int64))
        owner = np.repeat(owner[crossed[goes]], BLOCK)
        before = edges[goes]
        n_blocks += int(goes.sum())
        level, size, side = level + 1, size / SPLIT, (SPLIT, SPLIT)
        children = _by_cell(split(pieces, parents, side, False, corners.xy, size, slack, owner))


def _whole(corners: Corners) -> Pieces:
    """Each unit as one piece of the root, with all of its edges."""
    starts = np.searchsorted(corners.unit, np.arange(corners.n_units + 1)).astype(np.int64)
    some = np.flatnonzero(np.diff(starts))
    nothing = np.zeros(len(some), np.int64)
    return Pieces(nothing, some.astype(np.int32), nothing > 0, np.append(starts[some], starts[-1]), corners.begins)


def _root(corners: Corners, slack: float, max_bytes: int) -> tuple[float, Any, tuple[int, int], Pieces, Ints]:
    """The root's cells: their width, the first one's column and row, columns and rows, their pieces and owners.

    Fewer cells than wanted where they would not fit into `max_bytes`; `TooLarge` where one cell does not.
    """
    wanted = min(MAX_CELLS, max(BLOCK, CELLS_PER_UNIT * corners.n_units), max(FEWEST_CELLS, max_bytes // 16))
    while True:
        size, box = _grid(corners, slack, wanted)
        parents, n_cells = np.array([box[:2]], dtype=np.int64), box[2] * box[3]
        owner = np.full(n_cells, corners.n_units, dtype=np.int32)
        found = split(_whole(corners), parents, box[2:], True, corners.xy, size, slack, owner)
        children = _by_cell(found)
        needed = owner.nbytes + _record_bytes(children)
        if needed <= max_bytes:
            return size, parents, box[2:], children, owner
        if n_cells <= FEWEST_CELLS:
            raise TooLarge(
                Words(
                    f"an index of {corners.n_units} units needs {needed:,} bytes, {max_bytes:,} were allowed",
                    f"{corners.n_units} 个单位的索引需要 {needed:,} 字节，上限为 {max_bytes:,}",
                )
            )
        wanted = max(FEWEST_CELLS, n_cells // 8)


def _grid(corners: Corners, slack: float, wanted: int) -> tuple[float, tuple[int, int, int, int]]:
    """The width of about `wanted` cells over all units, a power of two; first column, first row, columns, rows."""
    starts = np.flatnonzero(np.diff(corners.unit, prepend=-1))
    begin, end = corners.xy[corners.begins], corners.xy[corners.begins + 1]
    low = np.minimum.reduceat(np.minimum(begin, end), starts)
    high = np.maximum.reduceat(np.maximum(begin, end), starts)
    (west, south), (east, north) = low.min(axis=0), high.max(axis=0)
    across = max(east - west, north - south)
    # Not so small that a cell's number does not fit, nor that the slack reaches far into the next cell.
    size = 2.0 ** np.ceil(np.log2(max(64 * slack, across / 2**24, 1e-300)))
    while True:
        column, row = int(np.floor(west / size)), int(np.floor(south / size))
        columns, rows = int(np.floor(east / size)) - column + 1, int(np.floor(north / size)) - row + 1
        spanned = ((high - low) // size + 2).prod(axis=1).sum()
        fits = columns * rows <= wanted and spanned <= max(MAX_SPANNED, 4 * len(starts))
        if fits or max(columns, rows) <= 2:
            return float(size), (column, row, columns, rows)
        size *= 2


def _by_cell(found: Any) -> Pieces:
    child, unit, base, starts, edges = found
    return Pieces(child, unit, base, starts, edges).take(np.argsort(child, kind="stable"))


def _crossed(pieces: Pieces) -> tuple[Any, Any, Any]:
    """The cells that have pieces, where each one's pieces begin (and the last one's end), and its edges."""
    first = np.flatnonzero(np.diff(pieces.cell, prepend=-1))
    bounds = np.append(first, len(pieces.cell))
    return pieces.cell[first], bounds, np.diff(pieces.starts[bounds])


def _record_bytes(pieces: Pieces) -> int:
    """What the pieces take as records."""
    return 16 * int(count_rows(pieces.cell, pieces.starts, pieces.edges))


def _to_split(edges: Any, before: Any, room: int) -> Any:
    """Positions of the cells that are split: those with the most edges first.

    A cell that has all the edges its parent had `before` stays: they meet at one corner or lie on one line.
    """
    # An edge meets at most 2 SPLIT - 1 children and a few more within the slack, with three rows of a record in each.
    cost = 4 * BLOCK + 16 * 4 * (2 * SPLIT + 3) * edges
    order = np.argsort(-edges, kind="stable")
    order = order[(edges[order] > LEAF_EDGES) & (edges[order] < before[order])]
    return order[np.cumsum(cost[order]) <= room]


def _parents(cells: Any, parents: Any, side: tuple[int, int]) -> Any:
    """Column and row of each cell's first child, at the children's width."""
    columns, rows = side
    parent, inner = np.divmod(cells, columns * rows)
    row, column = np.divmod(inner, columns)
    return (parents[parent] + np.column_stack([column, row])) * SPLIT
