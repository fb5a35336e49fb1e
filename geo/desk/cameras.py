"""Cameras for the pages: their views as sectors, which of them see a point, one camera's record."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.coverage import fov
from geo.desk import units as units_room
from geo.desk.held import Held
from geo.desk.values import to_instant, to_record
from geo.errors import NotAvailable, NotFound, Words
from geo.partition.live import LivePoints, TouchedUnits
from geo.schema import Role
from geo.schema.column import may_see
from geo.snapshot import queries

ESTIMATES: tuple[Literal["low", "nominal", "high"], ...] = ("low", "nominal", "high")
_VIEW = ("azimuth_deg", "sweep_deg", "near_m", "reach_m")
_WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class Views:
    """The nominal sectors of all cameras at one pixel density, by camera row, in the metric CRS."""

    sectors: NDArray[Any]
    online: NDArray[np.int64]
    tree: shapely.STRtree  # of the online cameras' sectors


def views_at(held: Held, at: float) -> Views:
    """Sectors of every camera at `at` px/m; the last few densities are kept."""

    def make() -> Views:
        cameras = held.snapshot.frame("cameras")
        sectors = _sectors(held, np.arange(len(cameras)), at)
        online = np.flatnonzero((cameras["status"] == "online").to_numpy(dtype=bool))
        return Views(sectors, online, shapely.STRtree(sectors[online]))

    found: Views = held.views.get(at, make)
    return found


def standing(held: Held) -> LivePoints:
    """Every camera at its place in the metric CRS, by uid."""

    def make() -> LivePoints:
        cameras = held.snapshot.frame("cameras")
        x_m, y_m = crs.transform_xy(cameras["lon"], cameras["lat"], _WGS84, held.snapshot.metric_crs)
        return LivePoints(cameras["uid"].tolist(), x_m, y_m)

    found: LivePoints = held.kept.get("standing", make)
    return found


def _reach_m(held: Held, at: float) -> NDArray[np.float64]:
    """How far each online camera sees at `at` px/m, by camera row; -1 for the others and where the view is empty."""

    def make() -> NDArray[np.float64]:
        cameras = held.snapshot.frame("cameras")
        reach = fov.view_parameters(cameras, held.snapshot.rules, at, "nominal")["reach_m"].to_numpy(dtype=float)
        online = (cameras["status"] == "online").to_numpy(dtype=bool)
        return np.where(online & np.isfinite(reach), reach, -1.0)

    found: NDArray[np.float64] = held.kept.get(("reach", at), make)
    return found


def cameras_seeing(held: Held, lon: float, lat: float, at: float) -> list[dict[str, Any]]:
    """Online cameras whose view holds the point, nearest first: of the cameras near, only their views are drawn."""
    if not held.snapshot.has("cameras"):
        return []
    x, y = crs.transform_xy([lon], [lat], _WGS84, held.snapshot.metric_crs)
    reach_m, row_of = _reach_m(held, at), _rows(held)
    near = standing(held).near(x[0], y[0], max(0.0, float(reach_m.max(initial=0.0))))
    rows = np.array([row_of[uid] for uid, _ in near], dtype=np.int64)
    distance_m = np.array([metres for _, metres in near])
    # The ends of an arc's chords lie on the circle up to rounding.
    within = distance_m <= reach_m[rows] * (1 + 1e-9)
    rows, distance_m = rows[within], distance_m[within]
    holds = shapely.intersects_xy(_sectors(held, rows, at), x[0], y[0])
    seeing, distance_m = held.snapshot.frame("cameras").iloc[rows[holds]], distance_m[holds]
    azimuths = pd.to_numeric(seeing["azimuth_deg"]).to_numpy(dtype=float, na_value=np.nan)
    facts = zip(seeing["uid"], seeing["camera_name"], seeing["status"], seeing["kind"], strict=True)
    return [
        {
            "uid": uid,
            "name": name if isinstance(name, str) else None,
            "status": status,
            "kind": kind if isinstance(kind, str) else None,
            "azimuth_deg": round(float(azimuth), 1) if np.isfinite(azimuth) else None,
            "distance_m": round(float(metres), 1),
        }
        for (uid, name, status, kind), azimuth, metres in zip(facts, azimuths, distance_m, strict=True)
    ]


def _sectors(held: Held, rows: NDArray[np.int64], at: float) -> NDArray[np.object_]:
    """The nominal views of some camera rows, in the metric CRS."""
    some = held.snapshot.frame("cameras").iloc[rows]
    x_m, y_m = crs.transform_xy(some["lon"], some["lat"], _WGS84, held.snapshot.metric_crs)
    view = fov.view_parameters(some, held.snapshot.rules, at, "nominal")
    return np.asarray(fov.sectors(x_m, y_m, view, held.snapshot.rules), dtype=object)


def _rows(held: Held) -> dict[str, int]:
    found: dict[str, int] = held.kept.get(
        "camera rows", lambda: {name: n for n, name in enumerate(held.snapshot.frame("cameras")["uid"])}
    )
    return found


def units_in_view(held: Held, sectors: NDArray[np.object_]) -> list[dict[str, Any]]:
    """Units of the home's finest level that any of the views (metric CRS) touches: {level, code, name, name_en}."""
    level = held.snapshot.home.levels[0].name

    def make() -> TouchedUnits:
        shapes = np.asarray(queries.units_of(held.snapshot, level).geometry, dtype=object)
        return TouchedUnits(crs.transform_geometry(shapes, held.snapshot.home.boundary_crs, held.snapshot.metric_crs))

    touched: TouchedUnits = held.kept.get(("touched", level), make)
    listed = units_room.list_units(held, level)
    return [
        {"level": level, **{key: listed[key][number] for key in ("code", "name", "name_en")}}
        for number in touched.by_shapes(sectors)
    ]


