"""Whole months and ISO weeks by the calendar."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.hotspots.emerging.steps import find_whole_steps, whole_steps
from geo.hotspots.events import Events, to_events


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        (date(2024, 11, 1), date(2026, 10, 31), (date(2024, 11, 1), date(2026, 10, 31))),
        (date(2026, 1, 4), date(2026, 3, 28), (date(2026, 1, 1), date(2026, 3, 31))),
        (date(2026, 1, 5), date(2026, 3, 27), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 12, 10), date(2027, 1, 31), (date(2027, 1, 1), date(2027, 1, 31))),
        (date(2024, 2, 1), date(2024, 2, 27), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 2, 1), date(2024, 2, 26), None),
        (date(2026, 1, 20), date(2026, 2, 20), None),
        (date(2026, 5, 7), date(2026, 5, 7), None),
    ],
)
def test_whole_months(first, last, wanted):
    """Nine tenths: 27.9 of 31 days, 25.2 of 28, 26.1 of 29 (2024)."""
    assert whole_steps(first, last, "month") == wanted


@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(0, 40))
def test_whole_weeks_run_from_monday_to_sunday_and_leave_out_less_than_one(first, n_days):
    last = first + timedelta(days=n_days)
    found = whole_steps(first, last, "week")
    mondays = [day.date() for day in pd.date_range(first, last) if day.isocalendar().weekday == 1]
    whole = [day for day in mondays if day + timedelta(days=6) <= last]
    assert found == ((whole[0], whole[-1] + timedelta(days=6)) if whole else None)


def events_on(*days: str) -> Events:
    rows = pd.DataFrame({"reported_at": pd.to_datetime([f"{day}T04:00Z" for day in days], utc=True)})
    rows = rows.assign(category="noise", channel=None, outcome=None, reopened=None)
    nowhere = np.zeros(len(days))
    return to_events(rows, {"grid": np.zeros(len(days), dtype=np.int32)}, nowhere, nowhere, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("step", "days", "wanted"),
    [
        ("day", None, ("2026-01-14", "2026-03-10")),
        ("week", None, ("2026-01-19", "2026-03-08")),
        ("month", None, ("2026-02-01", "2026-02-28")),
        ("week", (date(2026, 1, 21), date(2027, 1, 1)), ("2026-01-26", "2026-03-08")),
        ("month", (date(2025, 1, 1), date(2026, 2, 20)), None),
        ("day", (date(2027, 1, 1), date(2027, 1, 2)), None),
    ],
)
def test_steps_lie_within_the_records_and_what_is_asked(step, days, wanted):
    """Records from Wednesday 14 January to Tuesday 10 March 2026."""
    found = find_whole_steps(events_on("2026-01-14", "2026-02-03", "2026-03-10"), date(2026, 12, 31), step, days)
    assert found == (None if wanted is None else tuple(map(date.fromisoformat, wanted)))


def test_records_end_with_the_date_of_the_data_and_none_have_no_steps():
    assert find_whole_steps(events_on("2026-01-14", "2026-03-10"), date(2026, 2, 1), "day") == (
        date(2026, 1, 14),
        date(2026, 2, 1),
    )
    assert find_whole_steps(events_on(), date(2026, 2, 1), "day") is None
