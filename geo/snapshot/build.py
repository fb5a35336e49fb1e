"""The build: records in, one immutable snapshot out. Nothing is published here (see `store.publish`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage.fov import sectors, view_parameters
from geo.coverage.gaps import find_gaps
from geo.coverage.measures import Demand, lay_out, measure_coverage, seen_at
from geo.crs import metric_crs, to_authority, transform_geometry, transform_xy
from geo.errors import Busy, NotAvailable, Words
from geo.heap import trim_heap
from geo.hotspots.measures import count_by_unit, measure_hotspots
from geo.hotspots.rates import measure_rates
from geo.partition.hierarchy import Joined, assign_levels, index_levels
from geo.partition.ledger import check_balanced, count_ledger
from geo.partition.nearest import nearest_m, spread_by_unit
from geo.records import Records
from geo.rules import Rules
from geo.schema import SOURCES, HomeInfo
from geo.snapshot.events import events_of
from geo.snapshot.identity import snapshot_id
from geo.snapshot.publishing import write_snapshot
from geo.snapshot.store import Snapshot, open_snapshot

Progress = Callable[[float, Words], None]

WGS84 = "EPSG:4326"
#: Tables whose rows are joined to units, each with its own ledger.
JOINED = ("cameras", "incidents", "places", "residents", "service_points")


@dataclass(frozen=True)
class World:
    """All that a build works on, read once: source frames, the home, and units in the metric CRS."""

    home: HomeInfo
    rules: Rules
    as_of: datetime
    crs: str
    sources: dict[str, pd.DataFrame]
    units: gpd.GeoDataFrame
    units_m: gpd.GeoDataFrame
    joined: tuple[Joined, ...]
    assigned: dict[str, pd.DataFrame]


def build_snapshot(
    records: Records,
    folder: Path,
    rules: Rules,
    as_of: datetime | None = None,
    progress: Progress = lambda share, words: None,
) -> Snapshot:
    """Build the snapshot of `records` into `folder` (the home) and return it, not yet published.

    `as_of` is the moment at which open cases are counted (UTC), default the latest time in the records: no
    build reads the clock. The same records, rules and `as_of` give the same id, and then the finished snapshot is
    returned as it is. Errors: `NotAvailable` without units, `NotBalanced`, `Busy` where records change under the build.
    """
    if not records.has("units"):
        raise NotAvailable(Words("no units are loaded; import a mapping first", "没有单位；请先导入"))
    progress(0.0, Words("reading records", "读取记录"))
    digests, home = records.digests(), records.home()
    assert home is not None
    sources = {table: records.frame(table) for table in digests if table in SOURCES}
    ledgers = records.sources()
    if records.digests() != digests:
        raise Busy(
            Words("records changed while the build read them; build again", "构建读取时记录有变动，再构建一次即可")
        )
    moment = as_of or latest_time(sources)
    name = snapshot_id(rules, records.boundary_version(), digests, home.to_json(), moment)
    if (folder / "snapshots" / name / "manifest.json").is_file():
        return open_snapshot(folder / "snapshots" / name)
    trim_heap()
    world = _read_world(home, rules, moment, sources)
    frames = _measure(world, ledgers, progress)
    progress(0.97, Words("writing the snapshot", "写入快照"))
    facts = {
        "id": name,
        "as_of": moment.isoformat(),
        "boundary_version": records.boundary_version(),
        "metric_crs": world.crs,
        "home": home.to_json(),
        "rules": rules.to_json(),
        "tables": tuple(sorted(sources)),
    }
    incidents = _in_metres(world, "incidents")
    events = None if incidents is None else events_of(incidents, world.units, home)
    return write_snapshot(folder, facts, frames, events=events, joined=world.joined)


def latest_time(sources: dict[str, pd.DataFrame]) -> datetime:
    """The latest UTC time in any `_at` column but `due_at`, which lies ahead; 1970 where there is none.

    >>> latest_time({}).year
    1970
    """
    latest = [
        frame[name].max()
        for frame in sources.values()
        for name in frame.columns
        if name.endswith("_at") and name != "due_at" and frame[name].notna().any()
    ]
    return max(latest).to_pydatetime() if latest else datetime(1970, 1, 1, tzinfo=UTC)


def _read_world(home: HomeInfo, rules: Rules, as_of: datetime, sources: dict[str, pd.DataFrame]) -> World:
    raw = sources["units"]
    order = {level.name: place for place, level in enumerate(home.levels)}
    units = raw.assign(_place=raw["level"].map(order)).sort_values(["_place", "code"], ignore_index=True)
    units = gpd.GeoDataFrame(
        units[["level", "code", "name", "name_en", "parent_code", "geometry"]], crs=home.boundary_crs
    )
    lonlat = transform_geometry(units.geometry.to_numpy(), home.boundary_crs, WGS84)
    minx, miny, maxx, maxy = (float(v) for v in shapely.total_bounds(lonlat))
    crs = metric_crs((minx, miny, maxx, maxy))
    in_metres = transform_geometry(units.geometry.to_numpy(), home.boundary_crs, crs)
    units_m = gpd.GeoDataFrame(units.drop(columns="geometry"), geometry=in_metres, crs=crs)
    points = {table: _points(sources[table]) for table in JOINED if table in sources}
    joined = index_levels(units, home)
    assigned = {table: _assign(sources[table], *points[table], joined, home) for table in points}
    return World(home, rules, as_of, to_authority(crs), sources, units, units_m, joined, assigned)


def _points(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of each row; of a line or polygon, a point on it."""
    if "geometry" in frame.columns:
        on_it = shapely.point_on_surface(frame["geometry"].to_numpy())
        return shapely.get_x(on_it), shapely.get_y(on_it)
    return frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float)


