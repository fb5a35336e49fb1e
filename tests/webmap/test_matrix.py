"""Every route for every role, over a real desk on the tiny city (BAD_INPUTS rows 31, 32, 33; DOMAIN 4a).

The tiny city holds cameras c1 to c4 and `far`, and 2 incidents in A-1: a count that only analysts and editors may see.
"""

import json
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from PIL import Image

from geo.desk import Desk
from geo.desk.briefing.tiles import tiles_in
from geo.records import Records
from geo.schema.column import Role
from tests.tiny_city import lonlat, write_tiny_city
from tests.webmap.fake_desk import HomeClient
from tests.webmap.packed import open_file
from webmap import Settings, create_app
from webmap.maps.standalone import render_map

HOST = "10.0.0.5"
ROLES: tuple[Role, ...] = ("feeder", "leader", "planner", "analyst", "editor")
WRITE = {"X-Gridscope": "1"}
LON, LAT = lonlat(250, 250)

OPEN = (200, 200, 200, 200, 200, 200)
READ = (401, 403, 200, 200, 200, 200)
PLANNER = (401, 403, 403, 200, 200, 200)
ANALYST = (401, 403, 403, 403, 200, 200)
EDITOR = (401, 403, 403, 403, 403, 200)
#: Writing routes that are sent nothing: 400 says that the role was let in.
EDITS = (401, 403, 403, 403, 403, 400)
FEEDS = (401, 400, 403, 403, 403, 403)
#: The tile of zoom 14 that holds that spot.
TILE = "/".join(map(str, next(tiles_in([LON, LAT, LON, LAT], 14))))

UPLOAD = "0" * 32
#: What is sent to routes that want more than {}.
BODIES: dict[str, dict[str, Any]] = {
    "/api/jobs": {"kind": "build"},
    "/api/topology/repair": {"steps": ["overlap:grid:A-1+A-2"], "version": "0" * 16},
    "/login": {"key": "gs_00000000_wrong"},
    "/api/imports": {
        "upload": UPLOAD,
        "table": {"table": "cameras", "source": "cameras", "columns": {"source_id": "id"}, "x": "lon", "y": "lat"},
    },
}

