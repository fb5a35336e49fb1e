"""What the kernels measure against the same figures by polygons (`fov.sectors`, `layers.k_layers`, overlays)."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.coverage.edges import put_view
from geo.coverage.fov import sectors
from geo.coverage.ground import Ground, Items, Parcels
from geo.coverage.kernels import holds
from geo.coverage.layers import k_layers
from geo.coverage.near import Homes, near_home
from geo.coverage.scene import measure_in, seen_at
from geo.coverage.sight import (
    find_units,
    hold_circles,
    see_along,
    see_along_each,
    see_areas,
    see_at,
    see_polygons,
    see_polygons_each,
)
from geo.coverage.views import near_points, near_views, to_corners, to_edges, to_views
from geo.rules import Rules

RULES = Rules()
ORIGIN = np.array([500_000.0, 3_100_000.0])
SIDE = 400.0


class World:
    """Two units with a slanting border, winding roads, and cameras of all sorts, some on the same pole."""

    def __init__(self, seed: int, n: int) -> None:
        rng = np.random.default_rng(seed)
        self.rng = rng
        x, y = (ORIGIN + rng.uniform(0, SIDE, (n, 2))).T.copy()
        x[: n // 5], y[: n // 5] = x[-(n // 5) :], y[-(n // 5) :]
        view = pd.DataFrame(
            {
                "azimuth_deg": rng.choice([0, 45, 90, 180, 270, 33.3], n),
                "sweep_deg": rng.choice([360, 60, 85, 200, 355, 1.0, 0], n),
                "near_m": rng.choice([0, 3, 8.0], n),
                "reach_m": rng.choice([5, 20, 40, 80.0], n),
            }
        )
        self.xy = np.column_stack([x, y])
        self.view = view
        self.views, self.sectors = to_views(x, y, view, RULES), sectors(x, y, view, RULES)
        self.layers = k_layers(self.sectors)
        rings = [[(0, 0), (200, 10), (190, 400), (0, 400)], [(200, 10), (400, 0), (400, 400), (190, 400)]]
        self.units = self.moved([shapely.Polygon(ring) for ring in rings])
        self.roads = self.moved([shapely.LineString(rng.uniform(0, SIDE, (6, 2))) for _ in range(20)])
        wide = shapely.union_all(shapely.buffer(self.roads, 4))
        self.public = shapely.intersection(self.units, wide)

    @staticmethod
    def moved(shapes: list[shapely.Geometry]) -> np.ndarray:
        return np.asarray(shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + ORIGIN))


@pytest.fixture(scope="module", params=[(1, 12), (2, 60), (3, 140)], ids=str)
def world(request):
    return World(*request.param)


def test_bounds_and_empty_views_are_those_of_the_polygons(world):
    assert (world.views.seeing == ~shapely.is_empty(world.sectors)).all()
    seeing = world.views.seeing
    assert world.views.boxes[seeing] == pytest.approx(shapely.bounds(world.sectors)[seeing], abs=1e-6)


@pytest.mark.parametrize("middle", [True, False])
def test_areas_by_depth(world, middle):
    sight = find_units(world.units, to_edges(world.units), to_edges(world.public), world.xy, world.views.boxes)
    found = see_areas(sight, world.views, middle=middle)
    one, two, three = world.layers
    wanted = (
        (0, world.units, one),
        (1, world.units, two),
        (2, world.units, three),
        *((3 + k, world.public, world.layers[k]) for k in range(3)),
    )
    for column, targets, layer in wanted:
        if middle or column in (0, 5):
            expected = measure_in(targets, layer, shapely.area)
            assert found[:, column] == pytest.approx(expected, rel=1e-6, abs=1e-6), column
    assert measure_in(world.units, two, shapely.area).sum() > 0


def test_no_edge_of_a_view_is_level():
    """A half circle to the north begins and ends with edges that would rise by 1e-15 m, cos 90 degrees by rounding."""
    edges, kinds = np.empty((800, 4)), np.empty(800, np.int8)
    n = put_view(edges, kinds, 0, np.array([0.0, 0.0, 0.0, 180.0, 0.0, 10.0]), 0.0, 0.0, 2.0)
    assert n == 90
    assert (edges[:n, 3] - edges[:n, 1]).min() > 1e-3


def test_areas_of_views_with_level_edges():
    """Half circles to north and south, in rows and on the same poles: their straight edges rise by rounding only."""
    rng = np.random.default_rng(4)
    xy = ORIGIN + np.column_stack([rng.uniform(0, SIDE, 80), rng.choice([60.0, 81.3, 200.0, 317.7], 80)])
    xy[40:60] = xy[:20]
    azimuth, reach = rng.choice([0.0, 180.0], 80), rng.choice([20, 40, 80.0], 80)
    view = pd.DataFrame({"azimuth_deg": azimuth, "sweep_deg": 180.0, "near_m": 0.0, "reach_m": reach})
    views, layers = to_views(*xy.T, view, RULES), k_layers(sectors(*xy.T, view, RULES))
    units = World.moved([shapely.box(0, 0, 190, 317.7), shapely.box(190, 0, 400, 400)])
    found = see_areas(find_units(units, to_edges(units), to_edges(units), xy, views.boxes), views, middle=True)
    for column, layer in enumerate((*layers, *layers)):
        assert found[:, column] == pytest.approx(measure_in(units, layer, shapely.area), rel=1e-6, abs=1e-6), column


def test_area_of_each_polygon_by_itself(world):
    rng = np.random.default_rng(5)
    corners = rng.uniform(0, SIDE - 40, (40, 2))
    plots = world.moved(
        [shapely.box(x, y, x + 35, y + 25).difference(shapely.box(x, y, x + 9, y + 9)) for x, y in corners]
    )
    found = see_polygons(to_edges(plots), near_views(plots, world.views.boxes), world.views)
    assert found == pytest.approx(measure_in(plots, world.layers.one, shapely.area), rel=1e-6, abs=1e-6)


def test_metres_of_lines(world):
    many = np.append(world.roads, shapely.multilinestrings(world.roads[:3]))
    found = see_along(to_corners(many), near_views(many, world.views.boxes), world.views).metres
    assert found == pytest.approx(measure_in(many, world.layers.one, shapely.length), rel=1e-6, abs=1e-6)


def test_what_each_view_holds_by_itself(world):
    corners = np.random.default_rng(5).uniform(0, SIDE - 40, (40, 2))
    plots = world.moved([shapely.box(x, y, x + 35, y + 25) for x, y in corners])
    roads = np.append(world.roads, shapely.multilinestrings(world.roads[:3]))
    near, along = near_views(plots, world.views.boxes), near_views(roads, world.views.boxes)
    for targets, rows, found, measure in (
        (plots, near, see_polygons_each(to_edges(plots), near, world.views), shapely.area),
        (roads, along, see_along_each(to_corners(roads), along, world.views), shapely.length),
    ):
        item = np.repeat(np.arange(len(targets)), np.diff(rows.starts))
        common = shapely.intersection(targets[item], world.sectors[rows.values])
        assert found == pytest.approx(measure(common), rel=1e-6, abs=1e-6)
        assert found.max() > 0


def test_circles_surely_within_or_apart(world):
    rng = np.random.default_rng(9)
    n = 20_000
    view, xy, radius = rng.integers(0, len(world.xy), n), rng.uniform(0, SIDE, (n, 2)) + ORIGIN, rng.uniform(0.1, 9, n)
    apart, within = hold_circles(world.views, view, xy, radius)
    circles = shapely.buffer(shapely.points(xy), radius)
    meets, holds_all = shapely.intersects(world.sectors[view], circles), shapely.covers(world.sectors[view], circles)
    assert not (apart & meets).any()
    assert not (within & ~holds_all).any()
    assert within.sum() > holds_all.sum() / 2 > 0
    assert apart.sum() > (~meets).sum() * 0.9


@pytest.mark.parametrize("sweep", [0.7, 33.4, 85.3, 181.9, 299.1, 359.3, 360.0])
def test_short_lines_at_the_edges_of_one_view(sweep):
    rng = np.random.default_rng(8)
    view = pd.DataFrame({"azimuth_deg": [70.0], "sweep_deg": [sweep], "near_m": [9.0], "reach_m": [40.0]})
    shape = sectors([0.0], [0.0], view, RULES)
    rim = shapely.line_interpolate_point(shapely.boundary(shape)[0], rng.uniform(0, 1, 4000), normalized=True)
    corners = shapely.points(rng.choice(shapely.get_coordinates(shape), 2000))
    start = shapely.get_coordinates(np.append(rim, corners)) + rng.normal(0, 0.4, (6000, 2))
    ends = np.stack([start, start + rng.normal(0, 1.0, (6000, 2))], axis=1)
    # Along the first chord of each arc, in from beyond its end, nearly on the circle.
    angle = np.radians(70.0 - sweep / 2 + rng.uniform(0, 1.5, (2000, 2)) * [-1, 1])
    radius = rng.choice([9.0, 40.0], (2000, 1)) * (1 - rng.uniform(0, 1.6e-4, (2000, 2)))
    ends = np.concatenate([ends, np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=2)])
    lines = np.asarray(shapely.linestrings(ends), dtype=object)
    views = to_views([0.0], [0.0], view, RULES)
    found = see_along(to_corners(lines), near_views(lines, views.boxes), views).metres
    assert found == pytest.approx(shapely.length(shapely.intersection(lines, shape[0])), abs=1e-9)


def test_points(world):
    xy = np.vstack([world.rng.uniform(0, SIDE, (3000, 2)) + ORIGIN, world.xy])
    points = np.asarray(shapely.points(xy), dtype=object)
    found = see_at(xy, near_views(points, world.views.boxes), world.views)
    assert (found == seen_at(xy[:, 0], xy[:, 1], world.sectors)).all()


def test_points_in_bounds(world):
    """Corners of bounds, too: edges belong to them."""
    corners = world.views.boxes[world.views.seeing][:, [0, 3]]
    xy = np.concatenate([ORIGIN + world.rng.uniform(-SIDE, 2 * SIDE, (500, 2)), corners, corners[::-1]])
    found = near_points(xy, world.views.boxes)
    wanted = near_views(np.asarray(shapely.points(xy), dtype=object), world.views.boxes)
    assert found.starts.tolist() == wanted.starts.tolist()
    assert found.values.tolist() == wanted.values.tolist()
    assert not near_points(xy[:0], world.views.boxes).values.size
    assert not near_points(xy, world.views.boxes[:0]).values.size


def test_homes_near_seen_roads_and_squares(world):
    corners = np.random.default_rng(6).uniform(0, SIDE - 60, (12, 2))
    squares = world.moved([shapely.box(x, y, x + 55, y + 45) for x, y in corners])
    homes = np.asarray(shapely.points(np.random.default_rng(7).uniform(0, SIDE, (2000, 2)) + ORIGIN), dtype=object)
    items = Items(homes, pd.DataFrame(index=range(len(homes))), np.ones(len(homes)))
    none = world.roads[:0]
    for roads, areas in ((world.roads[:4], squares), (none, squares), (world.roads[:4], squares[:0])):
        places = Items(squares, pd.DataFrame(index=range(len(squares))), np.ones(len(squares)))
        ground = Ground(roads, areas, places, None, items, None)
        # One road is taken for one that lies beyond all units.
        parcels = Parcels((), pd.Index([]), world.units, roads[1:], np.zeros(0, dtype=int), roads[:1], world.public)
        ready = Homes.find(ground, parcels, world.views.boxes, RULES)
        assert ready is not None
        corners = to_corners(parcels.roads)
        along = see_along(corners, near_views(parcels.roads, world.views.boxes), world.views)
        found = near_home(ready, np.zeros(len(squares), dtype=bool), corners, along, world.views, RULES)
        seen = []
        for targets in (roads, areas):
            if len(targets):
                part, target = shapely.STRtree(targets).query(world.layers.one, predicate="intersects")
                seen.append(shapely.intersection(targets[target], world.layers.one[part]))
        expected = np.zeros(len(homes), dtype=bool)
        near = shapely.STRtree(homes).query(np.concatenate(seen), predicate="dwithin", distance=RULES.near_home_m)
        expected[near[1]] = True
        assert (found == expected).all()


def test_a_point_on_an_edge_is_held():
    view = np.array([0.0, 0.0, 0.0, 90.0, 0.0, 10.0])
    inner = 5 / np.sqrt(2)
    for dx, dy in ((0.0, 0.0), (inner, inner), (-inner, inner), (0.0, 10 * np.cos(np.radians(1))), (0.0, 9.9)):
        assert holds(dx, dy, view, 2.0), (dx, dy)
    for dx, dy in ((0.0, -1e-3), (inner + 1e-3, inner), (0.0, 10.1)):
        assert not holds(dx, dy, view, 2.0), (dx, dy)
