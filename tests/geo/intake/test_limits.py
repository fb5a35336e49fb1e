"""Hostile files are refused before they cost memory: BAD_INPUTS rows 18 to 24, measured where memory is the point."""

import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geo.errors import BadInput, TooLarge
from geo.intake.readers import Request, archive, read_source
from geo.intake.readers.peek import peek
from geo.rules import Rules
from tests.geo.intake.small_city import LEVEL, clean

MB = 1_000_000
KML = '<?xml version="1.0"?>{}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
MARK = "<Placemark><name>{}</name><Point><coordinates>{}</coordinates></Point></Placemark>"

#: Reads and peeks into each file named on its command line; prints which error that raised, by how much memory grew.
MEASURE = """
import json, sys
from pathlib import Path
from geo.errors import GridscopeError
from geo.intake.readers import Request, iter_source
from geo.intake.readers.peek import peek
from geo.rules import Rules

def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) // 1000

def read(path):
    for part in iter_source(Request(path, ("id",), Rules())):
        pass

def look(path):
    peek(path, Rules())

for file in sys.argv[1:]:
    for act in (read, look):
        Path("/proc/self/clear_refs").write_text("5")
        before = status("VmRSS")
        try:
            act(Path(file))
            said = "read"
        except GridscopeError as error:
            said = type(error).__name__
        print(json.dumps([Path(file).name, act.__name__, said, status("VmHWM") - before]))
"""


def measure(*files: Path) -> dict[tuple[str, str], tuple[str, int]]:
    """What reading and looking at each file ended in, and by how many MB memory grew, by (name, "read" or "look")."""
    command = [sys.executable, "-c", MEASURE, *map(str, files)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {(name, act): (said, grown_mb) for name, act, said, grown_mb in map(json.loads, told.splitlines())}


def write_hostile(folder: Path) -> dict[str, str]:
    """Files of 60 MB and more, or of very many columns, each with what reading it must end in."""

    def put(name: str, *pieces: tuple[str, int]) -> None:
        with (folder / name).open("w", encoding="utf-8") as file:
            for piece, times in pieces:
                for _ in range(times):
                    file.write(piece)

    head = '{"type":"FeatureCollection","features":['
    put("vertices.geojson", (head, 1), ("[1,2]," * 100_000, 120), ("1]}", 1))
    put("deep.geojson", (head, 1), ("[" * MB, 60))
    put("values.geojson", (head, 1), ("{}," * 100_000, 250), ("1]}", 1))
    put("cell.csv", ("id\n", 60), ("a" * MB, 60), ("\n", 1))
    put("columns.csv", ("id," + ",".join(f"c{i}" for i in range(10_000)) + "\n", 1), ("1," * 10_000 + "\n", 3_000))
    put("wide.csv", ("id," + ",".join(f"c{i}" for i in range(300_000)) + "\n", 1), ("1," * 300_000 + "\n", 2))
    put("text.kml", (KML[: KML.index("{}</Document>")].format("") + "<Placemark><name>", 1), ("a" * MB, 60))
    put("tag.kml", ("<kml ", 1), ("a" * MB, 60))
    put("quote.csv", ('id\n"', 1), ("a\n" * 500_000, 60))
    with zipfile.ZipFile(folder / "sheet.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", b" " * 100 * MB)
    return {
        "vertices.geojson": "TooLarge",
        "deep.geojson": "BadInput",
        "values.geojson": "TooLarge",
        "cell.csv": "TooLarge",
        "columns.csv": "TooLarge",
        "wide.csv": "TooLarge",
        "text.kml": "TooLarge",
        "tag.kml": "TooLarge",
        "quote.csv": "BadInput",
        "sheet.xlsx": "TooLarge",
    }


@pytest.mark.slow
def test_rows_18_to_24_cost_little_memory(tmp_path: Path) -> None:
    expected = write_hostile(tmp_path)
    found = measure(*(tmp_path / name for name in expected))
    wanted = {(name, act): said for name, said in expected.items() for act in ("read", "look")}
    assert {each: said for each, (said, _) in found.items()} == wanted
    assert max(grown_mb for _, grown_mb in found.values()) < 150, found


def test_a_large_csv_is_read_in_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "big.csv").open("w") as file:
        file.write("id,x\n")
        for start in range(0, 4_000_000, 100_000):
            file.write("".join(f"{i},109.705 and more of that\n" for i in range(start, start + 100_000)))
    found = measure(tmp_path / "big.csv")
    assert len(found) == 2
    for said, grown_mb in found.values():
        assert said == "read"
        assert grown_mb < 100


