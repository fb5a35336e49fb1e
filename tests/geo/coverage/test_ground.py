import numpy as np
import pytest
import shapely

from geo.coverage.ground import cut_lines, prepare_ground
from tests import tiny_world


def test_no_metre_counts_twice_on_edges_between_many_units():
    squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(-10, 0, 0, 5), shapely.box(-10, 5, 0, 10)])
    edge = np.array([shapely.LineString([(0, -3), (0, 10)])])
    for order in ([0, 1, 2], [1, 0, 2], [1, 2, 0]):
        pieces, unit, _ = cut_lines(edge, squares[order])
        assert shapely.length(pieces).sum() == pytest.approx(10)
    assert np.bincount(unit, shapely.length(pieces)).tolist() == [5, 5]


def test_ground_of_a_place_is_what_no_building_stands_on():
    demand = tiny_world.demand()
    yard = tiny_world.frame([shapely.box(40, 52, 55, 62), shapely.box(0, 0, 10, 10)], kind=["school", "market"])
    ground = prepare_ground(
        tiny_world.units(), tiny_world.home(), type(demand)(places=yard, buildings=demand.buildings), None
    )
    assert ground.places is not None
    assert shapely.area(ground.places.geometries).tolist() == pytest.approx([50, 100])
