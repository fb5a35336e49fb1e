import io
import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from geo.errors import BadInput, Busy, NewerHome, Words
from geo.records import Records, jobs, restore
from geo.records.moments import now_us
from tests.geo.records.samples import cameras, import_cameras

SNAPSHOT = {"snapshots/0123456789abcdef/units.parquet": b"units", "snapshots/0123456789abcdef/manifest.json": b"{}"}
OTHERS = {
    "boundaries/aaaa/level0.npy": b"shapes",
    "rasters/elevation.tif": b"heights",
    "mappings/police.toml": b"[[table]]",
    "labels.csv": b"column,word,zh,en",
    "history/2026-10.parquet": b"shares",
    "snapshots/ffff/old.parquet": b"",
}


@pytest.fixture
def full(records: Records) -> Records:
    import_cameras(records, cameras())
    for name, content in {**SNAPSHOT, **OTHERS}.items():
        file = records.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (records.folder / "CURRENT").write_text(json.dumps({"id": "0123456789abcdef", "number": 1}))
    return records


def test_a_backup_and_its_restore(full: Records, tmp_path: Path) -> None:
    secret = full.add_key("duty", "leader")
    token = full.open_session("duty", 8)
    job_id = full.add_job("build", {}, "duty")
    full.backup(tmp_path / "home.tar")
    restore(tmp_path / "home.tar", tmp_path / "copy")
    with Records.open(tmp_path / "copy") as copy:
        assert copy.digests() == full.digests()
        assert copy.check_key(secret) is not None
        assert copy.session(token) is None
        assert copy.job(job_id).state == "failed"
    for name, content in SNAPSHOT.items():
        assert (tmp_path / "copy" / name).read_bytes() == content
    assert (tmp_path / "copy" / "boundaries/aaaa/level0.npy").read_bytes() == b"shapes"
    assert (tmp_path / "copy" / "rasters/elevation.tif").read_bytes() == b"heights"
    assert (tmp_path / "copy" / "mappings/police.toml").read_bytes() == b"[[table]]"
    assert (tmp_path / "copy" / "labels.csv").read_bytes() == b"column,word,zh,en"
    assert (tmp_path / "copy" / "history/2026-10.parquet").read_bytes() == b"shares"
    assert not (tmp_path / "copy" / "snapshots/ffff").exists()
    assert (tmp_path / "copy" / "CURRENT").exists()
    assert not list(full.folder.glob(".backup-*")) + list((tmp_path / "copy").glob(".restore-*"))


def test_a_restore_under_an_open_home_replaces_it_and_keeps_a_copy(full: Records, tmp_path: Path) -> None:
    full.backup(tmp_path / "home.tar")
    import_cameras(full, cameras(["8", "9"]))
    restore(tmp_path / "home.tar", full.folder)
    assert full.frame("cameras")["source_id"].tolist() == ["1", "2", "3"]
    (kept,) = (full.folder / "backups").iterdir()
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT source_id FROM cameras ORDER BY 1").fetchall() == [("8",), ("9",)]
    with full.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_restore_over_damaged_records_moves_them_aside(full: Records, tmp_path: Path) -> None:
    full.backup(tmp_path / "home.tar")
    full.close()
    (full.folder / "records.sqlite").write_bytes(b"noise" * 1000)
    restore(tmp_path / "home.tar", full.folder)
    with Records.open(full.folder) as records:
        assert len(records.frame("cameras")) == 3
    assert [path.name[:8] for path in (full.folder / "backups").iterdir()] == ["damaged-"]


def test_no_restore_while_a_job_runs(full: Records, tmp_path: Path) -> None:
    full.backup(tmp_path / "home.tar")
    job_id = full.add_job("build", {}, "duty")
    full.lease_job("w1", 60)
    with pytest.raises(Busy, match="a job is running"):
        restore(tmp_path / "home.tar", full.folder)
    full.fail_job(job_id, "w1", Words("", ""))
    restore(tmp_path / "home.tar", full.folder)


def test_every_damaged_byte_range_is_refused_and_changes_nothing(full: Records, tmp_path: Path) -> None:
    good = tmp_path / "home.tar"
    full.backup(good)
    content = good.read_bytes()
    with tarfile.open(good) as archive:
        starts = [member.offset_data for member in archive if member.size]
    home = tmp_path / "copy"
    for start in starts:
        bad = tmp_path / "bad.tar"
        bad.write_bytes(content[:start] + bytes([content[start] ^ 1]) + content[start + 1 :])
        with pytest.raises(BadInput):
            restore(bad, home)
        bad.write_bytes(content[:start])
        with pytest.raises(BadInput):
            restore(bad, home)
    assert list(home.iterdir()) == []


def test_what_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("hello")
    for name, said in (("text.tar", "not a gridscope backup"), ("none.tar", "missing")):
        with pytest.raises(BadInput, match=said):
            restore(tmp_path / name, tmp_path / "home")


@pytest.mark.parametrize(
    "name",
    ["../evil", "/tmp/evil", "snapshots/../../evil", "snapshots//a", "snapshots/a", "mappings", "other/file", "app.py"],
)
def test_names_outside_the_home_are_refused(tmp_path: Path, name: str) -> None:
    files = {"records.sqlite": {"bytes": 0, "sha256": ""}, name: {"bytes": 0, "sha256": ""}}
    manifest = json.dumps({"format": 1, "files": files}).encode()
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        head = tarfile.TarInfo("manifest.json")
        head.size = len(manifest)
        archive.addfile(head, io.BytesIO(manifest))
        archive.addfile(tarfile.TarInfo(name))
    with pytest.raises(BadInput, match="not a gridscope backup"):
        restore(tmp_path / "evil.tar", tmp_path / "home")
    assert list(tmp_path.rglob("evil")) == []


def test_a_backup_of_a_newer_version_is_refused(full: Records, tmp_path: Path) -> None:
    with full.writing() as connection:
        connection.exec_driver_sql("PRAGMA user_version=99")
    full.backup(tmp_path / "home.tar")
    with pytest.raises(NewerHome):
        restore(tmp_path / "home.tar", tmp_path / "copy")


def test_a_lease_of_before_the_clock_was_put_back_holds_up_no_restore(
    full: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full.backup(tmp_path / "home.tar")
    full.add_job("build", {}, "duty")
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "now_us", lambda: now_us() + 3_600_000_000)
        assert full.lease_job("worker-1", 30) is not None
    restore(tmp_path / "home.tar", full.folder)
    assert full.jobs() == []
