"""The register over HTTP, on the tiny city: changed, shown as live at once, taken in by the next build, taken back.

Versions guard against lost updates (428 without If-Match, 412 after another's change).
"""

from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from geo.desk import Desk
from geo.desk.briefing.tiles import tiles_in
from geo.jobs import run_build
from tests.tiny_city import lonlat
from tests.webmap.fake_desk import HomeClient

C1 = "/api/cameras/cameras:c1"
ANY = {"If-Match": "*"}
LON, LAT = lonlat(250, 250)
TILE = "/tiles/cameras/14/" + "/".join(map(str, next(tiles_in([LON, LAT, LON, LAT], 14)))) + ".mvt"


def change(client: HomeClient, values: dict[str, Any], path: str = C1, **headers: str) -> Any:
    body = {"values": values, "reason": "seen on site"}
    return client.patch(path, json=body, headers=headers or ANY)


def drawn(client: HomeClient) -> dict[str, dict[str, Any]]:
    tile = mapbox_vector_tile.decode(client.get(TILE).data)
    return {one["properties"]["uid"]: one["properties"] for one in tile["cameras"]["features"]}


def test_a_change_is_shown_at_once_and_the_next_build_takes_it_in(city: Path, editor: HomeClient) -> None:
    before = editor.get(C1).json
    assert (before["live"], before["values"]["azimuth_deg"], before["edited"]) == (False, None, {})
    assert drawn(editor)["cameras:c1"]["azimuth"] == -1
    number = editor.get("/api/changes?since=0&snapshot=0").json["change"]
    answer = change(editor, {"azimuth_deg": "东北", "status": "offline"}, **{"If-Match": before["etag"]})
    assert answer.status_code == 200, answer.json
    assert answer.headers["ETag"] == f'"{answer.json["etag"]}"'
    after = editor.get(C1).json
    assert (after["live"], after["azimuth_deg"], after["status"]) == (True, 45.0, "offline")
    # A compass word is known to half its step.
    assert after["values"]["azimuth_doubt_deg"] == 22.5
    assert after["edited"]["azimuth_deg"] | {"at": ""} == {"old": None, "new": 45.0, "who": "ed", "edit": 1, "at": ""}
    assert drawn(editor)["cameras:c1"]["azimuth"] == 45
    assert drawn(editor)["cameras:c1"]["status"] == "offline"
    assert editor.get(f"/api/changes?since={number}&snapshot=1").json["change"] == number + 1
    assert editor.get(f"/api/changes?since={number + 1}&snapshot=1").status_code == 204
    seeing = editor.get(f"/api/identify?lon={LON:.6f}&lat={LAT:.6f}").json["cameras"]
    assert [camera["uid"] for camera in seeing] == ["cameras:c2"]
    run_build(city)
    assert Desk(city).camera("cameras:c1", "planner")["live"] is False


def test_a_moved_camera_leaves_its_old_place(editor: HomeClient) -> None:
    lon, lat = lonlat(1750, 250)
    assert change(editor, {"lon": lon, "lat": lat}).status_code == 200
    seen = editor.get(f"/api/identify?lon={lon:.6f}&lat={lat:.6f}").json
    assert [camera["uid"] for camera in seen["cameras"]] == ["cameras:c1"]
    old = editor.get(f"/api/identify?lon={LON:.6f}&lat={LAT:.6f}").json
    assert [camera["uid"] for camera in old["cameras"]] == ["cameras:c2"]
    assert [step["code"] for step in editor.get(C1).json["path"]] == ["P", "B", "B-2"]
    listed = editor.get("/api/cameras?within=B-2").json
    assert [(row["uid"], row["unit"], row["live"]) for row in listed["rows"]] == [("cameras:c1", "B-2", True)]
    assert editor.post("/api/edits/1/undo", json={"reason": "no"}).status_code == 200
    back = editor.get(f"/api/identify?lon={LON:.6f}&lat={LAT:.6f}").json
    assert [camera["uid"] for camera in back["cameras"]] == ["cameras:c1", "cameras:c2"]


