"""Routes of imports, jobs, refusals and mappings, over a real home of the tiny city."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from geo.errors import DiskFull
from geo.jobs import run_worker
from geo.records import Records
from tests.tiny_city import lonlat
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app

UPLOAD = "a" * 32
WRITE = {"X-Gridscope": "1"}
TABLE = {
    "table": "cameras",
    "source": "police",
    "crs": "EPSG:4326",
    "x": "lon",
    "y": "lat",
    "columns": {"source_id": "id", "name": "label", "height_m": "height"},
}


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "home")
    sent = tmp_path / "home" / "uploads" / UPLOAD / "ledger.csv"
    sent.parent.mkdir(parents=True)
    lon, lat = lonlat(250, 250)
    sent.write_text(f"id,label,lon,lat,height\n1,=1+1,{lon},{lat},4\n2,甲,{lon},{lat},tall\n", "utf-8")
    return tmp_path / "home"


@pytest.fixture
def records(home: Path) -> Iterator[Records]:
    with Records.open(home) as opened:
        yield opened


@pytest.fixture
def editor(home: Path, records: Records) -> HomeClient:
    app = create_app(Settings(home=home), records=records)
    app.test_client_class = HomeClient
    client = app.test_client()
    assert isinstance(client, HomeClient)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key('ann', 'editor')}"
    return client


def test_an_upload_is_imported_listed_and_rolled_back(editor: HomeClient, home: Path, records: Records) -> None:
    asked = editor.post("/api/imports", json={"upload": UPLOAD, "table": TABLE, "build": False}, headers=WRITE)
    assert asked.status_code == 202
    job = editor.get(f"/api/jobs/{asked.json['job']}").json
    assert (job["state"], job["kind"], job["who"], job["import"]) == ("queued", "import", "ann", None)
    assert job["words"] == {"en": "waiting", "zh": "等待中"}
    run_worker(home, once=True)
    job = editor.get(f"/api/jobs/{asked.json['job']}").json
    assert (job["state"], job["share"], job["import"]) == ("done", 1.0, 2)
    first = editor.get("/api/imports?limit=1").json["imports"]
    assert [{**first[0], "at": ""}] == [
        {
            "id": 2,
            "mapping": "mappings/police",
            "kind": "import",
            "at": "",
            "who": "ann",
            "outcome": "changed",
            "counts": {"cameras": {"added": 1, "changed": 0, "removed": 0, "unchanged": 0}},
            "rolled_back": None,
            "can_roll_back": True,
            "undone_with": [],
        }
    ]
    kept = editor.get("/api/mappings/police").json
    assert kept == {"source": "police", "table": {**TABLE, "file": "ledger.csv"}}
    assert [found["source"] for found in editor.get("/api/mappings").json["mappings"]] == [
        "cameras",
        "incidents",
        "police",
        "roads",
    ]
    back = editor.post("/api/imports/2/rollback", json={}, headers=WRITE)
    run_worker(home, once=True)
    assert editor.get(f"/api/jobs/{back.json['job']}").json["import"] == 3
    assert editor.get("/api/imports").json["imports"][0]["rolled_back"] == 2
    assert len(records.frame("cameras")) == 5
    routes = records.audit(10)[["who", "route", "filter"]].to_numpy().tolist()
    assert ["ann", "/api/imports", f"source=police upload={UPLOAD} job=1"] in routes
    assert ["ann", "/api/imports/rollback", "import=2 job=2"] in routes


def test_refusals_are_listed_filtered_and_handed_to_their_owner(editor: HomeClient, home: Path) -> None:
    editor.post("/api/imports", json={"upload": UPLOAD, "table": TABLE, "build": False}, headers=WRITE)
    run_worker(home, once=True)
    told = editor.get("/api/refusals").json
    assert told["total"] == 3
    assert {reason["reason"]: reason["n"] for reason in told["reasons"]} == {
        "bad_number": 1,
        "swapped_axes": 1,
        "not_located": 1,
    }
    one = editor.get("/api/refusals?source=police&reason=bad_number").json
    assert one["reasons"] == [
        {"reason": "bad_number", "words": {"en": "a field is not a number: '…'", "zh": "某字段 不是数字：“…”"}, "n": 1}
    ]
    (row,) = one["rows"]
    assert (row["file"], row["line"], row["table"], row["source"]) == ("ledger.csv", 3, "cameras", "police")
    assert row["words"] == {"en": "height_m is not a number: 'tall'", "zh": "height_m 不是数字：“tall”"}
    assert row["fields"]["name"] == "甲"
    assert editor.get("/api/refusals?limit=1&offset=1").json["rows"] == told["rows"][1:2]
    assert editor.get("/api/refusals?source=nobody").json == {"total": 0, "reasons": [], "rows": []}


def test_the_owners_file_is_safe_for_a_spreadsheet_and_in_both_languages(editor: HomeClient, home: Path) -> None:
    """BAD_INPUTS row 26."""
    file = home / "uploads" / UPLOAD / "ledger.csv"
    file.write_text(file.read_text("utf-8").replace("甲", "=HYPERLINK(1)").replace(",4\n", ",short\n"), "utf-8")
    editor.post("/api/imports", json={"upload": UPLOAD, "table": TABLE, "build": False}, headers=WRITE)
    run_worker(home, once=True)
    asked = "?source=police&reason=bad_number"
    answer = editor.get(f"/exports/refusals.csv{asked}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="gridscope-refusals.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["2", "3"]
    assert rows[1]["explained_zh"] == "height_m 不是数字：“tall”"
    assert rows[1]["explained"] == "height_m is not a number: 'tall'"
    assert rows[1]["name"] == "'=HYPERLINK(1)"
    assert rows[1]["height_m"] == "tall"
    book = openpyxl.load_workbook(io.BytesIO(editor.get(f"/exports/refusals.xlsx{asked}").data))
    cells = [[cell.value for cell in row] for row in book["refusals"].iter_rows()]
    assert cells[0][:5] == ["file", "line", "table", "source", "reason"]
    assert cells[2][1] == 3
    assert "'=HYPERLINK(1)" in cells[2]
    assert {cell.data_type for row in book["refusals"].iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_a_job_is_cancelled(editor: HomeClient, home: Path) -> None:
    job = editor.post("/api/imports", json={"upload": UPLOAD, "table": TABLE}, headers=WRITE).json["job"]
    cancelled = editor.post(f"/api/jobs/{job}/cancel", json={}, headers=WRITE)
    assert (cancelled.status_code, cancelled.json["state"], cancelled.json["cancelled_by"]) == (200, "cancelled", "ann")
    assert run_worker(home, once=True) == 0
    assert [found["state"] for found in editor.get("/api/jobs").json["jobs"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/imports", {}, 400),
        ("/api/imports", {"upload": UPLOAD, "table": TABLE, "path": "/etc"}, 400),
        ("/api/imports", {"upload": 7, "table": TABLE}, 400),
        ("/api/imports", {"upload": UPLOAD, "table": [TABLE]}, 400),
        ("/api/imports", {"upload": UPLOAD, "table": TABLE, "build": "no"}, 400),
        ("/api/imports", {"upload": UPLOAD, "table": {**TABLE, "vsicurl": "http://a"}}, 400),
        ("/api/imports", {"upload": UPLOAD, "table": {**TABLE, "source": ["police"]}}, 400),
        ("/api/imports", {"upload": "../" + UPLOAD, "table": TABLE}, 404),
        ("/api/imports?force=1", {"upload": UPLOAD, "table": TABLE}, 400),
        ("/api/imports/99/rollback", {}, 404),
        ("/api/imports/1/rollback", {"all": True}, 400),
        ("/api/imports/x/rollback", {}, 404),
        ("/api/jobs/99/cancel", {}, 404),
        ("/api/jobs/99/cancel", {"now": True}, 400),
    ],
)
def test_what_is_refused_at_the_door(
    editor: HomeClient, records: Records, path: str, body: dict[str, object], status: int
) -> None:
    answer = editor.post(path, json=body, headers=WRITE)
    assert answer.status_code == status
    assert set(answer.json["error"]) == {"en", "zh", "id"}
    assert records.jobs() == []


def test_a_full_disk_is_said_in_words(editor: HomeClient, records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    """BAD_INPUTS row 38."""

    def fail(*_: object, **__: object) -> None:
        raise DiskFull

    monkeypatch.setattr(Records, "add_job", fail)
    answer = editor.post("/api/imports", json={"upload": UPLOAD, "table": TABLE}, headers=WRITE)
    assert answer.status_code == 507
    assert "磁盘已满" in answer.json["error"]["zh"]