#: (method, address) -> statuses without a key and for each of ROLES.
MATRIX: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/"): (401, 403, 302, 302, 302, 302),
    ("GET", "/coverage"): READ,
    ("GET", "/gaps"): PLANNER,
    ("GET", "/safeguards"): READ,
    ("GET", "/hotspots"): READ,
    ("GET", "/intake"): EDITOR,
    ("GET", "/print/coverage.pdf"): READ,
    ("GET", "/print/gaps.pdf"): PLANNER,
    ("GET", "/api/home"): READ,
    ("GET", "/api/units?level=grid"): READ,
    ("GET", "/api/units/grid/A-1"): READ,
    ("GET", "/api/units/town/A"): READ,
    ("GET", "/api/metrics/coverage?level=grid"): READ,
    ("GET", "/api/metrics/coverage?level=grid&within=A&at=62.5"): READ,
    ("GET", "/api/metrics/safeguards?level=grid"): READ,
    ("GET", "/api/safeguards/cameras"): READ,
    ("GET", "/api/safeguards/cameras?level=town&within=A"): READ,
    ("GET", "/api/safeguards/cameras/cameras:c1"): PLANNER,
    ("GET", "/api/metrics/hotspots?level=grid"): READ,
    ("GET", "/api/evidence/cameras/cameras:c1?figure=cameras.facade_62_m"): PLANNER,
    ("GET", "/api/evidence?figure=coverage.road_seen_share&level=grid&code=A-1"): READ,
    ("GET", "/api/evidence?figure=rates.on_time_share&level=town&code=A"): READ,
    ("GET", "/api/evidence?figure=safeguards.facade_62_m&level=town&code=A"): READ,
    ("GET", "/api/estimate?path=/api/hotspots"): READ,
    ("GET", "/api/headline?level=grid"): READ,
    ("GET", "/api/standing"): READ,
    ("GET", "/api/hotspots?level=grid"): READ,
    ("GET", "/api/hotspots?level=town&hours=0-23&variable=eb"): READ,
    ("GET", "/api/emerging?level=grid&step=week&hours=0-23"): READ,
    ("GET", "/api/months?level=grid&code=A-1"): READ,
    ("GET", "/api/gaps?level=grid"): PLANNER,
    ("GET", "/api/gaps/incidents?level=grid"): ANALYST,
    ("GET", "/api/gaps/options?level=grid&code=A-2"): PLANNER,
    ("GET", "/api/gaps?level=town&within=P&figure=n_incidents"): PLANNER,
    ("GET", "/api/history?level=grid&code=A-1"): READ,
    ("GET", "/api/history/2026-01?level=grid"): READ,
    ("GET", "/api/changes?since=0&snapshot=0"): READ,
    ("GET", f"/api/identify?lon={LON:.6f}&lat={LAT:.6f}"): READ,
    ("GET", "/api/search?q=c1"): READ,
    ("GET", "/api/counts?level=grid&code=A-1&step=day"): READ,
    ("GET", "/api/counts?level=town&code=A&step=weekday_hour"): READ,
    ("GET", "/api/counts?level=town&code=A&step=week"): READ,
    ("GET", "/api/counts?level=town&code=A&weekdays=1,2"): ANALYST,
    ("GET", "/api/rates?level=grid"): READ,
    ("GET", "/api/rates?level=grid&days=2026-01-01/2026-01-31"): ANALYST,
    ("GET", "/api/rates?by=category&within=A"): READ,
    ("GET", "/api/waiting?by=month"): READ,
    ("GET", "/api/league?level=town&per=km2"): READ,
    ("GET", "/api/league?level=grid&within=A&days=2026-01-01/2026-01-09"): ANALYST,
    ("GET", "/api/kde"): READ,
    ("GET", "/api/kde.png"): READ,
    ("GET", "/api/kde.tif?kernel=quartic&bandwidth=rule&hours=10"): READ,
    ("GET", "/tiles/relief/9/0/0.png"): (401, 403, 404, 404, 404, 404),  # no elevation here
    ("GET", "/background/streets/9/0/0"): (401, 403, 404, 404, 404, 404),  # none is configured here
    ("GET", "/api/cameras/cameras:c1"): PLANNER,
    ("GET", "/api/openapi.json"): READ,
    ("GET", "/api/cameras"): PLANNER,
    ("GET", "/api/places"): (401, 403, 403, 404, 404, 404),  # no places here
    ("GET", "/api/places/a:1"): (401, 403, 403, 404, 404, 404),
    ("GET", "/api/incidents"): ANALYST,
    ("GET", "/api/edits"): PLANNER,
    ("POST", "/api/cameras"): EDITS,
    ("POST", "/api/cameras/changes"): EDITS,
    ("PATCH", "/api/cameras/cameras:c1"): EDITS,
    ("POST", "/api/places"): EDITS,
    ("POST", "/api/places/changes"): EDITS,
    ("PATCH", "/api/places/a:1"): EDITS,
    ("POST", "/api/edits/1/undo"): EDITS,
    ("POST", "/api/incidents"): (401, 400, 403, 403, 403, 400),
    ("POST", "/api/whatif"): (401, 403, 403, 400, 400, 400),
    ("GET", "/api/scenarios"): PLANNER,
    ("POST", "/api/scenarios"): (401, 403, 403, 400, 400, 400),
    ("GET", "/api/scenarios/nobody"): (401, 403, 403, 404, 404, 404),
    ("PUT", "/api/scenarios/nobody"): (401, 403, 403, 400, 400, 400),
    ("DELETE", "/api/scenarios/nobody"): (401, 403, 403, 404, 404, 404),
    ("GET", "/exports/scenario/nobody.csv"): (401, 403, 403, 404, 404, 404),
    ("POST", "/api/feed/incidents"): FEEDS,
    ("POST", "/api/feed/camera-status"): FEEDS,
    ("GET", "/api/table/units?level=grid"): READ,
    ("GET", "/api/table/coverage?level=grid"): READ,
    ("GET", "/api/table/hotspots?level=grid"): READ,
    ("GET", "/api/table/rates?level=grid"): READ,
    ("GET", "/api/table/ledger"): READ,
    ("GET", "/api/ledger"): READ,
    ("GET", "/api/table/cameras"): PLANNER,
    ("GET", "/api/table/gaps"): PLANNER,
    ("GET", "/api/table/safeguards?level=grid"): READ,
    ("GET", "/api/table/masks"): PLANNER,
    ("GET", "/api/table/gap_reasons?level=grid"): PLANNER,
    ("GET", "/api/table/incidents"): ANALYST,
    ("GET", "/api/table/refusals"): EDITOR,
    ("GET", f"/tiles/units-grid/14/{TILE}.mvt"): READ,
    ("GET", f"/tiles/roads/14/{TILE}.mvt"): READ,
    ("GET", f"/tiles/cameras/14/{TILE}.mvt"): PLANNER,
    ("GET", f"/tiles/sectors/14/{TILE}.mvt"): PLANNER,
    ("GET", f"/tiles/gaps/14/{TILE}.mvt"): PLANNER,
    ("GET", "/exports/groups/rates.csv?by=unit&level=grid"): READ,
    ("GET", "/exports/coverage.csv"): ANALYST,
    ("GET", "/exports/coverage.columns.csv"): ANALYST,
    ("GET", "/exports/incidents.geojson"): ANALYST,
    ("GET", "/exports/safeguards/cameras.csv?status=unknown&sort=alone_road_m"): ANALYST,
    ("GET", "/exports/safeguards/units.csv?level=grid&facade_from=1"): ANALYST,
    ("GET", "/exports/gaps/shown.csv?level=grid&hours=8-17"): ANALYST,
    ("GET", "/exports/hotspots/classes.csv?level=grid&hours=8-17"): ANALYST,
    ("GET", "/exports/hotspots/labels.csv?level=town&step=week"): ANALYST,
    ("GET", "/exports/hotspots/incidents.csv?level=grid&category=noise"): ANALYST,
    ("POST", "/exports/coverage.csv"): (401, 403, 403, 403, 202, 202),
    ("POST", "/exports/safeguards/cameras.csv"): (401, 403, 403, 403, 202, 202),
    ("POST", "/exports/gaps/shown.xlsx?level=grid"): (401, 403, 403, 403, 202, 202),
    ("POST", "/exports/hotspots/labels.pdf?level=grid"): (401, 403, 403, 403, 400, 400),
    ("POST", "/exports/briefing.html"): (401, 403, 202, 202, 202, 202),
    ("GET", "/exports/made/1"): (401, 403, 404, 404, 404, 404),  # somebody else's
    ("GET", "/api/files/1"): (401, 403, 404, 404, 404, 404),
    ("POST", "/api/files/1/cancel"): (401, 403, 404, 404, 404, 404),
    ("GET", "/exports/refusals.xlsx"): EDITOR,
    ("GET", "/exports/refusals.csv?table=cameras&reason=swapped_axes"): EDITOR,
    ("GET", "/exports/refusals.parquet"): EDITOR,
    ("GET", "/exports/refusals.columns.csv"): EDITOR,
    ("GET", "/api/refusals?table=cameras&limit=5"): EDITOR,
    ("GET", "/api/jobs"): EDITOR,
    ("GET", "/api/jobs/1"): EDITOR,
    ("POST", "/api/jobs"): (401, 202, 403, 403, 403, 202),
    ("POST", "/api/jobs/1/cancel"): (401, 403, 403, 403, 403, 200),
    ("GET", "/api/imports"): EDITOR,
    ("POST", "/api/imports"): (401, 403, 403, 403, 403, 202),
    ("POST", "/api/imports/1/rollback"): (401, 403, 403, 403, 403, 202),
    ("POST", "/api/uploads?name=a.csv"): (401, 403, 403, 403, 403, 201),
    ("GET", f"/api/uploads/{UPLOAD}/preview"): EDITOR,
    ("GET", "/api/topology"): EDITOR,
    ("POST", "/api/topology/repair"): (401, 403, 403, 403, 403, 202),
    ("GET", "/api/mappings"): EDITOR,
    ("GET", "/api/mappings/cameras"): EDITOR,
    ("GET", "/healthz"): OPEN,
    ("GET", "/version"): OPEN,
    ("GET", "/favicon.ico"): (204, 204, 204, 204, 204, 204),
    ("GET", "/login"): OPEN,
    ("POST", "/login"): (401, 401, 401, 401, 401, 401),
    ("POST", "/logout"): (401, 200, 200, 200, 200, 200),
    ("GET", "/static/leaflet.js"): OPEN,
    ("GET", "/nope"): (401, 403, 404, 404, 404, 404),
    ("DELETE", "/api/units?level=grid"): (401, 405, 405, 405, 405, 405),
}