def test_tiles_carry_the_change_number_in_their_tag_and_are_asked_for_again(editor: HomeClient) -> None:
    version = editor.get("/api/home").json["snapshot"]["id"]
    first = editor.get(f"{TILE}?v={version}")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert editor.get(TILE, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    change(editor, {"status": "offline"})
    again = editor.get(TILE, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_a_change_needs_the_version_it_was_made_from(editor: HomeClient) -> None:
    body = {"values": {"status": "offline"}, "reason": "seen"}
    assert editor.patch(C1, json=body).status_code == 428
    version = editor.get(C1).json["etag"]
    assert change(editor, {"status": "offline"}, **{"If-Match": f'"{version}"'}).status_code == 200
    late = change(editor, {"status": "online"}, **{"If-Match": f'"{version}"'})
    assert late.status_code == 412
    assert "meantime" in late.json["error"]["en"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"azimuth_deg": "up"}, "azimuth_deg 'up' is neither degrees nor a compass word"),
        ({"lon": 10.0}, "lies far outside the home's extent"),
        ({"lon": LAT, "lat": 80.0}, "lies far outside"),
        ({"lon": None}, "no coordinates"),
        ({"status": None}, "status is empty but needed"),
        ({"status": "asleep"}, "values.status"),
        ({"hfov_deg": 400}, "values.hfov_deg"),
        ({"h_px": 1.5}, "values.h_px"),
        ({"colour": "red"}, "values.colour"),
        ({"installed_on": "2024-13-45"}, "installed_on is not a time that can be read"),
        ({"status": "online"}, "nothing would change"),
        ({}, "nothing would change"),
    ],
)
def test_a_refused_change_names_column_and_reason(editor: HomeClient, values: dict[str, Any], said: str) -> None:
    answer = change(editor, values)
    assert answer.status_code == 400
    assert said in answer.json["error"]["en"]
    assert answer.json["error"]["zh"]
    assert editor.get("/api/edits").json["total"] == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 60_000, b'{"values": {"status": "offline"}, "reason": " "}'])
def test_a_body_that_is_no_change_is_400(editor: HomeClient, body: bytes) -> None:
    answer = editor.patch(C1, data=body, headers={**ANY, "Content-Type": "application/json"})
    assert answer.status_code == 400
    assert set(answer.json["error"]) == {"en", "zh", "id"}


def test_a_camera_is_added_undone_and_listed_in_the_log(editor: HomeClient) -> None:
    lon, lat = lonlat(750, 250)
    new = {"source_id": "n/1", "lon": lon, "lat": lat, "sweep_deg": 360, "range_m": 50, "name": "新"}
    made = editor.post("/api/cameras", json={"values": new, "reason": "built"})
    assert (made.status_code, made.json["uid"]) == (201, "register:n/1")
    assert editor.post("/api/cameras", json={"values": new, "reason": "built"}).status_code == 400
    shown = editor.get("/api/cameras/register:n/1").json
    assert (shown["live"], shown["status"], shown["code"]) == (True, "online", "A-2")
    assert editor.get("/api/search?q=n/1").json[0]["uid"] == "register:n/1"
    assert "register:n/1" in drawn(editor)
    undone = editor.post(f"/api/edits/{made.json['edit']}/undo", json={"reason": "not built"})
    assert (undone.json["kind"], undone.json["undoes"], undone.json["gone"]) == ("undo", 1, True)
    assert editor.get("/api/cameras/register:n/1").status_code == 404
    assert "register:n/1" not in drawn(editor)
    log = editor.get("/api/edits?uid=register:n/1").json["edits"]
    assert [(line["kind"], line["undone_by"]) for line in log] == [("undo", None), ("add", 2)]
    assert editor.post("/api/edits/1/undo", json={"reason": "again"}).status_code == 400
    assert editor.post("/api/edits/99/undo", json={"reason": "again"}).status_code == 404


