"""Geometry by the hundred thousand: lines softened and walked along, rectangles set down where there is room."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.threads import in_threads
from geo.demo.land import wind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

#: Walls nearer to each other than this are taken to touch.
_APART_M = 0.4


def line_parts(geometry: shapely.Geometry | Shapes) -> Shapes:
    """Every line in a geometry or several.

    >>> len(line_parts(shapely.MultiLineString([[(0, 0), (1, 0)], [(2, 0), (3, 0)]])))
    2
    """
    parts = np.asarray(shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(geometry, dtype=object)))))
    return np.asarray(parts[shapely.get_type_id(parts) == 1])


def soften(lines: Shapes, tolerance_m: float) -> Shapes:
    """Lines simplified, then their corners cut (Chaikin, three rounds); ends stay.

    >>> soften(np.array([shapely.LineString([(0, 0), (4, 0), (4, 4)])]), 0.1)[0].length < 8
    True
    """
    xy, owner = shapely.get_coordinates(shapely.simplify(lines, tolerance_m), return_index=True)
    for _ in range(3):
        xy, owner = _cut_corners(xy, owner)
    return np.asarray(shapely.linestrings(xy, indices=owner))


def _cut_corners(xy: Floats, owner: Ints) -> tuple[Floats, Ints]:
    a, b = xy[:-1], xy[1:]
    same = owner[:-1] == owner[1:]
    first = np.append(True, ~same)
    last = np.append(~same, True)
    near = np.where(first[:-1, None], a, 0.75 * a + 0.25 * b)[same]
    far = np.where(last[1:, None], b, 0.25 * a + 0.75 * b)[same]
    out = np.empty((2 * len(near), 2))
    out[0::2], out[1::2] = near, far
    return out, np.repeat(owner[:-1][same], 2)


def winded(lines: Shapes, step_m: float = 45.0) -> Shapes:
    """Lines moved with the land as borders are; lines that met still meet."""
    return np.asarray(shapely.transform(shapely.segmentize(lines, step_m), winded_xy))


def winded_xy(xy: Floats) -> Floats:
    """Points (n, 2) moved with the land."""
    return np.column_stack(wind(xy[:, 0], xy[:, 1], np.ones(len(xy))))


def walk(lines: Shapes, step_m: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Ints]:
    """Points every `step_m` (per line) along lines: xy (n, 2), direction (n,; radians from east), line number (n,)."""
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    step = np.append(np.where((owner[:-1] == owner[1:])[:, None], np.diff(xy, axis=0), 0.0), [[0.0, 0.0]], axis=0)
    along_m = np.cumsum(np.hypot(*step.T)) - np.hypot(*step.T)
    start_m = along_m[np.searchsorted(owner, np.arange(len(lines)))]
    length_m = np.bincount(owner, np.hypot(*step.T), len(lines))
    n = np.maximum((length_m / step_m).astype(int), 0)
    line = np.repeat(np.arange(len(lines)), n)
    place = np.arange(len(line)) - np.repeat(np.cumsum(n) - n, n)
    at_m = start_m[line] + (place + rng.uniform(0.25, 0.75, len(line))) * step_m[line]
    first = np.searchsorted(along_m, at_m, side="right") - 1
    dx, dy = step[first].T
    share = (at_m - along_m[first]) / np.maximum(np.hypot(dx, dy), 1e-9)
    return xy[first] + step[first] * share[:, None], np.arctan2(dy, dx), line


def rectangles(xy: Floats, angle: Floats, width_m: Floats, depth_m: Floats) -> Shapes:
    """Rectangles centred on `xy` (n, 2), `width_m` along `angle` (radians from east), `depth_m` across it."""
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
    along, across = corners[None, :, 0] * width_m[:, None], corners[None, :, 1] * depth_m[:, None]
    x = xy[:, :1] + along * np.cos(angle)[:, None] - across * np.sin(angle)[:, None]
    y = xy[:, 1:] + along * np.sin(angle)[:, None] + across * np.cos(angle)[:, None]
    ring, polygon = 5 * np.arange(len(xy) + 1), np.arange(len(xy) + 1)
    flat = np.column_stack([x.ravel(), y.ravel()])
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.POLYGON, flat, (ring, polygon)))


def beside(xy: Floats, angle: Floats, off_m: Floats) -> Floats:
    """Points `off_m` to the left (negative: right) of points going in a direction."""
    return xy + np.column_stack([-np.sin(angle), np.cos(angle)]) * off_m[:, None]


def segments(lines: Shapes) -> Shapes:
    """Each step of each line as a line of its own.

    >>> len(segments(np.array([shapely.LineString([(0, 0), (1, 0), (2, 1)])])))
    2
    """
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[:-1] == owner[1:]
    steps = np.stack([xy[:-1][same], xy[1:][same]], axis=1)
    starts = 2 * np.arange(len(steps) + 1)
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.LINESTRING, steps.reshape(-1, 2), (starts,)))


def clear_of(shapes: Shapes, lines: Shapes) -> NDArray[np.bool_]:
    """Which shapes no line touches.

    >>> boxes = np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)])
    >>> clear_of(boxes, np.array([shapely.LineString([(0, 2), (1, 0)])])).tolist()
    [False, True]
    """
    clear, tree = np.ones(len(shapes), bool), shapely.STRtree(shapes)
    for touched in in_threads(lambda begin, end: tree.query(lines[begin:end], predicate="intersects")[1], len(lines)):
        clear[touched] = False
    return clear


def find_free(shapes: Shapes) -> NDArray[np.bool_]:
    """Which shapes stand off every free shape before them.

    >>> find_free(shapely.box([0.0, 1.0, 2.5], 0, [2.0, 3.0, 4.5], 1)).tolist()
    [True, False, True]
    """
    later, before = _pairs_within(shapes, _APART_M)
    free, undecided = np.zeros(len(shapes), bool), np.ones(len(shapes), bool)
    while undecided.any():
        waits = np.bincount(later, undecided[before] | free[before], len(shapes)) > 0
        new = undecided & ~waits
        free |= new
        undecided &= ~new
        undecided[later[free[before]]] = False
    return free


def _pairs_within(shapes: Shapes, distance_m: float) -> tuple[Ints, Ints]:
    """Every two shapes that are so near each other: positions, the larger ones first."""
    minx, miny, maxx, maxy = shapely.bounds(shapes).T
    around = shapely.box(minx - distance_m, miny - distance_m, maxx + distance_m, maxy + distance_m)
    later, before = shapely.STRtree(shapes).query(around)
    later, before = later[before < later], before[before < later]
    near = shapely.dwithin(shapes[later], shapes[before], distance_m)
    return later[near], before[near]
