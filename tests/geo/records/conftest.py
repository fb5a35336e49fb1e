from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.records import Records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path / "home") as opened:
        yield opened
