"""Imports and roll backs as jobs over the tiny city (BAD_INPUTS rows 36, 37): one source at a time, in queue order."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from geo.errors import BadMapping, BadQuery, JobFailed, NotAvailable, NotFound, Words
from geo.jobs import held, run_build, run_import, run_worker, submit_and_wait, work
from geo.jobs.mappings import save_tables, saved_sources, saved_table, single_mapping
from geo.jobs.queue import queue_import, queue_roll_back
from geo.jobs.uploads import find_upload
from geo.records import Counts, Records
from geo.snapshot.store import current_id, open_current
from tests.tiny_city import lonlat

CAMERAS = {
    "table": "cameras",
    "source": "police",
    "crs": "EPSG:4326",
    "x": "经度",
    "y": "纬度",
    "columns": {"source_id": "编号", "status": "状态"},
    "constants": {"sweep_deg": 360, "range_m": 50},
    "values": {"status": {"在用": "online", "停用": "offline"}},
}
INCIDENTS = {
    "table": "incidents",
    "source": "hotline",
    "crs": "EPSG:4326",
    "x": "lon",
    "y": "lat",
    "columns": {"source_id": "id", "reported_at": "at"},
}


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home"


def send(home: Path, number: int, text: str, name: str = "台账.csv") -> str:
    """Puts a file where uploads lie; returns its id."""
    file = home / "uploads" / f"{number:032x}" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("gb18030"))
    return file.parent.name


def ledger(*rows: tuple[str, float, str]) -> str:
    """A camera ledger: id, metres east of the origin, status; its last column is no one's business."""
    lines = [f"{row_id},{lonlat(x, 250)[0]},{lonlat(x, 250)[1]},{status},张三" for row_id, x, status in rows]
    return "\n".join(["编号,经度,纬度,状态,负责人", *lines, ""])


def police(records: Records) -> list[tuple[str, str]]:
    frame = records.frame("cameras")
    return [(row.source_id, row.status) for row in frame.itertuples() if row.uid.startswith("police:")]


def test_a_file_from_upload_to_map_corrected_and_rolled_back(home: Path) -> None:
    first = ledger(("1", 250, "在用"), ("2", 750, "停用"), ("3", 800, "坏了"))
    with Records.open(home) as records:
        run_build(home)
        before = current_id(home), records.digests(), records.boundary_version()
        job, source = queue_import(home, records, send(home, 1, first), CAMERAS, "ann")
        assert run_worker(home, once=True) == 2
        assert records.job(job).words.en == "imported: 2 rows added, 0 changed, 0 removed"
        assert police(records) == [("1", "online"), ("2", "offline")]
        assert records.find_refusals(source=source).reasons == (("unknown_value", 1),)
        assert current_id(home) != before[0]
        assert len(open_current(home).frame("cameras")) == 7
        fixed = first.replace("坏了", "在用").replace("停用", "在用")
        job, _ = queue_import(home, records, send(home, 2, fixed), CAMERAS, "ann")
        run_worker(home, once=True)
        assert records.job(job).words.en == "imported: 1 rows added, 1 changed, 0 removed"
        made = records.import_of_job(job)
        assert made is not None
        assert made.counts == {"cameras": Counts(added=1, changed=1, unchanged=1)}
        assert records.find_refusals(source=source).total == 0
        queue_roll_back(records, made.id, "ann")
        queue_roll_back(records, made.id - 1, "ann")
        assert run_worker(home, once=True) == 3
        assert (current_id(home), records.digests(), records.boundary_version()) == before
        kinds = [(row.kind, row.who) for row in records.jobs(3)]
        assert kinds == [("build", "ann"), ("rollback", "ann"), ("rollback", "ann")]
        assert records.jobs(2)[1].words.en == f"back to before import {made.id - 1}: 0 rows added, 0 changed, 2 removed"


def test_only_mapped_columns_stay(home: Path) -> None:
    with Records.open(home) as records:
        queue_import(
            home, records, send(home, 1, ledger(("1", 250, "在用"), ("2", 250, "?"))), CAMERAS, "a", build=False
        )
        run_worker(home, once=True)
        assert police(records)
        assert list((home / "uploads").iterdir()) == []
        assert "张三" not in records.refusals().to_csv()
    assert not [file for file in home.rglob("*") if file.is_file() and "张三".encode() in file.read_bytes()]


