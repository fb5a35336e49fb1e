"""Uploads: names are never paths (BAD_INPUTS row 23), sizes have limits (18), a full disk is said in words (38)."""

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo.errors import BadInput, DiskFull, NotFound, TooLarge
from geo.jobs import uploads
from geo.jobs.run import tidy
from geo.jobs.uploads import KEPT_S, drop_old_uploads, find_upload, keep_upload, safe_name
from geo.records import Records
from geo.rules import Rules


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../records.sqlite/../x.csv", "x.csv"),
        ("C:\\data\\cameras.csv", "cameras.csv"),
        ("/vsicurl/http://evil.example/a.geojson", "a.geojson"),
        ("台账 (1).XLSX", "台账_1.xlsx"),
        ("a\x00b\n;rm -rf.csv", "a_b_rm_-rf.csv"),
        ("..csv", "file.csv"),
        ("-rf.csv", "rf.csv"),
        ("ＡＢ\u202egpj.csv", "ＡＢ_gpj.csv"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
    ],
)
def test_a_hostile_name_is_only_a_name(tmp_path: Path, sent: str, kept: str) -> None:
    found = keep_upload(tmp_path, sent, [b"a"], limit_bytes=10)
    assert found.name == kept
    assert find_upload(tmp_path, found.id) == tmp_path / "uploads" / found.id / kept


@pytest.mark.parametrize("name", ["", "csv", "a.exe", "a.csv.vrt", "a.csv/", "http://x/y", "a.csv\x00.sh"])
def test_a_name_without_a_known_ending_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        safe_name(name)


def held(home: Path) -> list[Path]:
    return list((home / "uploads").rglob("*"))


def test_too_large_is_refused_when_stated_and_as_soon_as_it_is(tmp_path: Path) -> None:
    asked = []

    def endless() -> Iterator[bytes]:
        while True:
            asked.append(1)
            yield b"12345678"

    with pytest.raises(TooLarge):
        keep_upload(tmp_path, "a.csv", endless(), limit_bytes=100, stated_bytes=101)
    assert not asked
    with pytest.raises(TooLarge, match=r"a\.csv"):
        keep_upload(tmp_path, "a.csv", endless(), limit_bytes=100)
    assert len(asked) == 13
    assert held(tmp_path) == []


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="empty"):
        keep_upload(tmp_path, "a.csv", [], limit_bytes=100)
    assert held(tmp_path) == []


def test_a_full_disk_is_seen_before_and_while_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> Iterator[bytes]:
        yield b"1"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DiskFull) as error:
        keep_upload(tmp_path, "a.csv", full(), limit_bytes=100)
    assert "磁盘已满" in error.value.text("zh")
    assert held(tmp_path) == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=uploads.FREE_BYTES + 9))
    with pytest.raises(DiskFull):
        keep_upload(tmp_path, "a.csv", [b"1"], limit_bytes=100, stated_bytes=10)
    keep_upload(tmp_path, "a.csv", [b"1"], limit_bytes=100, stated_bytes=9)


def test_a_sender_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"1"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        keep_upload(tmp_path, "a.csv", broken(), limit_bytes=100)
    assert held(tmp_path) == []


def test_uploads_are_kept_for_a_day(tmp_path: Path) -> None:
    kept = keep_upload(tmp_path, "a.csv", [b"1"], limit_bytes=9)
    sent_s = (tmp_path / "uploads" / kept.id).stat().st_mtime
    (tmp_path / "uploads" / "not-ours").mkdir()
    assert drop_old_uploads(tmp_path, sent_s + KEPT_S) == 0
    assert drop_old_uploads(tmp_path, sent_s + KEPT_S + 1) == 1
    with pytest.raises(NotFound):
        find_upload(tmp_path, kept.id)
    assert (tmp_path / "uploads" / "not-ours").exists()


def test_an_upload_spares_older_ones(tmp_path: Path) -> None:
    """One that a job still waits for may be older than a day; what goes is the tidying's to say."""
    old = keep_upload(tmp_path, "a.csv", [b"1"], limit_bytes=9)
    folder = tmp_path / "uploads" / old.id
    sent_s = folder.stat().st_mtime - KEPT_S - 3600
    os.utime(folder, (sent_s, sent_s))
    keep_upload(tmp_path, "b.csv", [b"1"], limit_bytes=9)
    assert find_upload(tmp_path, old.id).exists()


@pytest.mark.parametrize("id", ["", "..", "../uploads", "0" * 31, "0" * 32, "*" * 32, "ABCDEF" * 5 + "AB"])
def test_an_id_is_never_a_path(tmp_path: Path, id: str) -> None:
    keep_upload(tmp_path, "a.csv", [b"1"], limit_bytes=9)
    with pytest.raises(NotFound):
        find_upload(tmp_path, id)


def test_the_daily_tidying_removes_uploads_that_nobody_waits_for(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        queued, idle = (keep_upload(tmp_path, "a.csv", [b"1"], limit_bytes=100) for _ in range(2))
        records.add_job("import", {"upload": queued.id}, "ann")
        now = datetime.now(UTC)
        tidy(tmp_path, records, Rules(), now + timedelta(hours=23))
        assert find_upload(tmp_path, idle.id).exists()
        tidy(tmp_path, records, Rules(), now + timedelta(hours=25))
        with pytest.raises(NotFound):
            find_upload(tmp_path, idle.id)
        assert find_upload(tmp_path, queued.id).exists()
        records.cancel_job(1, "ann")
        tidy(tmp_path, records, Rules(), now + timedelta(hours=25))
        assert list((tmp_path / "uploads").iterdir()) == []
