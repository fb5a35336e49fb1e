"""Conditional permutation: how extreme the sum over a unit's neighbours is when all other values change places.

Anselin (1995): the value of unit i is held; the sum over its k neighbours is compared with sums over k others, drawn
without replacement from the n - 1. With 0/1 weights Getis-Ord Gi* (itself included), Gi and local Moran's I rise or
fall with that sum alone, so the two-sided p-value of all three is the same.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.compiled import compiled
from geo.errors import BadQuery, Words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Random numbers that are drawn at a time, and sums that are kept at a time; 8 bytes each.
_MAX_DRAWS = 1_000_000
_MAX_SUMS = 4_000_000
#: Of k values of at most M in size, sums that differ by less than k M times this count as equal: some 4,500 eps, the
#: rounding of sums over up to 4,500 values in whatever order, and far below any difference that is meant.
_TIE = 1e-12


def permuted_p(values: Floats, neighbours: sparse.csr_array, *, n_permutations: int = 99_999, seed: int = 0) -> Floats:
    """Two-sided p-value of each unit's sum over its neighbours, float64 (n,): of Gi*, Gi and local Moran's I alike.

    `values`: finite, float64 (n,); `neighbours`: 0/1 without diagonal. NaN where a unit has no neighbours, or all
    others for neighbours: then nothing can change places. Errors: as `count_extremes`.

    >>> from geo.hotspots.neighbours import distance_band
    >>> line = distance_band(np.arange(6.0), np.zeros(6), 1.0)
    >>> p = permuted_p(np.array([9.0, 8, 1, 2, 1, 2]), line, n_permutations=9_999)
    >>> [round(float(value), 2) for value in p]  # the first's neighbour has 8, as 1 of 5 others: p is 2 / 5
    [0.4, 0.8, 1.0, 0.2, 0.6, 0.8]
    """
    degree = np.diff(neighbours.indptr)
    n_ge, n_le = count_extremes(
        values, np.arange(len(values)), degree, neighbours @ values, n_permutations=n_permutations, seed=seed
    )
    return two_sided_rank_p(n_ge, n_le, n_permutations)


def two_sided_rank_p(n_ge: Ints, n_le: Ints, n_permutations: int) -> Floats:
    """`min(1, 2 (1 + min(n_ge, n_le)) / (R + 1))`; NaN where a count is -1. The least that can be is 2 / (R + 1).

    >>> two_sided_rank_p(np.array([0, 60, -1]), np.array([99, 50, -1]), 99).tolist()
    [0.02, 1.0, nan]
    """
    rarer = np.minimum(n_ge, n_le)
    p = np.minimum(1.0, 2.0 * (1.0 + rarer) / (n_permutations + 1.0))
    return np.where(rarer < 0, np.nan, p)


def count_extremes(
    pool: Floats,
    own: npt.NDArray[np.integer],
    degree: npt.NDArray[np.integer],
    observed: Floats,
    *,
    n_permutations: int,
    seed: int,
) -> tuple[Ints, Ints]:
    """How many of R random sums are at least, and at most, the observed sum of each of m rows: int64 (m,) both.

    Row r observes the sum `observed[r]` over `degree[r]` neighbours; the random sums are over as many different values
    of `pool` (finite, float64 (n,)) without the row's own value, at `own[r]` in it; no two rows share one. Equal sums
    count on both sides. -1 where nothing can be drawn: a degree of 0, or of n - 1 and more. The same arguments give the
    same counts. Errors: `BadQuery` for values or sums that are not finite and for less than one permutation.

    R sequences of different places are drawn once, for all rows. A row of degree k takes the first k of each; where its
    own place is among them, the place after them steps in, which leaves every set of k others equally likely.

    >>> pool, own, degree, observed = np.array([0.0, 1, 5, 9]), np.arange(4), np.array([1, 1, 2, 3]), np.zeros(4)
    >>> n_ge, n_le = count_extremes(pool, own, degree, observed, n_permutations=999, seed=1)
    >>> n_ge.tolist(), n_le[[0, 2, 3]].tolist(), bool(abs(n_le[1] - 333) < 60)  # a third of the 1's others are 0
    ([999, 999, 999, -1], [0, 0, -1], True)
    """
    pool, observed = np.ascontiguousarray(pool, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    own, degree = np.asarray(own, dtype=np.int64), np.asarray(degree, dtype=np.int64)
    can = (degree > 0) & (degree < len(pool) - 1)
    if n_permutations < 1:
        raise BadQuery(Words("permutations are 1 or more", "置换次数至少为 1"))
    if not (np.isfinite(pool).all() and np.isfinite(observed[can]).all()):
        raise BadQuery(Words("a value to be tested is missing or not finite", "待检验的值缺失或不是有限数"))
    n_ge, n_le = np.full(len(own), -1, dtype=np.int64), np.full(len(own), -1, dtype=np.int64)
    tolerance = _TIE * degree * (np.abs(pool).max() if len(pool) else 0.0)
    low, high = observed - tolerance, observed + tolerance
    for rows, degrees in _blocks(np.where(can, degree, 0), max(1, _MAX_SUMS // n_permutations)):
        slot = np.searchsorted(degrees, degree[rows])
        row_at = np.full(len(pool), -1, dtype=np.int64)
        row_at[own[rows]] = np.arange(len(rows))
        more_ge, more_le = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
        sums = np.empty((len(degrees), n_permutations))
        order = np.arange(len(pool))
        start = 0
        for uniform in _uniforms(n_permutations, int(degrees[-1]) + 1, seed):
            _draw(pool, uniform, order, degrees, sums, start, row_at, slot, low[rows], high[rows], more_ge, more_le)
            start += len(uniform)
        sums.sort(axis=1)
        for place in range(len(degrees)):
            its = np.flatnonzero(slot == place)
            n_ge[rows[its]] = n_permutations - np.searchsorted(sums[place], low[rows[its]], side="left")
            n_le[rows[its]] = np.searchsorted(sums[place], high[rows[its]], side="right")
        n_ge[rows] += more_ge
        n_le[rows] += more_le
    return n_ge, n_le


def _blocks(degree: Ints, n_degrees: int) -> Iterator[tuple[Ints, Ints]]:
    """Rows of a degree above 0, and their different degrees ascending, at most `n_degrees` at a time."""
    known = np.unique(degree[degree > 0])
    for start in range(0, len(known), n_degrees):
        degrees = known[start : start + n_degrees]
        yield np.flatnonzero(np.isin(degree, degrees)), degrees


def _uniforms(n_permutations: int, n_places: int, seed: int) -> Iterator[Floats]:
    """Rows of `n_places` random numbers in [0, 1), `n_permutations` in all, some at a time."""
    rng = np.random.default_rng(seed)
    at_a_time = max(1, _MAX_DRAWS // n_places)
    for start in range(0, n_permutations, at_a_time):
        yield rng.random((min(at_a_time, n_permutations - start), n_places))


@compiled
def _draw(
    pool: Floats,
    uniform: Floats,
    order: Ints,
    degrees: Ints,
    sums: Floats,
    start: int,
    row_at: Ints,
    slot: Ints,
    low: Floats,
    high: Floats,
    more_ge: Ints,
    more_le: Ints,
) -> None:
    """Fills `sums` (degree, replicate) from `start` on; adds to `more_ge`, `more_le` for rows whose own value is drawn.

    A partial shuffle (Fisher and Yates) of `order`, which may begin from any order.
    """
    n, n_places = len(pool), uniform.shape[1]
    for replicate in range(len(uniform)):
        for place in range(n_places):
            other = place + int(uniform[replicate, place] * (n - place))
            drawn = order[other]
            order[other] = order[place]
            order[place] = drawn
        total, done = 0.0, 0
        for which in range(len(degrees)):
            for place in range(done, degrees[which]):
                total += pool[order[place]]
            done = degrees[which]
            sums[which, start + replicate] = total
        for place in range(n_places - 1):
            row = row_at[order[place]]
            if row < 0 or degrees[slot[row]] <= place:
                continue
            total = sums[slot[row], start + replicate]
            mended = total - pool[order[place]] + pool[order[degrees[slot[row]]]]
            more_ge[row] += int(mended >= low[row]) - int(total >= low[row])
            more_le[row] += int(mended <= high[row]) - int(total <= high[row])
