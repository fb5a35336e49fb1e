"""How units compare: empirical Bayes rates with intervals, places in rank with what cannot be told apart, a funnel.

Counts are Poisson about rate x exposure, rates gamma about a mean m with a variance A, those of all units or those of
each unit's neighbourhood (`empirical_bayes.global_prior`, `spatial_prior`; method of moments, Marshall 1991). A unit's
rate then is gamma with shape `m^2 / A + count` and rate `m / A + exposure` (Clayton and Kaldor 1987): its mean is the
empirical Bayes rate. The prior is taken as known, so intervals are somewhat too narrow where units are few.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from geo.hotspots.empirical_bayes import global_prior, spatial_prior

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Two intervals of this level that do not overlap differ at 5 %: half-widths of 1.96 / sqrt(2) = 1.39 standard errors
#: (Goldstein and Healy 1995, for errors of like size).
_COMPARED = 0.8342
#: Levels of the funnel's limits (Spiegelhalter 2005).
FUNNEL_LEVELS = (0.95, 0.998)


@dataclass(frozen=True)
class League:
    """Per unit, float64 (n,), NaN where none is exposed: the empirical Bayes `rate`, its 95 % interval `low`, `high`.

    `place` int64 (n,): 1 is the highest rate, 0 has none. `best` and `worst` int64 (n,): the places that cannot be told
    from it. `first` and `last` int64 (n,): the unit's groups, 0 is the highest, -1 for none; units that share a group
    cannot be told apart.
    """

    rate: Floats
    low: Floats
    high: Floats
    place: Ints
    best: Ints
    worst: Ints
    first: Ints
    last: Ints


def compare_units(count: Floats, exposure: Floats, neighbours: sparse.csr_array | None = None) -> League:
    """The units' rates and places; `count`, `exposure` float64 (n,), 0 or more.

    Rates are drawn towards that of all units, or, with `neighbours` (0/1 without diagonal), of each unit's own ones.

    Two units can be told apart where their posterior intervals of 83.4 % do not overlap. Groups are the largest sets of
    units of which all intervals overlap each other, from the highest down.

    >>> found = compare_units(np.array([900.0, 880, 100]), np.array([1000.0, 1000, 1000]))
    >>> found.place.tolist(), found.best.tolist(), found.worst.tolist(), found.first.tolist()
    ([1, 2, 3], [1, 1, 3], [2, 2, 3], [0, 0, 1])
    """
    known = exposure > 0
    none = np.zeros(len(count), dtype=np.int64)
    prior = global_prior(count, exposure) if neighbours is None else spatial_prior(count, exposure, neighbours)
    mean, variance = (np.broadcast_to(np.asarray(value, dtype=np.float64), count.shape) for value in prior)
    rate, low, high = _posterior(count, exposure, mean, variance, 0.95)
    _, least, most = _posterior(count, exposure, mean, variance, _COMPARED)
    place, best, worst, first, last = none, none.copy(), none.copy(), none - 1, none - 1
    order = np.flatnonzero(known)[np.argsort(-rate[known], kind="stable")]
    place[order] = np.arange(1, len(order) + 1)
    best[known] = 1 + np.searchsorted(np.sort(-least[known]), -most[known], side="left")
    worst[known] = len(order) - np.searchsorted(np.sort(most[known]), least[known], side="left")
    first[known], last[known] = _groups(least[known], most[known])
    return League(rate, low, high, place, best, worst, first, last)


def _posterior(
    count: Floats, exposure: Floats, mean: Floats, variance: Floats, level: float
) -> tuple[Floats, Floats, Floats]:
    """Mean and equal-tailed interval of each unit's rate; m where A is 0; NaN where none is exposed."""
    found = np.full((3, len(count)), np.nan)
    varies = (exposure > 0) & (variance > 0)
    found[:, (exposure > 0) & ~varies] = mean[(exposure > 0) & ~varies]
    m, a = mean[varies], variance[varies]
    shape, rate = m**2 / a + count[varies], m / a + exposure[varies]
    tail = (1 - level) / 2
    found[:, varies] = (
        shape / rate,
        special.gammaincinv(shape, tail) / rate,
        special.gammaincinv(shape, 1 - tail) / rate,
    )
    return found[0], found[1], found[2]


def _groups(low: Floats, high: Floats) -> tuple[Ints, Ints]:
    """First and last of the largest sets of overlapping intervals that each interval is in; sets from the highest down.

    Such a set ends where, going down, an interval's low end comes after another's high end has come in.
    """
    n = len(low)
    value = np.concatenate([high, low])
    ends = np.concatenate([np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.int64)])
    first, last = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    group, has_new = -1, False
    for place in np.lexsort((ends, -value)):
        unit, is_end = place % n, place >= n
        if is_end:
            if has_new:
                group, has_new = group + 1, False
            last[unit] = group
        else:
            first[unit], has_new = group + 1, True
    return first, last


def funnel_limits(exposure: Floats, rate: float, level: float) -> tuple[Floats, Floats]:
    """Between which rates a share `level` of units with this exposure lie if all have the true `rate`: float64 (n,).

    The exact Poisson quantiles of the count, interpolated between whole ones so that the limits are smooth:
    `r - (F(r) - p) / (F(r) - F(r - 1))` with r the least whole number with F(r) >= p, over the exposure (Spiegelhalter
    2005, appendix A.1). NaN where none is exposed; the lower limit is never below 0.

    >>> low, high = funnel_limits(np.array([100.0]), 0.04, 0.95)  # 4 expected: F(0) = .018, F(1) = .092; F(8) = .979
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.0009, 0.0788)
    """
    expected = np.where(exposure > 0, exposure * rate, np.nan)
    sides = []
    for p in ((1 - level) / 2, (1 + level) / 2):
        whole = _poisson_quantile(p, expected)
        above = special.pdtr(whole, expected) - p
        step = np.exp(special.xlogy(whole, expected) - special.gammaln(whole + 1) - expected)
        count = whole - np.divide(above, step, out=np.zeros_like(above), where=step > 0)
        sides.append(np.maximum(count, 0.0) / exposure)
    return sides[0], sides[1]


def _poisson_quantile(p: float, mean: Floats) -> Floats:
    """The least whole number of which the Poisson distribution function is `p` or more; NaN of NaN.

    By the functions that `scipy.stats` itself takes: to import that costs half a second more than all else here.

    >>> _poisson_quantile(0.975, np.array([4.0, 0.0])).tolist()
    [8.0, 0.0]
    """
    whole = np.ceil(np.where(mean > 0, special.pdtrik(p, np.maximum(mean, 1e-300)), mean))
    below = np.maximum(whole - 1, 0.0)
    return np.asarray(np.where(special.pdtr(below, mean) >= p, below, whole), dtype=np.float64)


def dispersion(count: Floats, exposure: Floats) -> float:
    """The mean of `(count - expected)^2 / expected`: 1 where chance alone decides, more where units differ; else NaN.

    >>> dispersion(np.array([8.0, 12.0]), np.array([1.0, 1.0]))  # 4 / 10 each
    0.4
    """
    known = exposure > 0
    expected = exposure[known] * count[known].sum() / exposure[known].sum() if known.any() else np.zeros(0)
    return float(((count[known] - expected) ** 2 / expected).mean()) if expected.any() else float("nan")
