import pytest
from shapely import box

from geo.errors import BadPartition
from geo.partition.topology import check_overlaps, find_holes, find_overlaps
from geo.rules import Rules
from tests import tiny_world


def test_neighbours_with_a_shared_edge_do_not_overlap():
    grids = tiny_world.units().query("level == 'grid'")
    assert find_overlaps(grids.geometry, grids["code"]).empty


def test_overlap_in_square_metres_and_share_of_the_smaller_with_codes_in_order():
    found = find_overlaps([box(0, 0, 10, 10), box(8, 0, 12, 5)], ["z", "a"])
    assert found.to_dict("records") == [{"code_a": "a", "code_b": "z", "overlap_m2": 10.0, "share_of_smaller": 0.5}]


def test_a_hole_with_an_island_counts_the_ground_between():
    ring = [box(0, 0, 30, 10), box(0, 10, 10, 20), box(20, 10, 30, 20), box(0, 20, 30, 30)]
    island = box(13, 13, 17, 17)
    found = find_holes([*ring, island], ["s", "w", "e", "n", "i"])
    # The island stands 3 m off the hole's rim, inside it: the hole is 10 x 10 less 4 x 4.
    assert found["hole_m2"].tolist() == [84.0]
    assert set(found["codes"][0]) == {"s", "w", "e", "n", "i"}


def test_holes_are_found_in_overlapping_units_and_come_largest_first():
    frame = [box(0, 0, 50, 10.5), box(0, 10, 10, 20), box(19, 10, 40, 20), box(44, 10, 50, 20), box(0, 20, 50, 30)]
    found = find_holes(frame, ["s", "w", "m", "e", "n"])
    # 9 x 9.5 between w and m, 4 x 9.5 between m and e: s reaches 0.5 m up into each.
    assert found["hole_m2"].tolist() == [85.5, 38.0]
    assert found["codes"].tolist() == [("m", "n", "s", "w"), ("e", "m", "n", "s")]


def test_no_hole_where_units_meet_or_the_gap_is_open():
    grids = tiny_world.units().query("level == 'grid'")
    assert find_holes(grids.geometry, grids["code"]).empty
    assert find_holes([box(0, 0, 10, 10), box(20, 0, 30, 10)], ["a", "b"]).empty
    assert find_holes([], []).empty


def test_one_percent_is_accepted_more_is_refused_in_both_languages_unless_accepted():
    rules = Rules()
    assert len(check_overlaps([box(0, 0, 100, 100), box(99, 0, 199, 100)], ["a", "b"], rules)) == 1
    wider = [box(0, 0, 100, 100), box(98.9, 0, 198.9, 100)]
    with pytest.raises(BadPartition, match=r"a and b overlap by 110\.00 m2") as error:
        check_overlaps(wider, ["a", "b"], rules)
    assert "重叠 110.00 平方米" in error.value.text("zh")
    assert len(check_overlaps(wider, ["a", "b"], rules, accept=True)) == 1


def test_many_offenders_are_counted_not_all_named():
    with pytest.raises(BadPartition, match="and 56 more pairs"):
        check_overlaps([box(0, 0, 1, 1)] * 12, [f"{k:02d}" for k in range(12)], Rules())


def test_lengths_must_agree():
    with pytest.raises(BadPartition):
        find_overlaps([box(0, 0, 1, 1)], ["a", "b"])
