"""The month's figures against pandas over the rows that were written."""

from datetime import date

import pandas as pd
import pytest

from geo.desk import Desk
from geo.desk.emerging import CubeQuestion
from geo.desk.headline import HeadlineQuery
from geo.errors import NotFound
from geo.hotspots.cube import Wanted
from tests.geo.desk.conftest import Handled

THEFT = Wanted(categories=("theft",))
YEAR = Wanted(days=(date(2024, 10, 1), date(2025, 9, 30)))


def month_of(rows: pd.DataFrame, month: str) -> pd.DataFrame:
    return rows[rows["day"].dt.strftime("%Y-%m") == month]


def due_in(rows: pd.DataFrame, month: str) -> pd.DataFrame:
    """Due three days after the report, in civil days of the home."""
    return rows[(rows["day"] + pd.Timedelta(days=3)).dt.strftime("%Y-%m") == month]


def test_incidents_are_those_of_the_last_whole_month_beside_the_one_before_and_last_years(handled: Handled) -> None:
    found = handled.desk.headline(HeadlineQuery("grid"), "analyst")
    assert (found["month"], found["month_before"], found["year_before"]) == ("2025-10", "2025-09", "2024-10")
    assert found["span"] == {"first": "2024-09", "last": "2025-10"}
    counts = [len(month_of(handled.rows, month)) for month in ("2025-10", "2025-09", "2024-10")]
    assert list(found["incidents"].values()) == counts
    by_month = handled.rows.groupby(handled.rows["day"].dt.strftime("%Y-%m")).size()
    assert {month["month"]: month["n"] for month in found["months"]} == by_month.to_dict()
    assert found["follows"]


def test_months_of_parts_add_up_to_those_of_the_whole(handled: Handled) -> None:
    whole, *parts = (handled.desk.headline(HeadlineQuery("grid", within), "analyst") for within in (None, "A", "B"))
    for i, month in enumerate(whole["months"]):
        assert month["n"] == sum(part["months"][i]["n"] for part in parts)
    assert whole["hot"]["n"] == sum(part["hot"]["n"] for part in parts)
    assert whole["hot"]["n_units"] == 8


def test_a_window_ends_with_its_last_month(handled: Handled) -> None:
    for role in ("leader", "analyst"):
        found = handled.desk.headline(HeadlineQuery("grid", None, YEAR), role)
        assert found["month"] == "2025-09"
        assert found["incidents"]["n"] == len(month_of(handled.rows, "2025-09"))
        assert found["follows"]
        assert found["hot"]["n_steps"] == 12


def test_on_time_is_of_cases_due_in_the_month(handled: Handled) -> None:
    due = due_in(handled.rows, "2025-09")
    in_time = int((due["closed"] & (due["waited"] <= 3)).sum())
    share = handled.desk.headline(HeadlineQuery("grid", None, YEAR), "analyst")["on_time_share"]
    assert (share["n"], share["of"]) == (in_time, len(due))
    assert share["value"] == pytest.approx(in_time / len(due), abs=1e-5)
    for end in ("low", "high"):  # where the score test of the limit itself is just significant (Wilson 1927)
        limit = share[end]
        assert abs(share["value"] - limit) == pytest.approx(1.96 * (limit * (1 - limit) / len(due)) ** 0.5, rel=2e-3)


def test_chosen_incidents_are_for_analysts(handled: Handled) -> None:
    chosen = handled.rows[handled.rows["category"] == "theft"]
    told = handled.desk.headline(HeadlineQuery("grid", None, THEFT), "analyst")
    assert told["incidents"]["n"] == len(month_of(chosen, "2025-10"))
    assert told["n_wanted"] == len(chosen)
    assert told["n_without"] == {}
    veiled = handled.desk.headline(HeadlineQuery("grid", None, THEFT), "leader")
    assert not veiled["follows"]
    assert veiled["incidents"] == handled.desk.headline(HeadlineQuery("grid"), "leader")["incidents"]
    assert veiled["n_wanted"] is None
    assert veiled["hot"]["n"] <= told["hot"]["n"]


def test_a_filter_that_keeps_nothing_says_which_part_keeps_most_away(handled: Handled) -> None:
    night = Wanted(categories=("theft",), hours=(2, 3))
    found = handled.desk.headline(HeadlineQuery("grid", None, night), "analyst")
    assert found["n_wanted"] == 0
    assert found["n_without"] == {"hours": int((handled.rows["category"] == "theft").sum()), "categories": 0}


def test_a_leader_reads_why_in_any_months_but_not_of_chosen_incidents(handled: Handled) -> None:
    year, theft = (handled.desk.emerging(CubeQuestion("grid", wanted=wanted), "leader") for wanted in (YEAR, THEFT))
    plain = handled.desk.emerging(CubeQuestion("grid", wanted=YEAR), "analyst")
    assert year["units"]["because_en"] == plain["units"]["because_en"]
    assert set(theft["units"]) == {"code", "label"}


def test_small_months_are_hidden_from_a_leader_with_all_that_is_told_of_them(handled: Handled) -> None:
    """A-1 has about 11 a month: where fewer than 5 are hidden, the rest of A does not give them away."""
    analyst = {
        code: handled.desk.headline(HeadlineQuery("grid", code), "analyst")["months"]
        for code in ("A", "A-1", "A-2", "A-3", "A-4")
    }
    leader = {code: handled.desk.headline(HeadlineQuery("grid", code), "leader")["months"] for code in analyst}
    for i, whole in enumerate(leader["A"]):
        parts = [leader[code][i]["n"] for code in analyst if code != "A"]
        assert all(n is None or n >= 5 or n == 0 for n in parts)
        assert whole["n"] is None or parts.count(None) != 1
    assert sum(month["n"] for month in analyst["A"]) == int((handled.rows["town"] == "A").sum())


def test_a_place_that_is_none_is_not_found(handled: Handled) -> None:
    with pytest.raises(NotFound):
        handled.desk.headline(HeadlineQuery("grid", "nowhere"), "analyst")


def test_labels_are_the_same_before_and_after_the_figures_of_a_month(handled: Handled) -> None:
    fresh, asked = Desk(handled.home), Desk(handled.home)
    asked.headline(HeadlineQuery("grid"), "analyst")
    question = CubeQuestion("grid")
    assert asked.emerging(question, "analyst") == fresh.emerging(question, "analyst")
