"""Distances to service points, on the tiny world (figures in its docstring)."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import WGS84
from geo.rules import Rules
from geo.snapshot.service import service_distances
from geo.snapshot.world import read_world
from tests import tiny_world

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def world(**without: None):
    residents = tiny_world.demand().residents.to_crs(WGS84)
    points = tiny_world.frame([shapely.Point(50, 20)]).to_crs(WGS84).geometry[0]
    sources = {
        "units": tiny_world.units().assign(name_en=None),
        "places": tiny_world.demand().places.to_crs(WGS84),
        "residents": pd.DataFrame(
            {
                "residents": residents["residents"],
                "lon": residents.geometry.x,
                "lat": residents.geometry.y,
                "unit_code": [None, None, "g3"],
            }
        ),
        "service_points": pd.DataFrame(
            {"lon": [points.x, np.nan], "lat": [points.y, np.nan], "unit_code": [None, "g2"], "staff": [1.0, 2.0]}
        ),
    }
    kept = {name: frame for name, frame in sources.items() if name not in without}
    return read_world(tiny_world.home(), Rules(), MOMENT, kept)


def distances(**without: None) -> pd.DataFrame:
    one = world(**without)
    units = gpd.GeoDataFrame(one.units)
    return service_distances(one, units).assign(code=units["code"]).set_index("code")


def test_distances_of_places_and_residents():
    found = distances()
    p1, p2, p3, h1, h2 = 40.0, 130.0, 170.3, 55.0, 220.2
    # Metres are those of the metric CRS: within 0.1 % of the grid's.
    near = {"rel": 2e-3}
    assert found["places_service_median_m"].to_dict() == pytest.approx(
        {"g1": p1, "g2": p2, "g3": np.nan, "g4": p3, "va": p1, "vb": p3}, nan_ok=True, **near
    )
    assert found.loc["va", "places_service_p90_m"] == pytest.approx(p2, **near)
    assert found.loc[["g1", "va"], "places_service_1000m_share"].tolist() == [1, 1]
    assert found["residents_service_median_m"].to_dict() == pytest.approx(
        {"g1": h1, "g2": np.nan, "g3": np.nan, "g4": h2, "va": h1, "vb": h2}, nan_ok=True, **near
    )
    assert found["residents_located"].to_dict() == {"g1": 10, "g2": 0, "g3": 0, "g4": 5, "va": 10, "vb": 5}
    assert found.loc["vb", "residents_service_500m_share"] == 1


@pytest.mark.parametrize("table", ["places", "residents", "service_points"])
def test_what_rests_on_a_missing_table_is_missing(table):
    found = distances(**{table: None})
    for name in found:
        rests_on = {name.split("_")[0], *(["service_points"] if "service" in name else [])}
        assert found[name].isna().all() == (table in rests_on), name
