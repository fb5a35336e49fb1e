"""Small-count protection: which cells a role below analyst may not see (DOMAIN 4a).

Which columns count people or cases, and from which others these could be worked back, is told here; how counts of
units are hidden with what covers them, in `hiding` (units and groups), `parts` (parts of a count) and `crossed` (all
sums at once). The answers that count incidents or people, and the sums that tie them:

* Unit tables (`/api/table`, metrics, tiles, cards, evidence, files): incidents and residents of each unit; of incidents
  in view, near a camera; of residents near seen ground, near a service point, by share; the rest of both in the gaps,
  and that by seven reasons; the rates. Sums: units in the tree; part and rest make the whole; reasons make the rest.
* Months (`/api/counts`, the card): of all units. Sums: units in the tree; months make the unit's total.
* Weeks, days, hours by weekday (`/api/counts`), and rates and waiting times by channel, category or month: of large
  levels only (`large_levels`); a page is told why not of others. Sums: units in the tree; groups make the unit's own;
  days make months, weeks and weekdays, hours make weekdays; on time, late and open make the due; and so on.
* The league (`/api/league`): totals as in the unit tables. Month-end values (`/api/history`): hidden with the snapshot
  that they were taken of.
* Classes, labels and scores (hotspots, `/api/emerging`, `scores`) are no counts: see `geo.desk.hotspots`,
  `geo.desk.emerging`, `hide_scores`. Density is blank where few are in reach. Exports and rows: analysts only,
  but for the groups of `/api/rates` as a file, which has its cells and no other.
* The page's boot record counts nobody. Figures of filtered incidents are refused: see `check_unfiltered`.

Counts that are only differences of what two columns tell (cases not due yet = received - due; those in view at one
pixel density but not at another, or for some of what is missing only) are not protected as counts of their own.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.errors import Forbidden, Words
from geo.hotspots.cube import EVERY, Wanted
from geo.hotspots.rates import COUNTS, SHARES
from geo.hotspots.score_table import BASELINES, MEASURES
from geo.schema import CAMERA_WITHIN_M, RESULTS, SERVICE_WITHIN_M, Role
from geo.schema.column import may_see
from geo.schema.home import HomeInfo
from geo.snapshot.hiding import hide_groups, hide_in_tree, is_small
from geo.snapshot.parts import hide_parts

#: Shares of the table coverage, the count of which they are, and the column of the table gaps that has the rest of it.
_SEEN: dict[str, tuple[str, str]] = {
    "incidents_seen_share": ("n_incidents", "n_incidents_unseen"),
    "residents_near_share": ("residents_located", "residents_not_near"),
}
_ENDS = ("", "_low", "_high")
#: Sums of shares of counts that differ by less are the same.
_SAME = 1e-6

#: Cumulative shares of one count, ascending: what lies between two of them is a count, too.
_LADDERS: dict[str, tuple[str, ...]] = {
    "n_incidents_located": tuple(f"camera_within_{metres}m_share" for metres in CAMERA_WITHIN_M),
    "residents_located": tuple(f"residents_service_{metres}m_share" for metres in SERVICE_WITHIN_M["residents"]),
}


#: Columns of the table hotspots from which a unit's residents could be worked back, where they are the exposure.
_FROM_RESIDENTS = ("exposure", "expected", "excess")


def needs_protection(role: Role) -> bool:
    """Whether `role` sees small counts hidden: every role below analyst.

    >>> needs_protection("leader"), needs_protection("planner"), needs_protection("analyst")
    (True, True, False)
    """
    return not may_see(role, "analyst")


def check_unfiltered(wanted: Wanted, role: Role) -> None:
    """`Forbidden` where `role` would get figures of incidents that a filter chooses.

    Each filter's small counts could be hidden, but not what makes the difference between two filters.
    """
    if needs_protection(role) and wanted != EVERY:
        raise Forbidden(
            Words(
                "figures of filtered incidents need the role analyst: few could be told by comparing two filters",
                "筛选后的数字需要分析员角色：比较两次筛选可推出少量事件",
            )
        )


def hidden_cells(
    name: str,
    frame: pd.DataFrame,
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
    without_gap: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """For the table `name` with one row per unit (in the order of `units`): column -> bool (n,) of cells to hide.

    `without_gap` bool (n,): units of which another table tells that all is seen in the middle of what is missing.
    """
    columns = [column for column in RESULTS[name].columns if column.name in frame.columns]
    people = [column.name for column in columns if column.people]
    tree = units, home, min_count
    if not people:
        return {}
    counts = np.column_stack([frame[name].to_numpy(dtype=float, na_value=np.nan) for name in people])
    hidden = dict(zip(people, hide_in_tree(counts, units, home, min_count).T, strict=True))
    if name == "rates":
        hidden = hide_rates({column: frame[column].to_numpy(dtype=float, na_value=np.nan) for column in COUNTS}, *tree)
    for share, (whole, _) in _SEEN.items():
        if share in frame.columns and whole in hidden:
            n = frame[whole].to_numpy(dtype=float, na_value=np.nan)
            ends = [f"{share}{end}" for end in _ENDS if f"{share}{end}" in frame.columns]
            parts = [np.round(frame[end].to_numpy(dtype=float, na_value=np.nan) * n, 6) for end in ends]
            blank = hide_parts(n, parts, hidden[whole], without_gap, units, home, min_count)
            hidden |= {f"{share}{end}": blank for end in _ENDS}
    for whole, steps in _LADDERS.items():
        if whole in hidden and steps[0] in frame.columns:
            hidden |= dict.fromkeys(steps, _hide_ladder(frame, whole, steps, hidden[whole], units, home, min_count))
    for column in columns:
        if column.from_count and column.name not in hidden:
            hidden[column.name] = hidden[column.from_count]
    if name == "hotspots" and "residents" in units.columns:
        residents = units["residents"].to_numpy(dtype=float, na_value=np.nan)
        few = hide_in_tree(residents[:, None], units, home, min_count)[:, 0]
        hidden |= {column: few | hidden.get(column, False) for column in _FROM_RESIDENTS}
    return {name: cells for name, cells in hidden.items() if cells.any()}


def hide_rates(
    counts: Mapping[str, np.ndarray],
    units: pd.DataFrame,
    home: HomeInfo,
    min_count: int,
    wholes: Mapping[str, np.ndarray] | None = None,
    received: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Which counts and shares of cases to hide: column -> bool, of the shape of `counts` (those of `rates.COUNTS`).

    `counts` are float64 (n,) in the order of `units`, or (n, g) for g groups of each unit's cases; `wholes` then are
    the hidden cells (n,) of the units' own counts; `received` (n, g) those of the received where they are known, as
    another table tells them. The received are filed or not, and accepted or not: of either
    both parts are hidden where one is few. The due are on time, closed late or open, the accepted mediated, solved
    otherwise or unsolved: all of a unit's shares of them are hidden where one of its three parts is few, or would give
    away another's.
    """
    hidden: dict[str, np.ndarray] = {} if received is None else {"n_received": received}
    for column in [name for name in ("n_received", "n_due") if name not in hidden]:
        cells = np.nan_to_num(counts[column])
        if wholes is None:
            hidden[column] = hide_in_tree(cells[:, None], units, home, min_count)[:, 0]
        else:
            hidden[column] = hide_groups(cells, units, home, min_count, wholes[column])
    for column in ("n_filed", "n_accepted"):
        n, across = counts["n_received"], None if wholes is None else wholes[column]
        hidden[column] = hide_parts(n, [counts[column]], hidden["n_received"], None, units, home, min_count, across)

    def hide(whole: str, first: str, within: str) -> None:
        n, between = counts[whole], counts[first] - counts[within]
        parts = counts[first], counts[within], n - between
        across = None if wholes is None else wholes[first]
        cells = hide_parts(n, parts, hidden[whole], None, units, home, min_count, across)
        hidden.update({first: cells, within: cells})

    hide("n_due", "n_closed", "n_on_time")
    hide("n_accepted", "n_solved", "n_mediated")
    return hidden | hide_shares(hidden)