def _assign(
    frame: pd.DataFrame, lon: np.ndarray, lat: np.ndarray, joined: tuple[Joined, ...], home: HomeInfo
) -> pd.DataFrame:
    """Codes per level by place, and where a row has no place by its unit code (a code of a chain's finest level)."""
    x, y = transform_xy(lon, lat, WGS84, home.boundary_crs)
    levels = assign_levels(x, y, joined, home)
    if "unit_code" in frame.columns:
        placeless = ~np.isfinite(lon) & frame["unit_code"].notna().to_numpy()
        for one in joined:
            known = placeless & frame["unit_code"].isin(one.above.index).to_numpy()
            columns = list(one.chain)
            levels.loc[known, columns] = one.above.loc[frame.loc[known, "unit_code"], columns].to_numpy()
            placeless &= ~known
    return levels


def _measure(world: World, ledgers: pd.DataFrame, progress: Progress) -> dict[str, pd.DataFrame]:
    home, rules, sources = world.home, world.rules, world.sources
    progress(0.07, Words("checking the ledger", "核对账目"))
    frames: dict[str, pd.DataFrame] = {"ledger": _ledger(world, ledgers)}
    cameras = _in_metres(world, "cameras")
    incidents = _in_metres(world, "incidents")
    coverage = None
    if cameras is not None:
        levels = None if incidents is None else world.assigned["incidents"]
        progress(0.1, Words("preparing demand", "准备需求图层"))
        laid_out = lay_out(world.units_m, home, _demand(world, incidents), levels, rules)
        trim_heap()
        demand = Demand()
        part = _part(progress, 0.25, 0.87)
        coverage = measure_coverage(world.units_m, home, cameras, demand, levels, rules, part, laid_out)
        frames["coverage"] = coverage
        trim_heap()
        progress(0.87, Words("finding gaps", "查找盲区"))
        gaps = find_gaps(world.units_m, home, cameras, demand, levels, rules, laid_out=laid_out)
        del laid_out
        trim_heap()
        shapes = transform_geometry(gaps.geometry.to_numpy(), world.crs, WGS84)
        frames["gaps"] = gpd.GeoDataFrame(gaps.drop(columns="geometry"), geometry=shapes, crs=WGS84)
        frames["cameras"] = _rows_with_units(world, "cameras").rename(columns={"name": "camera_name"})
    nearest_camera_m = _nearest_camera_m(cameras, incidents)
    units = _unit_facts(world, coverage, nearest_camera_m)
    frames["units"] = units
    if incidents is not None:
        progress(0.94, Words("finding hotspots", "计算热点"))
        counts = units["n_incidents"]
        residents = units["residents"] if "residents" in sources else None
        with_area = world.units_m.assign(area_m2=units["area_m2"])
        frames["hotspots"] = measure_hotspots(with_area, home, counts, residents, rules, _part(progress, 0.94, 0.95))
        rows = sources["incidents"]
        moment = pd.Timestamp(world.as_of)
        frames["rates"] = measure_rates(world.units, home, rows, world.assigned["incidents"], rules, moment)
        frames["incidents"] = _rows_with_units(world, "incidents").assign(
            seen=_seen(world, cameras, incidents), nearest_camera_m=nearest_camera_m
        )
    for table in ("places", "roads", "buildings", "restricted_areas", "service_points", "residents"):
        if table in sources:
            frames[table] = sources[table]
    return frames


