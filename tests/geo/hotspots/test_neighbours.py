import numpy as np
from shapely import box

from geo.hotspots.neighbours import distance_band, queen


def test_queen_joins_edges_and_corners_and_bridges_slivers():
    squares = [box(0, 0, 10, 10), box(10, 10, 20, 20), box(20.5, 10, 30, 20)]
    assert queen(squares).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert queen(squares, gap_m=1.0).toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_distance_band_includes_its_end():
    x = np.array([0.0, 15.0, 31.0])
    assert distance_band(x, np.zeros(3), 15.0).toarray().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
