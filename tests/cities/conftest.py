"""The demo at full size: to be read only."""

from pathlib import Path

import pytest

from geo.snapshot.store import Snapshot, open_current
from tests.full_demo import make_full_demo


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's source files, its planted truth beside them."""
    return make_full_demo(tmp_path_factory) / "sources"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The demo's first snapshot."""
    return open_current(make_full_demo(tmp_path_factory) / "home")
