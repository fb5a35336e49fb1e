"""The league of the tiny city's units: against the counts and areas of its tables, by role."""

import shutil
from pathlib import Path

import pytest

from geo.desk import Desk
from geo.desk.league import LeagueQuery
from geo.errors import BadQuery, NotAvailable


@pytest.fixture(scope="module")
def desk(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("league") / "home"
    shutil.copytree(tiny_home, home)
    return Desk(home)


def test_rates_are_counts_by_area_drawn_to_the_mean(desk: Desk) -> None:
    found = desk.league(LeagueQuery("grid"), "analyst")
    units = desk.table("units", "analyst", level="grid")
    assert found["unit"] == "incidents per km2"
    assert [row["n"] for row in found["rows"]] == units["n_incidents"].tolist()
    rates = (units["n_incidents"] / units["area_m2"] * 1e6).tolist()
    assert [row["rate"] for row in found["rows"]] == pytest.approx(rates, rel=1e-4)
    assert found["mean"] == pytest.approx(units["n_incidents"].sum() / units["area_m2"].sum() * 1e6, rel=1e-4)
    for row in found["rows"]:
        assert min(row["rate"], found["mean"]) <= row["eb_rate"] <= max(row["rate"], found["mean"])
        assert row["eb_low"] <= row["eb_rate"] <= row["eb_high"]
        assert row["best"] <= row["place"] <= row["worst"]
    highest = max(found["rows"], key=lambda row: row["rate"])
    assert highest["place"] == 1
    assert highest["groups"].startswith("A")
    assert highest["funnel"] == "above_99.8"
    assert found["dispersion"] > 5


def test_rates_may_be_drawn_to_the_neighbours(desk: Desk) -> None:
    by_all, by_near = (
        desk.league(LeagueQuery("grid", reference=reference), "analyst") for reference in ("global", "spatial")
    )
    assert by_near["reference"] == "spatial"
    for one, other in zip(by_all["rows"], by_near["rows"], strict=True):
        assert one["rate"] == other["rate"]
        assert other["eb_low"] <= other["eb_rate"] <= other["eb_high"]
    assert [row["eb_rate"] for row in by_all["rows"]] != [row["eb_rate"] for row in by_near["rows"]]


def test_the_funnel_is_drawn_from_the_least_to_the_most_exposed(desk: Desk) -> None:
    funnel = desk.league(LeagueQuery("grid"), "analyst")["funnel"]
    assert list(funnel) == ["exposure", "low_95", "high_95", "low_99.8", "high_99.8"]
    for inner, outer in (("low_95", "low_99.8"), ("high_99.8", "high_95")):
        assert all(one >= other for one, other in zip(funnel[inner], funnel[outer], strict=True))


def test_a_hidden_unit_takes_no_part_below_analyst(desk: Desk) -> None:
    """A-1 (2 incidents) and A-2 (6) are hidden: the places and the mean are those of the others."""
    found = desk.league(LeagueQuery("grid"), "leader")
    rows = {row["code"]: row for row in found["rows"]}
    for code in ("A-1", "A-2"):
        told = {name for name, value in rows[code].items() if value is not None}
        assert told == {"code", "hidden"}
    shown = [row for row in found["rows"] if not row["hidden"]]
    assert sorted(row["place"] for row in shown) == list(range(1, len(shown) + 1))
    total = sum(row["n"] for row in shown) / sum(row["exposure"] for row in shown)
    assert found["mean"] == pytest.approx(total, rel=1e-3)


def test_what_cannot_be_compared(desk: Desk) -> None:
    with pytest.raises(NotAvailable, match="residents"):
        desk.league(LeagueQuery("grid", per="residents"), "leader")
    with pytest.raises(BadQuery):
        desk.league(LeagueQuery("street"), "leader")
    assert len(desk.league(LeagueQuery("grid", within="B"), "analyst")["rows"]) == 4
