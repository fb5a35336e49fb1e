"""The tiny city as a home, made once: whoever changes it takes a copy."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from geo.jobs import run_build, run_import
from geo.snapshot.store import Snapshot, open_current
from tests.guarded_city import build_guarded
from tests.tiny_city import write_tiny_city

#: The same examples in each run: it fails for what was changed. `--hypothesis-profile=default` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose records hold the tiny city; nothing is built."""
    folder = tmp_path_factory.mktemp("filled")
    run_import(folder / "home", write_tiny_city(folder / "sources"), folder / "sources")
    return folder / "home"


@pytest.fixture(scope="session")
def tiny_home(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the tiny city with its first snapshot published."""
    home = tmp_path_factory.mktemp("tiny") / "home"
    shutil.copytree(filled, home)
    run_build(home)
    return home


@pytest.fixture(scope="session")
def tiny(tiny_home: Path) -> Snapshot:
    """The snapshot of `tiny_home`."""
    return open_current(tiny_home)


@pytest.fixture(scope="session")
def guarded_home(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the tiny city with one dwelling and three restricted areas, built."""
    return build_guarded(filled, tmp_path_factory.mktemp("guarded") / "home")
