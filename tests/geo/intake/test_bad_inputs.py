"""One test or more per row of the list of bad inputs that is intake's to refuse; the row's number is in the name.

Struck out: row 4 (a point on a shared edge) belongs to geo.partition.index, rows 25 to 42 and 44 to 47 to the
faces, the records and the jobs.
"""

import json
import stat
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geo.errors import BadInput, BadMapping, BadPartition, CrsMismatch, MissingCrs, TooLarge
from geo.intake.datum import gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from geo.rules import Rules
from tests.geo.intake.small_city import (
    CAMERAS,
    INCIDENTS,
    LEVEL,
    cameras,
    clean,
    feature,
    incidents,
    reasons,
    square,
    write_features,
    write_units,
)

BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[109.70, 28.30], [109.71, 28.31], [109.71, 28.30], [109.70, 28.31], [109.70, 28.30]]],
}
PLACES = """
[[table]]
table = "places"
source = "places"
file = "places.geojson"
[table.columns]
source_id = "code"
"""


def test_row_01_self_intersection_is_refused_and_repaired_only_on_request(tmp_path: Path) -> None:
    write_features(tmp_path / "units.geojson", [feature("a", BOWTIE), feature("b", square(109.72))])
    units = clean(tmp_path)[0]
    assert reasons(units) == [(1, "bad_geometry")]
    assert "Self-intersection" in units.refused.explained_en[0]
    repaired = clean(tmp_path, level=LEVEL + "repair = true\n")[0]
    assert reasons(repaired) == []
    assert any("area changed" in note.en for note in repaired.notes)
    assert repaired.frame.geometry.is_valid.all()


def test_row_02_overlap_over_the_limit_stops_unless_accepted(tmp_path: Path) -> None:
    write_features(tmp_path / "units.geojson", [feature("a", square(109.70)), feature("b", square(109.709))])
    with pytest.raises(BadPartition, match="a and b overlap"):
        clean(tmp_path)
    units = clean(tmp_path, head='title_zh = "城"\ntitle_en = "C"\naccept_overlaps = true\n')[0]
    [said] = [note.en for note in units.notes if "overlap" in note.en]
    # 0.001 degree of longitude at 28.305 N is 98 m, 0.01 degree of latitude 1,108 m; square metres of UTM 49N.
    assert said.startswith("Grid: 1 pairs of units overlap by 108,")
    assert said.endswith(" m2")
    assert "; a / b 108," in said


def test_row_02_gaps_between_units_are_noted_with_their_neighbours(tmp_path: Path) -> None:
    ring = {
        f"{i}{j}": square(109.70 + i / 100, 28.30 + j / 100) for i in range(3) for j in range(3) if (i, j) != (1, 1)
    }
    write_features(tmp_path / "units.geojson", [feature(code, shape) for code, shape in ring.items()])
    [said] = [note for note in clean(tmp_path)[0].notes if "gap" in note.en]
    assert said.en.startswith("Grid: 1 gaps enclosed by units, 1,08")
    assert "; 00 / 01 / 02 / 10 / 12 / 20 / 21 / 22 1,08" in said.en
    assert said.zh.startswith("网格：单位之间有 1 处空隙")


def test_row_03_zero_area_and_holes_outside(tmp_path: Path) -> None:
    flat = {"type": "Polygon", "coordinates": [[[109.7, 28.3], [109.71, 28.3], [109.7, 28.3], [109.7, 28.3]]]}
    hole = square(109.75)["coordinates"][0]
    outside = {"type": "Polygon", "coordinates": [*square(109.72)["coordinates"], hole]}
    tiny = square(109.73, size=1e-6)
    write_features(
        tmp_path / "units.geojson",
        [feature("flat", flat), feature("hole", outside), feature("tiny", tiny), feature("ok", square(109.70))],
    )
    units = clean(tmp_path)[0]
    assert reasons(units) == [(1, "bad_geometry"), (2, "bad_geometry"), (3, "sliver")]
    assert "m2 < 1.0 m2" in units.refused.explained_en[2]


def test_row_05_wider_than_180_degrees(tmp_path: Path) -> None:
    wide = {"type": "Polygon", "coordinates": [[[-179, 10], [179, 10], [179, 11], [-179, 11], [-179, 10]]]}
    write_features(tmp_path / "units.geojson", [feature("a", wide), feature("b", square(109.70))])
    assert reasons(clean(tmp_path)[0]) == [(1, "antimeridian")]


