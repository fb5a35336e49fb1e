"""Faults while a service runs: a broken source, a killed worker (BAD_INPUTS rows 36, 41); yesterday's snapshot serves.

Real files, records, jobs, desk and command line, on the tiny city.
"""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.jobs import keep_worker, run_worker, spawn_worker
from geo.jobs.work import is_worker_alive
from geo.records import Records
from geo.snapshot.store import current_id
from tests.tiny_city import write_tiny_city
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app
from webmap.cli import main

TILE = "/tiles/units-grid/0/0/0.mvt"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    mapping = write_tiny_city(folder / "sources")
    assert main(["import", str(mapping), "--home", str(folder / "home"), "--lang", "en"]) == 0
    assert main(["build", "--home", str(folder / "home"), "--lang", "en"]) == 0
    return folder


@pytest.fixture
def city(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with `sources` and a `home` that serves them."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    capsys.readouterr()
    return tmp_path


def open_service(home: Path, records: Records) -> HomeClient:
    app = create_app(Settings(home=home), records=records)
    app.test_client_class = HomeClient
    client = app.test_client()
    assert isinstance(client, HomeClient)
    return client


def until(met: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.005)


BROKEN = {
    "gone": lambda sources: (sources / "cameras.csv").unlink(),
    "cut": lambda sources: (sources / "grids.geojson").write_text('{"type":"FeatureCollection","features":[{"type"'),
    "column": lambda sources: (sources / "incidents.csv").write_text("id,lon\n1,109\n"),
    "mapping": lambda sources: (sources / "tiny.toml").write_text('title_zh = "小城"\n[[table]]\ntable = "people"\n'),
    "crs": lambda sources: (sources / "tiny.toml").write_text(
        (sources / "tiny.toml").read_text("utf-8").replace('crs = "EPSG:4326"\n', ""), "utf-8"
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_source_stops_the_import_in_one_line_and_the_old_snapshot_serves(
    city: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home, sources = city / "home", city / "sources"
    with Records.open(home) as records:
        client, before = open_service(home, records), current_id(home)
        digests = records.digests()
        card = client.get("/api/units/grid/A-1").json
        BROKEN[how](sources)
        capsys.readouterr()
        assert main(["import", str(sources / "tiny.toml"), "--home", str(home), "--lang", "en"]) == 1
        said = [line for line in capsys.readouterr().err.splitlines() if "%" not in line[:5]]
        assert len(said) == 1
        assert said[0].startswith("gridscope: ")
        assert records.digests() == digests
        assert main(["build", "--home", str(home), "--lang", "en"]) == 0
        assert current_id(home) == before
        assert client.get("/api/units/grid/A-1").json == card


def test_a_failed_build_says_why_in_one_line_and_publishes_nothing(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = city / "home"
    before = current_id(home)
    with Records.open(home) as records, records.writing() as connection:
        connection.exec_driver_sql("UPDATE sources SET n_read = n_read + 1 WHERE source = 'incidents'")
        connection.exec_driver_sql("UPDATE incidents SET category = 'other', row_hash = zeroblob(32) WHERE line = 2")
    assert main(["build", "--home", str(home), "--lang", "en"]) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if "%" not in line[:5]]
    assert len(said) == 1
    assert "incidents at level grid: read 56, assigned 54, outside 0, refused 1" in said[0]
    assert current_id(home) == before


@pytest.mark.slow
def test_a_worker_killed_in_mid_build_is_followed_by_one_that_finishes(city: Path) -> None:
    home, sources = city / "home", city / "sources"
    cameras = (sources / "cameras.csv").read_text("utf-8")
    (sources / "cameras.csv").write_text(cameras.replace("offline", "online"), "utf-8")
    assert main(["import", str(sources / "tiny.toml"), "--home", str(home)]) == 0
    before = current_id(home)
    with Records.open(home) as records:
        client = open_service(home, records)
        job_id = records.add_job("build", {"as_of": None}, "duty")
        worker = spawn_worker(home)
        until(lambda: records.job(job_id).share > 0.05)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        assert not is_worker_alive(home)
        assert (records.job(job_id).state, current_id(home)) == ("running", before)
        assert client.get("/api/units/grid/A-1").json["cameras"]["online"] == 2
        assert client.get(TILE).status_code == 200
        assert run_worker(home, once=True) == 0, "its lease still holds"
        with records.writing() as connection:
            connection.exec_driver_sql("UPDATE jobs SET lease_until = 0")
        assert run_worker(home, once=True) == 1
        assert (records.job(job_id).state, records.job(job_id).attempts) == ("done", 2)
        assert current_id(home) != before
        until(lambda: client.get("/api/units/grid/A-1").json["cameras"]["online"] == 3)
        assert not list((home / "snapshots").glob(".building*"))


@pytest.mark.slow
def test_a_service_replaces_a_worker_that_was_killed(city: Path) -> None:
    home, stop = city / "home", threading.Event()
    keeper = threading.Thread(target=keep_worker, args=(home, stop))
    keeper.start()
    try:
        until(lambda: is_worker_alive(home))
        [pid] = children_of(os.getpid(), "geo.jobs")
        os.kill(pid, signal.SIGKILL)
        until(lambda: pid not in children_of(os.getpid(), "geo.jobs"))
        until(lambda: is_worker_alive(home))
        with Records.open(home) as records:
            job_id = records.add_job("build", {"as_of": None}, "duty")
            until(lambda: records.job(job_id).state == "done")
    finally:
        stop.set()
        keeper.join(20)
    assert not is_worker_alive(home)


def children_of(parent: int, program: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "status").read_text()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if f"PPid:\t{parent}\n" in status and program in command:
            found.append(int(folder.name))
    return found
