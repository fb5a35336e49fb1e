"""BAD_INPUTS rows 29, 30, 31, 45 (deep JSON).

No route takes a bbox, so one is an unknown parameter (row 29); the one box that people write is a mapping's `extent`
(tests/geo/intake/test_mapping.py).
"""

import json
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.webmap.fake_desk import FakeDesk
from webmap.query import days, local_path, numbers, words

BAD_QUERIES = [
    "/api/units",
    "/api/units?level=",
    "/api/units?level=nope",
    "/api/units?level=grid&level=all",
    "/api/units?level=grid&colour=red",
    "/api/units?level=grid&bbox=a,b",
    "/api/table/coverage?bbox=0,0,1,1",
    "/api/units?level=gr%0aid",
    f"/api/units?level={'x' * 201}",
    "/api/metrics/taxes?level=grid",
    "/api/metrics/coverage?level=grid&at=nan",
    "/api/metrics/coverage?level=grid&at=1e3",
    "/api/metrics/coverage?level=grid&at=-5",
    "/api/identify?lon=109",
    "/api/identify?lon=181&lat=0",
    "/api/identify?lon=inf&lat=0",
    "/api/search",
    "/api/search?q=a&limit=0",
    "/api/changes?since=-1",
    "/api/changes?since=x",
    "/api/changes?since=１",
    "/api/table/coverage?limit=1e9",
    "/api/table/coverage?offset=-1",
    "/api/home?v=../etc",
    "/exports/coverage.exe",
    "/exports/coverage.csv?lang=fr",
]

BAD_TILES = [
    "-1/0/0",
    "99/0/0",
    "21/0/0",
    "1.5/0/0",
    "3/8/0",
    "3/0/8",
    "0/2147483648/0",
    "1/1/1.5",
    "1/01x/0",
    "２/0/0",
    "1//0",
]


@pytest.mark.parametrize("path", BAD_QUERIES)
def test_impossible_query_is_400_in_both_languages(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert set(answer.json["error"]) == {"en", "zh", "id"}
    assert answer.json["error"]["en"]
    assert answer.json["error"]["zh"]


def test_all_faults_are_said_at_once(client: FlaskClient) -> None:
    said = client.get("/api/identify?lon=999&colour=red").json["error"]["en"]
    assert "colour" in said
    assert "lon wants" in said
    assert "lat wants" in said


@pytest.mark.parametrize("tile", BAD_TILES)
def test_tile_that_does_not_exist_costs_no_work(client: FlaskClient, desk: FakeDesk, tile: str) -> None:
    answer = client.get(f"/tiles/units-grid/{tile}.mvt")
    assert answer.status_code == 404
    assert "tile" not in desk.calls


def test_limit_is_capped_and_offset_may_be_large(client: FlaskClient) -> None:
    answer = client.get("/api/table/coverage?limit=1000000000&offset=1000000000")
    assert answer.status_code == 200
    assert answer.json["limit"] == 10_000


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"x"', b"[" * 20_000, b'{"kind": "import"}', b'{"kind": "build", "x": 1}']
)
def test_body_that_is_no_known_object_is_400(client: FlaskClient, records: object, body: bytes) -> None:
    secret = records.add_key("ed", "editor")  # type: ignore[attr-defined]
    answer = client.post("/api/jobs", data=body, headers={"X-Gridscope": "1", "Authorization": f"Bearer {secret}"})
    assert answer.status_code == 400


def test_body_above_the_limit_is_413(client: FlaskClient) -> None:
    answer = client.post("/login", data=json.dumps({"key": "x" * 100_000}), headers={"X-Gridscope": "1"})
    assert answer.status_code == 413
    assert answer.json["error"]["zh"] == "请求过大"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\r\nb",
        "",
        None,
    ],
)
def test_next_that_leaves_this_service_becomes_the_root(path: str | None) -> None:
    assert local_path(path) == "/"


def test_numbers_run_round_their_end() -> None:
    hours = numbers(0, 23)
    assert hours.parse("8") == (8,)
    assert hours.parse("9,8,8") == (8, 9)
    assert hours.parse("8-10,22-1") == (0, 1, 8, 9, 10, 22, 23)
    assert [hours.parse(raw) for raw in ("", "24", "8-24", "8-", "-8", "8,,9", "8 9", "٨")] == [None] * 8


def test_days_are_two_in_order() -> None:
    assert days().parse("2026-01-31/2026-02-01") == (date(2026, 1, 31), date(2026, 2, 1))
    assert days().parse("2026-01-31/2026-01-31") == (date(2026, 1, 31), date(2026, 1, 31))
    wrong = ("2026-01-31", "2026-02-01/2026-01-31", "2026-02-30/2026-03-01", "20260101/20260201", "2026-01-01/..")
    assert [days().parse(raw) for raw in wrong] == [None] * 5


def test_words_may_hold_commas_in_quotes() -> None:
    assert words().parse("noise,theft") == ("noise", "theft")
    assert words().parse('"noise, loud",""') == ("noise, loud", "")
    assert words().parse("") is None
    assert words().parse("a\nb") is None
