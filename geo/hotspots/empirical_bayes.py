"""Empirical Bayes rates (Marshall 1991): small units borrow strength from all others, or from their neighbours.

Method of moments, as in R. J. Marshall, "Mapping disease and mortality rates using empirical Bayes estimators",
Journal of the Royal Statistical Society C 40 (1991). Rates of few cases are drawn towards the mean rate, the more the
fewer are exposed. A, the variance of the true rates, is never taken below 0.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]


def raw_rate(count: Floats, exposure: Floats) -> Floats:
    """Cases per exposed, NaN where none is exposed; `count` float64 (n,) or (n, worlds), `exposure` (n,).

    >>> raw_rate(np.array([3.0, 1]), np.array([6.0, 0])).tolist()
    [0.5, nan]
    """
    base = _like(exposure, count)
    return np.asarray(np.divide(count, base, out=np.full(count.shape, np.nan), where=base > 0))


def global_eb(count: Floats, exposure: Floats) -> Floats:
    """Rates drawn towards that of the whole map; shapes as of `raw_rate`, NaN where none is exposed.

    With r = count / exposure, m = sum of count / sum of exposure over the n units with any exposure b:
    `A = sum b (r - m)^2 / sum b - m / mean(b)`, at least 0, and the rate is `w r + (1 - w) m`, `w = A / (A + m / b)`.
    Where A is 0 all rates are m: no variation beyond chance.

    >>> global_eb(np.array([10.0, 30, 0]), np.array([100.0, 100, 0])).round(4).tolist()  # m 0.2, A 0.01 - 0.002
    [0.12, 0.28, nan]
    >>> global_eb(np.array([10.0, 11]), np.array([100.0, 100])).tolist()
    [0.105, 0.105]
    """
    return _shrink(raw_rate(count, exposure), _like(exposure, count), *global_prior(count, exposure))


def global_prior(count: Floats, exposure: Floats) -> tuple[Any, Any]:
    """m and A of `global_eb`, one of each or one per world; both are 0 where none is exposed.

    >>> [round(float(value), 4) for value in global_prior(np.array([10.0, 30, 0]), np.array([100.0, 100, 0]))]
    [0.2, 0.008]
    """
    known = exposure > 0
    total = exposure[known].sum()
    if not known.any():
        return np.zeros(count.shape[1:]), np.zeros(count.shape[1:])
    mean = count[known].sum(axis=0) / total
    off = raw_rate(count, exposure)[known] - mean
    spread = (_like(exposure, count)[known] * off**2).sum(axis=0) / total
    return mean, np.maximum(spread - mean * known.sum() / total, 0.0)


def spatial_eb(count: Floats, exposure: Floats, neighbours: sparse.csr_array) -> Floats:
    """Rates drawn towards that of the unit and its neighbours together, float64 (n,); NaN where none is exposed.

    m and A of `global_eb`, worked out for each unit over itself and its neighbours (`neighbours`: 0/1 without
    diagonal). A unit that alone is exposed among them keeps its own rate, which is their m.

    >>> from geo.hotspots.neighbours import distance_band
    >>> line = distance_band(np.arange(4.0), np.zeros(4), 1.0)
    >>> spatial_eb(np.array([10.0, 30, 20, 20]), np.full(4, 100.0), line).round(4).tolist()
    [0.12, 0.27, 0.2333, 0.2]
    """
    return _shrink(raw_rate(count, exposure), exposure, *spatial_prior(count, exposure, neighbours))


def spatial_prior(count: Floats, exposure: Floats, neighbours: sparse.csr_array) -> tuple[Floats, Floats]:
    """m and A of `spatial_eb`, float64 (n,) each; 0 where nobody is exposed around a unit.

    >>> pair = sparse.csr_array(np.array([[0.0, 1], [1, 0]]))
    >>> mean, variance = spatial_prior(np.array([10.0, 30]), np.array([100.0, 100]), pair)
    >>> mean.tolist(), variance.round(4).tolist()
    ([0.2, 0.2], [0.008, 0.008])
    """
    rate = raw_rate(count, exposure)
    near = neighbours + sparse.eye_array(len(count), format="csr")
    known = exposure > 0
    cases, total, n_known = near @ np.where(known, count, 0.0), near @ exposure, near @ known.astype(np.float64)
    mean, share = (np.divide(part, total, out=np.zeros(len(count)), where=total > 0) for part in (cases, n_known))
    of_rate = np.where(known, rate, 0.0)
    squares = near @ (exposure * of_rate**2) - 2.0 * mean * (near @ (exposure * of_rate)) + mean**2 * total
    spread = np.divide(squares, total, out=np.zeros(len(count)), where=total > 0)
    return mean, np.maximum(spread - mean * share, 0.0)


def _like(exposure: Floats, count: Floats) -> Floats:
    return exposure if count.ndim == 1 else np.broadcast_to(exposure[:, None], count.shape)


def _shrink(rate: Floats, base: Floats, mean: Floats | float, variance: Floats | float) -> Floats:
    """`w r + (1 - w) m` with `w = A / (A + m / b) = A b / (A b + m)`; m where both A and m are 0."""
    own = variance * base
    whole = own + mean
    weight = np.divide(own, whole, out=np.zeros(rate.shape), where=whole > 0)
    return np.asarray(weight * rate + (1.0 - weight) * mean)
