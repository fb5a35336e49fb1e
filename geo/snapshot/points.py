"""Stored rows of points as the tables show them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.coverage.fov import view_parameters
from geo.rules import Rules

Bools = npt.NDArray[np.bool_]


def lie_in(frame: pd.DataFrame, level: str, place: tuple[str, str] | None) -> Bools:
    """Which rows have a unit of `level`, and lie in the unit `place` (its level and code) where one is given.

    >>> lie_in(pd.DataFrame({"assigned_grid": ["a", None, "b"]}), "grid", ("grid", "b")).tolist()
    [False, False, True]
    """
    inside = frame[f"assigned_{level}"].notna()
    if place is not None:
        inside &= frame[f"assigned_{place[0]}"] == place[1]
    return inside.to_numpy(dtype=bool)


def describe_points(
    rows: pd.DataFrame, level: str, names: pd.Series, views: tuple[Rules, float] | None = None
) -> pd.DataFrame:
    """`rows` with the keys of their units of `level` (`names` by code), index 0..n-1.

    With `views` (rules and pixel density) rows are cameras, and get the ends of their nominal view in metres.

    >>> describe_points(pd.DataFrame({"assigned_grid": ["a"]}), "grid", pd.Series({"a": "Alpha"})).iloc[0].to_dict()
    {'assigned_grid': 'a', 'level': 'grid', 'code': 'a', 'name': 'Alpha'}
    """
    codes = rows[f"assigned_{level}"]
    found = rows.assign(level=level, code=codes, name=codes.map(names)).reset_index(drop=True)
    if views is None:
        return found
    view = view_parameters(found, *views, "nominal")
    return found.assign(near_m=view["near_m"], reach_m=view["reach_m"])
