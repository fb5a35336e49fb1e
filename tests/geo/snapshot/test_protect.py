"""Small counts by hand, and as a law: what is hidden cannot be worked back from what is shown."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.snapshot.hiding import hide_groups, hide_in_tree, hide_small
from geo.snapshot.protect import hidden_cells, hide_reasons, hide_seen
from tests.geo.snapshot.attack import HOME


def tree(grids: list[list[int]]) -> tuple[pd.DataFrame, pd.Series]:
    rows, counts = [], []
    for town, values in enumerate(grids):
        for place, value in enumerate(values):
            rows.append(("grid", f"{town}-{place}", str(town)))
            counts.append(value)
    for town, values in enumerate(grids):
        rows.append(("town", str(town), "all"))
        counts.append(sum(values))
    rows.append(("all", "all", None))
    counts.append(sum(map(sum, grids)))
    return pd.DataFrame(rows, columns=["level", "code", "parent_code"]), pd.Series(counts)


def test_a_single_small_sibling_takes_the_next_with_it():
    assert hide_small(np.array([3.0, 8, 20]), np.zeros(3, dtype=int), np.array([False]), 5).tolist() == [
        True,
        True,
        False,
    ]


def test_zero_and_large_counts_alone_stay():
    assert not hide_small(np.array([0.0, 8, 20]), np.zeros(3, dtype=int), np.array([False]), 5).any()


def test_two_ones_are_not_enough():
    hidden = hide_small(np.array([1.0, 1, 9, 30]), np.zeros(4, dtype=int), np.array([False]), 5)
    assert hidden.tolist() == [True, True, True, False]


def test_a_parent_hidden_for_its_siblings_sake_hides_a_child():
    units, counts = tree([[2], [10, 30], [50, 60]])
    hidden = dict(
        zip(units["code"], hide_in_tree(counts.to_numpy(dtype=float)[:, None], units, HOME, 5)[:, 0], strict=True)
    )
    assert hidden["0"]
    assert hidden["1"]
    assert hidden["0-0"]
    assert hidden["1-0"]
    assert not hidden["2"]
    assert not hidden["all"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=5), min_size=1, max_size=5))
def test_no_hidden_cell_can_be_worked_back(grids):
    units, counts = tree(grids)
    hidden = hide_in_tree(counts.to_numpy(dtype=float)[:, None], units, HOME, 5)[:, 0]
    values = counts.to_numpy()
    assert hidden[(values > 0) & (values < 5)].all()
    for parent_level, child_level in (("town", "grid"), ("all", "town")):
        for place in np.flatnonzero(units["level"] == parent_level):
            family = np.flatnonzero((units["level"] == child_level) & (units["parent_code"] == units["code"][place]))
            inside = family[hidden[family]]
            if hidden[place]:
                assert len(inside) or values[family].max() == 0
            elif len(inside):
                others = [p for p in family if not hidden[p] and values[p] > 0]
                assert len(inside) >= 2 or not others
                assert values[inside].sum() >= 5 or not others


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_small_count_of_a_reason_follows_from_what_is_shown(grids):
    """What is hidden, as unknowns of linear equations: a parent's count of a reason is the sum of its children's, a
    unit's shown total the sum of its reasons'. A small one follows from them only where it is alone in its family."""
    units, _ = tree([[0] * len(town) for town in grids])
    parts = np.array([tree([[values[k] for values in town] for town in grids])[1] for k in range(3)]).T
    n = len(units)
    totals = hide_in_tree(parts.sum(axis=1, dtype=float)[:, None], units, HOME, 5)[:, 0]
    frame = units.loc[np.repeat(np.arange(n), 3), ["level", "code"]].assign(
        reason=["x", "y", "z"] * n, n_incidents=parts.ravel(), residents=np.nan
    )
    hidden = hide_reasons(frame, {"n_incidents_unseen": totals}, units, HOME, 5)["n_incidents"].reshape(n, 3)
    small = (parts > 0) & (parts < 5)
    assert hidden[small].all()
    assert (hidden.all(axis=1) == hidden.any(axis=1)).all()
    assert hidden[totals].all()
    rows = []
    for place in range(n):
        family = np.flatnonzero(
            units["parent_code"].eq(units["code"][place]) & (units["level"] != units["level"][place])
        )
        for k in range(3) if len(family) else ():
            row = np.zeros((n, 3))
            row[family, k], row[place, k] = 1, -1
            rows.append((row * hidden).ravel())
        if not totals[place]:
            row = np.zeros((n, 3))
            row[place] = 1
            rows.append((row * hidden).ravel())
    equations = np.array(rows) if rows else np.zeros((1, 3 * n))
    rank = np.linalg.matrix_rank(equations)
    for place, k in zip(*np.nonzero(small), strict=True):
        alone = np.zeros((n, 3))
        alone[place, k] = 1
        if np.linalg.matrix_rank(np.vstack([equations, alone.ravel()])) == rank:
            siblings = units["parent_code"].eq(units["parent_code"][place]) & (units["level"] == units["level"][place])
            others = parts[siblings & (units.index != place), k]
            assert not others.any(), (grids, place, k)


def test_months_are_protected_both_ways():
    units, _ = tree([[2, 9], [10, 30]])
    table = pd.DataFrame(
        {
            "2026-01": tree([[2, 9], [10, 30]])[1],
            "2026-02": tree([[20, 9], [10, 30]])[1],
            "2026-03": tree([[7, 9], [10, 30]])[1],
        }
    )
    hidden = hide_groups(table.to_numpy(dtype=float), units, HOME, 5, np.zeros(len(units), dtype=bool))
    first = hidden[units["code"] == "0-0"][0]
    assert first[0]
    assert first.sum() >= 2
    assert hidden[units["code"] == "0-1"][0][0]


def test_shares_that_differ_by_a_small_count_are_hidden_together():
    """Unit a: 20 with a distance, 10 within 50 m, 13 within 100 m: the 3 between are a small count. Its like b goes
    with it, as the parent's count between (3 + 7) less b's would give a's away; c has none there."""
    frame = pd.DataFrame(
        {
            "level": ["grid"] * 3 + ["town"],
            "code": ["a", "b", "c", "t"],
            "parent_code": ["t"] * 3 + ["P"],
            "n_incidents_located": [20, 20, 20, 60],
            "camera_within_50m_share": [10 / 20, 6 / 20, 0.0, 16 / 60],
            "camera_within_100m_share": [13 / 20, 13 / 20, 0.0, 26 / 60],
            "camera_within_200m_share": [13 / 20, 13 / 20, 0.0, 26 / 60],
        }
    )
    hidden = hidden_cells("units", frame, frame, HOME, 5)
    for metres in (50, 100, 200):
        assert hidden[f"camera_within_{metres}m_share"].tolist() == [True, True, False, False]
    assert "n_incidents_located" not in hidden


