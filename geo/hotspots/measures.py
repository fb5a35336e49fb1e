"""Hotspot measures of every unit, at every level."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.hotspots.getis_ord import classify_hotspots, excess, fdr_q, gi_star, two_sided_p
from geo.hotspots.neighbours import queen
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
    """Gi* of the excess over expectation for every unit: the columns of the table `hotspots` but `name`.

    `units`: level, code, area_m2 and geometry in the metric CRS; `counts` (incidents) and `residents` are on its
    index. Exposure is residents where there are any, else area in km2. FDR runs over all units of a level (DOMAIN 6).
    """
    exposure = units["area_m2"] / 1e6 if residents is None else residents.astype(float)
    parts = []
    for level in home.levels:
        rows = units[units["level"] == level.name]
        near = queen(rows.geometry.to_numpy(), rules.neighbour_gap_m)
        count = counts[rows.index].to_numpy(dtype=float)
        weight = exposure[rows.index].to_numpy(dtype=float)
        total = weight.sum()
        expected = count.sum() * weight / total if total > 0 else np.full(len(rows), np.nan)
        value = excess(count, expected)
        z = gi_star(value, near)
        p = two_sided_p(z)
        q = fdr_q(p)
        n_neighbours = np.diff(near.indptr)
        parts.append(
            pd.DataFrame(
                {
                    "level": level.name,
                    "code": rows["code"].to_numpy(),
                    "n_incidents": count.astype("int64"),
                    "exposure": weight,
                    "expected": expected,
                    "excess": value,
                    "n_neighbours": n_neighbours,
                    "z": z,
                    "p": p,
                    "q": q,
                    "hotspot": classify_hotspots(z, q, n_neighbours, rules.fdr_levels),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
