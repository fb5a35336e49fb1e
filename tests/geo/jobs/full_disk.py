"""Runs the jobs that wait in a home while its disk has little room, then while it has more.

`python -m tests.geo.jobs.full_disk HOME HOW`. HOW "tmpfs" mounts a small file system of memory over a folder beside
HOME and fills it but for so many bytes, "limit" lets no file grow beyond so many. Every attempt starts from a copy of
HOME and prints a line of JSON: what became of the job, of the records and of the published snapshot, and what became of
them once there was room again.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from geo.errors import DiskFull
from geo.jobs import run_worker, space
from geo.records import Records
from geo.snapshot.store import current_id

SIZE_BYTES = 96_000_000
LEVELS = (0, 65_536, 262_144, 524_288, 1_048_576, 16_777_216)


@contextmanager
def filled(folder: Path, free_bytes: int) -> Iterator[None]:
    """A disk with so many bytes free."""
    ballast = folder / "ballast"
    there = shutil.disk_usage(folder).free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(there - free_bytes, 1))
    yield
    ballast.unlink()


@contextmanager
def limited(_folder: Path, max_bytes: int) -> Iterator[None]:
    """No file grows beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def describe(home: Path) -> dict[str, Any]:
    """The records, the published snapshot and the first job that was asked for."""
    with Records.open(home) as records:
        job = records.jobs()[-1]
        return {
            "content": [records.digests(), len(records.imports()), len(records.refusals())],
            "snapshot": current_id(home),
            "state": job.state,
            "words": [job.words.en, job.words.zh],
        }


def attempt(home: Path, aside: Path, how: Any, level: int) -> dict[str, Any]:
    """One run without room, and one with it."""
    shutil.copytree(home, aside / "home")
    with how(aside, level), suppress(DiskFull):
        run_worker(aside / "home", once=True)
    full = describe(aside / "home")
    with Records.open(aside / "home") as records:
        failed = [job for job in records.jobs() if job.state == "failed"]
        with records.writing() as connection:
            connection.exec_driver_sql("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
        for job in failed:
            records.add_job(job.kind, job.args, job.who)
        run_worker(aside / "home", once=True)
        states = [found.state for found in records.jobs()]
    free = describe(aside / "home")
    shutil.rmtree(aside / "home")
    return {"level": level, "full": full, "free": free, "states": states}


def main(home: Path, how: str) -> None:
    """Every level once; the reserve is left out of the way but for the first."""
    aside = home.with_name("aside")
    aside.mkdir()
    if how == "tmpfs":
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(aside)], check=True)
        os.environ["TMPDIR"] = os.environ["SQLITE_TMPDIR"] = str(aside)
        sys.stdout.write(json.dumps(attempt(home, aside, filled, 32_000_000)) + "\n")
    space.RESERVE_BYTES = -SIZE_BYTES
    for level in LEVELS:
        told = attempt(home, aside, filled if how == "tmpfs" else limited, level)
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
