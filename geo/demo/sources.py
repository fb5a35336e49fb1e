"""The demo as ordinary source files with a mapping: what comes out goes in through the same door as a city's data."""

import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.demo.boundaries import FOLDER, LEVELS
from geo.demo.cameras import make_register
from geo.demo.fabric import Fabric, build_fabric
from geo.demo.incidents import make_incidents
from geo.demo.land import to_lonlat
from geo.demo.mapping import MAPPING
from geo.demo.settle import Settled, settle
from geo.errors import Words

TITLE = Words("Lanyuan Prefecture (demo)", "岚沅州（演示）")
ATTRIBUTION = Words("Demo data, invented borders", "演示数据 · 边界为虚构")


def _silent(share: float, words: Words) -> None:
    """Say nothing."""


def write_sources(folder: Path, seed: int = 1, progress: Callable[[float, Words], None] = _silent) -> Path:
    """Write the demo's source files and `mapping.toml` into `folder`; returns the mapping's path.

    `seed` moves everything but the borders; the same seed writes the same bytes (with the same library versions).
    Coordinates are WGS84 longitude, latitude, 7 decimals; tables are CSV (one in GB18030), GeoParquet and GeoJSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress(0.0, Words("settling the land", "布置聚落与道路"))
    for level in LEVELS:
        shutil.copyfile(FOLDER / f"{level}.parquet", folder / f"{level}.parquet")
    settled = settle(seed)
    progress(0.3, Words("building towns", "生成建筑与重点部位"))
    fabric = build_fabric(settled, seed)
    _write_land(folder, settled, fabric)
    progress(0.6, Words("writing cameras and incidents", "生成摄像机与事件"))
    make_register(settled, fabric, seed).to_csv(
        folder / "cameras.csv", index=False, encoding="gb18030", lineterminator="\r\n"
    )
    make_incidents(fabric, seed).to_csv(
        folder / "incidents.csv", index=False, encoding="utf-8-sig", lineterminator="\n"
    )
    mapping = folder / "mapping.toml"
    mapping.write_text(
        MAPPING.replace("{title_zh}", TITLE.zh)
        .replace("{title_en}", TITLE.en)
        .replace("{attribution_zh}", ATTRIBUTION.zh)
        .replace("{attribution_en}", ATTRIBUTION.en),
        encoding="utf-8",
    )
    progress(1.0, Words("source files written", "源文件已写入"))
    return mapping


def _write_land(folder: Path, settled: Settled, fabric: Fabric) -> None:
    roads = settled.roads[["kind", "geometry"]]
    buildings = fabric.buildings
    numbered = buildings.assign(id=[f"B{number:05d}" for number in range(1, len(buildings) + 1)])
    _lonlat(roads, "R").to_parquet(folder / "roads.parquet")
    _lonlat(numbered[["use", "levels", "height_m", "geometry"]], "B").to_parquet(folder / "buildings.parquet")
    (folder / "places.geojson").write_text(_lonlat(fabric.places, "P").to_json(ensure_ascii=False), encoding="utf-8")
    (folder / "restricted_areas.geojson").write_text(
        _lonlat(fabric.restricted, "Z").to_json(ensure_ascii=False), encoding="utf-8"
    )
    homes = numbered[numbered["residents"] > 0]
    centre = homes.geometry.centroid
    points = pd.DataFrame({"id": homes["id"], "residents": homes["residents"], "x": centre.x, "y": centre.y})
    _write_points(points, folder / "residents.csv")
    _write_points(fabric.service_points, folder / "service_points.csv")


def _lonlat(frame: gpd.GeoDataFrame, prefix: str) -> gpd.GeoDataFrame:
    moved = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.column_stack(to_lonlat(xy[:, 0], xy[:, 1])))
    ids = [f"{prefix}{number:05d}" for number in range(1, len(frame) + 1)]
    out = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved, crs="EPSG:4326")
    out.insert(0, "id", ids)
    return out.reset_index(drop=True)


def _write_points(frame: pd.DataFrame, path: Path) -> None:
    lon, lat = to_lonlat(frame["x"].to_numpy(), frame["y"].to_numpy())
    out = frame.drop(columns=["x", "y"]).assign(lon=lon, lat=lat)
    out.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
