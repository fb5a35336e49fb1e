"""Rates and times by group against plain counting over the incidents' rows, and what a leader is shown of them."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.errors import BadQuery, Forbidden, NotAvailable, NotFound
from geo.hotspots.cube import EVERY, Wanted
from geo.hotspots.rates import COUNTS
from geo.snapshot import queries
from geo.snapshot.cases import Asked, Told, is_told, rates, waiting_times

JANUARY = Wanted(days=(date(2026, 1, 3), date(2026, 1, 9)))


def by_hand(tiny, within: str | None, wanted: Wanted) -> pd.DataFrame:
    """Each incident's days and groups; all of the tiny city are accepted when reported, closed a day later, due after
    two, and of outcome mediated."""
    rows = pd.DataFrame(tiny.frame("incidents"))
    rows = rows[rows["assigned_grid"].notna()]
    if within is not None:
        rows = rows[rows["assigned_town"] == within]
    for name, column in (("reported", "reported_at"), ("due", "due_at")):
        rows[name] = rows[column].dt.tz_convert(tiny.home.timezone).dt.date
    first, last = wanted.days or (date(1, 1, 1), date(9999, 1, 1))
    rows["is_received"] = (rows["reported"] >= first) & (rows["reported"] <= last)
    ahead = rows["due_at"] > pd.Timestamp(tiny.as_of)
    rows["is_due"] = (rows["due"] >= first) & (rows["due"] <= last) & ~ahead
    return rows


def column(told: Told, name: str) -> dict[str, int]:
    return dict(zip(told.keys, told.cells[name].tolist(), strict=True))


@pytest.mark.parametrize("wanted", [EVERY, JANUARY])
@pytest.mark.parametrize(("by", "key"), [("unit", "assigned_grid"), ("category", "category")])
def test_counts_are_those_of_the_rows(tiny, by, key, wanted):
    told = rates(tiny, Asked(by, "grid", "A", wanted), "analyst")
    rows = by_hand(tiny, "A", wanted)
    for name, flag in (
        *(("n_received", "is_received"), ("n_accepted", "is_received"), ("n_solved", "is_received")),
        *(("n_due", "is_due"), ("n_closed", "is_due"), ("n_on_time", "is_due")),
    ):
        wanted_counts = rows[rows[flag]].groupby(key).size().to_dict()
        assert {k: n for k, n in column(told, name).items() if n} == wanted_counts, name
    assert set(told.cells["solve_share"].dropna()) == {1.0}
    assert not told.hidden


def test_a_month_holds_what_was_reported_and_what_was_due_in_it(tiny):
    told = rates(tiny, Asked("month", "grid", None, EVERY), "analyst")
    assert told.keys == ("2026-01",)
    rows = by_hand(tiny, None, EVERY)
    assert column(told, "n_received") == {"2026-01": len(rows)}
    assert column(told, "n_due") == {"2026-01": int(rows["is_due"].sum())}


def test_all_units_are_those_of_the_table(tiny):
    for role in ("analyst", "leader"):
        table = queries.table(tiny, "rates", level="town", role=role)
        told = rates(tiny, Asked("unit", "town", None, EVERY), role)
        assert told.keys == tuple(table["code"])
        for name in COUNTS:
            cells = told.cells[name].mask(told.hidden.get(name, np.zeros(len(table), dtype=bool)))
            pd.testing.assert_series_equal(cells, table[name], check_dtype=False, check_names=False)


def test_days_until_closed_and_what_is_told_of_the_open(tiny):
    """All are closed after a day, and accepted at once."""
    told = waiting_times(tiny, Asked("category", "grid", None, EVERY), "analyst", "closed")
    rows = by_hand(tiny, None, EVERY)
    open_ = rows["closed_at"].isna() | (rows["closed_at"] > pd.Timestamp(tiny.as_of))
    assert dict(zip(told.keys, told.cells["n"], strict=True)) == rows[~open_].groupby("category").size().to_dict()
    assert told.cells["median_days"].tolist() == [1.0] * len(told.keys)
    assert told.cells["n_open"].tolist() == [0] * len(told.keys)
    at_once = waiting_times(tiny, Asked("unit", "town", None, EVERY), "analyst", "accepted")
    assert at_once.cells["median_days"].tolist() == [0.0] * 2


def test_open_cases_count_and_those_that_ended_unknown_do_not(tiny):
    """Of A's rows the first is open, the second was resolved at an unknown time, the third never accepted."""
    frame = pd.DataFrame(tiny.frame("incidents")).copy()
    first, second, third = frame.index[frame["assigned_town"] == "A"][:3]
    frame.loc[[first, second], "closed_at"] = pd.NaT
    frame.loc[first, "outcome"], frame.loc[second, "outcome"] = "open", "resolved"
    frame.loc[[first, second, third], "accepted_at"] = pd.NaT
    changed = replace(tiny, _cache={**tiny._cache, "frame:incidents": frame})
    changed._cache.pop("cases", None)
    towns = Asked("unit", "town", None, EVERY)
    n_a = int((frame["assigned_town"] == "A").sum())
    closed = waiting_times(changed, towns, "analyst", "closed").cells
    assert (closed["n"][0], closed["n_open"][0]) == (n_a - 1, 1)
    accepted = waiting_times(changed, towns, "analyst", "accepted").cells
    assert (accepted["n"][0], accepted["n_open"][0]) == (n_a - 1, 2)


