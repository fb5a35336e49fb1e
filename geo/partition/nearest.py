"""How far it is from each point to the nearest of others, and how these distances spread within each unit."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from geo.schema import CAMERA_WITHIN_M

Floats = npt.NDArray[np.float64]


def nearest_m(x_m: npt.ArrayLike, y_m: npt.ArrayLike, to_x_m: npt.ArrayLike, to_y_m: npt.ArrayLike) -> Floats:
    """Straight distance from each of n points to the nearest of m others, metres, float64 (n,).

    All coordinates are eastings and northings in one metric CRS. NaN for a point without finite coordinates, and for
    every point where none of the others has any: "not available", never 0 or infinity.

    >>> nearest_m([0, 10, float("nan")], [0, 0, 0], [3, 10], [4, 1]).tolist()
    [5.0, 1.0, nan]
    >>> nearest_m([0], [0], [], []).tolist()
    [nan]
    """
    points, others = _pairs(x_m, y_m), _pairs(to_x_m, to_y_m)
    others = others[np.isfinite(others).all(axis=1)]
    placed = np.isfinite(points).all(axis=1)
    found = np.full(len(points), np.nan)
    if len(others) and placed.any():
        found[placed], _ = cKDTree(others).query(points[placed], workers=-1)
    return found


def spread_by_unit(distance_m: Floats, levels: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The distances of each unit's points, on the index of `units` (columns level, code).

    `distance_m` float64 (n,), NaN where not available; `levels` has n rows and one column per level with each row's
    code, None where it lies outside. Columns: `n_incidents_located` (points with a distance), `nearest_camera_median_m`
    and `nearest_camera_p90_m` (linear between the two nearest ranks, as numpy's default), and per distance of
    `CAMERA_WITHIN_M` the share of points at most that far. A unit without such points has 0 of them and NaN for the
    rest; where no point at all has a distance the count is missing, too.

    >>> units = pd.DataFrame({"level": ["g", "g"], "code": ["a", "b"]})
    >>> levels = pd.DataFrame({"g": ["a", "a", "a", None]})
    >>> found = spread_by_unit(np.array([40.0, 60.0, 220.0, 1.0]), levels, units)
    >>> found["n_incidents_located"].tolist(), found["nearest_camera_p90_m"].tolist()
    ([3, 0], [188.0, nan])
    >>> found["camera_within_100m_share"].round(3).tolist()
    [0.667, nan]
    """
    order = np.argsort(distance_m, kind="stable")[: np.isfinite(distance_m).sum()]
    parts = []
    for level in units["level"].unique():
        codes = units.loc[units["level"] == level, "code"]
        unit = pd.Index(codes, dtype=object).get_indexer(levels[level])[order]
        parts.append(_spread(distance_m[order][unit >= 0], unit[unit >= 0], len(codes)).set_axis(codes.index))
    found: pd.DataFrame = pd.concat(parts).reindex(units.index)
    if not len(order):
        return found.assign(n_incidents_located=pd.array([pd.NA] * len(found), dtype="Int64"))
    return found.astype({"n_incidents_located": "Int64"})


def spread_weights(
    distance_m: Floats, weight: Floats, levels: pd.DataFrame, units: pd.DataFrame, within_m: tuple[int, ...]
) -> pd.DataFrame:
    """How the distances of each unit's points spread, each point counted by its weight, on the index of `units`.

    `distance_m` and `weight` float64 (n,), a point without a finite distance or a positive weight counts not; `levels`
    and `units` as in `spread_by_unit`. Columns `median_m` and `p90_m`: the smallest distance within which at least
    half, at least nine tenths of the unit's weight lies; and per distance of `within_m` a column `<distance>m_share`,
    the share of the weight at most that far. NaN for a unit without such points.

    >>> units = pd.DataFrame({"level": ["g", "g"], "code": ["a", "b"]})
    >>> levels = pd.DataFrame({"g": ["a", "a", "a", None]})
    >>> found = spread_weights(np.array([40.0, 600.0, 900.0, 1.0]), np.array([2.0, 1, 1, 9]), levels, units, (500,))
    >>> found.loc[0].tolist(), found.loc[1].isna().all().item()
    ([40.0, 900.0, 0.5], True)
    """
    order = np.argsort(distance_m, kind="stable")
    order = order[np.isfinite(distance_m[order]) & (weight[order] > 0)]
    parts = []
    for level in units["level"].unique():
        codes = units.loc[units["level"] == level, "code"]
        unit = pd.Index(codes, dtype=object).get_indexer(levels[level])[order]
        mine = order[unit >= 0]
        spread = _spread_weights(distance_m[mine], weight[mine], unit[unit >= 0], len(codes), within_m)
        parts.append(spread.set_axis(codes.index))
    found: pd.DataFrame = pd.concat(parts).reindex(units.index)
    return found


