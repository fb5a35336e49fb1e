"""What stands behind a figure: every number stands in `small_home` or is worked out from it on paper."""

import json
from typing import Any

import pytest

from geo.desk import Desk
from geo.errors import BadQuery, Forbidden, NotFound
from geo.schema import RESULTS, Role
from tests.geo.desk import small_home


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("home")
    small_home.publish_home(home)
    return Desk(home)


def numbers_in(told: Any) -> set[float]:
    """Every number anywhere in an answer."""
    if isinstance(told, dict):
        return set().union(*(numbers_in(value) for value in told.values()), set())
    if isinstance(told, list):
        return set().union(*(numbers_in(value) for value in told), set())
    return {float(told)} if isinstance(told, int | float) and not isinstance(told, bool) else set()


def values_of(told: dict[str, Any]) -> list[float | None]:
    return [term["value"] for term in told["formula"]["terms"]]


def test_formula_holds_its_numbers(desk: Desk) -> None:
    seen = desk.evidence("coverage.incidents_seen_share", "zone", "c", "analyst")
    assert (seen["value"], values_of(seen)) == (0.5, [10, 20])  # half of 20 incidents
    rate = desk.evidence("rates.close_share", "all", "all", "analyst")
    assert values_of(rate) == [31, 31]
    assert "Wilson" in rate["interval"]["en"]
    excess = desk.evidence("hotspots.excess", "zone", "c", "analyst")
    assert (excess["formula"]["kind"], values_of(excess)) == ("excess", [20, None])
    assert desk.evidence("coverage.n_cameras", "all", "all", "leader")["formula"]["kind"] == "sum"


def test_place_time_density_and_meaning_come_along(desk: Desk) -> None:
    told = desk.evidence("coverage.incidents_seen_share", "zone", "c", "leader", 12.5)
    json.dumps(told, allow_nan=False)
    assert [step["code"] for step in told["path"]] == ["all", "c"]
    assert told["at"] == 12.5
    assert told["period"] == {"first": "2026-01-05", "last": "2026-02-05"}
    assert told["snapshot"]["as_of"] == "2026-02-28T00:00:00Z"
    assert told["meaning"] == RESULTS["coverage"].column("incidents_seen_share").meaning.both()
    assert desk.evidence("units.n_cameras", "zone", "c", "leader")["at"] is None


@pytest.mark.parametrize("figure", ["coverage.incidents_seen_share", "coverage.n_incidents", "hotspots.excess"])
@pytest.mark.parametrize("role", ["leader", "planner"])
def test_a_hidden_count_is_in_no_number_of_the_evidence(desk: Desk, figure: str, role: Role) -> None:
    """Of a's 3 incidents the share seen is 1 / 3: neither 3 nor 1 nor the share may be told."""
    told = desk.evidence(figure, "zone", "a", role)
    assert (told["value"], told["hidden"], told["low"], told["high"]) == (None, True, None, None)
    assert told["rows"] is None
    parts = {name: told[name] for name in ("value", "low", "high", "formula", "rows")}
    assert numbers_in(parts) == set()
    assert numbers_in({"row": desk.evidence(figure, "zone", "a", "analyst")["formula"] or 3.0}) & {3.0, 1.0}


def test_a_visible_share_never_gives_a_hidden_count_away(desk: Desk) -> None:
    """b's 8 are hidden with a's 3, for 31 less 20 would tell them; the home's 31 are not."""
    assert values_of(desk.evidence("coverage.incidents_seen_share", "zone", "b", "leader")) == [None, None]
    assert desk.evidence("coverage.n_incidents", "all", "all", "leader")["value"] == 31


def test_count_that_a_role_may_not_read_is_not_worked_out(desk: Desk) -> None:
    """`residents_located` is for analysts: the share of it is told, the people it counts are not."""
    terms = desk.evidence("coverage.residents_near_share", "zone", "c", "leader")["formula"]["terms"]
    assert [term["value"] for term in terms] == [None, None]


def test_what_was_left_out_is_told_of_the_whole_home(desk: Desk) -> None:
    told = desk.evidence("coverage.incidents_seen_share", "zone", "a", "planner")
    left = {
        one["table"]: [one[name] for name in ("rows_read", "assigned", "outside", "refused")]
        for one in told["left_out"]
    }
    assert left == {"cameras": [4, 3, 0, 1], "incidents": [34, 31, 1, 2]}
    assert desk.evidence("coverage.incidents_seen_share", "zone", "c", "planner")["doubt_road_m"] == 30
    assert desk.evidence("coverage.incidents_seen_share", "zone", "a", "leader")["doubt_road_m"] is None


def test_rows_follow_the_role(desk: Desk) -> None:
    figure = "coverage.places_seen_share"
    assert desk.evidence(figure, "zone", "a", "leader")["rows"] is None
    assert desk.evidence(figure, "zone", "a", "leader")["rows_need"] == "planner"
    cameras = desk.evidence(figure, "zone", "a", "planner")["rows"]
    assert (cameras["table"], cameras["of"], cameras["rows"][0][:4]) == (
        "cameras", 1, ["North gate", "k1", "dome", "online"],
    )  # fmt: skip
    assert desk.evidence("rates.close_share", "zone", "a", "planner")["rows_need"] == "analyst"


@pytest.mark.parametrize(
    ("figure", "fault"),
    [
        ("nothing.at_all", BadQuery),
        ("coverage", BadQuery),
        ("coverage.nothing", BadQuery),
        ("ledger.outside", BadQuery),
        ("units.residents_located", BadQuery),  # of a leader
        ("gaps.road_unseen_m", Forbidden),
    ],
)
def test_what_is_no_figure_or_not_for_the_role_is_refused(desk: Desk, figure: str, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        desk.evidence(figure, "zone", "a", "leader")


def test_unknown_unit_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.evidence("units.n_cameras", "zone", "zz", "leader")
