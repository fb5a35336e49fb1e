"""How far key places and homes are from the nearest service point: columns of the units table."""

import numpy as np
import pandas as pd

from geo.partition.nearest import nearest_m, spread_weights, sum_by_unit
from geo.schema import SERVICE_WITHIN_M
from geo.snapshot.world import World, in_metres


def service_distances(world: World, units: pd.DataFrame) -> pd.DataFrame:
    """Distances from each unit's key places and residents to the nearest service point, on the index of `units`.

    Straight distances in the metric CRS to any service point with a place (one known by its unit's code only has
    none). A key place drawn as an area is measured from a point on it, residents from the point where they live,
    weighted by people. Columns per `places_service_` and `residents_service_`: see `spread_weights`; and
    `residents_located`, people with a place. NaN where a table is not loaded or no service point has a place.
    """
    to = in_metres(world, "service_points")
    found = pd.DataFrame(index=units.index)
    for table, within_m in SERVICE_WITHIN_M.items():
        rows = in_metres(world, table)
        if rows is None:
            rows = pd.DataFrame(columns=["x_m", "y_m", *(level.name for level in world.home.levels)], dtype=object)
        x_m, y_m = (rows[name].to_numpy(dtype=np.float64) for name in ("x_m", "y_m"))
        weight = np.ones(len(rows))
        if table == "residents" and table in world.sources:
            weight = pd.to_numeric(rows["residents"]).to_numpy(dtype=np.float64, na_value=0.0)
        distance_m = np.full(len(rows), np.nan) if to is None else nearest_m(x_m, y_m, to["x_m"], to["y_m"])
        spread = spread_weights(distance_m, weight, rows, units, within_m)
        found = found.join(spread.add_prefix(f"{table}_service_"))
        if table == "residents":
            located = np.where(np.isfinite(x_m), weight, 0.0)
            found["residents_located"] = sum_by_unit(located, rows, units) if table in world.sources else np.nan
    return found
