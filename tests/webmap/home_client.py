"""A client of the service over a home on disk, and files that it downloads."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from geo.desk import Desk
from geo.records import Records
from geo.schema import Role
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app


@contextmanager
def tiny_client(home: Path, role: Role) -> Iterator[HomeClient]:
    """A client of the service of `home`, to everybody `role`."""
    with Records.open(home) as records:
        app = create_app(Settings(home=home, role=role), records=records, desk=Desk(home))
        app.test_client_class = HomeClient
        client = app.test_client()
        assert isinstance(client, HomeClient)
        yield client


def download_csv(client: HomeClient, path: str) -> pd.DataFrame:
    """The rows of a CSV file; codes as text, and only what is empty is missing."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    return pd.read_csv(io.BytesIO(answer.data), dtype={"code": str}, keep_default_na=False, na_values=[""])
