"""Scores of a hotspot map on the incidents that came after it, beside those of plain counts."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.errors import BadQuery, Words

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """What a set of flagged units caught; NaN where a score cannot be given.

    `n_flagged` units, the last one perhaps in part; `area_share` of the area; `n_hit` of `n_later` incidents, which is
    `hit_share`; `pai`, `pei`, `rri` as the functions of these names.
    """

    n_flagged: float
    area_share: float
    n_later: int
    n_hit: float
    hit_share: float
    pai: float
    pei: float
    rri: float


def score_flags(flags: Floats, before: Floats, later: Floats, area_km2: Floats) -> Score:
    """The score of `flags` (the share of each unit that is flagged, 0..1) on the counts that came `later`.

    All float64 (n units,). `before` are the counts the flags were made from. Errors: `BadQuery` for lengths that
    differ, shares outside 0..1, negative or missing counts, and areas that are not above 0.

    >>> flags, area = np.array([1.0, 0, 0]), np.array([5.0, 45, 50])
    >>> found = score_flags(flags, np.array([25.0, 25, 50]), np.array([30.0, 30, 40]), area)
    >>> found.hit_share, round(found.pai, 6), round(found.pei, 6), round(found.rri, 6)  # 30 of 100 in 5 % of the area
    (0.3, 6.0, 1.0, 1.2)
    """
    _check(flags, before, later, area_km2)
    n_hit, n_later = float(flags @ later), int(later.sum())
    return Score(
        n_flagged=float(np.count_nonzero(flags)),
        area_share=float(flags @ area_km2 / area_km2.sum()) if len(flags) else np.nan,
        n_later=n_later,
        n_hit=n_hit,
        hit_share=n_hit / n_later if n_later else np.nan,
        pai=pai(flags, later, area_km2),
        pei=pei(flags, later, area_km2),
        rri=rri(flags, before, later),
    )


def pai(flags: Floats, later: Floats, area_km2: Floats) -> float:
    """Predictive accuracy index `(n/N) / (a/A)` (Chainey et al. 2008): how many times denser the flagged area is.

    1 is what a map at random comes to. NaN where nothing is flagged or nothing came later. All float64 (n units,).

    >>> round(pai(np.array([1.0, 0]), np.array([30.0, 70]), np.array([5.0, 95])), 6)
    6.0
    """
    flagged, n_later = float(flags @ area_km2), later.sum()
    return float((flags @ later / n_later) / (flagged / area_km2.sum())) if flagged > 0 and n_later else np.nan


def pei(flags: Floats, later: Floats, area_km2: Floats) -> float:
    """PEI* `n / n*`: hits as a share of the most that any choice of as much area could have had (Hunt 2016).

    n* fills the flagged area with units in falling order of later incidents per km2, the last one in part. NaN where
    nothing is flagged or nothing came later. All float64 (n units,).

    >>> pei(np.array([1.0, 0, 0]), np.array([2.0, 3, 1]), np.ones(3))  # 2 of at most 3
    0.6666666666666666
    """
    flagged = float(flags @ area_km2)
    best = float(fill_area(later / area_km2, area_km2, flagged) @ later)
    return float(flags @ later) / best if flagged > 0 and best > 0 else np.nan


def rri(flags: Floats, before: Floats, later: Floats) -> float:
    """Recapture rate index (Levine 2008): `(n_later / n_before) / (N_later / N_before)`, n flagged, N all incidents.

    1 where the flagged units keep their share of incidents, less where they lose some of it. NaN where there were none
    before, in the flagged units or at all, or none later. All float64 (n units,).

    >>> rri(np.array([1.0, 0]), np.array([40.0, 60]), np.array([10.0, 40]))
    0.5
    """
    n_before, n_later = float(flags @ before), later.sum()
    return float((flags @ later / n_before) / (n_later / before.sum())) if n_before > 0 and n_later else np.nan


def fill_area(value: Floats, area_km2: Floats, wanted_km2: float) -> Floats:
    """The share of each unit taken to fill `wanted_km2` in falling order of `value`, float64 (n units,).

    The last unit is taken in part; of equal values the first comes first.

    >>> fill_area(np.array([1.0, 9, 5]), np.array([4.0, 1, 2]), 2.0).tolist()
    [0.0, 1.0, 0.5]
    """
    order = np.argsort(-value, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(area_km2[order])[:-1]]) if len(order) else np.zeros(0)
    taken = np.zeros(len(value))
    taken[order] = np.clip((wanted_km2 - before) / area_km2[order], 0.0, 1.0)
    return taken


def roll_origins(
    months: npt.NDArray[np.integer],
    area_km2: Floats,
    find_hot: Callable[[Floats], npt.NDArray[np.bool_]],
    *,
    n_origins: int,
    n_window: int,
) -> list[dict[str, Score]]:
    """For each of the last `n_origins` months, oldest first: the score of each method on that month.

    `months`: counts, int (n months, n units). `find_hot` gives the hot units, bool (n units,), of the counts summed
    over the `n_window` months before (fewer where there are not so many). The methods: "gi_star", these units;
    "counts", as much area filled with the units of most incidents per km2 over the same months; "last_month", over the
    last of them alone. The first month is no origin: there is none before it.

    >>> months = np.array([[9, 1, 0], [8, 2, 0], [5, 5, 0]])
    >>> found = roll_origins(months, np.ones(3), lambda count: count > 6, n_origins=1, n_window=12)
    >>> [(method, score.n_hit) for method, score in found[0].items()]
    [('gi_star', 5.0), ('counts', 5.0), ('last_month', 5.0)]
    """
    found = []
    for origin in range(max(1, len(months) - n_origins), len(months)):
        window = months[max(0, origin - n_window) : origin].astype(np.float64)
        before, later = window.sum(axis=0), months[origin].astype(np.float64)
        hot = find_hot(before).astype(np.float64)
        flagged_km2 = float(hot @ area_km2)
        flags = {
            "gi_star": hot,
            "counts": fill_area(before / area_km2, area_km2, flagged_km2),
            "last_month": fill_area(window[-1] / area_km2, area_km2, flagged_km2),
        }
        found.append({method: score_flags(its, before, later, area_km2) for method, its in flags.items()})
    return found


def _check(flags: Floats, before: Floats, later: Floats, area_km2: Floats) -> None:
    if not len(flags) == len(before) == len(later) == len(area_km2):
        raise BadQuery(Words("a score needs one value per unit throughout", "评分要求各列每单位一个值"))
    if not ((flags >= 0) & (flags <= 1)).all():
        raise BadQuery(Words("a unit is flagged by a share of 0 to 1", "单位的标记份额应为 0 到 1"))
    if not (np.isfinite(before).all() and np.isfinite(later).all() and (before >= 0).all() and (later >= 0).all()):
        raise BadQuery(Words("a count is missing or below 0", "有计数缺失或小于 0"))
    if not (area_km2 > 0).all():
        raise BadQuery(Words("an area is missing or not above 0", "有面积缺失或不大于 0"))
