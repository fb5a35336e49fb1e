"""Which units count as near each other, as a sparse 0/1 matrix."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import shapely
from scipy import sparse
from scipy.spatial import KDTree
from shapely.geometry.base import BaseGeometry

from geo.errors import BadQuery, TooLarge, Words

Kind = Literal["queen", "rook", "band", "nearest"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Pairs that a distance band may hold; 12 bytes each.
MAX_PAIRS = 5_000_000
#: Distances that differ by less are ties.
_TIE_M = 1e-6


def find_neighbours(
    geometries: Sequence[BaseGeometry] | np.ndarray, kind: str, *, gap_m: float, band_m: float, n_nearest: int
) -> sparse.csr_array:
    """The matrix of one kind: contiguity of polygons, or distance between their centroids; n polygons in a metric CRS.

    Errors: `BadQuery` for an unknown kind or less than one nearest, `TooLarge` for a band that holds too many pairs.

    >>> from shapely import box
    >>> row = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 4, 1)]
    >>> find_neighbours(row, "nearest", gap_m=0, band_m=0, n_nearest=1).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    if kind == "queen":
        return queen(geometries, gap_m)
    if kind == "rook":
        return rook(geometries, gap_m)
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise BadQuery(Words(f"no neighbours {kind!r}; they are {known}", f"没有邻接方式 {kind!r}；可用：{known}"))
    middle = shapely.centroid(np.asarray(geometries, dtype=object))
    x_m, y_m = shapely.get_x(middle), shapely.get_y(middle)
    return distance_band(x_m, y_m, band_m) if kind == "band" else nearest(x_m, y_m, n_nearest)


def queen(geometries: Sequence[BaseGeometry] | np.ndarray, gap_m: float = 0.0) -> sparse.csr_array:
    """Contiguity: 1 where two units share an edge or a corner, or lie within `gap_m` of each other.

    Real layers leave slivers between neighbours, hence the gap. `geometries` are n polygons in a
    metric CRS; the answer is a symmetric (n, n) float64 matrix with an empty diagonal.

    >>> from shapely import box
    >>> queen([box(0, 0, 1, 1), box(1, 1, 2, 2), box(9, 0, 10, 1)]).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    array = np.asarray(geometries, dtype=object)
    left, right = _touching(array, gap_m)
    return _binary(left, right, len(array))


def rook(geometries: Sequence[BaseGeometry] | np.ndarray, gap_m: float = 0.0) -> sparse.csr_array:
    """Contiguity: 1 where two units share an edge, not a corner only.

    With a gap: where their borders run within `gap_m` of each other for more than 4 times as far, so that a corner
    whose sides part by 30 degrees or more is none. Arguments and answer as of `queen`.

    >>> from shapely import box
    >>> rook([box(0, 0, 1, 1), box(1, 1, 2, 2), box(1, 0, 2, 1)]).toarray().tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    array = np.asarray(geometries, dtype=object)
    left, right = _touching(array, gap_m)
    once = left < right
    left, right = left[once], right[once]
    shared = _common_m(array, left, right) > 4 * gap_m
    unsure = np.flatnonzero(~shared)
    shared[unsure] = _along_m(array, left[unsure], right[unsure], gap_m) > 4 * gap_m
    left, right = left[shared], right[shared]
    return _binary(np.concatenate([left, right]), np.concatenate([right, left]), len(array))


