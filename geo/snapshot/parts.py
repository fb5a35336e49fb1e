"""How parts of counts (filed of received, in view of all) are hidden with what they leave of these."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.schema.home import HomeInfo
from geo.snapshot.bounds import bound_cells
from geo.snapshot.hiding import Tree, hide_across, hide_in, is_small, tree_of


def hide_parts(
    n: np.ndarray,
    parts: Sequence[np.ndarray],
    hidden_n: np.ndarray,
    none_left: np.ndarray | None,
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
    whole_hidden: np.ndarray | None = None,
) -> np.ndarray:
    """Units of which `parts` of the counts `n`, each float64 (n,), are hidden, and what each part leaves: bool (n,).

    A unit's are shown together or not at all, and not where its count is hidden (`hidden_n`). Where another table tells
    that the first part leaves nothing (`none_left`), a unit covers no other, nor does one above such units only. Where
    the rest of a family do not cover each other, or not by enough as no part is more than its whole, their parent is
    hidden, too.

    All may be (n, g): g groups of each unit's cases, told apart. They sum to what is told of the unit as a whole,
    unless that is hidden (`whole_hidden` (n,)).

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:4326", (Level("g", "g", "G", "t"), Level("t", "t", "T")))
    >>> units = pd.DataFrame({"level": ["g", "g", "t"], "code": ["a", "b", "p"], "parent_code": ["p", "p", None]})
    >>> n, seen, shown = np.array([20.0, 8, 28]), np.array([3.0, 8, 11]), np.zeros(3, dtype=bool)
    >>> hide_parts(np.array([20.0, 14, 34]), [seen], shown, None, units, home, 5).tolist()
    [True, True, False]
    >>> hide_parts(n, [seen], shown, None, units, home, 5).tolist()  # b has 8 at the most, so that a has 3 at the least
    [True, True, True]
    >>> hide_parts(n, [seen], shown, np.array([False, True, False]), units, home, 5).tolist()
    [True, False, True]
    """
    n_units, shape = len(units), n.shape
    whole, hidden_whole = n.reshape(n_units, -1, 1), hidden_n.reshape(n_units, -1, 1)
    halves = [half.reshape(whole.shape) for part in parts for half in (part, n - part)]
    counts = np.nan_to_num(np.concatenate(halves, axis=2))
    hidden = np.repeat(hidden_whole, counts.shape[2], axis=2)
    known = np.repeat((whole == 0) & ~hidden_whole, counts.shape[2], axis=2)
    if none_left is not None:
        known[:, 0, 0] |= none_left & ~hidden_n
        known[:, 0, 1] |= none_left
    flat, tree = (n_units, -1), tree_of(units, home)
    for _ in home.levels:
        known |= _all_below(known.reshape(flat), tree).reshape(known.shape)
    before = -1
    while int(hidden.sum()) != before:
        before = int(hidden.sum())
        cells = hide_in(counts.reshape(flat), tree, min_count, hidden.reshape(flat), known.reshape(flat))
        hidden = cells.reshape(counts.shape)
        if whole_hidden is not None:
            hidden = hidden | hide_across(counts, whole_hidden, min_count, hidden)
        hidden = hidden | hidden.any(axis=2, keepdims=True)
        if int(hidden.sum()) == before:
            cases = np.nan_to_num(whole[:, :, 0])
            bounded = _is_bounded(counts, hidden & ~known, cases, hidden_whole[:, :, 0], tree, min_count)
            hidden = hidden | _next_of_family(cases, hidden[:, :, 0], bounded, tree)[:, :, None]
    return np.asarray(hidden[:, :, 0]).reshape(shape)


def _is_bounded(
    counts: np.ndarray, hidden: np.ndarray, n: np.ndarray, hidden_n: np.ndarray, tree: Tree, min_count: int
) -> np.ndarray:
    """Units and groups (n, g) of whose parts and what these leave, `counts` (n, g, 2 k) in turn, one is known too well
    when it is hidden: no part is more than the whole `n` (n, g)."""
    n_units, _, n_halves = counts.shape
    flat = (n_units, -1)
    of = np.arange(counts[0].size) // 2
    wholes, wholes_hidden = (np.repeat(one, n_halves // 2, axis=1) for one in (n, hidden_n))
    cells = counts.reshape(flat), hidden.reshape(flat)
    least, most = bound_cells(*cells, tree.by_parent, wholes, wholes_hidden, of)
    known = ((least > 1) | (most < min_count - 1)) & cells[1] & is_small(cells[0], min_count)
    return np.asarray(known.reshape(counts.shape).any(axis=2))


def _next_of_family(counts: np.ndarray, hidden: np.ndarray, known: np.ndarray, tree: Tree) -> np.ndarray:
    """Cells (n, g) to hide since `known` ones are known too well: of each one's siblings the smallest that is shown, or
    the unit above where none is."""
    found = np.zeros(counts.shape, dtype=bool)
    for row, column in np.argwhere(known).tolist():
        above = tree.parents[row]
        family = np.flatnonzero((tree.parents == above) & ~hidden[:, column] & (counts[:, column] > 0))
        if above >= 0:
            found[family[np.argmin(counts[family, column])] if len(family) else above, column] = True
    return found


def _all_below(known: np.ndarray, tree: Tree) -> np.ndarray:
    """Cells with units of a level below, all of which are `known`."""
    n_below = tree.by_parent.sum(axis=1)[:, None]
    return np.asarray((n_below > 0) & (tree.sums(known) == n_below))
