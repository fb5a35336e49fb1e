"""Times that some cases have not reached yet: the Kaplan-Meier estimate by group, with open cases counted.

`S(t) = prod over t_i <= t of (1 - d_i / n_i)`: of the n_i cases that are still waiting just before t_i, d_i end then
(Kaplan and Meier 1958). Its variance is Greenwood's, `S^2 sum of d_i / (n_i (n_i - d_i))`; limits of 95 % are taken on
the scale log(-log S), which keeps them within 0 and 1 (Kalbfleisch and Prentice 1980).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import compiled
from geo.hotspots.rates import Z95

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Waiting:
    """Per group: how many cases, how many of them are open, and times by which a share of them have ended.

    `n`, `n_open` int64 (g,). `time`, `low`, `high` float64 (g, q) in the unit of the durations: the quantile and its
    95 % interval, inf where it is not reached, NaN in a group without cases.
    """

    n: Ints
    n_open: Ints
    time: Floats
    low: Floats
    high: Floats


def find_waiting(
    duration: Floats, has_ended: npt.NDArray[np.bool_], group: Ints, n_groups: int, shares: tuple[float, ...]
) -> Waiting:
    """Kaplan-Meier quantiles of n cases in `n_groups` groups.

    `duration` float64 (n,), 0 or more: until the end, or until the case was last seen open; `has_ended` bool (n,);
    `group` int64 (n,), -1 for cases that do not count. A share s is reached at the first time with S <= 1 - s, its
    limits where those of S are (Brookmeyer and Crowley 1982). Where S falls to 0 its upper limit is unknown, and so the
    quantile's is not reached. A case seen open at the very time at which another ends still waited then.

    >>> ended = np.array([True, True, False, True])
    >>> found = find_waiting(np.array([2.0, 5.0, 5.0, 9.0]), ended, np.zeros(4, dtype=np.int64), 1, (0.5, 0.9))
    >>> found.time.tolist(), found.n_open.tolist()  # S is 3/4 from 2, 3/4 * 2/3 = 1/2 from 5, 0 from 9
    ([[5.0, 9.0]], [1])
    """
    order = np.lexsort((~has_ended, duration, group))
    order = order[group[order] >= 0]
    start = np.searchsorted(group[order], np.arange(n_groups + 1)).astype(np.int64)
    n = np.diff(start)
    n_open = np.bincount(group[order][~has_ended[order]], minlength=n_groups).astype(np.int64)
    times = np.full((3, n_groups, len(shares)), np.inf)
    _find_quantiles(duration[order], has_ended[order], start, 1 - np.asarray(shares, dtype=np.float64), times)
    times[:, n == 0] = np.nan
    return Waiting(n, n_open, *times)


@compiled
def _find_quantiles(
    duration: Floats, has_ended: npt.NDArray[np.bool_], start: Ints, left: Floats, times: Floats
) -> None:
    """First times at which S, its lower and its upper limit are at most `left`, into `times` (3, groups, shares)."""
    for group in range(len(start) - 1):
        survival, spread = 1.0, 0.0
        row, stop = start[group], start[group + 1]
        while row < stop:
            waiting, time, n_ended = stop - row, duration[row], 0
            while row < stop and duration[row] == time:
                n_ended += has_ended[row]
                row += 1
            if n_ended == 0:
                continue
            survival *= 1 - n_ended / waiting
            low, high = 0.0, 1.0
            if n_ended < waiting:
                spread += n_ended / (waiting * (waiting - n_ended))
                wide = Z95 * np.sqrt(spread) / -np.log(survival)
                low, high = survival ** np.exp(wide), survival ** np.exp(-wide)
            for share in range(len(left)):
                # Rounding of a product must not put off a share that is reached exactly.
                limit = left[share] + 1e-12
                if survival <= limit:
                    times[0, group, share] = min(times[0, group, share], time)
                if low <= limit:
                    times[1, group, share] = min(times[1, group, share], time)
                if high <= limit:
                    times[2, group, share] = min(times[2, group, share], time)
