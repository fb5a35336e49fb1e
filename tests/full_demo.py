"""The demo at full size, made once for all processes of a test run."""

import fcntl
import os
from pathlib import Path

import pytest

from geo.demo import write_sources
from geo.jobs.run import run_build, run_import


def make_full_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `sources` (files and planted truth) and `home`; the first process fills it, the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    with (folder.parent / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            write_sources(folder / "sources")
            run_import(folder / "home", folder / "sources" / "mapping.toml", folder / "sources")
            run_build(folder / "home")
            (folder / "made").touch()
    return folder
