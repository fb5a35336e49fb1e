"""How small counts of units are hidden, so that they cannot be worked back from what is shown.

A count of people or incidents from 1 to `min_count - 1` is hidden. So that it cannot be worked back
from its parent's count, further siblings are hidden until the hidden ones of a parent are at
least two and sum to at least `min_count`; below a hidden parent at least one child is hidden.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.schema.home import HomeInfo

#: Per level: rows of its units, and the row of each one's parent.
Families = list[tuple[np.ndarray, np.ndarray]]


def hide_small(
    counts: np.ndarray,
    parents: np.ndarray,
    parent_hidden: np.ndarray,
    min_count: int,
    also: np.ndarray | None = None,
    known: np.ndarray | None = None,
) -> np.ndarray:
    """Which of n sibling counts to hide.

    `counts` float64 (n,), NaN = no count; `parents` int64 (n,), position of each unit's parent or -1;
    `parent_hidden` bool, one per parent; `also` bool (n,), hidden in any case; `known` bool (n,), told elsewhere, so
    that to hide them covers nothing. Returns bool (n,).

    Within a family that must hide something, the smallest further positive counts go until enough are hidden.
    One child of 3 beside children of 8 and 20 with the sum known: 3 is hidden, and 8 with it.

    >>> hide_small(np.array([3.0, 8, 20]), np.zeros(3, dtype=int), np.array([False]), 5).tolist()
    [True, True, False]
    """
    values = np.nan_to_num(counts)
    hidden = is_small(values, min_count)
    if also is not None:
        hidden |= also
    covers = parents >= 0 if known is None else (parents >= 0) & ~known
    n_parents = len(parent_hidden)
    primary = np.flatnonzero(hidden & covers)
    n_hidden = np.bincount(parents[primary], minlength=n_parents)
    total = np.bincount(parents[primary], weights=values[primary], minlength=n_parents)
    touched = (n_hidden > 0) | parent_hidden
    wanted = np.where(parent_hidden, 1, 2)
    # Where others are told elsewhere, even a count of 0 leaves it open what the family's hidden ones are: taken last.
    open_ = np.flatnonzero(covers & ~hidden & ((values > 0) | (known is not None)))
    open_ = open_[touched[parents[open_]]]
    order = open_[np.lexsort((values[open_], values[open_] == 0, parents[open_]))]
    family = parents[order]
    start = np.searchsorted(family, family)
    sums = np.concatenate([[0.0], np.cumsum(values[order])])
    before_n, before_sum = np.arange(len(order)) - start, sums[:-1] - sums[start]
    short = n_hidden[family] + before_n < wanted[family]
    short |= (total[family] + before_sum < min_count) & (values[order] > 0)
    hidden[order[short]] = True
    return hidden


def hide_in_tree(
    counts: np.ndarray,
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
    also: np.ndarray | None = None,
    known: np.ndarray | None = None,
) -> np.ndarray:
    """Cells of `counts` to hide over all levels, from the coarsest down: bool, shape as given.

    `counts` float64 (n, k): k independent counts of n units, NaN = no count. `units`: level, code, parent_code, n rows.
    `also` (n, k) marks cells that must be hidden in any case, `known` (n, k) those that are told elsewhere.
    """
    n_columns = counts.shape[1]
    hidden = np.zeros(counts.shape, dtype=bool)
    levels, columns, parents = units["level"].to_numpy(), np.arange(n_columns), _parents(units, home)
    for chain in home.chains():
        for name in reversed(chain):
            rows = np.flatnonzero(levels == name)
            above, parent = np.unique(parents[rows], return_inverse=True)
            families = np.where(parents[rows, None] >= 0, parent[:, None] * n_columns + columns, -1)
            given, told = (None if cells is None else cells[rows].ravel() for cells in (also, known))
            cells = hide_small(counts[rows].ravel(), families.ravel(), hidden[above].ravel(), min_count, given, told)
            hidden[rows] = cells.reshape(len(rows), n_columns)
    return hidden


def _parents(units: pd.DataFrame, home: HomeInfo) -> np.ndarray:
    """Row of each unit's parent, -1 where it has none: int (n,)."""
    above = units["level"].map({level.name: level.parent for level in home.levels})
    place = pd.MultiIndex.from_frame(units[["level", "code"]])
    return np.asarray(place.get_indexer(pd.MultiIndex.from_arrays([above, units["parent_code"]])))


