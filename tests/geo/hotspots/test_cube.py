"""Cubes against plain Python counting over the same rows."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadQuery
from geo.hotspots import cube as cube_room
from geo.hotspots.cube import Cube, Wanted, count_cube, find_wanted
from geo.hotspots.events import Events, to_events

ZONE = "America/New_York"
N_UNITS = 4
SAME = np.arange(N_UNITS, dtype=np.int32)
EPOCH = date(1970, 1, 1)
STEPS = ("all", "day", "week", "month", "weekday_hour")

moments = st.one_of(
    st.datetimes(datetime(2023, 12, 25), datetime(2024, 3, 12)),  # a year's turn, a leap day, a skipped hour
    st.datetimes(datetime(2024, 11, 1), datetime(2024, 11, 6)),  # a repeated hour
    st.none(),
)
words = st.sampled_from(["fire", "noise", None])
incidents = st.lists(
    st.tuples(moments, st.integers(-1, N_UNITS - 1), words, words, st.sampled_from([True, False, None]))
)
wanted = st.builds(
    Wanted,
    days=st.none() | st.just((date(2024, 1, 30), date(2024, 3, 10))),
    hours=st.none() | st.sets(st.integers(0, 23)).map(tuple),
    weekdays=st.none() | st.sets(st.integers(1, 7)).map(tuple),
    categories=st.sampled_from([None, (), ("",), ("fire",), ("fire", "noise")]),
    channels=st.sampled_from([None, ("noise", "")]),
    reopened=st.sampled_from([None, True, False]),
)


def to_rows(found: list[tuple]) -> pd.DataFrame:
    at, _, category, channel, reopened = zip(*found, strict=True) if found else [()] * 5
    return pd.DataFrame(
        {
            "reported_at": pd.Series(pd.to_datetime(list(at), utc=True)).astype("datetime64[us, UTC]"),
            "category": pd.Series(category, dtype=object),
            "channel": pd.Series(channel, dtype=object),
            "outcome": None,
            "reopened": pd.Series(reopened, dtype="boolean"),
        }
    )


def make(found: list[tuple]) -> Events:
    unit = np.array([row[1] for row in found], dtype=np.int32)
    return to_events(to_rows(found), {"grid": unit}, np.zeros(len(found)), np.zeros(len(found)), ZONE)


def known_words(found: list[tuple], asked: Wanted) -> bool:
    inside = [row for row in found if row[1] >= 0]
    have = [{row[place] for row in found if row[place]} | {""} for place in (2, 3)]
    return bool(inside) and set(asked.categories or ()) <= have[0] and set(asked.channels or ()) <= have[1]


def label(civil: datetime, step: str) -> str:
    if step == "week":
        return "{}-W{:02d}".format(*civil.isocalendar()[:2])
    forms = {"all": "all", "day": "%Y-%m-%d", "month": "%Y-%m", "weekday_hour": "%u %H"}
    return civil.strftime(forms[step])


def by_hand(found: list[tuple], asked: Wanted, step: str) -> Counter:
    counts: Counter = Counter()
    for at, unit, category, channel, reopened in found:
        if unit < 0:
            continue
        if asked.categories is not None and (category or "") not in asked.categories:
            continue
        if asked.channels is not None and (channel or "") not in asked.channels:
            continue
        if asked.reopened is not None and reopened is not asked.reopened:
            continue
        if at is None:
            if step == "all" and asked.days is None and asked.hours is None and asked.weekdays is None:
                counts["all", unit] += 1
            continue
        civil = at.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE))
        if asked.days is not None and not asked.days[0] <= civil.date() <= asked.days[1]:
            continue
        if asked.hours is not None and civil.hour not in asked.hours:
            continue
        if asked.weekdays is not None and civil.isoweekday() not in asked.weekdays:
            continue
        counts[label(civil, step), unit] += 1
    return counts


def as_counter(cube: Cube) -> Counter:
    assert cube.counts.shape[0] == len(cube.steps)
    rows, columns = np.nonzero(cube.counts)
    return Counter(
        {(cube.steps[row], int(unit)): int(cube.counts[row, unit]) for row, unit in zip(rows, columns, strict=True)}
    )


@settings(deadline=None)
@given(incidents, wanted, st.sampled_from(STEPS))
def test_a_cube_is_what_counting_by_hand_gives(found, asked, step):
    if not known_words(found, asked):
        return
    cube = count_cube(make(found), "grid", SAME, N_UNITS, step, asked)
    assert as_counter(cube) == by_hand(found, asked, step)


@settings(deadline=None)
@given(incidents, wanted)
def test_wanted_rows_are_those_that_are_counted_by_hand(found, asked):
    if not known_words(found, asked):
        return
    events = make(found)
    rows = events.units["grid"][find_wanted(events, asked)]
    assert Counter(("all", int(unit)) for unit in rows) == by_hand(found, asked, "all")


@settings(deadline=None)
@given(incidents, st.sampled_from(STEPS))
def test_parents_hold_the_sum_of_their_children(found, step):
    fine = count_cube(make(found), "grid", SAME, N_UNITS, step)
    coarse = count_cube(make(found), "grid", np.array([0, 1, 1, 0], dtype=np.int32), 2, step)
    assert coarse.steps == fine.steps
    assert coarse.counts[:, 0].tolist() == (fine.counts[:, 0] + fine.counts[:, 3]).tolist()
    assert coarse.counts[:, 1].tolist() == (fine.counts[:, 1] + fine.counts[:, 2]).tolist()


@settings(deadline=None)
@given(incidents)
def test_units_that_are_not_asked_for_do_not_count(found):
    whole = count_cube(make(found), "grid", SAME, N_UNITS)
    within = count_cube(make(found), "grid", np.array([-1, 1, -1, 3], dtype=np.int32), N_UNITS)
    assert within.counts[0].tolist() == [0, whole.counts[0, 1], 0, whole.counts[0, 3]]


@settings(deadline=None)
@given(incidents, st.sampled_from(STEPS))
def test_threads_give_what_one_gives(found, step):
    one = count_cube(make(found), "grid", SAME, N_UNITS, step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cube_room, "_MIN_SHARED", 0)
        patch.setattr(cube_room, "_WORKERS", 3)
        many = count_cube(make(found), "grid", SAME, N_UNITS, step)
    assert many.counts.tolist() == one.counts.tolist()


@settings(deadline=None)
@given(incidents, wanted, st.sampled_from(STEPS))
def test_plain_python_gives_what_the_compiled_kernel_gives(found, asked, step):
    if not known_words(found, asked):
        return
    compiled = count_cube(make(found), "grid", SAME, N_UNITS, step, asked)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_keep", "_count_rows"):
            kernel = getattr(cube_room, name)
            patch.setattr(cube_room, name, getattr(kernel, "py_func", kernel))
        plain = count_cube(make(found), "grid", SAME, N_UNITS, step, asked)
    assert plain.counts.tolist() == compiled.counts.tolist()


def test_places_beyond_a_byte_are_reached_in_plain_python(monkeypatch):
    """Hour 23 of Sunday lies 167 steps of 301 counts on: more than a byte or a short number holds."""
    monkeypatch.setattr(cube_room, "_count_rows", getattr(cube_room._count_rows, "py_func", cube_room._count_rows))
    events = at("2024-01-08T04:30")
    cube = count_cube(events, "grid", np.array([299], dtype=np.int32), 300, "weekday_hour")
    assert as_counter(cube) == Counter({("7 23", 299): 1})


def at(*days: str) -> Events:
    return make([(datetime.fromisoformat(day), 0, "fire", None, None) for day in days])


def test_steps_have_no_break_and_weeks_are_iso_weeks():
    """1 January 2024 is a Monday, so week 1; 31 December 2023 is the Sunday of week 52. The last is leap day's week."""
    cube = count_cube(at("2023-12-31T12:00", "2024-03-01T12:00"), "grid", SAME, N_UNITS, "week")
    assert cube.steps == ("2023-W52", *(f"2024-W{week:02d}" for week in range(1, 10)))
    assert cube.counts[:, 0].tolist() == [1, *[0] * 8, 1]
    days = count_cube(at("2024-02-28T12:00", "2024-03-01T12:00"), "grid", SAME, N_UNITS, "day")
    assert days.steps == ("2024-02-28", "2024-02-29", "2024-03-01")


