"""Workers: who leases jobs, runs them one at a time, and tells how they ended."""

import fcntl
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from geo.errors import BadQuery, Busy, DiskFull, GridscopeError, JobFailed, Words
from geo.jobs.files import drop_made_files, make_queued
from geo.jobs.held import Cancelled, Held, Stopped
from geo.jobs.inbox import Inbox
from geo.jobs.mappings import single_mapping
from geo.jobs.repairing import run_repair
from geo.jobs.run import Progress, import_mapping, run_build, run_import, run_roll_back, silent, tidy
from geo.jobs.space import full_disk_in_words
from geo.jobs.uploads import UPLOADS, drop_upload
from geo.records import Imported, Job, Records
from geo.rules import Rules

LEASE_S = 60.0
POLL_S = 0.5
RESPAWN_S = 2.0
#: A waiting job that no worker takes for this long is run by whoever waits for it.
PATIENCE_S = 10.0
#: How often a worker looks for what the rules keep no longer.
TIDY_EVERY_S = 86_400.0

_LOCK = ".worker.lock"
_UNEXPECTED = (
    "stopped by an unexpected error ({}); the worker's log has the details",
    "因意外错误而中止（{}），详见日志",
)
_INTERRUPTED = Words("interrupted by its user", "已被使用者中断")
_log = logging.getLogger(__name__)


def run_worker(home: Path, once: bool = False, stop: threading.Event | None = None, *, lease_s: float = LEASE_S) -> int:
    """Leases and runs jobs until `stop` is set (with `once`: until none is waiting); returns how many it ran.

    A stop reaches a running job at its next report of progress; the job then goes back into the queue. Between jobs
    the inbox is looked at (`geo.jobs.inbox`). Once a day what is kept no longer (see `tidy`) is deleted.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     run_worker(Path(folder), once=True)
    0
    """
    stop, worker, n_run, tidied_s = stop or threading.Event(), _worker_name(), 0, float("-inf")
    inbox = Inbox(home)
    with Records.open(home) as records, _present(home):
        while not stop.is_set():
            inbox.look(records)
            if time.monotonic() - tidied_s >= TIDY_EVERY_S:
                _tidy(home, records)
                tidied_s = time.monotonic()
            job = _lease(records, worker, lease_s)
            if job is not None:
                _run_job(home, records, job, worker, lease_s=lease_s, stop=stop)
                n_run += 1
            elif once:
                break
            else:
                stop.wait(POLL_S)
    return n_run


def submit_and_wait(
    home: Path, kind: str, args: dict[str, Any], who: str, on_progress: Progress = silent, *, lease_s: float = LEASE_S
) -> Job:
    """Queues a job and returns it once it is done; runs the queue itself where no live worker does.

    `kind` "import" takes args mapping and data (paths), perhaps source_line and review_number, or upload (its id) and
    table (a `[[table]]`); "rollback" takes import (its number); both take build (whether one is queued after them).
    "build" takes as_of (ISO time or None). `on_progress` is told share (0..1) and words. Errors: `JobFailed` in the
    words of the job, also where somebody cancelled it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     submit_and_wait(Path(folder), "build", {"as_of": None}, "me")
    Traceback (most recent call last):
    geo.errors.JobFailed: no units are loaded
    """
    worker, never = _worker_name(), threading.Event()
    with Records.open(home) as records:
        job_id = records.add_job(kind, args, who)
        idle_since = time.monotonic()
        while (job := records.job(job_id)).state in ("queued", "running"):
            if records.n_running_jobs():
                idle_since = time.monotonic()
            if not is_worker_alive(home) or time.monotonic() - idle_since > PATIENCE_S:
                leased = _lease(records, worker, lease_s)
                if leased is not None:
                    tell = on_progress if leased.id == job_id else silent
                    _run_job(home, records, leased, worker, lease_s=lease_s, stop=never, tell=tell)
                    continue
            if job.state == "running":
                on_progress(job.share, job.words)
            time.sleep(POLL_S / 2)
    if job.state in ("failed", "cancelled"):
        raise JobFailed(job.words)
    on_progress(1.0, job.words)
    return job


