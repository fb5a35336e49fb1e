"""Gi* on a space-time cube: a unit and its neighbours at this step and the one before it (Ord and Getis 1995)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.hotspots.permutation import count_extremes, two_sided_rank_p
from geo.hotspots.random_sums import p_of_random_sums

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int8]
#: The largest q-value of a hot or cold bin.
Q_LIMIT = 0.05


@dataclass(frozen=True)
class Bins:
    """A cube of values with what its neighbourhoods hold; a bin is one unit at one step.

    `values` and `sums` (over each bin's neighbourhood, itself included) float64, `sizes` (bins in it) int64, all
    (n steps, n units). `tested` bool (n units,): units with a neighbour.
    """

    values: Floats
    sums: Floats
    sizes: Ints
    tested: npt.NDArray[np.bool_]

    def others(self) -> tuple[Ints, Ints, Floats]:
        """Flat, of each bin of the tested units: its place in the cube, how many others it has, what these sum to."""
        rows = np.flatnonzero(np.tile(self.tested, len(self.values)))
        return rows, self.sizes.ravel()[rows] - 1, (self.sums - self.values).ravel()[rows]


def gather_bins(values: Floats, neighbours: sparse.csr_array) -> Bins:
    """The cube `values`, float64 (n steps, n units), with its neighbourhoods; `neighbours` is 0/1 without diagonal.

    A neighbourhood is the unit and its neighbours at this and the previous step; at the first step, at this one only.

    >>> pair = sparse.csr_array(np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    >>> bins = gather_bins(np.array([[1.0, 2, 4], [10, 20, 40]]), pair)
    >>> bins.sums.tolist(), bins.sizes.tolist(), bins.tested.tolist()
    ([[3.0, 3.0, 4.0], [33.0, 33.0, 44.0]], [[2, 2, 1], [4, 4, 2]], [True, True, False])
    """
    degree = np.diff(neighbours.indptr).astype(np.int64)
    sums = values + np.asarray((neighbours @ values.T).T)
    sizes = np.repeat((degree + 1)[None, :], len(values), axis=0)
    sums[1:] += sums[:-1].copy()
    sizes[1:] *= 2
    return Bins(values, sums, sizes, degree > 0)


def space_time_gi_star(bins: Bins) -> Floats:
    """z of Gi* of each bin, float64 (n steps, n units), with mean and S over the whole cube.

    `z = (sum - xbar W) / (S sqrt((n W - W^2) / (n - 1)))`, W the bins of the neighbourhood, n those of the cube. NaN
    where values do not vary, where a neighbourhood is the whole cube, and for units without neighbours.

    >>> pair = sparse.csr_array(np.array([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]]))
    >>> z = space_time_gi_star(gather_bins(np.array([[1.0, 2, 3], [4, 5, 9]]), pair))
    >>> round(float(z[0, 0]), 4)  # mean 4, S^2 = 136/6 - 16 = 20/3; (3 - 8) / sqrt(20/3 (12 - 4) / 5)
    -1.5309
    """
    n = bins.values.size
    mean, spread = bins.values.mean(), bins.values.std()
    scale = spread * np.sqrt(np.maximum(n * bins.sizes - bins.sizes**2, 0) / max(n - 1, 1))
    z = np.full(bins.values.shape, np.nan)
    np.divide(bins.sums - mean * bins.sizes, scale, out=z, where=(scale > 1e-12) & bins.tested)
    return z


def standardise_steps(values: Floats) -> Floats:
    """`values` (n steps, n units) less their step's mean, by its S: mean and S of each step stand for the cube's.

    >>> standardise_steps(np.array([[1.0, 3], [10, 30], [5, 5]])).tolist()
    [[-1.0, 1.0], [-1.0, 1.0], [0.0, 0.0]]
    """
    away = values - values.mean(axis=1, keepdims=True)
    spread = values.std(axis=1, keepdims=True)
    return np.asarray(np.divide(away, spread, out=np.zeros_like(away), where=spread > 1e-12))


def permuted_signs(bins: Bins, z: Floats, *, n_permutations: int, seed: int) -> Signs:
    """Which bins are hot (1), cold (-1) or neither (0), int8 (n steps, n units), by conditional permutation.

    A bin keeps its value while all other values of the cube change places; p is two-sided, Benjamini-Hochberg runs over
    the bins of all tested units. Of m bins at least `2 m / (Q_LIMIT (R + 1))` must be at the finest p, 2 / (R + 1), for
    any to pass: 112 of the 279,864 bins of 52 steps x 5,382 units with R = 99,999.
    """
    rows, n_others, observed = bins.others()
    n_ge, n_le = count_extremes(bins.values.ravel(), rows, n_others, observed, n_permutations=n_permutations, seed=seed)
    return _signs(z, rows, two_sided_rank_p(n_ge, n_le, n_permutations), n_ge < n_le)


def endless_signs(bins: Bins, z: Floats, cell: float) -> Signs:
    """As `permuted_signs`, with the p that permutations without end come to; values are multiples of `cell`."""
    rows, n_others, observed = bins.others()
    p, is_high = p_of_random_sums(bins.values.ravel(), rows, n_others, observed, cell)
    return _signs(z, rows, p, is_high)


def largest_passing_p(p: Floats, q_limit: float) -> float:
    """The largest of the p-values, float64 (n,), whose Benjamini-Hochberg q is at most `q_limit`; -1 where none is.

    NaN does not count. As `fdr_q(p) <= q_limit`, but sorts only those that can pass.

    >>> largest_passing_p(np.array([0.01, 0.04, 0.03, 0.2, np.nan]), 0.05)
    0.01
    """
    small = np.sort(p[p <= q_limit])
    passing = np.flatnonzero(small * np.isfinite(p).sum() <= q_limit * np.arange(1, len(small) + 1))
    return float(small[passing[-1]]) if len(passing) else -1.0


def _signs(z: Floats, rows: Ints, p: Floats, is_high: npt.NDArray[np.bool_]) -> Signs:
    """The sign of z where q passes and the neighbours, not the bin's own value alone, are on that side."""
    signs = np.zeros(z.size, dtype=np.int8)
    side = np.where(is_high, 1.0, -1.0)
    passes = (p <= largest_passing_p(p, Q_LIMIT)) & (np.sign(z.ravel()[rows]) == side)
    signs[rows[passes]] = side[passes]
    return signs.reshape(z.shape)