def test_row_06_nan_and_infinite_coordinates(tmp_path: Path) -> None:
    table = cameras(tmp_path, "id,x,y\na,109.705,28.305\nb,nan,28.305\nc,inf,28.305\nd,,\ne,109.705,\n")
    assert reasons(table) == [
        (3, "bad_number"),
        (4, "bad_number"),
        (5, "missing_coordinate"),
        (6, "missing_coordinate"),
    ]
    write_features(tmp_path / "units.geojson", [feature("a", square(float("nan"))), feature("b", square(109.70))])
    assert reasons(clean(tmp_path)[0]) == [(1, "bad_geometry")]


def test_row_07_swapped_axes(tmp_path: Path) -> None:
    table = cameras(tmp_path, "id,x,y\na,109.705,28.305\nb,28.305,109.705\nc,109.706,28.305\n")
    assert reasons(table) == [(3, "swapped_axes")]
    with pytest.raises(BadInput, match="swap x and y in the mapping"):
        cameras(tmp_path, "id,x,y\na,28.305,109.705\nb,28.304,109.705\nc,109.706,28.305\n")


def test_row_08_null_island_far_away_and_same_place(tmp_path: Path) -> None:
    table = cameras(tmp_path, "id,x,y\na,109.705,28.305\nb,0,0\nc,121.5,31.2\nd,109.705,28.305\n")
    assert reasons(table) == [(3, "null_island"), (4, "outside_extent")]
    assert any("1 cameras stand exactly" in note.en for note in table.notes)


def test_row_09_no_crs(tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_text("id,x,y\na,109.705,28.305\n")
    with pytest.raises(MissingCrs, match=r'cameras.csv states no .* add crs = "EPSG:4326"'):
        clean(tmp_path, CAMERAS.replace('crs = "EPSG:4326"\n', ""))
    write_features(tmp_path / "units.geojson", [feature("a", square(109.70))], crs=None)
    with pytest.raises(MissingCrs, match=r"units\.geojson"):
        clean(tmp_path)


def test_row_10_wrong_crs_and_cgcs2000(tmp_path: Path) -> None:
    metres = "id,x,y\na,372000,3131000\nb,372100,3131000\n"
    with pytest.raises(BadInput, match="are no degrees"):
        cameras(tmp_path, metres)
    table = cameras(tmp_path, "id,x,y\na,109.705,28.305\nb,372000,3131000\nc,109.705,28.304\n")
    assert reasons(table) == [(3, "not_degrees")]
    (tmp_path / "cameras.csv").write_text("id,x,y\na,109.705,28.305\n")
    cgcs = clean(tmp_path, CAMERAS.replace("EPSG:4326", "EPSG:4490"))[1]
    assert cgcs.frame.lon.tolist() == [109.705]
    assert any("CGCS2000" in note.en for note in cgcs.notes)
    stated = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    write_features(tmp_path / "units.geojson", [feature("a", square(109.70))], crs=stated)
    with pytest.raises(CrsMismatch, match=r"EPSG:32649 but units\.geojson"):
        clean(tmp_path, level=LEVEL + 'crs = "EPSG:32649"\n')


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_row_11_shifted_datums(tmp_path: Path, datum: str) -> None:
    x, y = wgs84_to_gcj02([109.705], [28.305])
    if datum == "bd09":
        x, y = gcj02_to_bd09(x, y)
    assert abs(x[0] - 109.705) > 0.004
    (tmp_path / "cameras.csv").write_text(f"id,x,y\na,{float(x[0])!r},{float(y[0])!r}\n")
    table = clean(tmp_path, CAMERAS.replace('crs = "', f'datum = "{datum}"\ncrs = "'))[1]
    assert table.frame.lon[0] == pytest.approx(109.705, abs=1e-6)
    assert table.frame.lat[0] == pytest.approx(28.305, abs=1e-6)
    lon, _ = to_wgs84(datum, x, y)
    assert abs(lon[0] - 109.705) * 98_000 < 0.1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_rows_12_and_13_encodings(tmp_path: Path, encoding: str) -> None:
    text = "id,x,y,名称\na,109.705,28.305,乾州古城\n"
    table = cameras(tmp_path, text.encode(encoding), 'name = "名称"\n')
    assert table.frame.name.tolist() == ["乾州古城"]
    assert table.frame.source_id.tolist() == ["a"]
    assert any("gb18030" in note.en and "名称" in note.en for note in table.notes) == (encoding == "gb18030")


def test_row_12_not_text_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="It begins"):
        cameras(tmp_path, b"\x00\x01\x02\xff\xff\x80")


