"""A change of cameras, measured on the small world that it touches, against a whole rebuild."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.coverage.exposure import expose
from geo.coverage.gaps import find_gaps
from geo.coverage.ground import Demand
from geo.coverage.measures import is_online, lay_out, sum_coverage
from geo.coverage.safeguards import sum_safeguards
from geo.coverage.whatif import WhatIf
from geo.errors import BadQuery
from geo.partition.hierarchy import assign_levels, index_levels
from geo.rules import Rules
from tests import tiny_world
from tests.tiny_world import EAST, NORTH

RULES = Rules()
SIDE = 200.0
DENSITIES = (25.0, 62.5)


def cameras_of(rng: np.random.Generator, labels: list[str], joined) -> pd.DataFrame:
    """Cameras of all sorts at random places, a few outside every unit, a few with much missing."""
    n = len(labels)
    table = tiny_world.cameras().iloc[:0].reindex(range(n))
    x, y = EAST + rng.uniform(-20, SIDE + 20, n), NORTH + rng.uniform(-20, SIDE + 20, n)
    table["kind"] = rng.choice(["fixed", "dome", "ptz"], n)
    table["status"] = rng.choice(["online", "online", "online", "offline", "planned"], n)
    table["azimuth_deg"] = np.where(rng.random(n) < 0.8, rng.uniform(0, 360, n), np.nan)
    table["azimuth_doubt_deg"] = rng.choice([0, 22.5], n)
    table["hfov_deg"] = np.where(rng.random(n) < 0.7, rng.uniform(30, 110, n), np.nan)
    table["focal_mm"] = np.where(rng.random(n) < 0.3, 4.0, np.nan)
    table["focal_max_mm"] = np.where(rng.random(n) < 0.3, 12.0, np.nan)
    table["h_px"] = np.where(rng.random(n) < 0.7, rng.choice([1280, 1920, 3840], n), np.nan)
    table["height_m"] = np.where(rng.random(n) < 0.7, rng.uniform(3, 8, n), np.nan)
    table["range_m"] = np.where(rng.random(n) < 0.2, rng.uniform(5, 40, n), np.nan)
    numbers = table.columns.difference(["kind", "status", "source_id", "grid", "village"])
    table[numbers] = table[numbers].apply(pd.to_numeric)
    levels = assign_levels(x, y, joined, tiny_world.home())
    return table.assign(x_m=x, y_m=y, **{name: levels[name].to_numpy() for name in levels}).set_axis(labels)


def demand_of(rng: np.random.Generator, joined) -> tuple[Demand, pd.DataFrame]:
    def named(frame):
        inside = shapely.point_on_surface(frame.geometry.to_numpy())
        levels = assign_levels(shapely.get_x(inside), shapely.get_y(inside), joined, tiny_world.home())
        return frame.assign(**{name: levels[name].to_numpy() for name in levels})

    def boxes(n: int, low: float, high: float) -> list[shapely.Polygon]:
        corners, sides = rng.uniform(0, SIDE, (n, 2)), rng.uniform(low, high, (n, 2))
        return [shapely.box(x, y, x + w, y + h) for (x, y), (w, h) in zip(corners, sides, strict=True)]

    points = [shapely.Point(xy) for xy in rng.uniform(0, SIDE, (6, 2))]
    homes = [shapely.Point(xy) for xy in rng.uniform(0, SIDE, (12, 2))]
    roads = [shapely.LineString(rng.uniform(-10, SIDE + 10, (3, 2))) for _ in range(4)]
    xy = rng.uniform(0, SIDE, (40, 2)) + np.array([EAST, NORTH])
    demand = Demand(
        places=named(tiny_world.frame([*points, *boxes(3, 10, 60)], kind=["school"] * 9)),
        roads=tiny_world.frame(roads),
        buildings=tiny_world.frame(boxes(10, 6, 15), use=list(rng.choice(["dwelling", "other"], 10))),
        residents=named(tiny_world.frame(homes, residents=rng.integers(1, 9, 12).astype(float))),
        incidents_xy=xy,
        restricted=tiny_world.frame(boxes(3, 8, 30), rule=["private", "prohibited", "sensitive"]),
    )
    return demand, assign_levels(xy[:, 0], xy[:, 1], joined, tiny_world.home())


def all_of(demand: Demand, levels: pd.DataFrame | None = None):
    """All demand, wherever one asks."""
    return lambda bounds, tables: (demand, levels)


def whole(cameras: pd.DataFrame, demand: Demand, levels: pd.DataFrame):
    args = tiny_world.units(), tiny_world.home()
    online, laid_out = cameras[is_online(cameras)], lay_out(*args, demand, levels, RULES)
    sums = sum_coverage(*args, cameras, online, laid_out, RULES, DENSITIES)
    exposure = expose(laid_out.ground, online, RULES)
    safeguards = sum_safeguards(*args, cameras, laid_out.ground, exposure, RULES)
    return sums, safeguards, find_gaps(*args, cameras, demand, levels, RULES)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_what_if_is_a_rebuild(seed):
    rng = np.random.default_rng(seed)
    joined = index_levels(tiny_world.units(), tiny_world.home())
    demand, levels = demand_of(rng, joined)
    before = cameras_of(rng, [f"c{i}" for i in range(12)], joined)
    changed = list(rng.choice(before.index, rng.integers(0, 4), replace=False))
    after = cameras_of(rng, [*changed[: len(changed) // 2], *(f"new{i}" for i in range(rng.integers(0, 3)))], joined)
    if not changed and after.empty:
        return
    assert_is_a_rebuild(before, changed, after, demand, levels)


def test_circles_that_meet_beyond_all_views_are_measured_together():
    """Two views of 12 m, 90 m apart: their circles of 50 m share 2 (2500 acos 0.9 - 45 sqrt(475)) m2."""
    cameras = tiny_world.cameras().iloc[:2].assign(range_m=12.0)
    cameras["x_m"], cameras["y_m"] = EAST + np.array([55.0, 145.0]), NORTH + 100.0
    assert_is_a_rebuild(cameras, [1], cameras.iloc[:0], Demand(), None)
    assert_is_a_rebuild(cameras, [1], cameras.iloc[[1]].assign(x_m=EAST + 140.0), Demand(), None)


def test_a_camera_masked_all_round_keeps_its_circle():
    cameras = tiny_world.cameras().iloc[:2].assign(masks=["0-360", None])
    assert_is_a_rebuild(cameras, [0], cameras.iloc[:0], Demand(), None)


def test_densities_of_the_rules_are_always_measured():
    """Gaps are judged at the default density, facade at its own: neither depends on what is asked for."""
    cameras, demand = tiny_world.cameras(), tiny_world.demand()
    what_if = WhatIf(
        tiny_world.units(), tiny_world.home(), cameras, all_of(demand, tiny_world.incident_levels()), RULES
    )
    one, two = (what_if.compare([0], cameras.iloc[:0], px) for px in ((250.0,), (12.5, 25.0, 250.0)))
    for sides in ("coverage", "safeguards"):
        for old, new in zip(getattr(one, sides), getattr(two, sides), strict=True):
            for level, frame in old.items():
                assert "road_seen_m_nominal@25" in frame or sides == "safeguards"
                assert frame.to_numpy() == pytest.approx(new[level].loc[frame.index, frame.columns].to_numpy())


def test_too_much_ground_is_refused():
    cameras = tiny_world.cameras()
    what_if = WhatIf(tiny_world.units(), tiny_world.home(), cameras, all_of(Demand(), None), RULES)
    far = cameras.iloc[[0] * 20].assign(x_m=EAST + 3000.0 * np.arange(20), range_m=1000.0)
    with pytest.raises(BadQuery, match="too much ground"):
        what_if.compare([], far.set_axis([f"n{i}" for i in range(20)]), (25.0,))


def assert_is_a_rebuild(before, changed, after, demand, levels):
    """What `WhatIf` says of a change is what a rebuild says."""
    what_if = WhatIf(tiny_world.units(), tiny_world.home(), before, all_of(demand, levels), RULES)
    found = what_if.compare(changed, after, DENSITIES)
    *was, _ = whole(before, demand, levels)
    *would_be, gaps = whole(pd.concat([before.drop(index=changed), after]), demand, levels)
    for sides, old, new in zip((found.coverage, found.safeguards), was, would_be, strict=True):
        for level, frame in new.items():
            change = (sides[1][level] - sides[0][level]).reindex(frame.index).fillna(0.0)
            scale = np.maximum(frame.abs(), 1.0)
            apart = (change[frame.columns] - (frame - old[level])).abs() / scale
            assert (apart < 1e-6).all(axis=None), level
    unseen = gaps.set_index(["level", "code"])["geometry"]
    for (level, code), gap in found.gaps.items():
        wanted = unseen.get((level, code), shapely.Polygon())
        assert shapely.symmetric_difference(gap, wanted).area == pytest.approx(0, abs=1e-3)
