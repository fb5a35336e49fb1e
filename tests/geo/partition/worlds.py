"""Partitions and points that are hard to join, drawn by hypothesis; the answers of GEOS and of rational arithmetic."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

small = st.integers(0, 8)


def _squares(draw):
    """A board whose edges lie on powers of two, as the sides of cells do."""
    xs, ys = (sorted(draw(st.sets(small, min_size=2, max_size=6))) for _ in range(2))
    return [
        box(xs[i], ys[j], xs[i + 1], ys[j + 1])
        for i in range(len(xs) - 1)
        for j in range(len(ys) - 1)
        if (i * j) % 5 != 4
    ]


def _overlaps(draw):
    sizes = st.tuples(small, small, st.integers(1, 6), st.integers(1, 6))
    return [box(x, y, x + w, y + h) for x, y, w, h in draw(st.lists(sizes, min_size=1, max_size=9))]


def _cells(draw):
    n, seed = draw(st.integers(3, 40)), draw(st.integers(0, 2**32 - 1))
    sites = shapely.MultiPoint(np.random.default_rng(seed).uniform(0, 10, (n, 2)))
    return list(shapely.get_parts(shapely.voronoi_polygons(sites)))


def _triangles(draw):
    """Many triangles at few corners, some in one line."""
    sites = draw(st.sets(st.tuples(small, small), min_size=4, max_size=25))
    return list(shapely.get_parts(shapely.delaunay_triangles(shapely.MultiPoint(sorted(sites)))))


def _star(draw):
    n, seed = draw(st.integers(3, 40)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    angle, reach = np.sort(rng.uniform(0, 2 * np.pi, n)), rng.uniform(1, 9, n)
    tips = np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]
    return [Polygon([(0, 0), tips[k], tips[(k + 1) % n]]) for k in range(n)]


def _holes(draw):
    """An enclave, a hole that nobody fills, a unit of two parts, a sliver a nanometre wide."""
    x, y, radius = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.floats(0.2, 1.5))
    enclave, hole = box(x, y, x + 2, y + 2), shapely.Point(8, 8).buffer(radius)
    parts = MultiPolygon([box(20, 0, 21, 1), hole.buffer(-radius / 2)])
    sliver = Polygon([(10, 0), (10 + 1e-9, 5), (10, 10)])
    return [box(0, 0, 10, 10).difference(enclave).difference(hole), enclave, parts, sliver]


def _comb(draw):
    teeth = sorted(draw(st.sets(st.integers(0, 200), min_size=4, max_size=30)))
    line = [(x / 20, (1.0, 9.0)[k % 2]) for k, x in enumerate(teeth)]
    west, east = line[0][0], line[-1][0]
    return [Polygon([*line, (east, -1), (west, -1)]), Polygon([*line, (east, 11), (west, 11)])]


def _in_domain(xy):
    """Without the coordinates near 0 whose differences `geo.partition.lookup.orientation` leaves out as too small."""
    return np.where(np.abs(xy) < 1e-120, 0.0, xy)


@st.composite
def worlds(draw):
    """(units, codes): valid polygons, moved, turned, stretched, and codes in any order."""
    shapes = draw(st.sampled_from([_squares, _overlaps, _cells, _triangles, _star, _holes, _comb]))(draw)
    how = draw(st.sampled_from(["as they are", "far", "stretched", "turned", "degrees"]))
    angle, factor = draw(st.floats(0, 6.3)), draw(st.floats(1e-4, 1e4))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    move = {
        "as they are": lambda xy: xy,
        "far": lambda xy: xy + np.array([3e6, 4.1e6]),
        "stretched": lambda xy: xy * factor - 5,
        "turned": lambda xy: xy @ turn,
        "degrees": lambda xy: xy / 8 + np.array([109.5, 28.25]),
    }[how]
    moved = [shapely.transform(shape, lambda xy: _in_domain(move(xy))) for shape in shapes]
    units = np.array([unit for unit in moved if unit.is_valid and unit.area > 0], dtype=object)
    codes = draw(st.permutations([f"u{k:02d}" for k in range(len(units))]))
    return units, codes


@st.composite
def points_of(draw, units, n=12):
    """x and y of points anywhere, at corners, in the middle of edges, on them as far as doubles go, and beside them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = shapely.get_coordinates(units)
    west, south, east, north = shapely.total_bounds(units)
    wide = 0.05 * max(east - west, north - south)
    pick = rng.integers(0, len(corners) - 1, n)
    along = rng.uniform(0, 1, (n, 1))
    anywhere = rng.uniform([west - wide, south - wide], [east + wide, north + wide], (3 * n, 2))
    drawn = [
        corners[pick],
        (corners[pick] + corners[pick + 1]) / 2,
        corners[pick] + along * (corners[pick + 1] - corners[pick]),
        np.nextafter(corners[pick], rng.choice([-np.inf, np.inf], (n, 2))),
        np.column_stack([corners[pick, 0], corners[rng.permutation(pick), 1]]),
        np.floor(anywhere * 8) / 8,
        anywhere,
    ]
    x, y = _in_domain(np.concatenate(drawn)).T
    return np.ascontiguousarray(x), np.ascontiguousarray(y)


def by_geos(units, codes, x, y):
    """The position of the lowest code among the units that GEOS says meet each point, -1 where there is none."""
    order = np.array(sorted(range(len(codes)), key=codes.__getitem__), dtype=int)
    rank = np.argsort(order)
    unit, point = shapely.STRtree(shapely.points(x, y)).query(units, predicate="intersects")
    lowest = np.full(len(x), len(units))
    np.minimum.at(lowest, point, rank[unit])
    return np.append(order, -1)[lowest]


def by_fractions(units, codes, x, y):
    """The same for one point without any rounding: even-odd crossings in rational arithmetic."""
    px, py = Fraction(float(x)), Fraction(float(y))
    for n in sorted(range(len(codes)), key=codes.__getitem__):
        inside = False
        rings = shapely.get_rings(shapely.get_parts(units[n]))
        for ring in rings:
            corners = [tuple(map(Fraction, corner)) for corner in shapely.get_coordinates(ring).tolist()]
            for (ax, ay), (bx, by) in pairwise(corners):
                turn = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
                if turn == 0 and min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by):
                    return n
                if (ay > py) != (by > py) and (turn < 0) == (by > ay):
                    inside = not inside
        if inside:
            return n
    return -1


def expected(units, codes, x, y, found):
    """The answers of GEOS; where `found` differs from one, that of rational arithmetic.

    GEOS takes orientations in double-double arithmetic and calls a point on an edge that is 1e-33 beside it.
    """
    answers = by_geos(units, codes, x, y)
    for n in np.flatnonzero(answers != found):
        answers[n] = by_fractions(units, codes, x[n], y[n])
    return answers
