from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from geo.tiles.shapes import ARRAYS, LINE, POINT, POLYGON, open_shapes, to_shapes, write_shapes

HOLED = Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 2, 2).exterior])


def test_holes_follow_the_ring_they_lie_in() -> None:
    shapes = to_shapes([MultiPolygon([HOLED, box(9, 9, 10, 10)]), HOLED])
    assert shapes.holes.tolist() == [0, 1, 0, 0, 1]
    assert shapes.feature_pieces.tolist() == [0, 3, 5]


def test_kinds_may_mix_and_a_collection_keeps_its_highest_dimension() -> None:
    mixed = [
        MultiPoint([(0, 0), (1, 1)]),
        LineString([(0, 0), (1, 1)]),
        GeometryCollection([Point(0, 0), MultiPolygon([box(0, 0, 1, 1)]), LineString([(0, 0), (5, 5)])]),
        Polygon(),
    ]
    shapes = to_shapes(mixed)
    assert shapes.kinds.tolist()[:3] == [POINT, LINE, POLYGON]
    assert np.diff(shapes.feature_pieces).tolist() == [2, 1, 1, 0]
    assert len(shapes) == 4


def test_no_geometries_at_all() -> None:
    shapes = to_shapes([])
    assert len(shapes) == 0
    assert shapes.bounds.shape == (4, 0)


@pytest.mark.parametrize("geometries", [[], [HOLED, None], [shapely.Point(0, 0).buffer(1, quad_segs=200)] * 3])
def test_what_is_written_opens_equal_and_read_only(tmp_path: Path, geometries: list[object]) -> None:
    shapes = to_shapes(geometries)
    write_shapes(shapes, tmp_path, "a")
    opened = open_shapes(tmp_path, "a")
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(opened, name), getattr(shapes, name))
        assert not getattr(opened, name).flags.writeable
