"""From additive figures to the columns of the coverage table. A share of nothing is missing, never 0."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.coverage.fov import ESTIMATES
from geo.schema import RESULTS

Floats = npt.NDArray[np.float64]

COUNTS = ("n_cameras", "n_online", "n_offline", "n_planned", "n_key", "n_places", "n_incidents", "n_dwellings")
#: Columns that need a table: missing, not 0, where the home has none.
NEEDS: dict[str, tuple[str, ...]] = {
    "places": ("n_places", "places_seen_share", "places_potential_share"),
    "roads": ("road_m", "road_seen_share", "road_potential_share"),
    "incidents": ("n_incidents", "incidents_seen_share"),
    "residents": ("residents", "residents_located", "residents_near_share"),
    "near": ("residents_near_share",),
    "public": ("public_m2", "public_1_share", "public_2_share", "public_3plus_share"),
    "dwellings": ("facade_m", "n_dwellings"),
}


#: Shares by the part and the whole that they divide: those that stand alone, and those with an interval.
PLAIN_SHARES = (
    ("online_share", "n_online", "n_cameras"),
    ("online_key_share", "n_key_online", "n_key"),
    ("online_other_share", "n_other_online", "n_other"),
    ("complete_share", "n_complete", "n_cameras"),
    ("public_1_share", "public_1_m2", "public_m2"),
    ("public_2_share", "public_2_m2", "public_m2"),
    ("places_potential_share", "places_potential", "n_places"),
    ("road_potential_share", "road_potential_m", "road_m"),
)
INTERVAL_SHARES = (
    ("area_seen_share", "area_seen_m2", "area_m2"),
    ("places_seen_share", "places_seen", "n_places"),
    ("road_seen_share", "road_seen_m", "road_m"),
    ("incidents_seen_share", "incidents_seen", "n_incidents"),
    ("residents_near_share", "residents_near", "residents_located"),
    ("public_3plus_share", "public_3plus_m2", "public_m2"),
)
#: Figures that stand in the table as they are: those that stand alone, and those with an interval.
PLAIN_FIGURES = (
    *("n_cameras", "n_online", "n_offline", "n_planned", "area_m2", "n_places", "road_m", "n_incidents"),
    *("residents", "residents_located", "public_m2", "n_dwellings", "n_key"),
    *("area_2plus_m2", "area_3plus_m2", "buffer_m2"),
)
INTERVAL_FIGURES = ("area_seen_m2", "facade_m")
_ENDS = dict(zip(ESTIMATES, ("_low", "", "_high"), strict=True))


def share_columns(sums: pd.DataFrame, level: str, px_per_m: float, missing: set[str]) -> pd.DataFrame:
    """The rows of the coverage table (without `name`) for one level at one pixel density.

    `sums` is indexed by code, with the columns of a `Tally`; those that depend on the density end in "@" and its
    number, or in nothing where `to_sums` made them. `missing` names the keys of `NEEDS` that the home lacks.
    """
    at = f"@{px_per_m:g}"

    def of(name: str) -> Floats:
        return sums[name + at if name + at in sums else name].to_numpy(dtype=np.float64)

    made: dict[str, Any] = {name: of(name) for name in PLAIN_FIGURES}
    made |= {name: _share(of(part), of(whole)) for name, part, whole in PLAIN_SHARES}
    made["inflation"] = _ratio(made["buffer_m2"], of("area_seen_m2_nominal"))
    for estimate, end in _ENDS.items():
        made |= {name + end: of(f"{name}_{estimate}") for name in INTERVAL_FIGURES}
        made |= {name + end: _share(of(f"{part}_{estimate}"), of(whole)) for name, part, whole in INTERVAL_SHARES}
    nothing = np.full(len(sums), np.nan)
    lacking = {name + end for need in missing for name in NEEDS[need] for end in _ENDS.values()}
    made |= dict.fromkeys(lacking & made.keys(), nothing)
    made |= {name: _whole_numbers(made[name]) for name in COUNTS}
    made |= {"level": level, "code": sums.index.array, "px_per_m": px_per_m}
    names = [name for name in RESULTS["coverage"].names() if name != "name"]
    return pd.DataFrame({name: made[name] for name in names}, index=pd.RangeIndex(len(sums)))


def to_sums(table: pd.DataFrame) -> pd.DataFrame:
    """What `share_columns` made the rows `table` (of one level and density) from, indexed by code, float64.

    What is missing in them stays missing (NaN).

    >>> sums = pd.DataFrame({name: [8.0] for name in PLAIN_FIGURES} | {"n_key": [4.0], "n_other": [4.0]}, index=["g"])
    >>> parts = {part: [2.0] for _, part, _ in PLAIN_SHARES}
    >>> parts |= {f"{part}_{e}": [4.0] for _, part, _ in INTERVAL_SHARES for e in ESTIMATES}
    >>> parts |= {f"{name}_{e}": [4.0] for name in INTERVAL_FIGURES for e in ESTIMATES}
    >>> sums = sums.assign(**parts)
    >>> back = to_sums(share_columns(sums, "grid", 25.0, set()))
    >>> bool((back[list(sums.columns)] == sums).all(axis=None))
    True
    """
    rows = table.set_index("code")
    one = {name: rows[name].astype("float64") for name in PLAIN_FIGURES}
    one["n_other"] = one["n_cameras"] - one["n_key"]
    one |= {part: _part(rows[name], one[whole]) for name, part, whole in PLAIN_SHARES}
    for estimate, end in _ENDS.items():
        one |= {f"{name}_{estimate}": rows[name + end].astype("float64") for name in INTERVAL_FIGURES}
        one |= {f"{part}_{estimate}": _part(rows[name + end], one[whole]) for name, part, whole in INTERVAL_SHARES}
    return pd.DataFrame(one)


def _part(share: "pd.Series[float]", whole: "pd.Series[float]") -> "pd.Series[float]":
    """Share x whole; of a whole of 0 there is nothing."""
    return (share.astype("float64") * whole).where(whole != 0, 0.0)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part / whole, NaN where the whole is 0 or missing."""
    ratio: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return ratio


def _share(part: Floats, whole: Floats) -> Floats:
    """Part / whole; rounding never lifts a share of a whole above what it is."""
    share: Floats = np.minimum(_ratio(part, whole), 1.0)
    return share


def _whole_numbers(values: Floats) -> pd.arrays.IntegerArray:
    """Counts that were summed as floats, rounded; NaN is missing."""
    is_missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(is_missing, 0, values).round().astype(np.int64), is_missing)