def test_row_14_spreadsheet_damage(tmp_path: Path) -> None:
    rows = [
        "id,x,y,h",
        "1.2E+19,109.705,28.305,5",
        "b,１０９．７０５,28.305,５",
        'c,"109,7051","28,3052",5',
        'd,109.705,28.305,"1,234"',
        "e,109.705,28.305,tall",
    ]
    table = cameras(tmp_path, "\n".join(rows), 'height_m = "h"\n')
    assert reasons(table) == [(2, "ruined_id"), (5, "bad_number"), (6, "bad_number")]
    assert table.frame.lon.tolist() == [109.705, 109.7051]
    assert table.frame.height_m.tolist() == [5.0, 5.0]
    assert json.loads(table.refused.fields[2])["height_m"] == "tall"
    assert reasons(incidents(tmp_path, "id,x,y,t\na,109.705,28.305,1/2\n")) == [(2, "bad_time")]


def test_row_14_ruined_ids_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["id", "x", "y"],
        [3.402e19, 109.705, 28.305],
        ["34020000001320000101", 109.705, 28.305],
        [7.0, 109.705, 28.304],
    ):
        sheet.append(row)
    book.save(tmp_path / "cameras.xlsx")
    table = clean(tmp_path, CAMERAS.replace(".csv", ".xlsx"))[1]
    assert reasons(table) == [(2, "ruined_id")]
    assert table.frame.source_id.tolist() == ["34020000001320000101", "7"]


def test_row_15_duplicate_ids(tmp_path: Path) -> None:
    text = "id,x,y\na,109.705,28.305\na,109.706,28.305\nb,109.707,28.305\n"
    assert reasons(cameras(tmp_path, text)) == [(3, "duplicate_id")]
    (tmp_path / "cameras.csv").write_text(text)
    newest = clean(tmp_path, CAMERAS.replace('crs = "', 'duplicates = "newest"\ncrs = "'))[1]
    assert reasons(newest) == [(2, "duplicate_id")]
    assert newest.frame.lon.tolist() == [109.706, 109.707]


def test_row_15_newest_incident_is_the_one_reported_last(tmp_path: Path) -> None:
    text = "id,x,y,t\na,109.705,28.305,2024-02-01\na,109.706,28.305,2024-01-01\n"
    (tmp_path / "incidents.csv").write_text(text)
    table = clean(tmp_path, INCIDENTS.replace('crs = "', 'duplicates = "newest"\ncrs = "'))[1]
    assert reasons(table) == [(3, "duplicate_id")]


def test_row_16_bearings(tmp_path: Path) -> None:
    bearings = ["-10", "370", "N", "", "东北", "NNE", "up", "90"]
    rows = [f"c{i},109.705,28.305,{bearing}" for i, bearing in enumerate(bearings)]
    table = cameras(tmp_path, "id,x,y,d\n" + "\n".join(rows), 'azimuth_deg = "d"\n')
    assert reasons(table) == [(8, "bad_direction")]
    np.testing.assert_array_equal(table.frame.azimuth_deg, [350.0, 10.0, 0.0, np.nan, 45.0, 22.5, 90.0])
    np.testing.assert_array_equal(table.frame.azimuth_doubt_deg, [np.nan, np.nan, 22.5, np.nan, 22.5, 11.25, np.nan])


def test_row_16_every_odd_bearing_is_named(tmp_path: Path) -> None:
    rows = [f"c{i},109.705,28.305,{bearing}" for i, bearing in enumerate(["-10", "370", "360", "N", "", "up"])]
    table = cameras(tmp_path, "id,x,y,d\n" + "\n".join(rows), 'azimuth_deg = "d"\n')
    assert reasons(table) == [(7, "bad_direction")]
    said = [note.en for note in table.notes]
    assert "2 azimuths outside 0 to 360 degrees were turned by whole circles" in said
    assert "1 azimuths are compass words, known to half the step of their rose only" in said
    assert "1 cameras have no azimuth: where they look is unknown, never all round" in said
    assert table.frame["azimuth_deg"].isna().sum() == 1
    assert table.frame["sweep_deg"].isna().all()


def test_row_16_only_a_stated_full_circle_needs_no_bearing(tmp_path: Path) -> None:
    text = "id,x,y,s\na,109.705,28.305,360\nb,109.706,28.305,\n"
    said = [note.zh for note in cameras(tmp_path, text, 'sweep_deg = "s"\n').notes]
    assert "1 台摄像机没有方位角：朝向未知，不按环视计" in said


