"""What is seen of a file before it is imported."""

import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geo.errors import BadInput, TooLarge
from geo.intake.readers import delimited, parquet
from geo.intake.readers.peek import MANY, Peek, peek
from geo.rules import Rules

FRAME = gpd.GeoDataFrame(
    {"code": ["1", "2"], "名称": ["乾州", "峒河"]},
    geometry=[shapely.Point(109.70, 28.30), shapely.Point(109.71, 28.31)],
    crs="EPSG:4490",
)
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
<Placemark><name>乾州</name><ExtendedData><Data name="code"><value>1</value></Data></ExtendedData>
<Point><coordinates>109.70,28.30,5</coordinates></Point></Placemark>
<Placemark><name>峒河</name><ExtendedData><SchemaData><SimpleData name="code">2</SimpleData></SchemaData></ExtendedData>
<Point><coordinates>109.71,28.31</coordinates></Point></Placemark>
</Folder></Document></kml>"""


def look(path: Path, **given: object) -> Peek:
    return peek(path, Rules(), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", ["gpkg", "fgb", "zip", "geojson", "parquet", "kml"])
def test_every_format_with_shapes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "parquet":
        FRAME.to_parquet(path)
    elif suffix == "geojson":
        path.write_text(FRAME.to_json())
    elif suffix == "kml":
        path.write_text(KML, encoding="utf-8")
    elif suffix == "zip":
        FRAME.to_file(tmp_path / "a.shp", encoding="GB18030")
        with zipfile.ZipFile(path, "w") as archive:
            for part in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"a.{part}", f"a.{part}")
    elif suffix == "fgb":
        # Its index would put the rows in an order of its own.
        FRAME.to_file(path, driver="FlatGeobuf", layer="a", SPATIAL_INDEX="NO")
    else:
        FRAME.to_file(path, driver="GPKG", layer="a")
    seen = look(path)
    assert {name for name, _ in seen.columns} >= {"name" if suffix == "kml" else "名称", "code"}
    assert dict(seen.columns)["code"] == ("1", "2")
    assert dict(seen.columns)["name" if suffix == "kml" else "名称"] == ("乾州", "峒河")
    assert seen.n_rows == 2
    assert seen.crs == ("EPSG:4490" if suffix not in ("kml", "geojson") else seen.crs)
    assert seen.geometry is not None
    assert [shape.x for shape in seen.geometry] == [109.70, 109.71]
    assert seen.layers == (("a",) if suffix in ("gpkg", "fgb", "zip") else ())
    assert seen.encoding == ("gb18030" if suffix == "zip" else "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_csv_in_any_encoding_below_title_lines(tmp_path: Path, encoding: str) -> None:
    text = "乾州街道摄像机台账;;\n填报日期：2024-03-01;;\n\n编号;经度;纬度\n7;109,7;28,3\n8;109,8;28,3\n"
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    seen = look(tmp_path / "a.csv")
    assert (seen.format, seen.encoding, seen.delimiter) == ("csv", encoding, ";")
    assert (seen.header_line, seen.n_rows, seen.crs, seen.geometry) == (4, 2, None, None)
    assert seen.columns == (("编号", ("7", "8")), ("经度", ("109,7", "109,8")), ("纬度", ("28,3", "28,3")))


def test_what_is_stated_is_not_sniffed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a,b\nc,d\n1,é\n".encode("latin-1"))
    seen = look(tmp_path / "a.csv", encoding="latin-1", header_line=2)
    assert seen.columns == (("c", ("1",)), ("d", ("é",)))
    assert (seen.encoding, seen.header_line, seen.n_rows) == ("latin-1", 2, 1)


def test_a_workbook_with_merged_titles_and_several_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "摄像机"
    for row in (["摄像机台账"], [], ["编号", "经度", None, "编号"], ["1", 109.7, "x", "2"]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    book.create_sheet("说明").append(["说明"])
    book.save(tmp_path / "a.xlsx")
    seen = look(tmp_path / "a.xlsx", header_line=3)
    assert seen.columns == (("经度", ("109.7",)),)
    assert (seen.format, seen.layers, seen.header_line, seen.n_rows) == ("xlsx", ("摄像机", "说明"), 3, 1)
    assert look(tmp_path / "a.xlsx", layer="说明").columns == (("说明", ()),)


def test_an_unknown_format_and_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.vrt").write_text("<OGRVRTDataSource/>")
    with pytest.raises(BadInput, match="no such format"):
        look(tmp_path / "a.vrt")
    (tmp_path / "a.csv").write_text("\n\n")
    with pytest.raises(BadInput, match="is empty"):
        look(tmp_path / "a.csv")


def test_a_csv_is_measured_then_decoded_once_and_its_rows_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    find = delimited.find_encoding
    monkeypatch.setattr(delimited, "find_encoding", lambda path, stated: asked.append(stated) or find(path, stated))
    monkeypatch.setattr("geo.intake.readers.text.BLOCK_CHARS", 20)
    path = tmp_path / "a.csv"
    # Blank lines are no rows; rows of another width and rows of two lines are.
    path.write_text("a,b\n1,2\n\n3\n" + '"x\ny",4\n' * 9, encoding="utf-8")
    seen = look(path)
    assert (seen.n_rows, asked) == (11, [""])
    assert seen.columns[1][1][0] == "2"
    with pytest.raises(TooLarge, match="bytes, more than 9"):
        peek(path, Rules(max_file_bytes=9))
    assert asked == [""]


def test_of_a_parquet_file_only_the_top_is_put_into_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = gpd.GeoDataFrame({"n": range(2_000)}, geometry=[shapely.Point(109.7, 28.3)] * 2_000, crs=4326)
    frame.to_parquet(tmp_path / "a.parquet")
    made: list[int] = []
    read = parquet._column
    monkeypatch.setattr(parquet, "_column", lambda batch, name: made.append(batch.num_rows) or read(batch, name))
    seen = look(tmp_path / "a.parquet")
    assert (seen.n_rows, made) == (2_000, [MANY])
    assert seen.columns == (("n", tuple(map(str, range(MANY)))),)
    assert seen.geometry is not None
    assert len(seen.geometry) == MANY


def test_the_folder_of_a_workbook_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")

    def refuse(path: Path, **_: object) -> None:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr(openpyxl, "load_workbook", refuse)
    with pytest.raises(BadInput, match=r"a\.xlsx cannot be read: .*Input/output error: 'a\.xlsx'"):
        look(tmp_path / "a.xlsx")
