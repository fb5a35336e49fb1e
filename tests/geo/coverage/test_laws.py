"""Laws of what is seen, on small random scenes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.measures import measure_coverage
from geo.coverage.scene import Scene
from geo.rules import Rules
from tests import tiny_world
from tests.geo.coverage.scenes import see, small, turned, with_cameras

RULES = Rules()
seeds = st.integers(0, 10**6)
few = settings(max_examples=8, deadline=None)


def measured(scene: Scene) -> dict[str, np.ndarray]:
    """Amounts per grid, and which items are seen."""
    (grids,) = scene.parcels
    public = dict(zip(("public_1_m2", "public_2_m2", "public_3_m2"), grids.public_m2, strict=True))
    items = {name: getattr(scene, name).astype(float) for name in ("places", "incidents", "residents")}
    names = ("area_seen_m2", "area_2plus_m2", "area_3plus_m2", "road_seen_m")
    return {**{name: getattr(grids, name) for name in names}, **public, **items}


@few
@given(seeds)
def test_ground_seen_by_more_cameras_is_part_of_that_seen_by_fewer(seed):
    (grids,) = see(small(seed, 30), RULES).parcels
    assert (grids.area_seen_m2 >= grids.area_2plus_m2).all()
    assert (grids.area_2plus_m2 >= grids.area_3plus_m2).all()
    one, two, three = grids.public_m2
    assert (one + 1e-6 >= two).all()
    assert (two + 1e-6 >= three).all()


@few
@given(seeds)
def test_one_more_camera_online_never_lowers_what_is_seen(seed):
    scene = small(seed)
    offline = scene.cameras["status"] != "online"
    before = measured(see(scene, RULES))
    more = scene.cameras.copy()
    more.loc[more.index[offline][:1], "status"] = "online"
    after = measured(see(with_cameras(scene, more), RULES))
    for name, values in before.items():
        assert (after[name] >= values - 1e-6).all(), name


@few
@given(seeds, st.integers(0, 179))
def test_turning_the_whole_scene_by_whole_chords_changes_nothing(seed, n):
    scene = small(seed)
    before, after = (measured(see(one, RULES)) for one in (scene, turned(scene, n * RULES.arc_chord_deg)))
    for name, values in before.items():
        assert after[name] == pytest.approx(values, rel=1e-6, abs=1e-5), name


@few
@given(seeds, st.floats(0, 360))
def test_turning_it_by_any_angle_moves_the_chords_of_circles_only(seed, degrees):
    """A circle's chords begin north: they lie up to r (1 - cos 1 degree) within it, on a rim of 2 pi r."""
    scene = small(seed)
    reach = 110.0
    rim = 1 - np.cos(np.radians(RULES.arc_chord_deg / 2))
    slack = len(scene.cameras) * rim * reach
    before, after = (see(one, RULES).parcels[0] for one in (scene, turned(scene, degrees)))
    assert after.area_seen_m2 == pytest.approx(before.area_seen_m2, abs=slack * 2 * np.pi * reach)
    assert after.road_seen_m == pytest.approx(before.road_seen_m, rel=5e-3, abs=10 * slack)


@few
@given(seeds)
def test_what_domes_and_ptz_could_see_holds_what_they_see(seed):
    scene = small(seed)
    before, after = (measured(see(scene, RULES, potential=potential)) for potential in (False, True))
    for name in ("area_seen_m2", "road_seen_m"):
        assert (after[name] >= before[name] * (1 - 1e-3) - 1e-3).all(), name


@few
@given(seeds)
def test_whatever_the_missing_values_are_what_is_seen_lies_between_low_and_high(seed):
    """Missing values drawn within their spans (`Rules.assume`, the azimuth's doubt), six times a scene.

    A range given without height and tilt stands for the whole view, so none are drawn there. Arcs of different opening
    break into different chords: 1 in 1,000 lies between them.
    """
    scene, rng = small(seed), np.random.default_rng(seed)
    low, high = (see(scene, RULES, estimate).parcels[0] for estimate in ("low", "high"))
    for _ in range(6):
        (true,) = see(with_cameras(scene, drawn(scene.cameras, rng)), RULES).parcels
        for name in ("area_seen_m2", "road_seen_m"):
            values = getattr(true, name)
            assert (values >= getattr(low, name) * (1 - 1e-3) - 1e-2).all(), name
            assert (values <= getattr(high, name) * (1 + 1e-3) + 1e-2).all(), name


def drawn(cameras: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`cameras` with nothing missing: each value somewhere in its span."""
    n, assume = len(cameras), RULES.assume
    table = cameras.copy()
    azimuth, doubt = (pd.to_numeric(table[name]) for name in ("azimuth_deg", "azimuth_doubt_deg"))
    table["azimuth_deg"] = (azimuth + rng.uniform(-1, 1, n) * doubt.fillna(0.0)).fillna(
        pd.Series(rng.uniform(0, 360, n), index=table.index)
    )
    table["azimuth_doubt_deg"] = np.nan
    for name in ("hfov_deg", "h_px", "height_m", "tilt_deg"):
        values = pd.Series(rng.uniform(*getattr(assume, name), n), index=table.index)
        if name in ("height_m", "tilt_deg"):
            values = values.where(pd.to_numeric(table["range_m"]).isna())
        table[name] = pd.to_numeric(table[name]).fillna(values)
    return table


@settings(max_examples=4, deadline=None)
@given(seeds)
def test_the_table_holds_together(seed):
    scene = small(seed)
    table = measure_coverage(scene.units, tiny_world.home(), scene.cameras, scene.demand, scene.incident_levels, RULES)
    shares = [name for name in table if "_share" in name]
    assert ((table[shares] <= 1) | table[shares].isna()).all(axis=None)
    for name in ("places", "road"):
        held = table[f"{name}_potential_share"] >= table[f"{name}_seen_share"]
        assert (held | table[f"{name}_seen_share"].isna()).all(), name
    for one, other in (("area_seen_m2", "area_2plus_m2"), ("area_2plus_m2", "area_3plus_m2")):
        assert (table[one] >= table[other]).all()
    for name in [name for name in table if f"{name}_low" in table]:
        held = (table[f"{name}_low"] <= table[name]) & (table[name] <= table[f"{name}_high"])
        assert (held | table[name].isna()).all(), name
    assert table["inflation"].dropna().to_numpy() == pytest.approx(
        (table["buffer_m2"] / table["area_seen_m2"])[table["inflation"].notna()].to_numpy()
    )
    additive = ["n_cameras", "n_online", "n_key", "buffer_m2", "residents_located", "area_2plus_m2", "road_m"]
    parent = scene.units.set_index("code")["parent_code"]
    grids = table[table["level"] == "grid"]
    sums = grids.groupby([grids["code"].map(parent), "px_per_m"])[additive].sum()
    villages = table[table["level"] == "village"].set_index(["code", "px_per_m"])[additive]
    assert (sums.loc[villages.index] == villages).all(axis=None)
