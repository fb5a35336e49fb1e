"""The safeguards desk over HTTP on the guarded city: what is asked for is read strictly, files leave an audit row."""

import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from geo.desk import Desk
from geo.records import Records
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app

EXPORT = "/exports/safeguards"


@pytest.fixture(scope="module")
def records(guarded_home: Path) -> Iterator[Records]:
    with Records.open(guarded_home) as opened:
        yield opened


@pytest.fixture(scope="module")
def analyst(guarded_home: Path, records: Records) -> HomeClient:
    app = create_app(Settings(home=guarded_home, role="analyst"), records=records, desk=Desk(guarded_home))
    app.test_client_class = HomeClient
    client = app.test_client()
    assert isinstance(client, HomeClient)
    return client


def test_rows_come_with_the_snapshot_and_are_kept_by_it(analyst: HomeClient) -> None:
    answer = analyst.get("/api/safeguards/cameras?level=town")
    assert (answer.status_code, answer.json["level"], answer.json["n_rows"]) == (200, "town", 4)
    again = analyst.get("/api/safeguards/cameras?level=town", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_file_has_filters_order_and_columns_of_the_query_and_leaves_an_audit_row(
    analyst: HomeClient, records: Records
) -> None:
    query = "facade_from=1&columns=camera_name,facade_62_m&sort=facade_62_m&order=lowest&within=town:A"
    answer = analyst.get(f"{EXPORT}/cameras.csv?{query}")
    read = pd.read_csv(io.BytesIO(answer.data))
    assert list(read.columns) == ["level", "code", "name", "camera_name", "facade_62_m"]
    assert sorted(read["camera_name"]) == ["机 c2", "机 c3"]
    assert "gridscope-safeguards-cameras-" in answer.headers["Content-Disposition"]
    row = records.audit(limit=1).iloc[0]
    assert (row["route"], row["unit"], row["rows"]) == (f"{EXPORT}/cameras.csv", "town:A", 2)
    assert "facade_from=1" in row["filter"]


@pytest.mark.parametrize(
    "query",
    ["status=fine", "facade_from=-1", "facade_from=abc", "sort=owner", "columns=secret", "order=up", "spare=0", "x=1"],
)
def test_what_cannot_be_asked_is_refused(analyst: HomeClient, query: str) -> None:
    assert analyst.get(f"{EXPORT}/cameras.csv?{query}").status_code == 400


def test_unknown_formats_kinds_and_cameras_are_not_found(analyst: HomeClient) -> None:
    assert analyst.get(f"{EXPORT}/cameras.pdf").status_code == 400
    assert analyst.get(f"{EXPORT}/dwellings.csv").status_code == 404
    assert analyst.get("/api/safeguards/cameras/cameras:none").status_code == 404
    assert analyst.get("/api/safeguards/cameras?within=nowhere").status_code == 404