def _part(progress: Progress, start: float, stop: float) -> Progress:
    return lambda share, words: progress(start + share * (stop - start), words)


def _ledger(world: World, ledgers: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for table, assigned in world.assigned.items():
        rows = ledgers[ledgers["table"] == table]
        n_read, n_refused = int(rows["n_read"].sum()), int(rows["n_refused"].sum())
        parts.append(count_ledger(table, n_read, n_refused, assigned, world.units, world.home))
    if not parts:
        parts.append(
            count_ledger("units", 0, 0, pd.DataFrame({n.name: [] for n in world.home.levels}), world.units, world.home)
        )
    ledger = pd.concat(parts, ignore_index=True)
    check_balanced(ledger)
    return ledger


def _in_metres(world: World, table: str) -> pd.DataFrame | None:
    """Source rows with x_m, y_m in the metric CRS and one column per level; None where the table is not loaded."""
    if table not in world.sources:
        return None
    frame = world.sources[table].reset_index(drop=True)
    lon, lat = _points(frame)
    x_m, y_m = transform_xy(lon, lat, WGS84, world.crs)
    return pd.concat([frame.assign(x_m=x_m, y_m=y_m), world.assigned[table]], axis=1)


def _demand(world: World, incidents: pd.DataFrame | None) -> Demand:
    def shapes(table: str) -> gpd.GeoDataFrame | None:
        if table not in world.sources:
            return None
        frame = world.sources[table]
        moved = transform_geometry(frame.geometry.to_numpy(), WGS84, world.crs)
        return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved, crs=world.crs)

    return Demand(
        places=_with_levels(shapes("places"), world, "places"),
        roads=shapes("roads"),
        buildings=shapes("buildings"),
        residents=_with_levels(_as_points(_in_metres(world, "residents"), world.crs), world, "residents"),
        incidents_xy=None if incidents is None else incidents[["x_m", "y_m"]].to_numpy(dtype=float),
    )


def _as_points(frame: pd.DataFrame | None, crs: str) -> gpd.GeoDataFrame | None:
    """Rows with x_m, y_m as points, without geometry where they are located by their unit's code only."""
    if frame is None:
        return None
    points = np.full(len(frame), None, dtype=object)
    placed = np.isfinite(frame["x_m"].to_numpy(dtype=float))
    points[placed] = shapely.points(frame.loc[placed, "x_m"], frame.loc[placed, "y_m"])
    return gpd.GeoDataFrame(frame, geometry=points, crs=crs)


def _with_levels(frame: gpd.GeoDataFrame | None, world: World, table: str) -> gpd.GeoDataFrame | None:
    if frame is None:
        return None
    levels = world.assigned[table].set_axis(frame.index)
    return frame.assign(**{level: levels[level] for level in levels.columns})


