"""The map as a folium figure: frames are measured as files are, and the figures are those worked out by hand."""

import json
import re
from pathlib import Path

import folium
import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import BadQuery, MissingCrs
from tests.tiny_city import write_tiny_city
from tests.webmap.packed import Opened, open_file
from webmap.maps import coverage_map, hotspots_map


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, gpd.GeoDataFrame]:
    """The tiny city's grids, cameras, road and incidents as frames; those without a place left out."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_city(folder)
    found = {}
    for name in ("grids", "roads"):
        features = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
        found[name] = gpd.GeoDataFrame.from_features(features, crs="EPSG:4326")
    cameras = pd.read_csv(folder / "cameras.csv").query("id != 'swapped'").rename(columns={"label": "name"})
    cameras = cameras.assign(kind="dome", sweep_deg=360.0, range_m=50.0)
    incidents = pd.read_csv(folder / "incidents.csv").dropna(subset=["lon"])
    incidents = incidents.assign(reported_at=pd.to_datetime(incidents["reported"]))
    found |= {
        name: gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs="EPSG:4326")
        for name, rows in (("cameras", cameras), ("incidents", incidents))
    }
    return {"units": found.pop("grids"), **found}


@pytest.fixture(scope="module")
def chart(frames: dict[str, gpd.GeoDataFrame]) -> folium.Figure:
    return coverage_map(role="analyst", lang="en", **frames)


def opened(figure: folium.Figure) -> Opened:
    return open_file(figure.render())


def test_frames_are_measured_as_the_city_is(chart: folium.Figure) -> None:
    """A circle of 50 m on a road of 500 m in A-1 sees 100 m of it, a fifth; none of A-2's."""
    held = opened(chart).document
    units, found = held["units"]["unit"], held["tables"]["unit"]["coverage"]["columns"]
    roads = dict(zip(units["code"], found["road_seen_share"], strict=True))
    assert (roads["A-1"], roads["A-2"]) == pytest.approx((0.2, 0.0), abs=1e-3)
    number = units["code"].index("A-1")
    assert (found["n_cameras"][number], found["n_incidents"][number]) == (3, 2)


def test_cameras_and_views_are_in_the_figure_as_far_as_the_role_sees(chart: folium.Figure, tiny_home: Path) -> None:
    found = opened(chart)
    assert {"cameras", "sectors", "roads"} <= set(found.boot["layers"])
    assert any(name.startswith("/tiles/cameras/14/") for name in found.tiles)
    assert found.document["zooms"]["cameras"] == 14
    shown = opened(hotspots_map(tiny_home))
    assert (shown.boot["desk"], shown.boot["role"]) == ("hotspots", "leader")
    assert not [name for name in shown.tiles if name.startswith("/tiles/cameras/")]


def test_a_figure_is_shown_and_saved(chart: folium.Figure, tmp_path: Path) -> None:
    chart.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == chart.render()
    assert chart._repr_html_().startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="', chart.render())


def test_a_home_is_drawn_as_it_is(tiny_home: Path) -> None:
    boot = opened(coverage_map(tiny_home, lang="en")).boot
    assert boot["title_en"] == "Tiny city"
    assert [level["name"] for level in boot["levels"]] == ["grid", "town", "prefecture"]


def test_what_cannot_be_drawn_is_said(frames: dict[str, gpd.GeoDataFrame], tiny_home: Path) -> None:
    for given in ({}, {"cameras": frames["cameras"]}):
        with pytest.raises(BadQuery, match="either a home or units"):
            coverage_map(**given)
    with pytest.raises(BadQuery, match="either a home or units"):
        coverage_map(tiny_home, **frames)
    with pytest.raises(BadQuery, match="no table 'camera'; tables are cameras"):
        coverage_map(units=frames["units"], camera=frames["cameras"])
    with pytest.raises(MissingCrs, match="the frame of cameras has no CRS"):
        coverage_map(units=frames["units"], cameras=frames["cameras"].set_crs(None, allow_override=True))
