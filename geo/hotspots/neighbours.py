"""Which units count as near each other, as a sparse 0/1 matrix."""

from collections.abc import Sequence

import numpy as np
import shapely
from scipy import sparse
from shapely.geometry.base import BaseGeometry


def queen(geometries: Sequence[BaseGeometry], gap_m: float = 0.0) -> sparse.csr_array:
    """Contiguity: 1 where two units share an edge or a corner, or lie within `gap_m` of each other.

    Real layers leave slivers between neighbours, hence the gap. `geometries` are n polygons in a
    metric CRS; the answer is a symmetric (n, n) float64 matrix with an empty diagonal.

    >>> from shapely import box
    >>> queen([box(0, 0, 1, 1), box(1, 1, 2, 2), box(9, 0, 10, 1)]).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    array = np.asarray(geometries, dtype=object)
    tree = shapely.STRtree(array)
    left, right = tree.query(array, predicate="dwithin", distance=gap_m)
    pairs = left != right
    return _binary(left[pairs], right[pairs], len(array))


def distance_band(x_m: np.ndarray, y_m: np.ndarray, band_m: float) -> sparse.csr_array:
    """1 where two points, float64 (n,) each, lie at most `band_m` apart; the diagonal is empty.

    >>> distance_band(np.array([0.0, 3.0, 9.0]), np.zeros(3), 5.0).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    points = np.atleast_1d(np.asarray(shapely.points(x_m, y_m), dtype=object))
    left, right = shapely.STRtree(points).query(points, predicate="dwithin", distance=band_m)
    pairs = left != right
    return _binary(left[pairs], right[pairs], len(points))


def _binary(left: np.ndarray, right: np.ndarray, n: int) -> sparse.csr_array:
    matrix = sparse.coo_array((np.ones(len(left)), (left, right)), shape=(n, n)).tocsr()
    matrix.data[:] = 1.0
    return matrix
