"""What counts against the cameras, per unit: homes, private ground and restricted areas in view, records (DOMAIN 3)."""

from typing import Any

import numpy as np
import pandas as pd

from geo.coverage.exposure import Exposure, expose, facade_densities
from geo.coverage.fov import ESTIMATES, Estimate
from geo.coverage.ground import Bools, Floats, Ground, Items
from geo.coverage.measures import enter_facades, hold, is_online
from geo.coverage.tally import Tally
from geo.rules import Rules
from geo.schema import RESULTS, HomeInfo

_COUNTS = (
    *("n_cameras", "n_dwellings_62", "n_dwellings_125", "n_not_filed", "n_filed_unknown"),
    *("n_without_sign", "n_sign_unknown", "n_past_retention"),
)


def is_installed(cameras: pd.DataFrame) -> Bools:
    """Whether each camera stands there: online or offline.

    >>> is_installed(pd.DataFrame({"status": ["online", "offline", "planned", None]})).tolist()
    [True, True, False, True]
    """
    return np.asarray(is_online(cameras) | (cameras["status"] == "offline").to_numpy(dtype=bool), dtype=bool)


def measure_safeguards(
    units: Any, home: HomeInfo, cameras: pd.DataFrame, ground: Ground, rules: Rules, exposure: Exposure | None = None
) -> pd.DataFrame:
    """The safeguards table without `name`: one row per unit of every level; lower is better throughout.

    `units`, `cameras` and `ground` are those of `measure_coverage` (`prepare_ground`); `exposure` is what the online
    cameras see of it (None: looked at here). Seen is what online cameras see, low <= nominal <= high; records are
    those of installed ones (online, offline). A dwelling, private or restricted area counts in the unit that holds a
    point inside it, with all that is seen of it, and each by itself where they overlap. Parent = sum of children.

    >>> import geopandas, shapely
    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:32649", (Level("all", "全部", "All"),))
    >>> square = geopandas.GeoDataFrame({"level": ["all"], "code": ["a"], "parent_code": [None]},
    ...                                 geometry=[shapely.box(0, 0, 100, 100)], crs="EPSG:32649")
    >>> row = {"status": "online", "sweep_deg": 360, "range_m": 10, "x_m": 50, "y_m": 50, "all": "a"}
    >>> row |= {"filed": False, "sign": None, "retention_days": 91.0}
    >>> nothing = Ground(None, None, None, None, None, None)
    >>> found = measure_safeguards(square, home, pd.DataFrame([row]), nothing, Rules())
    >>> found[["n_not_filed", "n_sign_unknown", "n_past_retention", "facade_62_m"]].values.tolist()
    [[1, 1, 1, nan]]
    """
    exposure = exposure or expose(ground, cameras[is_online(cameras)], rules)
    sums = sum_safeguards(units, home, cameras, ground, exposure, rules)
    tables = [_to_table(sums[level.name], level.name, ground) for level in home.levels]
    return pd.concat(tables, ignore_index=True)


def sum_safeguards(
    units: Any, home: HomeInfo, counted: pd.DataFrame, ground: Ground, exposure: Exposure, rules: Rules
) -> dict[str, pd.DataFrame]:
    """The additive figures of the safeguards table, per level a frame indexed by code.

    `counted` are the cameras whose records are counted. A measure with an interval is "NAME_low", "_nominal", "_high".
    A level of two chains is summed along the first of them.
    """
    found: dict[str, pd.DataFrame] = {}
    for chain in home.chains():
        tally = Tally(units, chain)
        _enter_safeguards(tally, counted, ground, exposure, rules)
        found = {**tally.sums(), **found}
    return found


def _enter_safeguards(tally: Tally, cameras: pd.DataFrame, ground: Ground, exposure: Exposure, rules: Rules) -> None:
    where = tally.locate(cameras)
    for name, rows in _records(cameras, rules).items():
        tally.add_items(name, where, rows.astype(np.float64))
    for name, px in facade_densities(rules):
        enter_facades(tally, ground, exposure, px, f"facade_{name}_m", f"n_dwellings_{name}")
    _enter_ground(tally, "private_m2", ground.private, exposure.private_m2)
    _enter_ground(tally, "restricted_m2", ground.restricted, exposure.restricted_m2)


def _records(cameras: pd.DataFrame, rules: Rules) -> dict[str, Bools]:
    """Which installed cameras each count of records is of."""
    installed = is_installed(cameras)
    filed, sign = (cameras[name].astype("boolean") for name in ("filed", "sign"))
    kept_days = pd.to_numeric(cameras["retention_days"]).to_numpy(dtype=np.float64, na_value=np.nan)
    return {
        "n_cameras": installed,
        "n_not_filed": installed & (filed == False).fillna(False).to_numpy(dtype=bool),  # noqa: E712 - missing is not no
        "n_filed_unknown": installed & filed.isna().to_numpy(),
        "n_without_sign": installed & (sign == False).fillna(False).to_numpy(dtype=bool),  # noqa: E712
        "n_sign_unknown": installed & sign.isna().to_numpy(),
        "n_past_retention": installed & (kept_days > rules.max_retention_days),
    }


def _enter_ground(tally: Tally, name: str, items: Items | None, seen: dict[Estimate, Floats] | None) -> None:
    for estimate in ESTIMATES:
        m2 = None if seen is None else hold(seen[estimate], seen["nominal"], estimate)
        tally.add_layer(f"{name}_{estimate}", items, m2)


def _to_table(sums: pd.DataFrame, level: str, ground: Ground) -> pd.DataFrame:
    """The rows of one level; what the home's tables cannot tell is missing."""
    table = sums.rename(columns={name: name.removesuffix("_nominal") for name in sums.columns})
    table = table.assign(level=level, code=table.index)
    for items, beginnings in (
        (ground.dwellings, ("facade_", "n_dwellings_")),
        (ground.private, ("private_",)),
        (ground.restricted, ("restricted_",)),
    ):
        if items is None:
            table[[name for name in table.columns if name.startswith(beginnings)]] = np.nan
    for name in _COUNTS:
        table[name] = table[name].round().astype("Int64")
    return table[[name for name in RESULTS["safeguards"].names() if name != "name"]].reset_index(drop=True)
