"""Imports and builds as resumable jobs: the only room where intake, records, tiles and snapshot meet."""

from geo.jobs.run import run_build, run_import
from geo.jobs.work import keep_worker, run_worker, spawn_worker, submit_and_wait

__all__ = ["keep_worker", "run_build", "run_import", "run_worker", "spawn_worker", "submit_and_wait"]
