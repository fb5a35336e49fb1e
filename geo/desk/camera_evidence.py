"""What stands behind a figure of one camera: meaning, interval, and what of the register it rests on."""

from typing import Any

from geo.desk.cameras import describe_camera
from geo.desk.evidence import count_left_out, describe_figure
from geo.desk.facts import describe_snapshot
from geo.desk.held import Held
from geo.desk.live import LiveTable
from geo.errors import BadQuery, Words
from geo.schema import Role
from geo.snapshot import queries

#: What every figure of a camera's view rests on.
_VIEW = ("status", "azimuth_deg", "hfov_deg", "h_px", "height_m", "near_m", "reach_m")
#: Columns told beside a figure instead: the whole that it is a part of.
_BESIDE = {"shared_3plus_m2": ("view_m2",), "alone_m2": ("view_m2",), "alone_public_m2": ("view_m2",)}


def explain_camera(held: Held, live: LiveTable | None, figure: str, uid: str, role: Role) -> dict[str, Any]:
    """What stands behind `figure` ("cameras.COLUMN") of a camera, in the form of `evidence.explain`; planner up.

    Values are the measures': nominal, at the default pixel density. Errors: `BadQuery`, `NotFound`, `Forbidden`,
    `NotAvailable`.
    """
    table = queries.result_table("cameras", role)
    shown = {column.name: column for column in queries.columns_of("cameras", role)}
    name, _, wanted = figure.partition(".")
    if name != table.name or wanted not in shown:
        raise BadQuery(Words(f"{figure!r} is no figure of a camera", f"摄像机没有指标 {figure!r}"))
    column, record = shown[wanted], describe_camera(held, live, uid, role, None)
    beside = [shown[one] for one in _BESIDE.get(wanted, _VIEW)]
    finest = held.snapshot.home.chains()[0][0]
    return {
        "figure": figure,
        **describe_figure(table, column),
        "place": record["path"][-1] if record["path"] else {"level": finest, "code": "", "name": uid},
        "path": record["path"],
        "said": record["camera_name"] or uid,
        "at": record["at"],
        "value": record[wanted],
        "hidden": False,
        "low": record.get(f"{wanted}_low"),
        "high": record.get(f"{wanted}_high"),
        "missing": None,
        "formula": None,
        "beside": [
            {"title": one.title.both(), "unit": one.unit, "value": record[one.name], "hidden": False} for one in beside
        ],
        "period": None,
        "left_out": [count_left_out(held, "cameras", finest, role)],
        "doubt_road_m": None,
        "rows_of": None,
        "rows_need": None,
        "rows": None,
        "snapshot": describe_snapshot(held),
    }