def spawn_worker(home: Path) -> "subprocess.Popen[bytes]":
    """Starts `python -m geo.jobs HOME` at nice 10; it ends when this process does, or on SIGTERM."""
    command = [sys.executable, "-m", "geo.jobs", str(home), "--parent", str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603


def keep_worker(home: Path, stop: threading.Event) -> None:
    """Keeps one worker process for `home` until `stop` is set: one that dies (killed, out of memory) has a successor.

    >>> stop = threading.Event()
    >>> stop.set()
    >>> keep_worker(Path("var"), stop)
    """
    while not stop.is_set():
        process = spawn_worker(home)
        try:
            while process.poll() is None and not stop.wait(POLL_S):
                pass
        finally:
            process.terminate()
            process.wait()
        if not stop.wait(RESPAWN_S):
            _log.error("the worker ended with %s; starting another", process.returncode)


def is_worker_alive(home: Path) -> bool:
    """Whether a worker process or thread serves `home` now (it holds a lock that dies with it)."""
    with open(home / _LOCK, "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _present(home: Path) -> Iterator[None]:
    with open(home / _LOCK, "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _worker_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"


def _lease(records: Records, worker: str, lease_s: float) -> Job | None:
    try:
        return records.lease_job(worker, lease_s)
    except (Busy, DiskFull) as error:
        _log.warning("no job could be taken, trying again: %s", error)
        return None


def _tidy(home: Path, records: Records) -> None:
    try:
        tidy(home, records, Rules())
        drop_made_files(home, time.time())
    except (GridscopeError, OSError) as error:
        _log.warning("old rows are not deleted yet: %s", error)


def _run_job(
    home: Path,
    records: Records,
    job: Job,
    worker: str,
    *,
    lease_s: float,
    stop: threading.Event,
    tell: Progress = silent,
) -> None:
    """Runs a leased job to its end; whatever it raises ends in the job's row, never in the caller."""
    _log.info("job %s (%s) begins", job.id, job.kind)
    ended = job.id, worker
    try:
        with Held(records, job, worker, lease_s=lease_s, stop=stop) as held:

            def progress(share: float, words: Words) -> None:
                held.progress(share, words)
                tell(share, words)

            with full_disk_in_words():
                outcome = _handler(job.kind)(home, job, progress)
            if job.args.get("build") and job.kind != "build":
                records.add_job("build", {"as_of": None}, job.who, once=True)
        records.finish_job(*ended, outcome)
        _log.info("job %s done: %s", job.id, outcome.en)
    except Stopped:
        _end(lambda: records.release_job(*ended), job.id)
        _log.info("job %s goes back into the queue", job.id)
    except Cancelled:
        _end(lambda: records.cancel_held_job(*ended), job.id)
        _log.info("job %s is cancelled", job.id)
    except GridscopeError as error:
        _log.warning("job %s failed: %s", job.id, error)
        reason = Words(error.text("en"), error.text("zh"))
        _end(lambda: records.fail_job(*ended, reason), job.id)
    except Exception as error:
        _log.exception("job %s failed", job.id)
        words = Words(*(text.format(type(error).__name__) for text in _UNEXPECTED))
        _end(lambda: records.fail_job(*ended, words), job.id)
    except KeyboardInterrupt:
        _end(lambda: records.fail_job(*ended, _INTERRUPTED), job.id)
        raise


def _end(write: Callable[[], None], job_id: int) -> None:
    try:
        write()
    except (Busy, DiskFull) as error:
        _log.warning("job %s: its end could not be noted: %s", job_id, error)


def _import(home: Path, job: Job, progress: Progress) -> Words:
    args = job.args
    if "upload" in args:
        folder = home / UPLOADS / args["upload"]
        done = import_mapping(home, single_mapping(args["table"]), folder, progress, who=job.who, job_id=job.id)
        # Only mapped columns are ever stored: the file itself goes.
        drop_upload(home, args["upload"])
    else:
        mapping, data = Path(args["mapping"]), Path(args["data"])
        credit = args.get("source_line", ""), args.get("review_number", "")
        done = run_import(home, mapping, data, progress, credit=credit, who=job.who, job_id=job.id)
    told = _told(done)
    return Words(f"imported{told.en}", f"已导入{told.zh}")


def _roll_back(home: Path, job: Job, progress: Progress) -> Words:
    told, n = _told(run_roll_back(home, job.args["import"], progress, who=job.who, job_id=job.id)), job.args["import"]
    return Words(f"back to before import {n}{told.en}", f"已恢复到导入 {n} 之前{told.zh}")


def _told(done: Imported) -> Words:
    if done.outcome == "unchanged":
        return Words("; nothing has changed", "，内容没有变化")
    added, changed, removed = (
        sum(getattr(counts, name) for counts in done.counts.values()) for name in ("added", "changed", "removed")
    )
    return Words(
        f": {added:,} rows added, {changed:,} changed, {removed:,} removed",
        f"：新增 {added:,} 行，变更 {changed:,} 行，删除 {removed:,} 行",
    )


def _build(home: Path, job: Job, progress: Progress) -> Words:
    as_of = datetime.fromisoformat(job.args["as_of"]) if job.args.get("as_of") else None
    built = run_build(home, as_of, progress)
    return Words(f"snapshot {built.number} published ({built.id})", f"已发布快照 {built.number}（{built.id}）")


def _repair(home: Path, job: Job, progress: Progress) -> Words:
    n = len(job.args["steps"])
    told = _told(run_repair(home, job.args["steps"], job.args["version"], progress, who=job.who, job_id=job.id))
    return Words(f"boundaries repaired in {n:,} steps{told.en}", f"边界已修复，共 {n:,} 步{told.zh}")


_HANDLERS: dict[str, Callable[[Path, Job, Progress], Words]] = {
    "import": _import,
    "rollback": _roll_back,
    "build": _build,
    "repair": _repair,
    "file": make_queued,
}


def _handler(kind: str) -> Callable[[Path, Job, Progress], Words]:
    if kind not in _HANDLERS:
        known = ", ".join(_HANDLERS)
        raise BadQuery(Words(f"no job of kind {kind!r}; there are {known}", f"没有任务类型 {kind!r}；现有：{known}"))
    return _HANDLERS[kind]
