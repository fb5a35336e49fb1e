import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.errors import BadQuery, TooLarge
from geo.hotspots import neighbours
from geo.hotspots.neighbours import distance_band, find_neighbours, nearest, queen, rook


def test_queen_joins_edges_and_corners_and_bridges_slivers():
    squares = [box(0, 0, 10, 10), box(10, 10, 20, 20), box(20.5, 10, 30, 20)]
    assert queen(squares).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert queen(squares, gap_m=1.0).toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_rook_leaves_corners_out_and_bridges_slivers():
    """A board of 4 x 4: 24 shared edges, and 18 corners besides for queen."""
    board = [box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for y in range(4) for x in range(4)]
    for gap_m in (0.0, 1.0):
        edges = rook(board, gap_m)
        assert edges.sum() == 2 * 24
        assert queen(board, gap_m).sum() == 2 * (24 + 18)
        assert (edges != edges.T).nnz == 0
        assert edges.diagonal().sum() == 0
        assert sorted(edges.indices[edges.indptr[5] : edges.indptr[6]].tolist()) == [1, 4, 6, 9]
    apart = [shapely.affinity.translate(square, 0.5 * (i % 4), 0.0) for i, square in enumerate(board)]
    assert rook(apart, 1.0).sum() == 2 * 24
    assert rook(apart, 0.0).sum() == 2 * 12  # slivers of half a metre lie between the columns


def test_rook_of_a_corner_as_wide_as_the_gap():
    """Two squares whose sides run together for 3 m, which is less than 4 gaps of 1 m and more than 4 of 0.5 m."""
    pair = [box(0, 0, 10, 10), box(10, 7, 20, 17)]
    assert rook(pair, 0.0).sum() == 2
    assert rook(pair, 0.5).sum() == 2
    assert rook([box(0, 0, 10, 10), box(10, 10, 20, 20)], 0.5).sum() == 0


def test_rook_of_borders_that_have_other_points_is_that_of_the_same_points():
    """The board again, each square with points of its own along its sides, and one unit in two parts."""
    board = [box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for y in range(4) for x in range(4)]
    own = [shapely.segmentize(square, 2.0 + 0.3 * i) for i, square in enumerate(board)]
    for gap_m in (0.0, 0.5):
        assert (rook(own, gap_m) != rook(board, gap_m)).nnz == 0
    parts = [shapely.union(board[0], board[15]), *board[1:15]]
    assert sorted(rook(parts).indices[: rook(parts).indptr[1]].tolist()) == [1, 4, 11, 14]


def test_distance_band_includes_its_end():
    x = np.array([0.0, 15.0, 31.0])
    assert distance_band(x, np.zeros(3), 15.0).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_a_band_of_too_many_pairs_is_refused(monkeypatch):
    monkeypatch.setattr(neighbours, "MAX_PAIRS", 5)
    with pytest.raises(TooLarge, match="shorter distance"):
        distance_band(np.arange(4.0), np.zeros(4), 2.0)
    assert distance_band(np.arange(3.0), np.zeros(3), 1.0).sum() == 4


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12), st.integers(1, 13))
def test_nearest_takes_ties_by_the_lowest_index(spots, k):
    """On a small lattice, where most distances tie: by sorting whole numbers."""
    x, y = np.array(spots).T
    found = nearest(x.astype(float), y.astype(float), k).toarray()
    for i in range(len(spots)):
        away = [((x[j] - x[i]) ** 2 + (y[j] - y[i]) ** 2, j) for j in range(len(spots)) if j != i]
        assert np.flatnonzero(found[i]).tolist() == sorted(j for _, j in sorted(away)[:k])


def test_one_unit_and_none_have_no_neighbours():
    for kind in neighbours.KINDS:
        for squares in ([], [box(0, 0, 1, 1)]):
            found = find_neighbours(squares, kind, gap_m=1.0, band_m=10.0, n_nearest=3)
            assert found.shape == (len(squares), len(squares))
            assert found.nnz == 0


def test_what_cannot_be_is_refused():
    with pytest.raises(BadQuery, match="queen, rook, band, nearest"):
        find_neighbours([box(0, 0, 1, 1)], "bishop", gap_m=1.0, band_m=10.0, n_nearest=3)
    with pytest.raises(BadQuery, match="1 or more"):
        nearest(np.arange(3.0), np.zeros(3), 0)
