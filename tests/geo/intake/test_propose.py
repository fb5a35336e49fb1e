"""Proposals for real headers (open data of Baltimore, Porto Alegre, Monaco; a county register) and hostile ones."""

import numpy as np
import pyproj
import pytest
from shapely import MultiPolygon, Point, box

from geo.intake.datum import gcj02_to_bd09, wgs84_to_gcj02
from geo.intake.preview import Choices, preview
from geo.intake.propose import propose
from geo.intake.readers.peek import Peek

HOME = (109.5, 28.2, 109.9, 28.5)


def plain(**cells: str | tuple[str | None, ...]) -> Peek:
    columns = tuple((name, (text,) if isinstance(text, str) else text) for name, text in cells.items())
    return Peek("csv", "gb18030", ",", 1, (), columns, 1)


CAMERAS = plain(
    国标编码=("34020000001320000101", "34020000001310000102"),
    点位名称=("北门", "南门"),
    经度=("109.7", "109.71"),
    纬度=("28.3", "28.31"),
    设备类型=("枪机", "球机"),
    监控方位=("东北", "南"),
    设备状态=("在线", "故障"),
    **{"安装高度（米）": ("3.5", "4")},
    建设单位=("甲局", "乙局"),
    是否备案=("是", "否"),
    联系人=("张三", "李四"),
    联系电话=("13800000000", "13900000000"),
)


def test_a_register_in_chinese_is_mapped_without_its_people() -> None:
    found = propose(CAMERAS, "天网点位.csv")
    assert found.tables[0] == "cameras"
    assert found.table["columns"] == {
        "source_id": "国标编码",
        "name": "点位名称",
        "kind": "设备类型",
        "status": "设备状态",
        "height_m": "安装高度（米）",
        "azimuth_deg": "监控方位",
        "owner": "建设单位",
        "filed": "是否备案",
    }
    assert (found.table["x"], found.table["y"]) == ("经度", "纬度")
    assert found.table["values"] == {
        "kind": {"枪机": "fixed", "球机": "ptz"},
        "status": {"在线": "online", "故障": "offline"},
    }
    assert found.personal == ("联系人", "联系电话")
    assert found.reasons["source_id"].words.zh == "列名“国标编码”即来源编号；值为国标（GB/T 28181）编码"
    assert found.reasons["azimuth_deg"].confidence == 1.0


@pytest.mark.parametrize(
    ("file", "names", "table", "columns"),
    [
        (
            "cameras.csv",
            "ID,CameraName,Owner,RegistrationType,ListedDate,Latitude,Longitude,ZipCode,Neighborhood,Location",
            "cameras",
            {"source_id": "ID", "name": "CameraName", "owner": "Owner", "x": "Longitude", "y": "Latitude"},
        ),
        (
            "incidents_2018.csv",
            "incident_id,CrimeDate,CrimeTime,CrimeCode,Description,Weapon,District,Longitude,Latitude",
            "incidents",
            {"source_id": "incident_id", "reported_at": "CrimeDate", "x": "Longitude", "y": "Latitude"},
        ),
        ("poa_points_of_interest.csv", "id,lat,lon", "places", {"source_id": "id", "x": "lon", "y": "lat"}),
        (
            "综治事件.xlsx",
            "事件编号,事件类型,发生时间,办结时间,事件来源,办理结果,处置部门,网格编码,经度,纬度",
            "incidents",
            {
                "source_id": "事件编号",
                "category": "事件类型",
                "reported_at": "发生时间",
                "closed_at": "办结时间",
                "channel": "事件来源",
                "outcome": "办理结果",
                "handling_unit": "处置部门",
                "unit_code": "网格编码",
                "x": "经度",
                "y": "纬度",
            },
        ),
        (
            "常住人口.csv",
            "网格编码,常住人口,lng,lat",
            "residents",
            {"unit_code": "网格编码", "residents": "常住人口", "x": "lng", "y": "lat"},
        ),
    ],
)
def test_real_headers(file: str, names: str, table: str, columns: dict[str, str]) -> None:
    found = propose(plain(**dict.fromkeys(names.split(","), ())), file)
    assert found.tables[0] == table
    axes = {axis: found.table.get(axis) for axis in ("x", "y")}
    assert columns.items() <= (found.table["columns"] | axes).items()


