"""What is drawn from afar: at zoom 11 a display pixel is 38.2 m, at zoom 10 76.4 m (Tile.side_m / 512)."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box

from geo.tiles.address import display_px_m
from geo.tiles.shapes import to_shapes
from geo.tiles.thin import SHORTEST_PX, thin_areas, thin_lines


def test_a_main_road_cut_by_side_streets_stays_and_the_side_streets_go() -> None:
    main = [LineString([(x, 0), (x + 500, 0)]) for x in range(0, 10_000, 500)]
    side = [LineString([(x, 0), (x, 300)]) for x in range(500, 10_000, 500)]
    groups = np.array([0] * len(main) + [1] * len(side))
    far, kept = thin_lines(to_shapes([*main, *side]), groups, 11)  # 16 px: 611 m
    assert kept.tolist() == [0]
    assert far.xy.tolist() == [[0, 0], [10_000, 0]]
    near, kept = thin_lines(to_shapes([*main, *side]), groups, 13)  # whole, but for bends
    assert len(near) == 1 + len(side)
    assert sorted(set(kept.tolist())) == [0, 1]


@pytest.mark.parametrize("zoom", [10, 11, 12])
def test_the_shortest_line_that_stays_is_eight_px_per_zoom_below_13(zoom: int) -> None:
    limit_m = SHORTEST_PX * (13 - zoom) * display_px_m(zoom)
    lines = [LineString([(0, 0), (limit_m * 1.01, 0)]), LineString([(0, 9e5), (limit_m * 0.99, 9e5)])]
    far, _ = thin_lines(to_shapes(lines), np.array([0, 0]), zoom)
    assert shapely.get_num_geometries(shapely.linestrings(far.xy)) == 1
    assert far.xy[:, 1].tolist() == [0, 0]


def test_no_lines_at_all() -> None:
    none = to_shapes([])
    assert len(thin_lines(none, np.array([], dtype=np.int64), 10)[0]) == 0


def test_an_area_keeps_its_number_and_its_holes() -> None:
    holed = Polygon(box(0, 0, 9e4, 9e4).exterior, [box(1e4, 1e4, 2e4, 2e4).exterior])
    shapes = to_shapes([box(0, 0, 1, 1), None, holed])
    thin = thin_areas(shapes, 10)
    assert thin.feature_pieces.tolist() == shapes.feature_pieces.tolist()
    assert thin.holes.tolist() == [0, 0, 1]
    assert thin.xy.tolist() == shapes.xy.tolist()  # nothing to take away, the tiny one included


@given(st.integers(3, 40), st.integers(8, 14))
def test_no_corner_of_an_area_moves_and_rings_stay_closed(n: int, zoom: int) -> None:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    ring = Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * 700)
    thin = thin_areas(to_shapes([ring]), zoom)
    assert {tuple(corner) for corner in thin.xy} <= {tuple(corner) for corner in ring.exterior.coords}
    assert thin.xy[0].tolist() == thin.xy[-1].tolist()
    assert len(thin.xy) >= 4
