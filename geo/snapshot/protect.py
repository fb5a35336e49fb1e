"""Small-count protection: which cells a role below analyst may not see (DOMAIN 4a).

A count of people or incidents from 1 to `min_count - 1` is hidden. So that it cannot be worked back
from its parent's count, further siblings are hidden until the hidden ones of a parent are at
least two and sum to at least `min_count`; below a hidden parent at least one child is hidden.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.partition.nearest import WITHIN_M
from geo.schema import RESULTS, Role
from geo.schema.column import may_see
from geo.schema.home import HomeInfo

#: Shares of cases and the two counts they divide: numerator (None: worked out), denominator.
_PARTS: dict[str, tuple[str | None, str]] = {
    "close_share": ("n_closed", "n_due"),
    "on_time_share": ("n_on_time", "n_due"),
    "mediation_share": ("n_mediated", "n_accepted"),
    "incidents_seen_share": (None, "n_incidents"),
    "residents_near_share": (None, "residents_located"),
}

#: Cumulative shares of one count, ascending: what lies between two of them is a count, too.
_LADDERS: dict[str, tuple[str, ...]] = {
    "n_incidents_located": tuple(f"camera_within_{metres}m_share" for metres in WITHIN_M),
    "residents_located": ("residents_service_500m_share", "residents_service_1000m_share"),
}


def needs_protection(role: Role) -> bool:
    """Whether `role` sees small counts hidden: every role below analyst.

    >>> needs_protection("leader"), needs_protection("planner"), needs_protection("analyst")
    (True, True, False)
    """
    return not may_see(role, "analyst")


def hide_small(
    counts: np.ndarray,
    parents: np.ndarray,
    parent_hidden: np.ndarray,
    min_count: int,
    also: np.ndarray | None = None,
) -> np.ndarray:
    """Which of n sibling counts to hide.

    `counts` float64 (n,), NaN = no count; `parents` int64 (n,), position of each unit's parent or -1;
    `parent_hidden` bool, one per parent; `also` bool (n,), hidden in any case. Returns bool (n,).

    Within a family that must hide something, the smallest further positive counts go until enough are hidden.
    One child of 3 beside children of 8 and 20 with the sum known: 3 is hidden, and 8 with it.

    >>> hide_small(np.array([3.0, 8, 20]), np.zeros(3, dtype=int), np.array([False]), 5).tolist()
    [True, True, False]
    """
    known = np.nan_to_num(counts)
    hidden = _small(known, min_count)
    if also is not None:
        hidden |= also
    n_parents = len(parent_hidden)
    primary = np.flatnonzero(hidden & (parents >= 0))
    n_hidden = np.bincount(parents[primary], minlength=n_parents)
    total = np.bincount(parents[primary], weights=known[primary], minlength=n_parents)
    touched = (n_hidden > 0) | parent_hidden
    wanted = np.where(parent_hidden, 1, 2)
    open_ = np.flatnonzero((parents >= 0) & ~hidden & (known > 0))
    open_ = open_[touched[parents[open_]]]
    order = open_[np.lexsort((known[open_], parents[open_]))]
    family = parents[order]
    start = np.searchsorted(family, family)
    sums = np.concatenate([[0.0], np.cumsum(known[order])])
    before_n, before_sum = np.arange(len(order)) - start, sums[:-1] - sums[start]
    short = (n_hidden[family] + before_n < wanted[family]) | (total[family] + before_sum < min_count)
    hidden[order[short]] = True
    return hidden


def hide_in_tree(
    counts: np.ndarray, units: pd.DataFrame, home: HomeInfo, min_count: int, also: np.ndarray | None = None
) -> np.ndarray:
    """Cells of `counts` to hide over all levels, from the coarsest down: bool, shape as given.

    `counts` float64 (n, k): k independent counts of n units, NaN = no count. `units`: level, code, parent_code, n rows.
    `also` (n, k) marks cells that must be hidden in any case.
    """
    n_columns = counts.shape[1]
    hidden = np.zeros(counts.shape, dtype=bool)
    place = pd.Series(np.arange(len(units)), index=pd.MultiIndex.from_frame(units[["level", "code"]]))
    levels, columns = units["level"].to_numpy(), np.arange(n_columns)
    for chain in home.chains():
        for name in reversed(chain):
            rows = np.flatnonzero(levels == name)
            parent = home.level(name).parent
            above = np.flatnonzero(levels == parent) if parent else np.array([], dtype=int)
            parents = np.full(len(rows), -1)
            if parent:
                keys = pd.MultiIndex.from_arrays([[parent] * len(rows), units["parent_code"].to_numpy()[rows]])
                found = place.reindex(keys).to_numpy(dtype=float)
                parents = np.where(np.isnan(found), -1, np.searchsorted(above, np.nan_to_num(found))).astype(int)
            families = np.where(parents[:, None] >= 0, parents[:, None] * n_columns + columns, -1)
            given = None if also is None else also[rows].ravel()
            cells = hide_small(counts[rows].ravel(), families.ravel(), hidden[above].ravel(), min_count, given)
            hidden[rows] = cells.reshape(len(rows), n_columns)
    return hidden


def hidden_cells(
    name: str, frame: pd.DataFrame, units: pd.DataFrame, home: HomeInfo, min_count: int
) -> dict[str, np.ndarray]:
    """For the table `name` with one row per unit (in the order of `units`): column -> bool (n,) of cells to hide."""
    columns = [column for column in RESULTS[name].columns if column.name in frame.columns]
    people = [column.name for column in columns if column.people]
    counts = np.column_stack([frame[name].to_numpy(dtype=float, na_value=np.nan) for name in people])
    hidden = dict(zip(people, hide_in_tree(counts, units, home, min_count).T, strict=True))
    for share, (part, whole) in _PARTS.items():
        if share in frame.columns and whole in hidden:
            n = frame[whole].to_numpy(dtype=float, na_value=np.nan)
            yes = (
                frame[part].to_numpy(dtype=float, na_value=np.nan)
                if part
                else np.rint(frame[share].to_numpy(float) * n)
            )
            blank = hidden[whole] | _small(yes, min_count) | _small(n - yes, min_count)
            for end in (share, f"{share}_low", f"{share}_high"):
                hidden[end] = blank
            if part in hidden:
                hidden[part] = hidden[part] | blank
    for whole, steps in _LADDERS.items():
        if whole in hidden and steps[0] in frame.columns:
            hidden |= dict.fromkeys(steps, _hide_ladder(frame, whole, steps, hidden[whole], units, home, min_count))
    for column in columns:
        if column.from_count and column.name not in hidden:
            hidden[column.name] = hidden[column.from_count]
    return {name: cells for name, cells in hidden.items() if cells.any()}


def hide_reasons(
    reasons: pd.DataFrame, gaps: dict[str, np.ndarray], units: pd.DataFrame, home: HomeInfo, min_count: int
) -> dict[str, np.ndarray]:
    """For the rows of the table gap_reasons: column -> bool (n,) of cells to hide.

    `gaps` are the cells of the table gaps that are hidden, by unit in the order of `units`. A unit's seven counts of
    people are shown together or not at all: hidden where any of them is small, where the total that they sum to is
    hidden, or where one is needed to cover a sibling's (each reason is protected over the tree of units), in turn,
    until nothing more is hidden.
    """
    place = pd.MultiIndex.from_frame(units[["level", "code"]]).get_indexer(reasons.set_index(["level", "code"]).index)
    kind, codes = pd.factorize(reasons["reason"])
    found = {}
    for column, whole in (("n_incidents", "n_incidents_unseen"), ("residents", "residents_not_near")):
        counts = np.zeros((len(units), len(codes)))
        counts[place, kind] = reasons[column].to_numpy(dtype=float, na_value=np.nan)
        hidden = np.repeat(gaps.get(whole, np.zeros(len(units), dtype=bool))[:, None], len(codes), axis=1)
        before = -1
        while int(hidden.sum()) != before:
            before = int(hidden.sum())
            hidden = hide_in_tree(counts, units, home, min_count, also=hidden)
            hidden |= hidden.any(axis=1, keepdims=True)
        found[column] = hidden[place, 0]
    return found


def _hide_ladder(
    frame: pd.DataFrame,
    whole: str,
    steps: tuple[str, ...],
    also: np.ndarray,
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
) -> np.ndarray:
    """Units of which all shares `steps` of the count `whole` are hidden: where any count between two steps must be."""
    n = frame[whole].to_numpy(dtype=float, na_value=np.nan)
    up_to = [np.rint(frame[step].to_numpy(dtype=float, na_value=np.nan) * n) for step in steps]
    between = np.diff(np.column_stack([np.zeros(len(n)), *up_to, n]), axis=1)
    cells = hide_in_tree(between, units, home, min_count, also=np.repeat(also[:, None], between.shape[1], axis=1))
    return np.asarray(cells.any(axis=1))


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


def _small(counts: np.ndarray, min_count: int) -> np.ndarray:
    return np.asarray((counts > 0) & (counts < min_count))


def blank_cells(
    frame: pd.DataFrame, hidden: dict[str, np.ndarray], rows: Sequence[int] | np.ndarray
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """A copy of `frame` (rows `rows` of the full table) with hidden cells empty, and their row positions by column."""
    shown = frame.copy()
    listed: dict[str, np.ndarray] = {}
    for column, cells in hidden.items():
        places = np.flatnonzero(cells[rows])
        if column in shown.columns and len(places):
            if pd.api.types.is_integer_dtype(shown[column].dtype):
                shown[column] = shown[column].astype("Int64")
            shown.loc[shown.index[places], column] = pd.NA if shown[column].dtype == "Int64" else np.nan
            listed[column] = places
    return shown, listed
