"""Kills a worker at each step of a job in turn, and lets the next one finish it.

`python -m tests.geo.jobs.killing HOME`. A step is a statement or a commit of the records, or a file that is opened for
writing, renamed, linked or removed. HOME has one job waiting. It is copied for each step; a fork of this process, which
has everything imported, runs the job in the copy and dies just before the step. Prints a line of JSON per step, and a
last one with the number of steps.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from geo.jobs import run_worker
from geo.records import Records

_FILE_STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link"}


def die_at(step: int) -> None:
    """Kills this process just before its `step`-th step from now."""
    left = [step]

    def count(*_: Any, **__: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def look(name: str, args: tuple[Any, ...]) -> None:
        writes = name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or name in _FILE_STEPS:
            count()

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    sys.addaudithook(look)


def run_apart(home: Path, step: int | None) -> bool:
    """Runs the queue of `home` in a fork that dies at `step`; whether it came to its end."""
    child = os.fork()
    if child == 0:
        if step is not None:
            die_at(step)
        run_worker(home, once=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def describe(home: Path) -> dict[str, Any]:
    """What must be the same however often the worker was killed."""
    with Records.open(home) as records:
        imports = records.imports()
        job = records.jobs()[-1]
        return {
            "digests": records.digests(),
            "sources": records.sources()[["table", "source", "n_read", "n_kept", "n_refused"]].to_numpy().tolist(),
            "refusals": records.refusals()[["table", "line", "reason"]].to_numpy().tolist(),
            "boundaries": records.boundary_version(),
            "imports": imports[["id", "kind", "outcome", "counts"]].to_numpy().tolist(),
            "can_roll_back": imports["can_roll_back"].tolist(),
            "job": [job.state, job.words.en],
            "uploads": len(list((home / "uploads").glob("*"))),
            "mappings": sorted(file.name for file in (home / "mappings").iterdir()),
            "rasters": sorted(file.name for file in (home / "rasters").glob("*.tif")),
        }


def main(home: Path) -> None:
    """Every step once."""
    aside = home.with_name("killed")
    step = 0
    while True:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(home, aside)
        if run_apart(aside, step):
            break
        killed = describe(aside)
        with Records.open(aside) as records, records.writing() as connection:
            connection.exec_driver_sql("UPDATE jobs SET lease_until = 0 WHERE state = 'running'")
        assert run_apart(aside, None)
        sys.stdout.write(json.dumps({"step": step, "killed": killed, "finished": describe(aside)}) + "\n")
        step += 1
    sys.stdout.write(json.dumps({"steps": step, "finished": describe(aside)}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
