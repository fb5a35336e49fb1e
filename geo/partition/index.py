"""Point to unit, exactly: each point gets one unit or none.

The plane is cut into cells, each a power of two wide, so that finding a point's cell rounds nothing. A cell inside one
unit answers at once; a cell that edges cross is cut into smaller ones, or is a leaf that holds those edges, and the few
points in it are settled by exact comparisons (`geo.partition.lookup`). No tolerance is left in an answer.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.compiled import IS_COMPILED, read_only
from geo.errors import BadInput, BadPartition, BrokenSnapshot, Words
from geo.partition.lattice import Corners, cut
from geo.partition.lookup import OUTSIDE, look_up
from geo.partition.lookup_arrays import look_up_arrays

__all__ = ["OUTSIDE", "PartitionIndex"]

#: Points looked up at once by one thread: enough to fill it, small enough to share the work evenly.
CHUNK = 1 << 16
#: How much an index may take in memory unless the caller says otherwise, in bytes.
MAX_BYTES = 1 << 30
THREADS = os.cpu_count() or 1

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Frame(NamedTuple):
    """Where the cells lie: cells per unit of length at the finest level, bits from there to the root, root's cells."""

    scale: float
    root_bits: int
    column: int
    row: int
    columns: int
    rows: int


@dataclass(frozen=True, eq=False)
class PartitionIndex:
    """Units of one level, ready to tell which of them holds a point; immutable, safe between threads.

    A point on an edge, at a corner or in an overlap belongs to the candidate with the lowest code by Unicode
    code point, so that the sum over units is the number of points the units cover together (DOMAIN 5).
    Points and units must share one CRS; the test is exact in it (edges are straight there). Whether a point is inside
    one unit is decided by the even-odd rule over all of its rings, as GEOS does for valid polygons.

    The arrays are those of `lookup.look_up`; positions count from 0 in the order given to `build`.
    """

    frame: Floats
    cells: Ints
    records: Floats

    @classmethod
    def build(cls, geometries: Any, codes: Sequence[str], *, max_bytes: int = MAX_BYTES) -> "PartitionIndex":
        """An index over n (multi)polygons and their n distinct codes.

        Empty and missing geometries hold no point. The index takes at most `max_bytes`; with less room more points
        need more edges compared, the answers are the same. Raises `BadPartition` where the lengths differ, a code comes
        twice, a geometry is no polygon or a corner is not finite, `TooLarge` where the edges alone need more room.
        """
        names = [str(code) for code in codes]
        geoms = _checked(np.asarray(geometries, dtype=object), names)
        order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
        corners = _corners(geoms[order])
        if not np.isfinite(corners.xy).all():
            raise BadPartition(Words("a corner of a unit is not a finite number", "单位边界有非有限坐标"))
        frame, cells, records = cut(corners, order.astype(np.int32), max_bytes)
        return cls(read_only(frame), read_only(cells), read_only(records))

    def assign(self, x: npt.ArrayLike, y: npt.ArrayLike) -> Ints:
        """The position (0-based, in the order given to `build`) of each point's unit; -1 outside all of them.

        `x`, `y` are n coordinates each (lon, lat or metres, as the units). Raises `BadInput` with the numbers of the
        rows (from 0) whose coordinates are not finite: nothing is dropped silently.

        >>> from shapely import box
        >>> index = PartitionIndex.build([box(1, 0, 2, 1), box(0, 0, 1, 1)], ["b", "a"])
        >>> index.assign([0.5, 1.0, 1.5, 2.5], [0.5] * 4).tolist()
        [1, 1, 0, -1]
        >>> index.assign([0.5, float("nan")], [0.5, 0.5])
        Traceback (most recent call last):
        geo.errors.BadInput: 1 of 2 points have no finite coordinates: rows 1
        """
        xs, ys = (read_only(np.ascontiguousarray(values, dtype=np.float64)) for values in (x, y))
        if xs.shape != ys.shape or xs.ndim != 1:
            raise BadInput(Words(f"{xs.shape} x but {ys.shape} y", f"x 有 {xs.shape}，y 有 {ys.shape}"))
        found = np.empty(len(xs), dtype=np.int32)
        frame = Frame(float(self.frame[0]), *(int(value) for value in self.frame[1:]))

        def work(begin: int) -> int:
            end = min(begin + CHUNK, len(xs))
            if IS_COMPILED:
                return int(look_up(begin, end, xs, ys, found, tuple(frame), self.cells, self.records))
            x, y = xs[begin:end], ys[begin:end]
            found[begin:end] = look_up_arrays(x, y, frame, self.cells, self.records)
            return int((~(np.isfinite(x) & np.isfinite(y))).sum())

        begins = range(0, len(xs), CHUNK)
        if len(begins) < 2 or THREADS == 1:
            n_not_finite = sum(map(work, begins))
        else:
            with ThreadPoolExecutor(THREADS) as pool:
                n_not_finite = sum(pool.map(work, begins))
        if n_not_finite:
            raise _not_finite(xs, ys)
        return found

    @property
    def nbytes(self) -> int:
        """Bytes that the index takes in memory or on disk."""
        return sum(int(getattr(self, field.name).nbytes) for field in fields(self))

    def save(self, folder: Path, name: str) -> None:
        """Write the index as files `name.<array>.npy` of `folder`."""
        for field in fields(self):
            np.save(folder / f"{name}.{field.name}.npy", getattr(self, field.name))

    @classmethod
    def open(cls, folder: Path, name: str) -> "PartitionIndex":
        """The index that `save` wrote, its arrays mapped from disk as they are asked for.

        Raises `BrokenSnapshot` where a file is missing or no array.

        >>> from shapely import box
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     PartitionIndex.build([box(0, 0, 1, 1)], ["a"]).save(Path(folder), "index")
        ...     PartitionIndex.open(Path(folder), "index").assign([0.5], [0.5]).tolist()
        [0]
        """
        try:
            arrays = [np.load(folder / f"{name}.{field.name}.npy", mmap_mode="r") for field in fields(cls)]
        except (OSError, ValueError) as error:
            raise BrokenSnapshot(
                Words(f"the index {name} in {folder.name} cannot be read", f"{folder.name} 的索引 {name} 无法读取")
            ) from error
        return cls(*map(read_only, arrays))