def sum_by_unit(
    amounts: "npt.ArrayLike | pd.Series[float]", levels: pd.DataFrame, units: pd.DataFrame
) -> "pd.Series[float]":
    """What the amounts of each unit's points sum to, on the index of `units`; 0 for a unit without points.

    `amounts` has n values, of which missing ones count as 0; `levels` and `units` as in `spread_by_unit`.

    >>> units = pd.DataFrame({"level": ["g", "g"], "code": ["a", "b"]})
    >>> sum_by_unit([2.0, 3.0, 9.0], pd.DataFrame({"g": ["a", "a", None]}), units).tolist()
    [5.0, 0.0]
    """
    values = pd.Series(pd.Series(amounts).to_numpy(dtype=np.float64, na_value=np.nan))
    total = pd.Series(0.0, index=units.index)
    for level in units["level"].unique():
        own = units["level"] == level
        sums = values.groupby(levels[level].to_numpy(dtype=object)).sum()
        total[own] = units.loc[own, "code"].map(sums).fillna(0.0)
    return total


def _spread_weights(
    distance_m: Floats, weight: Floats, unit: npt.NDArray[np.intp], n_units: int, within_m: tuple[int, ...]
) -> pd.DataFrame:
    """The columns of `spread_weights` for ascending distances, their weights and their units' positions."""
    order = np.argsort(unit, kind="stable")
    ordered, up_to = distance_m[order], np.cumsum(weight[order])
    n = np.bincount(unit, minlength=n_units)
    end = np.cumsum(n)
    some = np.flatnonzero(n)
    before = np.concatenate([[0.0], up_to])[(end - n)[some]]
    total = up_to[end[some] - 1] - before
    columns = {}
    for name, share in (("median_m", 0.5), ("p90_m", 0.9)):
        # Sums of weights are off by rounding: what is short of the share by no more than that has reached it.
        reached = np.searchsorted(up_to, before + share * total - 1e-9 * total)
        columns[name] = np.full(n_units, np.nan)
        columns[name][some] = ordered[np.clip(reached, (end - n)[some], end[some] - 1)]
    for metres in within_m:
        near = np.bincount(unit, weights=weight * (distance_m <= metres), minlength=n_units)[some]
        columns[f"{metres}m_share"] = np.full(n_units, np.nan)
        columns[f"{metres}m_share"][some] = np.minimum(near / total, 1.0)
    return pd.DataFrame(columns)


def _spread(distance_m: Floats, unit: npt.NDArray[np.intp], n_units: int) -> pd.DataFrame:
    """The columns of `spread_by_unit` for ascending distances and their units' positions."""
    ordered = distance_m[np.argsort(unit, kind="stable")]
    n = np.bincount(unit, minlength=n_units)
    start = np.cumsum(n) - n
    count = np.where(n > 0, n, np.nan)
    columns: dict[str, npt.NDArray[np.generic]] = {"n_incidents_located": n.astype(np.int64)}
    for name, share in (("nearest_camera_median_m", 0.5), ("nearest_camera_p90_m", 0.9)):
        columns[name] = _quantile(ordered, start, n, share)
    for metres in CAMERA_WITHIN_M:
        columns[f"camera_within_{metres}m_share"] = np.bincount(unit[distance_m <= metres], minlength=n_units) / count
    return pd.DataFrame(columns)


def _quantile(
    ordered: Floats, start: npt.NDArray[np.int64], n: npt.NDArray[np.int64], share: float
) -> npt.NDArray[np.float64]:
    found = np.full(len(n), np.nan)
    some = np.flatnonzero(n)
    rank = (n[some] - 1) * share
    below = np.floor(rank).astype(np.int64)
    above = np.minimum(below + 1, n[some] - 1)
    low, high = ordered[start[some] + below], ordered[start[some] + above]
    found[some] = low + (high - low) * (rank - below)
    return found


def _pairs(x: npt.ArrayLike, y: npt.ArrayLike) -> Floats:
    return np.column_stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