def test_a_build_is_queued_once_after_several_imports_and_none_where_not_wanted(home: Path) -> None:
    with Records.open(home) as records:
        for number in (1, 2):
            text = ledger((str(number), 250, "在用"))
            queue_import(home, records, send(home, number, text), {**CAMERAS, "source": f"town-{number}"}, "ann")
        quiet = send(home, 3, ledger(("3", 250, "在用")))
        queue_import(home, records, quiet, {**CAMERAS, "source": "town-3"}, "ann", build=False)
        run_worker(home, once=True)
        assert [job.kind for job in records.jobs()] == ["build", "import", "import", "import"]


def test_two_imports_of_one_source_at_once_do_not_mix(home: Path) -> None:
    """Each job carries its own mapping and file: the later one is what stands, whole."""
    other = {**CAMERAS, "columns": {"source_id": "编号"}, "values": {}, "constants": {"status": "planned"}}

    def ask(number: int) -> int:
        text = ledger(*((f"{number}-{row}", 250 + row, "在用") for row in range(20)))
        with Records.open(home) as mine:
            upload = send(home, number, text)
            return queue_import(home, mine, upload, other if number % 2 else CAMERAS, "ann", build=False)[0]

    with ThreadPoolExecutor(2) as pool:
        asked = list(pool.map(ask, (1, 2)))
    workers = [threading.Thread(target=run_worker, args=(home,), kwargs={"once": True}) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run_worker(home, once=True)
    with Records.open(home) as records:
        assert [records.job(job).state for job in asked] == ["done", "done"]
        last = asked.index(max(asked)) + 1
        wanted = "planned" if last % 2 else "online"
        assert sorted(police(records)) == sorted((f"{last}-{row}", wanted) for row in range(20))
        made = [records.import_of_job(job) for job in sorted(asked)]
        assert made[1] is not None
        assert made[1].counts["cameras"] == Counts(added=20, removed=20)
        assert dict(saved_table(home, "police").columns) == (other if last % 2 else CAMERAS)["columns"]


def test_the_same_file_twice_changes_nothing(home: Path) -> None:
    text = ledger(("1", 250, "在用"), ("2", 250, "?"))
    with Records.open(home) as records:
        for number, name in ((1, "台账.csv"), (2, "台账 (1).csv")):
            upload = send(home, number, text, name)
            job, _ = queue_import(home, records, upload, CAMERAS, "ann", build=False)
            run_worker(home, once=True)
        assert records.job(job).words == Words("imported; nothing has changed", "已导入，内容没有变化")
        assert records.imports()["outcome"].tolist()[:2] == ["unchanged", "changed"]


def test_the_bounds_and_the_time_zone_of_the_home_stand_in(home: Path) -> None:
    lon, lat = lonlat(250, 250)
    text = f"id,lon,lat,at\n1,{lon},{lat},2026-01-05 08:00:00\n2,{lon + 9},{lat},2026-01-05 08:00:00\n"
    with Records.open(home) as records:
        queue_import(home, records, send(home, 1, text), INCIDENTS, "ann", build=False)
        run_worker(home, once=True)
        frame = records.frame("incidents").set_index("uid")
        assert str(frame["reported_at"]["hotline:1"]) == "2026-01-05 00:00:00+00:00"
        assert [reason for reason, _ in records.find_refusals(source="hotline").reasons] == ["outside_extent"]


def test_what_cannot_be_imported_is_said_before_a_job_is_queued(home: Path, tmp_path: Path) -> None:
    upload = send(home, 1, ledger())
    with Records.open(home) as records:
        for error, sent, table in (
            (NotFound, "f" * 32, CAMERAS),
            (NotFound, "../" + upload, CAMERAS),
            (BadMapping, upload, {**CAMERAS, "columns": {"colour": "编号"}}),
            (BadMapping, upload, {**CAMERAS, "source": "../etc"}),
            (BadQuery, upload, {**CAMERAS, "file": "/etc/passwd"}),
            (BadQuery, upload, {**CAMERAS, "source": "roads"}),
        ):
            with pytest.raises(error):
                queue_import(home, records, sent, table, "ann")
        assert records.jobs() == []
        with pytest.raises(NotFound):
            queue_roll_back(records, 99, "ann")
    with Records.open(tmp_path / "empty") as records, pytest.raises(NotAvailable, match="import boundaries first"):
        queue_import(tmp_path / "empty", records, send(tmp_path / "empty", 1, ledger()), CAMERAS, "ann")


def test_a_mapping_without_levels_from_a_file(home: Path, tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_text(ledger(("1", 250, "在用")), "utf-8")
    save_tables(tmp_path, single_mapping({**CAMERAS, "file": "cameras.csv"}))
    mapping = tmp_path / "mappings" / "police.toml"
    before = saved_sources(home)
    done = run_import(home, mapping, tmp_path)
    assert done.counts == {"cameras": Counts(added=1)}, "no other source is touched"
    assert saved_sources(home) == sorted([*before, "police"])
    with Records.open(home) as records:
        assert len(records.frame("units")) == 11
    with pytest.raises(NotAvailable, match="no levels"):
        run_import(tmp_path / "empty", mapping, tmp_path)


def test_the_mapping_of_every_source_is_kept(home: Path) -> None:
    assert saved_sources(home) == ["cameras", "incidents", "roads"]
    table = saved_table(home, "incidents")
    assert (table.timezone, table.file) == ("Asia/Shanghai", "incidents.csv")
    assert single_mapping(table.model_dump(mode="json", exclude_defaults=True)).table == (table,)
    with pytest.raises(NotFound, match="no mapping is kept"):
        saved_table(home, "../cameras")


def at_progress(monkeypatch: pytest.MonkeyPatch, words: str, act: Any) -> None:
    """Calls `act` once, when a job reports that it does what begins with `words`."""
    real, done = held.Held.progress, list[int]()

    def progress(self: held.Held, share: float, said: Words) -> None:
        if said.en.startswith(words) and not done:
            done.append(1)
            act()
        real(self, share, said)

    monkeypatch.setattr(held.Held, "progress", progress)


@pytest.mark.parametrize("step", ["reading", "all sources read", "storing"])
def test_a_running_import_is_cancelled_with_nothing_half_done(
    home: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Records.open(home) as records:
        before = records.digests(), records.sources().to_csv(), len(records.imports()), saved_sources(home)
        job, _ = queue_import(home, records, send(home, 1, ledger(("1", 250, "在用"))), CAMERAS, "ann")
        at_progress(monkeypatch, step, lambda: records.cancel_job(job, "bob"))
        run_worker(home, once=True)
        assert records.job(job).state == "cancelled"
        assert (records.digests(), records.sources().to_csv(), len(records.imports()), saved_sources(home)) == before
        assert [found.kind for found in records.jobs()] == ["import"], "no build follows"
        assert find_upload(home, "0" * 31 + "1").exists(), "it may be imported again"


def test_who_waits_for_a_cancelled_job_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Records.open(home) as records:
        at_progress(monkeypatch, "rolling back", lambda: records.cancel_job(records.jobs(1)[0].id, "bob"))
        with pytest.raises(JobFailed, match="cancelled by bob"):
            submit_and_wait(home, "rollback", {"import": 1}, "ann")
        assert len(records.frame("units")) == 11


def test_a_worker_that_died_after_the_records_were_written_imports_nothing_twice(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The import is committed, its job is not: run again, it finds its import and only ends."""
    with Records.open(home) as records:
        job, _ = queue_import(home, records, send(home, 1, ledger(("1", 250, "在用"))), CAMERAS, "ann")
        with monkeypatch.context() as patched:
            patched.setattr(Records, "finish_job", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            patched.setattr(Records, "fail_job", lambda *_: None)
            with pytest.raises(KeyboardInterrupt):
                run_worker(home, once=True)
        assert records.job(job).state == "running"
        assert not (home / "uploads" / ("0" * 31 + "1")).exists()
        with records.writing() as connection:
            connection.exec_driver_sql("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
        assert run_worker(home, once=True) == 2
        assert records.job(job).words.en == "imported: 1 rows added, 0 changed, 0 removed"
        assert records.imports()["kind"].tolist() == ["import", "import"]
        assert [found.kind for found in records.jobs()] == ["build", "import"]


def test_a_worker_tidies_once_a_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tidied, stop = [0.0], list[float](), threading.Event()

    def wait(_seconds: float) -> bool:
        clock[0] += work.TIDY_EVERY_S / 4
        if clock[0] > 2 * work.TIDY_EVERY_S:
            stop.set()
        return False

    monkeypatch.setattr(work.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(work, "tidy", lambda *_: tidied.append(clock[0] / work.TIDY_EVERY_S))
    monkeypatch.setattr(stop, "wait", wait)
    run_worker(home, stop=stop)
    assert tidied == [0.0, 1.0, 2.0]