@pytest.fixture(scope="module")
def tiny_home(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with a job that waits and a file that was sent."""
    folder = tmp_path_factory.mktemp("matrix")
    shutil.copytree(tiny_home, folder / "home")
    with Records.open(folder / "home") as records:
        records.add_job("build", {"as_of": None}, "me")
    sent = folder / "home" / "uploads" / UPLOAD / "cameras.csv"
    sent.parent.mkdir(parents=True)
    shutil.copy(write_tiny_city(folder / "sources").with_name("cameras.csv"), sent)
    return folder / "home"


@pytest.fixture(scope="module")
def app(tiny_home: Path) -> Iterator[Flask]:
    with Records.open(tiny_home) as records:
        made = create_app(Settings(home=tiny_home, host=HOST), records=records)
        made.test_client_class = HomeClient
        yield made


@pytest.fixture(scope="module")
def clients(app: Flask) -> dict[str, HomeClient]:
    """A client per role that sends its key each time, and one without a key under ""."""
    found = {}
    for role in ("", *ROLES):
        client = app.test_client()
        assert isinstance(client, HomeClient)
        client.host = f"{HOST}:8000"
        if role:
            secret = app.extensions["gridscope"].records.add_key(role, role)
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        found[role] = client
    return found


def rule_of(app: Flask, method: str, path: str) -> str | None:
    rules = app.url_map.bind(HOST)
    found = rules.match(path.partition("?")[0], method=method, return_rule=True)[0]
    return str(found.rule)


@pytest.mark.parametrize(("method", "path"), MATRIX)
def test_status_by_role(clients: dict[str, HomeClient], method: str, path: str) -> None:
    statuses = []
    for client in clients.values():
        body = {"json": BODIES.get(path, {})} if method == "POST" else {}
        place = {"REMOTE_ADDR": f"10.1.{len(statuses)}.{len(path)}"}
        statuses.append(client.open(path, method=method, headers=WRITE, environ_overrides=place, **body).status_code)
    assert tuple(statuses) == MATRIX[(method, path)]


def test_no_route_is_missing_from_the_matrix(app: Flask) -> None:
    nowhere = {("GET", "/nope"), ("DELETE", "/api/units?level=grid")}
    asked = {(method, rule_of(app, method, path)) for method, path in MATRIX if (method, path) not in nowhere}
    there = {
        (method, str(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    }
    assert there == asked


@pytest.mark.parametrize(("method", "path"), [key for key in MATRIX if key[0] == "GET"])
def test_head_answers_as_get_does(clients: dict[str, HomeClient], method: str, path: str) -> None:
    for client in (clients["feeder"], clients["leader"]):
        assert client.head(path).status_code == client.get(path).status_code


@pytest.mark.parametrize(("method", "path"), [key for key in MATRIX if key[0] == "GET" and MATRIX[key][2] == 200])
def test_an_unknown_parameter_is_refused_but_by_pages(clients: dict[str, HomeClient], method: str, path: str) -> None:
    page = path in ("/coverage", "/safeguards", "/hotspots", "/login", "/healthz", "/version", "/static/leaflet.js")
    page = page or path.startswith("/print/")
    answer = clients["leader"].get(path + ("&" if "?" in path else "?") + "colour=red")
    assert answer.status_code == (200 if page else 400)


def numbers_under(data: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """All numbers in JSON data with the nearest key above them."""
    if isinstance(data, dict):
        for key, value in data.items():
            # Under "hidden" stand unit numbers by column, not values.
            yield from () if key == "hidden" else numbers_under(value, str(key))
    elif isinstance(data, list):
        for value in data:
            yield from numbers_under(value, name)
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield name, float(data)


#: Counts of people or incidents, and what can be worked back to them.
COUNTS = re.compile(
    r"n|n_incidents|n_received|n_filed|n_due|n_closed|n_on_time|n_accepted|n_mediated|n_solved|n_open|residents"
)
#: Names, ids and places of cameras and incidents (most of which stand at a unit's centre, which is no secret).
SECRETS = (
    "cameras:c",
    "机 c",
    "A-1/0",
    "swapped_axes",
    f"{lonlat(2400, 500)[0]:.4f}",
    f"{lonlat(750, 400)[1]:.4f}",
)


def rows_as_columns(data: Any) -> Any:
    if isinstance(data, dict) and "rows" in data and "columns" in data and isinstance((data["rows"] or [[]])[0], list):
        names = [column["column"] for column in data["columns"]]
        return {name: [row[i] for row in data["rows"]] for i, name in enumerate(names)}
    return data


@pytest.mark.parametrize("role", ["leader", "planner"])
def test_no_small_count_leaves_in_any_answer(clients: dict[str, HomeClient], role: str) -> None:
    n_seen = 0
    for method, path in MATRIX:
        answer = clients[role].get(path) if method == "GET" else None
        if answer is None or answer.status_code != 200 or not answer.is_json:
            continue
        for name, value in numbers_under(rows_as_columns(answer.json)):
            if COUNTS.fullmatch(name) and not path.startswith("/api/home"):
                n_seen += 1
                assert not 0 < value < 5, (path, name, value)
    assert n_seen > 40


def test_analysts_do_see_that_count(clients: dict[str, HomeClient]) -> None:
    card = clients["analyst"].get("/api/units/grid/A-1").json
    assert card["unit"]["n_incidents"] == 2
    hidden = clients["leader"].get("/api/units/grid/A-1").json
    assert hidden["unit"]["n_incidents"] is None
    # With A-1 blank beside its town's total, A-2 (6) could be subtracted from it, so it is blank, too.
    assert clients["leader"].get("/api/units/grid/A-2").json["unit"]["n_incidents"] is None


def secrets_told(client: HomeClient) -> set[str]:
    paths = [path for method, path in MATRIX if method == "GET" and not path.startswith(("/static", "/api/identify"))]
    return {secret for path in paths for secret in SECRETS if secret.encode() in client.get(path).data}


def test_no_point_leaves_to_a_leader(clients: dict[str, HomeClient]) -> None:
    assert secrets_told(clients["leader"]) == set()
    # The same answers to an editor hold them all.
    assert secrets_told(clients["editor"]) == set(SECRETS)
    asked = clients["leader"].get(f"/api/identify?lon={LON:.6f}&lat={LAT:.6f}").json
    assert asked["cameras"] == []
    assert asked["unit"]["grid"]["code"] == "A-1"
    assert clients["leader"].get("/api/search?q=c1").json == []
    assert clients["planner"].get("/api/search?q=c1").json


def test_the_density_of_few_is_blank_below_analyst(clients: dict[str, HomeClient]) -> None:
    pictures = {role: np.asarray(Image.open(BytesIO(clients[role].get("/api/kde.png").data))) for role in ROLES[1:]}
    assert (pictures["leader"] == pictures["planner"]).all()
    assert (pictures["analyst"] > 0).sum() >= (pictures["leader"] > 0).sum() > 0


@pytest.mark.parametrize("role", ["leader", "planner"])
def test_the_file_of_a_map_holds_no_more_than_its_role_may_see(
    tiny_home: Path, clients: dict[str, HomeClient], role: Role
) -> None:
    file = open_file(render_map(Desk(tiny_home), role=role))
    told = {name: file.document[name] for name in ("tables", "months", "answers")}
    assert not [(name, n) for name, n in numbers_under(told) if COUNTS.fullmatch(name) and 0 < n < 5]
    tiles = list(file.tiles)
    assert any(path.startswith("/tiles/cameras/") for path in tiles) == (role != "leader")
    assert not [path for path in tiles if clients[role].get(path).status_code not in (200, 204)]
    if role == "leader":
        text = json.dumps([file.document, file.boot], ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("role", ["leader", "planner"])
def test_the_ledger_tells_no_units_count(clients: dict[str, HomeClient], role: str) -> None:
    """Below analyst it is the whole home's: rows read, assigned, outside, refused by level."""
    told = rows_as_columns(clients[role].get("/api/table/ledger").json)
    assert set(told["code"]) == {""}
    assert min(told["rows_read"]) > 5
    assert "A-1" in rows_as_columns(clients["analyst"].get("/api/table/ledger").json)["code"]


@pytest.mark.parametrize("role", ["leader", "analyst"])
def test_the_short_ledger_says_what_became_of_every_row(clients: dict[str, HomeClient], role: str) -> None:
    """Tiny city: 6 camera rows, of which one lies outside and one has its axes swapped; 55 incidents, one placeless."""
    told = clients[role].get("/api/ledger").json
    assert told["balanced"] is True
    layers = {layer["layer"]: layer for layer in told["layers"]}
    assert layers["cameras"]["title_zh"] == "摄像机"
    counts = ("rows_read", "assigned", "outside", "refused")
    assert [step["level"] for step in layers["cameras"]["levels"]] == ["grid", "town", "prefecture"]
    for layer, wanted in (("cameras", (6, 4, 1, 1)), ("incidents", (55, 54, 0, 1))):
        assert {tuple(step[name] for name in counts) for step in layers[layer]["levels"]} == {wanted}
    assert "A-1" not in json.dumps(told)


def test_exports_rows_and_log_ins_leave_audit_rows(app: Flask, clients: dict[str, HomeClient]) -> None:
    records: Records = app.extensions["gridscope"].records
    n_before = len(records.audit(10_000))
    clients["analyst"].get("/exports/coverage.csv?level=town&within=P")
    clients["analyst"].get("/exports/coverage.columns.csv?level=town")
    clients["analyst"].get("/api/table/incidents?within=A&limit=3")
    clients["editor"].get("/api/table/refusals")
    clients["leader"].get("/exports/coverage.csv")
    clients["leader"].get("/api/table/incidents")
    rows = records.audit(len(records.audit(10_000)) - n_before)
    assert rows[["who", "route", "unit", "rows"]].to_numpy().tolist()[::-1] == [
        ["analyst", "/exports/coverage.csv", "P", 2],
        ["analyst", "/exports/coverage.columns.csv", "", 0],
        ["analyst", "/api/table/incidents", "A", 3],
        ["editor", "/api/table/refusals", "", 2],
    ]


def test_definitions_of_a_csv_stand_beside_it(clients: dict[str, HomeClient]) -> None:
    table = clients["analyst"].get("/exports/coverage.csv?level=town")
    beside = clients["analyst"].get("/exports/coverage.columns.csv?level=town")
    assert beside.headers["Content-Disposition"] == 'attachment; filename="gridscope-coverage-1.columns.csv"'
    lines = beside.data.decode("utf-8-sig").splitlines()
    named = [line.split(",")[0] for line in lines[1:] if not line.startswith("#")]
    assert named == table.data.decode("utf-8-sig").splitlines()[0].split(",")
    snapshot = clients["analyst"].get("/api/home").json["snapshot"]["id"]
    assert f"# snapshot,,,,,{snapshot},{snapshot}" in lines
    assert clients["analyst"].get("/exports/nope.columns.csv").status_code == 400
    assert clients["analyst"].get("/exports/coverage.columns.xlsx").status_code == 400


def test_a_density_raster_is_a_geotiff_and_leaves_an_audit_row(app: Flask, clients: dict[str, HomeClient]) -> None:
    records: Records = app.extensions["gridscope"].records
    answer = clients["leader"].get("/api/kde.tif?per=km2&bandwidth=500&hours=9-11")
    assert answer.mimetype == "image/tiff"
    assert answer.data[:4] == b"II*\x00"
    assert answer.headers["Cache-Control"] == "no-store"
    row = records.audit(1).iloc[0]
    assert (row["who"], row["route"]) == ("leader", "/api/kde.tif")
    assert "bandwidth=500" in row["filter"]


def test_waiting_times_that_are_not_reached_are_named(clients: dict[str, HomeClient]) -> None:
    """In a town's month all are closed after a day, so that the median and nine in ten are reached; the upper limits,
    where all have ended, are not."""
    (row,) = clients["analyst"].get("/api/waiting?by=month&within=B").json["rows"]
    assert (row["key"], row["median_days"], row["p90_days"], row["n_open"]) == ("2026-01", 1.0, 1.0, 0)
    assert row["not_reached"] == ["median_days_high", "p90_days_high"]
    assert row["median_days_high"] is None
