"""Cameras for the pages: their views as sectors, which of them see a point, one camera's record."""

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.coverage import fov
from geo.desk import units as units_room
from geo.desk.held import Held
from geo.desk.live import LiveTable, row_numbers
from geo.desk.values import to_instant, to_record
from geo.errors import NotAvailable, NotFound, Words
from geo.partition.live import LivePoints, TouchedUnits
from geo.schema import Role
from geo.schema.column import may_see
from geo.snapshot import queries

ESTIMATES: tuple[Literal["low", "nominal", "high"], ...] = ("low", "nominal", "high")
_VIEW = ("azimuth_deg", "sweep_deg", "near_m", "reach_m")


@dataclass(frozen=True)
class Views:
    """The nominal sectors of some online cameras at one pixel density, in the metric CRS."""

    sectors: NDArray[Any]
    tree: shapely.STRtree


def views_near(held: Held, shapes: NDArray[np.object_], at: float) -> Views:
    """Sectors at `at` px/m of the snapshot's online cameras that may reach any of `shapes` (metric CRS)."""
    cameras = held.snapshot.frame("cameras")
    reach_m = _built_reach_m(held, at)
    spots = np.asarray(shapely.points(np.column_stack(_metres(held, cameras))), dtype=object)
    seeing = np.flatnonzero(reach_m >= 0)
    # The ends of an arc's chords lie on the circle up to rounding.
    near, _ = shapely.STRtree(shapes).query(spots[seeing], predicate="dwithin", distance=reach_m[seeing] + 0.001)
    sectors = sectors_of(held, cameras.iloc[seeing[np.unique(near)]], at)
    return Views(sectors, shapely.STRtree(sectors))


@dataclass
class _Standing:
    """Every camera at its place in the metric CRS, by uid; `moved` are those that do not stand as in the snapshot."""

    points: LivePoints
    moved: dict[str, tuple[float, float] | None] = field(default_factory=dict)
    change: int = -1
    lock: threading.Lock = field(default_factory=threading.Lock)


def standing(held: Held, live: LiveTable) -> LivePoints:
    """Every camera at the place where it stands now, in the metric CRS, by uid."""

    def make() -> _Standing:
        cameras = held.snapshot.frame("cameras")
        return _Standing(LivePoints(cameras["uid"].tolist(), *_metres(held, cameras)))

    found: _Standing = held.kept.get("standing", make)
    with found.lock:
        if found.change != live.change:
            _move(held, live, found)
            found.change = live.change
    return found.points


def _move(held: Held, live: LiveTable, found: _Standing) -> None:
    """Puts every camera that moved, came, went, or goes back where the snapshot has it, at its place."""
    built, fresh = held.snapshot.frame("cameras"), live.fresh()
    gone = dict.fromkeys(built["uid"].iloc[live.replaced])
    moved = {**gone, **dict(zip(fresh["uid"], zip(*_metres(held, fresh), strict=True), strict=True))}
    back = built[built["uid"].isin([uid for uid in found.moved if uid not in moved])]
    places = {**dict(zip(back["uid"], zip(*_metres(held, back), strict=True), strict=True)), **moved}
    for uid in {**dict.fromkeys(found.moved), **places}:
        place = places.get(uid)
        if place is not None:
            found.points.put(uid, *place)
        elif uid in found.points:
            found.points.drop(uid)
    found.moved = moved


def _metres(held: Held, cameras: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x_m, y_m = crs.transform_xy(cameras["lon"], cameras["lat"], crs.WGS84, held.snapshot.metric_crs)
    return x_m, y_m


def _reach_m(held: Held, live: LiveTable, at: float) -> NDArray[np.float64]:
    """How far each online camera sees at `at` px/m, by camera row; -1 for the others and where the view is empty."""

    def make() -> NDArray[np.float64]:
        built = _built_reach_m(held, at)
        return np.concatenate([built, _far_m(held, live.fresh(), at)]) if live.is_live else built

    found: NDArray[np.float64] = live.kept.get(("reach", at), make)
    return found


def _built_reach_m(held: Held, at: float) -> NDArray[np.float64]:
    found: NDArray[np.float64] = held.kept.get(("reach", at), lambda: _far_m(held, held.snapshot.frame("cameras"), at))
    return found


def _far_m(held: Held, cameras: pd.DataFrame, at: float) -> NDArray[np.float64]:
    far = fov.view_parameters(cameras, held.snapshot.rules, at, "nominal")["reach_m"].to_numpy(dtype=float)
    online = (cameras["status"] == "online").to_numpy(dtype=bool)
    return np.where(online & np.isfinite(far), far, -1.0)


def cameras_seeing(held: Held, live: LiveTable, lon: float, lat: float, at: float) -> list[dict[str, Any]]:
    """Online cameras whose view holds the point, nearest first: of the cameras near, only their views are drawn."""
    x, y = crs.transform_xy([lon], [lat], crs.WGS84, held.snapshot.metric_crs)
    reach_m, row_of = _reach_m(held, live, at), row_numbers(held, live, "cameras")
    near = standing(held, live).near(x[0], y[0], max(0.0, float(reach_m.max(initial=0.0))))
    near = [(uid, metres) for uid, metres in near if uid in row_of]
    rows = np.array([row_of[uid] for uid, _ in near], dtype=np.int64)
    distance_m = np.array([metres for _, metres in near])
    # The ends of an arc's chords lie on the circle up to rounding.
    within = distance_m <= reach_m[rows] * (1 + 1e-9)
    rows, distance_m = rows[within], distance_m[within]
    holds = shapely.intersects_xy(sectors_of(held, live.frame.iloc[rows], at), x[0], y[0])
    seeing, distance_m = live.frame.iloc[rows[holds]], distance_m[holds]
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


def sectors_of(held: Held, cameras: pd.DataFrame, at: float) -> NDArray[np.object_]:
    """The nominal views of cameras less their masks, in the metric CRS."""
    x_m, y_m = _metres(held, cameras)
    placed = pd.DataFrame(cameras).assign(x_m=x_m, y_m=y_m)
    return np.asarray(fov.camera_sectors(placed, held.snapshot.rules, at), dtype=object)


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
    held: Held,
    live: LiveTable | None,
    lon: float,
    lat: float,
    role: Role,
    at: float | None,
    levels: list[str] | None = None,
) -> dict[str, Any]:
    """What is at the point: its unit per level and, for a planner, the cameras (None: not loaded) that see it."""
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
        "cameras": cameras_seeing(held, live, lon, lat, at) if live is not None and may_see(role, "planner") else [],
        "as_of": to_instant(snapshot.as_of),
        "snapshot": snapshot.id,
    }


def describe_camera(held: Held, live: LiveTable | None, uid: str, role: Role, at: float | None) -> dict[str, Any]:
    """One camera's record, its views for low, nominal and high, the units it stands in and views into; planner up.

    `live` in it says that the snapshot's measures do not have the camera as it is now.
    """
    snapshot = held.snapshot
    declared = queries.columns_of("cameras", role)
    if live is None:
        raise NotAvailable(Words("not available: no cameras loaded", "未提供：没有载入摄像机"))
    at = queries.check_density(snapshot, at)
    rows = row_numbers(held, live, "cameras")
    if uid not in rows:
        raise NotFound(Words(f"no camera {uid!r}", f"没有摄像机 {uid!r}"))
    one = live.frame.iloc[[rows[uid]]].reset_index(drop=True)
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
        "views_into": units_in_view(held, sectors_of(held, one, at)),
        "live": rows[uid] >= live.n_built,
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