def hide_parts(
    n: np.ndarray,
    parts: Sequence[np.ndarray],
    hidden_n: np.ndarray,
    none_left: np.ndarray | None,
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
) -> np.ndarray:
    """Units of which `parts` of the counts `n`, each float64 (n,), are hidden, and what each part leaves: bool (n,).

    A unit's are shown together or not at all, and not where its count is hidden (`hidden_n`). Where another table tells
    that the first part leaves nothing (`none_left`), a unit covers no other, nor does one above such units only. Where
    the rest of a family do not cover each other, their parent is hidden, too.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:4326", (Level("g", "g", "G", "t"), Level("t", "t", "T")))
    >>> units = pd.DataFrame({"level": ["g", "g", "t"], "code": ["a", "b", "p"], "parent_code": ["p", "p", None]})
    >>> n, seen, shown = np.array([20.0, 8, 28]), np.array([3.0, 8, 11]), np.zeros(3, dtype=bool)
    >>> hide_parts(n, [seen], shown, None, units, home, 5).tolist()
    [True, True, False]
    >>> hide_parts(n, [seen], shown, np.array([False, True, False]), units, home, 5).tolist()
    [True, False, True]
    """
    counts = np.nan_to_num(np.column_stack([count for part in parts for count in (part, n - part)]))
    hidden = np.repeat(hidden_n[:, None], counts.shape[1], axis=1)
    families, parents = [], _parents(units, home)
    for level in home.levels:
        rows = np.flatnonzero((units["level"] == level.name).to_numpy() & (parents >= 0))
        families.append((rows, parents[rows]))
    known = np.repeat(((n == 0) & ~hidden_n)[:, None], counts.shape[1], axis=1)
    if none_left is not None:
        known[:, 0] |= none_left & ~hidden_n
        known[:, 1] |= none_left
    for _ in home.levels:
        known |= _all_below(known, families)
    before = -1
    while int(hidden.sum()) != before:
        before = int(hidden.sum())
        hidden = hide_in_tree(counts, units, home, min_count, also=hidden, known=known)
        hidden |= _is_bare(counts, hidden & ~known, families, min_count) & ~known
        hidden |= hidden.any(axis=1, keepdims=True)
    return np.asarray(hidden[:, 0])


def _is_bare(counts: np.ndarray, hidden: np.ndarray, families: Families, min_count: int) -> np.ndarray:
    """Cells from which the hidden ones below them could be worked back: these are too few, or count too few."""
    found = np.zeros(counts.shape, dtype=bool)
    for rows, parents in families:
        total = _sums(np.where(hidden, counts, 0.0)[rows], parents, len(counts))
        found |= (total > 0) & ((_sums(hidden[rows], parents, len(counts)) < 2) | (total < min_count))
    return found


def _all_below(known: np.ndarray, families: Families) -> np.ndarray:
    """Cells with units of a level below, all of which are `known`."""
    found = np.zeros(known.shape, dtype=bool)
    for rows, parents in families:
        n_below = np.bincount(parents, minlength=len(known))[:, None]
        found |= (n_below > 0) & (_sums(known[rows], parents, len(known)) == n_below)
    return found


def _sums(cells: np.ndarray, parents: np.ndarray, n: int) -> np.ndarray:
    """What `cells` (m, k) sum to by parent: float64 (n, k)."""
    total = np.zeros((n, cells.shape[1]))
    np.add.at(total, parents, cells)
    return total


def hide_months(months: pd.DataFrame, units: pd.DataFrame, home: HomeInfo, min_count: int) -> np.ndarray:
    """Cells of the (units x months) count matrix to hide: bool, same shape.

    `months` holds one column per month on the rows of `units`. Each month is protected over the tree of units and
    each unit over its months, in turn, until nothing more is hidden.
    """
    counts = months.to_numpy(dtype=float)
    hidden = np.zeros(counts.shape, dtype=bool)
    series = np.repeat(np.arange(len(counts)), counts.shape[1])
    shown_totals = np.zeros(len(counts), dtype=bool)
    while True:
        before = int(hidden.sum())
        hidden |= hide_in_tree(counts, units, home, min_count, also=hidden)
        cells = hide_small(counts.ravel(), series, shown_totals, min_count, also=hidden.ravel())
        hidden |= cells.reshape(counts.shape)
        if int(hidden.sum()) == before:
            return hidden


def is_small(counts: np.ndarray, min_count: int) -> np.ndarray:
    """Where counts are of someone, but of fewer than `min_count`."""
    return np.asarray((counts > 0) & (counts < min_count))
