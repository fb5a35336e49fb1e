"""The watched folder over the tiny city: complete files alone, by the kept mapping, each put away with a note."""

import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo.errors import Busy, DiskFull, GridscopeError, Words
from geo.jobs import inbox as inbox_room
from geo.jobs import run_worker, work
from geo.jobs.inbox import Inbox
from geo.jobs.mappings import save_tables, single_mapping
from geo.jobs.uploads import Upload
from geo.records import FeedBatch, Records, Status
from tests.geo.jobs.test_imports import CAMERAS
from tests.tiny_city import lonlat

LON, LAT = lonlat(250, 250)
HEAD = "编号,经度,纬度,状态\n"
ROW = f"7,{LON},{LAT},在用\n"


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "home")
    save_tables(tmp_path / "home", single_mapping({**CAMERAS, "file": "c.csv"}))
    (tmp_path / "home" / "inbox" / "police").mkdir(parents=True)
    return tmp_path / "home"


def put(home: Path, name: str, text: str, source: str = "police") -> Path:
    file = home / "inbox" / source / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def jobs(records: Records) -> list[str]:
    return [job.kind for job in records.jobs()][::-1]


def names(home: Path, where: str) -> list[str]:
    return sorted(file.name.partition("-")[2] for file in (home / "inbox" / where).rglob("*") if file.is_file())


def test_a_file_is_taken_once_it_no_longer_grows(home: Path) -> None:
    inbox = Inbox(home, every_s=0)
    with Records.open(home) as records:
        file = put(home, "台账.csv", HEAD)
        inbox.look(records)
        file.write_text(HEAD + ROW, encoding="utf-8")
        inbox.look(records)
        assert jobs(records) == []
        inbox.look(records)
        assert jobs(records) == ["import"]
        assert not file.exists()
        inbox.look(records)
        assert jobs(records) == ["import"]


@pytest.mark.parametrize("name", [".hidden.csv", "a.csv.part", "a.csv.PARTIAL", "a.tmp"])
def test_a_file_under_way_is_left_alone(home: Path, name: str) -> None:
    inbox = Inbox(home, every_s=0)
    file = put(home, name, HEAD + ROW)
    with Records.open(home) as records:
        for _ in range(3):
            inbox.look(records)
        assert jobs(records) == []
    assert file.exists()


def test_a_link_out_of_the_inbox_is_never_followed(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(HEAD + ROW, encoding="utf-8")
    (home / "inbox" / "police" / "link.csv").symlink_to(secret)
    (home / "inbox" / "other").symlink_to(tmp_path)
    inbox = Inbox(home, every_s=0)
    with Records.open(home) as records:
        for _ in range(3):
            inbox.look(records)
        assert jobs(records) == []


def test_what_is_imported_goes_to_done_and_what_is_not_to_refused(home: Path) -> None:
    put(home, "good.csv", HEAD + ROW)
    put(home, "bad.csv", "name\nx\n")
    put(home, "letter.docx", "x")
    put(home, "unknown.csv", HEAD + ROW, source="nobody")
    inbox = Inbox(home, every_s=0)
    with Records.open(home) as records:
        inbox.look(records)
        inbox.look(records)
        run_worker(home, once=True)
        inbox.look(records)
        assert names(home, "done") == ["good.csv", "good.csv.txt"]
        assert names(home, "refused") == [
            f"{name}{end}" for name in ("bad.csv", "letter.docx", "unknown.csv") for end in ("", ".txt")
        ]
        assert names(home, "running") == []
        assert "police:7" in set(records.frame("cameras")["uid"])
        assert jobs(records) == ["import", "import", "build"]
    notes = {file.name.partition("-")[2]: file.read_text(encoding="utf-8") for file in home.rglob("inbox/*/*/*.txt")}
    assert "no mapping is kept for the source 'nobody'" in notes["unknown.csv.txt"]
    assert "没有来源 'nobody' 的映射" in notes["unknown.csv.txt"]


def test_a_kill_between_job_and_move_imports_twice_and_changes_nothing(home: Path) -> None:
    file = put(home, "good.csv", HEAD + ROW)
    with Records.open(home) as records:
        for _ in range(2):
            inbox = Inbox(home, every_s=0)
            inbox.look(records)
            inbox.look(records)
            file.write_text(HEAD + ROW, encoding="utf-8")
        run_worker(home, once=True)
        assert jobs(records)[:2] == ["import", "import"]
        assert (records.frame("cameras")["uid"] == "police:7").sum() == 1
        imports = records.imports()
        outcomes = imports.loc[imports["mapping"] == "mappings/police", "outcome"].tolist()
        assert outcomes[-1] == "changed"
        assert set(outcomes[:-1]) == {"unchanged"}


def test_the_worker_looks_by_itself(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(Inbox, "look", lambda self, records: looked.append(records))
    assert work.run_worker(home, once=True) == 0
    assert looked


def test_rows_of_a_feed_have_a_build_queued_once_and_not_too_soon(home: Path) -> None:
    none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
    with Records.open(home) as records:
        inbox = Inbox(home, every_s=0)
        inbox.look(records)
        assert jobs(records) == []
        records.take_batches([FeedBatch("gate", 1, none, statuses=[Status("cameras:c1", "offline", 5, 0)])])
        inbox.look(records)
        inbox.look(records)
        assert jobs(records) == ["build"]
        run_worker(home, once=True)
        assert not records.feed_build_due(0)
        records.take_batches([FeedBatch("gate", 1, none, statuses=[Status("cameras:c1", "online", 6, 0)])])
        assert records.feed_build_due(0)
        assert not records.feed_build_due(900)


def look_twice(home: Path, records: Records) -> Inbox:
    inbox = Inbox(home, every_s=0)
    inbox.look(records)
    inbox.look(records)
    return inbox


def test_a_file_that_cannot_be_read_holds_up_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = inbox_room.keep_upload

    def keep(folder: Path, name: str, *args: Any, **options: Any) -> Upload:
        if name == "bad.csv":
            raise PermissionError(13, "Permission denied")
        return real(folder, name, *args, **options)

    monkeypatch.setattr(inbox_room, "keep_upload", keep)
    bad = put(home, "bad.csv", HEAD + ROW)
    put(home, "good.csv", HEAD + ROW)
    none = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])
    with Records.open(home) as records:
        records.take_batches([FeedBatch("gate", 1, none, statuses=[Status("cameras:c1", "offline", 5, 0)])])
        look_twice(home, records)
        assert sorted(jobs(records)) == ["build", "import"]
    assert bad.exists()


