import pytest

from geo.errors import BadPartition, BadQuery
from geo.partition.hierarchy import ancestors, assign_levels, chain_from, index_levels
from geo.schema import HomeInfo, Level
from tests import tiny_world


def test_points_of_the_tiny_world_at_both_levels():
    cameras, world = tiny_world.cameras(), tiny_world.units()
    found = assign_levels(cameras["x_m"], cameras["y_m"], index_levels(world, tiny_world.home()), tiny_world.home())
    assert found["grid"].tolist() == cameras["grid"].tolist()
    assert found["village"].tolist() == cameras["village"].tolist()


def test_outside_and_unlocated_points_have_no_unit():
    xy = tiny_world.demand().incidents_xy
    found = assign_levels(xy[:, 0], xy[:, 1], index_levels(tiny_world.units(), tiny_world.home()), tiny_world.home())
    assert found["grid"].tolist() == ["g1", "g1", None, None]


def test_chains_that_stand_alone_are_joined_on_their_own():
    world = tiny_world.units().assign(parent_code=None)
    home = HomeInfo("H", "H", "UTC", tiny_world.CRS, (Level("grid", "格", "Grid"), Level("village", "村", "Village")))
    found = assign_levels([tiny_world.EAST + 100], [tiny_world.NORTH + 100], index_levels(world, home), home)
    assert found.to_numpy().tolist() == [["g1", "va"]]


def test_a_parent_that_is_no_unit_is_named():
    world = tiny_world.units()
    world.loc[1, "parent_code"] = "vx"
    with pytest.raises(BadPartition, match="g2"):
        ancestors(world, tiny_world.home())
    assert chain_from(tiny_world.home(), None) == ("grid", "village")
    with pytest.raises(BadQuery):
        chain_from(tiny_world.home(), "village")
