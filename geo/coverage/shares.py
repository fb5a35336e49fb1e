"""From additive figures to the columns of the coverage table. A share of nothing is missing, never 0."""

import numpy as np
import pandas as pd

from geo.coverage.fov import ESTIMATES
from geo.schema import RESULTS

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


def share_columns(sums: pd.DataFrame, level: str, px_per_m: float, missing: set[str]) -> pd.DataFrame:
    """The rows of the coverage table (without `name`) for one level at one pixel density.

    `sums` is indexed by code, with the columns of a `Tally`; those that depend on the density end in "@" and its
    number. `missing` names the keys of `NEEDS` that the home lacks.
    """
    at = f"@{px_per_m:g}"
    one = sums.rename(columns={name: name.removesuffix(at) for name in sums.columns if name.endswith(at)})
    table = pd.DataFrame({"level": level, "code": one.index, "px_per_m": px_per_m}, index=one.index)
    for name in ("n_cameras", "n_online", "n_offline", "n_planned", "area_m2", "n_places", "road_m", "n_incidents"):
        table[name] = one[name]
    for name in ("residents", "public_m2", "n_dwellings", "n_key", "residents_located", "buffer_m2", "area_2plus_m2"):
        table[name] = one[name]
    table["online_share"] = _share(one["n_online"], one["n_cameras"])
    table["online_key_share"] = _share(one["n_key_online"], one["n_key"])
    table["online_other_share"] = _share(one["n_online"] - one["n_key_online"], one["n_cameras"] - one["n_key"])
    table["complete_share"] = _share(one["n_complete"], one["n_cameras"])
    table["inflation"] = one["buffer_m2"] / one["area_seen_m2_nominal"].where(one["area_seen_m2_nominal"] > 0)
    table["area_3plus_m2"] = one["area_3plus_m2"]
    table["public_1_share"] = _share(one["public_1_m2"], one["public_m2"])
    table["public_2_share"] = _share(one["public_2_m2"], one["public_m2"])
    for estimate in ESTIMATES:
        end = "" if estimate == "nominal" else f"_{estimate}"
        table[f"area_seen_m2{end}"] = one[f"area_seen_m2_{estimate}"]
        table[f"facade_m{end}"] = one[f"facade_m_{estimate}"]
        for name, part, whole in (
            ("area_seen_share", "area_seen_m2", "area_m2"),
            ("places_seen_share", "places_seen", "n_places"),
            ("road_seen_share", "road_seen_m", "road_m"),
            ("incidents_seen_share", "incidents_seen", "n_incidents"),
            ("residents_near_share", "residents_near", "residents_located"),
            ("public_3plus_share", "public_3plus_m2", "public_m2"),
        ):
            table[name + end] = _share(one[f"{part}_{estimate}"], one[whole])
    table["places_potential_share"] = _share(one["places_potential"], one["n_places"])
    table["road_potential_share"] = _share(one["road_potential_m"], one["road_m"])
    for need in missing:
        for name in NEEDS[need]:
            table[[n for n in (name, f"{name}_low", f"{name}_high") if n in table]] = np.nan
    for name in COUNTS:
        table[name] = table[name].round().astype("Int64")
    return table[[name for name in RESULTS["coverage"].names() if name != "name"]].reset_index(drop=True)


def _share(part: "pd.Series[float]", whole: "pd.Series[float]") -> "pd.Series[float]":
    """Part / whole, NaN where the whole is 0; rounding never lifts a share of a whole above what it is."""
    return (part / whole.where(whole > 0)).clip(upper=1.0)
