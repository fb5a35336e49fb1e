"""What a stranger's reader finds in each format."""

import io
import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from geo.errors import BadQuery, NotAvailable
from geo.schema import RESULTS
from geo.snapshot import queries
from geo.snapshot.export import disarm, to_bytes, write_table


@pytest.fixture
def coverage(tiny):
    return queries.table(tiny, "coverage", role="analyst")


def test_a_csv_is_one_header_line_and_rows_with_definitions_beside_it(tiny, coverage, tmp_path):
    written = write_table(coverage, "coverage", "csv", tiny, tmp_path / "out.csv")
    assert [file.name for file in written] == ["out.csv", "out.columns.csv"]
    assert written[0].read_bytes().startswith(b"\xef\xbb\xbflevel,code,name,")
    assert len(pd.read_csv(written[0])) == 8
    beside = pd.read_csv(written[1])
    assert set(RESULTS["coverage"].names()) <= set(beside["column"])
    assert tiny.id in beside["meaning_en"].tolist()


def test_xlsx_carries_definitions_and_no_formulas(tiny):
    frame = queries.table(tiny, "cameras", role="analyst")
    frame["camera_name"] = ["=HYPERLINK(1)", *frame["camera_name"][1:]]
    frame["source_id"] = ["44010200001310000001", *frame["source_id"][1:]]
    book = openpyxl.load_workbook(io.BytesIO(to_bytes(frame, "cameras", "xlsx", tiny)))
    assert book.sheetnames == ["cameras", "columns"]
    header = [cell.value for cell in book["cameras"][1]]
    row = dict(zip(header, book["cameras"][2], strict=True))
    assert row["camera_name"].data_type == "s"
    assert row["camera_name"].value == "'=HYPERLINK(1)"
    assert row["source_id"].value == "44010200001310000001"


def test_geojson_is_wgs84_with_its_source(tiny, coverage):
    found = json.loads(to_bytes(coverage, "coverage", "geojson", tiny))
    assert found["source"]["snapshot"] == tiny.id
    lon, lat = found["features"][0]["geometry"]["coordinates"][0][0][:2]
    assert 111 < lon < 113
    assert 28 < lat < 29


def test_gpkg_opens_with_a_definitions_layer(tiny, coverage, tmp_path):
    file = tmp_path / "c.gpkg"
    file.write_bytes(to_bytes(coverage, "coverage", "gpkg", tiny))
    assert {name for name, _ in pyogrio.list_layers(file)} == {"coverage", "columns"}
    assert len(gpd.read_file(file, layer="coverage")) == 8


def test_parquet_is_geoparquet_with_metadata(tiny, coverage):
    data = to_bytes(coverage, "coverage", "parquet", tiny)
    assert len(gpd.read_parquet(io.BytesIO(data))) == 8
    about = json.loads(pq.read_schema(io.BytesIO(data)).metadata[b"gridscope"])
    assert about["source"]["snapshot"] == tiny.id


def test_a_table_without_geometry_says_so(tiny):
    with pytest.raises(NotAvailable, match="no geometry"):
        to_bytes(queries.table(tiny, "rates", role="analyst"), "rates", "geojson", tiny)
    with pytest.raises(BadQuery, match="formats are csv, xlsx"):
        to_bytes(queries.table(tiny, "rates", role="analyst"), "rates", "pdf", tiny)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_bad_input_26_formulas_are_disarmed(start):
    assert disarm(f"{start}1") == f"'{start}1"
