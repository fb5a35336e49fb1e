import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadPartition
from geo.partition import index as index_module
from geo.partition.index import PartitionIndex

coordinate = st.one_of(st.integers(-1, 5).map(float), st.floats(-1, 5), st.just(float("nan")), st.just(float("inf")))


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(coordinate, coordinate), max_size=40),
    corners=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 2)), min_size=1, max_size=8),
)
def test_every_point_in_the_union_counts_exactly_once(points, corners):
    squares = np.array([shapely.box(x, y, x + size, y + size) for x, y, size in corners], dtype=object)
    codes = [f"u{k}" for k in range(len(squares))][::-1]
    x, y = np.array([p[0] for p in points], dtype=float), np.array([p[1] for p in points], dtype=float)
    found = PartitionIndex.build(squares, codes).assign(x, y)
    inside = np.zeros(len(points), dtype=bool)
    for k in range(len(points)):
        if np.isfinite(x[k]) and np.isfinite(y[k]):
            holders = [
                code for square, code in zip(squares, codes, strict=True) if square.covers(shapely.Point(x[k], y[k]))
            ]
            inside[k] = bool(holders)
            assert not holders or codes[found[k]] == min(holders)
    assert (found >= 0).sum() == inside.sum()


def test_corner_of_four_goes_to_the_lowest_code_by_code_point():
    squares = [shapely.box(x, y, x + 1, y + 1) for x in (0, 1) for y in (0, 1)]
    found = PartitionIndex.build(squares, ["b", "a", "网", "B"]).assign([1.0], [1.0])
    assert found.tolist() == [3]
    assert found.dtype == np.int32


def test_chunks_do_not_change_the_answer(monkeypatch):
    index = PartitionIndex.build([shapely.box(0, 0, 1, 1)], ["a"])
    x = np.linspace(-1, 2, 31)
    whole = index.assign(x, np.full(31, 0.5))
    monkeypatch.setattr(index_module, "CHUNK", 7)
    assert (index.assign(x, np.full(31, 0.5)) == whole).all()
    assert index.assign([], []).tolist() == []


def test_codes_come_once_and_match_the_geometries():
    with pytest.raises(BadPartition, match="twice: a"):
        PartitionIndex.build([shapely.box(0, 0, 1, 1)] * 2, ["a", "a"])
    with pytest.raises(BadPartition):
        PartitionIndex.build([shapely.box(0, 0, 1, 1)], [])
