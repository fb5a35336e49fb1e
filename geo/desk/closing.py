"""What closes a gap: a camera more, one turned, one repaired, each tried by the planner's engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.coverage.bound import most_in_view_m
from geo.coverage.fov import view_parameters
from geo.coverage.quick.engine import Outcome
from geo.coverage.quick.sums import FIGURES
from geo.desk.gaps import unit_gaps
from geo.desk.held import Held, Kept
from geo.desk.measures import not_loaded
from geo.desk.units import number_of
from geo.desk.whatif.answer import place_cameras
from geo.desk.whatif.dragging import to_edits
from geo.desk.whatif.engines import Engines, make_engines
from geo.desk.whatif.proposal import Proposal, ProposedEdit
from geo.errors import BadQuery, NotAvailable, Words
from geo.records.overlay import stored_names
from geo.schema import Role
from geo.snapshot import queries

Kind = Literal["add", "turn", "repair"]
Floats = NDArray[np.float64]

#: A new camera: 4K, 84 degrees, on a pole of 5 m, tilted so that the upper edge of its view is level.
NEW_CAMERA = {
    "kind": "fixed",
    "mount": "pole",
    "height_m": 5,
    "h_px": 3840,
    "v_px": 2160,
    "hfov_deg": 84,
    "tilt_deg": 26.8,
    "status": "online",
}
#: Points on public ground that are looked at, one each so many metres of unseen road, and those that are tried.
_MOST_POINTS, _LEAST_STEP_M, _TRIED_POINTS = 60, 25.0, 2
#: Around a point unseen road counts up to here: the reach of the new camera at 25 px/m.
_REACH_M = 85.0
#: Azimuths are tried in steps of so many degrees.
_STEP_DEG = 45.0
#: Cameras so near the gap are turned or repaired, so many of each kind.
_NEAR_M, _TRIED_CAMERAS = 150.0, 2
#: An option has to bring this much of the gap's road into view.
_WORTH_M = 1.0


@dataclass(frozen=True)
class Option:
    """One way that is tried: the camera `uid` (None: a new one) with `values` in place of its own."""

    kind: Kind
    uid: str | None
    values: dict[str, Any]


def closing_options(held: Held, engines: Kept, level: str, code: str, role: Role) -> dict[str, Any]:
    """The best option of each kind (and camera) for the gap of a finest unit, the most road gained first; planner up.

    `unseen_m` is the gap's road; `bound_m` is what no new camera of the model tried can see of it, wherever it stands
    and however it is turned (`most_in_view_m`). Of each option `road_m` is what this
    gap gains, `elsewhere_m` what other units gain (below 0: lose), `facade_m` what comes into view of dwellings;
    `edit` is what what-if takes ({"uid", "values"}). Figures are nominal, at the default pixel density. A few public
    points and azimuths are tried: a better plan may exist. Errors: `BadQuery` for a coarser unit, `NotAvailable`.
    """
    snapshot = held.snapshot
    queries.columns_of("gaps", role)
    for name in ("cameras", "roads"):
        if not snapshot.has(name):
            raise NotAvailable(not_loaded(name))
    if level not in {chain[0] for chain in snapshot.home.chains()}:
        raise BadQuery(Words("a gap is an area of a finest unit", "盲区位于最细一级单位之内"))
    unit = number_of(held, level, code)
    unseen_m = unit_gaps(held, level, role).columns["road_unseen_m"][unit] or 0.0
    ready: Engines = engines.get(snapshot.id, lambda: make_engines(held))
    gap = _gap_of(held, level, code)
    options = [] if gap.is_empty else [*_additions(held, gap), *_changes(ready, gap)]
    outcomes = _try_out(held, ready, options)
    told = [_tell(ready, option, outcome, level, code) for option, outcome in zip(options, outcomes, strict=True)]
    best: dict[tuple[str, str | None], dict[str, Any]] = {}
    for one in sorted(told, key=lambda one: (-one["road_m"] - min(one["elsewhere_m"], 0.0), one["facade_m"])):
        if one["road_m"] >= _WORTH_M:
            best.setdefault((one["kind"], one["edit"]["uid"]), one)
    return {
        "level": level,
        "code": code,
        "snapshot": snapshot.id,
        "at": snapshot.rules.px_per_m,
        "unseen_m": unseen_m,
        "bound_m": round(min(unseen_m, _bound_m(held, ready, level, code, unit)), 1) if unseen_m else 0.0,
        "n_tried": len(options),
        "options": sorted(best.values(), key=lambda one: -one["road_m"]),
    }


def _bound_m(held: Held, ready: Engines, level: str, code: str, unit: int) -> float:
    """What no camera `NEW_CAMERA` can see of the unseen road of a finest unit; of one too large to cut out no bound."""
    snapshot = held.snapshot
    shape = queries.units_of(snapshot, level).geometry.iloc[[unit]]
    in_metres = crs.transform_geometry(np.asarray(shape, dtype=object), snapshot.home.boundary_crs, snapshot.metric_crs)
    try:
        road = ready.quick.unseen_road(level, code, shapely.bounds(in_metres)[0], snapshot.rules.px_per_m)
    except BadQuery:
        return float("inf")
    camera = pd.DataFrame([{**NEW_CAMERA, "azimuth_deg": 0.0}])
    view = view_parameters(camera, snapshot.rules, snapshot.rules.px_per_m, "nominal")
    return most_in_view_m(road, float(view["reach_m"].iloc[0]), float(view["sweep_deg"].iloc[0]))


def find_points(unseen: Any, n_points: int, reach_m: float) -> Floats:
    """Of points along the lines `unseen` (metres) those with most of them within `reach_m`: float64 (n, 2), best first.

    They stand `reach_m` apart from one another, so that they are not all the same place.

    >>> long = shapely.LineString([(0, 0), (200, 0)])
    >>> find_points(long, 2, 50.0)[:, 0].tolist()
    [62.5, 112.5]
    """
    length_m = shapely.length(unseen)
    if not length_m:
        return np.zeros((0, 2))
    n = int(min(_MOST_POINTS, max(1, length_m // _LEAST_STEP_M)))
    lines = shapely.get_parts(shapely.line_merge(unseen))
    starts = np.concatenate([[0.0], np.cumsum(shapely.length(lines))])
    along = (np.arange(n) + 0.5) * length_m / n
    line = np.clip(np.searchsorted(starts, along, side="right") - 1, 0, len(lines) - 1)
    points = shapely.line_interpolate_point(lines[line], along - starts[line])
    near_m = shapely.length(shapely.intersection(shapely.buffer(points, reach_m), unseen))
    found: list[int] = []
    for at in np.argsort(-np.round(near_m, 3), kind="stable").tolist():
        if len(found) < n_points and all(shapely.distance(points[at], points[other]) >= reach_m for other in found):
            found.append(at)
    return np.asarray(shapely.get_coordinates(points[found]), dtype=np.float64)


def _gap_of(held: Held, level: str, code: str) -> Any:
    """The gap as an area in the metric CRS; empty where the unit has none."""
    snapshot = held.snapshot
    gaps = snapshot.figures("gaps")
    own = np.flatnonzero(((gaps["level"] == level) & (gaps["code"] == code)).to_numpy())
    if not len(own):
        return shapely.Polygon()
    shape = crs.transform_geometry(snapshot.shapes("gaps", own), crs.WGS84, snapshot.metric_crs)[0]
    return shapely.Polygon() if shape is None else shape


def _additions(held: Held, gap: Any) -> Iterator[Option]:
    """New cameras at the public points around which most road is unseen, in eight directions each."""
    snapshot = held.snapshot
    roads = snapshot.frame("roads").geometry
    box = shapely.box(*gap.bounds)
    around = crs.transform_geometry(np.array([box], dtype=object), snapshot.metric_crs, crs.WGS84)[0]
    near = np.asarray(roads.iloc[roads.sindex.query(around, predicate="intersects")], dtype=object)
    lines = crs.transform_geometry(near, crs.WGS84, snapshot.metric_crs)
    unseen = shapely.intersection(shapely.union_all(lines), gap) if len(lines) else shapely.LineString()
    parts = shapely.get_parts(unseen)
    unseen = shapely.multilinestrings(parts[shapely.get_dimensions(parts) == 1])
    points = find_points(unseen, _TRIED_POINTS, _REACH_M)
    lon, lat = crs.transform_xy(points[:, 0], points[:, 1], snapshot.metric_crs, crs.WGS84)
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        for azimuth in np.arange(0.0, 360.0, _STEP_DEG).tolist():
            place = {"lon": round(x, 7), "lat": round(y, 7)}
            yield Option("add", None, {**NEW_CAMERA, **place, "azimuth_deg": azimuth})


def _changes(ready: Engines, gap: Any) -> Iterator[Option]:
    """The nearest online cameras turned in steps, and the nearest offline ones repaired."""
    cameras = ready.cameras
    away_m = shapely.distance(shapely.points(cameras["x_m"], cameras["y_m"]), gap)
    near = cameras.assign(away_m=away_m)[away_m <= _NEAR_M].sort_values("away_m", kind="stable")
    sweep = near["sweep_deg"].to_numpy(dtype=float, na_value=0.0)
    turns = (near["status"] == "online") & near["azimuth_deg"].notna() & (sweep < 360)
    for uid, own in near.loc[turns.to_numpy(dtype=bool), "azimuth_deg"].head(_TRIED_CAMERAS).items():
        for step in np.arange(_STEP_DEG, 360.0, _STEP_DEG).tolist():
            yield Option("turn", str(uid), {"azimuth_deg": round((float(own) + step) % 360)})
    for uid in near.index[(near["status"] == "offline").to_numpy(dtype=bool)][:_TRIED_CAMERAS]:
        yield Option("repair", str(uid), {"status": "online"})


def _try_out(held: Held, ready: Engines, options: list[Option]) -> list[Outcome]:
    """What each option does by itself."""
    if not options:
        return []
    # Each option is an edit of its own, though several change one camera.
    edits = [
        ProposedEdit(f"+{place}", option.uid, {**_values_of(ready, option.uid), **option.values})
        for place, option in enumerate(options, 1)
    ]
    proposal = Proposal(tuple(edits))
    placed = place_cameras(held, proposal.cameras)
    return ready.quick.alone(to_edits(ready.cameras, placed, proposal), held.snapshot.rules.px_per_m, people=False)


def _values_of(ready: Engines, uid: str | None) -> dict[str, Any]:
    """What the snapshot has of a camera, as an edit holds it; when it was installed changes no view."""
    if uid is None:
        return {}
    row = ready.cameras.loc[uid, [name for name in stored_names("cameras") if name != "installed_on"]]
    return {str(name): _plain(value) for name, value in row.to_dict().items()}


def _plain(value: Any) -> Any:
    """A cell as JSON has it."""
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _tell(ready: Engines, option: Option, outcome: Outcome, level: str, code: str) -> dict[str, Any]:
    road, facade = FIGURES.index("road_seen_m"), outcome.gains.total("facade_m")
    own = outcome.gains.of.get((level, code))
    road_m = 0.0 if own is None else float(own[road])
    row = _values_of(ready, option.uid) or option.values
    label = row["name"] or option.uid if option.uid else None
    return {
        "kind": option.kind,
        "label": label,
        "lon": row["lon"],
        "lat": row["lat"],
        "was": {name: row[name] for name in option.values} if option.uid else {},
        "edit": {"uid": option.uid, "values": option.values},
        "road_m": round(road_m, 1) + 0.0,
        "elsewhere_m": round(outcome.gains.total("road_seen_m") - road_m, 1) + 0.0,
        "facade_m": round(facade, 1) + 0.0,
    }
