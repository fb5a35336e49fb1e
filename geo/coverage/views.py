"""Views as plain numbers, what they may see as flat arrays, and the two brought near each other, once per build."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.columns import Cameras
from geo.coverage.edges import view_boxes
from geo.coverage.groups import find_inside
from geo.coverage.layers import Floats, Geometries, Ints
from geo.rules import Rules

#: So many bounds are drawn at a time: a box is a large thing.
_MANY_BOXES = 20_000
#: Bounds of an empty view: they meet nothing.
NOWHERE = (np.inf, np.inf, -np.inf, -np.inf)


class Rows(NamedTuple):
    """A ragged table: item i has `values[starts[i]:starts[i + 1]]`."""

    starts: Ints
    values: Ints


@dataclass(frozen=True)
class Views:
    """n views: `rows` (n, 6) of x, y, azimuth, sweep, near, reach and `boxes` (n, 4), west, south, east, north."""

    rows: Floats
    boxes: Floats
    chord_deg: float

    @property
    def seeing(self) -> npt.NDArray[np.bool_]:
        """Which views are not empty."""
        return np.asarray(np.isfinite(self.boxes[:, 0]), dtype=bool)


@dataclass(frozen=True)
class Corners:
    """Lines as corners: line i has `xy[starts[i]:starts[i + 1]]`, a NaN between its parts."""

    xy: Floats
    starts: Ints


@dataclass(frozen=True)
class Edges:
    """Polygons as edges: polygon i has `rows[starts[i]:starts[i + 1]]` (ax, ay, bx, by) and `boxes[i]`.

    Edges go up (ay <= by) and are in the order of ay; none of polygon i is taller than `tallest_m[i]`.
    """

    rows: Floats
    starts: Ints
    boxes: Floats
    tallest_m: Floats


def to_views(x_m: npt.ArrayLike, y_m: npt.ArrayLike, view: Cameras, rules: Rules) -> Views:
    """The views whose polygons `fov.sectors` gives for the same arguments.

    >>> import pandas as pd
    >>> view = pd.DataFrame({"azimuth_deg": [0.0], "sweep_deg": [90.0], "near_m": [0.0], "reach_m": [10.0]})
    >>> to_views([0], [0], view, Rules()).boxes.round(2).tolist()
    [[-7.07, 0.0, 7.07, 10.0]]
    """
    names = ("azimuth_deg", "sweep_deg", "near_m", "reach_m")
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    azimuth, sweep, near, reach = (np.asarray(view[name], dtype=np.float64) for name in names)
    near = np.maximum(near, 0.0)
    seen = np.isfinite(x) & np.isfinite(y) & np.isfinite(reach) & (near < reach) & (sweep > 0)
    seen &= (sweep >= 360.0) | np.isfinite(azimuth)
    rows = np.column_stack([x, y, azimuth, sweep, near, reach])
    rows[~seen] = 0.0
    boxes = np.asarray(view_boxes(rows, rules.arc_chord_deg), dtype=np.float64)
    boxes[~seen] = NOWHERE
    return Views(rows, boxes, rules.arc_chord_deg)


def to_corners(lines: Geometries) -> Corners:
    """The corners of n (multi)lines, None or empty ones without any.

    >>> to_corners(np.array([shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 0), (6, 0)]])])).xy[:, 0].tolist()
    [0.0, 1.0, nan, 5.0, 6.0]
    """
    parts, of = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    breaks = np.flatnonzero(np.diff(part)) + 1
    breaks = breaks[of[part[breaks]] == of[part[breaks - 1]]]
    line = np.insert(of[part], breaks, of[part[breaks]])
    return Corners(np.insert(xy, breaks, np.nan, axis=0), _starts(line, len(lines)))


def to_edges(polygons: Geometries) -> Edges:
    """The edges of n (multi)polygons, holes and all.

    >>> to_edges(np.array([shapely.box(0, 0, 2, 1)])).boxes.tolist()
    [[0.0, 0.0, 2.0, 1.0]]
    """
    parts, of = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    rows = np.column_stack([xy[joined], xy[joined + 1]])
    down = rows[:, 1] > rows[:, 3]
    rows[down] = rows[down][:, [2, 3, 0, 1]]
    polygon = of[part[ring[joined]]]
    order = np.lexsort((rows[:, 1], polygon))
    rows, polygon = rows[order], polygon[order]
    tallest = np.zeros(len(polygons))
    np.maximum.at(tallest, polygon, rows[:, 3] - rows[:, 1])
    boxes = shapely.bounds(polygons)
    boxes[np.isnan(boxes[:, 0])] = NOWHERE
    return Edges(rows, _starts(polygon, len(polygons)), boxes, tallest)


def to_rows(item: Any, value: Any, n_items: int) -> Rows:
    """Pairs (item, value) as a ragged table over `n_items`, values in ascending order.

    >>> to_rows(np.array([1, 0, 1]), np.array([7, 5, 6]), 3)
    Rows(starts=array([0, 1, 3, 3]), values=array([5, 6, 7]))
    """
    order = np.lexsort((value, item))
    return Rows(_starts(np.asarray(item)[order], n_items), np.asarray(value, dtype=np.int64)[order])


def near_views(targets: Geometries, boxes: Floats) -> Rows:
    """Per target the views whose `boxes` (n, 4) meet it."""
    some, tree = np.flatnonzero(np.isfinite(boxes[:, 0])), shapely.STRtree(targets)
    pairs = [np.zeros((2, 0), dtype=np.int64)]
    for begin in range(0, len(some), _MANY_BOXES):
        part = some[begin : begin + _MANY_BOXES]
        view, target = tree.query(shapely.box(*boxes[part].T), predicate="intersects")
        pairs.append(np.stack([part[view], target]))
    view, target = np.concatenate(pairs, axis=1)
    return to_rows(target, view, len(targets))


def near_points(xy: Floats, boxes: Floats) -> Rows:
    """As `near_views`, of points: per row of `xy` (n, 2) the views whose `boxes` hold it, edges included.

    >>> near_points(np.array([[1.0, 1.0], [5.0, 5.0]]), np.array([[0.0, 0.0, 1.0, 2.0]]))
    Rows(starts=array([0, 1, 1]), values=array([0]))
    """
    point, view = find_inside(xy[:, 0], xy[:, 1], np.argsort(xy[:, 0], kind="stable"), boxes)
    return to_rows(point, view, len(xy))


def _starts(items: Any, n_items: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(items, minlength=n_items))]).astype(np.int64)