def hide_shares(hidden: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Cells of the shares of cases and of their limits to hide: those of the count that each is the share of.

    >>> sorted(hide_shares({name: np.array([True]) for name in COUNTS}))[:3]
    ['close_share', 'close_share_high', 'close_share_low']
    """
    return {f"{share}{end}": hidden[part] for share, (part, _) in SHARES.items() for end in _ENDS}


def hide_seen(
    coverage: pd.DataFrame, gaps: pd.DataFrame, units: pd.DataFrame, home: HomeInfo, min_count: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The cells to hide of coverage at the default density and of gaps, which has the rest of the same counts.

    Both as `hidden_cells` gives them, of frames in the order of `units`; a unit without a gap has no `rank` in `gaps`.
    """
    without_gap = gaps["rank"].isna().to_numpy()
    covered = hidden_cells("coverage", coverage, units, home, min_count, without_gap)
    unseen = {f"{rest}{end}": covered[share] for share, (_, rest) in _SEEN.items() if share in covered for end in _ENDS}
    return covered, unseen


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


def hide_scores(scores: pd.DataFrame, min_count: int) -> dict[str, np.ndarray]:
    """For the rows of the table scores: column -> bool (n,) of cells to hide, from which counts could be worked back.

    A method's scores of one period, with those of its baselines, are shown together or not at all: not where it flagged
    fewer than `min_count` units, where hits or the rest of the later incidents are a small count, or where its hits
    are a small count more or less than those of a baseline or of another method of the level and period.
    """
    hits = scores[[f"{start}n_hit" for start in ("", *(f"{name}_" for name in BASELINES))]].to_numpy(dtype=float)
    later, flagged = (scores[name].to_numpy(dtype=float)[:, None] for name in ("n_later", "n_flagged"))
    few = (is_small(hits, min_count) | is_small(later - hits, min_count) | is_small(flagged, min_count)).any(axis=1)
    scored = np.flatnonzero(scores["pai"].notna())
    few &= scores["pai"].notna().to_numpy()
    for places in scores.iloc[scored].groupby(["level", "period"]).indices.values():
        rows = scored[places]
        apart = np.abs(hits[rows][:, :, None, None] - hits[rows])
        few[rows] |= is_small(np.where(apart < _SAME, 0.0, apart), min_count).any(axis=(1, 2, 3))
    columns = [f"{start}{name}" for start in ("", *(f"{one}_" for one in BASELINES)) for name in MEASURES]
    return dict.fromkeys((*columns, "verdict_en", "verdict_zh"), few) if few.any() else {}


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
    return hide_parts(n, list(between.T), also, None, units, home, min_count)


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
