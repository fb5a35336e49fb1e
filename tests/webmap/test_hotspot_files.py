"""What the hotspots desk shows of chosen incidents, as files: read back and compared with the service's answers."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from tests.webmap.fake_desk import HomeClient
from tests.webmap.home_client import download_csv, tiny_client

#: Mondays to Fridays by day: some of the tiny city's incidents, not all.
CHOSEN = "category=noise&weekdays=1-5&hours=6-20"


@pytest.fixture(scope="module")
def client(tiny_home: Path) -> Iterator[HomeClient]:
    with tiny_client(tiny_home, "analyst") as client:
        yield client


def test_classes_are_those_of_the_page_with_the_outline_of_each_unit(client: HomeClient) -> None:
    told = client.get(f"/api/hotspots?level=grid&{CHOSEN}").json["units"]
    rows = download_csv(client, f"/exports/hotspots/classes.csv?level=grid&{CHOSEN}").set_index("code")
    assert rows["n_incidents"][told["code"]].tolist() == told["n_incidents"]
    assert rows["class"][told["code"]].tolist() == told["class"]
    file = client.get(f"/exports/hotspots/classes.geojson?level=grid&within=town:A&{CHOSEN}").data
    drawn = gpd.GeoDataFrame.from_features(json.loads(file)["features"], crs=4326).set_index("code")
    units = json.loads(client.get("/exports/units.geojson?level=grid&within=town:A").data)["features"]
    outlines = gpd.GeoDataFrame.from_features(units, crs=4326).set_index("code").geometry
    assert drawn.geometry.geom_equals(outlines[drawn.index], align=False).all()
    assert 0 < len(drawn) < len(rows)


def test_labels_follow_step_and_filter(client: HomeClient) -> None:
    told = client.get(f"/api/emerging?level=town&step=week&{CHOSEN}").json["units"]
    rows = download_csv(client, f"/exports/hotspots/labels.csv?level=town&step=week&{CHOSEN}").set_index("code")
    assert rows["label"][told["code"]].tolist() == told["label"]
    assert rows["because_zh"][told["code"]].tolist() == told["because_zh"]


def test_incidents_are_those_that_the_filter_keeps(client: HomeClient) -> None:
    every = download_csv(client, "/exports/incidents.csv?level=grid")
    civil = pd.to_datetime(every["reported_at"], utc=True).dt.tz_convert("Asia/Shanghai")
    kept = every[(every["category"] == "noise") & (civil.dt.day_of_week < 5) & civil.dt.hour.between(6, 20)]
    assert 0 < len(kept) < len(every)
    found = download_csv(client, f"/exports/hotspots/incidents.csv?level=grid&{CHOSEN}")
    assert found["source_id"].tolist() == kept["source_id"].tolist()
    within = download_csv(client, f"/exports/hotspots/incidents.csv?level=grid&within=town:A&{CHOSEN}")
    assert within["source_id"].tolist() == kept.loc[kept["code"].str.startswith("A-"), "source_id"].tolist()


def test_the_filter_stands_in_the_file(client: HomeClient) -> None:
    file = json.loads(client.get(f"/exports/hotspots/classes.geojson?level=grid&{CHOSEN}").data)
    assert "weekdays=1,2,3,4,5; categories=noise" in json.dumps(file)


def test_what_there_is_none_of_is_named(client: HomeClient) -> None:
    assert client.get("/exports/hotspots/classes.pdf?level=grid").status_code == 400
    assert client.get("/exports/hotspots/classes.csv?level=street").status_code == 400
    assert client.get("/exports/hotspots/classes.csv").status_code == 400