def test_shapes_decide_which_tables_there_are() -> None:
    columns = (("osm_id", ("1",)), ("building", ("apartments",)), ("levels", ("3",)))
    house = MultiPolygon([box(7, 43, 7.001, 43.001)])
    found = propose(Peek("geopackage", "", "", None, ("b",), columns, 1, "EPSG:4326", np.array([house])), "data.gpkg")
    assert found.table["table"] == "buildings"
    assert "x" not in found.table
    assert found.table["values"]["use"] == {"apartments": "dwelling", "*": "other"}


def test_a_day_and_a_time_of_day_in_two_columns_are_one_time() -> None:
    seen = plain(incident_id="1", CrimeDate="2018-12-31", CrimeTime="13:30:00", Longitude="-76.5", Latitude="39.2")
    found = propose(seen, "incidents.csv")
    assert found.table["columns"]["reported_at"] == {"date": "CrimeDate", "time": "CrimeTime"}
    assert found.reasons["reported_at:time"].words.zh == "“CrimeTime”的值为时刻"
    whole = plain(
        incident_id="1", CrimeDate="2018-12-31 13:30", CrimeTime="13:30:00", Longitude="-76.5", Latitude="39.2"
    )
    assert propose(whole, "incidents.csv").table["columns"]["reported_at"] == "CrimeDate"


def test_the_user_may_say_which_table_it_is() -> None:
    found = propose(plain(id="1", 类型="学校", 经度="109.7", 纬度="28.3"), "a.csv", table="places")
    assert found.table["table"] == "places"
    assert found.table["columns"] == {"source_id": "id", "kind": "类型"}


def test_ruined_ids_are_said() -> None:
    found = propose(plain(设备编码=("3.402E+19", "3.402E+19"), 经度=("109.7", "109.8"), 纬度=("28.3", "28.4")), "a.csv")
    assert "3.402E+19" in found.faults[0].zh


@pytest.mark.parametrize(
    "name", ["", " ", "\x00", "</script><img src=x>", "经度" * 5000, "=HYPERLINK(1)", "\u202e", "{0}"]
)
def test_hostile_headers_are_only_names(name: str) -> None:
    found = propose(plain(**{name: "1", "lat": "2"}), "x.csv")
    assert name not in found.table["columns"].values() or found.table["columns"]


def drawn(seen: Peek, chosen: Choices = Choices(), **known: tuple[float, float]):  # noqa: B008
    return preview(seen, "a.csv", propose(seen, "a.csv"), chosen, HOME, known)


def test_swapped_columns_are_said_and_not_swapped() -> None:
    """BAD_INPUTS row 7."""
    seen = plain(id=("1", "2"), 经度=("28.3", "28.31"), 纬度=("109.7", "109.71"))
    found = drawn(seen)
    assert found.swapped
    assert "x 与 y 似乎互换了" in [fault.zh for fault in found.faults]
    put_right = drawn(seen, Choices(x="纬度", y="经度", datum="wgs84"))
    assert not put_right.swapped
    assert put_right.points == ((109.7, 28.3), (109.71, 28.31))
    assert put_right.n_inside == 2


def test_no_datum_is_assumed_where_shifts_exist() -> None:
    """BAD_INPUTS row 11."""
    found = drawn(plain(id=("1", "2"), 经度=("109.7", "109.71"), 纬度=("28.3", "28.31")))
    assert (found.crs, found.datum) == ("EPSG:4326", "")
    assert found.faults[-1].en == "state the datum of the coordinates"
    abroad = plain(id="1", lon="7.42", lat="43.73")
    assert preview(abroad, "a.csv", propose(abroad, "a.csv"), Choices(), None).datum == "wgs84"


def test_a_column_that_names_the_datum_is_believed_with_its_reason() -> None:
    found = drawn(plain(id="1", **{"经度(高德)": "109.7", "纬度(高德)": "28.3"}))
    assert found.datum == "gcj02"
    assert "高德" in found.reasons["datum"].zh
    assert len(found.as_written) == 1


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09"])
def test_known_places_show_the_datum(datum: str) -> None:
    lon, lat = np.array([109.70, 109.72, 109.74, 109.76]), np.array([28.30, 28.31, 28.32, 28.33])
    known = {f"c{i}": (float(lon[i]), float(lat[i])) for i in range(4)}
    x, y = (lon, lat) if datum == "wgs84" else wgs84_to_gcj02(lon, lat)
    if datum == "bd09":
        x, y = gcj02_to_bd09(x, y)
    seen = plain(id=tuple(known), 经度=tuple(map(str, x)), 纬度=tuple(map(str, y)))
    found = drawn(seen, **known)
    assert found.datum == datum
    assert "4 行为已登记对象" in found.reasons["datum"].zh
    assert np.allclose(found.points, list(known.values()), atol=2e-6)


