import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.errors import JobFailed, NotBalanced, Words
from geo.jobs import run_import, run_worker, spawn_worker, submit_and_wait
from geo.jobs.work import is_worker_alive
from geo.records import Records
from tests.geo.jobs.conftest import Rooms


@pytest.fixture
def home(rooms: Rooms, mapping_file: Path, tmp_path: Path) -> Path:
    run_import(tmp_path / "home", mapping_file, tmp_path)
    return tmp_path / "home"


def until(met: Callable[[], object], seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not met in time"
        time.sleep(0.02)


def add(home: Path, kind: str = "build", **args: object) -> int:
    with Records.open(home) as records:
        return records.add_job(kind, args, "duty")


def test_a_worker_runs_what_waits_in_order(home: Path, rooms: Rooms, mapping_file: Path, tmp_path: Path) -> None:
    add(home, "import", mapping=str(mapping_file), data=str(tmp_path))
    add(home, as_of="2024-01-01T00:00:00+00:00")
    assert run_worker(home, once=True) == 2
    with Records.open(home) as records:
        assert records.job(1).words == Words("imported; nothing has changed", "已导入，内容没有变化")
        assert records.job(2).words.en == "snapshot 1 published (0123456789abcdef)"
    assert [moment.isoformat() for moment in rooms.as_of if moment] == ["2024-01-01T00:00:00+00:00"]


def test_a_failed_job_says_why_and_the_worker_goes_on(home: Path, rooms: Rooms) -> None:
    faults = [NotBalanced(Words("lost a row", "丢了一行")), ValueError("secret detail")]

    def fail() -> None:
        if faults:
            raise faults.pop(0)

    rooms.pause = fail
    ids = [add(home), add(home), add(home, "sweep"), add(home)]
    assert run_worker(home, once=True) == 4
    with Records.open(home) as records:
        ended = [records.job(job_id) for job_id in ids]
    assert [job.state for job in ended] == ["failed", "failed", "failed", "done"]
    assert ended[0].words == Words("lost a row", "丢了一行")
    assert "ValueError" in ended[1].words.en
    assert "secret" not in ended[1].words.en
    assert "no job of kind 'sweep'" in ended[2].words.en


def test_a_stop_puts_the_job_back_and_the_next_worker_resumes_it(home: Path, rooms: Rooms) -> None:
    stop = threading.Event()
    rooms.pause = stop.set
    job_id = add(home)
    run_worker(home, stop=stop)
    with Records.open(home) as records:
        assert (records.job(job_id).state, records.job(job_id).attempts) == ("queued", 0)
    rooms.pause = lambda: None
    run_worker(home, once=True)
    with Records.open(home) as records:
        assert records.job(job_id).state == "done"


def test_the_heartbeat_outlives_a_long_silent_step(home: Path, rooms: Rooms) -> None:
    taken: list[object] = []

    def be_silent() -> None:
        with Records.open(home) as records:
            for _ in range(11):
                time.sleep(0.3)
                taken.append(records.lease_job("thief", 60))

    rooms.pause = be_silent
    job_id = add(home)
    run_worker(home, once=True, lease_s=3.0)
    assert taken == [None] * 11
    with Records.open(home) as records:
        assert records.job(job_id).state == "done"


def test_a_worker_that_lost_its_lease_publishes_nothing(home: Path, rooms: Rooms) -> None:
    def lose() -> None:
        with Records.open(home) as records, records.writing() as connection:
            connection.exec_driver_sql("UPDATE jobs SET worker = 'thief'")

    rooms.pause = lose
    job_id = add(home)
    run_worker(home, once=True)
    assert rooms.published == []
    with Records.open(home) as records:
        assert records.job(job_id).worker == "thief"


def test_who_waits_runs_the_job_where_no_worker_lives(home: Path) -> None:
    told: list[tuple[float, str]] = []
    job = submit_and_wait(home, "build", {"as_of": None}, "me", lambda share, words: told.append((share, words.en)))
    assert job.state == "done"
    assert [words for _, words in told][-3:] == ["writing", "publishing", "snapshot 1 published (0123456789abcdef)"]
    assert told[-1][0] == 1.0


def test_who_waits_is_told_why_it_failed(home: Path, rooms: Rooms) -> None:
    def fail() -> None:
        raise NotBalanced(Words("lost a row", "丢了一行"))

    rooms.pause = fail
    with pytest.raises(JobFailed, match="lost a row") as failed:
        submit_and_wait(home, "build", {}, "me")
    assert failed.value.text("zh") == "丢了一行"


def test_who_waits_follows_a_live_worker(home: Path, rooms: Rooms) -> None:
    go, stop, told = threading.Event(), threading.Event(), list[str]()
    rooms.pause = lambda: go.wait(60) and None
    worker = threading.Thread(target=run_worker, args=(home,), kwargs={"stop": stop})
    worker.start()
    until(lambda: is_worker_alive(home))

    def follow(_share: float, words: Words) -> None:
        told.append(words.en)
        go.set()

    job = submit_and_wait(home, "build", {}, "me", follow)
    stop.set()
    worker.join()
    assert job.state == "done"
    assert told[0] in ("waiting", "measuring", "drawing Grid")
    assert not is_worker_alive(home)


def test_an_interrupted_job_is_not_run_later(home: Path, rooms: Rooms) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    rooms.pause = interrupt
    with pytest.raises(KeyboardInterrupt):
        submit_and_wait(home, "build", {}, "me")
    with Records.open(home) as records:
        assert [job.state for job in records.jobs()] == ["failed"]


def test_a_spawned_worker_is_nice_runs_jobs_and_stops_when_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    job_id = add(home)
    worker = spawn_worker(home)
    try:
        with Records.open(home) as records:
            until(lambda: records.job(job_id).state == "failed")
            assert records.job(job_id).words.en == "no units are loaded"
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) == min(19, os.nice(0) + 10)
        assert is_worker_alive(home)
    finally:
        worker.terminate()
    assert worker.wait(300) == 0
    assert not is_worker_alive(home)


@pytest.mark.slow
def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Records.open(home).close()
    code = (
        "import sys, time; from pathlib import Path\n"
        "from geo.jobs import spawn_worker; from geo.jobs.work import is_worker_alive\n"
        "home = Path(sys.argv[1]); spawn_worker(home)\n"
        "while not is_worker_alive(home): time.sleep(0.05)\n"
        "print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    assert is_worker_alive(home)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not is_worker_alive(home))
