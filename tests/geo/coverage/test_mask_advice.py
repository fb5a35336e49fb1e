"""Suggested masks by hand, and as a law: set, they take the dwellings out of the view."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.coverage.exposure import expose_each
from geo.coverage.ground import Ground, Items
from geo.coverage.mask_advice import smallest_arc, suggest_masks
from geo.rules import Rules
from geo.schema.masks import read_masks

RULES = Rules()


def homes(*boxes: shapely.Polygon) -> Ground:
    levels = pd.DataFrame(index=range(len(boxes)))
    outlines = shapely.boundary(np.array(boxes, dtype=object))
    return Ground(None, None, None, Items(outlines, levels, np.ones(len(boxes))), None, None)


def camera(**more: object) -> pd.DataFrame:
    row = {"x_m": 0.0, "y_m": 0.0, "sweep_deg": 360.0, "range_m": 30.0, "azimuth_deg": None, "masks": None}
    return pd.DataFrame([row | more])


def house(x: float, y: float) -> shapely.Polygon:
    return shapely.box(x - 2, y - 2, x + 2, y + 2)


def test_one_house_one_piece():
    """4 x 4 m, 10 m to the north: nearest at 8 m; its near corners (2, 8) at atan(2 / 8) = 14.04 degrees."""
    found = suggest_masks(homes(house(0, 10)), camera(), RULES)
    assert found.index.tolist() == [0]
    assert found["mask"].tolist() == ["345.9-14.1@8-30"]
    assert found["n_dwellings"].tolist() == [1]
    assert found["mask_m2"].iloc[0] == pytest.approx(np.pi * (900 - 64) * 28.2 / 360, rel=1e-3)
    assert found["geometry"].iloc[0].covers(house(0, 10))


def test_pieces_that_overlap_are_one_and_others_stay_apart():
    found = suggest_masks(homes(house(0, 10), house(3, 20), house(-15, 0)), camera(), RULES)
    # The second house spans atan(1/22) = 2.6 to atan(5/18) = 15.52 degrees; the third 270 -+ atan(2/13) = 8.75.
    assert found["mask"].tolist() == ["261.2-278.8@13-30;345.9-15.6@8-30"]
    assert found["n_dwellings"].tolist() == [3]


def test_beyond_four_the_nearest_in_azimuth_are_merged():
    houses = [house(20 * np.sin(np.radians(a)), 20 * np.cos(np.radians(a))) for a in (0, 40, 120, 200, 280)]
    (text,) = suggest_masks(homes(*houses), camera(), RULES)["mask"]
    masks = read_masks(text)
    assert len(masks) == 4
    widest = max(masks, key=lambda mask: mask.sweep_deg)
    assert widest.start_deg > 350
    assert 50 < widest.sweep_deg < 60


def test_masks_set_before_come_first_and_hide_what_they_hide():
    """Of the house to the south, 165.96 to 194.04 degrees, that west of 170 is left: from 8 / cos 10 degrees on."""
    found = suggest_masks(homes(house(0, 10), house(0, -10)), camera(masks="170-200"), RULES)
    assert found["mask"].tolist() == ["170-200;165.9-170.1@8.1-30;345.9-14.1@8-30"]
    assert suggest_masks(homes(house(0, -10)), camera(masks="90-270"), RULES).empty


def test_a_wall_along_the_side_of_a_view_is_in_it():
    """A view from 240 to 180 degrees has its side run due south, where a wall stands on it from 8 to 12 m."""
    ground = homes(house(-2, -10))
    one = camera(sweep_deg=300.0, azimuth_deg=30.0)
    (text,) = suggest_masks(ground, one, RULES)["mask"]
    assert expose_each(ground, one.assign(masks=text), RULES)["facade_62_m"].iloc[0] == pytest.approx(0, abs=1e-6)


def test_nothing_in_view_nothing_suggested():
    assert suggest_masks(homes(house(0, 50)), camera(), RULES).empty
    assert suggest_masks(homes(house(0, 10)), camera(sweep_deg=60.0, azimuth_deg=180.0), RULES).empty
    assert suggest_masks(Ground(None, None, None, None, None, None), camera(), RULES).empty


@pytest.mark.parametrize(
    ("spans", "arc"),
    [
        ([(10.0, 5.0)], (10.0, 5.0)),
        ([(350.0, 60.0), (5.0, 5.0), (30.0, 5.0), (100.0, 10.0)], (350.0, 120.0)),
        ([(0.0, 180.0), (180.0, 180.0)], (0.0, 360.0)),
    ],
)
def test_smallest_arcs(spans, arc):
    assert smallest_arc(spans) == pytest.approx(arc)


SPOTS = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), min_size=1, max_size=8)


@settings(deadline=None, max_examples=20)
@given(
    SPOTS, st.sampled_from([360.0, 300.0, 85.0]), st.integers(0, 359), st.sampled_from([None, "20-60", "300-10@5-15"])
)
@example([(24, 17)], 360.0, 0, "20-60")  # its wall meets the mask's side where the view ends
def test_set_masks_bring_the_facade_in_view_to_nothing(spots, sweep, azimuth, masks):
    ground = homes(*(house(x, y) for x, y in spots))
    one = camera(sweep_deg=sweep, azimuth_deg=float(azimuth), masks=masks)
    found = suggest_masks(ground, one, RULES)
    before = expose_each(ground, one, RULES)
    assert before["n_dwellings_62"].tolist() == (found["n_dwellings"].tolist() or [0])
    if len(found):
        after = expose_each(ground, one.assign(masks=found["mask"]), RULES)
        assert after["facade_62_m"].iloc[0] == pytest.approx(0, abs=1e-6)
        assert len(read_masks(found["mask"].iloc[0])) <= 4
