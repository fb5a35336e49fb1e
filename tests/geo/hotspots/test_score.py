"""Numbers by hand and DOMAIN section 6: 30 of 100 events in 5 % of the area make PAI 6."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadQuery
from geo.hotspots.score import fill_area, pai, pei, roll_origins, rri, score_flags


def test_check_value_of_domain():
    flags, area = np.array([1.0, 0, 0]), np.array([5.0, 60, 35])
    assert pai(flags, np.array([30.0, 50, 20]), area) == pytest.approx(6)


def test_a_map_of_everything_scores_1():
    later, area = np.array([3.0, 9, 1]), np.array([2.0, 5, 7])
    found = score_flags(np.ones(3), later + 1, later, area)
    assert (found.hit_share, found.area_share, found.n_flagged) == (1.0, 1.0, 3.0)
    assert (found.pai, found.pei, found.rri) == pytest.approx((1, 1, 1))


def test_fractional_bound_by_hand():
    """Flagged: unit 0, 3 km2, 3 later. The best 3 km2: unit 1 (1 km2, 6) and two thirds of unit 2 (3 km2, 9): 12."""
    flags = np.array([1.0, 0, 0])
    assert pei(flags, np.array([3.0, 6, 9]), np.array([3.0, 1, 3])) == pytest.approx(3 / 12)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=7), st.data())
def test_no_choice_of_whole_units_beats_the_bound(units, data):
    later, area = (np.array(column, dtype=float) for column in zip(*units, strict=True))
    flags = np.array(data.draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=len(units), max_size=len(units))))
    best = fill_area(later / area, area, flags @ area) @ later
    for choice in itertools.product((0.0, 1.0), repeat=len(units)):
        if np.array(choice) @ area <= flags @ area:
            assert np.array(choice) @ later <= best + 1e-9
    if flags.any() and later.any():
        found = pei(flags, later, area)
        assert np.isnan(found) or 0 <= found <= 1 + 1e-9


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0.5, 5)), min_size=1, max_size=9), st.floats(0, 1))
def test_area_is_filled_to_the_amount(units, share):
    value, area = (np.array(column) for column in zip(*units, strict=True))
    taken = fill_area(value, area, share * area.sum())
    assert taken @ area == pytest.approx(share * area.sum())
    assert len(set(value[(taken > 0) & (taken < 1)])) <= 1
    for high, low in itertools.permutations(range(len(units)), 2):
        assert not (value[high] > value[low] and taken[low] > 0 and taken[high] < 1)


def test_rri_is_the_change_of_the_flagged_share():
    """Before 50 of 200, later 30 of 100: (30 / 50) / (100 / 200) = 1.2."""
    assert rri(np.array([1.0, 0]), np.array([50.0, 150]), np.array([30.0, 70])) == pytest.approx(1.2)


def test_nothing_flagged_and_nothing_later_have_no_score():
    some, area = np.array([4.0, 6]), np.ones(2)
    found = score_flags(np.zeros(2), some, some, area)
    assert (found.n_flagged, found.area_share, found.n_hit, found.hit_share) == (0.0, 0.0, 0.0, 0.0)
    assert np.isnan([found.pai, found.pei, found.rri]).all()
    none = score_flags(np.array([1.0, 0]), some, np.zeros(2), area)
    assert none.n_later == 0
    assert np.isnan([none.hit_share, none.pai, none.pei, none.rri]).all()
    assert np.isnan(score_flags(*np.zeros((4, 0))).area_share)


def test_the_order_of_equal_units_decides_nothing():
    """Without any incident before, half of the area is half of each unit."""
    assert fill_area(np.zeros(3), np.array([1.0, 2, 5]), 4.0).tolist() == [0.5, 0.5, 0.5]


def test_each_origin_sees_only_the_months_before_it():
    """Unit 0 is busy until month 3, unit 1 from month 4 on; flagged is where the last two months had most."""
    months = np.array([[8, 0, 1], [8, 0, 1], [8, 0, 1], [8, 0, 1], [0, 8, 1], [0, 8, 1], [0, 8, 1]])
    asked: list[int] = []

    def busiest(before: np.ndarray) -> np.ndarray:
        asked.append(len(before))
        count = before[-2:].sum(axis=0)
        return 1.0 * (count == count.max())

    found = roll_origins(months, np.ones(3), busiest, n_origins=3, n_window=2)
    assert asked == [4, 5, 6]
    assert [record.own.n_hit for record in found] == [0.0, 8.0, 8.0]
    assert [record.counts.n_hit for record in found] == [0.0, 8.0, 8.0]
    assert [record.last_month.n_hit for record in found] == [0.0, 8.0 + 1.0, 8.0]
    assert [record.last_month.area_share for record in found] == pytest.approx([1 / 3, 2 / 3, 1 / 3])


def test_baselines_see_the_window_only_and_flag_as_much_area():
    """Unit 0 had most in all, unit 1 in the two months of the window, unit 2 in the last; a third of each counts."""
    months = np.array([[90, 0, 0], [0, 9, 0], [0, 0, 5], [1, 10, 100]])
    (record,) = roll_origins(months, np.ones(3), lambda before: np.full(3, 1 / 3), n_origins=1, n_window=2)
    assert record.own.n_hit == pytest.approx(111 / 3)
    assert (record.counts.n_hit, record.last_month.n_hit) == (10.0, 100.0)
    assert record.own.area_share == record.counts.area_share == record.last_month.area_share == pytest.approx(1 / 3)
    assert record.counts.rri == pytest.approx((10 / 9) / (111 / 14))


def test_the_first_month_is_no_origin():
    months = np.ones((2, 2), dtype=int)

    def all_of_it(before: np.ndarray) -> np.ndarray:
        return np.ones(2)

    assert [len(roll_origins(months[:n], np.ones(2), all_of_it, n_origins=6, n_window=12)) for n in range(3)] == [
        0,
        0,
        1,
    ]


def test_bad_input_is_refused():
    one = np.ones(2)
    for flags, before, later, area in (
        (np.ones(3), one, one, one),
        (one * 1.5, one, one, one),
        (one, -one, one, one),
        (one, one, one * np.nan, one),
        (one, one, one, one * 0),
        (one, one, one, one * np.nan),
    ):
        with pytest.raises(BadQuery):
            score_flags(flags, before, later, area)
