"""A real city through the same door: Baltimore's open data (not in git), checked against independent tools."""

import json
import os
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.desk import Desk
from geo.jobs.run import run_build, run_import
from geo.snapshot import queries
from geo.snapshot.counts import count_events
from geo.snapshot.store import Snapshot
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("GRIDSCOPE_TEST_DATA", ROOT.parent / "shared" / "data")) / "baltimore"
UTM = "EPSG:32618"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no open data at {DATA} (set GRIDSCOPE_TEST_DATA)")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baltimore")
    run_import(folder, ROOT / "tests" / "cities" / "baltimore.toml", DATA)
    run_build(folder)
    return folder


@pytest.fixture(scope="module")
def city(home: Path) -> Snapshot:
    return Desk(home).snapshot()


def test_every_row_is_accounted_for_at_every_level(city):
    ledger = city.frame("ledger")
    totals = ledger[ledger["code"] == ""]
    assert ledger["balanced"].all()
    assert set(totals.loc[totals["layer"] == "cameras", "rows_read"]) == {614}
    assert set(totals.loc[totals["layer"] == "incidents", "rows_read"]) == {7309}
    parts = totals[["assigned", "outside", "refused"]].sum(axis=1)
    assert (parts == totals["rows_read"]).all()


def test_each_layers_units_sum_to_what_was_assigned(city):
    ledger = city.frame("ledger")
    for (layer, level), rows in ledger.groupby(["layer", "level"]):
        own, total = rows[rows["code"] != ""], rows[rows["code"] == ""].iloc[0]
        assert own["assigned"].sum() == total["assigned"], (layer, level)
        assert total["assigned"] + total["outside"] + total["refused"] == total["rows_read"], (layer, level)


def test_event_columns_hold_the_civil_times_of_the_file(city):
    """The file's own dates and times, in New York's civil time with its summer half, go in as UTC and come back."""
    kept = city.frame("incidents")
    inside = kept[[f"assigned_{level.name}" for level in city.home.levels]].notna().any(axis=1)
    rows = pd.read_csv(DATA / "incidents_2018.csv", dtype=str).set_index("incident_id").loc[kept["source_id"][inside]]
    days = (pd.to_datetime(rows["CrimeDate"]) - pd.Timestamp("1970-01-01")).dt.days
    hours = rows["CrimeTime"].str.split(":", expand=True).astype(int)
    wanted = sorted(zip(days, hours[0] * 60 + hours[1], strict=True))
    events = city.events()
    assert list(events.units) == ["neighborhood", "police_district", "council_district"]
    assert sorted(zip(events.day.tolist(), events.minute.tolist(), strict=True)) == wanted


def test_cubes_per_district_equal_pandas(city):
    units = queries.table(city, "units", level="police_district", role="analyst")
    assert count_events(city, "police_district").counts[0].tolist() == units["n_incidents"].tolist()
    incidents = city.frame("incidents")
    civil = incidents["reported_at"].dt.tz_convert("America/New_York")
    table = pd.crosstab([civil.dt.day_of_week, civil.dt.hour], incidents["assigned_police_district"])
    cube = count_events(city, "police_district", "weekday_hour")
    wanted = table.reindex(pd.MultiIndex.from_product([range(7), range(24)]), columns=units["code"], fill_value=0)
    assert cube.counts.tolist() == wanted.to_numpy().tolist()


def test_nearest_cameras_equal_geopandas(city):
    incidents = city.frame("incidents").to_crs(UTM)
    cameras = pd.read_csv(DATA / "cameras.csv")
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(cameras["Longitude"], cameras["Latitude"]), crs="EPSG:4326"
    ).to_crs(UTM)
    joined = gpd.sjoin_nearest(incidents[["geometry"]], points, distance_col="metres")
    wanted = joined.groupby(level=0)["metres"].first()
    ours = city.frame("incidents")["nearest_camera_m"]
    assert ours.to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-3)


def test_the_three_layers_stand_alone_under_one_total(city):
    units = city.frame("units")
    assert units.groupby("level").size().to_dict() == {
        "neighborhood": 278,
        "police_district": 9,
        "council_district": 14,
        "all": 1,
    }
    assert city.home.chains() == (("neighborhood", "all"), ("police_district",), ("council_district",))


def test_incidents_per_district_equal_geopandas(city):
    """`sjoin` by "within" on the district polygons: no incident lies on a border, so both must count the same."""
    rows = pd.read_csv(DATA / "incidents_2018.csv")
    kept = rows[rows["CrimeTime"].notna()]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(kept["Longitude"], kept["Latitude"]), crs="EPSG:4326")
    document = json.loads((DATA / "police_districts.geojson").read_text(encoding="utf-8"))
    districts = gpd.GeoDataFrame.from_features(document["features"], crs="EPSG:4326")
    wanted = gpd.sjoin(points, districts, predicate="within").groupby("number").size()
    ours = queries.table(city, "units", level="police_district", role="analyst").set_index("code")["n_incidents"]
    assert {int(code): int(n) for code, n in ours.items()} == {int(code): int(n) for code, n in wanted.items()}