def test_a_file_that_vanishes_while_it_is_looked_at_holds_up_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, real = put(home, "bad.csv", HEAD), Path.is_symlink

    def is_symlink(path: Path) -> bool:
        if path == gone:
            raise FileNotFoundError(path)
        return real(path)

    monkeypatch.setattr(Path, "is_symlink", is_symlink)
    put(home, "good.csv", HEAD + ROW)
    with Records.open(home) as records:
        look_twice(home, records)
        assert jobs(records) == ["import"]


@pytest.mark.parametrize("fault", [Busy(Words("busy", "忙")), DiskFull()])
def test_what_passes_by_itself_refuses_no_file(
    home: Path, fault: GridscopeError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise fault

    file = put(home, "good.csv", HEAD + ROW)
    with Records.open(home) as records:
        with monkeypatch.context() as patch:
            patch.setattr(inbox_room, "queue_import", fail)
            inbox = look_twice(home, records)
        assert file.exists()
        assert names(home, "refused") == list((home / "uploads").iterdir()) == []
        inbox.look(records)
        assert jobs(records) == ["import"]
    assert not file.exists()


def test_a_refused_file_leaves_no_upload(home: Path) -> None:
    with Records.open(home) as records:
        # The name stands for incidents already, so cameras cannot come under it.
        save_tables(home, single_mapping({**CAMERAS, "source": "incidents", "file": "c.csv"}))
        put(home, "c.csv", HEAD + ROW, source="incidents")
        look_twice(home, records)
    assert names(home, "refused") == ["c.csv", "c.csv.txt"]
    assert list((home / "uploads").iterdir()) == []


def test_the_longest_name_of_a_file_is_imported_once(home: Path) -> None:
    name = "长" * 83 + "aa.csv"  # 255 bytes
    put(home, name, HEAD + ROW)
    with Records.open(home) as records:
        inbox = look_twice(home, records)
        inbox.look(records)
        assert jobs(records) == ["import"]
        run_worker(home, once=True)
        inbox.look(records)
    (file, note) = names(home, "done")
    assert note == f"{file}.txt"
    assert name.endswith(file)


def test_a_file_in_a_folder_that_is_not_ours_to_change_is_not_imported(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(home, "good.csv", HEAD + ROW)
    with Records.open(home) as records:
        with monkeypatch.context() as patch:
            patch.setattr(os, "access", lambda path, mode: not (Path(path) == file.parent and mode & os.W_OK))
            inbox = look_twice(home, records)
            inbox.look(records)
            assert jobs(records) == []
            assert not list(home.glob("uploads/*"))
        inbox.look(records)
        assert jobs(records) == ["import"]


def test_no_file_is_imported_where_those_that_run_have_no_folder(home: Path) -> None:
    (home / "inbox" / "running").touch()
    put(home, "good.csv", HEAD + ROW)
    with Records.open(home) as records:
        look_twice(home, records)
        assert jobs(records) == []
    assert not list(home.glob("uploads/*"))


def test_the_import_of_a_file_that_stays_where_it_is_is_cancelled(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder with the sticky bit, where only its owner moves a file."""

    def replace(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    file = put(home, "good.csv", HEAD + ROW)
    with Records.open(home) as records:
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            look_twice(home, records)
        assert [job.state for job in records.jobs()] == ["cancelled"]
        assert "inbox" in records.jobs()[0].words.en
        assert not list(home.glob("uploads/*"))
    assert file.exists()


def test_a_name_of_two_lines_is_put_away(home: Path) -> None:
    put(home, "a\nb.csv", HEAD + ROW)
    with Records.open(home) as records:
        inbox = look_twice(home, records)
        run_worker(home, once=True)
        inbox.look(records)
    assert names(home, "running") == []
    assert names(home, "done") == ["a\nb.csv", "a\nb.csv.txt"]
