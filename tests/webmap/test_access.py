"""BAD_INPUTS rows 34 (sessions), 35 (brute force)."""

import pytest

from geo.records import Records
from tests.webmap.fake_desk import FakeDesk, HomeClient, Open
from webmap.access.doorman import COOKIE

WRITE = {"X-Gridscope": "1"}
READING = [
    "/coverage",
    "/safeguards",
    "/hotspots",
    "/api/home",
    "/api/units?level=grid",
    "/tiles/units-grid/0/0/0.mvt",
    "/exports/coverage.csv",
    "/",
]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", **WRITE}


@pytest.fixture
def outside(open_client: Open) -> HomeClient:
    client = open_client(host="10.0.0.5")
    client.host = "10.0.0.5:8000"
    return client


@pytest.mark.parametrize("path", [*READING, "/nope", "/api/jobs"])
def test_beyond_loopback_every_route_needs_a_key(outside: HomeClient, desk: FakeDesk, path: str) -> None:
    assert outside.get(path).status_code == 401
    assert outside.get(path, headers=bearer("gs_0_0")).status_code == 401
    assert desk.calls == []


def test_health_version_login_and_its_files_are_public(outside: HomeClient) -> None:
    assert outside.get("/healthz").json == {"ok": True}
    assert set(outside.get("/version").json) == {"gridscope"}
    assert outside.get("/login").status_code == 200
    assert outside.get("/static/leaflet.js").status_code == 200


def test_a_browser_is_sent_to_the_login_page_and_back_only_here(outside: HomeClient) -> None:
    answer = outside.get("/coverage?place=a", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.location == "/login?next=%2Fcoverage%3Fplace%3Da"
    assert 'data-next="/"' in outside.get("/login?next=//evil.example").text
    assert 'data-next="/coverage"' in outside.get("/login?next=/coverage").text


def test_login_opens_a_session_that_logout_ends_on_the_server(outside: HomeClient, records: Records) -> None:
    secret = records.add_key("duty", "planner")
    answer = outside.post("/login", json={"key": secret, "next": "https://evil.example"}, headers=WRITE)
    assert answer.json == {"next": "/"}
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    token = outside.get_cookie(COOKIE, domain="10.0.0.5") or outside.get_cookie(COOKIE)
    assert outside.get("/api/home").json["role"] == "planner"
    assert outside.post("/logout", headers=WRITE).status_code == 200
    assert token is not None
    stolen = {"Cookie": f"{COOKIE}={token.value}"}
    assert outside.get("/api/home", headers=stolen).status_code == 401
    assert records.audit(5)["route"].tolist() == ["/login"]


def test_each_login_has_a_new_session_and_closes_the_old(outside: HomeClient, records: Records) -> None:
    secret = records.add_key("duty", "planner")
    first = outside.post("/login", json={"key": secret}, headers=WRITE).headers["Set-Cookie"].split(";")[0]
    second = outside.post("/login", json={"key": secret}, headers=WRITE | {"Cookie": first})
    assert second.headers["Set-Cookie"].split(";")[0] != first
    assert records.session(first.split("=", 1)[1]) is None


def test_revoking_a_key_ends_bearer_and_session_at_once(outside: HomeClient, records: Records) -> None:
    secret = records.add_key("duty", "planner")
    outside.post("/login", json={"key": secret}, headers=WRITE)
    assert outside.get("/api/home", headers=bearer(secret)).status_code == 200
    records.revoke_key("duty")
    assert outside.get("/api/home", headers=bearer(secret)).status_code == 401
    assert outside.get("/api/home").status_code == 401


def test_wrong_keys_are_stopped_and_the_right_one_elsewhere_is_not(outside: HomeClient, records: Records) -> None:
    secret = records.add_key("duty", "planner")
    wrong = secret[:-4] + "AAAA"
    statuses = [outside.post("/login", json={"key": wrong}, headers=WRITE).status_code for _ in range(9)]
    assert statuses == [401] * 8 + [429]
    stopped = outside.post("/login", json={"key": secret}, headers=WRITE)
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"]
    elsewhere = outside.post("/login", json={"key": secret}, headers=WRITE, environ_base={"REMOTE_ADDR": "10.9.9.9"})
    assert elsewhere.status_code == 200


@pytest.mark.parametrize("role", ["leader", "planner", "analyst"])
def test_roles_that_read_may_not_write(client: HomeClient, records: Records, role: str) -> None:
    secret = records.add_key("k", role)  # type: ignore[arg-type]
    assert client.post("/api/jobs", json={"kind": "build"}, headers=bearer(secret)).status_code == 403


def test_what_a_route_wants_of_its_writers_is_said_in_both_languages(client: HomeClient, records: Records) -> None:
    feeder = records.add_key("f", "feeder")
    told = client.post("/api/imports", json={}, headers=bearer(feeder)).json["error"]
    assert (told["en"], told["zh"]) == ("writing needs the role editor", "写入需要维护员角色")
    told = client.post("/api/jobs", json={}, headers=WRITE).json["error"]
    assert told["en"] == "writing needs a key with role editor or feeder"
    assert told["zh"] == "写入需要维护员或数据接入角色的密钥"


def test_loopback_alone_may_not_write(open_client: Open) -> None:
    assert open_client(role="editor").post("/api/jobs", json={"kind": "build"}, headers=WRITE).status_code == 401


@pytest.mark.parametrize("path", READING)
def test_a_feeder_reads_nothing(client: HomeClient, records: Records, desk: FakeDesk, path: str) -> None:
    secret = records.add_key("f", "feeder")
    assert client.get(path, headers=bearer(secret)).status_code == 403
    assert desk.calls == []


def test_a_feeder_queues_a_build_that_an_editor_sees(client: HomeClient, records: Records) -> None:
    feeder, editor = records.add_key("f", "feeder"), records.add_key("e", "editor")
    assert client.post("/api/jobs", json={"kind": "build"}, headers=bearer(feeder)).json == {"id": 1}
    [job] = client.get("/api/jobs", headers=bearer(editor)).json["jobs"]
    assert (job["kind"], job["who"], job["state"], job["share"]) == ("build", "f", "queued", 0.0)
    assert client.get("/api/jobs").status_code == 403


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("leader", (403, 403, 403)),
        ("planner", (200, 403, 403)),
        ("analyst", (200, 200, 200)),
        ("editor", (200, 200, 200)),
    ],
)
def test_points_rows_and_files_by_role(open_client: Open, role: str, statuses: tuple[int, ...]) -> None:
    client = open_client(role=role)
    paths = ("/api/cameras/s:1", "/api/table/incidents", "/exports/coverage.csv")
    assert tuple(client.get(path).status_code for path in paths) == statuses