def test_shares_of_residents_are_hidden_by_the_people_with_a_place():
    """10 of 20 have a place, 8 of these live near seen ground: the other 2 are few, as 12 of 20 would not be. Of b's 10
    all 10 are near. Within 500 m of a service point live 7 of a's 10, within 1,000 m the same: 3 are beyond."""
    facts = {"level": ["grid"] * 2, "code": ["a", "b"], "parent_code": ["t"] * 2, "residents": [20.0, 20.0]}
    frame = pd.DataFrame(
        facts
        | {
            "residents_located": [10.0, 10.0],
            "residents_near_share": [0.8, 1.0],
            "residents_service_median_m": [90.0, 80.0],
            "residents_service_500m_share": [0.7, 1.0],
            "residents_service_1000m_share": [0.7, 1.0],
        }
    )
    hidden = hidden_cells("coverage", frame.drop(columns=[c for c in frame if "_service_" in c]), frame, HOME, 5)
    assert hidden.keys() == {"residents_near_share", "residents_near_share_low", "residents_near_share_high"}
    assert all(cells.tolist() == [True, False] for cells in hidden.values())
    hidden = hidden_cells("units", frame, frame, HOME, 5)
    for metres in (500, 1000):
        assert hidden[f"residents_service_{metres}m_share"].tolist() == [True, False]
    assert "residents_service_median_m" not in hidden


