"""Files made in the background: what the direct download gives, for a day, to who asked and still may see it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo.jobs import run_worker
from geo.jobs.files import KEPT_S, MAX_WAITING, drop_made_files
from geo.records import Records
from geo.schema import Role
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app

Clients = dict[str, HomeClient]


@pytest.fixture
def records(city: Path) -> Iterator[Records]:
    with Records.open(city) as opened:
        yield opened


@pytest.fixture
def clients(city: Path, records: Records) -> Clients:
    app = create_app(Settings(home=city, host="10.0.0.5"), records=records)
    app.test_client_class = HomeClient
    found = {}
    for role in ("leader", "planner", "analyst", "editor"):
        client = app.test_client()
        assert isinstance(client, HomeClient)
        client.host = "10.0.0.5:8000"
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key(role, role)}"
        client.environ_base["HTTP_X_GRIDSCOPE"] = "1"
        found[role] = client
    return found


ASKED = (
    "/exports/coverage.csv?level=town&at=62.5",
    "/exports/incidents.geojson?within=A",
    "/exports/safeguards/cameras.csv?facade_from=0&columns=source_id,facade_62_m&sort=facade_62_m&order=lowest",
    "/exports/safeguards/units.csv?level=grid",
    "/exports/gaps/shown.csv?level=grid&reason=none,doubt&spans=gap_m2:1-&shown=1-&hours=0-23&sort=code",
    "/exports/hotspots/classes.geojson?level=grid&category=noise",
)


@pytest.mark.parametrize("path", ASKED)
def test_what_is_made_is_what_the_download_gives(city: Path, clients: Clients, path: str) -> None:
    asked = clients["analyst"].post(path)
    assert asked.status_code == 202
    address = f"/api/files/{asked.json['id']}"
    assert (clients["analyst"].get(address).json["state"], clients["analyst"].get(address).json["file"]) == (
        "queued",
        None,
    )
    run_worker(city, once=True)
    told = clients["analyst"].get(address).json
    made = clients["analyst"].get(told["file"]["href"])
    direct = clients["analyst"].get(path)
    assert told["state"] == "done"
    assert made.data == direct.data
    assert len(made.data) == told["file"]["n_bytes"]
    assert made.headers["Content-Disposition"] == direct.headers["Content-Disposition"]
    assert made.headers["Content-Disposition"] == f'attachment; filename="{told["file"]["name"]}"'


def test_making_and_fetching_leave_audit_rows(city: Path, clients: Clients, records: Records) -> None:
    id = clients["analyst"].post("/exports/coverage.csv?level=town&within=P").json["id"]
    run_worker(city, once=True)
    clients["analyst"].get(f"/exports/made/{id}")
    rows = records.audit(3)[["who", "route", "unit", "filter", "rows"]].to_numpy().tolist()[::-1]
    assert ["analyst", "/exports/coverage.csv", "P", "level=town&within=P", 2] in rows
    assert ["analyst", "/exports/made", "", f"job={id} file=gridscope-coverage-1.csv", 0] in rows


def test_only_who_asked_is_told_of_it_or_given_it(city: Path, clients: Clients) -> None:
    id = clients["analyst"].post("/exports/coverage.csv").json["id"]
    run_worker(city, once=True)
    for role in ("leader", "planner", "editor"):
        assert clients[role].get(f"/api/files/{id}").status_code == 404
        assert clients[role].get(f"/exports/made/{id}").status_code == 404
        assert clients[role].post(f"/api/files/{id}/cancel", json={}).status_code == 404
    build = clients["editor"].post("/api/jobs", json={"kind": "build"}).json["id"]
    assert clients["editor"].get(f"/api/files/{build}").status_code == 404


def test_who_lost_the_role_is_not_given_what_was_made_for_it(city: Path, records: Records) -> None:
    """Without keys everybody is this machine's user, with the role that the service was started with."""

    def as_role(role: Role) -> HomeClient:
        app = create_app(Settings(home=city, role=role), records=records)
        app.test_client_class = HomeClient
        client = app.test_client()
        assert isinstance(client, HomeClient)
        return client

    id = as_role("analyst").post("/exports/incidents.csv", headers={"X-Gridscope": "1"}).json["id"]
    run_worker(city, once=True)
    assert [as_role(role).get(f"/exports/made/{id}").status_code for role in ("planner", "editor")] == [403, 200]


def test_planners_may_order_no_tables(clients: Clients) -> None:
    assert clients["planner"].post("/exports/coverage.csv").status_code == 403
    assert clients["analyst"].post("/exports/coverage.pdf").status_code == 400
    assert clients["analyst"].post("/exports/coverage.csv", headers={"X-Gridscope": ""}).status_code == 403


def test_it_is_gone_after_a_day(city: Path, clients: Clients) -> None:
    id = clients["analyst"].post("/exports/coverage.csv").json["id"]
    run_worker(city, once=True)
    (file,) = (city / "files" / str(id)).iterdir()
    old = time.time() - KEPT_S - 60
    os.utime(file, (old, old))
    assert clients["analyst"].get(f"/exports/made/{id}").status_code == 404
    os.utime(file.parent, (old, old))
    assert drop_made_files(city, time.time()) == 1
    assert not file.parent.exists()


def test_a_waiting_one_can_be_cancelled_and_no_more_than_a_few_wait(clients: Clients) -> None:
    ids = [clients["analyst"].post("/exports/coverage.csv").json["id"] for _ in range(MAX_WAITING)]
    assert clients["analyst"].post("/exports/coverage.csv").status_code == 429
    assert clients["analyst"].post(f"/api/files/{ids[0]}/cancel", json={}).json["state"] == "cancelled"
    assert clients["analyst"].post("/exports/coverage.csv").status_code == 202


def test_what_cannot_be_made_says_why(city: Path, clients: Clients) -> None:
    id = clients["analyst"].post("/exports/rates.geojson").json["id"]
    run_worker(city, once=True)
    told = clients["analyst"].get(f"/api/files/{id}").json
    assert (told["state"], told["file"]) == ("failed", None)
    assert "no geometry" in told["words"]["en"]
