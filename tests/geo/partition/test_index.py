from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadInput, BadPartition, BrokenSnapshot, TooLarge
from geo.partition import index as index_module
from geo.partition import lattice
from geo.partition.index import Frame, PartitionIndex
from geo.partition.lookup import exact_orientation, orientation
from geo.partition.lookup_arrays import look_up_arrays
from tests.geo.partition import worlds

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def by_arrays(index, x, y):
    frame = Frame(float(index.frame[0]), *(int(value) for value in index.frame[1:]))
    return look_up_arrays(x, y, frame, index.cells, index.records)


def check_one_world(data, monkeypatch):
    units, codes = data.draw(worlds.worlds())
    if not len(units):
        return
    x, y = data.draw(worlds.points_of(units))
    with monkeypatch.context() as patch:
        patch.setattr(lattice, "LEAF_EDGES", data.draw(st.sampled_from([1, 3, 12])))
        patch.setattr(lattice, "CELLS_PER_UNIT", data.draw(st.sampled_from([1, 16, 512])))
        index = PartitionIndex.build(units, codes)
    found = index.assign(x, y)
    assert found.tolist() == worlds.expected(units, codes, x, y, found).tolist()
    assert by_arrays(index, x, y).tobytes() == found.tobytes()


@settings(max_examples=150, deadline=None, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_answer_is_exact_and_ties_go_to_the_lowest_code(data, monkeypatch):
    check_one_world(data, monkeypatch)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=[*SLOW, HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_ten_thousand_worlds(data, monkeypatch):
    check_one_world(data, monkeypatch)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_sum_over_units_is_the_number_of_points_they_cover_in_any_order_of_units_and_points(data):
    units, codes = data.draw(worlds.worlds())
    if not len(units):
        return
    x, y = data.draw(worlds.points_of(units))
    found = PartitionIndex.build(units, codes).assign(x, y)
    covered = worlds.expected(units, codes, x, y, found) >= 0
    assert np.bincount(found[found >= 0], minlength=len(units)).sum() == covered.sum()
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    order, turn = rng.permutation(len(units)), rng.permutation(len(x))
    again = PartitionIndex.build(units[order], [codes[k] for k in order]).assign(x[turn], y[turn])
    named = np.append(np.array(codes), "")
    assert named[order][again[again >= 0]].tolist() == named[found[turn]][found[turn] >= 0].tolist()
    assert ((again < 0) == (found[turn] < 0)).all()


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(data=st.data(), room=st.sampled_from([2_000, 6_000, 20_000]))
def test_less_room_gives_the_same_answers_and_is_never_exceeded(data, room):
    units, codes = data.draw(worlds.worlds())
    if not len(units):
        return
    x, y = data.draw(worlds.points_of(units))
    whole = PartitionIndex.build(units, codes)
    try:
        tight = PartitionIndex.build(units, codes, max_bytes=room)
    except TooLarge:
        # At the coarsest there are four cells: an edge is in each at most once, with three rows of 16 bytes.
        assert room < 4 * (3 * 16 * shapely.get_num_coordinates(units).sum() + 20)
        return
    assert tight.cells.nbytes + tight.records.nbytes <= room
    assert tight.assign(x, y).tobytes() == whole.assign(x, y).tobytes()


def test_saved_and_opened_again_it_gives_the_same_bytes(tmp_path):
    rng = np.random.default_rng(5)
    units = np.array(list(shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(rng.uniform(0, 1, (50, 2)))))))
    index = PartitionIndex.build(units, [f"{k:02d}" for k in range(50)])
    x, y = rng.uniform(-0.1, 1.1, (2, 5_000))
    index.save(tmp_path, "index.grid")
    again = PartitionIndex.open(tmp_path, "index.grid")
    assert again.assign(x, y).tobytes() == index.assign(x, y).tobytes()
    assert again.nbytes == index.nbytes == sum(a.nbytes for a in (index.frame, index.cells, index.records))
    with pytest.raises(ValueError, match="read-only"):
        again.cells[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        index.cells[0] = 1
    (tmp_path / "index.grid.cells.npy").unlink()
    with pytest.raises(BrokenSnapshot, match=r"index\.grid"):
        PartitionIndex.open(tmp_path, "index.grid")


def test_corner_of_four_goes_to_the_lowest_code_by_code_point():
    squares = [shapely.box(x, y, x + 1, y + 1) for x in (0, 1) for y in (0, 1)]
    found = PartitionIndex.build(squares, ["b", "a", "网", "B"]).assign([1.0], [1.0])
    assert found.tolist() == [3]
    assert found.dtype == np.int32


def test_a_point_so_near_an_edge_that_geos_takes_it_for_one_on_it():
    comb = [(0.05, 1), (0.3, 9), (0.35, 1), (0.4, 9)]
    below, above = (shapely.Polygon([*comb, (0.4, y), (0.05, y)]) for y in (-1, 11))
    x, y = np.nextafter([0.05], 1), np.nextafter([1.0], 2)
    assert above.intersects(shapely.Point(x[0], y[0]))
    assert worlds.by_fractions([below, above], ["b", "a"], x[0], y[0]) == 0
    assert PartitionIndex.build([below, above], ["b", "a"]).assign(x, y).tolist() == [0]


def test_threads_and_chunks_do_not_change_the_answer(monkeypatch):
    units = [shapely.box(x, y, x + 1, y + 1) for x in range(9) for y in range(9)]
    index = PartitionIndex.build(units, [f"{k:02d}" for k in range(81)])
    x, y = np.random.default_rng(3).uniform(-1, 10, (2, 5_000)).round(1)
    whole = index.assign(x, y)
    monkeypatch.setattr(index_module, "CHUNK", 70)
    assert index.assign(x, y).tobytes() == whole.tobytes()
    monkeypatch.setattr(index_module, "THREADS", 1)
    assert index.assign(x, y).tobytes() == whole.tobytes()
    monkeypatch.setattr(index_module, "IS_COMPILED", False)
    assert index.assign(x, y).tobytes() == whole.tobytes()


def test_points_without_finite_coordinates_are_refused_by_their_row_numbers():
    index = PartitionIndex.build([shapely.box(0, 0, 1, 1)], ["a"])
    x = np.full(200_000, 0.5)
    x[[7, 150_000]] = np.nan, np.inf
    with pytest.raises(BadInput, match="2 of 200000 points have no finite coordinates: rows 7, 150000"):
        index.assign(x, np.full(len(x), 0.5))
    with pytest.raises(BadInput, match=r"\(2,\) x but \(3,\) y"):
        index.assign([1.0, 2.0], [1.0, 2.0, 3.0])


def test_nothing_in_nothing_out():
    index = PartitionIndex.build([shapely.box(0, 0, 1, 1)], ["a"])
    assert index.assign([], []).tolist() == []
    assert PartitionIndex.build([], []).assign([0.5, 1e9], [0.5, -1e9]).tolist() == [-1, -1]
    hollow = PartitionIndex.build([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], ["a", "b", "c"])
    assert hollow.assign([0.5, 2.0], [0.5, 0.5]).tolist() == [2, -1]


def test_codes_come_once_and_match_the_polygons():
    with pytest.raises(BadPartition, match="twice: a"):
        PartitionIndex.build([shapely.box(0, 0, 1, 1)] * 2, ["a", "a"])
    with pytest.raises(BadPartition, match="1 geometries but 0 codes"):
        PartitionIndex.build([shapely.box(0, 0, 1, 1)], [])
    with pytest.raises(BadPartition, match="no polygons: b"):
        PartitionIndex.build([shapely.box(0, 0, 1, 1), shapely.Point(0, 0)], ["a", "b"])
    with pytest.raises(BadPartition, match="not a finite number"):
        PartitionIndex.build([shapely.Polygon([(0, 0), (1, 0), (float("inf"), 1)])], ["a"])
    with pytest.raises(TooLarge, match="100 were allowed"):
        PartitionIndex.build([shapely.Point(0, 0).buffer(1)], ["a"], max_bytes=100)


def test_a_hundred_thousand_points_on_one_corner_of_many_units():
    angle = np.linspace(0, 2 * np.pi, 201)
    tips = np.column_stack([np.cos(angle), np.sin(angle)])
    slices = [shapely.Polygon([(0, 0), a, b]) for a, b in pairwise(tips)]
    index = PartitionIndex.build(slices, [f"{(k * 7) % 200:03d}" for k in range(200)])
    assert set(index.assign(np.zeros(100_000), np.zeros(100_000)).tolist()) == {0}


def test_a_unit_of_a_million_corners():
    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    reach = 1000 + 50 * np.sin(997 * angle)
    ring = np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])
    lake = shapely.Polygon(ring)
    land = shapely.box(-1200, -1200, 1200, 1200).difference(lake)
    index = PartitionIndex.build([land, lake], ["b", "a"])
    rng = np.random.default_rng(8)
    x, y = np.concatenate([rng.uniform(-1250, 1250, (2_000, 2)), ring[::5_000], (ring[::5_000] + ring[1::5_000]) / 2]).T
    shapely.prepare([lake, land])
    in_lake, on_land = shapely.intersects_xy(lake, x, y), shapely.intersects_xy(land, x, y)
    assert index.assign(x, y).tolist() == np.where(in_lake, 1, np.where(on_land, 0, -1)).tolist()
    assert by_arrays(index, *(np.ascontiguousarray(v) for v in (x, y))).tolist() == index.assign(x, y).tolist()


@settings(max_examples=300, deadline=None)
@given(
    a=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
    b=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)),
    along=st.floats(-2, 2),
    nudge=st.sampled_from([-1, 0, 0, 1]),
)
def test_orientation_has_the_sign_that_fractions_give(a, b, along, nudge):
    p = (a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1]))
    p = (float(np.nextafter(p[0], nudge * np.inf)) if nudge else p[0], p[1])
    (ax, ay), (bx, by), (px, py) = ([Fraction(v) for v in point] for point in (a, b, p))
    exact = (ax - px) * (by - py) - (ay - py) * (bx - px)
    sign = (exact > 0) - (exact < 0)
    if exact == 0 or abs(exact) > Fraction(1, 10**200):
        assert orientation(*a, *b, *p) == sign
        assert exact_orientation(*a, *b, *p) == sign
