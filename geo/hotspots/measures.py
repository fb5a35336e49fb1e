"""Hotspot measures of every unit, at every level."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy import sparse

from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.neighbours import find_neighbours
from geo.rules import Rules
from geo.schema.home import HomeInfo


def count_by_unit(units: pd.DataFrame, levels: pd.DataFrame) -> pd.Series:
    """Number of assigned rows per unit, int64 on the index of `units` (columns level, code).

    `levels` has one column per level with each row's code, None where it lies outside.

    >>> units = pd.DataFrame({"level": ["g", "g"], "code": ["a", "b"]})
    >>> count_by_unit(units, pd.DataFrame({"g": ["a", "a", None]})).tolist()
    [2, 0]
    """
    counts = pd.Series(0, index=units.index, dtype="int64")
    for level in units["level"].unique():
        rows = units["level"] == level
        counts[rows] = units.loc[rows, "code"].map(levels[level].value_counts()).fillna(0).astype("int64")
    return counts


def measure_hotspots(
    units: gpd.GeoDataFrame,
    home: HomeInfo,
    counts: pd.Series,
    residents: pd.Series | None,
    rules: Rules,
) -> pd.DataFrame:
    """Gi* and local Moran's I of the excess over expectation, every unit: columns of the table `hotspots` but `name`.

    `units`: level, code, area_m2 and geometry in the metric CRS; `counts` (incidents) and `residents` are on its
    index. Exposure is residents where there are any, else area in km2. FDR runs over all units of a level (DOMAIN 6).
    Gi* is classed by p-values from worlds in which exposure alone decides, Moran's I by conditional permutation.
    Errors: `BadInput` for counts or residents that are missing or negative.
    """
    exposure = exposure_of(units, residents)
    parts = []
    for level in home.levels:
        rows = units[units["level"] == level.name]
        near = neighbours_by(rules, rows.geometry.to_numpy())
        count = counts[rows.index].to_numpy(dtype=float, na_value=np.nan)
        weight = exposure[rows.index].to_numpy(dtype=float)
        how = Analysis(n_permutations=rules.hotspot_permutations, seed=rules.hotspot_seed, fdr_levels=rules.fdr_levels)
        gi = analyse(count, weight, near, how)
        moran = analyse(count, weight, near, replace(how, statistic="moran"))
        parts.append(
            pd.DataFrame(
                {
                    "level": level.name,
                    "code": rows["code"].to_numpy(),
                    "n_incidents": count.astype("int64"),
                    "exposure": weight,
                    "expected": gi["expected"],
                    "excess": gi["value"],
                    "n_neighbours": gi["n_neighbours"],
                    "z": gi["score"],
                    "p": gi["p"],
                    "q": gi["q"],
                    "hotspot": gi["found"],
                    "moran": moran["score"],
                    "p_perm": moran["p"],
                    "q_perm": moran["q"],
                    "moran_class": moran["found"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def exposure_of(units: pd.DataFrame, residents: pd.Series | None) -> pd.Series:
    """What incidents are expected in proportion to: residents where the home has them, else area in km2; float64.

    >>> exposure_of(pd.DataFrame({"area_m2": [5e5]}), None).tolist()
    [0.5]
    """
    return units["area_m2"] / 1e6 if residents is None else residents.astype(float)


def neighbours_by(rules: Rules, geometries: np.ndarray) -> sparse.csr_array:
    """The neighbours that the rules name; `geometries` are n polygons in the metric CRS."""
    return find_neighbours(
        geometries,
        rules.neighbours,
        gap_m=rules.neighbour_gap_m,
        band_m=rules.neighbour_band_m,
        n_nearest=rules.n_nearest,
    )
