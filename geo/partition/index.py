"""Point to unit, exactly: each point gets one unit or none."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BadPartition, Words

#: Points looked up at once: enough to fill the index, small enough to stay in memory.
CHUNK = 200_000
OUTSIDE = -1


class PartitionIndex:
    """Units of one level, ready to tell which of them holds a point.

    A point on an edge, at a corner or in an overlap belongs to the candidate with the lowest code by Unicode
    code point, so that the sum over units is the number of points the units cover together (DOMAIN 5).
    Points and units must share one CRS; the test is exact in it (edges are straight there).
    """

    def __init__(self, geometries: npt.NDArray[np.object_], rank: npt.NDArray[np.int32]) -> None:
        self._geometries = geometries
        self._rank = rank
        self._by_rank = np.append(np.argsort(rank).astype(np.int32), np.int32(OUTSIDE))

    @classmethod
    def build(cls, geometries: Any, codes: Sequence[str]) -> "PartitionIndex":
        """An index over n (multi)polygons and their n distinct codes.

        Raises `BadPartition` where the lengths differ or a code comes twice.
        """
        geoms = np.asarray(geometries, dtype=object)
        names = [str(code) for code in codes]
        if len(geoms) != len(names):
            raise BadPartition(
                Words(f"{len(geoms)} geometries but {len(names)} codes", f"{len(geoms)} 个图形，{len(names)} 个编码")
            )
        if len(set(names)) != len(names):
            twice = ", ".join(sorted({name for name in names if names.count(name) > 1})[:10])
            raise BadPartition(Words(f"codes that come twice: {twice}", f"重复的编码：{twice}"))
        rank = np.empty(len(names), dtype=np.int32)
        rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names), dtype=np.int32)
        shapely.prepare(geoms)
        return cls(geoms, rank)

    def assign(self, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The position (0-based, in the order given to `build`) of each point's unit; -1 outside all of them.

        `x`, `y` are n coordinates each (lon, lat or metres, as the units). A coordinate that is not finite is outside.

        >>> from shapely import box
        >>> index = PartitionIndex.build([box(1, 0, 2, 1), box(0, 0, 1, 1)], ["b", "a"])
        >>> index.assign([0.5, 1.0, 1.5, 2.5, float("nan")], [0.5] * 5).tolist()
        [1, 1, 0, -1, -1]
        """
        xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        found = np.full(len(xs), OUTSIDE, dtype=np.int32)
        for start in range(0, len(xs), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self._assign_chunk(xs[part], ys[part])
        return found

    def _assign_chunk(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
        usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        # The tree holds the points and the units ask, so that GEOS tests against prepared polygons.
        points = np.asarray(shapely.points(x[usable], y[usable]), dtype=object)
        unit, point = shapely.STRtree(points).query(self._geometries, predicate="intersects")
        lowest = np.full(len(x), len(self._rank), dtype=np.int32)
        np.minimum.at(lowest, usable[point], self._rank[unit])
        return np.asarray(self._by_rank[lowest], dtype=np.int32)
