"""Month-end values as the pages get them: two months of the small home, whose numbers stand in small_home.py."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.desk import Desk
from geo.errors import BadQuery, NotFound
from geo.snapshot.history import FOLDER, keep_month, read_month
from tests.geo.desk import small_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """January with half of each share of places, February as it stands."""
    folder = tmp_path_factory.mktemp("home")
    january = small_home.publish_home(folder, "a" * 16, as_of=datetime(2026, 1, 31, tzinfo=UTC))
    file = keep_month(folder, january)
    assert file is not None
    frame = read_month(folder, "2026-01").frame
    frame["places_seen_share"] /= 2
    frame.to_parquet(file)
    keep_month(folder, small_home.publish_home(folder, "b" * 16))
    return folder


def test_a_units_months(home: Path) -> None:
    told = Desk(home).history("zone", "a", "analyst")
    json.dumps(told, allow_nan=False)
    assert [month["month"] for month in told["months"]] == ["2026-01", "2026-02"]
    assert [month["values"]["places_seen_share"] for month in told["months"]] == [0.25, 0.5]
    assert [month["is_current"] for month in told["months"]] == [False, True]
    assert told["months"][0]["as_of"] == "2026-01-31T00:00:00Z"
    assert all(month["has_same_boundaries"] for month in told["months"])
    with pytest.raises(NotFound):
        Desk(home).history("zone", "zz", "leader")


def test_the_current_month_is_that_of_the_snapshot_whatever_its_file_says(home: Path, tmp_path: Path) -> None:
    small_home.publish_home(tmp_path)
    desk = Desk(tmp_path)
    assert [month["values"]["facade_m"] for month in desk.history("all", "all", "leader")["months"]] == [15.0]
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "2026-02.parquet").write_bytes((home / FOLDER / "2026-01.parquet").read_bytes())
    assert desk.history("zone", "a", "leader")["months"][0]["values"]["places_seen_share"] == 0.5


def test_all_units_of_a_month(home: Path) -> None:
    found = Desk(home).history_columns("2026-01", "zone", "analyst")
    assert found["columns"]["places_seen_share"] == [0.25, 0.125, 0.375, 0]
    assert found["columns"]["public_3plus_share"] == [None] * 4
    assert (found["month"], found["is_current"], found["hidden"]) == ("2026-01", False, {})
    with pytest.raises(NotFound):
        Desk(home).history_columns("2025-12", "zone", "analyst")
    with pytest.raises(BadQuery):
        Desk(home).history_columns("2026-01", "county", "analyst")


def test_small_counts_of_past_months_stay_hidden(home: Path) -> None:
    desk = Desk(home)
    for role in ("leader", "planner"):
        january = desk.history_columns("2026-01", "zone", role)  # type: ignore[arg-type]
        assert {0, 1} <= set(january["hidden"]["incidents_seen_share"])
        assert january["columns"]["incidents_seen_share"][:2] == [None, None]
        months = desk.history("zone", "a", role)["months"]  # type: ignore[arg-type]
        assert all(month["values"]["incidents_seen_share"] is None for month in months)
        assert all("incidents_seen_share_low" in month["hidden"] for month in months)
    assert desk.history_columns("2026-01", "zone", "analyst")["columns"]["incidents_seen_share"][0] == 0.33333


def test_a_home_without_cameras_has_no_months(tmp_path: Path) -> None:
    small_home.publish_home(tmp_path, without=("cameras", "coverage", "gaps", "gap_reasons"))
    assert Desk(tmp_path).history("all", "all", "leader")["months"] == []
