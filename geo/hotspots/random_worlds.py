"""Worlds in which exposure alone decides where the cases fall, and how far the map at hand is from them."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import gammainc, gammaincc

from geo.compiled import compiled
from geo.errors import BadQuery, Words
from geo.hotspots.getis_ord import two_sided_p
from geo.hotspots.permutation import two_sided_rank_p

Floats = npt.NDArray[np.float64]
#: From here on the first terms of the series in 1 / E serve (F. J. Anscombe, Biometrika 35, 1948): off by under 3e-4.
_MANY = 100.0
_ROOTS: Floats = 2.0 * np.sqrt(np.arange(400) + 0.375)
#: Counts of worlds held at a time, 8 bytes each; a skewness that is taken for none; z's that are taken as equal.
_MAX_COUNTS = 600_000
_NO_SKEW = 1e-4
_TIE_Z = 1e-9
_WORKERS = min(2, os.cpu_count() or 1)


def sampled_p(
    count: Floats, exposure: Floats, statistic: Callable[[Floats], Floats], *, n_worlds: int = 999, seed: int = 0
) -> Floats:
    """Two-sided p-value of each unit's statistic among those of `n_worlds` worlds, float64 (n,).

    In each world the same number of cases falls anew, each case on a unit with a chance in proportion to `exposure`
    (multinomial). `statistic` takes counts, float64 (n, any number of worlds), and returns as many values. A value that
    is NaN in a world counts as 0: nothing stands out there. NaN where the statistic of `count` is, and where nothing is
    exposed. The least p is 2 / (n_worlds + 1). Errors: `BadQuery` for less than one world.

    >>> p = sampled_p(np.array([9.0, 1, 0]), np.array([1.0, 1, 2]), lambda counts: counts, n_worlds=999)
    >>> [round(float(value), 1) for value in p]  # 9 of 10, 1 of 10, 0 of 10 with chances of 1/4, 1/4, 1/2
    [0.0, 0.5, 0.0]
    """
    if n_worlds < 1:
        raise BadQuery(Words("permutations are 1 or more", "置换次数至少为 1"))
    observed = statistic(count[:, None])[:, 0]
    known = np.isfinite(observed)
    total = float(exposure.sum())
    n_ge, n_le = np.full(len(count), -1, dtype=np.int64), np.full(len(count), -1, dtype=np.int64)
    if not total > 0 or not known.any():
        return two_sided_rank_p(n_ge, n_le, n_worlds)
    at_a_time = max(1, _MAX_COUNTS // len(count))
    sizes = [min(at_a_time, n_worlds - start) for start in range(0, n_worlds, at_a_time)]

    def part(size: int, source: np.random.SeedSequence) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        rng = np.random.default_rng(source)
        drawn = rng.multinomial(int(count.sum()), exposure / total, size=size).T.astype(np.float64)
        found = np.nan_to_num(statistic(drawn)) - observed[:, None]
        return (found >= -_TIE_Z).sum(axis=1), (found <= _TIE_Z).sum(axis=1)

    with ThreadPoolExecutor(_WORKERS) as pool:
        counted = list(pool.map(part, sizes, np.random.SeedSequence(seed).spawn(len(sizes))))
    for place, both in enumerate(zip(*counted, strict=True)):
        (n_ge, n_le)[place][known] = np.sum(both, axis=0)[known]
    return two_sided_rank_p(n_ge, n_le, n_worlds)


def excess_p(excess: Floats, expected: Floats, neighbours: sparse.csr_array) -> tuple[Floats, Floats]:
    """(z, two-sided p) of the sum of the excess over each unit and its neighbours in such worlds, float64 (n,) both.

    `excess` is that of counts over `expected`, float64 (n,); `neighbours` 0/1 without diagonal. The sum is taken from
    the mean of the map, as Gi* does. Its mean, variance and skewness in worlds of independent Poisson counts are exact;
    p is that of a Pearson type III distribution with these three, which serves where few cases are expected, too, where
    that of Gi* under the normal distribution flags almost every random world. Where the excess varies by more over the
    map than such worlds do, the variance is taken as many times as large. NaN where nothing is expected around a unit,
    or where the excess does not vary.

    >>> from geo.hotspots.neighbours import distance_band
    >>> line, expected = distance_band(np.arange(200.0), np.zeros(200), 1.0), np.full(200, 50.0)
    >>> count = np.where(np.arange(200) < 3, 90.0, 50.0) + np.tile([6.0, -6], 100)
    >>> z, p = excess_p(2 * (np.sqrt(count + 0.375) - np.sqrt(expected + 0.375)), expected, line)
    >>> [round(float(value), 1) for value in z[:6]], bool(p[1] < 1e-8 < 0.3 < p[9])
    ([6.5, 8.3, 4.8, 2.9, -0.6, 0.4], True)
    """
    n = len(excess)
    z, p = np.full(n, np.nan), np.full(n, np.nan)
    if n < 2 or not np.isfinite(expected).all() or np.ptp(excess) == 0:
        return z, p
    mean, variance, third = excess_moments(expected)
    near = neighbours + sparse.eye_array(n, format="csr")
    reach = np.diff(near.indptr).astype(np.float64)
    share = reach / n
    away = near @ (excess - mean) - share * (excess - mean).sum()
    wide = near @ variance * (1.0 - 2.0 * share) + share**2 * variance.sum()
    lean = near @ third * ((1.0 - share) ** 3 + share**3) - share**3 * third.sum()
    more = max(1.0, float(excess.var() / (variance.mean() + mean.var()))) if variance.any() else 1.0
    known = wide > 1e-12
    z[known] = away[known] / np.sqrt(wide[known] * more)
    p[known] = pearson_p(z[known], lean[known] / wide[known] ** 1.5)
    return z, p


def excess_moments(expected: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and third central moment of the excess of a Poisson count of mean `expected`, float64 (n,) each.

    >>> mean, variance, third = excess_moments(np.array([0.0, 1.0, 400.0]))
    >>> mean.round(3).tolist(), variance.round(3).tolist(), third.round(3).tolist()
    ([0.0, -0.158, -0.012], [0.0, 0.717, 1.0], [0.0, 0.19, -0.025])
    """
    mean, variance, third = (np.zeros(len(expected)) for _ in range(3))
    few = expected < _MANY
    many = np.where(few, _MANY, expected)
    _sum_moments(np.where(few, expected, 0.0), _ROOTS, mean, variance, third)
    series = -1.0 / (4.0 * np.sqrt(many)), 1.0 + 1.0 / (16.0 * many**2), -1.0 / (2.0 * np.sqrt(many))
    found = (np.where(few, exact, far) for exact, far in zip((mean, variance, third), series, strict=True))
    first, second, last = found
    return first, second, last