def test_the_repeated_hour_counts_both_times_and_the_skipped_one_never():
    repeated = count_cube(at("2024-11-03T05:30", "2024-11-03T06:30"), "grid", SAME, N_UNITS, "weekday_hour")
    assert as_counter(repeated) == Counter({("7 01", 0): 2})
    skipped = count_cube(at("2024-03-10T06:59", "2024-03-10T07:00"), "grid", SAME, N_UNITS, "weekday_hour")
    assert as_counter(skipped) == Counter({("7 01", 0): 1, ("7 03", 0): 1})


def test_a_period_outside_the_data_has_its_steps_and_no_counts():
    cube = count_cube(
        at("2024-03-01T12:00"), "grid", SAME, N_UNITS, "month", Wanted((date(2025, 1, 1), date(2025, 2, 1)))
    )
    assert cube.steps == ("2025-01", "2025-02")
    assert not cube.counts.any()


@pytest.mark.parametrize("step", STEPS)
def test_no_events(step):
    cube = count_cube(make([]), "grid", SAME, N_UNITS, step)
    assert cube.counts.shape == (len(cube.steps), N_UNITS)
    assert not cube.counts.any()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Wanted(hours=(24,)), "hours are 0 to 23"),
        (Wanted(weekdays=(0,)), "weekdays are 1"),
        (Wanted(categories=("arson",)), "category 'arson' is none"),
        (Wanted(days=(date(2024, 1, 2), date(2024, 1, 1))), "first day lies after"),
        (Wanted(days=(date(1, 1, 1), date(9999, 1, 1))), "too many"),
    ],
)
def test_what_cannot_be_is_refused(asked, said):
    many = 40 if "many" in said else N_UNITS
    with pytest.raises(BadQuery, match=said):
        count_cube(at("2024-03-01T12:00"), "grid", SAME, many, "day", asked)


def test_a_large_table_is_counted_by_threads_as_by_pandas():
    rng = np.random.default_rng(5)
    n = 300_000
    rows = to_rows([(datetime(2024, 1, 1), 0, "fire", "noise", True)]).iloc[[0] * n].reset_index(drop=True)
    seconds = rng.integers(0, 400 * 86400, n)
    rows["reported_at"] = pd.Series(pd.Timestamp("2024-01-01T00:00Z") + pd.to_timedelta(seconds, unit="s")).astype(
        "datetime64[us, UTC]"
    )
    unit = rng.integers(0, N_UNITS, n).astype(np.int32)
    cube = count_cube(to_events(rows, {"grid": unit}, np.zeros(n), np.zeros(n), ZONE), "grid", SAME, N_UNITS, "day")
    civil = rows["reported_at"].dt.tz_convert(ZONE).dt.strftime("%Y-%m-%d")
    table = pd.crosstab(civil, unit)
    assert list(cube.steps) == table.index.tolist()
    assert (cube.counts == table.to_numpy()).all()