def identify(
    held: Held, lon: float, lat: float, role: Role, at: float | None, levels: list[str] | None = None
) -> dict[str, Any]:
    """What is at the point: its unit per level and, for a planner, the cameras that see it."""
    snapshot = held.snapshot
    at = queries.check_density(snapshot, at)
    units = units_room.units_at(held, lon, lat, levels)
    return {
        "lon": lon,
        "lat": lat,
        "at": at,
        "unit": {
            level: {key: step[key] for key in ("level", "code", "name", "name_en")} if step else None
            for level, step in units.items()
        },
        "cameras": cameras_seeing(held, lon, lat, at) if may_see(role, "planner") else [],
        "as_of": to_instant(snapshot.as_of),
        "snapshot": snapshot.id,
    }


def describe_camera(held: Held, uid: str, role: Role, at: float | None) -> dict[str, Any]:
    """One camera's record, its views for low, nominal and high, the units it stands in and views into; planner up."""
    snapshot = held.snapshot
    declared = queries.columns_of("cameras", role)
    if not snapshot.has("cameras"):
        raise NotAvailable(Words("not available: no cameras loaded", "未提供：没有载入摄像机"))
    at = queries.check_density(snapshot, at)
    cameras = snapshot.frame("cameras")
    rows = _rows(held)
    if uid not in rows:
        raise NotFound(Words(f"no camera {uid!r}", f"没有摄像机 {uid!r}"))
    one = cameras.iloc[[rows[uid]]].reset_index(drop=True)
    views = {estimate: fov.view_parameters(one, snapshot.rules, at, estimate) for estimate in ESTIMATES}
    path = _path(held, one)
    finest = path[-1] if path else {"level": None, "code": None, "name": None}
    nominal = views["nominal"]
    one = one.assign(
        level=finest["level"],
        code=finest["code"],
        name=finest["name"],
        near_m=nominal["near_m"].to_numpy(),
        reach_m=nominal["reach_m"].to_numpy(),
    )
    return {
        "uid": uid,
        **to_record(one, declared),
        "at": at,
        "view": {estimate: _view_record(view) for estimate, view in views.items()},
        "path": path,
        "views_into": units_in_view(held, _sectors(held, np.array([rows[uid]]), at)),
        "as_of": to_instant(snapshot.as_of),
        "snapshot": snapshot.id,
    }


def _path(held: Held, camera: pd.DataFrame) -> list[dict[str, Any]]:
    """The units of the home's first chain that the camera stands in, coarse to fine; empty where outside."""
    finest = held.snapshot.home.chains()[0][0]
    code = camera[f"assigned_{finest}"].iloc[0]
    if not isinstance(code, str):
        return []
    return units_room.path_of(held, finest, units_room.number_of(held, finest, code))


def _view_record(view: pd.DataFrame) -> dict[str, float | None]:
    cells = {name: float(view[name].iloc[0]) for name in _VIEW}
    return {name: round(cell, 2) if np.isfinite(cell) else None for name, cell in cells.items()}
