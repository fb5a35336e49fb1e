"""Gaps by unit number over the small home: 100 m of road unseen in a, 300 in b, 50 in c, none in d."""

import json
from pathlib import Path

import pytest

from geo.desk import Desk
from geo.errors import BadQuery, Forbidden, NotAvailable
from geo.schema import GAP_REASONS
from tests.geo.desk import small_home


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("home")
    small_home.publish_home(home)
    return Desk(home)


def test_gaps_stand_by_unit_number_and_their_reasons_sum_to_them(desk: Desk) -> None:
    found = desk.gaps("zone", "analyst")
    json.dumps(found, allow_nan=False)
    assert found["columns"]["road_unseen_m"] == [100, 300, 50, None]  # d has no gap
    assert found["columns"]["road_unseen_m_high"] == [100, 500, 60, None]
    assert found["columns"]["rank"] == [2, 1, 3, None]
    assert found["edges"] == [250, 500, 1000]
    assert list(found["reasons"]) == list(GAP_REASONS)
    assert found["reasons"]["offline"] == [40, 0, 0, None]
    assert found["reasons"]["doubt"] == [0, 0, 30, None]
    sums = [sum(parts) for parts in list(zip(*found["reasons"].values(), strict=True))[:3]]
    assert sums == [100, 300, 50]
    assert found["hidden"] == found["hidden_reasons"] == {}
    assert "road_unseen_m" not in found["missing"]
    assert found["missing"]["residents_not_near"]["en"] == "not available: no residents loaded"


def test_another_figure_and_a_place(desk: Desk) -> None:
    found = desk.gaps("zone", "analyst", "n_incidents", within="b")
    assert found["reasons"]["direction"] == [None, 7, None, None]
    assert found["columns"]["road_unseen_m"] == [None, 300, None, None]
    with pytest.raises(BadQuery):
        desk.gaps("zone", "analyst", "n_cameras")
    with pytest.raises(BadQuery):
        desk.gaps("county", "analyst")


def test_small_counts_are_hidden_below_analyst(desk: Desk) -> None:
    """3 incidents in a and 8 in b are hidden as counts; so is what is unseen of them, and its parts."""
    found = desk.gaps("zone", "planner", "n_incidents")
    assert found["columns"]["n_incidents_unseen"][:2] == [None, None]
    assert {0, 1} <= set(found["hidden"]["n_incidents_unseen"])
    assert {0, 1} <= set(found["hidden_reasons"]["none"])
    assert found["reasons"]["direction"][1] is None
    assert found["columns"]["road_unseen_m"] == [100, 300, 50, None]


def test_the_card_splits_unseen_road_by_reason(desk: Desk) -> None:
    gap = desk.card("all", "all", "planner")["gap"]
    assert (gap["road_unseen_m"], gap["road_unseen_m_low"], gap["road_unseen_m_high"]) == (450, 400, 660)
    assert [row["reason"] for row in gap["reasons"]] == list(GAP_REASONS)
    assert sum(row["road_m"] for row in gap["reasons"]) == 450
    assert desk.card("zone", "d", "planner")["gap"]["road_unseen_m"] == 0
    assert desk.card("all", "all", "leader")["gap"] is None


def test_who_may_ask_and_what_must_be_loaded(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        desk.gaps("zone", "leader")
    small_home.publish_home(tmp_path, without=("cameras", "coverage", "gaps", "gap_reasons"))
    bare = Desk(tmp_path)
    with pytest.raises(NotAvailable):
        bare.gaps("zone", "planner")
    assert bare.card("zone", "a", "planner")["gap"] is None
