"""What GDAL finds in a zipped shapefile, compared with the table that was written."""

import io
import zipfile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.snapshot import queries
from geo.snapshot.export import to_bytes
from geo.snapshot.shapefile import short_names, zip_shapefile


@pytest.fixture
def unzipped(tmp_path):
    def unzip(body):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            packed.extractall(tmp_path)
        return tmp_path

    return unzip


def read_key(folder, name):
    return pd.read_csv(folder / f"{name}.fields.csv", dtype=str)


def test_it_holds_the_table_under_the_names_of_its_key(tiny, unzipped):
    table = queries.table(tiny, "coverage", role="analyst")
    folder = unzipped(to_bytes(table, "coverage", "shp", tiny))
    found, key = gpd.read_file(folder / "coverage.shp"), read_key(folder, "coverage")
    assert (folder / "coverage.cpg").read_text() == "UTF-8"
    assert pyogrio.read_info(folder / "coverage.shp")["crs"] == "EPSG:4326"
    fields = dict(zip(key["field"].dropna(), key["column"], strict=False))
    assert list(found.columns) == [*fields, "geometry"]
    assert all(len(name) <= 10 and name.isascii() for name in fields)
    named = found.rename(columns=fields)
    assert named["code"].tolist() == table["code"].tolist()
    for column in ("n_cameras", "area_m2", "area_seen_share", "public_3plus_share"):
        assert named[column].to_numpy(dtype=float, na_value=-1) == pytest.approx(
            table[column].to_numpy(dtype=float, na_value=-1)
        )
    assert shapely.area(found.geometry.to_numpy()).sum() == pytest.approx(
        shapely.area(queries.table(tiny, "coverage", role="analyst").to_crs(4326).geometry.to_numpy()).sum()
    )


def test_its_key_says_what_each_field_means_and_of_which_snapshot(tiny, unzipped):
    folder = unzipped(to_bytes(queries.table(tiny, "cameras", role="analyst"), "cameras", "shp", tiny))
    key = read_key(folder, "cameras")
    assert (folder / "cameras.fields.csv").read_bytes().startswith(b"\xef\xbb\xbfnumber,field,column,type,unit,")
    assert key.set_index("column").loc["azimuth_deg", "meaning_zh"]
    assert key.set_index("column").loc["# snapshot", "meaning_en"] == tiny.id


def test_a_hidden_cell_is_empty_and_named_by_its_number(tiny, unzipped):
    """A-1 has 2 incidents (tests/tiny_world.py): fewer than 5 are hidden from a leader."""
    folder = unzipped(to_bytes(queries.table(tiny, "units", role="leader"), "units", "shp", tiny))
    key = read_key(folder, "units").set_index("column")
    row = gpd.read_file(folder / "units.shp").set_index("code").loc["A-1"]
    assert pd.isna(row[key.loc["n_incidents", "field"]])
    assert key.loc["n_incidents", "number"] in row["hidden"].split(",")


def test_long_ids_and_chinese_names_come_back_whole(tiny, unzipped):
    table = queries.table(tiny, "cameras", role="analyst")
    table["source_id"] = ["44010200001310000001", *table["source_id"][1:]]
    table["camera_name"] = ["永顺县“东门”路口", *table["camera_name"][1:]]
    folder = unzipped(to_bytes(table, "cameras", "shp", tiny))
    found = gpd.read_file(folder / "cameras.shp")
    assert found["source_id"][0] == "44010200001310000001"
    assert found["camera_nam"][0] == "永顺县“东门”路口"


def test_points_and_polygons_stand_in_files_of_their_own(unzipped):
    mixed = gpd.GeoDataFrame(
        {"code": ["p", "q", "none"], "is_new": [True, False, True]},
        geometry=[shapely.Point(1, 2), shapely.box(0, 0, 1, 1), None],
        crs=4326,
    )
    folder = unzipped(zip_shapefile(mixed, pd.DataFrame({"column": ["code", "is_new"]}), "places"))
    points, polygons = (gpd.read_file(folder / f"places-{kind}.shp") for kind in ("points", "polygons"))
    assert points[["code", "is_new"]].values.tolist() == [["p", 1], ["none", 1]]
    assert polygons[["code", "is_new"]].values.tolist() == [["q", 0]]


def test_a_table_without_rows_is_a_shapefile_without_rows(tiny, unzipped):
    table = queries.table(tiny, "cameras", role="analyst").iloc[:0]
    assert len(gpd.read_file(unzipped(to_bytes(table, "cameras", "shp", tiny)) / "cameras.shp")) == 0


def test_short_names_clash_in_no_case():
    found = short_names(["a_long_name_1", "A_LONG_NAME", "a_long_nam", *(f"camera_name_{n}" for n in range(12))])
    assert len({name.casefold() for name in found}) == 15
    assert max(map(len, found)) == 10