def test_area_seen_equals_a_union_of_buffers(city):
    """Circles of 100 m as 2-degree chords (45 segments a quadrant), dissolved by GEOS and clipped to the whole city."""
    cameras = pd.read_csv(DATA / "cameras.csv")
    points = gpd.GeoSeries(gpd.points_from_xy(cameras["Longitude"], cameras["Latitude"]), crs="EPSG:4326").to_crs(UTM)
    seen = shapely.union_all(shapely.buffer(points.to_numpy(), 100.0, quad_segs=45))
    ground = city.frame("units").query("level == 'neighborhood'").to_crs(UTM).geometry.to_numpy()
    whole = shapely.union_all(shapely.make_valid(ground))
    coverage = queries.table(city, "coverage", level="all", role="leader").iloc[0]
    assert coverage["area_seen_m2"] == pytest.approx(shapely.area(shapely.intersection(seen, whole)), rel=2e-5)
    assert coverage["area_seen_m2_low"] <= coverage["area_seen_m2"] <= coverage["area_seen_m2_high"]


def test_what_the_city_does_not_give_is_not_available(city):
    coverage = queries.table(city, "coverage", level="all", role="leader")
    for name in ("road_seen_share", "places_seen_share", "residents_near_share", "facade_m", "public_3plus_share"):
        assert coverage[name].isna().all(), name


def test_the_same_import_and_build_change_nothing(home, city):
    again = run_import(home, ROOT / "tests" / "cities" / "baltimore.toml", DATA)
    assert again.outcome == "unchanged"
    assert run_build(home).id == city.id


def test_tiles_hold_every_neighbourhood(home, city):
    mapbox_vector_tile = pytest.importorskip("mapbox_vector_tile")
    desk = Desk(home)
    numbers = set()
    for x in range(292, 297):
        for y in range(387, 393):
            data = desk.tile("units-neighborhood", 10, x, y, "leader")
            if data:
                layer = mapbox_vector_tile.decode(data)["units-neighborhood"]
                numbers |= {feature["id"] for feature in layer["features"]}
    assert numbers == set(np.arange(278).tolist())


@pytest.fixture(scope="module")
def client(home: Path) -> HomeClient:
    app = create_app(Settings(home=home))
    app.test_client_class = HomeClient
    made = app.test_client()
    assert isinstance(made, HomeClient)
    return made


@pytest.mark.parametrize("level", ["neighborhood", "police_district", "council_district"])
def test_hotspots_rates_and_emerging_are_on_the_api(client, city, level):
    """Each with its definition, interval, seed and score."""
    n_units = len(queries.units_of(city, level))
    hot = client.get(f"/api/hotspots?level={level}").json
    assert len(hot["units"]["class"]) == n_units
    assert (hot["method"]["seed"], hot["method"]["n_units"]) == (city.rules.hotspot_seed, n_units)
    assert "Benjamini-Hochberg" in hot["method"]["line"]["en"]
    rates = client.get(f"/api/rates?level={level}").json
    assert sum(row["n_received"] for row in rates["rows"]) == sum(hot["units"]["n_incidents"])
    assert {"close_share", "close_share_low", "close_share_high"} <= set(rates["rows"][0])
    league = client.get(f"/api/league?level={level}").json
    assert league["unit"] == "incidents per km2"
    told = [row for row in league["rows"] if row["eb_rate"] is not None]
    assert len(told) > 0.9 * n_units
    assert all(row["eb_low"] <= row["eb_rate"] <= row["eb_high"] for row in told)
    for step, form in (("week", r"2018-W\d\d"), ("day", r"2018-\d\d-\d\d")):
        found = client.get(f"/api/emerging?level={level}&step={step}").json
        assert len(found["units"]["label"]) == n_units
        assert re.fullmatch(form, found["method"]["first_step"])
        assert found["method"]["seed"] == city.rules.hotspot_seed
        assert f"{found['method']['n_steps']} {step}s" in found["method"]["line"]["en"]
    for answer in (hot, rates, found):
        for column in answer["columns"]:
            assert column["meaning_en"], column
            assert column["meaning_zh"], column
    scores = client.get(f"/api/table/scores?level={level}").json
    names = [column["column"] for column in scores["columns"]]
    means = [dict(zip(names, row, strict=True)) for row in scores["rows"] if row[names.index("period")] == "all"]
    assert [row["method"] for row in means] == ["gi_star", "moran", "emerging", "density"]
    for row in means:
        if row["pai"] is not None:
            word = "beats" if row["beats_counts"] else "does not beat"
            assert row["verdict_en"].startswith(f"{word} plain counts: PAI {row['pai']:.2f} against")
        else:
            assert row["verdict_en"].startswith("no score")


def test_weeks_of_a_district_equal_pandas(client, city):
    incidents = city.frame("incidents")
    week = incidents["reported_at"].dt.tz_convert("America/New_York").dt.strftime("%G-W%V")
    table = pd.crosstab(week, incidents["assigned_police_district"])
    for code in table.columns:
        told = client.get(f"/api/counts?level=police_district&code={code}&step=week").json
        assert dict(zip(told["steps"], told["n"], strict=True)) == table[code].to_dict()
