"""Facades, private ground and restricted areas in view: the tiny world's, a zoom lens by hand, single cameras."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage.exposure import expose, expose_each
from geo.coverage.fov import ESTIMATES
from geo.coverage.ground import Ground, Items, prepare_ground
from geo.coverage.measures import is_online
from geo.rules import Rules
from tests import tiny_world

RULES = Rules()
#: p3 is 200 m2, less two triangles of 8.66 x 5 / 2, 8.66 = 5 / tan 30 degrees, that c3 does not see.
SEEN_3 = 200 - 5 * 5 / np.tan(np.radians(30))


def ground() -> Ground:
    return prepare_ground(tiny_world.units(), tiny_world.home(), tiny_world.demand(), tiny_world.incident_levels())


def home_at(*boxes: shapely.Polygon) -> Ground:
    levels, weight = pd.DataFrame(index=range(len(boxes))), np.ones(len(boxes))
    shapes = np.array(boxes, dtype=object)
    return Ground(
        None, None, None, Items(shapely.boundary(shapes), levels, weight), None, None, Items(shapes, levels, weight)
    )


def test_what_the_tiny_worlds_online_cameras_see():
    cameras = tiny_world.cameras()
    found = expose(ground(), cameras[is_online(cameras)], RULES)
    assert found.facade_m is not None
    assert {px for px, _ in found.facade_m} == {62.5, 125.0}
    for metres in found.facade_m.values():
        assert metres == pytest.approx([40])
    for estimate in ESTIMATES:
        assert found.private_m2[estimate] == pytest.approx([100, 16])
        assert found.restricted_m2[estimate] == pytest.approx([120, SEEN_3, 0])


def test_what_each_installed_camera_sees_by_itself():
    cameras = tiny_world.cameras().head(4)
    each = expose_each(ground(), cameras, RULES)
    assert each.index.tolist() == [0, 1, 2, 3]
    assert each["facade_62_m"].tolist() == pytest.approx([40, 0, 0, 0])
    assert each["facade_125_m"].tolist() == pytest.approx([40, 0, 0, 0])
    assert each["n_dwellings_62"].tolist() == each["n_dwellings_125"].tolist() == [1, 0, 0, 0]
    assert each["private_m2"].tolist() == pytest.approx([116, 0, 0, 0])
    assert each["restricted_m2"].tolist() == pytest.approx([0, 120, SEEN_3, 100])


def test_a_masked_camera_counts_a_dwelling_once_however_many_pieces_see_it():
    """c1 stands 2 m south of b1's near wall; the mask hides 20 degrees either side of north, the wall's middle."""
    cameras = tiny_world.cameras().head(1).assign(masks="340-20;90-100")
    each = expose_each(ground(), cameras, RULES)
    hidden_m = 2 * np.tan(np.radians(20)) * (2 + 12)  # of the near wall at 2 m and the far wall at 12 m
    assert each["n_dwellings_62"].tolist() == [1]
    assert each["facade_62_m"].tolist() == pytest.approx([40 - hidden_m])


def test_the_interval_of_one_camera_is_what_it_surely_and_what_it_may_see():
    """A wall 5 m north, its back at 6 m: 22 tan(half the angle). 90 degrees known to plus or minus 20 are 50 to 130."""
    wall = home_at(shapely.box(-50, 5, 50, 6))
    camera = {"x_m": 0.0, "y_m": 0.0, "kind": "fixed", "azimuth_deg": 0.0, "azimuth_doubt_deg": 20.0}
    each = expose_each(wall, pd.DataFrame([{**camera, "hfov_deg": 90.0, "range_m": 40.0}]), RULES)
    for end, half_deg in (("_low", 25), ("", 45), ("_high", 65)):
        assert each[f"facade_62_m{end}"].tolist() == pytest.approx([22 * np.tan(np.radians(half_deg))], rel=1e-3)


ZOOM = {
    "x_m": 0.0, "y_m": 0.0, "kind": "ptz", "azimuth_deg": 90.0, "azimuth_doubt_deg": 0.0, "hfov_deg": 90.0,
    "sensor_width_mm": 4.8, "focal_mm": 2.4, "focal_max_mm": 24.0, "h_px": 1920, "v_px": 1080,
    "height_m": 5.0, "tilt_deg": 0.0,
}  # fmt: skip


def test_a_ptz_is_judged_at_its_longest_focal_length():
    """tan(hfov / 2) = 4.8 / 48 = 0.1: 1920 px reach 1920 / (2 x 62.5 x 0.1) = 153.6 m at 62.5 px/m, and 76.8 m at 125.

    The view begins at 5 / (0.1 x 1080 / 1920) = 88.9 m. At 100..110 m it is 20 m wide and more: all 28 m of a house
    of 10 x 4 m are in view at 62.5 px/m, none at 125. The lens as it is reaches 15.4 m at 62.5 px/m, 38.4 m at 25.
    """
    house = home_at(shapely.box(100, -2, 110, 2))
    zoom = pd.DataFrame([ZOOM])
    for one, metres in ((zoom, 28), (zoom.assign(focal_max_mm=None), 0), (zoom.assign(sensor_width_mm=None), 28)):
        found = expose(house, one, RULES)
        assert found.facade_m is not None
        assert found.facade_m[62.5, "nominal"] == pytest.approx([metres])
        assert found.facade_m[125.0, "nominal"] == pytest.approx([0])
        assert found.private_m2["nominal"] == pytest.approx([0])
        assert expose_each(house, one, RULES)["facade_62_m"].tolist() == pytest.approx([metres])
    near_by = expose(home_at(shapely.box(10, -2, 14, 2)), zoom, RULES)
    assert near_by.facade_m is not None
    assert near_by.facade_m[62.5, "nominal"] == pytest.approx([0])
    assert near_by.private_m2["nominal"] == pytest.approx([16])


def test_many_cameras_against_polygons():
    """Together the union of views counts, alone each view: both by GEOS."""
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 200, (30, 2))
    cameras = pd.DataFrame({"x_m": xy[:, 0], "y_m": xy[:, 1], "kind": "fixed", "azimuth_deg": rng.uniform(0, 360, 30)})
    cameras = cameras.assign(hfov_deg=80.0, range_m=35.0, masks=[None, "0-40;180-200@5-20"] * 15)
    corners = rng.uniform(0, 190, (60, 2))
    houses = home_at(*(shapely.box(x, y, x + 9, y + 7) for x, y in corners))
    assert houses.private is not None
    views = []
    for one in cameras.to_dict("records"):
        view = shapely.Point(one["x_m"], one["y_m"])
        arc = np.radians(one["azimuth_deg"] + np.linspace(-40, 40, 41))
        rim = np.column_stack([np.sin(arc), np.cos(arc)]) * 35
        view = shapely.Polygon(np.vstack([[0, 0], rim]) + xy[len(views)])
        for start, end, near, far in ((0, 40, 0, 99), (180, 200, 5, 20)) if isinstance(one["masks"], str) else ():
            arc = np.radians(np.linspace(start, end, 20 * (end - start)))
            rim = np.column_stack([np.sin(arc), np.cos(arc)])
            view = view.difference(shapely.Polygon(np.vstack([rim * far, rim[::-1] * near]) + xy[len(views)]))
        views.append(view)
    each = expose_each(houses, cameras, RULES)
    shapes = houses.private.geometries
    for column, measure, parts in (
        ("private_m2", shapely.area, shapes),
        ("facade_62_m", shapely.length, shapely.boundary(shapes)),
    ):
        alone = [measure(shapely.intersection(parts, view)).sum() for view in views]
        assert each[column].tolist() == pytest.approx(alone, abs=0.5)
        together = measure(shapely.intersection(parts, shapely.union_all(views)))
        found = expose(houses, cameras, RULES)
        assert found.facade_m is not None
        seen = found.private_m2["nominal"] if column == "private_m2" else found.facade_m[62.5, "nominal"]
        assert seen == pytest.approx(together, abs=0.5)
        assert seen.sum() > 20