def _rows_with_units(world: World, table: str) -> pd.DataFrame:
    """Source rows with one column `assigned_<level>` per level and point geometry (EPSG:4326; empty where unplaced)."""
    frame = world.sources[table].reset_index(drop=True)
    codes = world.assigned[table].add_prefix("assigned_")
    lon, lat = _points(frame)
    points = np.full(len(frame), shapely.Point(), dtype=object)
    placed = np.isfinite(lon) & np.isfinite(lat)
    points[placed] = shapely.points(lon[placed], lat[placed])
    rows: pd.DataFrame = gpd.GeoDataFrame(pd.concat([frame, codes], axis=1), geometry=points, crs=WGS84)
    return rows


def _seen(world: World, cameras: pd.DataFrame | None, incidents: pd.DataFrame) -> pd.Series:
    if cameras is None:
        return pd.Series(pd.NA, index=incidents.index, dtype="boolean")
    online = cameras[cameras["status"] == "online"]
    view = view_parameters(online, world.rules, world.rules.px_per_m, "nominal")
    polygons = sectors(online["x_m"].to_numpy(), online["y_m"].to_numpy(), view, world.rules)
    seen = seen_at(incidents["x_m"].to_numpy(), incidents["y_m"].to_numpy(), polygons)
    return pd.Series(seen, index=incidents.index, dtype="boolean")


def _nearest_camera_m(cameras: pd.DataFrame | None, incidents: pd.DataFrame | None) -> np.ndarray:
    """Metres from each incident to the nearest online camera, NaN where there is none or the incident has no place."""
    if incidents is None:
        return np.array([])
    online = incidents.iloc[:0] if cameras is None else cameras[cameras["status"] == "online"]
    return nearest_m(incidents["x_m"], incidents["y_m"], online["x_m"], online["y_m"])


def _unit_facts(world: World, coverage: pd.DataFrame | None, nearest_camera_m: np.ndarray) -> gpd.GeoDataFrame:
    """The table `units` with the units' geometry in the boundary CRS."""
    units = world.units.copy()
    keys = pd.MultiIndex.from_frame(units[["level", "code"]])
    units["area_m2"] = shapely.area(world.units_m.geometry.to_numpy())
    if coverage is not None:
        first = coverage[coverage["px_per_m"] == world.rules.px_per_m].set_index(["level", "code"])
        units["area_m2"] = first["area_m2"].reindex(keys).to_numpy()
    inside = transform_geometry(shapely.point_on_surface(units.geometry.to_numpy()), world.home.boundary_crs, WGS84)
    units["lon"], units["lat"] = shapely.get_x(inside), shapely.get_y(inside)
    parents = {level.name: level.parent for level in world.home.levels}
    below = units.groupby([units["level"].map(parents), "parent_code"]).size()
    below.index.names = ["level", "code"]
    units["n_children"] = below.reindex(keys).fillna(0).to_numpy(dtype="int64")
    for column, table in (("n_cameras", "cameras"), ("n_incidents", "incidents")):
        known = table in world.assigned
        units[column] = (
            count_by_unit(units, world.assigned[table]) if known else pd.array([pd.NA] * len(units), "Int64")
        )
    units["residents"] = _sum_by_unit(world, units, "residents", "residents")
    units["staff"] = _sum_by_unit(world, units, "service_points", "staff")
    assigned = world.assigned.get("incidents", pd.DataFrame(columns=[level.name for level in world.home.levels]))
    return units.join(spread_by_unit(nearest_camera_m, assigned, units))


def _sum_by_unit(world: World, units: pd.DataFrame, table: str, column: str) -> pd.Series:
    if table not in world.assigned:
        return pd.Series(np.nan, index=units.index)
    amounts = world.sources[table][column].reset_index(drop=True)
    total = pd.Series(0.0, index=units.index)
    for level in units["level"].unique():
        rows = units["level"] == level
        sums = amounts.groupby(world.assigned[table][level]).sum()
        total[rows] = units.loc[rows, "code"].map(sums).fillna(0.0)
    return total
