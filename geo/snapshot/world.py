"""All that a build works on, read once: source rows with their units, in degrees and in metres."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage.measures import Demand
from geo.crs import WGS84, metric_crs, to_authority, transform_geometry, transform_xy
from geo.partition.hierarchy import Joined, assign_levels, index_levels
from geo.rules import Rules
from geo.schema import HomeInfo
from geo.snapshot.store import Snapshot

#: Tables whose rows are joined to units, each with its own ledger.
JOINED = ("cameras", "incidents", "places", "residents", "service_points")
_UNIT_COLUMNS = ["level", "code", "name", "name_en", "parent_code", "geometry"]


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


def read_world(home: HomeInfo, rules: Rules, as_of: datetime, sources: dict[str, pd.DataFrame]) -> World:
    """The world of `sources` (frames as `Records.frame` gives them): units in order, every joined table assigned."""
    raw = sources["units"]
    order = {level.name: place for place, level in enumerate(home.levels)}
    units = raw.assign(_place=raw["level"].map(order)).sort_values(["_place", "code"], ignore_index=True)
    units = gpd.GeoDataFrame(units[_UNIT_COLUMNS], crs=home.boundary_crs)
    lonlat = transform_geometry(units.geometry.to_numpy(), home.boundary_crs, WGS84)
    minx, miny, maxx, maxy = (float(v) for v in shapely.total_bounds(lonlat))
    crs = metric_crs((minx, miny, maxx, maxy))
    in_metres = transform_geometry(units.geometry.to_numpy(), home.boundary_crs, crs)
    units_m = gpd.GeoDataFrame(units.drop(columns="geometry"), geometry=in_metres, crs=crs)
    points = {table: points_of(sources[table]) for table in JOINED if table in sources}
    joined = index_levels(units, home)
    assigned = {table: assign(sources[table], *points[table], joined, home) for table in points}
    return World(home, rules, as_of, to_authority(crs), sources, units, units_m, joined, assigned)


def units_in_metres(snapshot: Snapshot) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The units of `snapshot` in their own CRS and in the metric one."""
    units = gpd.GeoDataFrame(snapshot.frame("units")[_UNIT_COLUMNS], crs=snapshot.home.boundary_crs)
    in_metres = transform_geometry(units.geometry.to_numpy(), snapshot.home.boundary_crs, snapshot.metric_crs)
    return units, gpd.GeoDataFrame(units.drop(columns="geometry"), geometry=in_metres, crs=snapshot.metric_crs)


def points_of(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of each row, float64[n] each; of a shape without them, of a point on it.

    >>> lon, lat = points_of(pd.DataFrame({"geometry": [shapely.box(110, 28, 112, 30)]}))
    >>> lon.tolist(), lat.tolist()
    ([111.0], [29.0])
    """
    if "lon" in frame.columns:
        return frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float)
    on_it = shapely.point_on_surface(np.asarray(frame["geometry"], dtype=object))
    return shapely.get_x(on_it), shapely.get_y(on_it)


def assign(
    frame: pd.DataFrame, lon: np.ndarray, lat: np.ndarray, joined: tuple[Joined, ...], home: HomeInfo
) -> pd.DataFrame:
    """Codes per level by place, and where a row has no place by its unit code (a code of a chain's finest level)."""
    x, y = transform_xy(lon, lat, WGS84, home.boundary_crs)
    levels = assign_levels(x, y, joined, home)
    if "unit_code" in frame.columns:
        placeless = ~np.isfinite(lon) & frame["unit_code"].notna().to_numpy()
        for one in joined:
            if not placeless.any():
                break
            known = placeless & frame["unit_code"].isin(one.above.index).to_numpy()
            columns = list(one.chain)
            levels.loc[known, columns] = one.above.loc[frame.loc[known, "unit_code"], columns].to_numpy()
            placeless &= ~known
    return levels


def in_metres(world: World, table: str) -> pd.DataFrame | None:
    """Source rows with x_m, y_m in the metric CRS and one column per level; None where the table is not loaded."""
    if table not in world.sources:
        return None
    frame = world.sources[table].reset_index(drop=True)
    lon, lat = points_of(frame)
    x_m, y_m = transform_xy(lon, lat, WGS84, world.crs)
    return pd.concat([frame.assign(x_m=x_m, y_m=y_m), world.assigned[table]], axis=1)


def demand_of(world: World, incidents: pd.DataFrame | None) -> Demand:
    """What is there to be seen, in the metric CRS; `incidents` as `in_metres` gives them."""

    def shapes(table: str, levels: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
        if table not in world.sources:
            return None
        frame = world.sources[table]
        moved = transform_geometry(np.asarray(frame["geometry"], dtype=object), WGS84, world.crs)
        return _with_levels(pd.DataFrame(frame.drop(columns="geometry")), moved, levels, world.crs)

    return Demand(
        places=shapes("places", world.assigned.get("places")),
        roads=shapes("roads", None),
        buildings=shapes("buildings", _assigned_shapes(world, "buildings")),
        residents=_as_points(world, "residents"),
        incidents_xy=None if incidents is None else incidents[["x_m", "y_m"]].to_numpy(dtype=float),
        restricted=shapes("restricted_areas", _assigned_shapes(world, "restricted_areas")),
    )


def _assigned_shapes(world: World, table: str) -> pd.DataFrame | None:
    """Codes per level by a point on each shape of a table that has no ledger."""
    if table not in world.sources:
        return None
    return assign(world.sources[table], *points_of(world.sources[table]), world.joined, world.home)


def _as_points(world: World, table: str) -> gpd.GeoDataFrame | None:
    """Rows as points in the metric CRS, without geometry where they are located by their unit's code only."""
    if table not in world.sources:
        return None
    frame = world.sources[table].reset_index(drop=True)
    x_m, y_m = transform_xy(*points_of(frame), WGS84, world.crs)
    points = np.full(len(frame), None, dtype=object)
    placed = np.isfinite(x_m)
    points[placed] = shapely.points(x_m[placed], y_m[placed])
    return _with_levels(frame, points, world.assigned[table], world.crs)


def _with_levels(frame: pd.DataFrame, shapes: Any, levels: pd.DataFrame | None, crs: str) -> gpd.GeoDataFrame:
    """`frame` with its shapes and its codes per level. Made at one go: each column set later costs as much as all."""
    codes = {} if levels is None else {str(name): levels[name].array for name in levels}
    columns = {str(name): frame[name].array for name in frame if str(name) not in codes} | codes
    return gpd.GeoDataFrame(columns | {"geometry": shapes}, crs=crs)


def rows_with_units(world: World, table: str) -> pd.DataFrame:
    """Source rows with one column `assigned_<level>` per level and point geometry (EPSG:4326; empty where unplaced)."""
    frame = world.sources[table].reset_index(drop=True)
    codes = world.assigned[table].add_prefix("assigned_")
    lon, lat = points_of(frame)
    points = np.full(len(frame), shapely.Point(), dtype=object)
    placed = np.isfinite(lon) & np.isfinite(lat)
    points[placed] = shapely.points(lon[placed], lat[placed])
    rows: pd.DataFrame = gpd.GeoDataFrame(pd.concat([frame, codes], axis=1), geometry=points, crs=WGS84)
    return rows
