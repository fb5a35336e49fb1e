"""The way of a file through the routes, and who may send one."""

from pathlib import Path

import pytest

from geo.records import Records
from tests.webmap.fake_desk import HomeClient, Open

CSV = "编号,经度,纬度\n1,28.30,109.70\n2,28.31,109.71\n".encode("gb18030")
WRITE = {"X-Gridscope": "1"}


@pytest.fixture
def editor(client: HomeClient, records: Records) -> HomeClient:
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key('wang', 'editor')}"
    return client


def send(client: HomeClient, name: str = "台账.csv", body: bytes = CSV) -> str:
    answer = client.post("/api/uploads", query_string={"name": name}, data=body, headers=WRITE)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_an_upload_is_kept_and_leaves_an_audit_row(editor: HomeClient, tmp_path: Path, records: Records) -> None:
    id = send(editor, "../台账.csv")
    assert (tmp_path / "uploads" / id / "台账.csv").read_bytes() == CSV
    row = records.audit(1).iloc[0]
    assert (row["who"], row["route"], row["filter"], row["rows"]) == ("wang", "/api/uploads", "name=台账.csv", len(CSV))


def test_the_first_look_says_what_it_is_and_what_is_wrong(editor: HomeClient) -> None:
    found = editor.get(f"/api/uploads/{send(editor)}/preview").json
    assert (found["format"], found["encoding"], found["header_line"], found["n_rows"]) == ("csv", "gb18030", 1, 2)
    assert found["columns"][0] == {"name": "编号", "samples": ["1", "2"], "words": ["1", "2"], "personal": False}
    assert found["proposal"]["table"] == "cameras"
    assert found["proposal"]["datum"] == ""
    assert {"x": "经度", "y": "纬度", "crs": "EPSG:4326"}.items() <= found["proposal"].items()
    assert found["reasons"]["source_id"]["words"]["zh"] == "列名“编号”即来源编号"


def test_choices_move_the_points(editor: HomeClient) -> None:
    chosen = {"x": "纬度", "y": "经度", "datum": "gcj02", "table": "places"}
    found = editor.get(f"/api/uploads/{send(editor)}/preview", query_string=chosen).json
    assert found["as_written"] == [[109.7, 28.3], [109.71, 28.31]]
    assert found["points"][0] == pytest.approx([109.6955, 28.3034], abs=2e-3)
    assert found["proposal"]["table"] == "places"


@pytest.mark.parametrize(
    "query", ["colour=red", "table=units", "datum=mars", "encoding=rot13", "header_line=0", "crs=EPSG:0"]
)
def test_impossible_choices_are_refused_in_words(editor: HomeClient, query: str) -> None:
    answer = editor.get(f"/api/uploads/{send(editor)}/preview?{query}")
    assert answer.status_code == 400
    assert answer.json["error"]["zh"]


def test_hostile_files_are_refused_in_words(editor: HomeClient) -> None:
    """BAD_INPUTS row 22: a VRT that says it is GeoJSON; a name without a known ending."""
    layer = b'<OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    vrt = b"<OGRVRTDataSource>" + layer + b"</OGRVRTDataSource>"
    answer = editor.get(f"/api/uploads/{send(editor, 'a.geojson', vrt)}/preview")
    assert answer.status_code == 400
    assert b"root:" not in answer.data
    assert editor.post("/api/uploads?name=a.vrt", data=vrt, headers=WRITE).status_code == 400
    assert editor.get(f"/api/uploads/{'0' * 32}/preview").status_code == 404


def test_only_an_editor_with_a_key_sends_files(open_client: Open, records: Records) -> None:
    client = open_client(role="editor")
    assert client.post("/api/uploads?name=a.csv", data=CSV, headers=WRITE).status_code == 401
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key('feed', 'feeder')}"
    assert client.post("/api/uploads?name=a.csv", data=CSV, headers=WRITE).status_code == 403


def test_the_limit_is_its_own(open_client: Open, records: Records, tmp_path: Path) -> None:
    client = open_client(max_upload_bytes=200_000)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {records.add_key('wang', 'editor')}"
    send(client, body=b"1" * 150_000)
    answer = client.post("/api/uploads?name=b.csv", data=b"1" * 200_001, headers=WRITE)
    assert answer.status_code == 413
    assert not list((tmp_path / "uploads").rglob("b.csv"))
    assert client.post("/api/jobs", data=b"1" * 150_000, headers=WRITE).status_code == 413
