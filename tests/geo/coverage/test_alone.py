"""N-1: by paper on the tiny world, and its laws on small random ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.alone import FIGURES, MAX_OTHERS, RANKS, measure_alone, see_alone
from geo.coverage.fov import view_parameters
from geo.coverage.ground import Demand, cut_parcels, prepare_ground
from geo.coverage.looks import camera_views
from geo.coverage.measures import measure_coverage
from geo.rules import Rules
from geo.schema import RESULTS
from tests import tiny_world
from tests.tiny_world import CIRCLE_1, CIRCLE_2, WEDGE_3

UNIT_M2 = 10_000.0


class OneDensity(Rules):
    """Rules whose coverage table has the default pixel density only."""

    def levels_px_per_m(self) -> tuple[float, ...]:
        return (self.px_per_m,)


RULES = OneDensity(px_per_m=25.0)


def alone(cameras: pd.DataFrame, demand: Demand | None = None) -> pd.DataFrame:
    units, home = tiny_world.units(), tiny_world.home()
    ground = prepare_ground(units, home, tiny_world.demand() if demand is None else demand, None)
    return measure_alone(cameras, ground, cut_parcels(units, home, home.chains()[0], ground, RULES), RULES)


def copies(*places: int) -> pd.DataFrame:
    return tiny_world.cameras().iloc[list(places)].reset_index(drop=True)


def numbers(column: "pd.Series[float]") -> list[float]:
    return column.to_numpy(dtype=float, na_value=np.nan).tolist()


def test_every_figure_of_the_tiny_world():
    """No view meets another's, so each camera alone sees all it sees. Its road is 8 m wide: of c1's circle of 20 m a
    strip of 2 (4 sqrt(384) + 400 asin(0.2)) = 317.85 m2, of c2's of 10 m two of 2 (4 sqrt(84) + 100 asin(0.4)) = 155.62
    that share 64; chords make them smaller by 0.1 at most. c2 holds 20 m of r1 and 20 m of r2. p1 is lost with c1, p3
    with c3, whose 156.7 m2 of it are all its public ground.
    """
    found = alone(tiny_world.cameras())
    assert tuple(found.columns) == (*FIGURES, *RANKS)
    seen = [CIRCLE_1, CIRCLE_2, WEDGE_3]
    assert numbers(found["view_m2"])[:3] == pytest.approx(seen, abs=1e-4)
    assert numbers(found["alone_m2"])[:3] == pytest.approx(seen, abs=1e-4)
    assert numbers(found["alone_public_m2"])[:3] == pytest.approx([317.85, 2 * 155.62 - 64, 156.7], abs=0.1)
    assert numbers(found["alone_road_m"])[:3] == pytest.approx([40, 40, 0], abs=1e-6)
    assert numbers(found["alone_places"])[:3] == [1, 0, 1]
    assert numbers(found["shared_3plus_m2"])[:3] == [0, 0, 0]
    assert numbers(found["critical_rank"])[:3] == [1, 3, 2]
    assert found["spare_rank"].isna().all()
    assert found.iloc[3:].isna().all(axis=None)


def test_three_on_one_spot_are_spare_and_two_are_not():
    """A fourth camera of 10 m on the same spot sees nothing alone either, and all of its view is shared."""
    two, three, four = (
        alone(copies(0, 0)),
        alone(copies(0, 0, 0)),
        alone(copies(0, 0, 0, 0).assign(range_m=[20, 20, 20, 10])),
    )
    for found in (two, three, four):
        assert (found[["alone_m2", "alone_public_m2", "alone_road_m", "alone_places"]] == 0).all(axis=None)
        assert found["critical_rank"].isna().all()
    assert numbers(two["shared_3plus_m2"]) == [0, 0]
    assert numbers(three["shared_3plus_m2"]) == pytest.approx([CIRCLE_1] * 3)
    assert numbers(three["spare_rank"]) == [1, 2, 3]
    assert numbers(four["shared_3plus_m2"]) == pytest.approx([CIRCLE_1] * 3 + [CIRCLE_1 / 4])


def test_two_circles_share_a_lens():
    """Circles of 20 m whose centres are 20 m apart share 400 (2 pi / 3 - sqrt(3) / 2) = 491.35 m2; each holds 30 m of
    r1 that the other does not, less the 10 m beyond: 40 - 20 = 20 m of it."""
    cameras = copies(0, 0)
    cameras["x_m"] += [0.0, 20.0]
    found = alone(cameras)
    assert numbers(found["alone_m2"]) == pytest.approx([CIRCLE_1 - 491.35] * 2, abs=0.3)
    assert numbers(found["alone_road_m"]) == pytest.approx([20, 20], abs=1e-6)
    # p1 (50, 60) is 22.4 m from the second camera.
    assert numbers(found["alone_places"]) == [1, 0]


def test_an_area_is_lost_only_where_the_others_see_less_than_half():
    """All of p3 by a circle of 30 m, and by one of 10 m at its eastern end a half of 2 (5 sqrt(75) + 100 asin(0.5)) =
    191.3 m2: 95.7 of 200."""
    cameras = copies(2, 2).assign(sweep_deg=360.0, range_m=[30.0, 10.0])
    cameras.loc[1, "x_m"] = tiny_world.EAST + 170
    assert numbers(alone(cameras)["alone_places"]) == [1, 0]
    assert numbers(alone(cameras.assign(range_m=30.0))["alone_places"]) == [0, 0]


def test_what_the_home_lacks_is_missing_and_no_cameras_are_no_rows():
    found = alone(tiny_world.cameras(), Demand())
    assert found[["alone_public_m2", "alone_road_m", "alone_places"]].isna().all(axis=None)
    assert numbers(found["alone_m2"])[0] == pytest.approx(CIRCLE_1)
    for cameras in (tiny_world.cameras().iloc[:0], copies(3, 4)):
        nobody = alone(cameras)
        assert len(nobody) == len(cameras)
        assert nobody.isna().all(axis=None)


def test_a_view_in_two_rows_is_one_camera():
    """c1's circle as two half circles, another camera on the same spot as one: none sees anything alone; without that
    other one the first sees all, though its own rows touch."""
    units, home = tiny_world.units(), tiny_world.home()
    ground = prepare_ground(units, home, tiny_world.demand(), None)
    parcels = cut_parcels(units, home, home.chains()[0], ground, RULES)
    halves = copies(0, 0, 0).assign(sweep_deg=[180.0, 180.0, 360.0], azimuth_deg=[0.0, 180.0, 0.0])
    views = camera_views(halves, view_parameters(halves, RULES, 25.0, "nominal"), RULES)
    both = see_alone(views, np.array([0, 0, 1]), 2, ground, parcels, RULES)
    assert both["view_m2"].tolist() == pytest.approx([CIRCLE_1] * 2)
    assert (both[["alone_m2", "alone_public_m2", "alone_road_m", "alone_places", "shared_3plus_m2"]] == 0).all(
        axis=None
    )
    views = camera_views(halves[:2], view_parameters(halves[:2], RULES, 25.0, "nominal"), RULES)
    one = see_alone(views, np.array([0, 0]), 1, ground, parcels, RULES)
    assert one["alone_m2"].item() == pytest.approx(CIRCLE_1)
    assert one["alone_places"].item() == 1


def test_columns_are_declared_and_only_planners_see_them():
    declared = {column.name: column for column in RESULTS["cameras"].columns}
    assert all(declared[name].sees == "planner" for name in (*FIGURES, *RANKS))


camera = st.fixed_dictionaries(
    {
        "x": st.floats(-10, 210),
        "y": st.floats(-10, 210),
        "azimuth_deg": st.floats(0, 359),
        "sweep_deg": st.sampled_from([360.0, 60.0, 85.0, 200.0]),
        "range_m": st.floats(5, 70),
    }
)
scene = st.lists(camera, min_size=1, max_size=6)


def to_cameras(rows: list[dict[str, float]]) -> pd.DataFrame:
    placed = copies(*[0] * len(rows)).assign(**{name: [row[name] for row in rows] for name in rows[0]})
    return placed.assign(x_m=tiny_world.EAST + placed["x"], y_m=tiny_world.NORTH + placed["y"])


def seen(cameras: pd.DataFrame) -> dict[str, float]:
    """Sums over all grids of the coverage table."""
    table = measure_coverage(tiny_world.units(), tiny_world.home(), cameras, tiny_world.demand(), None, RULES)
    table = table[table["level"] == "grid"].fillna(0.0)
    public = table[["public_1_share", "public_2_share", "public_3plus_share"]].sum(axis=1) * table["public_m2"]
    return {
        "alone_m2": float(table["area_seen_m2"].sum()),
        "alone_public_m2": float(public.sum()),
        "alone_road_m": float((table["road_seen_share"] * table["road_m"]).sum()),
        "alone_places": float((table["places_seen_share"] * table["n_places"].astype(float)).sum()),
    }


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(scene, st.randoms(use_true_random=False))
def test_alone_is_what_is_lost_without_it(rows, random):
    cameras = to_cameras(rows)
    found, out = alone(cameras), random.randrange(len(rows))
    before, after = seen(cameras), seen(cameras.assign(status=np.where(cameras.index == out, "offline", "online")))
    for name, whole in before.items():
        assert found[name].iloc[out] == pytest.approx(whole - after[name], abs=1e-9 * UNIT_M2 * 4), name
        assert found[name].sum() <= whole + 1e-9 * UNIT_M2, name
    assert (found["alone_m2"] <= found["view_m2"] + 1e-6).all()
    assert (found["alone_m2"] + found["shared_3plus_m2"] <= found["view_m2"] + 1e-6).all()
    assert (found["alone_public_m2"] <= found["alone_m2"] + 1e-6).all()


@settings(max_examples=12, deadline=None)
@given(scene)
def test_a_double_of_a_camera_leaves_it_nothing_alone_and_a_third_shares_all(rows):
    cameras = to_cameras(rows)
    doubled = alone(pd.concat([cameras, cameras.iloc[:1]], ignore_index=True)).iloc[[0, -1]]
    assert (doubled[["alone_m2", "alone_public_m2", "alone_road_m", "alone_places"]] == 0).all(axis=None)
    tripled = alone(pd.concat([cameras, *[cameras.iloc[:1]] * 2], ignore_index=True)).iloc[0]
    assert tripled["shared_3plus_m2"] == pytest.approx(tripled["view_m2"], abs=1e-5)


@settings(max_examples=12, deadline=None)
@given(scene, st.randoms(use_true_random=False))
def test_neither_the_order_nor_far_away_cameras_change_anything(rows, random):
    cameras = to_cameras(rows)
    order = random.sample(range(len(rows)), len(rows))
    far = copies(0).assign(x_m=tiny_world.EAST + 5000)
    moved = alone(pd.concat([cameras.iloc[order], far], ignore_index=True)).iloc[:-1]
    found = alone(cameras)[list(FIGURES)].iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(moved[list(FIGURES)].astype(float), found.astype(float), atol=1e-5, rtol=1e-9)


def test_on_a_crowded_spot_what_each_sees_alone_is_not_measured():
    many = alone(copies(*[0] * (MAX_OTHERS + 2), 2))
    crowd, lone = many.iloc[:-1], many.iloc[-1]
    assert crowd["view_m2"].to_numpy(dtype=float) == pytest.approx(CIRCLE_1, abs=1e-4)
    assert crowd[["alone_m2", "alone_public_m2", "shared_3plus_m2", *RANKS]].isna().all(axis=None)
    assert crowd["alone_road_m"].to_numpy(dtype=float).tolist() == [0.0] * len(crowd)
    assert lone["alone_m2"] == pytest.approx(WEDGE_3, abs=1e-4)
    few = alone(copies(*[0] * (MAX_OTHERS + 1)))
    assert few["alone_m2"].to_numpy(dtype=float) == pytest.approx(0, abs=1e-4)
    assert few["shared_3plus_m2"].to_numpy(dtype=float) == pytest.approx(CIRCLE_1, abs=1e-4)