def test_a_share_is_hidden_for_either_end_and_takes_a_sibling_with_it():
    """Of a's 20 cases 10 are seen, at the least 3; b's 30, all seen whatever is missing, would give these away from the
    33 of 70 that t has at the least. Of b and c no more than 50 can be: with c told to be 0, a would be 3 at least."""
    frame = pd.DataFrame(
        {
            "level": ["grid"] * 3 + ["town"],
            "code": ["a", "b", "c", "t"],
            "parent_code": ["t"] * 3 + ["P"],
            "n_incidents": [20, 30, 20, 70],
            "incidents_seen_share": [10 / 20, 1.0, 0.0, 40 / 70],
            "incidents_seen_share_low": [3 / 20, 1.0, 0.0, 33 / 70],
            "incidents_seen_share_high": [10 / 20, 1.0, 0.0, 40 / 70],
        }
    )
    hidden = hidden_cells("coverage", frame, frame, HOME, 5)
    assert hidden.keys() == {f"incidents_seen_share{end}" for end in ("", "_low", "_high")}
    assert all(cells.tolist() == [True, True, True, False] for cells in hidden.values())


#: Seen and unseen cases of a grid.
PAIRS = [(0, 0), (7, 0), (0, 9), (3, 0), (3, 17), (17, 3), (8, 12), (2, 1)]


def test_no_small_count_follows_from_coverage_gaps_and_reasons_together():
    """Every way in which the grids of two towns, of two and of one, have their cases seen and unseen, and the unseen
    for one reason or for two; where nothing is unseen a grid is missing from the gaps, or in them for its roads.

    What is shown are linear equations of the grids' seen cases, and of their unseen ones by reason; a shown 0 says that
    all below are 0. A count follows from what is shown where it is a sum of these equations."""
    grids = [(pair, two, roads) for pair in PAIRS for two in (False, True) for roads in (False, True)]
    grids = [(pair, two, roads) for pair, two, roads in grids if not (two and pair[1] < 2) and not (roads and pair[1])]
    worlds = list(itertools.product(grids, grids, PAIRS[1:]))
    leaves = np.zeros((len(worlds), 3, 3))
    on_road = np.zeros((len(worlds), 3), dtype=bool)
    for world, (one, other, last) in zip(range(len(worlds)), worlds, strict=True):
        for place, ((seen, unseen), two, roads) in enumerate((one, other, (last, False, False))):
            leaves[world, place] = seen, unseen - 1 if two else unseen, 1 if two else 0
            on_road[world, place] = roads
    below = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 0, 1], [1, 1, 1]])
    sums = np.einsum("ul,wlk->wuk", below, leaves)
    roads = (on_road @ below.T) > 0
    levels, codes, above = ["grid"] * 3 + ["town"] * 2 + ["all"], ["a", "b", "c", "s", "t", "p"], [*"sst", *"pp", None]
    names = [str(world) for world in range(len(worlds))]
    units = pd.DataFrame(
        {
            "level": levels * len(worlds),
            "code": [code + name for name in names for code in codes],
            "parent_code": [code and code + name for name in names for code in above],
        }
    )
    seen, unseen = sums[..., 0].ravel(), sums[..., 1:].sum(axis=-1).ravel()
    n = seen + unseen
    share = pd.Series(seen / np.where(n > 0, n, np.nan))
    coverage = pd.DataFrame({"n_incidents": n, "incidents_seen_share": share})
    there = (unseen > 0) | roads.ravel()
    gaps = pd.DataFrame({"rank": np.where(there, 1.0, np.nan), "n_incidents_unseen": np.where(there, unseen, np.nan)})
    hidden, hidden_gaps = hide_seen(coverage, gaps, units, HOME, 5)
    rows = units.loc[np.repeat(np.flatnonzero(there), 2), ["level", "code"]]
    reasons = rows.assign(reason=["x", "y"] * there.sum(), residents=np.nan)
    reasons["n_incidents"] = sums[..., 1:].reshape(-1, 2)[there].ravel()
    without = np.ones((len(n), 2), dtype=bool)
    without[there] = hide_reasons(reasons, hidden_gaps, units, HOME, 5)["n_incidents"].reshape(-1, 2)
    of_n, of_seen = ~hidden["n_incidents"], ~hidden["incidents_seen_share"]
    of_unseen = ~there | ~hidden_gaps["n_incidents_unseen"]
    # What each table tells of each unit: which of the three counts it sums, and whether it is shown.
    told = [
        ([1, 1, 1], of_n),
        ([1, 0, 0], of_n & of_seen),
        ([0, 1, 1], of_unseen),
        ([0, 1, 0], ~without[:, 0]),
        ([0, 0, 1], ~without[:, 1]),
    ]
    equations, shown, zero = [], [], []
    for kinds, are_shown in told:
        equations.append(np.einsum("ul,k->ulk", below, kinds).reshape(6, 9))
        shown.append(are_shown.reshape(-1, 6))
        zero.append(are_shown.reshape(-1, 6) & ((sums @ kinds) == 0))
    known = np.einsum("wu,ue->we", np.hstack(zero), np.vstack(equations)) > 0
    matrix = np.concatenate([np.hstack(shown)[..., None] * np.vstack(equations), known[..., None] * np.eye(9)], axis=1)
    projection = np.linalg.pinv(matrix) @ matrix
    found = []
    for kinds in ([1, 0, 0], [0, 1, 1]):
        target = np.einsum("ul,k->ulk", below, kinds).reshape(6, 9)
        follows = np.abs(target - np.einsum("ue,wef->wuf", target, projection)).max(axis=-1) < 1e-6
        count = sums @ kinds
        found += [
            (worlds[w], codes[u], kinds) for w, u in zip(*np.nonzero(follows & (count > 0) & (count < 5)), strict=True)
        ]
    assert not found, (len(found), len(worlds), found[:5])


