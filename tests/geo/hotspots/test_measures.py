"""The build's table of hotspots: every level by itself, by the rules."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from geo.errors import BadInput
from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.getis_ord import excess, gi_star
from geo.hotspots.measures import count_by_unit, measure_hotspots
from geo.hotspots.neighbours import nearest, queen
from geo.hotspots.permutation import permuted_p
from geo.rules import Rules
from geo.schema import RESULTS, HomeInfo, Level

HOME = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("g", "g", "G", "t"), Level("t", "t", "T")))
RULES = Rules(hotspot_permutations=9_999)


def board() -> gpd.GeoDataFrame:
    """36 squares of 100 m and their total."""
    squares = [box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for y in range(6) for x in range(6)]
    shapes = [*squares, box(0, 0, 600, 600)]
    return gpd.GeoDataFrame(
        {
            "level": ["g"] * 36 + ["t"],
            "code": [f"{i:02d}" for i in range(36)] + ["T"],
            "area_m2": [10_000.0] * 36 + [360_000.0],
        },
        geometry=shapes,
        crs=HOME.boundary_crs,
    )


def counts() -> pd.Series:
    found = 4 + np.arange(36) % 4
    found[[0, 1, 6, 7]] = 40
    return pd.Series([*found, found.sum()], dtype="Int64")


def test_columns_are_those_of_the_schema_and_rest_on_the_single_functions():
    units, count = board(), counts()
    table = measure_hotspots(units, HOME, count, None, RULES)
    assert [*table.columns] == [name for name in RESULTS["hotspots"].names() if name != "name"]
    grids = table[table["level"] == "g"]
    near = queen(units.geometry[:36].to_numpy(), RULES.neighbour_gap_m)
    values = excess(count[:36].to_numpy(dtype=float), count[36] / 36)
    assert grids["exposure"].tolist() == [0.01] * 36
    assert grids["excess"].to_numpy() == pytest.approx(values)
    assert grids["z"].to_numpy() == pytest.approx(gi_star(values, near))
    assert grids["p_perm"].to_numpy() == pytest.approx(permuted_p(values, near, n_permutations=9_999, seed=1))
    assert grids["hotspot"].tolist()[:2] == ["hot99", "hot99"]
    assert grids["moran_class"].iloc[0] == "HH"
    whole = table[table["level"] == "t"]
    assert whole["hotspot"].tolist() == whole["moran_class"].tolist() == ["island"]


def test_the_rules_decide_neighbours_permutations_and_seed():
    units, count = board(), counts()
    middle = units.geometry[:36].centroid
    rules = Rules(neighbours="nearest", n_nearest=3, hotspot_permutations=199, hotspot_seed=5)
    table = measure_hotspots(units, HOME, count, None, rules)
    near = nearest(middle.x.to_numpy(), middle.y.to_numpy(), 3)
    assert (table["n_neighbours"][:36] == 3).all()
    how = Analysis(statistic="moran", n_permutations=199, seed=5)
    wanted = analyse(count[:36].to_numpy(dtype=float), np.full(36, 0.01), near, how)
    assert table["p_perm"][:36].to_numpy() == pytest.approx(wanted["p"].to_numpy())
    assert table["moran"][:36].to_numpy() == pytest.approx(wanted["score"].to_numpy())


def test_residents_are_the_exposure_where_there_are_any():
    residents = pd.Series([100.0] * 35 + [0.0] + [3_500.0])
    table = measure_hotspots(board(), HOME, counts(), residents, RULES)
    assert table["expected"].iloc[0] == pytest.approx(counts()[36] / 35)
    assert table["expected"].iloc[35] == 0
    assert table["hotspot"].isin(["hot99", "hot95", "hot90", "none", "cold90", "cold95", "cold99", "island"]).all()
    nobody = measure_hotspots(board(), HOME, counts(), residents * 0, RULES)
    assert nobody["hotspot"].tolist() == [""] * 36 + ["island"]


def test_missing_counts_stop_the_build():
    count = counts()
    count[3] = pd.NA
    with pytest.raises(BadInput, match="missing or negative"):
        measure_hotspots(board(), HOME, count, None, RULES)


def test_counts_by_unit():
    units = pd.DataFrame({"level": ["g", "g", "t"], "code": ["a", "b", "p"]})
    levels = pd.DataFrame({"g": ["a", "a", None], "t": ["p", "p", "p"]})
    assert count_by_unit(units, levels).tolist() == [2, 0, 3]
