import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.desk import Desk
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


@pytest.fixture
def city(tiny_home: Path, tmp_path: Path) -> Path:
    """The home of the tiny city, built, to be changed."""
    shutil.copytree(tiny_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def editor(city: Path) -> Iterator[HomeClient]:
    """An editor's client of `city`."""
    with Records.open(city) as records:
        app = create_app(Settings(home=city), records=records, desk=Desk(city))
        app.test_client_class = HomeClient
        client = app.test_client()
        assert isinstance(client, HomeClient)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key('ed', 'editor')}"
        client.environ_base["HTTP_X_GRIDSCOPE"] = "1"
        yield client
