"""What comes, moves and goes in a running service, found by place at once; and the units that a shape touches."""

import math
import threading
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from rtree.index import Index, Property

from geo.errors import BadInput, BadQuery, NotFound, Words

#: Small nodes keep a single edit short; rtree's 100 make one in twenty cost 5 ms.
_NODE = 16
_NAMED = 10


class LivePoints:
    """Named points in one metric CRS that may change at any time. Threads may read and write at once.

    rtree's library is not thread-safe, so one lock guards every call; a call takes some ten microseconds.

    >>> cameras = LivePoints(["a", "b"], [0.0, 30.0], [0.0, 40.0])
    >>> cameras.near(0, 0, 50)
    [('a', 0.0), ('b', 50.0)]
    >>> cameras.put("b", 0, 10)
    >>> cameras.drop("a")
    >>> cameras.near(0, 0, 20), len(cameras)
    ([('b', 10.0)], 1)
    """

    def __init__(self, names: Sequence[str], x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> None:
        """Bulk load of n points. `BadInput` for a name that comes twice, or naming the points without a place."""
        xy = np.column_stack([np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)])
        placeless = np.flatnonzero(~np.isfinite(xy).all(axis=1)).tolist()
        if placeless:
            some = ", ".join(f"{names[row]} (row {row})" for row in placeless[:_NAMED])
            raise BadInput(
                Words(
                    f"{len(placeless)} points have no finite coordinates: {some}",
                    f"{len(placeless)} 个点没有有效坐标：{some}",
                )
            )
        self._lock = threading.Lock()
        self._number = {name: number for number, name in enumerate(names)}
        if len(self._number) != len(xy):
            raise BadInput(Words("names must differ, one per point", "名称须各不相同，且与点一一对应"))
        rows = zip(names, *xy.T.tolist(), strict=True)
        self._points: dict[int, tuple[str, float, float]] = dict(enumerate(rows))
        self._next = len(xy)
        form = Property(leaf_capacity=_NODE, index_capacity=_NODE, near_minimum_overlap_factor=_NODE - 1)
        # The bulk loader takes no empty load.
        self._tree = Index((np.arange(len(xy)), xy, xy), properties=form) if len(xy) else Index(properties=form)

    def __len__(self) -> int:
        with self._lock:
            return len(self._points)

    def __contains__(self, name: str) -> bool:
        with self._lock:
            return name in self._number

    def put(self, name: str, x_m: float, y_m: float) -> None:
        """The point `name` stands at x, y from now on, new or moved; `BadInput` unless both are finite."""
        x, y = float(x_m), float(y_m)
        if not (math.isfinite(x) and math.isfinite(y)):
            raise BadInput(Words(f"{name}: {x}, {y} is no place", f"{name}：{x}, {y} 不是有效坐标"))
        with self._lock:
            if name in self._number:
                self._take_out(name)
            self._number[name] = self._next
            self._points[self._next] = name, x, y
            self._tree.insert(self._next, (x, y, x, y))
            self._next += 1

    def drop(self, name: str) -> None:
        """The point `name` is gone; `NotFound` where there is none."""
        with self._lock:
            if name not in self._number:
                raise NotFound(Words(f"no point {name!r}", f"没有点 {name!r}"))
            self._take_out(name)

    def near(self, x_m: float, y_m: float, radius_m: float) -> list[tuple[str, float]]:
        """Points at most `radius_m` from x, y with their distance in metres, nearest first, then by name."""
        x, y, radius = _finite(x_m, y_m, radius_m)
        # A point on the circle must not fall out of the box by rounding.
        half = radius + 4 * np.spacing(abs(x) + abs(y) + radius)
        found = [
            (math.hypot(there_x - x, there_y - y), name)
            for name, there_x, there_y in self._in_box(x - half, y - half, x + half, y + half)
        ]
        return [(name, distance_m) for distance_m, name in sorted(found) if distance_m <= radius]

    def inside(self, minx: float, miny: float, maxx: float, maxy: float) -> list[str]:
        """Names of the points in a box, its edges included, sorted; `BadQuery` for a box that ends before it begins."""
        box = _finite(minx, miny, maxx, maxy)
        if box[0] > box[2] or box[1] > box[3]:
            raise BadQuery(Words("the box ends before it begins", "范围的终点小于起点"))
        return sorted(name for name, _, _ in self._in_box(*box))

    def points(self) -> list[tuple[str, float, float]]:
        """(name, x, y) of every point, by name: what a fresh bulk load needs."""
        with self._lock:
            return sorted(self._points.values())

    def _in_box(self, *box: float) -> list[tuple[str, float, float]]:
        with self._lock:
            return [self._points[number] for number in self._tree.intersection(box)]

    def _take_out(self, name: str) -> None:
        number = self._number.pop(name)
        _, x, y = self._points.pop(number)
        self._tree.delete(number, (x, y, x, y))


class TouchedUnits:
    """Which of n units (valid polygons in one metric CRS) a shape touches; sharing an edge or a corner is touching.

    >>> units = TouchedUnits([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> units.by_circle(15, 5, 4).tolist(), units.by_circle(15, 5, 5).tolist()
    ([1], [0, 1])
    >>> units.by_shapes([shapely.box(1, 1, 2, 2)]).tolist()
    [0]
    """

    def __init__(self, geometries_m: Iterable[Any]) -> None:
        self._tree = shapely.STRtree(np.asarray(list(geometries_m), dtype=object))

    def by_circle(self, x_m: float, y_m: float, radius_m: float) -> npt.NDArray[np.int64]:
        """Positions of the units at most `radius_m` from x, y, ascending."""
        x, y, radius = _finite(x_m, y_m, radius_m)
        found = self._tree.query(shapely.Point(x, y), predicate="dwithin", distance=radius)
        return np.sort(np.asarray(found, dtype=np.int64))

    def by_shapes(self, shapes_m: Iterable[Any]) -> npt.NDArray[np.int64]:
        """Positions of the units that any of the shapes (boxes, sectors) touches, ascending, each once."""
        _, found = self._tree.query(np.asarray(list(shapes_m), dtype=object), predicate="intersects")
        return np.unique(np.asarray(found, dtype=np.int64))


def _finite(*numbers: float) -> tuple[float, ...]:
    found = tuple(float(number) for number in numbers)
    if not all(map(math.isfinite, found)):
        raise BadQuery(Words(f"{found} are not all finite", f"{found} 含无效数值"))
    return found
