"""Getis-Ord Gi* with false-discovery control (Ord and Getis 1995; Benjamini and Hochberg 1995)."""

import numpy as np
from scipy import sparse
from scipy.special import ndtr

#: Classes from the strongest hot to the strongest cold; an island has no neighbours.
CLASSES = ("hot99", "hot95", "hot90", "none", "cold90", "cold95", "cold99", "island")
ISLAND, NO_RESULT = "island", ""


def excess(count: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Variance-stabilised excess over expectation: `2 (sqrt(c + 3/8) - sqrt(E + 3/8))`, shape as given.

    Raw counts of unequal units flag 4 to 21 % of a random world; this flags almost none of it.

    >>> excess(np.array([3.625]), np.array([0.625])).tolist()
    [2.0]
    """
    return np.asarray(2.0 * (np.sqrt(count + 0.375) - np.sqrt(expected + 0.375)))


def gi_star(values: np.ndarray, neighbours: sparse.csr_array) -> np.ndarray:
    """z-score of Gi* for each of n units, self included: float64 (n,), or (n, worlds) as `values`.

    `z_i = (sum_j w_ij x_j - xbar W_i) / (S sqrt((n sum_j w_ij^2 - W_i^2) / (n - 1)))` with
    `S^2 = mean(x^2) - xbar^2`. `neighbours` is 0/1 without diagonal. Units whose neighbourhood is the
    whole map, and all units where the values do not vary, get NaN.

    >>> from geo.hotspots.neighbours import distance_band
    >>> x, y = np.array([10.0, 20, 40, 15, 30, 30]), np.array([10.0, 10, 10, 20, 20, 30])
    >>> z = gi_star(np.array([2, 3, 3.2, 5, 8, 7]), distance_band(x, y, 15.0))
    >>> [round(float(v), 8) for v in z]
    [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    """
    n = len(values)
    if n < 2:
        return np.full(values.shape, np.nan)
    reach = np.diff(neighbours.indptr) + 1.0
    away = values - values.mean(axis=0)
    spread = np.sqrt((away**2).mean(axis=0))
    wide = np.sqrt(np.maximum(n * reach - reach**2, 0.0) / (n - 1))
    scale = spread * (wide if values.ndim == 1 else wide[:, None])
    z = np.full(values.shape, np.nan)
    np.divide(neighbours @ away + away, scale, out=z, where=scale > 1e-12)
    return z


def two_sided_p(z: np.ndarray) -> np.ndarray:
    """Two-sided p-values of z-scores under the normal distribution; NaN stays NaN.

    >>> round(float(two_sided_p(np.array([1.959964]))[0]), 6)
    0.05
    """
    return np.asarray(2.0 * ndtr(-np.abs(z)))


def fdr_q(p: np.ndarray) -> np.ndarray:
    """Benjamini-Hochberg q-values over all finite p-values, shape (n,); NaN stays NaN.

    >>> [round(float(q), 4) for q in fdr_q(np.array([0.01, 0.04, 0.03, 0.2]))]
    [0.04, 0.0533, 0.0533, 0.2]
    """
    q = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    stepped = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return q


def classify_hotspots(
    z: np.ndarray, q: np.ndarray, n_neighbours: np.ndarray, fdr_levels: tuple[float, float, float]
) -> np.ndarray:
    """Class of each unit (object array of `CLASSES`, "" where z is NaN) after FDR at the three levels.

    >>> classify_hotspots(np.array([3.0, -3.0, 0.1, 9.0]), np.array([0.009, 0.07, 0.9, 0.001]),
    ...     np.array([2, 2, 2, 0]), (0.01, 0.05, 0.1)).tolist()
    ['hot99', 'cold90', 'none', 'island']
    """
    strength = np.full(len(z), "", dtype=object)
    for level, name in sorted(zip(fdr_levels, ("99", "95", "90"), strict=True), reverse=True):
        strength[q <= level] = name
    sign = np.where(z > 0, "hot", "cold").astype(object)
    found = np.where(strength == "", "none", sign + strength).astype(object)
    found[np.isnan(z)] = NO_RESULT
    found[np.asarray(n_neighbours) == 0] = ISLAND
    return found
