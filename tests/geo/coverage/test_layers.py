import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage.layers import k_layers, union_by_group

boxes = st.lists(st.tuples(*[st.integers(0, 6)] * 2, st.integers(1, 4), st.integers(1, 4)), max_size=9)


def areas(layers):
    return [float(shapely.area(layer).sum()) for layer in layers]


@settings(max_examples=80, deadline=None)
@given(boxes, st.randoms(use_true_random=False))
def test_counts_of_squares_cell_by_cell_whatever_the_order(rows, random):
    count = np.zeros((10, 10), dtype=int)
    for x, y, w, h in rows:
        count[x : x + w, y : y + h] += 1
    shapes = [shapely.box(x, y, x + w, y + h) for x, y, w, h in rows]
    expected = [(count >= k).sum() for k in (1, 2, 3)]
    assert areas(k_layers(np.array(shapes, dtype=object))) == pytest.approx(expected)
    random.shuffle(shapes)
    assert areas(k_layers(np.array(shapes, dtype=object))) == pytest.approx(expected)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.floats(0, 30)] * 2, st.floats(1, 15)), min_size=2, max_size=8))
def test_layers_nest_and_one_more_never_lowers_them(rows):
    circles = np.array([shapely.Point(x, y).buffer(r) for x, y, r in rows], dtype=object)
    fewer, more = areas(k_layers(circles[:-1])), areas(k_layers(circles))
    assert all(after >= before - 1e-6 for before, after in zip(fewer, more, strict=True))
    assert more[0] >= more[1] - 1e-6 >= more[2] - 2e-6
    assert more[0] == pytest.approx(shapely.union_all(circles).area)
    moved = areas(k_layers(shapely.transform(circles, lambda xy: xy + np.array([500_000, 3_100_000]))))
    assert moved == pytest.approx(more, rel=1e-6, abs=1e-3)


def test_nothing_gives_nothing():
    none = np.zeros(0, dtype=object)
    assert [len(layer) for layer in k_layers(none)] == [0, 0, 0]
    assert union_by_group(none, np.zeros(0, dtype=int), 2)[1].is_empty
