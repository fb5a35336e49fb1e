import numpy as np
import pandas as pd
import pytest

from geo.errors import BadPartition, BadQuery
from geo.partition.hierarchy import ancestors, assign_levels, chain_from, index_levels, parents_of, roll_up
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


def test_parents_are_sums_and_unavailable_stays_unavailable():
    values = pd.DataFrame({"n": [1.0, 2, 3, 4], "m": [1.0, np.nan, 3, 4]}, index=["g1", "g2", "g3", "g4"])
    rolled = roll_up(values, parents_of(tiny_world.units(), "grid"))
    assert rolled["n"].to_dict() == {"va": 3.0, "vb": 7.0}
    assert np.isnan(rolled.loc["va", "m"])
    with pytest.raises(BadPartition, match="g9"):
        roll_up(pd.DataFrame({"n": [1]}, index=["g9"]), parents_of(tiny_world.units(), "grid"))


def test_a_parent_that_is_no_unit_is_named():
    world = tiny_world.units()
    world.loc[1, "parent_code"] = "vx"
    with pytest.raises(BadPartition, match="g2"):
        ancestors(world, tiny_world.home())
    assert chain_from(tiny_world.home(), None) == ("grid", "village")
    with pytest.raises(BadQuery):
        chain_from(tiny_world.home(), "village")
