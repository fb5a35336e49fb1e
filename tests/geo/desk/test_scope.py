"""The scope of a picture: level, units and outlines, on the tiny city (see its docstring for the squares)."""

from pathlib import Path

import numpy as np
import pytest

from geo.desk import Desk
from geo.errors import BadQuery, NotFound
from tests.tiny_city import X0, Y0


@pytest.fixture(scope="module")
def desk(tiny_home: Path) -> Desk:
    return Desk(tiny_home)


def test_the_whole_is_drawn_two_levels_below_its_top(desk: Desk) -> None:
    scope = desk.scope("leader", None, None, None)
    assert (scope.place["code"], scope.level, scope.is_whole, scope.within) == ("P", "grid", True, None)
    assert len(scope.numbers) == 8


def test_a_level_that_most_units_lack_is_left_for_a_coarser_one(desk: Desk) -> None:
    """Two grids of eight have a road."""
    assert desk.scope("leader", None, None, "road_seen_share").level == "town"


def test_within_a_town_are_its_four_grids(desk: Desk) -> None:
    scope = desk.scope("leader", "town:B", None, None)
    codes = desk.units("grid", "leader")["code"]
    assert [codes[number] for number in scope.numbers] == ["B-1", "B-2", "B-3", "B-4"]
    assert (scope.within, scope.place["name_en"]) == ("town:B", desk.units("town", "leader")["name_en"][1])
    assert scope.numbers_of("town") == (1,)


def test_a_level_is_followed_where_it_lies_in_the_place(desk: Desk) -> None:
    assert desk.scope("leader", "town:B", "town", None).level == "town"
    assert desk.scope("leader", "town:B", "prefecture", None).level == "grid"
    with pytest.raises(BadQuery):
        desk.scope("leader", "town:B", "nothing", None)
    with pytest.raises(NotFound):
        desk.scope("leader", "town:Z", None, None)


def test_outlines_are_the_squares_in_metres(desk: Desk) -> None:
    scope = desk.scope("leader", None, None, None)
    shapes = scope.outlines("grid", 1.0)
    numbers = dict(zip(desk.units("grid", "leader")["code"], range(8), strict=True))
    box = shapes.bounds[:, numbers["B-4"]]
    # Towns are 1 km wide; B-4 is the north-eastern 500 m of the second one.
    expected = [X0 + 1500, Y0 + 500, X0 + 2000, Y0 + 1000]
    np.testing.assert_allclose(box, expected, atol=0.01)
