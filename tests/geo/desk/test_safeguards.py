"""Rows of the safeguards desk, its file and the plan of a camera, on the tiny city with one dwelling and three areas.

The dwelling is a square of 10 m at (255..265, 255..265), the cameras c1 to c3 stand at (250, 250) and see 50 m round
them (c1 not from north to east, by its mask); the prohibited area is a square of 4 m to the west of them.
"""

import io
import json
from math import hypot, sqrt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.desk import Desk, safeguards
from geo.desk.safeguards import duties
from geo.desk.shown import Shown, Wanted
from geo.errors import BadQuery, Forbidden, NotAvailable, NotFound
from geo.rules import Rules
from geo.snapshot.store import open_current
from tests.geo.desk import small_home
from tests.tiny_city import X0, Y0


@pytest.fixture(scope="module")
def desk(guarded_home: Path) -> Desk:
    return Desk(guarded_home)


@pytest.fixture(scope="module")
def cameras(guarded_home: Path) -> pd.DataFrame:
    """The cameras as the snapshot has them, those outside every unit left out."""
    frame = open_current(guarded_home).frame("cameras")
    return pd.DataFrame(frame[frame["assigned_grid"].notna()].drop(columns="geometry")).set_index("uid")


def test_rows_are_the_installed_cameras_worst_first(desk: Desk, cameras: pd.DataFrame) -> None:
    told = desk.guarded_cameras("planner")
    columns = told["columns"]
    assert told["n_rows"] == len(columns["uid"]) == 4
    by_uid = pd.DataFrame(columns).set_index("uid")
    assert columns["facade_62_m"] == sorted(columns["facade_62_m"], reverse=True)
    for name in ("facade_62_m", "facade_62_m_low", "facade_62_m_high"):
        assert by_uid[name].to_dict() == pytest.approx(cameras[name].round(1).to_dict())
    assert by_uid["facade_62_m"].to_dict() == {
        "cameras:c2": 40.0,
        "cameras:c3": 40.0,
        "cameras:c1": 0.0,
        "cameras:c4": 0.0,
    }
    shared = cameras["shared_3plus_m2"].astype(float) / cameras["view_m2"].astype(float)
    assert by_uid["seen_3plus_share"].astype(float).to_dict() == pytest.approx(shared.round(3).to_dict(), nan_ok=True)
    assert by_uid["n_dwellings_62"].to_dict() == {"cameras:c2": 1, "cameras:c3": 1, "cameras:c1": 0, "cameras:c4": 0}


def test_most_names_come_in_a_part_of_their_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safeguards, "N_NAMED", 3)
    whole = desk.guarded_cameras("planner")
    figures, names = (desk.guarded_cameras("planner", part=part) for part in ("figures", "names"))
    named = ("camera_name", "lon", "lat", "uid")
    assert names["columns"] == {name: whole["columns"][name] for name in named}
    assert figures == whole | {
        "columns": {name: cells[:3] if name in named else cells for name, cells in whole["columns"].items()}
    }
    assert desk.guarded_cameras("leader", part="names")["columns"] == {}


def test_spots_in_view_are_counted_by_kind_and_private_ground_is_none(desk: Desk) -> None:
    told = desk.guarded_cameras("planner")
    uid = told["columns"]["uid"]
    found = sorted(zip(*(told["overlaps"][name] for name in ("row", "kind", "n_spots")), strict=True))
    assert sorted(uid[row] for row, _, _ in found) == [f"cameras:c{n}" for n in (1, 2, 3)]
    assert {(kind, n) for _, kind, n in found} == {("", 1)}


def test_a_place_has_its_own_rows_and_levels_their_numbers(desk: Desk) -> None:
    whole, part = desk.guarded_cameras("planner"), desk.guarded_cameras("planner", "town", "town:B")
    assert part["columns"]["uid"] == ["cameras:c4"]
    towns = desk.units("town", "planner")["code"]
    assert [towns[number] for number in part["columns"]["unit"]] == ["B"]
    grids = desk.units("grid", "planner")["code"]
    assert {grids[number] for number in whole["columns"]["unit"]} == {"A-1", "B-4"}
    with pytest.raises(NotFound):
        desk.guarded_cameras("planner", within="nowhere")