def test_ranges_and_heights_that_cannot_be_are_named(tmp_path: Path) -> None:
    text = "id,x,y,r,h\na,109.705,28.305,0,\nb,109.706,28.305,-5,4\nc,109.707,28.305,60,-1\nd,109.708,28.305,,0\n"
    table = cameras(tmp_path, text, 'range_m = "r"\nheight_m = "h"\n')
    assert reasons(table) == [(3, "out_of_range"), (4, "out_of_range")]
    assert "range_m" in table.refused.explained_en[0]
    assert "height_m" in table.refused.explained_en[1]
    said = [note.en for note in table.notes]
    assert "1 given ranges of 0 m count as not given" in said
    assert "2 cameras have no mounting height above 0: 3 to 6 m are assumed" in said


def test_row_16_direction_type(tmp_path: Path) -> None:
    (tmp_path / "cameras.csv").write_text("id,x,y,d\na,109.705,28.305,1\nb,109.705,28.305,6\nc,109.705,28.305,9\n")
    mapping = CAMERAS.replace('crs = "', 'directions = "gb28181"\ncrs = "') + 'azimuth_deg = "d"\n'
    table = clean(tmp_path, mapping)[1]
    assert reasons(table) == [(4, "bad_direction")]
    assert table.frame.azimuth_deg.tolist() == [90.0, 45.0]
    assert table.frame.azimuth_doubt_deg.tolist() == [22.5, 22.5]


def test_row_17_geometry_kinds(tmp_path: Path) -> None:
    collection = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [109.705, 28.305]}]}
    shapes: list[dict[str, Any] | None] = [
        {"type": "Point", "coordinates": [109.705, 28.305, 12.0]},
        {"type": "LineString", "coordinates": [[109.70, 28.30], [109.71, 28.30]]},
        collection,
        None,
        {"type": "Polygon", "coordinates": []},
        {"type": "Point", "coordinates": ["x", "y"]},
        {"type": "MultiPolygon", "coordinates": [square(109.702, size=0.001)["coordinates"]]},
    ]
    write_features(tmp_path / "places.geojson", [feature(str(i), shape) for i, shape in enumerate(shapes)])
    table = clean(tmp_path, PLACES)[1]
    assert reasons(table) == [
        (2, "wrong_geometry"),
        (3, "wrong_geometry"),
        (4, "missing_geometry"),
        (5, "missing_geometry"),
        (6, "bad_geometry"),
    ]
    assert not table.frame.geometry.has_z.any()
    assert any("heights of 1" in note.en for note in table.notes)


def test_row_18_vertices_are_counted_before_shapes_are_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_units(tmp_path)
    monkeypatch.setattr(shapely.geometry, "shape", lambda _: pytest.fail("built"))
    with pytest.raises(TooLarge, match="vertices"):
        clean(tmp_path, rules=Rules(max_vertices=9))
    with pytest.raises(TooLarge, match="bytes"):
        clean(tmp_path, rules=Rules(max_file_bytes=9))
    frame = gpd.GeoDataFrame({"code": ["a"], "name": ["a"]}, geometry=[shapely.Point(109, 28).buffer(1)], crs=4326)
    frame.to_file(tmp_path / "units.gpkg", driver="GPKG")
    with pytest.raises(TooLarge, match="vertices"):
        clean(tmp_path, level=LEVEL.replace("geojson", "gpkg"), rules=Rules(max_vertices=9))


@pytest.mark.parametrize("n", [100, 200_000])
def test_row_19_deep_json(tmp_path: Path, n: int) -> None:
    deep = '{"type":"FeatureCollection","features":[' + "[" * n + "]" * n + "]}"
    (tmp_path / "units.geojson").write_text(deep)
    with pytest.raises(BadInput, match="nested deeper"):
        clean(tmp_path)
    hidden = '{"a":"' + "]" * n + '","features":' + "[" * n + "]" * n + "}"
    (tmp_path / "units.geojson").write_text(hidden)
    with pytest.raises(BadInput):
        clean(tmp_path)


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _zip_level() -> str:
    return LEVEL.replace("units.geojson", "units.zip")


def test_row_20_zip_bomb(tmp_path: Path) -> None:
    _zip(tmp_path / "units.zip", {"a.shp": b"\0" * 30_000_000})
    with pytest.raises(TooLarge, match="times its size"):
        clean(tmp_path, level=_zip_level())
    _zip(tmp_path / "units.zip", {f"{i}.dbf": b"" for i in range(2_001)})
    with pytest.raises(TooLarge, match="2001 files"):
        clean(tmp_path, level=_zip_level())


@pytest.mark.parametrize("name", ["../a.shp", "/etc/a.shp", "x/../../a.shp", "..\\a.shp", "C:a.shp", "in.zip"])
def test_row_21_hostile_member_names(tmp_path: Path, name: str) -> None:
    _zip(tmp_path / "units.zip", {"ok.shp": b"", name: b"x"})
    with pytest.raises(BadInput, match="is refused"):
        clean(tmp_path, level=_zip_level())


