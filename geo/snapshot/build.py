"""The build: records in, one immutable snapshot out. Nothing is published here (see `store.publish`)."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage.alone import measure_alone
from geo.coverage.gaps import find_gaps
from geo.coverage.ground import Bools, prepare_ground
from geo.coverage.measures import Demand, LaidOut, cut_chains, is_online, measure_coverage
from geo.coverage.reasons import find_reasons
from geo.coverage.threads import together
from geo.crs import WGS84, transform_geometry
from geo.errors import NotAvailable, Words
from geo.heap import trim_heap
from geo.hotspots.events import Events
from geo.hotspots.measures import count_by_unit, measure_hotspots
from geo.hotspots.rates import measure_rates
from geo.partition.ledger import check_balanced, count_ledger
from geo.partition.nearest import nearest_m, spread_by_unit, sum_by_unit
from geo.records import Records
from geo.rules import Rules
from geo.schema import SOURCES
from geo.snapshot.by_month import month_frames
from geo.snapshot.doubt import digest_refused, find_doubted, read_refused
from geo.snapshot.events import events_of
from geo.snapshot.identity import snapshot_id
from geo.snapshot.publishing import write_snapshot
from geo.snapshot.safeguards import safeguard_frames
from geo.snapshot.service import service_distances
from geo.snapshot.store import Snapshot, open_snapshot
from geo.snapshot.world import World, demand_of, in_metres, read_world, rows_with_units

Progress = Callable[[float, Words], None]


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
    returned as it is. What is written to the records meanwhile is left to the next build. Errors: `NotAvailable`
    without units, `NotBalanced`.
    """
    if not records.has("units"):
        raise NotAvailable(Words("no units are loaded; import a mapping first", "没有单位；请先导入"))
    progress(0.0, Words("reading records", "读取记录"))
    with records.standing_still():
        digests, home, version = records.digests(), records.home(), records.boundary_version()
        sources = {table: records.frame(table) for table in digests if table in SOURCES}
        ledgers, change, refused = records.sources(), records.live_change(), read_refused(records)
    assert home is not None
    moment = as_of or latest_time(sources)
    digests = {**digests, "cameras refused for their place": digest_refused(refused)}
    name = snapshot_id(rules, version, digests, home.to_json(), moment)
    if (folder / "snapshots" / name / "manifest.json").is_file():
        built = open_snapshot(folder / "snapshots" / name)
        # Above it where a restore has put the records back: changes to come would pass for taken in.
        if built.manifest.live_change <= change:
            return built
    trim_heap()
    world = read_world(home, rules, moment, sources)
    incidents = in_metres(world, "incidents")
    events = None if incidents is None else events_of(incidents, world.units, home)
    frames = _measure(world, incidents, events, ledgers, refused, progress)
    progress(0.97, Words("writing the snapshot", "写入快照"))
    facts = {
        "id": name,
        "as_of": moment.isoformat(),
        "boundary_version": version,
        "metric_crs": world.crs,
        "home": home.to_json(),
        "rules": rules.to_json(),
        "tables": tuple(sorted(sources)),
        "live_change": change,
    }
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


