"""A home of four squares and their total, published by hand: every number of it stands in this file.

Squares of 0.01 degrees in a row along the equator, from 110 E: a, b, c, d. Incidents: 3 in a, 8 in b, 20 in c, 0 in d.
Cameras: k1 in a (online, looks all round, reach 100 m), k2 in b (offline, looks east, reach 50 m), k3 in c (planned).
"""

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, box

from geo.coverage.alone import FIGURES, RANKS
from geo.crs import transform_xy
from geo.hotspots.events import Events, to_events
from geo.partition.hierarchy import index_levels
from geo.rules import Rules
from geo.schema import GAP_REASONS, RESULTS, SOURCES, HomeInfo, Level
from geo.snapshot.publishing import publish, write_snapshot
from geo.snapshot.store import Snapshot
from geo.tiles.pyramid import build_pyramid

CODES = ["a", "b", "c", "d"]
COUNTS = [3, 8, 20, 0]
HOME = HomeInfo(
    "小城",
    "Small home",
    "Asia/Shanghai",
    "EPSG:4326",
    (Level("zone", "片区", "Zone", "all"), Level("all", "全部", "All")),
)
_DTYPES = {"text": "object", "int": "Int64", "float": "float64", "bool": "boolean", "time": "datetime64[us, UTC]"}


def squares() -> list[object]:
    return [box(110 + 0.01 * i, 0, 110 + 0.01 * (i + 1), 0.01) for i in range(4)]


def units_frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "level": ["zone"] * 4 + ["all"],
            "code": [*CODES, "all"],
            "name": ["甲区", "乙区", "丙区", "丁区", "小城"],
            "name_en": ["Alpha", "Beta", "Gamma", "Delta", "Small home"],
            "parent_code": ["all"] * 4 + [None],
            "area_m2": [1.2e6] * 4 + [4.8e6],
            "lon": [110.005, 110.015, 110.025, 110.035, 110.02],
            "lat": [0.005] * 5,
            "n_children": [0, 0, 0, 0, 4],
            "n_cameras": [1, 1, 1, 0, 3],
            "n_incidents": [*COUNTS, 31],
            "residents": [np.nan] * 5,
            "staff": [np.nan] * 5,
            "n_incidents_located": [*COUNTS, 31],
            "nearest_camera_median_m": [10.0, 1_000.0, 2_000.0, np.nan, 1_500.0],
            "nearest_camera_p90_m": [20.0, 1_100.0, 2_100.0, np.nan, 2_000.0],
            "camera_within_50m_share": [1.0, 0.0, 0.0, np.nan, 3 / 31],
            "camera_within_100m_share": [1.0, 0.0, 0.0, np.nan, 3 / 31],
            "camera_within_200m_share": [1.0, 0.0, 0.0, np.nan, 3 / 31],
            "residents_located": [np.nan] * 5,
            **{name: [np.nan] * 5 for name in RESULTS["units"].names() if "_service_" in name},
        },
        geometry=[*squares(), box(110, 0, 110.04, 0.01)],
        crs=4326,
    )


def by_unit(table: str, **columns: list[object]) -> pd.DataFrame:
    """A frame with all columns of result table `table` but name, empty where `columns` does not say."""
    frame = units_frame()[["level", "code"]].copy()
    for column in RESULTS[table].columns:
        if column.name not in ("level", "code", "name"):
            frame[column.name] = pd.Series(columns.get(column.name, [None] * 5)).astype(_DTYPES[column.dtype])
    return frame


def coverage_frame() -> pd.DataFrame:
    parts = []
    for px_per_m, shares in ((25.0, [0.5, 0.25, 0.75, 0.0, 0.4]), (12.5, [0.6, 0.3, 0.8, 0.0, 0.5])):
        parts.append(
            by_unit(
                "coverage",
                px_per_m=[px_per_m] * 5,
                n_cameras=[1, 1, 0, 0, 2],
                n_online=[1, 0, 0, 0, 1],
                n_offline=[0, 1, 0, 0, 1],
                n_planned=[0, 0, 1, 0, 1],
                places_seen_share=shares,
                n_incidents=[*COUNTS, 31],
                incidents_seen_share=[1 / 3, 0.125, 0.5, None, 0.4],
                facade_m=[10.0, 0.0, 5.0, 0.0, 15.0],
            )
        )
    return pd.concat(parts, ignore_index=True)