def _checked(geoms: npt.NDArray[np.object_], names: list[str]) -> npt.NDArray[np.object_]:
    if len(geoms) != len(names):
        raise BadPartition(
            Words(f"{len(geoms)} geometries but {len(names)} codes", f"{len(geoms)} 个图形，{len(names)} 个编码")
        )
    if len(set(names)) != len(names):
        seen: set[str] = set()
        again = {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]
        twice = ", ".join(sorted(again)[:10])
        raise BadPartition(Words(f"codes that come twice: {twice}", f"重复的编码：{twice}"))
    kind = shapely.get_type_id(geoms)
    wrong = np.flatnonzero((kind >= 0) & (kind != 3) & (kind != 6))
    if len(wrong):
        named = ", ".join(names[n] for n in wrong[:10])
        raise BadPartition(Words(f"units that are no polygons: {named}", f"不是多边形的单位：{named}"))
    return geoms


def _corners(geoms: npt.NDArray[np.object_]) -> Corners:
    """All rings of the units one after the other, and the unit of each corner and whether an edge begins there."""
    parts, part_of = shapely.get_parts(geoms, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    begins = np.flatnonzero(ring[1:] == ring[:-1]).astype(np.int32)
    unit = part_of[ring_of[ring[begins]]]
    return Corners(np.ascontiguousarray(xy), begins, unit.astype(np.int32), len(geoms))


def _not_finite(x: Floats, y: Floats) -> BadInput:
    wrong = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    rows = ", ".join(str(n) for n in wrong[:10]) + (", ..." if len(wrong) > 10 else "")
    return BadInput(
        Words(
            f"{len(wrong)} of {len(x)} points have no finite coordinates: rows {rows}",
            f"{len(x)} 个点中有 {len(wrong)} 个坐标无效：第 {rows} 行（从 0 起）",
        )
    )
