"""Imports and builds as resumable jobs: the only room where intake, records, tiles and snapshot meet."""

from geo.jobs.run import import_mapping, run_build, run_import, run_roll_back
from geo.jobs.work import keep_worker, run_worker, spawn_worker, submit_and_wait

__all__ = [
    "import_mapping",
    "keep_worker",
    "run_build",
    "run_import",
    "run_roll_back",
    "run_worker",
    "spawn_worker",
    "submit_and_wait",
]