@pytest.mark.parametrize("suffix", ["csv", "geojson", "parquet", "xlsx", "kml", "gpkg"])
def test_row_24_too_many_columns_are_refused_at_the_first_look(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    frame = gpd.GeoDataFrame({"a": ["1"], "b": ["2"], "c": ["3"]}, geometry=[shapely.Point(109, 28)], crs=4326)
    if suffix == "csv":
        path.write_text("a,b,c\n1,2,3\n")
    elif suffix == "geojson":
        path.write_text(frame.to_json())
    elif suffix == "parquet":
        frame.to_parquet(path)
    elif suffix == "xlsx":
        frame.drop(columns="geometry").to_excel(path, index=False)
    elif suffix == "kml":
        data = '<ExtendedData><Data name="c"><value>3</value></Data></ExtendedData>'
        path.write_text(KML.format("", MARK.format("甲", "1,2").replace("</name>", f"</name>{data}")), encoding="utf-8")
    else:
        frame.to_file(path, layer="a")
    with pytest.raises(TooLarge, match="columns, more than 2"):
        peek(path, Rules(max_columns=2))
    assert dict(peek(path, Rules(max_columns=4)).columns)["c"] == ("3",)


SCHOOL = {
    "type": "Feature",
    "properties": {"n": "乾州学校" * 40},
    "geometry": {"type": "Point", "coordinates": [109, 28]},
}


def nested(depth: int) -> str:
    """A document as deep as `depth`: the feature, its properties, and lists in them."""
    return json.dumps({**SCHOOL, "properties": {"n": "PLACE"}}).replace(
        '"PLACE"', "[" * (depth - 2) + "]" * (depth - 2)
    )


@pytest.mark.parametrize("n_chars", [1, 2, 7, 1 << 21])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_row_19_brackets_in_texts_are_not_nesting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, n_chars: int
) -> None:
    """In UTF-16 a byte of U+5B66, the third character of the first text, is that of a bracket."""
    monkeypatch.setattr("geo.intake.readers.text.BLOCK_CHARS", n_chars)
    path = tmp_path / "a.geojson"
    for name in ("乾州学校" * 40, "[" * 65, '\\"' * 3 + "{[" * 65, "\\" * 4, '","[' * 65, "]" * 65):
        feature = {**SCHOOL, "properties": {"n": name}}
        path.write_bytes(json.dumps(feature, ensure_ascii=False).encode(encoding))
        assert read_source(Request(path, ("n",), Rules())).columns["n"].tolist() == [name]
        assert peek(path, Rules()).columns == (("n", (name,)),)
    path.write_bytes(nested(64).encode(encoding))
    read(path, "n")
    for deep in (nested(65), nested(65).replace('"n"', '"n]]\\\\\\"]"')):
        path.write_bytes(deep.encode(encoding))
        with pytest.raises(BadInput, match="nested deeper than 64"):
            read(path, "n")


def test_row_19_depth_is_judged_before_the_document_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda _: pytest.fail("parsed"))
    (tmp_path / "a.geojson").write_text(nested(65))
    with pytest.raises(BadInput, match="nested deeper than 64"):
        read(tmp_path / "a.geojson", "n")


def read(path: Path, *wanted: str, **limits: int) -> object:
    return read_source(Request(path, wanted, Rules(**limits)))  # type: ignore[arg-type]


BOMB = '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE kml SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (KML.format(BOMB, MARK.format("&b;", "1,2")), BadInput, "document type or entities"),
        (KML.format(OUTSIDE, MARK.format("a", "1,2")), BadInput, "document type or entities"),
        (KML.format("", "<Folder>" * 100 + "</Folder>" * 100), BadInput, "nested deeper than 64"),
        (KML.format("", MARK.format("a", "1,2 " * 20)), TooLarge, "vertices"),
        (KML.format("", MARK.format("a" * 200_000, "1,2")), TooLarge, "more than 100000 characters"),
        ("<gpx></gpx>", BadInput, "not KML"),
        ("%PDF-1.4", BadInput, "not XML"),
        ("", BadInput, "not XML"),
    ],
)
def test_row_22_hostile_kml(tmp_path: Path, text: str, error: type[Exception], said: str) -> None:
    path = tmp_path / "a.kml"
    path.write_text(text, encoding="utf-8")
    for look in (lambda: read(path, "name", max_vertices=10), lambda: peek(path, Rules(max_vertices=10))):
        with pytest.raises(error, match=said):
            look()


