"""How small counts of units are hidden, so that they cannot be worked back from what is shown.

A count of people or incidents from 1 to `min_count - 1` is hidden. So that it cannot be worked back from its parent's
count, further siblings are hidden until the hidden ones of a parent are at least two and leave at least `min_count`
open. Below a hidden parent at least one child is hidden, and it leaves no more open than its hidden children do. Where
siblings do not suffice the parent is hidden, too.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from geo.schema.home import HomeInfo
from geo.snapshot.bounds import bound_cells
from geo.snapshot.bridges import find_bridges


@dataclass(frozen=True)
class Tree:
    """Rows of each level's units, from the coarsest down; the row of each unit's parent, -1 where it has none; and the
    matrix (n, n) that sums rows by parent."""

    levels: tuple[np.ndarray, ...]
    parents: np.ndarray
    by_parent: sparse.csr_array

    def sums(self, cells: np.ndarray) -> np.ndarray:
        """What `cells` (n, k) sum to over the children of each unit: float64 (n, k)."""
        return np.asarray(self.by_parent @ cells.astype(np.float64))


def parents_of(units: pd.DataFrame, home: HomeInfo) -> np.ndarray:
    """The row of the unit above each of `units` (level, code, parent_code), int64 (n,), -1 where there is none."""
    above = units["level"].map({level.name: level.parent for level in home.levels})
    place = pd.MultiIndex.from_frame(units[["level", "code"]])
    return np.asarray(place.get_indexer(pd.MultiIndex.from_arrays([above, units["parent_code"]])))


def tree_of(units: pd.DataFrame, home: HomeInfo) -> Tree:
    """The tree of `units` (level, code, parent_code)."""
    parents = parents_of(units, home)
    levels = units["level"].to_numpy()
    names = dict.fromkeys(name for chain in home.chains() for name in reversed(chain))
    child = np.flatnonzero(parents >= 0)
    shape = len(units), len(units)
    by_parent = sparse.csr_array((np.ones(len(child)), (parents[child], child)), shape=shape)
    return Tree(tuple(np.flatnonzero(levels == name) for name in names), parents, by_parent)


def hide_small(
    counts: np.ndarray,
    parents: np.ndarray,
    parent_hidden: np.ndarray,
    min_count: int,
    also: np.ndarray | None = None,
    known: np.ndarray | None = None,
    leeway: np.ndarray | None = None,
    last: np.ndarray | None = None,
) -> np.ndarray:
    """Which of n sibling counts to hide.

    `counts` float64 (n,), NaN = no count; `parents` int64 (n,), position of each unit's parent or -1;
    `parent_hidden` bool, one per parent; `also` bool (n,), hidden in any case; `known` bool (n,), told elsewhere, so
    that to hide them covers nothing; `leeway` float64 (n,), how much of each is left open when it is hidden, by default
    all of it; `last` bool (n,), counts of 0 that cover least. Returns bool (n,).

    Within a family that must hide something, the smallest further positive counts go until enough are hidden.
    One child of 3 beside children of 8 and 20 with the sum known: 3 is hidden, and 8 with it. Where the 8 is known to
    be 7 at least, it leaves 1 open, and 20 goes, too.

    >>> hide_small(np.array([3.0, 8, 20]), np.zeros(3, dtype=int), np.array([False]), 5).tolist()
    [True, True, False]
    >>> open_ = np.array([3.0, 1, 20])
    >>> hide_small(np.array([3.0, 8, 20]), np.zeros(3, dtype=int), np.array([False]), 5, leeway=open_).tolist()
    [True, True, True]
    """
    values = np.nan_to_num(counts)
    spare = values if leeway is None else leeway
    hidden = is_small(values, min_count)
    if also is not None:
        hidden |= also
    covers = parents >= 0 if known is None else (parents >= 0) & ~known
    n_parents = len(parent_hidden)
    primary = np.flatnonzero(hidden & covers)
    n_hidden = np.bincount(parents[primary], minlength=n_parents)
    total = np.bincount(parents[primary], weights=spare[primary], minlength=n_parents)
    wanted = np.where(parent_hidden, 1, 2)
    lacks = ((n_hidden > 0) | parent_hidden) & ((n_hidden < wanted) | (total < min_count))
    # Where others are told elsewhere, even a count of 0 leaves it open what the family's hidden ones are: taken last.
    open_ = np.flatnonzero(covers & ~hidden & ((values > 0) | (known is not None)))
    open_ = open_[lacks[parents[open_]]]
    rank = (values == 0) * 1 if last is None else (values == 0) * (1 + last)
    order = open_[np.lexsort((values[open_], rank[open_], parents[open_]))]
    family = parents[order]
    start = np.searchsorted(family, family)
    sums = np.concatenate([[0.0], np.cumsum(spare[order])])
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
) -> np.ndarray:
    """Cells of `counts` to hide over all levels: bool, shape as given.

    `counts` float64 (n, k): k independent counts of n units, NaN = no count. `units`: level, code, parent_code, n rows.
    `also` (n, k) marks cells that must be hidden in any case.
    """
    return hide_in(np.nan_to_num(counts), tree_of(units, home), min_count, also)


def hide_in(
    counts: np.ndarray, tree: Tree, min_count: int, also: np.ndarray | None = None, known: np.ndarray | None = None
) -> np.ndarray:
    """As `hide_in_tree`, of counts without NaN; `known` (n, k) marks cells told elsewhere: these cover nothing."""
    n_columns = counts.shape[1]
    columns = np.arange(n_columns)
    hidden = np.zeros(counts.shape, dtype=bool) if also is None else also.copy()
    before = -1
    while int(hidden.sum()) != before:
        before = int(hidden.sum())
        spare = _leeway(counts, hidden, tree, known)
        for rows in tree.levels:
            above, parent = np.unique(tree.parents[rows], return_inverse=True)
            families = np.where(tree.parents[rows, None] >= 0, parent[:, None] * n_columns + columns, -1)
            told = None if known is None else known[rows].ravel()
            given = counts[rows].ravel(), families.ravel(), hidden[above].ravel()
            cells = hide_small(*given, min_count, hidden[rows].ravel(), told, spare[rows].ravel())
            hidden[rows] = cells.reshape(len(rows), n_columns)
        hidden |= _is_bare(counts, hidden, tree, min_count, known)
    return hidden


def _leeway(counts: np.ndarray, hidden: np.ndarray, tree: Tree, known: np.ndarray | None) -> np.ndarray:
    """How much of each cell is left open when it is hidden: what its hidden children leave open, all of it where it has
    none; nothing where it is told elsewhere."""
    spare = counts.copy()
    covers = hidden if known is None else hidden & ~known
    has_covered = tree.sums(covers) > 0
    for rows in reversed(tree.levels):
        below = np.asarray(tree.by_parent[rows] @ np.where(covers, spare, 0.0))
        spare[rows] = np.where(has_covered[rows] & covers[rows], below, spare[rows])
    return spare if known is None else np.where(known, 0.0, spare)


def hide_across(
    counts: np.ndarray,
    whole_hidden: np.ndarray,
    min_count: int,
    hidden: np.ndarray,
    whole_of: np.ndarray | None = None,
    in_none: np.ndarray | None = None,
) -> np.ndarray:
    """Cells of `counts` (n, g, k) to hide so that none follows from its unit's sum over the g groups; `hidden` are.

    With `whole_hidden` (n, w) the groups fall into w sums, `whole_of` (g,). Of a single k, `in_none` (n, g) says where
    the unit above has a count of 0.
    """
    n_units, n_groups, n_parts = counts.shape
    sums_hidden = np.repeat(whole_hidden.reshape(n_units, 1, -1), n_parts, axis=1)
    n_wholes = sums_hidden.shape[2]
    of = np.zeros(n_groups, dtype=np.int64) if whole_of is None else whole_of
    series = (np.arange(n_units * n_parts)[:, None] * n_wholes + of).ravel()
    by_group = counts.swapaxes(1, 2).ravel(), hidden.swapaxes(1, 2).ravel()
    # A unit with cases in one group only: a 0 beside it is hidden, too.
    none_known = np.zeros(len(series), dtype=bool)
    last = None if in_none is None else in_none.ravel()
    cells = hide_small(by_group[0], series, sums_hidden.ravel(), min_count, by_group[1], none_known, last=last)
    return cells.reshape(n_units, n_parts, n_groups).swapaxes(1, 2)


def _is_bare(
    counts: np.ndarray, hidden: np.ndarray, tree: Tree, min_count: int, known: np.ndarray | None
) -> np.ndarray:
    """Cells from which the hidden ones below them could be worked back: these are too few, or leave too little open."""
    covers = hidden if known is None else hidden & ~known
    n_below = tree.sums(covers)
    left = tree.sums(np.where(covers, _leeway(counts, hidden, tree, known), 0.0))
    some = tree.sums(np.where(covers, counts, 0.0)) > 0
    bare = some & ((n_below < 2) | (left < min_count))
    return bare if known is None else bare & ~known


def hide_groups(
    counts: np.ndarray,
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
    whole_hidden: np.ndarray,
    whole_of: np.ndarray | None = None,
    told_of: np.ndarray | None = None,
) -> np.ndarray:
    """Cells of the (n units, g groups) matrix of counts to hide: bool, same shape.

    The groups (months, hours, categories) sum to what is told of the unit as a whole, unless that is hidden
    (`whole_hidden` (n,)); or to what is told of its w larger ones (days to months): `whole_hidden` (n, w), and
    `whole_of` (g,) the larger one of each. Sums told elsewhere (of days by weekday): `told_of` (g,) names
    that of each. Each group is protected over the tree of units and each unit over its groups, in turn, until nothing
    more is hidden. Where sums that cross would still give a small count away, or bound it too well, more are hidden.
    """
    hidden, tree = np.zeros(counts.shape, dtype=bool), tree_of(units, home)
    of = np.zeros(counts.shape[1], dtype=np.int64) if whole_of is None else whole_of
    wholes_hidden = whole_hidden.reshape(len(units), -1)
    in_none = (tree.parents >= 0)[:, None] & (counts[tree.parents] == 0)
    wholes = counts @ np.equal.outer(of, np.arange(wholes_hidden.shape[1])).astype(np.float64)
    before = -1
    while int(hidden.sum()) != before:
        before = int(hidden.sum())
        hidden = hide_in(counts, tree, min_count, hidden)
        # A 0 that covers another group's count would be known where the unit above has 0, too.
        hidden |= (counts == 0) & (tree.sums(hidden) > 0)
        cells = counts[:, :, None], hidden[:, :, None]
        hidden |= hide_across(cells[0], whole_hidden, min_count, cells[1], whole_of, in_none)[:, :, 0]
        if told_of is not None:
            none_hidden = np.zeros((len(units), int(told_of.max(initial=-1)) + 1), dtype=bool)
            hidden |= hide_across(cells[0], none_hidden, min_count, hidden[:, :, None], told_of, in_none)[:, :, 0]
        if int(hidden.sum()) == before:
            least, most = bound_cells(counts, hidden, tree.by_parent, wholes, wholes_hidden, of)
            known = (least > 1) | (most < min_count - 1) | find_bridges(hidden, tree.parents, wholes_hidden, of)
            known &= hidden & is_small(counts, min_count)
            hidden |= _next_beside(counts, hidden, known, tree, of)
    return hidden


def _next_beside(counts: np.ndarray, hidden: np.ndarray, known: np.ndarray, tree: Tree, of: np.ndarray) -> np.ndarray:
    """Cells to hide since `known` ones are known too well: of each one's siblings in the tree and of its unit's other
    groups the smallest that is shown, a 0 last."""
    rows, columns = np.nonzero(known)
    found = np.zeros(counts.shape, dtype=bool)
    open_ = np.where(hidden, np.inf, np.where(counts > 0, counts, counts.max(initial=0.0) + 1))
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        series = np.flatnonzero(of == of[column])
        family = np.flatnonzero(tree.parents == tree.parents[row]) if tree.parents[row] >= 0 else np.array([row])
        for places in (
            (row, series[np.argmin(open_[row, series])]),
            (family[np.argmin(open_[family, column])], column),
        ):
            found[places] |= bool(np.isfinite(open_[places]))
    return found


def is_small(counts: np.ndarray, min_count: int) -> np.ndarray:
    """Where counts are of someone, but of fewer than `min_count`."""
    return np.asarray((counts > 0) & (counts < min_count))
