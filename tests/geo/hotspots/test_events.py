"""Event columns: civil time as datetime and zoneinfo read it, order, words, unknown times."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.events import MOST_WORDS, NO_DAY, NO_WORD, POOLED, UNKNOWN, Events, civil_time, to_events

ZONES = ("Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC")
EPOCH = date(1970, 1, 1)


def rows_at(*moments: str | None, **columns: object) -> pd.DataFrame:
    at = pd.Series(pd.to_datetime(list(moments), utc=True)).astype("datetime64[us, UTC]")
    return pd.DataFrame(
        {"reported_at": at, "category": None, "channel": None, "outcome": None, "reopened": None}
    ).assign(**columns)


def events_of(rows: pd.DataFrame, units: list[int] | None = None, zone: str = "UTC") -> Events:
    unit = np.zeros(len(rows), dtype=np.int32) if units is None else np.array(units, dtype=np.int32)
    place = np.arange(len(rows), dtype=float)
    return to_events(rows, {"grid": unit}, place, -place, zone)


@given(st.lists(st.datetimes(datetime(1999, 1, 1), datetime(2031, 1, 1)), min_size=1), st.sampled_from(ZONES))
def test_civil_time_is_that_of_zoneinfo(moments, zone):
    utc = pd.Series(pd.to_datetime(moments, utc=True)).astype("datetime64[us, UTC]")
    day, minute = civil_time(utc, zone)
    for n, moment in enumerate(moments):
        civil = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        assert (day[n], minute[n]) == ((civil.date() - EPOCH).days, civil.hour * 60 + civil.minute)


def test_new_york_skips_an_hour_in_spring_and_repeats_one_in_autumn():
    """10 March 2024: 01:59 EST is followed by 03:00 EDT. 3 November 2024: 01:59 EDT is followed by 01:00 EST."""
    moments = ["2024-03-10T06:59Z", "2024-03-10T07:00Z", "2024-11-03T05:59Z", "2024-11-03T06:00Z", "2024-11-03T06:59Z"]
    found = events_of(rows_at(*moments), zone="America/New_York")
    assert found.minute.tolist() == [119, 180, 119, 60, 119]
    assert found.day.tolist() == [(date(2024, 3, 10) - EPOCH).days] * 2 + [(date(2024, 11, 3) - EPOCH).days] * 3


def test_a_leap_day_is_a_day():
    found = events_of(rows_at("2024-02-28T12:00Z", "2024-02-29T12:00Z", "2024-03-01T12:00Z"))
    assert np.diff(found.day).tolist() == [1, 1]


def test_days_never_fall_where_the_clock_goes_back_over_midnight():
    """Sao Paulo, 18 February 2018: midnight became 23:00 of the 17th, so UTC order is not civil order of minutes."""
    found = events_of(rows_at("2018-02-18T01:30Z", "2018-02-18T02:30Z", "2018-02-18T03:30Z"), zone="America/Sao_Paulo")
    assert np.diff(found.day).tolist() == [0, 1]
    assert found.minute.tolist() == [23 * 60 + 30, 23 * 60 + 30, 30]


def test_rows_are_sorted_by_time_and_those_in_no_unit_are_left_out():
    found = events_of(rows_at("2024-01-03", "2024-01-01", "2024-01-02"), units=[5, 6, -1])
    assert found.units["grid"].tolist() == [6, 5]
    assert found.x_m.tolist() == [1.0, 0.0]
    assert len(found) == 2


def test_a_row_in_a_unit_of_one_joined_level_only_is_kept():
    rows = rows_at("2024-01-03", "2024-01-01")
    units = {"grid": np.array([-1, 2], dtype=np.int32), "district": np.array([3, -1], dtype=np.int32)}
    found = to_events(rows, units, [0.0, 0.0], [0.0, 0.0], "UTC")
    assert found.units["grid"].tolist() == [2, -1]
    assert found.units["district"].tolist() == [-1, 3]


def test_an_unknown_time_stands_first_with_minute_minus_one():
    found = events_of(rows_at("2024-01-03", None))
    assert found.day[0] == NO_DAY
    assert found.minute.tolist() == [-1, 0]


def test_cells_without_a_value_have_a_code_of_their_own():
    found = events_of(
        rows_at("2024-01-01", "2024-01-02", "2024-01-03", outcome=["b", None, "a"], reopened=[1, None, 0])
    )
    assert found.outcome.tolist() == [1, NO_WORD, 0]
    assert found.words["outcome"] == ("a", "b")
    assert found.reopened.tolist() == [1, UNKNOWN, 0]


@pytest.mark.parametrize("n_words", [253, 254, 255, 256, 257, 600])
def test_more_words_than_codes_never_wrap(n_words):
    """Word k comes once, word 0 twice: kept are word 0 and then, as all others tie, the first by code point."""
    names = [f"w{number:03d}" for number in range(n_words)]
    found = events_of(rows_at(*["2024-01-01"] * (n_words + 1), category=[*names, "w000"]))
    kept = names[:MOST_WORDS]
    assert found.words["category"] == tuple(kept)
    wanted = [number if number < MOST_WORDS else POOLED for number in range(n_words)]
    assert found.category.tolist() == [*wanted, 0]


def test_no_rows():
    found = events_of(rows_at())
    assert len(found) == 0
    assert found.words == {"category": (), "channel": (), "outcome": ()}
