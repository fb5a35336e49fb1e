"""Tiles are read back by mapbox_vector_tile, which shares no code with the encoder."""

import hashlib
import subprocess
import sys
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, shape

from geo.tiles.address import Tile
from geo.tiles.encode import Property, encode_layer, to_property
from geo.tiles.shapes import to_shapes

TILE = Tile(3, 4, 3)  # its north-west corner is (0, HALF_SIDE / 4)


def at(u: float, v: float) -> tuple[float, float]:
    """Web-mercator metres of tile units (u right, v down)."""
    left, top = TILE.corner_m()
    return left + u / TILE.units_per_m(), top - v / TILE.units_per_m()


def ring(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [at(*point) for point in points]


def square(u0: float, v0: float, u1: float, v1: float) -> Polygon:
    return Polygon(ring((u0, v0), (u1, v0), (u1, v1), (u0, v1)))


def decode(geometries: list[Any], properties: tuple[Property, ...] = (), tile: Tile = TILE) -> list[dict[str, Any]]:
    data = encode_layer("layer", to_shapes(geometries), np.arange(len(geometries)) + 10, tile, properties)
    if not data:
        return []
    layer = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["layer"]
    assert layer["extent"] == 4096
    assert layer["version"] == 2
    return list(layer["features"])


def test_a_square_comes_back_clockwise_with_its_id() -> None:
    (feature,) = decode([square(100, 200, 300, 500)])
    assert feature["id"] == 10
    assert feature["geometry"]["type"] == "Polygon"
    (outer,) = feature["geometry"]["coordinates"]
    assert {tuple(p) for p in outer} == {(100, 200), (300, 200), (300, 500), (100, 500)}
    assert (
        shapely.LinearRing(outer).is_ccw is not False
    )  # y down: clockwise on screen is counter-clockwise in y-up maths


@pytest.mark.parametrize("points", [((10, 10), (20, 10), (20, 20)), ((10, 10), (20, 20), (20, 10))])
def test_outer_rings_have_positive_area_whatever_the_input_winding(points: tuple[tuple[float, float], ...]) -> None:
    (feature,) = decode([Polygon(ring(*points))])
    outer = np.array(feature["geometry"]["coordinates"][0])[:-1]
    following = np.roll(outer, -1, axis=0)
    assert (outer[:, 0] * following[:, 1] - following[:, 0] * outer[:, 1]).sum() == 100


def test_holes_stay_holes_and_parts_stay_parts() -> None:
    holed = Polygon(
        ring((0, 0), (1000, 0), (1000, 1000), (0, 1000)), [ring((100, 100), (200, 100), (200, 300), (100, 300))]
    )
    (feature,) = decode([MultiPolygon([holed, square(2000, 2000, 2010, 2010)])])
    back = shape(feature["geometry"])
    assert back.geom_type == "MultiPolygon"
    assert back.area == 1000 * 1000 - 100 * 200 + 100
    assert sum(len(part.interiors) for part in back.geoms) == 1


def test_rings_are_cut_64_units_outside_the_tile() -> None:
    (feature,) = decode([square(-5000, 1000, 9000, 5000)])
    assert shape(feature["geometry"]).bounds == (-64, 1000, 4160, 4160)


def test_a_concave_unit_keeps_both_arms() -> None:
    comb = Polygon(ring((-500, 0), (300, 0), (300, 100), (-400, 100), (-400, 200), (300, 200), (300, 300), (-500, 300)))
    (feature,) = decode([comb])
    assert shape(feature["geometry"]).buffer(0).area == 2 * 364 * 100


def test_a_unit_under_a_tile_unit_stays_as_a_tiny_ring() -> None:
    features = decode([square(700.1, 800.1, 700.2, 800.2), square(1, 1, 1.2, 900)])
    assert [feature["id"] for feature in features] == [10, 11]
    assert shape(features[0]["geometry"]).area == 0.5
    assert shape(features[0]["geometry"]).distance(Point(700, 800)) == 0


def test_a_degenerate_part_is_dropped_where_another_part_shows() -> None:
    (feature,) = decode([MultiPolygon([square(0, 0, 50, 50), square(90.1, 90.1, 90.2, 90.2)])])
    assert shape(feature["geometry"]).area == 2500


def test_a_tile_inside_a_hole_is_empty() -> None:
    around = Polygon(square(-9000, -9000, 9000, 9000).exterior, [square(-500, -500, 5000, 5000).exterior])
    assert decode([around]) == []


def test_a_hole_of_a_dropped_ring_is_dropped() -> None:
    outside = Polygon(square(-900, 0, -500, 400).exterior, [square(-800, 100, -700, 200).exterior])
    (feature,) = decode([MultiPolygon([outside, square(0, 0, 10, 10)])])
    assert shape(feature["geometry"]).area == 100


def test_a_unit_that_only_wraps_a_corner_leaves_nothing() -> None:
    corner = Polygon(ring((-2000, -1000), (-100, -1000), (-100, 5000), (5000, 5000), (5000, 6000), (-2000, 6000)))
    assert decode([corner]) == []


def test_nothing_in_the_tile_is_no_bytes() -> None:
    assert encode_layer("layer", to_shapes([square(9000, 0, 9001, 1)]), np.array([0]), TILE) == b""
    assert encode_layer("layer", to_shapes([None, Polygon()]), np.array([0, 1]), TILE) == b""


def test_a_line_leaves_and_comes_back_as_two_runs() -> None:
    (feature,) = decode([LineString(ring((10, 10), (10, -500), (400, -500), (400, 30)))])
    assert feature["geometry"]["type"] == "MultiLineString"
    assert feature["geometry"]["coordinates"] == [[[10, 10], [10, -64]], [[400, -64], [400, 30]]]


def test_a_line_across_the_whole_tile_and_one_outside() -> None:
    (feature,) = decode([LineString(ring((-1000, 50), (9000, 50))), LineString(ring((-100, -90), (5000, -90)))])
    assert feature["geometry"]["coordinates"] == [[-64, 50], [4160, 50]]


def test_points_with_properties_of_each_type() -> None:
    properties = (
        to_property("uid", ["bpd:1", "bpd:2", "bpd:far"]),
        to_property("azimuth", [-1, 270, 5]),
        to_property("seen", [True, None, False]),
    )
    features = decode([Point(at(5, 6)), Point(at(-60, 4150)), Point(at(-66, 0))], properties)
    assert [feature["properties"] for feature in features] == [
        {"uid": "bpd:1", "azimuth": -1, "seen": True},
        {"uid": "bpd:2", "azimuth": 270},
    ]
    assert features[0]["geometry"]["coordinates"] == [5, 6]


def test_only_values_of_the_tile_are_in_the_tile() -> None:
    properties = (to_property("uid", ["near", "far"]),)
    data = encode_layer("layer", to_shapes([Point(at(1, 1)), Point(at(9999, 1))]), np.arange(2), TILE, properties)
    assert b"near" in data
    assert b"far" not in data


def test_only_the_chosen_features_are_drawn() -> None:
    shapes = to_shapes([square(0, 0, 10, 10), square(20, 0, 30, 10)])
    data = encode_layer("layer", shapes, np.array([0, 1]), TILE, chosen=np.array([1]))
    assert [f["id"] for f in mapbox_vector_tile.decode(data)["layer"]["features"]] == [1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-6000, 9000, allow_nan=False), st.floats(-6000, 9000, allow_nan=False)),
        min_size=3,
        max_size=12,
    )
)
def test_the_area_drawn_is_the_area_inside(points: list[tuple[float, float]]) -> None:
    polygon = shapely.convex_hull(shapely.MultiPoint(points))
    if polygon.geom_type != "Polygon":
        return
    inside = polygon.intersection(box(-64, -64, 4160, 4160))
    features = decode([Polygon(ring(*polygon.exterior.coords))])
    drawn = sum(shape(feature["geometry"]).buffer(0).area for feature in features)
    assert drawn == pytest.approx(inside.area, abs=0.6 * inside.length + 2)