def _measure(
    world: World,
    incidents: pd.DataFrame | None,
    events: Events | None,
    ledgers: pd.DataFrame,
    refused: pd.DataFrame,
    progress: Progress,
) -> dict[str, pd.DataFrame]:
    home, rules, sources = world.home, world.rules, world.sources
    progress(0.09, Words("checking the ledger", "核对账目"))
    frames: dict[str, pd.DataFrame] = {"ledger": _ledger(world, ledgers)}
    cameras = in_metres(world, "cameras")
    coverage, seen = None, None
    find: Callable[[], Any] = _nothing
    find_alone = find
    if cameras is not None:
        levels = None if incidents is None else world.assigned["incidents"]
        progress(0.11, Words("preparing demand", "准备需求图层"))
        ground = prepare_ground(world.units_m, home, demand_of(world, incidents), levels)
        trim_heap()
        progress(0.13, Words("measuring safeguards", "计算隐私与合规"))
        parcels, (exposure, guarded) = together(
            lambda: cut_chains(world.units_m, home, ground, rules), lambda: safeguard_frames(world, cameras, ground)
        )
        laid_out = LaidOut(ground, parcels, exposure=exposure)
        frames |= guarded
        trim_heap()
        args = world.units_m, home, cameras, Demand(), levels, rules
        coverage = measure_coverage(*args, _part(progress, 0.3, 0.66), laid_out)
        frames["coverage"] = coverage
        trim_heap()
        find = partial(_find_gaps, world, cameras, levels, find_doubted(refused, world.joined, home), laid_out)
        find_alone = partial(measure_alone, cameras, laid_out.ground, laid_out.parcels[0], rules)
        seen = laid_out.scenes[rules.px_per_m, "nominal"].incidents
        del laid_out, ground, parcels
    nearest_camera_m = _nearest_camera_m(cameras, incidents)
    units = frames["units"] = _unit_facts(world, coverage, nearest_camera_m)
    progress(0.66, Words("finding gaps and hotspots", "查找盲区与热点"))
    # Gaps are GEOS's and kernels' work, hotspots pandas': side by side they take as long as the gaps.
    found, alone, hot = together(
        find, find_alone, lambda: {} if events is None else _hotspot_frames(world, events, seen, units)
    )
    find = find_alone = _nothing  # lets go of the demand
    if found is not None:
        trim_heap()
        gaps, frames["gap_reasons"] = found
        shapes = transform_geometry(gaps.geometry.to_numpy(), world.crs, WGS84)
        frames["gaps"] = gpd.GeoDataFrame(gaps.drop(columns="geometry"), geometry=shapes, crs=WGS84)
        frames["cameras"] = frames["cameras"].join(alone)
    if incidents is not None:
        frames |= hot
        frames["incidents"] = frames["incidents"].assign(nearest_camera_m=nearest_camera_m)
    for table in ("places", "roads", "buildings", "restricted_areas", "service_points", "residents"):
        if table in sources:
            frames[table] = sources[table]
    return frames


def _find_gaps(
    world: World, cameras: pd.DataFrame, levels: pd.DataFrame | None, doubted: pd.DataFrame, laid_out: LaidOut
) -> tuple[Any, pd.DataFrame]:
    """The gaps, in metres, and their reasons; the last two arguments are the units in doubt and what is laid out."""
    args = world.units_m, world.home, cameras, Demand(), levels, world.rules
    gaps = find_gaps(*args, laid_out=laid_out)
    return gaps, find_reasons(*args, gaps, doubted, laid_out=laid_out)


def _nothing() -> None:
    """What is found where there are no cameras."""


def _hotspot_frames(
    world: World, events: Events, seen: Bools | None, units: gpd.GeoDataFrame
) -> dict[str, pd.DataFrame]:
    """What is made of incidents; `seen` says of each whether an online camera sees it, None where there are none."""
    residents = units["residents"] if "residents" in world.sources else None
    with_area = world.units_m.assign(area_m2=units["area_m2"])
    rows, assigned = world.sources["incidents"], world.assigned["incidents"]
    told = pd.Series(pd.NA if seen is None else seen, index=pd.RangeIndex(len(rows)), dtype="boolean")
    return {
        "hotspots": measure_hotspots(with_area, world.home, units["n_incidents"], residents, world.rules),
        "rates": measure_rates(world.units, world.home, rows, assigned, world.rules, pd.Timestamp(world.as_of)),
        "incidents": rows_with_units(world, "incidents").assign(seen=told),
        **month_frames(world, events, units),
    }


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


def _nearest_camera_m(cameras: pd.DataFrame | None, incidents: pd.DataFrame | None) -> np.ndarray:
    """Metres from each incident to the nearest online camera, NaN where there is none or the incident has no place."""
    if incidents is None:
        return np.array([])
    online = incidents.iloc[:0] if cameras is None else cameras[is_online(cameras)]
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
    units = units.join(spread_by_unit(nearest_camera_m, assigned, units))
    return units.join(service_distances(world, units))


def _sum_by_unit(world: World, units: pd.DataFrame, table: str, column: str) -> pd.Series:
    if table not in world.assigned:
        return pd.Series(np.nan, index=units.index)
    return sum_by_unit(world.sources[table][column], world.assigned[table], units)
