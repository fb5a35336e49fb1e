"""What a stranger's reader finds in each format."""

import io
import json
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from geo.errors import BadQuery, NotAvailable
from geo.schema import RESULTS
from geo.snapshot import queries
from geo.snapshot.export import FORMATS, disarm, to_bytes, write_table


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


def test_a_printed_page_of_a_workbook_names_its_source_and_its_heading_stays(tiny, coverage):
    page = openpyxl.load_workbook(io.BytesIO(to_bytes(coverage, "coverage", "xlsx", tiny)))["coverage"]
    assert page.oddFooter.center.text == " / ".join(filter(None, (tiny.home.credit().zh, tiny.home.credit().en)))
    assert page.freeze_panes == "A2"
    table = [[cell.value for cell in row] for row in page.iter_rows(min_row=2, max_col=3)]
    assert table == coverage[["level", "code", "name"]].values.tolist()


def test_a_workbook_without_rows_has_its_heading(tiny, coverage):
    page = openpyxl.load_workbook(io.BytesIO(to_bytes(coverage.iloc[:0], "coverage", "xlsx", tiny)))["coverage"]
    assert [cell.value for cell in page[1]] == list(coverage.columns.drop("geometry"))
    assert page.max_row == 1


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_tells_how_far_it_is_and_can_be_ended(tiny, coverage, fmt):
    def tell(share):
        told.append(share)
        raise InterruptedError

    told = []
    with pytest.raises(InterruptedError):
        to_bytes(coverage, "coverage", fmt, tiny, tell=tell)
    assert len(told) == 1
    assert 0 <= told[0] < 1


def test_a_csv_and_what_its_columns_mean_in_one_zip(tiny, coverage, tmp_path):
    plain, beside = write_table(coverage, "coverage", "csv", tiny, tmp_path / "coverage.csv")
    with zipfile.ZipFile(io.BytesIO(to_bytes(coverage, "coverage", "zip", tiny))) as packed:
        assert packed.namelist() == ["coverage.csv", "coverage.columns.csv"]
        assert [packed.read(name) for name in packed.namelist()] == [plain.read_bytes(), beside.read_bytes()]


def test_odd_text_and_numbers_are_json(tiny):
    frame = queries.table(tiny, "cameras", role="analyst")
    odd = ['a"b\\c\nd\u2028', None, ""]
    lengths = [1e-7, float("inf"), float("nan")]
    frame = frame.iloc[:3].assign(camera_name=odd, facade_62_m=lengths)
    told = json.loads(to_bytes(frame, "cameras", "geojson", tiny))["features"]
    assert [one["properties"]["camera_name"] for one in told] == odd
    assert [one["properties"]["facade_62_m"] for one in told] == [1e-7, None, None]


def test_features_hold_the_cells_and_shapes_of_the_table(tiny, coverage):
    found = gpd.GeoDataFrame.from_features(json.loads(to_bytes(coverage, "coverage", "geojson", tiny))["features"])
    assert found["code"].tolist() == coverage["code"].tolist()
    numbers = coverage["area_seen_share"].to_numpy(dtype=float, na_value=-1)
    assert found["area_seen_share"].fillna(-1).tolist() == pytest.approx(numbers, rel=1e-14)
    drawn, own = found.geometry.to_numpy(), coverage.to_crs(4326).geometry.to_numpy()
    assert shapely.equals_exact(shapely.normalize(drawn), shapely.normalize(own), tolerance=1e-9).all()


def test_times_are_iso_text_and_empty_where_there_is_none(tiny):
    incidents = queries.table(tiny, "incidents", role="analyst")
    incidents.loc[0, "closed_at"] = pd.NaT
    incidents.loc[1, "closed_at"] = pd.Timestamp("2026-03-04T05:06:07Z")
    text = pd.read_csv(io.BytesIO(to_bytes(incidents, "incidents", "csv", tiny)), encoding="utf-8-sig")
    assert text["closed_at"][:2].fillna("").tolist() == ["", "2026-03-04T05:06:07Z"]
    first, second = json.loads(to_bytes(incidents, "incidents", "geojson", tiny))["features"][:2]
    assert first["properties"]["closed_at"] is None
    assert second["properties"]["closed_at"] == "2026-03-04T05:06:07Z"


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
    with pytest.raises(BadQuery, match="formats are csv, zip, xlsx"):
        to_bytes(queries.table(tiny, "rates", role="analyst"), "rates", "pdf", tiny)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_bad_input_26_formulas_are_disarmed(start):
    assert disarm(f"{start}1") == f"'{start}1"
