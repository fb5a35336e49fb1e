"""Live is what people and feeds changed since the build began; what the build took in, or an import brought, is not."""

import shutil
from pathlib import Path

import pytest

from geo.desk import Desk
from geo.errors import Words
from geo.jobs import run_build
from geo.records import Records, Wanted
from tests.geo.records.samples import replace_source

C1, C2 = "cameras:c1", "cameras:c2"


@pytest.fixture
def home(tiny_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(tiny_home, tmp_path / "home")
    return tmp_path / "home"


def rename(home: Path, uid: str, name: str) -> None:
    with Records.open(home) as records:
        records.edit_rows("cameras", [Wanted(uid, {"name": name}, "seen")], "ed")


def read(home: Path, uid: str) -> tuple[bool, str]:
    """Whether the camera is live to a service started now, and its name."""
    found = Desk(home).camera(uid, "planner")
    return found["live"], found["camera_name"]


def test_a_change_while_the_build_runs_is_live_and_one_before_it_is_not(home: Path) -> None:
    rename(home, C1, "before")
    said = []

    def progress(_share: float, words: Words) -> None:
        said.append(words.en)
        if words.en == "checking the ledger":  # the records are read
            rename(home, C2, "meanwhile")

    run_build(home, progress=progress)
    assert "checking the ledger" in said
    assert read(home, C1) == (False, "before")
    assert read(home, C2) == (True, "meanwhile")
    rename(home, C1, "after")
    assert read(home, C1) == (True, "after")
    run_build(home)
    assert (read(home, C1), read(home, C2)) == ((False, "after"), (False, "meanwhile"))


def test_rows_that_the_build_took_in_are_not_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename(home, C1, "before")
    run_build(home)
    real, given = Records.live_rows, []

    def live_rows(self: Records, table: str, since: int) -> object:
        number, rows = real(self, table, since)
        given.append(set(rows))
        return number, rows

    monkeypatch.setattr(Records, "live_rows", live_rows)
    desk = Desk(home)
    assert desk.camera(C1, "planner")["live"] is False
    rename(home, C2, "after")
    assert desk.camera(C2, "planner")["live"] is True
    assert given == [set(), {C2}]


def test_what_an_import_brings_waits_for_the_build_in_every_row(home: Path) -> None:
    rename(home, C1, "before")
    run_build(home)
    with Records.open(home) as records:
        frame, lines = records.frame("cameras"), records.lines("cameras")
        new = frame.assign(status="offline", line=[lines[uid] for uid in frame["uid"]])
        none = records.refusals().iloc[:0].rename(columns={"explained": "explained_en"})
        with records.importing("import", "tiny", "0" * 64) as tx:
            replace_source(tx, "cameras", "cameras", "cameras.csv", new, none, len(new), "EPSG:4326")
        assert set(records.frame("cameras")["status"]) == {"offline"}
    desk = Desk(home)
    found = [desk.camera(uid, "planner") for uid in (C1, C2)]
    assert [(camera["live"], camera["status"]) for camera in found] == [(False, "online"), (False, "online")]


def test_what_a_build_measures_of_a_camera_is_missing_while_it_is_live(home: Path) -> None:
    assert Desk(home).camera(C1, "planner")["alone_m2"] == 0
    rename(home, C1, "now")
    assert Desk(home).camera(C1, "planner")["alone_m2"] is None