CSV = (
    "source,source_id,status,azimuth_deg,reason\n"
    "cameras,c1,offline,,broken\n"
    "cameras,c2,,朝北,turned\n"
    "cameras,c3,,up,turned\n"
    "cameras,c4,offline,,\n"
    "cameras,nope,offline,,gone\n"
    "cameras,c1,online,,twice\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_changes_is_shown_first_then_taken_line_by_line(editor: HomeClient, encoding: str) -> None:
    told = editor.post("/api/cameras/changes?dry_run=1", data=CSV.encode(encoding)).json
    assert (told["n_accepted"], told["n_refused"]) == (2, 4)
    assert [row["accepted"] for row in told["rows"]] == [True, True, False, False, False, False]
    assert told["rows"][0] == {
        "line": 2,
        "uid": "cameras:c1",
        "accepted": True,
        "changes": {"status": {"old": "online", "new": "offline"}},
        "fault": None,
    }
    assert told["rows"][1]["changes"]["azimuth_deg"] == {"old": None, "new": 0.0}
    faults = [row["fault"]["en"] for row in told["rows"][2:]]
    assert "compass word" in faults[0]
    assert faults[1:3] == ["a reason is needed", "there is no row 'cameras:nope'"]
    assert editor.get("/api/edits").json["total"] == 0
    done = editor.post("/api/cameras/changes", data=CSV.encode(encoding)).json
    assert done == told | {"dry_run": False}
    assert {line["uid"] for line in editor.get("/api/edits").json["edits"]} == {"cameras:c1", "cameras:c2"}


@pytest.mark.parametrize(
    "body", [b"", b"uid,status\na,b\n", b"uid,reason,colour\n", b"uid,uid,reason\n", b"\xff\xfe\x00"]
)
def test_a_file_that_is_none_of_changes_is_400(editor: HomeClient, body: bytes) -> None:
    assert editor.post("/api/cameras/changes", data=body).status_code == 400


def test_lists_are_cut_by_box_and_page(editor: HomeClient) -> None:
    every = editor.get("/api/cameras").json
    assert [row["uid"] for row in every["rows"]] == [f"cameras:{name}" for name in ("c1", "c2", "c3", "c4", "far")]
    assert every["rows"][4]["unit"] is None
    page = editor.get("/api/cameras?limit=2&offset=1&level=town").json
    assert [(row["uid"], row["unit"]) for row in page["rows"]] == [("cameras:c2", "A"), ("cameras:c3", "A")]
    assert page["total"] == 5
    west, south = lonlat(0, 0)
    east, north = lonlat(500, 500)
    assert editor.get(f"/api/cameras?bbox={west:.6f},{south:.6f},{east:.6f},{north:.6f}").json["total"] == 3
    # A box that crosses the antimeridian, and boxes that are none (BAD_INPUTS 29).
    assert editor.get(f"/api/cameras?bbox=170,{south:.6f},{east:.6f},{north:.6f}").json["total"] == 3
    for bad in ("a,b", "1,2,3", "0,5,1,4", "inf,0,1,1", "0,0,200,1", "1,2,3,4,5"):
        assert editor.get(f"/api/cameras?bbox={bad}").status_code == 400
    assert editor.get("/api/incidents?within=A-1").json["total"] == 2
    assert editor.get("/api/cameras?within=nope").status_code == 404


def test_the_change_number_is_the_homes_own(city: Path, editor: HomeClient) -> None:
    change(editor, {"status": "offline"})
    assert Desk(city).live_change() == Desk(city).live_change() == 1


@pytest.mark.parametrize("path", ["cameras", "cameras/cameras:c1", "places", "incidents", "edits", "cameras/none"])
def test_single_rows_stay_off_the_browsers_disk(editor: HomeClient, path: str) -> None:
    assert editor.get(f"/api/{path}").headers["Cache-Control"] == "no-store"


def test_a_number_that_no_edit_can_have_is_not_found(editor: HomeClient) -> None:
    for path in ("/api/edits/{}/undo", "/api/jobs/{}/cancel", "/api/imports/{}/rollback"):
        told = editor.post(path.format(10**30), json={"reason": "seen on site"})
        assert told.status_code == 404
        assert told.json["error"]["zh"]
