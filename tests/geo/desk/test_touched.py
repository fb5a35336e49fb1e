"""What a live change touches: the box round where a row was and where it is; for a camera with its view."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from geo.desk import Desk
from geo.records import Records, Wanted

C1, C2 = "cameras:c1", "cameras:c2"
M_PER_DEG = 111_320  # of latitude, and at the equator of longitude


@pytest.fixture
def home(tiny_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_home, tmp_path / "home")
    return tmp_path / "home"


def edit(home: Path, uid: str, **values: Any) -> None:
    with Records.open(home) as records:
        records.edit_rows("cameras", [Wanted(uid, values, "seen")], "ed")


def holds(box: list[float], lon: float, lat: float) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]


def test_a_moved_camera_touches_where_it_was_and_where_it_is(home: Path) -> None:
    desk = Desk(home)
    before = desk.camera(C1, "planner")
    number = desk.live_change()
    there = (before["lon"] + 0.002, before["lat"])
    edit(home, C1, lon=there[0])
    told = desk.changes(number, role="planner")
    assert told is not None
    (box,) = told["touched"]["boxes"]
    assert holds(box, before["lon"], before["lat"])
    assert holds(box, *there)
    assert holds(box, before["lon"], before["lat"] + 0.9 * before["view"]["nominal"]["reach_m"] / M_PER_DEG)
    assert box[2] - box[0] < 0.02
    assert [camera["uid"] for camera in told["touched"]["cameras"]] == [C1]


def test_only_what_is_newer_is_told(home: Path) -> None:
    desk = Desk(home)
    desk.camera(C1, "planner")
    edit(home, C1, name="one")
    first = desk.changes(desk.live_change() - 1, role="planner")
    assert first is not None
    edit(home, C2, name="two")
    second = desk.changes(first["change"], role="planner")
    assert second is not None
    assert [camera["name"] for camera in second["touched"]["cameras"]] == ["two"]
    assert desk.changes(second["change"], role="planner") is None


def test_what_came_before_the_service_started_may_be_anywhere(home: Path) -> None:
    edit(home, C1, name="one")
    edit(home, C1, name="two")
    desk = Desk(home)
    told = desk.changes(desk.live_change() - 1, role="planner")
    assert told is not None
    assert told["touched"] is None


def test_many_changes_are_told_as_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.desk.touched.MAX_BOXES", 1)
    desk = Desk(home)
    desk.camera(C1, "planner")
    number = desk.live_change()
    edit(home, C1, name="one")
    desk.camera(C1, "planner")
    edit(home, C2, name="two")
    told = desk.changes(number, role="planner")
    assert told is not None
    assert told["touched"] is None


def test_a_leader_is_told_of_no_camera(home: Path) -> None:
    desk = Desk(home)
    desk.camera(C1, "planner")
    number = desk.live_change()
    edit(home, C1, name="one")
    told = desk.changes(number, role="leader")
    assert told is not None
    assert told["touched"] == {"boxes": [], "cameras": []}
