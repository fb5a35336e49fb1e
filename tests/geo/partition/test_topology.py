import pytest
from shapely import box

from geo.errors import BadPartition
from geo.partition.topology import check_overlaps, find_overlaps
from geo.rules import Rules
from tests import tiny_world


def test_neighbours_with_a_shared_edge_do_not_overlap():
    grids = tiny_world.units().query("level == 'grid'")
    assert find_overlaps(grids.geometry, grids["code"]).empty


def test_overlap_in_square_metres_and_share_of_the_smaller_with_codes_in_order():
    found = find_overlaps([box(0, 0, 10, 10), box(8, 0, 12, 5)], ["z", "a"])
    assert found.to_dict("records") == [{"code_a": "a", "code_b": "z", "overlap_m2": 10.0, "share_of_smaller": 0.5}]


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
