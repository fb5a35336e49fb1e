from pathlib import Path

import pytest

from geo.jobs.run import run_build, run_import
from geo.snapshot.store import Snapshot, open_current
from tests.tiny_city import write_tiny_city


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    home = folder / "home"
    run_import(home, write_tiny_city(folder / "sources"), folder / "sources")
    run_build(home)
    return home


@pytest.fixture(scope="session")
def tiny(tiny_home: Path) -> Snapshot:
    return open_current(tiny_home)