def test_without_such_times_there_is_nothing_to_tell(tiny):
    frame = pd.DataFrame(tiny.frame("incidents")).copy()
    frame["accepted_at"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    changed = replace(tiny, _cache={**tiny._cache, "frame:incidents": frame})
    changed._cache.pop("cases", None)
    with pytest.raises(NotAvailable, match="accepted"):
        waiting_times(changed, Asked("category", "grid", None, EVERY), "analyst", "accepted")


@pytest.mark.parametrize("by", ["unit", "category", "channel", "month"])
def test_a_leader_sees_no_small_count_and_no_time_of_few(tiny, by):
    asked = Asked(by, "grid", None, EVERY)
    told, times = rates(tiny, asked, "leader"), waiting_times(tiny, asked, "leader", "closed")
    exact = rates(tiny, asked, "analyst")
    for name in ("n_received", "n_due", "n_closed", "n_on_time"):
        small = exact.cells[name].between(1, 4).to_numpy(dtype=bool)
        assert told.hidden[name][small].all()
    few = times.cells["n"].between(1, 4).to_numpy()
    assert times.hidden["median_days"][few].all()
    if by == "unit":
        assert few.any()


def test_nothing_is_told_of_filtered_cases_below_analyst(tiny):
    asked = Asked("month", "grid", None, JANUARY)
    with pytest.raises(Forbidden, match="analyst"):
        rates(tiny, asked, "leader")
    with pytest.raises(Forbidden, match="analyst"):
        waiting_times(tiny, asked, "planner", "closed")


def test_what_is_not_there_is_refused(tiny):
    with pytest.raises(NotFound):
        rates(tiny, Asked("month", "grid", "Z", EVERY), "leader")
    with pytest.raises(BadQuery):
        rates(tiny, Asked("unit", "street", None, EVERY), "leader")
    with pytest.raises(BadQuery, match="category"):
        rates(tiny, Asked("unit", "grid", None, Wanted(categories=("arson",))), "analyst")


@pytest.mark.parametrize("by", ["category", "channel", "month"])
def test_groups_of_small_units_are_not_told_below_analyst(tiny, by):
    """A-1 has 2 cases in all: any group of theirs is small."""
    asked = Asked(by, "grid", "grid:A-1", EVERY)
    assert is_told(tiny, asked, "analyst")
    assert not is_told(tiny, asked, "leader")
    assert all(cells.all() for cells in rates(tiny, asked, "leader").hidden.values())
    assert all(cells.all() for cells in waiting_times(tiny, asked, "leader", "closed").hidden.values())
    assert is_told(tiny, Asked("unit", "grid", None, EVERY), "leader")