def test_shares_of_cases_are_hidden_for_any_small_part_of_them():
    """a: 20 due, 18 closed, 15 of them in time: 3 late ones and 2 open ones are few. b: 40, 30, 20: nothing is, but its
    10 late and 10 open ones with t's 13 and 12 would give a's away. c: 30 due, all closed in time. d: 3 due, and a's
    20 go with them."""
    frame = pd.DataFrame(
        {
            "level": ["grid"] * 4 + ["town"],
            "code": ["a", "b", "c", "d", "t"],
            "parent_code": ["t"] * 4 + ["P"],
            **dict.fromkeys(("n_received", "n_filed", "n_accepted", "n_mediated", "n_solved"), np.nan),
            "n_due": [20, 40, 30, 3, 93],
            "n_closed": [18, 30, 30, 3, 81],
            "n_on_time": [15, 20, 30, 3, 68],
            "close_share": [0.9, 0.75, 1.0, 1.0, 81 / 93],
        }
    )
    hidden = hidden_cells("rates", frame, frame, HOME, 5)
    assert hidden["n_due"].tolist() == [True, False, False, True, False]
    for column in ("n_closed", "n_on_time", "close_share"):
        assert hidden[column][[0, 1, 3]].all()
        assert not hidden[column][4]
    assert "n_filed" not in hidden


def test_few_residents_are_not_told_as_the_exposure_of_hotspots():
    """3 people beside 40: both are hidden, and so is what is expected in proportion; the counts of cases are not."""
    units, cases = tree([[20, 30], [50, 60]])
    residents = np.array([3.0, 40, 200, 300, 43, 500, 543])
    hot = units.assign(n_incidents=cases, exposure=residents, expected=residents * 0.3, excess=1.0)
    hidden = hidden_cells("hotspots", hot, units.assign(residents=residents), HOME, 5)
    for column in ("exposure", "expected", "excess"):
        assert units["code"][hidden[column]].tolist() == ["0-0", "0-1"]
    assert "n_incidents" not in hidden
    assert hidden_cells("hotspots", hot, units.assign(residents=np.nan), HOME, 5) == {}
