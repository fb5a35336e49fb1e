"""BAD_INPUTS rows 25 (headers), 34, 45 (host), 47."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from geo.records import Records
from tests.webmap.fake_desk import Open
from webmap.logs import LOGGER, JsonLines

WRITE = {"X-Gridscope": "1"}


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:9", "localhost.evil.example:8000", ""]
)
def test_foreign_host_is_421(client: FlaskClient, host: str) -> None:
    assert client.get("/coverage", headers={"Host": host}).status_code == 421
    assert client.get("/healthz", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
def test_loopback_names_are_ours(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Gridscope": "0"},
        {**WRITE, "Origin": "https://evil.example"},
        {**WRITE, "Origin": "null"},
        {**WRITE, "Origin": "http://127.0.0.1:9"},
        {**WRITE, "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/api/jobs", "/login", "/logout"])
def test_change_that_another_site_could_send_is_403(
    client: FlaskClient, records: Records, path: str, headers: dict[str, str]
) -> None:
    secret = records.add_key("ed", "editor")
    asked = {"Authorization": f"Bearer {secret}", **headers}
    assert client.post(path, json={"kind": "build"}, headers=asked).status_code == 403


def test_own_origin_passes(client: FlaskClient, records: Records) -> None:
    headers = {**WRITE, "Authorization": f"Bearer {records.add_key('ed', 'editor')}", "Origin": "http://127.0.0.1:8000"}
    assert client.post("/api/jobs", json={"kind": "build"}, headers=headers).status_code == 202


@pytest.mark.parametrize("path", ["/coverage", "/api/home", "/nope", "/login", "/static/leaflet.js", "/healthz"])
def test_headers_stand_on_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert not [name for name, _ in headers if name.startswith("Access-Control")]
    assert "Server" not in headers


def test_cors_preflight_gets_no_leave(client: FlaskClient) -> None:
    answer = client.options(
        "/api/jobs", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.fixture
def lines() -> object:
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    handler = Keep()
    handler.setFormatter(JsonLines())
    LOGGER.addHandler(handler)
    yield kept
    LOGGER.removeHandler(handler)


def test_500_has_a_number_that_stands_in_the_log_and_no_trace(client: FlaskClient, lines: list[str]) -> None:
    answer = client.get("/exports/boom.csv")
    number = answer.json["error"]["id"]
    assert answer.status_code == 500
    assert len(number) == 8
    assert "RuntimeError" not in answer.text
    assert "109.7" not in answer.text
    [line] = [line for line in lines if "RuntimeError" in line]
    assert json.loads(line)["id"] == number


def test_log_holds_no_secret_no_coordinate_and_no_forged_line(
    client: FlaskClient, records: Records, lines: list[str]
) -> None:
    secret = records.add_key("planner one", "planner")
    client.get("/api/identify?lon=109.73883&lat=28.31125", headers={"Authorization": f"Bearer {secret}"})
    client.get("/exports/boom.csv")
    client.get("/api/search?q=%0d%0a%7b%22forged%22%3a1%7d%1b%5b31m")
    client.get("/nope/109.73883%0d%0aforged")
    text = "\n".join(lines)
    assert secret not in text
    assert "abcdef" not in text
    assert "109.73" not in text
    assert "28.31" not in text
    assert "forged\n" not in text
    assert "\x1b" not in text
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_bound_to_every_address_any_address_in_digits_is_ours(open_client: Open) -> None:
    client = open_client(host="0.0.0.0")
    assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "evil.example:8000"}).status_code == 421


def test_a_trusted_name_is_ours_and_makes_keys_needed(open_client: Open) -> None:
    client = open_client(trusted=("maps.example",))
    assert client.get("/healthz", headers={"Host": "maps.example"}).status_code == 200
    assert client.get("/api/home", headers={"Host": "maps.example"}).status_code == 401