def test_row_21_link_in_the_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "units.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadInput, match="holds a link"):
        clean(tmp_path, level=_zip_level())


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "zip", "parquet", "xlsx"])
def test_row_22_a_vrt_by_another_name(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "secret.csv").write_text("code,name\nsecret,secret\n")
    (tmp_path / f"u.{suffix}").write_text(VRT)
    with pytest.raises(BadInput) as caught:
        clean(tmp_path, level=LEVEL.replace("units.geojson", f"u.{suffix}"))
    assert "secret,secret" not in str(caught.value)


def test_row_22_no_other_suffix(tmp_path: Path) -> None:
    (tmp_path / "u.vrt").write_text(VRT)
    with pytest.raises(BadInput, match="no such format"):
        clean(tmp_path, level=LEVEL.replace("units.geojson", "u.vrt"))


@pytest.mark.parametrize(
    "name",
    ["/vsicurl/x.geojson", "http://127.0.0.1/x.geojson", "/etc/passwd", "../x.geojson", "a/../../x.csv", "vsizip/x"],
)
def test_row_23_names_are_never_paths(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadMapping, match="plain name"):
        clean(tmp_path, level=LEVEL.replace("units.geojson", name))


def test_row_23_a_link_out_of_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_units(tmp_path)
    (data / "units.geojson").symlink_to(tmp_path / "units.geojson")
    with pytest.raises(BadInput, match="outside the data folder"):
        clean(data)


def test_row_24_hostile_and_many_columns(tmp_path: Path) -> None:
    hostile = '"\'; DROP TABLE cameras; --{column}"'
    table = cameras(
        tmp_path, f"id,x,y,{hostile}\na,109.705,28.305,v\nb,0,0,v\n", f"owner = {json.dumps(hostile[1:-1])}\n"
    )
    assert table.frame.owner.tolist() == ["v"]
    assert set(json.loads(table.refused.fields[0])) == {"source_id", "owner", "x", "y"}
    wide = "id,x,y," + ",".join(f"c{i}" for i in range(10_000))
    with pytest.raises(TooLarge, match="columns"):
        cameras(tmp_path, wide + "\n")
    assert reasons(cameras(tmp_path, f"id,x,y\n{'a' * 100_001},109.705,28.305\n")) == [(2, "too_long")]
    with pytest.raises(BadInput, match="line 2"):
        cameras(tmp_path, f"id,x,y\n{'a' * 200_000},109.705,28.305\n")
    with pytest.raises(BadInput, match="2 columns called 'x'"):
        cameras(tmp_path, "id,x,x,y\na,1,1,1\n")


def test_row_43_times(tmp_path: Path) -> None:
    times = [
        "2024-05-31 24:00",
        "2024-06-01 08:05:00",
        "2024-06-01 08:05:01",
        "9999-12-31 00:00",
        "2024-02-30",
        "0001-01-01",
        "2024-01-01T00:00:00Z",
        "2024年1月5日 13时30分",
        "",
    ]
    rows = [f"i{n},109.705,28.305,{time}" for n, time in enumerate(times)]
    table = incidents(tmp_path, "id,x,y,t\n" + "\n".join(rows))
    assert reasons(table) == [
        (4, "future_time"),
        (5, "future_time"),
        (6, "bad_time"),
        (7, "bad_time"),
        (10, "missing_field"),
    ]
    assert [at.isoformat() for at in table.frame.reported_at] == [
        "2024-05-31T16:00:00+00:00",
        "2024-06-01T00:05:00+00:00",
        "2024-01-01T00:00:00+00:00",
        "2024-01-05T05:30:00+00:00",
    ]
    assert table.frame.reported_at.dtype == pd.DatetimeTZDtype("us", "UTC")


def test_row_43_clock_changes_and_no_zone(tmp_path: Path) -> None:
    head = 'title_zh = "城"\ntitle_en = "C"\ntimezone = "America/New_York"\n'
    text = "id,x,y,t\na,109.705,28.305,2018-03-11 02:30\nb,109.705,28.305,2018-11-04 01:30\n"
    table = incidents(tmp_path, text, head=head)
    assert reasons(table) == [(2, "nonexistent_time")]
    assert table.frame.reported_at[0].isoformat() == "2018-11-04T05:30:00+00:00"
    assert any("clocks repeat" in note.en for note in table.notes)
    with pytest.raises(BadMapping, match="has times, so add timezone"):
        incidents(tmp_path, text, head='title_zh = "城"\ntitle_en = "C"\n')
