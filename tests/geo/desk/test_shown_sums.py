"""What the hotspots page shows a leader and a planner: a whole is the sum of its parts, hidden ones included.

A part is missing only where what is hidden cannot be worked back by subtraction: beside a whole that is told it never
stands alone.
"""

from collections.abc import Iterable

import pytest

from geo.desk.headline import HeadlineQuery
from geo.desk.standing import StandingQuery
from geo.schema import Role
from tests.geo.desk.conftest import Handled

Count = int | None
ROLES: tuple[Role, ...] = ("leader", "planner")
PLACES: dict[str | None, list[str]] = {
    None: ["A", "B"],
    **{town: [f"{town}-{n}" for n in range(1, 5)] for town in "AB"},
}


def check_sum(whole: Count, parts: Iterable[Count], real: int) -> bool:
    """Whether all was told; `real` is the whole as the rows that were written have it."""
    told = list(parts)
    n_hidden = told.count(None)
    assert whole in (None, real)
    if whole is None:
        return False
    left = whole - sum(one for one in told if one is not None)
    assert left == 0 if n_hidden == 0 else (left > 0 and n_hidden > 1)
    return n_hidden == 0


@pytest.mark.parametrize("role", ROLES)
def test_months_of_a_place_are_those_of_its_parts(handled: Handled, role: Role) -> None:
    names = handled.rows["day"].dt.strftime("%Y-%m")
    n_told = 0
    for place, parts in PLACES.items():
        rows = handled.rows if place is None else handled.rows[handled.rows["town"] == place]
        real = rows.groupby(names[rows.index]).size()
        whole, *below = (handled.desk.headline(HeadlineQuery("grid", one), role)["months"] for one in (place, *parts))
        for month, *others in zip(whole, *below, strict=True):
            n_told += check_sum(month["n"], [one["n"] for one in others], int(real[month["month"]]))
    assert n_told > 0


@pytest.mark.parametrize("role", ROLES)
def test_counts_and_shares_of_a_place_are_those_of_its_parts(handled: Handled, role: Role) -> None:
    for place in PLACES:
        rows = handled.rows if place is None else handled.rows[handled.rows["town"] == place]
        found = handled.desk.standing(StandingQuery(place), role)
        parts = found["parts"]["rows"]
        assert check_sum(len(rows), [row["n"] for row in parts], len(rows))
        real = handled.desk.standing(StandingQuery(place), "analyst")["rates"]["on_time_share"]
        for name in ("n", "of"):
            whole = found["rates"]["on_time_share"][name]
            check_sum(whole, [row["on_time"][name] for row in parts], real[name])


@pytest.mark.parametrize("role", ROLES)
def test_classes_and_counts_of_the_map_are_those_of_all_units(handled: Handled, role: Role) -> None:
    columns = {
        level: handled.desk.metrics("hotspots", level, role)["columns"]["n_incidents"] for level in ("town", "grid")
    }
    assert check_sum(len(handled.rows), columns["town"], len(handled.rows))
    assert check_sum(len(handled.rows), columns["grid"], len(handled.rows))
