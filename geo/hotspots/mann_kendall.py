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
    n_steps = len(series)
    columns = np.ascontiguousarray(series.T, dtype=np.float64)
    s, ties = np.zeros(len(columns)), np.zeros(len(columns))
    _sum_signs(columns, s, ties)
    variance = (n_steps * (n_steps - 1) * (2 * n_steps + 5) - ties) / 18
    z = np.zeros(len(columns))
    np.divide(s - np.sign(s), np.sqrt(np.maximum(variance, 0.0)), out=z, where=variance > 0)
    unknown = np.isnan(columns).any(axis=1)
    s[unknown], variance[unknown], z[unknown] = np.nan, np.nan, np.nan
    return Trend(s, variance, z, two_sided_p(z))


@compiled
def _sum_signs(columns: Floats, s: Floats, ties: Floats) -> None:
    """Writes each row's S, and the sum of t (t-1) (2t+5) over its groups of t equal values."""
    n_steps = columns.shape[1]
    for unit in range(len(columns)):
        own = columns[unit]
        total = 0
        for late in range(1, n_steps):
            for early in range(late):
                total += (own[late] > own[early]) - (own[late] < own[early])
        s[unit] = total
        ordered = np.sort(own)
        equal = 0
        for step in range(1, n_steps):
            equal = equal + 1 if ordered[step] == ordered[step - 1] else 0
            # What the group's term grows by with this member, from `equal` to `equal + 1` of them.
            ties[unit] += 6 * equal * (equal + 2)
