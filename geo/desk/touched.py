"""Where live changes can be seen: boxes round what was and what is, so that a page asks anew for few tiles only."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.coverage.fov import view_parameters
from geo.rules import Rules

#: Boxes told at most; what touches more is told as "all".
MAX_BOXES = 50
#: Changes remembered per table.
MAX_STEPS = 500
_M_PER_DEG = 111_000.0


@dataclass(frozen=True)
class Step:
    """What the live change `change` (with those taken up together with it) touched: bounds in WGS84 degrees, (n, 4)."""

    change: int
    boxes: NDArray[np.float64]
    cameras: tuple[dict[str, Any], ...] = ()


def find_step(change: int, before: pd.DataFrame, after: pd.DataFrame, table: str, rules: Rules) -> Step:
    """The step from rows `before` to rows `after` (frames of the live table with `uid` and geometry in WGS84).

    A row that is in both gets one box round both; a camera's box holds its view at the least pixel density.
    """
    rows = pd.concat([_placed(before, table, rules), _placed(after, table, rules)], ignore_index=True)
    if rows.empty:
        return Step(change, np.empty((0, 4)))
    around = rows.groupby("uid").agg({"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"})
    cameras = () if table != "cameras" else tuple(_named(row) for row in after.to_dict("records"))
    return Step(change, around.to_numpy(dtype=np.float64), cameras)


def tell_steps(steps: list[Step], since: int) -> dict[str, Any] | None:
    """Boxes and cameras of the steps after change `since`; None where they are too many.

    >>> tell_steps([Step(1, np.array([[0.0, 0, 1, 1]])), Step(2, np.array([[2.0, 2, 3, 3]]))], 1)
    {'boxes': [[2.0, 2.0, 3.0, 3.0]], 'cameras': []}
    """
    later = [step for step in steps if step.change > since]
    boxes = [box for step in later for box in np.round(step.boxes, 5).tolist()]
    if len(boxes) > MAX_BOXES:
        return None
    return {"boxes": boxes, "cameras": [camera for step in later for camera in step.cameras]}


def merge_steps(told: list[dict[str, Any] | None]) -> dict[str, Any] | None:
    """What several tables tell as one; None where one of them cannot tell.

    >>> merge_steps([{"boxes": [[0.0, 0.0, 1.0, 1.0]], "cameras": []}, {"boxes": [], "cameras": []}])
    {'boxes': [[0.0, 0.0, 1.0, 1.0]], 'cameras': []}
    """
    known = [one for one in told if one is not None]
    if len(known) < len(told):
        return None
    return {name: [item for one in known for item in one[name]] for name in ("boxes", "cameras")}


def _placed(rows: pd.DataFrame, table: str, rules: Rules) -> pd.DataFrame:
    columns = ["minx", "miny", "maxx", "maxy"]
    if rows.empty:
        return pd.DataFrame(columns=["uid", *columns])
    bounds = shapely.bounds(np.asarray(gpd.GeoSeries(rows["geometry"]), dtype=object)).reshape(-1, 4)
    reach_m = np.zeros(len(rows))
    if table == "cameras":
        view = view_parameters(rows, rules, min(rules.levels_px_per_m()), "nominal")
        reach_m = np.nan_to_num(view["reach_m"].to_numpy(dtype=np.float64))
    pad_y = reach_m / _M_PER_DEG
    pad_x = pad_y / np.cos(np.radians(np.clip(bounds[:, 1], -85, 85)))
    padded = bounds + np.column_stack([-pad_x, -pad_y, pad_x, pad_y])
    return pd.DataFrame(padded, columns=columns).assign(uid=rows["uid"].to_numpy())


def _named(row: dict[Any, Any]) -> dict[str, Any]:
    name = row["camera_name"] if isinstance(row["camera_name"], str) else row["uid"]
    return {"uid": row["uid"], "name": name, "lon": round(float(row["lon"]), 6), "lat": round(float(row["lat"]), 6)}