def cameras_frame() -> gpd.GeoDataFrame:
    frame = pd.DataFrame({column.name: [None] * 3 for column in SOURCES["cameras"].columns})
    frame = frame.rename(columns={"name": "camera_name"}).assign(
        uid=["s:k1", "s:k2", "s:k3"],
        source_id=["k1", "k2", "k3"],
        camera_name=["North gate", None, "Plan"],
        lon=[110.005, 110.015, 110.025],
        lat=[0.005, 0.005, 0.005],
        kind=["dome", "fixed", "fixed"],
        status=["online", "offline", "planned"],
        azimuth_deg=[np.nan, 90.0, 0.0],
        azimuth_doubt_deg=[np.nan, 0.0, 0.0],
        hfov_deg=[90.0, 90.0, 90.0],
        sweep_deg=[360.0, 90.0, 90.0],
        range_m=[100.0, 50.0, 50.0],
        assigned_zone=["a", "b", "c"],
        assigned_all=["all"] * 3,
        **dict.fromkeys((*FIGURES, *RANKS), np.nan),
    )
    for column in SOURCES["cameras"].columns:
        if column.name not in ("name",) and column.dtype != "date":
            frame[column.name] = frame[column.name].astype(_DTYPES[column.dtype])
    seen = (
        "facade_62_m",
        "facade_62_m_low",
        "facade_62_m_high",
        "n_dwellings_62",
        "facade_125_m",
        "n_dwellings_125",
        "private_m2",
        "restricted_m2",
    )
    for name in seen:
        frame[name] = pd.Series([12.0, 0.0, None]).astype(_DTYPES[RESULTS["cameras"].column(name).dtype])
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)


def incidents_frame() -> pd.DataFrame:
    """In January 1, 8 and 10 of them in a, b and c; the others in February."""
    zones = np.repeat(CODES, COUNTS)
    lon = 110.005 + 0.01 * np.repeat(np.arange(4), COUNTS)
    months = np.repeat(["2026-01", "2026-02"] * 3, [1, 2, 8, 0, 10, 10])
    others = [c.name for c in RESULTS["incidents"].columns if c.name not in ("level", "code", "name")]
    return pd.DataFrame(
        {
            **dict.fromkeys(others),
            "source_id": [f"i{n}" for n in range(31)],
            "lon": lon,
            "lat": 0.005,
            "assigned_zone": zones,
            "assigned_all": "all",
            "reported_at": pd.to_datetime([f"{month}-05T00:00Z" for month in months]),
            "category": "noise",
            "channel": "visit",
            "outcome": "open",
            "reopened": False,
        }
    )


def make_events(incidents: pd.DataFrame) -> Events:
    zones = np.repeat(np.arange(4), COUNTS).astype(np.int32)
    x_m, y_m = transform_xy(incidents["lon"], incidents["lat"], "EPSG:4326", "EPSG:32649")
    return to_events(incidents, {"zone": zones}, x_m, y_m, HOME.timezone)


def places_frame() -> gpd.GeoDataFrame:
    """In view of k1 (100 m): a point, a square; out of it: a point in d, a square but for 20 m of its 100."""
    metres = 1 / 111_320
    shapes = [
        Point(110.005, 0.005 + 50 * metres),
        Point(110.035, 0.005),
        box(110.005, 0.005, 110.005 + 40 * metres, 0.005 + 40 * metres),
        box(110.005 + 80 * metres, 0.005, 110.005 + 180 * metres, 0.005 + 20 * metres),
    ]
    kinds = ["school", "market", "square", "square"]
    names = ["一小", None, "广场", None]
    return gpd.GeoDataFrame({"uid": list("1234"), "name": names, "kind": kinds}, geometry=shapes, crs=4326)


