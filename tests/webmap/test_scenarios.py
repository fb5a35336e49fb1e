"""Scenarios over HTTP on the tiny city: kept, listed, changed by one at a time, exported."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geo.jobs import run_build
from geo.records import Records
from tests.tiny_city import lonlat
from tests.webmap.fake_desk import HomeClient

LON, LAT = lonlat(250, 250)
NEW = {"uid": None, "values": {"lon": LON, "lat": LAT, "sweep_deg": 360.0, "range_m": 30.0, "azimuth_deg": 0.0}}
OFF = {"uid": "cameras:c1", "values": {"status": "offline"}}
PLAN = {
    "name": "=Old market",
    "edits": [{**NEW, "on": True}, {**OFF, "on": False}],
    "view": {"place": "town:A", "c": [LON, LAT], "z": 16.5},
    "note": "first",
    "shared": False,
}


@pytest.fixture
def keys(city: Path) -> dict[str, dict[str, str]]:
    with Records.open(city) as records:
        made = {
            name: records.add_key(name, role) for name, role in (("p1", "planner"), ("p2", "planner"), ("l", "leader"))
        }
    return {name: {"Authorization": f"Bearer {key}"} for name, key in made.items()}


def made(client: HomeClient, plan: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    answer = client.post("/api/scenarios", json=plan, **kwargs)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_what_is_saved_is_found_again(editor: HomeClient, city: Path) -> None:
    one = made(editor, PLAN)
    assert editor.get(f"/api/scenarios/{one['id']}").json == one
    assert {name: one[name] for name in PLAN} == PLAN
    assert (one["author"], one["mine"], one["version"], one["is_current"]) == ("ed", True, 1, True)
    assert (one["missing"], one["n_edits"]) == ([], 2)
    (head,) = editor.get("/api/scenarios").json["scenarios"]
    assert head == {name: value for name, value in one.items() if name not in ("edits", "view", "missing")}
    with Records.open(city) as records:
        assert records.audit(1)[["who", "route", "filter"]].values.tolist() == [
            ["ed", "/api/scenarios", f"add {one['id']} version 1"]
        ]


def test_of_two_who_change_it_at_once_the_second_is_told(editor: HomeClient) -> None:
    one = made(editor, PLAN)
    url = f"/api/scenarios/{one['id']}"
    mine = editor.put(url, json={**PLAN, "name": "mine", "version": 1})
    assert (mine.status_code, mine.json["version"], mine.json["name"]) == (200, 2, "mine")
    theirs = editor.put(url, json={**PLAN, "name": "theirs", "version": 1})
    assert theirs.status_code == 409
    assert "in the meantime" in theirs.json["error"]["en"]
    assert theirs.json["error"]["zh"]
    assert editor.get(url).json["name"] == "mine"


def test_who_may_see_change_and_delete(editor: HomeClient, keys: dict[str, dict[str, str]]) -> None:
    one = made(editor, PLAN, headers=keys["p1"])
    url, change = f"/api/scenarios/{one['id']}", {**PLAN, "version": 1}
    # By its id everybody who plans may open it; it is not listed to them.
    assert editor.get(url, headers=keys["p2"]).json["mine"] is False
    assert editor.get("/api/scenarios", headers=keys["p2"]).json["scenarios"] == []
    assert editor.put(url, json=change, headers=keys["p2"]).status_code == 403
    assert editor.delete(url, headers=keys["p2"]).status_code == 403
    for told in (editor.get(url, headers=keys["l"]), editor.post("/api/scenarios", json=PLAN, headers=keys["l"])):
        assert told.status_code == 403
    assert editor.put(url, json={**change, "shared": True}, headers=keys["p1"]).status_code == 200
    assert len(editor.get("/api/scenarios", headers=keys["p2"]).json["scenarios"]) == 1
    assert editor.put(url, json={**change, "shared": True, "version": 2}, headers=keys["p2"]).status_code == 200
    assert editor.delete(url, headers=keys["p2"]).status_code == 403
    assert editor.delete(url).json == {"id": one["id"]}
    assert editor.get(url).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"edits": [{"uid": "cameras:c1"}]},
        {"edits": [OFF, OFF]},
        {"edits": [{"values": {"lon": 0.0, "lat": 0.0}}]},
        {"edits": [NEW] * 201},
        {"note": "x" * 2001},
        {"view": {"c": [1.0]}},
        {"more": 1},
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(editor: HomeClient, wrong: dict[str, Any]) -> None:
    told = editor.post("/api/scenarios", json={**PLAN, **wrong})
    assert told.status_code == 400
    assert told.json["error"]["en"]
    assert told.json["error"]["zh"]


def test_a_camera_that_is_gone_is_named_and_an_older_snapshot_is_said(editor: HomeClient, city: Path) -> None:
    lost = {"uid": "cameras:lost", "values": {"status": "offline"}, "on": True}
    one = made(editor, {**PLAN, "edits": [lost, {**NEW, "on": True}]})
    assert (one["missing"], one["edits"][0]) == (["cameras:lost"], lost)
    editor.patch(
        "/api/cameras/cameras:c1", json={"values": {"height_m": 4.0}, "reason": "seen"}, headers={"If-Match": "*"}
    )
    run_build(city)
    # A service looks for a new snapshot once a second.
    editor.application.extensions["gridscope"].desk._holder._looked_at_s = float("-inf")
    again = editor.get(f"/api/scenarios/{one['id']}").json
    assert (again["is_current"], again["snapshot"]) == (False, one["snapshot"])
    rows = rows_of(editor.get(f"/exports/scenario/{one['id']}.csv"))
    assert [row["change"] for row in rows] == ["gone", "added"]


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.data
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_file_has_what_what_if_says(editor: HomeClient) -> None:
    """Two edits that are on, one that is off: gains are those of the same edits asked for by themselves."""
    moved = {"uid": "cameras:c2", "values": {"lon": lonlat(260, 250)[0]}}
    edits = [{**OFF, "on": False}, {**NEW, "on": True}, {**moved, "on": True}]
    one = made(editor, {**PLAN, "edits": edits})
    url = f"/exports/scenario/{one['id']}"
    asked = editor.post("/api/whatif", json={"edits": [NEW, moved], "at": 62.5, "detail": "quick"}).json
    rows = rows_of(editor.get(f"{url}.csv?at=62.5&lang=en"))
    assert [(row["number"], row["change"], row["uid"]) for row in rows] == [
        ("1", "off", "cameras:c1"),
        ("2", "added", ""),
        ("3", "changed", "cameras:c2"),
    ]
    for row, told in zip(rows[1:], asked["edits"], strict=True):
        assert float(row["gain_road_m"]) == told["road_m"]
        assert float(row["view_range_m"]) == told["range_m"]
    assert float(rows[2]["lon_scenario"]) - float(rows[2]["lon_today"]) == pytest.approx(
        lonlat(260, 250)[0] - LON, abs=1e-9
    )
    assert rows[0]["gain_road_m"] == ""
    units = rows_of(editor.get(f"{url}.csv?at=62.5&table=units"))
    assert [row["code"] for row in units] == [unit["code"] for unit in asked["units"]]
    for row, unit in zip(units, asked["units"], strict=True):
        was, then = unit["was"]["area_seen_share"], unit["values"]["area_seen_share"]
        assert float(row["area_seen_share_today"]) == was
        assert float(row["area_seen_share_change"]) == pytest.approx(then - was, abs=1e-12)
    about = rows_of(editor.get(f"{url}.csv?table=columns"))
    assert {row["column"] for row in about} >= {"gain_road_m", "area_seen_share_change", "# snapshot", "# made_against"}


def test_a_workbook_has_both_tables_and_runs_nothing(editor: HomeClient) -> None:
    one = made(editor, {**PLAN, "edits": [{**NEW, "on": True}, {"uid": "cameras:c1", "remove": True, "on": True}]})
    answer = editor.get(f"/exports/scenario/{one['id']}.xlsx")
    assert answer.headers["Content-Disposition"].endswith(f'scenario-{one["id"]}-1.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["cameras", "units", "columns"]
    assert [row[2] for row in book["cameras"].iter_rows(values_only=True)] == ["change", "added", "removed"]
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert any(cell.value and "=Old market" in str(cell.value) for cell in cells)


def test_geojson_has_a_point_per_camera(editor: HomeClient) -> None:
    one = made(editor, {**PLAN, "edits": [{**NEW, "on": True}]})
    told = json.loads(editor.get(f"/exports/scenario/{one['id']}.geojson").data)
    (feature,) = told["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx([LON, LAT])
    assert feature["properties"]["change"] == "added"
    assert told["source"]["snapshot"] == one["snapshot"]


def test_a_planner_is_told_nothing_of_people_in_a_file(editor: HomeClient, keys: dict[str, dict[str, str]]) -> None:
    one = made(editor, {**PLAN, "edits": [{**NEW, "on": True}]})
    for who, is_told in ((None, True), (keys["p1"], False)):
        (row, *_) = rows_of(editor.get(f"/exports/scenario/{one['id']}.csv?table=units", headers=who))
        assert ("incidents_seen_share_change" in row) is is_told


def test_an_empty_scenario_has_empty_files(editor: HomeClient) -> None:
    one = made(editor, {**PLAN, "edits": []})
    assert rows_of(editor.get(f"/exports/scenario/{one['id']}.csv")) == []
    assert editor.get(f"/exports/scenario/{one['id']}.xlsx").status_code == 200


@pytest.mark.parametrize("path", ["nobody.csv", "nobody.pdf", "nobody.geojson?table=units"])
def test_files_that_there_are_not(editor: HomeClient, path: str) -> None:
    assert editor.get(f"/exports/scenario/{path}").status_code in (400, 404)
