"""The live index against a plain list of points, against a fresh bulk load after many edits, and under threads."""

import math
import threading

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from geo.errors import BadInput, BadQuery, NotFound
from geo.partition.live import LivePoints, TouchedUnits

SPAN_M = 10_000
FAR = (600_000.0, 3_130_000.0)

places = st.tuples(st.integers(-8, 8).map(float), st.integers(-8, 8).map(float))
edits = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.none() | places), max_size=60)


def by_hand(points: dict[str, tuple[float, float]], x: float, y: float, radius: float) -> list[tuple[str, float]]:
    all_ = sorted((math.hypot(px - x, py - y), name) for name, (px, py) in points.items())
    return [(name, distance) for distance, name in all_ if distance <= radius]


def fresh(live: LivePoints) -> LivePoints:
    names, x, y = zip(*live.points(), strict=True) if len(live) else ((), (), ())
    return LivePoints(names, x, y)


@given(st.dictionaries(st.sampled_from("abcdefgh"), places), edits, places, st.integers(0, 12))
def test_any_edits_give_what_a_plain_list_gives(start, changes, centre, radius):
    points = {name: (x + FAR[0], y + FAR[1]) for name, (x, y) in start.items()}
    live = LivePoints(list(points), [x for x, _ in points.values()], [y for _, y in points.values()])
    for name, place in changes:
        if place is not None:
            points[name] = place[0] + FAR[0], place[1] + FAR[1]
            live.put(name, *points[name])
        elif name in points:
            del points[name]
            live.drop(name)
        else:
            with pytest.raises(NotFound):
                live.drop(name)
    x, y = centre[0] + FAR[0], centre[1] + FAR[1]
    assert live.near(x, y, radius) == by_hand(points, x, y, radius)
    boxed = [n for n, (px, py) in points.items() if x <= px <= x + radius and y - radius <= py <= y]
    assert live.inside(x, y - radius, x + radius, y) == sorted(boxed)
    assert live.points() == sorted((name, px, py) for name, (px, py) in points.items())


@given(st.floats(-4e6, 4e6), st.floats(-4e6, 4e6), st.floats(0, 1e5), st.floats(0, 6.3))
def test_a_point_on_the_circle_is_near(x, y, radius, angle):
    there = x + radius * math.cos(angle), y + radius * math.sin(angle)
    distance = math.hypot(there[0] - x, there[1] - y)
    assert LivePoints(["p"], [there[0]], [there[1]]).near(x, y, distance) == [("p", distance)]


def edit(live: LivePoints, rng: np.random.Generator, names: list[str], n: int) -> None:
    for _ in range(n):
        name = names[rng.integers(len(names))]
        kind = rng.random()
        if kind < 0.25:
            try:
                live.drop(name)
            except NotFound:
                live.put(name, *rng.uniform(0, SPAN_M, 2))
        else:
            live.put(name, *rng.uniform(0, SPAN_M, 2))


def test_after_10_000_edits_it_answers_as_a_fresh_bulk_load():
    rng = np.random.default_rng(3)
    names = [f"c{number}" for number in range(4_000)]
    live = LivePoints(names[:2_000], *rng.uniform(0, SPAN_M, (2, 2_000)))
    edit(live, rng, names, 10_000)
    again = fresh(live)
    assert len(again) == len(live)
    for x, y, radius in rng.uniform(0, SPAN_M, (300, 3)):
        assert live.near(x, y, radius / 10) == again.near(x, y, radius / 10)
        assert live.inside(x, y, x + radius, y + radius) == again.inside(x, y, x + radius, y + radius)
    assert live.inside(0, 0, SPAN_M, SPAN_M) == sorted(name for name, _, _ in live.points())


def test_threads_that_read_and_write_at_once_leave_a_whole_index():
    """Each writer has names of its own; a point that nobody moves must be in every answer."""
    rng = np.random.default_rng(4)
    live = LivePoints(["still"], [SPAN_M / 2], [SPAN_M / 2])
    faults: list[BaseException] = []
    stop = threading.Event()

    def write(number: int) -> None:
        try:
            names = [f"w{number}-{k}" for k in range(200)]
            edit(live, np.random.default_rng(number), names, 1_500)
        except BaseException as fault:
            faults.append(fault)

    def read() -> None:
        try:
            while not stop.is_set():
                assert "still" in live.inside(0, 0, SPAN_M, SPAN_M)
                assert live.near(SPAN_M / 2, SPAN_M / 2, 0)[0][0] == "still"
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(4)]
    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    assert not faults
    again = fresh(live)
    for x, y in rng.uniform(0, SPAN_M, (100, 2)):
        assert live.near(x, y, 700) == again.near(x, y, 700)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_no_place_is_refused_and_nothing_changes(bad):
    with pytest.raises(BadInput, match=r"1 points have no finite coordinates: b \(row 1\)"):
        LivePoints(["a", "b"], [0.0, 1.0], [0.0, bad])
    live = LivePoints(["a"], [1.0], [2.0])
    for x, y in ((bad, 0.0), (0.0, bad)):
        with pytest.raises(BadInput, match=r"a: .* is no place"):
            live.put("a", x, y)
    assert live.near(1, 2, 0) == [("a", 0.0)]
    with pytest.raises(BadQuery, match="not all finite"):
        live.near(bad, 0, 1)
    with pytest.raises(BadQuery, match="not all finite"):
        live.inside(0, 0, bad, 1)


def test_a_name_comes_once():
    with pytest.raises(BadInput, match="names must differ"):
        LivePoints(["a", "a"], [0.0, 1.0], [0.0, 1.0])


def test_an_empty_index_takes_the_first_point():
    live = LivePoints([], [], [])
    assert (live.near(0, 0, 1e9), live.inside(0, 0, 1, 1), live.points(), len(live)) == ([], [], [], 0)
    live.put("a", 0, 0)
    assert live.near(0, 0, 1) == [("a", 0.0)]
    live.drop("a")
    assert live.near(0, 0, 1e9) == []


def test_a_box_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadQuery, match="ends before it begins"):
        LivePoints([], [], []).inside(1, 0, 0, 1)


SQUARES = [box(x, y, x + 10, y + 10) for y in (0, 10, 20) for x in (0, 10, 20)]


@settings(deadline=None)
@given(st.integers(-5, 35), st.integers(-5, 35), st.integers(0, 20))
def test_touched_units_are_those_that_geos_says(x, y, radius):
    units = TouchedUnits(SQUARES)
    near = [n for n, square in enumerate(SQUARES) if shapely.distance(square, shapely.Point(x, y)) <= radius]
    assert units.by_circle(x, y, radius).tolist() == near
    shape = box(x, y, x + radius, y + 1)
    touching = [n for n, square in enumerate(SQUARES) if shapely.intersects(square, shape)]
    assert units.by_shapes([shape]).tolist() == touching
    assert units.by_shapes([shape, shapely.Polygon()]).tolist() == touching


def test_no_units_and_no_shapes_touch_nothing():
    assert TouchedUnits([]).by_circle(0, 0, 1).tolist() == []
    assert TouchedUnits(SQUARES).by_shapes([]).tolist() == []
    with pytest.raises(BadQuery, match="not all finite"):
        TouchedUnits(SQUARES).by_circle(math.nan, 0, 1)
