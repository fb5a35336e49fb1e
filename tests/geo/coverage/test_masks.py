"""Views less their masks, against GEOS and by hand."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.coverage.fov import ESTIMATES, camera_sectors, sectors, view_parameters
from geo.coverage.ground import Demand
from geo.coverage.masks import cut_masks
from geo.coverage.measures import measure_coverage
from geo.rules import Rules
from tests import tiny_world

FINE = Rules(arc_chord_deg=0.2)
FAR_M = 1_000.0


def annular(start: float, sweep: float, near: float, far: float) -> shapely.Polygon:
    """An annular piece around (0, 0), drawn by its definition with corners every tenth of a degree."""
    angle = np.radians(start + np.linspace(0, sweep, max(2, int(sweep * 10) + 1)))
    ring = np.column_stack([np.sin(angle), np.cos(angle)])
    if sweep >= 360:
        hole = [ring[:-1] * near] if near else []
        return shapely.Polygon(ring[:-1] * far, hole)
    return shapely.Polygon(np.vstack([ring * far, ring[::-1] * near if near else [[0, 0]]]))


def camera(**more: object) -> pd.DataFrame:
    row = {"x_m": 0.0, "y_m": 0.0, "kind": "fixed", "azimuth_deg": 90.0, "hfov_deg": 60.0, "range_m": 40.0}
    return pd.DataFrame([row | more])


MASKS = st.lists(
    st.tuples(
        st.integers(0, 359), st.integers(1, 360), st.sampled_from([0, 3, 10, 30]), st.sampled_from([5, 20, 50, None])
    ),
    min_size=1,
    max_size=4,
).map(lambda rows: [(0 if s == 360 else a, s, n, f) for a, s, n, f in rows if f is None or n < f] or [(0, 9, 0, None)])


@pytest.mark.slow
@settings(deadline=None, max_examples=80)
@given(MASKS, st.floats(0, 359), st.sampled_from([1.0, 60.0, 181.0, 300.0, 350.0, 359.9, 360.0]))
@example([(170, 20, 0, None)], 0.0, 350.0)
@example([(0, 360, 10, 20)], 33.0, 360.0)
@example([(0, 360, 0, None)], 33.0, 360.0)
def test_a_view_less_its_masks_is_what_geos_leaves(masks, azimuth, sweep):
    ends = [f"{a}-{a + s if s == 360 else (a + s) % 360}" for a, s, _, _ in masks]
    text = ";".join(
        end if far is None and not near else f"{end}@{near}-{far or FAR_M:g}"
        for end, (_, _, near, far) in zip(ends, masks, strict=True)
    )
    one = camera(azimuth_deg=azimuth, sweep_deg=sweep, masks=text)
    cut = cut_masks(one)
    view = view_parameters(cut, FINE, 25.0, "nominal")
    pieces = sectors(cut["x_m"], cut["y_m"], view, FINE)
    left = annular(azimuth - sweep / 2, sweep, 0, 40)
    for a, s, near, far in masks:
        left = left.difference(annular(a, s, near, far or FAR_M))
    assert shapely.area(pieces).sum() == pytest.approx(left.area, abs=0.05)
    assert shapely.union_all(pieces).area == pytest.approx(shapely.area(pieces).sum(), abs=1e-6)
    assert shapely.union_all(pieces).symmetric_difference(left).area < 0.1
    assert camera_sectors(one, FINE, 25.0)[0].area == pytest.approx(left.area, abs=0.05)


def test_as_many_pieces_at_every_density_and_estimate():
    row = {"range_m": None, "azimuth_doubt_deg": 22.5, "hfov_deg": None, "masks": "80-100@5-20;300-60"}
    cut = cut_masks(pd.concat([camera(), camera(**row)], ignore_index=True))
    for px in FINE.levels_px_per_m():
        views = [view_parameters(cut, FINE, px, estimate) for estimate in ESTIMATES]
        low, nominal, high = (shapely.area(sectors(cut["x_m"], cut["y_m"], view, FINE)) for view in views)
        assert (low <= nominal + 1e-9).all()
        assert (nominal <= high + 1e-9).all()
        assert len(low) == len(cut) == 1 + 2 * 4


def test_an_unknown_azimuth_is_cut_in_the_best_case_only():
    cut = cut_masks(camera(azimuth_deg=None, masks="0-270"))
    views = {e: view_parameters(cut, FINE, 25.0, e) for e in ESTIMATES}
    areas = {e: shapely.area(sectors(cut["x_m"], cut["y_m"], view, FINE)).sum() for e, view in views.items()}
    assert (areas["low"], areas["nominal"]) == (0, 0)
    assert areas["high"] == pytest.approx(np.pi * 1600 / 4, rel=1e-4)


def test_cameras_without_masks_cost_nothing():
    cameras = tiny_world.cameras()
    assert cut_masks(cameras) is cameras
    plain = cameras.drop(columns="masks")
    assert cut_masks(plain) is plain


def test_masks_are_cut_out_of_everything_that_is_measured():
    """c1 sees a circle of 20 m: masked from 0 to 180 degrees the west half is left, 20 m of r1 and of b1's outline."""
    cameras = tiny_world.cameras()
    cameras.loc[0, "masks"] = "0-180"
    args = tiny_world.units(), tiny_world.home(), cameras, tiny_world.demand(), tiny_world.incident_levels()
    found = measure_coverage(*args, Rules())
    g1 = found[(found["code"] == "g1") & (found["px_per_m"] == 25)].iloc[0]
    assert g1["area_seen_m2"] == pytest.approx(tiny_world.CIRCLE_1 / 2 + tiny_world.CIRCLE_2 / 2, abs=1e-6)
    assert g1["road_seen_share"] == pytest.approx((70 - 20) / 196)
    assert g1["places_seen_share"] == 1  # p1 at (50, 60) stands on the mask's edge, which belongs to the view
    assert g1["facade_m"] == pytest.approx(20)
    assert g1["area_3plus_m2"] == 0
    cameras.loc[0, "masks"] = "350-180"
    assert measure_coverage(*args, Rules()).iloc[2]["places_seen_share"] == 0
    nothing = measure_coverage(*args[:2], cameras.head(1).assign(masks="0-360"), Demand(), None, Rules())
    assert (nothing["area_seen_m2"] == 0).all()
    assert (nothing["n_online"].iloc[0], nothing["area_seen_m2_high"].iloc[0]) == (1, 0)


def test_a_camera_masked_all_round_keeps_an_empty_row():
    cut = cut_masks(pd.concat([camera(masks="0-360"), camera()], ignore_index=True))
    assert sorted(set(cut.index)) == [0, 1]
    view = view_parameters(cut.loc[[0]], FINE, 25.0, "high")
    assert shapely.is_empty(sectors(cut.loc[[0], "x_m"], cut.loc[[0], "y_m"], view, FINE)).all()
