"""What-if over HTTP on the tiny city: what would change, and that a build after the very edit says the same."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo.desk import Desk
from geo.jobs import run_build
from geo.records import Records
from tests.tiny_city import lonlat
from tests.webmap.fake_desk import HomeClient

LON, LAT = lonlat(250, 250)
URL = "/api/whatif"


def units(answer: Any, level: str) -> dict[str, Any]:
    return {one["code"]: one for one in answer["densities"][0]["units"] if one["level"] == level}


NEW = {"lon": LON, "lat": LAT, "kind": "fixed", "sweep_deg": 360.0, "range_m": 30.0, "azimuth_deg": 0.0}


def test_what_would_be_is_what_a_build_then_finds(city: Path, editor: HomeClient) -> None:
    asked = editor.post(URL, json={"edits": [{"values": NEW}, {"uid": "cameras:c1", "values": {"status": "offline"}}]})
    assert asked.status_code == 200, asked.json
    editor.post("/api/cameras", json={"values": {"source_id": "n", **NEW}, "reason": "new"})
    editor.patch(
        "/api/cameras/cameras:c1", json={"values": {"status": "offline"}, "reason": "off"}, headers={"If-Match": "*"}
    )
    run_build(city)
    after = Desk(city)
    for one in asked.json["densities"][0]["units"]:
        card = after.card(one["level"], one["code"], "editor")
        for name, value in one["values"].items():
            found = card["values"][name]
            assert found == (None if value is None else pytest.approx(value, rel=1e-4, abs=0.11)), (one["code"], name)
    assert asked.json["densities"][0]["units"]
    for one in asked.json["safeguards"]:
        found = after.table("safeguards", "editor", level=one["level"]).set_index("code").loc[one["code"]]
        for name, value in one["values"].items():
            assert pd.isna(found[name]) if value is None else found[name] == pytest.approx(value, rel=1e-4, abs=0.11)
    assert asked.json["safeguards"]
    for one in asked.json["gaps"]["units"]:
        gaps = after.table("gaps", "editor", level=one["level"]).set_index("code")
        for name, value in one["values"].items():
            found = gaps[name].get(one["code"], 0)
            assert pd.isna(found) if value is None else found == pytest.approx(value, rel=1e-4, abs=0.11)


def test_a_camera_that_sees_no_unit_changes_none(editor: HomeClient) -> None:
    lon, lat = lonlat(-45, -45)
    told = editor.post(URL, json={"edits": [{"values": {**NEW, "lon": lon, "lat": lat, "range_m": 5.0}}]})
    assert told.status_code == 200, told.json
    assert told.json["densities"][0]["units"] == told.json["safeguards"] == told.json["gaps"]["units"] == []


def test_one_that_is_removed_is_lost_to_all_levels(editor: HomeClient) -> None:
    told = editor.post(URL, json={"edits": [{"uid": "cameras:c1", "remove": True}], "all_densities": True}).json
    assert len(told["densities"]) == 10
    for at in told["densities"]:
        assert at["units"]
        for one in at["units"]:
            assert one["values"]["n_cameras"] == one["was"]["n_cameras"] - 1


@pytest.mark.parametrize(
    ("edits", "status"),
    [
        ([], 400),
        ([{"uid": "cameras:c1"}], 400),
        ([{"remove": True}], 400),
        ([{"uid": "cameras:nobody", "remove": True}], 404),
        ([{"uid": "cameras:c1", "values": {"height_m": -3}}], 400),
        ([{"values": {"lon": 0.0, "lat": 0.0}}], 400),
        ([{"uid": "cameras:c1", "remove": True}, {"uid": "cameras:c1", "values": {"height_m": 4}}], 400),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(editor: HomeClient, edits: Any, status: int) -> None:
    told = editor.post(URL, json={"edits": edits})
    assert told.status_code == status
    assert told.json["error"]["en"]
    assert told.json["error"]["zh"]


def test_each_edit_that_cannot_be_is_named(editor: HomeClient) -> None:
    """Those added by their place among the edits, with a sign that no camera's uid begins with."""
    away = {"lon": LON + 30}
    edits = [{"values": NEW}, {"values": {**NEW, **away}}, {"uid": "cameras:c1", "values": away}]
    told = editor.post(URL, json={"edits": edits}).json["error"]
    assert [fault.split(": ")[0] for fault in told["en"].split("; ")] == ["cameras:c1", "+2"]


def test_nothing_is_stored_and_each_look_is_in_the_audit(city: Path, editor: HomeClient) -> None:
    before = editor.get("/api/cameras").json
    editor.post(URL, json={"edits": [{"values": NEW}]})
    assert editor.get("/api/cameras").json == before
    with Records.open(city) as records:
        (row,) = records.audit().query("route == '/api/whatif'").itertuples()
        assert (row.filter, row.rows > 0) == ("all_densities=False&edits=1&detail=full", True)


