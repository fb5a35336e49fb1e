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

    The last unit is taken in part. Units of equal value are taken by the same share, so that their order decides
    nothing.

    >>> fill_area(np.array([1.0, 9, 5, 5]), np.array([4.0, 1, 2, 6]), 3.0).tolist()
    [0.0, 1.0, 0.25, 0.25]
    """
    _, of = np.unique(-value, return_inverse=True)
    of_value = np.bincount(of, weights=area_km2)
    before = np.cumsum(of_value) - of_value
    return np.asarray(np.clip((wanted_km2 - before) / of_value, 0.0, 1.0)[of])


@dataclass(frozen=True)
class Record:
    """How a method did on one month: its own score, and those of two baselines that flag as much area as it does.

    `counts`: the units of most incidents per km2 over the window of months before, the last one in part; `last_month`:
    the same by the last of these months alone.
    """

    own: Score
    counts: Score
    last_month: Score


def roll_origins(
    months: npt.NDArray[np.integer],
    area_km2: Floats,
    flag: Callable[[npt.NDArray[np.integer]], Floats],
    *,
    n_origins: int,
    n_window: int,
) -> list[Record]:
    """The record of one method on each of the last `n_origins` months, oldest first.

    `months`: counts, int (n months, n units). `flag` gives the share of each unit that is flagged, float64 (n units,),
    from the counts of all months before the one that is scored. The window of the baselines, and of the incidents
    before that RRI compares with, are the `n_window` months before (fewer where there are not so many). The first month
    is no origin: there is none before it.

    >>> months = np.array([[9, 1, 0], [8, 2, 0], [5, 5, 0]])
    >>> found = roll_origins(months, np.ones(3), lambda before: 1.0 * (before[-1] > 6), n_origins=1, n_window=12)
    >>> [score.n_hit for score in (found[0].own, found[0].counts, found[0].last_month)]
    [5.0, 5.0, 5.0]
    """
    found = []
    for origin in range(max(1, len(months) - n_origins), len(months)):
        window = months[max(0, origin - n_window) : origin]
        before, later = window.sum(axis=0).astype(np.float64), months[origin].astype(np.float64)
        own = flag(months[:origin])
        flagged_km2 = float(own @ area_km2)
        plain, last = (fill_area(count / area_km2, area_km2, flagged_km2) for count in (before, window[-1]))
        found.append(Record(*(score_flags(flags, before, later, area_km2) for flags in (own, plain, last))))
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