def pearson_p(z: Floats, skewness: Floats) -> Floats:
    """Two-sided p-values, twice the smaller tail, of z-scores under Pearson type III distributions; shapes as given.

    A gamma distribution of shape `4 / skewness^2`, moved and scaled to mean 0 and variance 1, mirrored where the
    skewness is negative; the normal distribution where it is 0.

    >>> pearson_p(np.array([3.0, 3.0, -3.0]), np.array([0.0, 2.0, -2.0])).round(4).tolist()  # 2 exp(-4) for skewness 2
    [0.0027, 0.0366, 0.0366]
    """
    skewed = np.abs(skewness) >= _NO_SKEW
    lean = np.where(skewed, skewness, 1.0)
    shape = 4.0 / lean**2
    place = np.maximum(shape + 2.0 * z / lean, 0.0)
    gamma = 2.0 * np.minimum(gammainc(shape, place), gammaincc(shape, place))
    return np.asarray(np.minimum(1.0, np.where(skewed, gamma, two_sided_p(z))))


@compiled
def _sum_moments(expected: Floats, roots: Floats, mean: Floats, variance: Floats, third: Floats) -> None:
    """`roots[c]` is 2 sqrt(c + 3/8); nothing is done where nothing is expected."""
    for unit in range(len(expected)):
        at = expected[unit]
        if at <= 0.0:
            continue
        middle = 2.0 * np.sqrt(at + 0.375)
        chance, first, second, cubes = np.exp(-at), 0.0, 0.0, 0.0
        for count in range(len(roots)):
            value = roots[count] - middle
            first += chance * value
            second += chance * value * value
            cubes += chance * value * value * value
            chance *= at / (count + 1.0)
            if count > at and chance < 1e-18:
                break
        mean[unit] = first
        variance[unit] = second - first * first
        third[unit] = cubes - 3.0 * first * second + 2.0 * first * first * first