def gap_reasons_frame() -> pd.DataFrame:
    """Seven rows for each gap, in the order of the test: metres of road and incidents."""
    parts = {
        "a": ([40.0, 0, 0, 0, 0, 0, 60], [0, 0, 0, 0, 0, 0, 2]),
        "b": ([0.0, 0, 0, 300, 0, 0, 0], [0, 0, 0, 7, 0, 0, 0]),
        "c": ([0.0, 0, 0, 0, 20, 30, 0], [0, 0, 0, 0, 10, 0, 0]),
        "all": ([40.0, 0, 0, 300, 20, 30, 60], [0, 0, 0, 7, 10, 0, 2]),
    }
    rows = [
        {"level": "all" if code == "all" else "zone", "code": code, "reason": reason, "road_m": m, "n_incidents": n}
        for code, (road_m, n_incidents) in parts.items()
        for reason, m, n in zip(GAP_REASONS, road_m, n_incidents, strict=True)
    ]
    return pd.DataFrame(rows).assign(n_places=pd.NA, residents=np.nan, gap_m2=np.nan).astype({"n_incidents": "Int64"})


def ledger_frame() -> pd.DataFrame:
    """One camera and two incidents were refused, an incident lies outside."""
    read = {"cameras": (4, 3, 0, 1), "incidents": (34, 31, 1, 2), "places": (4, 4, 0, 0), "roads": (1, 1, 0, 0)}
    names = ["level", "code", "name", "layer", "rows_read", "assigned", "outside", "refused", "balanced"]
    return pd.DataFrame(
        [(level, "", "", t, *n, True) for t, n in read.items() for level in ("zone", "all")], columns=names
    )


def make_frames() -> dict[str, pd.DataFrame]:
    gaps = by_unit(
        "gaps",
        rank=[2, 1, 3, None, 1],
        road_unseen_m=[100.0, 300.0, 50.0, None, 450.0],
        road_unseen_m_low=[90.0, 300.0, 10.0, None, 400.0],
        road_unseen_m_high=[100.0, 500.0, 60.0, None, 660.0],
        n_incidents_unseen=[2, 7, 10, 0, 19],
    )
    shapes = [*squares(), box(110, 0, 110.04, 0.01)]
    shapes[3] = None
    hot = ["none", "hot95", "hot99", "none", "island"]
    roads = gpd.GeoDataFrame({"kind": ["lane"]}, geometry=[LineString([(110, 0.005), (110.04, 0.005)])], crs=4326)
    return {
        "units": units_frame(),
        "coverage": coverage_frame(),
        "safeguards": by_unit("safeguards", n_cameras=[1, 1, 0, 0, 2], facade_62_m=[10.0, 0, 5, 0, 15]),
        "gaps": gpd.GeoDataFrame(gaps, geometry=shapes, crs=4326).iloc[[0, 1, 2, 4]],
        "gap_reasons": gap_reasons_frame(),
        "hotspots": by_unit("hotspots", n_incidents=[*COUNTS, 31], excess=[1.0, 2, 3, 4, 5], z=[1.0] * 5, hotspot=hot),
        "emerging": by_unit("emerging", label=["none", "new_hot", "sporadic_hot", "none", ""], n_steps=[2] * 5),
        "rates": by_unit("rates", n_received=[*COUNTS, 31], n_due=[*COUNTS, 31], n_closed=[*COUNTS, 31]),
        "ledger": ledger_frame(),
        "cameras": cameras_frame(),
        "incidents": incidents_frame(),
        "places": places_frame(),
        "roads": roads,
    }


def publish_home(
    home: Path,
    snapshot_id: str = "0123456789abcdef",
    *,
    without: tuple[str, ...] = (),
    as_of: datetime = datetime(2026, 2, 28, tzinfo=UTC),
) -> Snapshot:
    """Publish the small home in folder `home`, less the tables `without`."""
    frames = {name: frame for name, frame in make_frames().items() if name not in without}
    facts = {
        "id": snapshot_id,
        "as_of": as_of.isoformat(),
        "boundary_version": "b" * 16,
        "metric_crs": "EPSG:32649",
        "home": HOME.to_json(),
        "rules": Rules().to_json(),
        "tables": tuple(sorted(set(frames) & set(SOURCES))),
    }
    events = make_events(frames["incidents"]) if "incidents" in frames else None
    joined = index_levels(frames["units"], HOME)
    snapshot = write_snapshot(home, facts, frames, datetime(2026, 3, 1, tzinfo=UTC), events, joined)
    build_pyramid(units_frame(), HOME, home / "boundaries" / ("b" * 16))
    publish(home, snapshot)
    return snapshot