def test_leaders_get_neither_names_nor_places_nor_small_counts(desk: Desk) -> None:
    told = desk.guarded_cameras("leader")
    assert not {"uid", "camera_name", "lon", "lat"} & told["columns"].keys()
    assert told["columns"]["n_dwellings_62"] == [None, None, 0, 0]
    assert told["hidden"] == {"n_dwellings_62": [0, 1]}
    assert told["columns"]["facade_62_m"] == desk.guarded_cameras("planner")["columns"]["facade_62_m"]
    with pytest.raises(Forbidden):
        desk.camera_plan("cameras:c2", "leader")
    with pytest.raises(Forbidden):
        desk.guarded_cameras("feeder")


def test_what_the_register_does_not_say_is_never_in_order() -> None:
    register = pd.DataFrame(
        {"filed": [True, None, False], "sign": [True, False, None], "retention_days": [90, 91, None]}
    )
    found = pd.DataFrame(duties(register, Rules()))
    assert found.to_dict("list") == {
        "not_filed": [False, False, True],
        "no_sign": [False, True, False],
        "past_retention": [False, True, False],
        "unknown": [False, True, True],
    }


def test_spare_cameras_are_online_and_nothing_is_seen_by_them_alone(desk: Desk, cameras: pd.DataFrame) -> None:
    by_uid = pd.DataFrame(desk.guarded_cameras("planner")["columns"]).set_index("uid")["spare"]
    lost = cameras[["alone_road_m", "alone_public_m2"]].astype(float)
    expected = (cameras["status"] == "online") & (lost.sum(axis=1) == 0)
    assert by_uid.astype(bool).to_dict() == expected.to_dict()
    assert expected.to_dict()["cameras:c4"]  # no road there to be lost


FILTERS = [
    (Wanted(facade_m=(30.0, None)), lambda c: c["facade_62_m"] >= 30),
    (Wanted(facade_m=(0.0, 30.0)), lambda c: c["facade_62_m"] < 30),
    (Wanted(statuses=("unknown",)), lambda c: c["filed"].isna() | c["sign"].isna() | c["retention_days"].isna()),
    (Wanted(statuses=("past_retention", "not_filed")), lambda c: (c["retention_days"] > 90) | (c["filed"] == False)),  # noqa: E712
    (Wanted(overlaps=("",)), lambda c: c["restricted_m2"] > 0),
    (Wanted(programmes=("key",)), lambda c: c["programme"] == "key"),
    (Wanted(owners=("",)), lambda c: c["owner"].isna()),
]


@pytest.mark.parametrize(("wanted", "expected"), FILTERS)
def test_the_file_has_the_rows_that_the_filters_keep(
    desk: Desk, cameras: pd.DataFrame, wanted: Wanted, expected: Any
) -> None:
    body, n = desk.shown_bytes("cameras", "csv", "analyst", wanted, Shown())
    read = pd.read_csv(io.BytesIO(body))
    kept = cameras[expected(cameras).fillna(False).astype(bool)]
    assert n == len(read) == len(kept)
    assert set(read["source_id"]) == set(kept["source_id"])


def test_the_file_is_in_the_order_and_with_the_columns_of_the_page(desk: Desk) -> None:
    shown = Shown(within="town:A", sort="alone_road_m", ascending=True, columns=("facade_62_m", "source_id"))
    body, _ = desk.shown_bytes("cameras", "csv", "analyst", Wanted(), shown)
    read = pd.read_csv(io.BytesIO(body))
    assert list(read.columns) == ["level", "code", "name", "source_id", "facade_62_m"]
    assert read["code"].unique().tolist() == ["A-1"]
    for strange in (Shown(sort="camera_name"), Shown(sort="owner"), Shown(columns=("password",))):
        with pytest.raises(BadQuery):
            desk.shown_bytes("cameras", "csv", "analyst", Wanted(), strange)
    with pytest.raises(BadQuery):
        desk.shown_bytes("cameras", "csv", "analyst", Wanted(statuses=("fine",)), Shown())


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "geojson", "gpkg", "parquet"])
@pytest.mark.parametrize("of", ["cameras", "units"])
def test_every_format_reads_back_the_same_rows(desk: Desk, tmp_path: Path, of: Any, fmt: str) -> None:
    body, n = desk.shown_bytes(of, fmt, "analyst", Wanted(facade_m=(1.0, None)), Shown(level="grid"))
    file = tmp_path / f"rows.{fmt}"
    file.write_bytes(body)
    readers: dict[str, Any] = {
        "csv": pd.read_csv,
        "xlsx": pd.read_excel,
        "parquet": gpd.read_parquet,
        "gpkg": lambda file: gpd.read_file(file, layer=f"safeguards_{of}"),
        "geojson": lambda file: gpd.GeoDataFrame.from_features(
            json.loads(file.read_text(encoding="utf-8"))["features"]
        ),
    }
    read = readers[fmt](file)
    assert n == len(read) == (2 if of == "cameras" else 1)
    assert read["facade_62_m"].tolist() == pytest.approx([40.0] * n, abs=0.05)
    if fmt == "geojson":
        assert "facade_m=1-" in file.read_text(encoding="utf-8")  # the filter stands with the source


