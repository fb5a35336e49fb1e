"""The report of the boundaries as the page gets it: shapes in WGS84, a step or the reason why there is none."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Polygon, box

from geo.desk import boundaries
from geo.desk.boundaries import describe_boundaries
from geo.records import Records
from geo.rules import Rules
from geo.schema import HomeInfo, Level
from tests.geo.records.samples import replace_source

CRS = "EPSG:32649"
HOME = HomeInfo("州", "Prefecture", "UTC", CRS, (Level("grid", "网格", "Grid"),))
NONE = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])


def fill(records: Records, **squares: tuple[float, float, float, float]) -> None:
    """Units of the level grid, each by its corners in metres from 500,000 E, 3,100,000 N (111 E, 28.02 N)."""
    shapes = [box(500_000 + w, 3_100_000 + s, 500_000 + e, 3_100_000 + n) for w, s, e, n in squares.values()]
    frame = {"level": "grid", "code": list(squares), "name": list(squares), "line": range(1, len(squares) + 1)}
    with records.importing("import", "town", "0" * 64) as tx:
        units = gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS)
        replace_source(tx, "units", "units", "grids.gpkg", units, NONE, len(squares), CRS)
        tx.set_home(HOME)


def test_a_fault_with_a_step_and_one_without(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        fill(records, a=(0, 0, 100, 100), b=(95, 0, 195, 100), c=(20, 20, 30, 30))
        told = describe_boundaries(records, Rules())
    assert told["n_units"] == 3
    assert told["counts"] == {"overlap": {"n": 2, "m2": 600.0}}
    found = {tuple(feature["properties"]["codes"]): feature for feature in told["faults"]["features"]}
    cut = found["a", "b"]["properties"]["step"]
    assert (cut["action"], cut["code"], cut["area_m2"]) == ("cut", "b", 500.0)
    assert found["a", "b"]["properties"]["why"] is None
    # 111 E is the zone's middle: 95 m east of it are some 0.001 degrees.
    west = min(x for x, _ in found["a", "b"]["geometry"]["coordinates"][0])
    assert west == pytest.approx(111.001, abs=1e-4)
    assert found["a", "c"]["properties"]["step"] is None
    assert "全部在 a 内" in found["a", "c"]["properties"]["why"]["zh"]


def test_of_very_many_the_largest_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "MAX_LISTED", 12)
    with Records.open(tmp_path) as records:
        fill(records, **{f"u{i}": (i * 90.0, 0, i * 90.0 + 100, 100 + i) for i in range(21)})
        told = describe_boundaries(records, Rules())
    assert told["counts"]["overlap"]["n"] == 20
    assert told["n_left_out"] == 18
    # Units overlap by 10 m as far as the lower one reaches: the largest by u18, then u19 with 119 m.
    assert [feature["properties"]["codes"] for feature in told["faults"]["features"]] == [
        ["u19", "u20"],
        ["u18", "u19"],
    ]


def test_a_unit_of_which_no_area_can_be_kept_is_told_like_any_other(tmp_path: Path) -> None:
    """A spike: its outline runs from a corner to another and back the same way."""
    spike = Polygon([(500_200, 3_100_000), (500_300, 3_100_000), (500_200, 3_100_000)])
    shapes = [box(500_000, 3_100_000, 500_100, 3_100_100), spike]
    frame = {"level": "grid", "code": ["a", "b"], "name": ["a", "b"], "line": [1, 2]}
    units = gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS)
    with Records.open(tmp_path) as records:
        with records.importing("import", "town", "0" * 64) as tx:
            replace_source(tx, "units", "units", "grids.gpkg", units, NONE, 2, CRS)
            tx.set_home(HOME)
        told = describe_boundaries(records, Rules())
    (fault,) = told["faults"]["features"]
    assert (fault["properties"]["id"], fault["properties"]["step"]) == ("self_intersection:grid:b", None)
    assert "nothing of its area can be kept" in fault["properties"]["why"]["en"]
