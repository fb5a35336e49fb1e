"""Counts in time, as a leader is shown them, against the rows themselves."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.errors import Forbidden
from geo.hotspots.cube import EVERY, Wanted
from geo.snapshot.counts import months, step_counts
from geo.snapshot.queries import units_of

STEPS = [("day", "%Y-%m-%d"), ("week", "%G-W%V"), ("weekday_hour", "%u %H"), ("month", "%Y-%m")]


@pytest.mark.parametrize(("step", "form"), STEPS)
@pytest.mark.parametrize("wanted", [EVERY, Wanted(days=(date(2026, 1, 2), date(2026, 1, 15)))])
def test_an_analyst_sees_what_the_rows_hold(tiny, step, form, wanted):
    cube, hidden = step_counts(tiny, "town", step, wanted, "analyst")
    rows = pd.DataFrame(tiny.frame("incidents"))
    civil = rows["reported_at"].dt.tz_convert(tiny.home.timezone)
    if wanted.days is not None:
        inside = (civil.dt.date >= wanted.days[0]) & (civil.dt.date <= wanted.days[1])
        rows, civil = rows[inside], civil[inside]
    table = pd.crosstab(civil.dt.strftime(form), rows["assigned_town"])
    for number, code in enumerate(units_of(tiny, "town")["code"]):
        found = {name: n for name, n in zip(cube.steps, cube.counts[:, number].tolist(), strict=True) if n}
        assert found == table[code][table[code] > 0].to_dict()
    assert not hidden.any()


@pytest.mark.parametrize("step", ["day", "weekday_hour", "month"])
def test_a_leader_sees_no_small_count_and_no_one_cell_beside_a_sum(tiny, step):
    """In each town and step the hidden grids are two or more, or their town is hidden, too; in each grid the hidden
    days of a month whose count is shown are two or more."""
    shown = {level: step_counts(tiny, level, step, EVERY, "leader") for level in ("grid", "town")}
    units = units_of(tiny, "grid")
    grids, hidden = shown["grid"]
    towns, towns_hidden = shown["town"]
    for cube, cells in shown.values():
        assert cells[(cube.counts.T > 0) & (cube.counts.T < 5)].all()
    for number, code in enumerate(units_of(tiny, "town")["code"]):
        inside = hidden[(units["parent_code"] == code).to_numpy()].sum(axis=0)
        assert ((inside != 1) | towns_hidden[number]).all()
    assert (hidden & (grids.counts.T > 0)).any()
    assert towns.steps == grids.steps
    if step == "day":
        monthly = months(tiny, "grid", "leader")[1][:, 0]
        assert ((hidden.sum(axis=1) != 1) | monthly).all()
        assert (hidden.sum(axis=1)[monthly & (grids.counts.sum(axis=0) > 0)] > 0).all()


@pytest.mark.parametrize("level", ["grid", "town", "prefecture"])
def test_a_leader_sees_the_weeks_whose_days_he_sees(tiny, level):
    """So no week tells what its days do not: days are summed up by the ISO week that pandas names."""
    days, hidden = step_counts(tiny, level, "day", EVERY, "leader")
    weeks, weeks_hidden = step_counts(tiny, level, "week", EVERY, "leader")
    week = pd.to_datetime(list(days.steps)).strftime("%G-W%V")
    assert weeks.steps == tuple(week.unique())
    assert np.array_equal(weeks_hidden, np.array([hidden[:, week == name].any(axis=1) for name in weeks.steps]).T)
    told = pd.DataFrame(np.where(hidden.T, np.nan, days.counts)).groupby(week).sum(min_count=0)
    assert np.array_equal(told.to_numpy()[~weeks_hidden.T], weeks.counts[~weeks_hidden.T])
    assert weeks_hidden.any() or level == "prefecture"


def test_months_are_the_counts_by_month(tiny):
    counts, hidden = months(tiny, "grid", "leader")
    cube, cells = step_counts(tiny, "grid", "month", EVERY, "leader")
    assert counts.columns.tolist() == list(cube.steps)
    assert np.array_equal(counts.to_numpy(), cube.counts.T)
    assert np.array_equal(hidden, cells)


def test_nothing_is_told_of_filtered_incidents_below_analyst(tiny):
    """With all of January and January but for its last day a leader would have that day's cases."""
    with pytest.raises(Forbidden, match="analyst"):
        step_counts(tiny, "grid", "month", Wanted(hours=(10,)), "planner")