def test_units_are_kept_by_facade_per_camera(desk: Desk) -> None:
    body, _ = desk.shown_bytes("units", "csv", "analyst", Wanted(facade_m=(10.0, 20.0)), Shown(level="grid"))
    read = pd.read_csv(io.BytesIO(body))
    assert read["code"].tolist() == ["A-1"]
    assert read["facade_each_m"].tolist() == pytest.approx([40 / 3], abs=0.01)
    assert "duty" not in read.columns
    with pytest.raises(BadQuery):
        desk.shown_bytes("units", "csv", "analyst", Wanted(), Shown(level="grid", sort="duty"))


def test_the_plan_is_in_metres_from_the_camera(desk: Desk) -> None:
    plan = desk.camera_plan("cameras:c2", "planner")
    (home,) = (shapely.geometry.shape(shape) for shape in plan["buildings"])
    assert home.bounds == pytest.approx((5, 5, 15, 15), abs=0.02)
    seen = shapely.union_all([shapely.geometry.shape(shape) for shape in plan["facade"]])
    assert seen.length == pytest.approx(40, abs=0.1)
    assert shapely.area(shapely.geometry.shape(plan["view"][0])) == pytest.approx(np.pi * 50**2, rel=1e-3)
    mask = shapely.geometry.shape(plan["mask"][0])
    assert mask.buffer(0.05).covers(seen)
    nearest, farthest = hypot(5, 5), 50.0
    ring = mask.envelope.exterior
    assert shapely.distance(shapely.Point(0, 0), mask) == pytest.approx(nearest, abs=0.15)
    assert shapely.hausdorff_distance(shapely.Point(0, 0), ring) <= sqrt(2) * farthest
    road = shapely.geometry.shape(plan["ground"][0])
    assert road.bounds[1::2] == pytest.approx((-4, 4), abs=0.05)  # half width 4 m, through the camera's place
    assert plan["turn"] is None  # it looks all round
    assert plan["masks_set"] is None
    with pytest.raises(NotFound):
        desk.camera_plan("cameras:none", "planner")


def test_a_camera_behind_its_mask_has_none_of_it_in_view(desk: Desk) -> None:
    plan = desk.camera_plan("cameras:c1", "planner")
    assert plan["facade"] == plan["mask"] == []
    assert plan["masks_set"] == "0-90"


def test_a_home_without_cameras_says_so(tmp_path: Path) -> None:
    few = ("cameras", "coverage", "gaps", "safeguards")
    small_home.publish_home(tmp_path, without=few)
    for ask in (
        lambda: Desk(tmp_path).guarded_cameras("planner"),
        lambda: Desk(tmp_path).camera_plan("s:k1", "planner"),
    ):
        with pytest.raises(NotAvailable):
            ask()


def test_facade_tiles_hold_lines_of_what_is_in_view_and_nothing_else(desk: Desk) -> None:
    import mapbox_vector_tile  # noqa: PLC0415

    assert "facades" in desk.describe("planner")["layers"]
    assert "facades" not in desk.describe("leader")["layers"]
    with pytest.raises(Forbidden):
        desk.tile("facades", 16, 0, 0, "leader")
    lon, lat = _lonlat(260, 260)
    z = 16
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z)
    layer = mapbox_vector_tile.decode(desk.tile("facades", z, x, y, "planner"))["facades"]
    assert all(feature["geometry"]["type"].endswith("LineString") for feature in layer["features"])
    assert all(feature["properties"] == {} for feature in layer["features"])
    assert desk.tile("facades", 14, x // 4, y // 4, "planner") == b""


def _lonlat(dx: float, dy: float) -> tuple[float, float]:
    point = gpd.GeoSeries([shapely.Point(X0 + dx, Y0 + dy)], crs="EPSG:32649").to_crs("EPSG:4326").iloc[0]
    return point.x, point.y
