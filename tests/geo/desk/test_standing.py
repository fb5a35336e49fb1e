"""How parts stand beside each other, against pandas over the rows that were written."""

from datetime import date

import pandas as pd
import pytest

from geo.desk.standing import StandingQuery
from geo.hotspots.cube import EVERY, Wanted
from geo.snapshot.cases import Asked
from tests.geo.desk.conftest import Handled

SUMMER = Wanted(days=(date(2025, 6, 1), date(2025, 8, 31)))


def test_parts_are_ranked_and_add_up_to_the_place(handled: Handled) -> None:
    found = handled.desk.standing(StandingQuery(), "analyst")
    parts = found["parts"]
    assert parts["level"] == "town"
    assert [row["code"] for row in parts["rows"]] == ["B", "A"]
    assert sum(row["n"] for row in parts["rows"]) == len(handled.rows)
    assert sum(row["on_time"]["of"] for row in parts["rows"]) == found["rates"]["on_time_share"]["of"]
    grids = handled.desk.standing(StandingQuery("B"), "analyst")["parts"]
    assert sum(row["n"] for row in grids["rows"]) == int((handled.rows["town"] == "B").sum())
    rates = [row["eb_rate"] for row in grids["rows"]]
    assert rates == sorted(rates, reverse=True)
    assert handled.desk.standing(StandingQuery("B-4"), "analyst")["parts"] is None


def test_units_in_a_bracket_are_those_that_cannot_be_told_apart(handled: Handled) -> None:
    """A-1 to A-4 have 4 to 6 in 100: neighbours in rank are like each other, the ends need not be."""
    parts = handled.desk.standing(StandingQuery("A"), "analyst")["parts"]
    rows = {row["code"]: row for row in parts["rows"]}
    together = {
        frozenset((one, other)) for group in parts["brackets"] for one in group for other in group if one != other
    }
    for one in rows:
        for other in rows:
            if one != other:
                is_like = rows[one]["best"] <= rows[other]["place"] <= rows[one]["worst"]
                assert is_like == (frozenset((one, other)) in together)
    assert together


def test_a_target_is_missed_where_the_whole_interval_lies_below_it(handled: Handled) -> None:
    """Half of the closed four fifths take three days or less: about 40 % on time, against a target of 90 %."""
    found = handled.desk.standing(StandingQuery(), "analyst")
    assert found["on_time_target"] == 0.9
    assert {row["on_time"]["verdict"] for row in found["parts"]["rows"]} == {"missed"}
    as_of = pd.Timestamp(handled.desk.snapshot().as_of).tz_convert("Asia/Shanghai").tz_localize(None)
    due = handled.rows["day"] + pd.Timedelta(days=3, hours=10)
    in_time = handled.rows["closed"] & (handled.rows["waited"] <= 3)
    share = found["rates"]["on_time_share"]
    assert (share["n"], share["of"]) == (int((in_time & (due <= as_of)).sum()), int((due <= as_of).sum()))


def test_chosen_incidents_are_for_analysts(handled: Handled) -> None:
    summer = handled.rows[handled.rows["day"].between("2025-06-01", "2025-08-31")]
    told = handled.desk.standing(StandingQuery(None, SUMMER), "analyst")
    assert told["follows"]
    assert {row["code"]: row["n"] for row in told["parts"]["rows"]} == summer.groupby("town").size().to_dict()
    veiled = handled.desk.standing(StandingQuery(None, SUMMER), "leader")
    assert not veiled["follows"]
    assert veiled["parts"] == handled.desk.standing(StandingQuery(), "leader")["parts"]


def test_days_count_open_cases(handled: Handled) -> None:
    """Closed after 1 to 6 days, one in five never: half of all are closed on day 4 at the latest, not on day 3."""
    rows = {row["key"]: row for row in handled.desk.standing(StandingQuery(), "analyst")["waiting"]}
    assert set(rows) == {"visit", "wechat"}
    for channel, row in rows.items():
        mine = handled.rows[handled.rows["channel"] == channel]
        assert row["n"] == len(mine)
        assert abs(row["n_open"] - int((~mine["closed"]).sum())) <= 30  # and those reported on the last days
        assert row["median_days"] == pytest.approx(4.0, abs=0.01)
        assert row["p90_days"] is None


def test_days_are_named_and_so_is_why_small_units_are_told_no_times(handled: Handled) -> None:
    found = handled.desk.standing(StandingQuery(wanted=SUMMER), "analyst")
    assert found["period"] == {"first": "2025-06-01", "last": "2025-08-31"}
    assert found["note"] is None
    veiled = handled.desk.standing(StandingQuery("A-1", SUMMER), "leader")
    assert veiled["period"] == {"first": "2024-09-01", "last": "2025-10-31"}  # of all incidents
    asked = Asked("channel", "grid", "A-1", EVERY)
    assert veiled["note"] == handled.desk.waiting(asked, "leader", "closed")["note"]