def test_export_and_incident_rows_leave_an_audit_row_each_time(client: HomeClient, records: Records) -> None:
    client.get("/exports/gaps.csv?level=grid&within=a&at=25")
    client.get("/api/table/incidents?within=a&limit=1")
    client.get("/api/table/incidents?within=a&limit=1")
    rows = records.audit(9)[["route", "unit", "filter", "rows"]].values.tolist()
    assert rows[2] == ["/exports/gaps.csv", "a", "level=grid&within=a&at=25.0", 2]
    assert rows[0] == rows[1] == ["/api/table/incidents", "a", "limit=1&offset=0", 1]


def test_evidence_that_shows_incidents_leaves_an_audit_row_each_time(client: HomeClient, records: Records) -> None:
    asked = "/api/evidence?figure={}&level=grid&code=a"
    client.get(asked.format("coverage.road_seen_share"))
    for _ in range(2):
        client.get(asked.format("rates.on_time_share"))
    rows = records.audit(9)[["route", "unit", "filter", "rows"]].values.tolist()
    assert rows == [["/api/evidence", "grid:a", "figure=rates.on_time_share", 2]] * 2


def test_key_use_is_noted_once_in_ten_minutes(client: HomeClient, records: Records) -> None:
    secret = records.add_key("prog", "planner")
    for _ in range(3):
        client.get("/api/home", headers=bearer(secret))
    assert records.audit(9)[["who", "route"]].values.tolist() == [["prog", "key use"]]