def test_metres_need_their_crs() -> None:
    """BAD_INPUTS rows 9 and 10."""
    seen = plain(id=("1", "2"), x=("372000", "372100"), y=("3131000", "3131100"))
    assert drawn(seen).faults[0].en == "the coordinates are no degrees; state their CRS"
    # UTM 49N: 128 km west of 111 E, where a degree is 98.2 km long: 109.70 E.
    found = drawn(seen, Choices(crs="EPSG:32649", datum="wgs84"))
    assert found.n_placed == found.n_inside == 2
    assert found.points[0] == pytest.approx((109.70, 28.30), abs=0.01)


def test_shapes_are_drawn_with_their_datum_undone() -> None:
    lon, lat = wgs84_to_gcj02([109.7], [28.3])
    shapes = np.array([Point(lon[0], lat[0]), None, Point()], dtype=object)
    seen = Peek("geojson", "", "", None, (), (("id", ("1",)),), 3, "EPSG:4326", shapes)
    found = preview(seen, "a.geojson", propose(seen, "a.geojson"), Choices(datum="gcj02"), HOME)
    assert found.points == ((109.7, 28.3),)
    assert found.n_placed == 1
    area = Peek(
        "geojson", "", "", None, (), (), 1, "EPSG:4326", np.array([box(109.7, 28.3, 109.71, 28.31)], dtype=object)
    )
    assert (
        preview(area, "a.geojson", propose(area, "a.geojson"), Choices(datum="wgs84"), HOME).shapes[0]["type"]
        == "Polygon"
    )


def test_nothing_to_place_is_said() -> None:
    assert drawn(plain(id="1", name="a")).faults[0].en == "choose the columns of x and y"
    assert drawn(plain(id="1", lon="x", lat="y")).faults[0].en == "the columns of x and y hold no numbers"


def test_the_datum_is_judged_on_the_chosen_columns_in_their_crs() -> None:
    lon, lat = np.array([109.70, 109.72, 109.74, 109.76]), np.array([28.30, 28.31, 28.32, 28.33])
    known = {f"c{i}": (float(lon[i]), float(lat[i])) for i in range(4)}
    a, b = (tuple(map(str, each)) for each in wgs84_to_gcj02(lon, lat))
    plain_x, plain_y = (tuple(map(str, each)) for each in (lon, lat))
    seen = plain(id=tuple(known), 经度=plain_x, 纬度=plain_y, a=a, b=b)
    assert drawn(seen, **known).datum == "wgs84"
    found = drawn(seen, Choices(x="a", y="b"), **known)
    assert found.datum == "gcj02"
    assert np.allclose(found.points, list(known.values()), atol=2e-6)
    easting, northing = pyproj.Transformer.from_crs(4326, 32649, always_xy=True).transform(lon, lat)
    rows = {"id": ("", "c9", *known), "x": ("", "1e300", *map(str, easting)), "y": ("", "1", *map(str, northing))}
    metres = drawn(plain(**rows), Choices(x="x", y="y", crs="EPSG:32649"), **known, c9=(109.7, 28.3))
    assert metres.datum == "wgs84"
    assert "4 行为已登记对象" in metres.reasons["datum"].zh
    # Degrees of another datum: those of Indian 1975 lie 650 m to the east here.
    east, north = (
        tuple(map(str, each)) for each in pyproj.Transformer.from_crs(4326, 4240, always_xy=True).transform(lon, lat)
    )
    old = plain(id=tuple(known), 经度=east, 纬度=north)
    degrees = drawn(old, Choices(crs="EPSG:4240"), **known)
    assert degrees.datum == "wgs84"
    assert np.allclose(degrees.points, list(known.values()), atol=2e-6)
    assert drawn(old, Choices(x="纬度", y="经度", crs="EPSG:4240")).swapped


def test_the_names_of_the_chosen_axes_state_the_datum_first() -> None:
    columns = {"经度_gcj02": "109.7", "纬度_gcj02": "28.3", "经度_wgs84": "109.7", "纬度_wgs84": "28.3"}
    seen = plain(id="1", **columns)
    assert drawn(seen, Choices(x="经度_wgs84", y="纬度_wgs84")).datum == "wgs84"
    assert drawn(seen, Choices(x="经度_gcj02", y="纬度_gcj02")).datum == "gcj02"