def test_row_22_a_network_link_is_left_alone(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/a.kml</href></Link></NetworkLink>"
    (tmp_path / "a.kml").write_text(KML.format("", link + MARK.format("甲", "109.7,28.3")), encoding="utf-8")
    assert peek(tmp_path / "a.kml", Rules()).columns[0] == ("name", ("甲",))


@pytest.mark.parametrize("suffix", ["fgb", "kml", "gpkg", "geojson", "zip", "parquet", "xlsx", "csv"])
@pytest.mark.parametrize(
    "text",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer>'
        "</OGRVRTDataSource>",
        '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"></gml:FeatureCollection>',
        "%PDF-1.4\n%%EOF\n",
    ],
)
def test_row_22_another_format_by_any_of_our_names(tmp_path: Path, suffix: str, text: str) -> None:
    (tmp_path / "secret.csv").write_text("code,name\nsecret,secret\n")
    (tmp_path / f"u.{suffix}").write_text(text)
    with pytest.raises(BadInput) as caught:
        clean(tmp_path, level=LEVEL.replace("units.geojson", f"u.{suffix}"))
    assert "secret,secret" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_row_22_a_query_in_a_geopackage_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.Point(109, 28)], crs=4326).to_file(path, layer="a")
    with sqlite3.connect(path) as connection:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        connection.execute(f"CREATE VIEW b AS {endless}")
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('b', 'features', 'b')"
        )
    connection.close()
    with pytest.raises(BadInput, match="a query, not a table"):
        read(path, "code")
    with pytest.raises(BadInput, match="a query, not a table"):
        peek(path, Rules())


def book(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """A small workbook with its parts changed."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.append(["id", "name"])
    made.active.append(["1", "甲"])
    made.save(path.with_name("plain.xlsx"))
    with zipfile.ZipFile(path.with_name("plain.xlsx")) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        new.writestr("xl/sharedStrings.xml", f"<sst>{'<si><t>a</t></si>' * 20}</sst>")


def test_row_20_a_workbook_that_declares_entities(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a "aa">]>' + data if name == "xl/worksheets/sheet1.xml" else data

    book(tmp_path / "a.xlsx", change)
    with pytest.raises(BadInput, match="document type or entities"):
        read(tmp_path / "a.xlsx", "id")


@pytest.mark.parametrize("limit", ["_MAX_SHEET_BYTES", "_MAX_STRINGS_BYTES", "_MAX_PART_BYTES"])
def test_row_20_parts_of_a_workbook_have_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    book(tmp_path / "a.xlsx", lambda _, data: data)
    read(tmp_path / "a.xlsx", "id")
    monkeypatch.setattr(archive, limit, 100)
    with pytest.raises(TooLarge, match="would unpack to"):
        read(tmp_path / "a.xlsx", "id")


def test_row_20_a_part_by_another_name(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b"/xl/workbook.xml", b"/xl/media/a.xml") if name == "[Content_Types].xml" else data

    book(tmp_path / "a.xlsx", change)
    with pytest.raises(BadInput, match="stands at"):
        read(tmp_path / "a.xlsx", "id")


def test_row_24_a_sheet_says_it_is_larger_than_it_is(tmp_path: Path) -> None:
    def change(name: str, data: bytes) -> bytes:
        return data.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"') if name.startswith("xl/worksheets/") else data

    book(tmp_path / "a.xlsx", change)
    assert peek(tmp_path / "a.xlsx", Rules()).columns == (("id", ("1",)), ("name", ("甲",)))


@pytest.mark.parametrize(("old", "new"), [(b'r="B2"', b'r="XFD2"'), (b'<row r="2"', b'<row r="99999999999"')])
def test_row_24_far_away_cells(tmp_path: Path, old: bytes, new: bytes) -> None:
    book(tmp_path / "a.xlsx", lambda name, data: data.replace(old, new) if "sheet1" in name else data)
    with pytest.raises(TooLarge, match=r"columns|rows"):
        read(tmp_path / "a.xlsx", "id")


def test_row_24_an_endless_text_in_a_sheet(tmp_path: Path) -> None:
    long = b"<t>" + b"ab" * MB + b"</t>"
    book(tmp_path / "a.xlsx", lambda name, data: data.replace(b"<t>id</t>", long) if "sheet1" in name else data)
    with pytest.raises(TooLarge, match="endless text"):
        read(tmp_path / "a.xlsx", "id")


def test_row_21_the_same_name_twice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("a.shp", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("a.shp", b"x")
    with pytest.raises(BadInput, match="a file twice"):
        read(tmp_path / "a.zip", "id")
