"""Numbers: DOMAIN section 4, a published month: received 1054, filed 996, due 972, closed 911, on time 737."""

import numpy as np
import pandas as pd
import pytest

from geo.hotspots.rates import due_times, measure_rates, wilson
from geo.rules import Rules
from geo.schema import HomeInfo, Level

HOME = HomeInfo("州", "P", "Asia/Shanghai", "EPSG:4326", (Level("town", "镇", "Town"),))
UNITS = pd.DataFrame({"level": ["town", "town"], "code": ["a", "b"]})
AS_OF = pd.Timestamp("2026-02-01", tz="UTC")


def incidents(n: int, **columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(index=range(n))
    for name in ("reported_at", "accepted_at", "filed_at", "due_at", "closed_at"):
        frame[name] = pd.to_datetime(pd.Series([None] * n), utc=True)
    frame["reported_at"] = pd.Timestamp("2026-01-01", tz="UTC")
    frame["category"] = "noise"
    frame["outcome"] = None
    return frame.assign(**columns)


def test_wilson_check_values():
    low, high = wilson(np.array([81.0, 0.0]), np.array([263.0, 20.0]))
    assert low == pytest.approx([0.2553, 0.0], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1611], abs=5e-5)


def test_a_published_month():
    frame = incidents(1054)
    day = pd.Timedelta(days=1)
    start = frame["reported_at"]
    frame["filed_at"] = start.where(frame.index < 996)
    frame["due_at"] = (start + 10 * day).where(frame.index < 972)
    frame["closed_at"] = (start + 5 * day).where(frame.index < 737, start + 20 * day).where(frame.index < 911)
    table = measure_rates(UNITS, HOME, frame, pd.DataFrame({"town": ["a"] * 1054}), Rules(), AS_OF).set_index("code")
    assert table.loc["a", ["n_received", "n_filed", "n_due", "n_closed", "n_on_time"]].tolist() == [
        1054,
        996,
        972,
        911,
        737,
    ]
    assert table.loc["a", "close_share"] == pytest.approx(0.9372, abs=5e-5)
    assert table.loc["a", "on_time_share"] == pytest.approx(0.7582, abs=5e-5)
    assert table.loc["b", "n_received"] == 0
    assert np.isnan(table.loc["b", "close_share"])
    assert table["n_accepted"].isna().all()


def test_what_no_source_records_is_not_available_not_zero():
    table = measure_rates(UNITS, HOME, incidents(3), pd.DataFrame({"town": ["a", "b", "b"]}), Rules(), AS_OF)
    assert table["n_received"].tolist() == [1, 2]
    assert table[["n_due", "n_closed", "n_mediated", "on_time_share"]].isna().all().all()


def test_a_limit_per_category_stands_in_for_a_missing_due_time():
    due = due_times(incidents(1), Rules(due_days=(("noise", 3.0),)))
    assert due.iloc[0] == pd.Timestamp("2026-01-04", tz="UTC")


def test_the_solved_are_the_mediated_and_the_resolved_of_the_accepted():
    """Of 6 accepted 2 are mediated and 1 resolved; a seventh, resolved, was never accepted."""
    frame = incidents(7, outcome=["mediated", "mediated", "resolved", "rejected", "escalated", "open", "resolved"])
    frame["accepted_at"] = frame["reported_at"].where(frame.index < 6)
    table = measure_rates(UNITS, HOME, frame, pd.DataFrame({"town": ["a"] * 7}), Rules(), AS_OF).set_index("code")
    assert table.loc["a", ["n_accepted", "n_mediated", "n_solved"]].tolist() == [6, 2, 3]
    assert table.loc["a", "solve_share"] == 0.5
    low, high = wilson(np.array([3.0]), np.array([6.0]))
    assert table.loc["a", ["solve_share_low", "solve_share_high"]].tolist() == [low[0], high[0]]
