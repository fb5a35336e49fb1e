"""Mann-Kendall test for a trend, ties corrected (Mann 1945; Kendall 1975)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.errors import BadQuery, Words
from geo.hotspots.getis_ord import two_sided_p

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Trend:
    """Of each of n units: S, its variance, z with continuity correction and its two-sided p, float64 (n,) each."""

    s: Floats
    variance: Floats
    z: Floats
    p: Floats

    def direction(self, alpha: float) -> npt.NDArray[np.int8]:
        """1 where the series rises at p <= `alpha`, -1 where it falls, else 0; NaN p-values are no trend."""
        return np.where(self.p <= alpha, np.sign(self.s), 0).astype(np.int8)


def mann_kendall(series: Floats) -> Trend:
    """The trend of each column of `series`, float64 (n steps, n units), one series per column.

    `S = sum over i < j of sign(x_j - x_i)`, `Var = (n (n-1) (2n+5) - sum over ties of t (t-1) (2t+5)) / 18`,
    `z = (S - sign(S)) / sqrt(Var)`. A series that does not vary, or of one step, has z = 0 and p = 1. A series with a
    NaN has NaN throughout. Errors: `BadQuery` unless there are two axes.

    >>> trend = mann_kendall(np.arange(5.0)[:, None])
    >>> [round(float(v[0]), 5) for v in (trend.s, trend.variance, trend.z, trend.p)]
    [10.0, 16.66667, 2.20454, 0.02749]
    """
    if series.ndim != 2:
        raise BadQuery(
            Words(
                f"a trend is of steps x units, not of {series.ndim} axes", f"趋势需要时段×单位，而不是 {series.ndim} 维"
            )
        )
    n_steps, n_units = series.shape
    steps = np.ascontiguousarray(series, dtype=np.float64)
    s, ties = np.zeros(n_units), np.zeros(n_units)
    _sum_signs(steps, s, ties)
    variance = (n_steps * (n_steps - 1) * (2 * n_steps + 5) - ties) / 18
    z = np.zeros(n_units)
    np.divide(s - np.sign(s), np.sqrt(np.maximum(variance, 0.0)), out=z, where=variance > 0)
    unknown = np.isnan(steps).any(axis=0)
    s[unknown], variance[unknown], z[unknown] = np.nan, np.nan, np.nan
    return Trend(s, variance, z, two_sided_p(z))


@compiled
def _sum_signs(steps: Floats, s: Floats, ties: Floats) -> None:
    """Adds to each unit's S, and to its sum of t (t-1) (2t+5) over groups of t equal values."""
    n_steps, n_units = steps.shape
    equal = np.zeros(n_units)
    for late in range(1, n_steps):
        equal[:] = 0.0
        for early in range(late):
            for unit in range(n_units):
                s[unit] += int(steps[late, unit] > steps[early, unit]) - int(steps[late, unit] < steps[early, unit])
                equal[unit] += int(steps[late, unit] == steps[early, unit])
        for unit in range(n_units):
            # What the term of a group of `equal` grows by with this member.
            ties[unit] += 6.0 * equal[unit] * (equal[unit] + 2.0)