_MANY = """
import sys
if {blocked}:
    sys.modules["numba"] = None
import hashlib
import numpy as np
import shapely
from geo import compiled
from geo.tiles.address import Tile
from geo.tiles.encode import encode_layer, to_property
from geo.tiles.shapes import to_shapes
assert compiled.IS_COMPILED is not {blocked}
rng = np.random.default_rng(7)
tile = Tile(5, 17, 11)
west, south, east, north = tile.bounds_m()
at = rng.uniform((west - 2e5, south - 2e5), (east + 2e5, north + 2e5), (60, 2))
discs = shapely.buffer(shapely.points(at), rng.uniform(1, 3e5, 60), quad_segs=5)
donuts = shapely.difference(discs, shapely.buffer(shapely.points(at), 5e4))
lines = [shapely.LineString(rng.uniform((west - 9e5, south), (east + 9e5, north), (9, 2))) for _ in range(20)]
shapes = to_shapes([*donuts, *lines, *shapely.points(at)])
kinds = to_property("kind", [i % 3 for i in range(140)])
names = to_property("name", [None if i % 7 else f"n{{i}}" for i in range(140)])
print(hashlib.sha256(encode_layer("all", shapes, np.arange(140) * 1000, tile, (kinds, names))).hexdigest())
"""


def test_without_numba_the_bytes_are_the_same() -> None:
    digests = [
        subprocess.run(
            [sys.executable, "-c", _MANY.format(blocked=blocked)], capture_output=True, text=True, check=True
        ).stdout
        for blocked in (True, False)
    ]
    assert digests[0] == digests[1]
    assert len(digests[0].strip()) == hashlib.sha256().digest_size * 2