def distance_band(x_m: np.ndarray, y_m: np.ndarray, band_m: float) -> sparse.csr_array:
    """1 where two points, float64 (n,) each, lie at most `band_m` apart; symmetric, the diagonal is empty.

    Errors: `TooLarge` for more than `MAX_PAIRS` pairs.

    >>> distance_band(np.array([0.0, 3.0, 9.0]), np.zeros(3), 5.0).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    tree = KDTree(np.column_stack([x_m, y_m]))
    if len(x_m) and tree.count_neighbors(tree, band_m) - len(x_m) > MAX_PAIRS:
        raise TooLarge(
            Words(
                f"within {band_m:g} m there are more than {MAX_PAIRS:,} pairs of units; ask for a shorter distance",
                f"{band_m:g} 米以内的单位对超过 {MAX_PAIRS:,}，请缩短距离",
            )
        )
    points = np.atleast_1d(np.asarray(shapely.points(x_m, y_m), dtype=object))
    left, right = _touching(points, band_m)
    return _binary(left, right, len(points))


def nearest(x_m: np.ndarray, y_m: np.ndarray, n_nearest: int) -> sparse.csr_array:
    """Row i: 1 at the `n_nearest` points nearest to point i (all others where there are fewer), ties by lowest index.

    `x_m`, `y_m`: float64 (n,). That j is among the nearest of i does not make i one of j's, so the matrix may be
    asymmetric. Distances within a micrometre are ties. Errors: `BadQuery` for less than one.

    >>> nearest(np.array([0.0, 1.0, 2.0, 9.0]), np.zeros(4), 1).toarray().tolist()
    [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]
    """
    if n_nearest < 1:
        raise BadQuery(Words("nearest neighbours are 1 or more", "最近邻个数至少为 1"))
    points = np.column_stack([x_m, y_m])
    n, k = len(points), min(n_nearest, len(points) - 1)
    if k < 1:
        return sparse.csr_array((n, n))
    tree = KDTree(points)
    furthest = np.asarray(tree.query(points, k=[k + 1])[0])[:, 0]
    reached = tree.query_ball_point(points, furthest + _TIE_M)
    row = np.repeat(np.arange(n), [len(others) for others in reached])
    column = np.concatenate([np.asarray(others, dtype=np.int64) for others in reached])
    row, column = row[row != column], column[row != column]
    away = np.rint(np.hypot(*(points[row] - points[column]).T) / _TIE_M)
    order = np.lexsort((column, away, row))
    row, column = row[order], column[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    return _binary(row[rank < k], column[rank < k], n)


def _common_m(array: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Metres of border that the polygons of each pair, the lower position left, have in common point by point."""
    parts, of_part = shapely.get_parts(array, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    within = ring[1:] == ring[:-1]
    start, stop, unit = xy[:-1][within], xy[1:][within], of_part[of_ring[ring[:-1][within]]]
    turned = (start[:, 0] > stop[:, 0]) | ((start[:, 0] == stop[:, 0]) & (start[:, 1] > stop[:, 1]))
    edges = np.where(turned[:, None], np.hstack([stop, start]), np.hstack([start, stop]))
    order = np.lexsort((unit, *edges.T))
    edges, unit = edges[order], unit[order]
    same = (edges[1:] == edges[:-1]).all(axis=1)
    length = np.hypot(*(edges[:-1, :2] - edges[:-1, 2:])[same].T)
    pairs = left * len(array) + right
    order = np.argsort(pairs)
    found = unit[:-1][same] * len(array) + unit[1:][same]
    place = np.searchsorted(pairs, found, sorter=order)
    known = place < len(pairs)
    known[known] = pairs[order[place[known]]] == found[known]
    return np.bincount(order[place[known]], weights=length[known], minlength=len(pairs))


def _along_m(array: np.ndarray, left: np.ndarray, right: np.ndarray, gap_m: float) -> np.ndarray:
    """Metres of the border of each left polygon that lie within `gap_m` of the border of the right one, float64."""
    borders, boxes = shapely.boundary(array), shapely.bounds(array).reshape(-1, 4)
    low = np.maximum(boxes[left, :2], boxes[right, :2]) - 2 * gap_m - _TIE_M
    high = np.minimum(boxes[left, 2:], boxes[right, 2:]) + 2 * gap_m + _TIE_M
    near = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    one, other = (shapely.intersection(borders[side], near) for side in (left, right))
    if gap_m > 0:
        other = shapely.buffer(other, gap_m)
    return np.asarray(shapely.length(shapely.intersection(one, other)))


def _touching(array: np.ndarray, gap_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the pairs, both ways round, that lie within `gap_m` of each other."""
    left, right = shapely.STRtree(array).query(array, predicate="dwithin", distance=gap_m)
    pairs = left != right
    return left[pairs], right[pairs]


def _binary(left: np.ndarray, right: np.ndarray, n: int) -> sparse.csr_array:
    matrix = sparse.coo_array((np.ones(len(left)), (left, right)), shape=(n, n)).tocsr()
    matrix.data[:] = 1.0
    return matrix
