from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.records import Records
from tests.webmap.fake_desk import FakeDesk, HomeClient, Open
from webmap import Settings, create_app


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def open_client(tmp_path: Path, desk: FakeDesk, records: Records) -> Open:
    """A client whose requests carry our Host; keywords are Settings'."""

    def make(**settings: object) -> HomeClient:
        made = Settings(home=tmp_path, **settings)  # type: ignore[arg-type]
        app = create_app(made, desk=desk, records=records)  # type: ignore[arg-type]
        app.test_client_class = HomeClient
        client = app.test_client()
        assert isinstance(client, HomeClient)
        return client

    return make


@pytest.fixture
def client(open_client: Open) -> HomeClient:
    return open_client()