MOVED = {"uid": "cameras:c1", "values": {"lon": lonlat(262, 250)[0]}}


@pytest.mark.parametrize("at", [12.5, 25.0, 62.5])
def test_quick_says_what_full_says_in_the_middle(editor: HomeClient, at: float) -> None:
    """At each density; the circles of the tiny city have their range from the source, the new camera by its pixels."""
    lens = {"lon": LON, "lat": LAT + 0.0002, "azimuth_deg": 180.0, "hfov_deg": 84.0, "h_px": 3840, "height_m": 4.0}
    asked = {"edits": [MOVED, {"values": lens}, {"uid": "cameras:c2", "remove": True}], "at": at}
    quick, full = (editor.post(URL, json={**asked, "detail": detail}).json for detail in ("quick", "full"))
    for name in ("edits", "together", "units"):
        assert quick[name] == full[name]
    assert quick["units"]
    rows = {(one["level"], one["code"]): one for one in full["densities"][0]["units"]}
    for one in quick["units"]:
        whole = rows[one["level"], one["code"]]
        for name, value in one["values"].items():
            assert (one["was"][name], value) == (
                whole["was"][name],
                None if whole["values"][name] is None else pytest.approx(whole["values"][name], abs=2e-5),
            ), name
    assert {"densities", "safeguards", "gaps", "checks"} & quick.keys() == set()


def test_edits_by_themselves_and_their_range(editor: HomeClient) -> None:
    """A 4K camera with a lens of 84 degrees sees 3840 / (2 x 25 x tan 42) = 85 m far; one that is off sees nothing."""
    flat = {"height_m": 0.1, "tilt_deg": 0.0}
    lens = {"lon": LON, "lat": LAT, "azimuth_deg": 90.0, "hfov_deg": 84.0, "h_px": 3840, **flat}
    off = {"uid": "cameras:c1", "values": {"status": "offline"}}
    told = editor.post(URL, json={"edits": [{"uid": None, "values": lens}, off], "detail": "quick"}).json
    one, other = told["edits"]
    assert (one["range_m"], one["label"]) == (pytest.approx(85.3, abs=0.05), None)
    assert (other["range_m"], other["seen_2plus_share"]) == (None, None)
    assert isinstance(other["label"], str)
    # East of the spot 50 m of the road are seen already: 35.3 m are new. Another camera stands where c1 is.
    assert (one["road_m"], other["road_m"]) == (pytest.approx(35.3, abs=0.1), 0.0)
    assert told["together"]["road_m"] == one["road_m"]
    kinds = [
        (feature["properties"]["kind"], feature["properties"].get("edit")) for feature in told["shapes"]["features"]
    ]
    assert kinds == [("newly_seen", None), ("view", 0)]


def test_one_request_of_a_client_at_a_time(editor: HomeClient) -> None:
    """While one runs the next one waits, then is refused with a time to come back."""
    here = editor.application.extensions["gridscope"]
    asked = {"edits": [MOVED], "detail": "quick"}
    with here.turns.take(("ed", "127.0.0.1")):
        refused = editor.post(URL, json=asked)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "earlier request" in refused.json["error"]["en"]
    assert editor.post(URL, json=asked).status_code == 200


def test_looks_while_dragging_leave_one_audit_row_a_minute(city: Path, editor: HomeClient) -> None:
    for _ in range(3):
        assert editor.post(URL, json={"edits": [MOVED], "detail": "quick"}).status_code == 200
    with Records.open(city) as records:
        assert len(records.audit().query("route == '/api/whatif'")) == 1


def test_a_planner_is_told_nothing_of_people_that_cameras_change(city: Path, editor: HomeClient) -> None:
    """The camera at (250, 250) sees incidents: an analyst is told so, a planner only what stands in the tables."""
    asked = {"edits": [{"uid": "cameras:c1", "remove": True}, {"values": NEW}], "at": 62.5}
    told = editor.post(URL, json=asked).json
    assert any(one["hidden"] == [] for one in told["densities"][0]["units"])
    with Records.open(city) as records:
        key = records.add_key("plan", "planner")
    told = editor.post(URL, json=asked, headers={"Authorization": f"Bearer {key}"}).json
    ends = ("", "_low", "_high")
    shares = {f"{name}_share{end}" for name in ("incidents_seen", "residents_near") for end in ends}
    counts = {f"{name}{end}" for name in ("n_incidents_unseen", "residents_not_near") for end in ends}
    assert told["densities"][0]["px_per_m"] == 62.5
    for rows, never in ((told["densities"][0]["units"], shares), (told["gaps"]["units"], counts)):
        assert rows
        for one in rows:
            assert never <= set(one["hidden"])
            assert {one["values"][name] for name in one["hidden"]} == {None}
            assert one["values"].keys() == one["was"].keys()
