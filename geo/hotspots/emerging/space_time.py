"""Gi* on a space-time cube: a unit and its neighbours at this step and the one before it (Ord and Getis 1995)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.hotspots.permutation import count_extremes, two_sided_rank_p
from geo.hotspots.random_worlds import excess_moments, pearson_p

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Signs = npt.NDArray[np.int8]
#: The largest q-value of a hot or cold bin.
Q_LIMIT = 0.05
#: Sums within so many spreads of what is expected are neither: p is 0.046 there and more, or not to be relied on.
_FAR = 2.0


@dataclass(frozen=True)
class Bins:
    """A cube of values with what its neighbourhoods hold; a bin is one unit at one step.

    `values` and `sums` (over each bin's neighbourhood, itself included) float64, `sizes` (bins in it) int64, all
    (n steps, n units). `neighbours` 0/1 without diagonal; `tested` bool (n units,): units that have any.
    """

    values: Floats
    sums: Floats
    sizes: Ints
    neighbours: sparse.csr_array
    tested: npt.NDArray[np.bool_]


def gather_bins(values: Floats, neighbours: sparse.csr_array) -> Bins:
    """The cube `values`, float64 (n steps, n units), with its neighbourhoods.

    A neighbourhood is the unit and its neighbours at this and the previous step; at the first step, at this one only.

    >>> pair = sparse.csr_array(np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 0]]))
    >>> bins = gather_bins(np.array([[1.0, 2, 4], [10, 20, 40]]), pair)
    >>> bins.sums.tolist(), bins.sizes.tolist(), bins.tested.tolist()
    ([[3.0, 3.0, 4.0], [33.0, 33.0, 44.0]], [[2, 2, 1], [4, 4, 2]], [True, True, False])
    """
    degree = np.diff(neighbours.indptr).astype(np.int64)
    sizes = np.repeat((degree + 1)[None, :], len(values), axis=0)
    sizes[1:] *= 2
    return Bins(values, _sum_around(values, neighbours), sizes, neighbours, degree > 0)


def _sum_around(values: Floats, neighbours: sparse.csr_array) -> Floats:
    sums: Floats = values + (neighbours @ values.T).T
    sums[1:] += sums[:-1].copy()
    return sums


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


def expected_signs(bins: Bins, expected: Floats, z: Floats) -> Signs:
    """Which bins are hot (1), cold (-1) or neither (0), int8 (n steps, n units), by worlds of the exposure alone.

    `bins.values` is the excess over `expected`, float64 (n steps, n units), or (1, n units) where all steps expect
    alike; `z` is that of Gi*. p is that of the neighbourhood's sum in worlds of independent Poisson counts, as
    `random_worlds.excess_p` has it for a map: exact mean, variance and skewness, the variance as many times as large as
    the excess varies more than in such worlds. It serves where bins expect less than one incident, too; there sums lean
    to one side wherever fewer are expected than elsewhere, and `permuted_signs` finds cold bins in every random world.
    p is two-sided; Benjamini-Hochberg runs over the bins of all tested units.
    """
    n_steps, n = bins.values.shape[0], bins.values.size
    moments = [moment.reshape(expected.shape) for moment in excess_moments(expected.ravel())]
    mean, variance, third = moments
    whole = n_steps / len(expected)
    more = max(1.0, float(bins.values.var() / max(variance.mean() + mean.var(), 1e-300)))
    from_mean = bins.values - mean
    rows = np.arange(n_steps)
    if len(expected) == 1:
        # All steps expect alike: the first, which has none before it, and the second stand for all.
        variance, third, rows = np.repeat(variance, 2, axis=0), np.repeat(third, 2, axis=0), np.minimum(rows, 1)
    share = bins.sizes[: len(variance)] / n
    wide, lean = (_sum_around(moment[: len(share)], bins.neighbours) for moment in (variance, third))
    wide = wide * (1 - 2 * share) + share**2 * (moments[1].sum() * whole)
    lean = lean * ((1 - share) ** 3 + share**3) - share**3 * (moments[2].sum() * whole)
    is_expected = wide > 1e-12
    spread = np.sqrt(np.where(is_expected, wide, 1.0))
    away = _sum_around(from_mean, bins.neighbours) - share[rows] * from_mean.sum()
    score = away / (spread * np.sqrt(more))[rows]
    tested = bins.tested & np.isfinite(z) & is_expected[rows]
    p = np.where(tested, 1.0, np.nan)
    far = tested & (np.abs(score) > _FAR)
    p[far] = pearson_p(score[far], (lean / spread**3)[rows][far])
    return _signs(z, p, away > 0)


def permuted_signs(bins: Bins, z: Floats, *, n_permutations: int, seed: int) -> Signs:
    """As `expected_signs`, by conditional permutation of the values: for cubes whose every bin expects some incidents.

    A bin keeps its value while all other values of the cube change places. Of m bins at least
    `2 m / (Q_LIMIT (R + 1))` must be at the finest p, 2 / (R + 1), for any to pass: 112 of the 279,864 bins of 52 steps
    x 5,382 units with R = 99,999.
    """
    rows = np.flatnonzero(np.tile(bins.tested, len(bins.values)))
    n_others, observed = bins.sizes.ravel()[rows] - 1, (bins.sums - bins.values).ravel()[rows]
    n_ge, n_le = count_extremes(bins.values.ravel(), rows, n_others, observed, n_permutations=n_permutations, seed=seed)
    p, is_high = np.full(z.size, np.nan), np.zeros(z.size, dtype=bool)
    p[rows], is_high[rows] = two_sided_rank_p(n_ge, n_le, n_permutations), n_ge < n_le
    return _signs(z, p.reshape(z.shape), is_high.reshape(z.shape))


def _signs(z: Floats, p: Floats, is_high: npt.NDArray[np.bool_]) -> Signs:
    """The sign of z where q passes and the p-value is of that side."""
    passes = (p <= largest_passing_p(p.ravel(), Q_LIMIT)) & ((z > 0) == is_high)
    return np.where(passes, np.where(is_high, 1, -1), 0).astype(np.int8)


def largest_passing_p(p: Floats, q_limit: float) -> float:
    """The largest of the p-values, float64 (n,), whose Benjamini-Hochberg q is at most `q_limit`; -1 where none is.

    NaN does not count. As `fdr_q(p) <= q_limit`, but sorts only those that can pass.

    >>> largest_passing_p(np.array([0.01, 0.04, 0.03, 0.2, np.nan]), 0.05)
    0.01
    """
    small = np.sort(p[p <= q_limit])
    passing = np.flatnonzero(small * np.isfinite(p).sum() <= q_limit * np.arange(1, len(small) + 1))
    return float(small[passing[-1]]) if len(passing) else -1.0
