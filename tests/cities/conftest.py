"""The demo at full size, made once for all test processes, and Chromium to look at it."""

import fcntl
import os
from pathlib import Path

import pytest

from geo.demo import write_sources
from geo.jobs.run import run_build, run_import
from geo.snapshot.store import Snapshot, open_current
from tests.browser.conftest import browser  # noqa: F401


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's source files, its planted truth beside them."""
    return _demo(tmp_path_factory) / "sources"


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the demo with its first snapshot published: to be read only."""
    return _demo(tmp_path_factory) / "home"


@pytest.fixture(scope="session")
def demo(demo_home: Path) -> Snapshot:
    """The snapshot of `demo_home`."""
    return open_current(demo_home)


def _demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a run share; the first one fills it, the others wait."""
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
