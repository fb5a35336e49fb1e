"""How likely sums over randomly drawn values are: the p-value that conditional permutations without end come to.

The sum of k values drawn from a pool has the k-fold convolution of the pool's distribution for its own; convolving is
multiplying Fourier transforms. That is drawing with replacement. To draw without it, and without the own value, moves
mean and variance a little: where that matters, tails are scaled as those of the normal distribution are by it.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from geo.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Lattice points per spread of the values, at least.
_PER_SPREAD = 100
#: How far the lattice of sums reaches to either side: spreads of the widest sum, or largest values where that is more.
_REACH, _REACH_LARGEST = 12.0, 4.0


def find_cell(values: Floats) -> float:
    """The cell of a lattice for `values`: the largest power of 2 that is at most a hundredth of their spread.

    Values rounded to whole cells sum without rounding, so that equal sums stay equal. 1 where values do not vary.

    >>> find_cell(np.array([-1.0, 1.0])), 1 / 128
    (0.0078125, 0.0078125)
    """
    spread = float(values.std()) if values.size else 0.0
    return float(2.0 ** np.floor(np.log2(spread / _PER_SPREAD))) if spread > 1e-12 else 1.0


def p_of_random_sums(
    pool: Floats, own: Ints, degree: Ints, observed: Floats, cell: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Two-sided p-value of each of m sums, float64 (m,), and whether it lies on the high side, bool (m,).

    `pool`: float64 (n,), finite, whole multiples of `cell` (see `find_cell`); row r observes `observed[r]` over
    `degree[r]` other values of the pool than its own, at `own[r]`. p is
    `min(1, 2 min(P(sum >= observed), P(sum <= observed)))`; NaN where the degree is 0, or n - 1 and more, or the pool
    does not vary.

    >>> pool = np.repeat([0.0, 1.0], [900, 100])
    >>> p, is_high = p_of_random_sums(pool, np.array([0]), np.array([2]), np.array([2.0]), find_cell(pool))
    >>> round(float(p[0]), 3), bool(is_high[0])  # 2 x (100 / 999) (99 / 998)
    (0.02, True)
    """
    n, spread = len(pool), pool.std() if len(pool) else 0.0
    p, is_high = np.full(len(own), np.nan), np.zeros(len(own), dtype=bool)
    can = np.flatnonzero((degree > 0) & (degree < n - 1) & (spread > 1e-12))
    if not len(can):
        return p, is_high
    mean, k = pool.mean(), degree[can]
    its = pool[own[can]] - mean
    variance = (n * spread**2 - its**2) / (n - 1) - (its / (n - 1)) ** 2
    spread_others = np.sqrt(np.maximum(variance * (n - 1 - k) / (n - 2), 1e-24))
    sizes = np.flatnonzero(np.bincount(k))
    slot = np.zeros(sizes[-1] + 1, dtype=np.int64)
    slot[sizes] = np.arange(len(sizes))
    middle = round(mean / cell)
    whole = np.rint(pool / cell).astype(np.int64) - middle
    reach = max(_REACH * spread / cell * np.sqrt(k.max()), _REACH_LARGEST * np.abs(whole).max())
    up_to = _convolve(whole, sizes, 1 << int(np.ceil(np.log2(2 * reach))))
    place = np.rint(observed[can] / cell).astype(np.int64) - k * middle
    found, high = np.empty(len(can)), np.empty(len(can), dtype=bool)
    _look_up(place, slot[k], up_to, found, high)
    away, away_others = observed[can] - k * mean, observed[can] - k * (mean - its / (n - 1))
    moved = np.flatnonzero(np.abs(away_others * (spread / spread_others) - away) > cell / 2)
    root = np.sqrt(k[moved])
    with_all, with_others = away[moved] / (root * spread), away_others[moved] / (root * spread_others[moved])
    found[moved] *= np.exp(log_ndtr(-np.abs(with_others)) - log_ndtr(-np.abs(with_all)))
    p[can], is_high[can] = np.minimum(found, 1.0), high
    return p, is_high


def _convolve(whole: Ints, sizes: Ints, n_points: int) -> Floats:
    """P(sum of k values < lattice point), float64 (k of `sizes`, ascending; `n_points` + 1), 0 in the middle."""
    once = np.fft.rfft(np.bincount(whole % n_points, minlength=n_points) / len(whole))
    power, done = np.ones_like(once), 0
    up_to = np.zeros((len(sizes), n_points + 1))
    for row, size in enumerate(sizes.tolist()):
        power *= once ** (size - done)
        done = size
        np.cumsum(np.fft.fftshift(np.fft.irfft(power, n_points)), out=up_to[row, 1:])
    return up_to


@compiled
def _look_up(place: Ints, slot: Ints, up_to: Floats, p: Floats, is_high: npt.NDArray[np.bool_]) -> None:
    """Writes p, up to 2, and the side of sums at `place` on the lattice, counted from its middle."""
    end = up_to.shape[1] - 1
    for row in range(len(place)):
        own = up_to[slot[row]]
        low = min(max(place[row] + end // 2, 0), end)
        above, below = 1.0 - own[low], own[min(low + 1, end)]
        p[row] = max(2.0 * min(above, below), 0.0)
        is_high[row] = above < below
