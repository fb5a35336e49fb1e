"""The demo as ordinary source files with a mapping: what comes out goes in through the same door as a city's data."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.demo.boundaries import LEVELS
from geo.demo.cameras import Register, fixed, make_register
from geo.demo.dirt import (
    Dirt,
    add_broken_row,
    spoil_buildings,
    spoil_cameras,
    spoil_incidents,
    spoil_places,
    spoil_residents,
    spoil_roads,
)
from geo.demo.elevation import write_elevation
from geo.demo.fabric import Fabric, build_fabric
from geo.demo.folder import FOLDER
from geo.demo.incidents import CHANNELS, Ledgers, make_incidents
from geo.demo.land import to_lonlat
from geo.demo.mapping import mapping_text
from geo.demo.misplaced import SWAPPED_FILE, OnBorder, put_on_borders, shift_rows, swap_axes
from geo.demo.scope import Scope, read_scope
from geo.demo.settle import Settled, settle
from geo.demo.truth import truth_toml
from geo.errors import Words

TITLE = Words("Xiangxi Prefecture (demo)", "湘西州（演示）")
ATTRIBUTION = Words("Demo data, invented borders", "演示数据 · 边界为虚构")


def _silent(share: float, words: Words) -> None:
    """Say nothing."""


def write_sources(
    folder: Path, seed: int = 1, progress: Callable[[float, Words], None] = _silent, *, size: str = "full"
) -> Path:
    """Write the demo's source files, `mapping.toml` and `truth.toml` into `folder`; returns the mapping's path.

    `seed` moves everything but the borders; the same seed writes the same bytes (with the same library versions).
    `size` "part" holds two counties, "small" the High-tech Zone alone, with their part of everything. Coordinates are
    longitude, latitude, in the datum that the mapping declares for each source; tables are CSV (one in GB18030),
    GeoParquet and GeoJSON.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress(0.0, Words("settling the land", "布置聚落与道路"))
    scope = read_scope(size)
    land_dirt, dirt = Dirt(), Dirt()
    with ThreadPoolExecutor(1) as beside:
        relief = beside.submit(_write_terrain, folder, scope, seed)
        settled = settle(scope, seed)
        progress(0.22, Words("building towns", "生成建筑与重点部位"))
        fabric = build_fabric(settled, seed)
        land = beside.submit(_write_land, folder, settled, fabric, land_dirt)
        progress(0.6, Words("writing cameras", "生成摄像机"))
        register = make_register(settled, fabric, seed)
        shifted = {"key-cameras": _write_cameras(folder, register, dirt)}
        progress(0.78, Words("writing incidents", "生成事件"))
        ledgers = make_incidents(settled, fabric, register.xy, seed)
        shifted["incident-ledger"], on_border = _write_incidents(folder, scope, ledgers, dirt)
    relief.result(), land.result()
    truth = truth_toml(register, ledgers, land_dirt + dirt, shifted, on_border, seed)
    (folder / "truth.toml").write_text(truth, encoding="utf-8")
    mapping = folder / "mapping.toml"
    titles = {
        "title_zh": TITLE.zh, "title_en": TITLE.en, "attribution_zh": ATTRIBUTION.zh, "attribution_en": ATTRIBUTION.en,
    }  # fmt: skip
    datums = {file: datum for _, _, file, datum in CHANNELS}
    mapping.write_text(mapping_text(titles, datums, SWAPPED_FILE), encoding="utf-8")
    progress(1.0, Words("source files written", "源文件已写入"))
    return mapping


def _write_terrain(folder: Path, scope: Scope, seed: int) -> None:
    _write_units(folder, scope)
    write_elevation(folder / "elevation.tif", tuple(scope.units["prefecture"].total_bounds.tolist()), seed)


def _write_units(folder: Path, scope: Scope) -> None:
    for level in LEVELS:
        if scope.share == 1:
            shutil.copyfile(FOLDER / f"{level}.parquet", folder / f"{level}.parquet")
        else:
            scope.frames[level].to_parquet(folder / f"{level}.parquet", compression="zstd")


def _write_land(folder: Path, settled: Settled, fabric: Fabric, dirt: Dirt) -> None:
    buildings = _lonlat(fabric.buildings, "B")
    spoil_roads(_lonlat(settled.roads[["kind", "geometry"]], "R"), dirt).to_parquet(folder / "roads.parquet")
    shown = buildings[["id", "use", "levels", "height_m", "geometry"]]
    spoil_buildings(shown, dirt).to_parquet(folder / "buildings.parquet")
    places, restricted = spoil_places(_lonlat(fabric.places, "P"), dirt), _lonlat(fabric.restricted, "Z")
    for frame, name in ((places, "places"), (restricted, "restricted_areas")):
        (folder / f"{name}.geojson").write_text(frame.to_json(ensure_ascii=False), encoding="utf-8")
    homes = fabric.buildings["residents"].to_numpy() > 0
    xy = shapely.get_coordinates(shapely.centroid(fabric.buildings.geometry.to_numpy()[homes]))
    counts = pd.DataFrame({"id": buildings["id"][homes], "residents": fabric.buildings["residents"][homes].astype(str)})
    _write_csv(spoil_residents(_with_lonlat(counts, xy), dirt), folder / "residents.csv")
    add_broken_row(folder / "residents.csv", "residents", "residents-per-building", dirt)
    points = fabric.service_points
    _write_csv(
        _with_lonlat(points.drop(columns=["x", "y"]), points[["x", "y"]].to_numpy()), folder / "service_points.csv"
    )
    ids = fabric.staff["unit_code"] + "-" + fabric.staff["kind"]
    _write_csv(fabric.staff.assign(id=ids), folder / "grid_staff.csv")


def _write_cameras(folder: Path, register: Register, dirt: Dirt) -> dict[str, str]:
    """Both registers; returns the datum of the rows shifted in the key one, by id."""
    twins = {camera for pair in register.doubled for camera in pair.values()}
    key, shifted = shift_rows(register.key, "设备编码", twins)
    for frame, name, encoding in ((key, "key", "gb18030"), (register.village, "village", "utf-8-sig")):
        spoiled = spoil_cameras(frame, f"{name}-cameras", dirt)
        _write_csv(spoiled, folder / f"cameras_{name}.csv", encoding, "\r\n")
    return shifted


def _write_incidents(folder: Path, scope: Scope, ledgers: Ledgers, dirt: Dirt) -> tuple[dict[str, str], list[OnBorder]]:
    """All incident files; returns the datum of the rows shifted in the ledger, by id, and its rows on borders."""
    spared = {row for pair in (*ledgers.linked, *ledgers.near_repeats) for row in pair.values()}
    spared |= set(ledgers.wrong_code)
    ledger, on_border = put_on_borders(ledgers.files["ledger"], scope, spared)
    ledger, shifted = shift_rows(ledger, "事件编号", spared | {report.id for report in on_border})
    for file, frame in {**ledgers.files, "ledger": ledger}.items():
        spoiled = spoil_incidents(frame, f"incident-{file}", dirt)
        spoiled = swap_axes(spoiled) if file == SWAPPED_FILE else spoiled
        _write_csv(spoiled, folder / f"incidents_{file}.csv", "utf-8-sig")
    return shifted, on_border


def _lonlat(frame: gpd.GeoDataFrame, prefix: str) -> gpd.GeoDataFrame:
    moved = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.column_stack(to_lonlat(xy[:, 0], xy[:, 1])))
    ids = [f"{prefix}{number:06d}" for number in range(1, len(frame) + 1)]
    out = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved, crs="EPSG:4326")
    out.insert(0, "id", ids)
    return out.reset_index(drop=True)


def _with_lonlat(frame: pd.DataFrame, xy: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> pd.DataFrame:
    lon, lat = to_lonlat(xy[:, 0], xy[:, 1])
    return frame.assign(lon=fixed(lon, 7), lat=fixed(lat, 7))


def _write_csv(frame: pd.DataFrame, path: Path, encoding: str = "utf-8", end: str = "\n") -> None:
    path.write_bytes(frame.to_csv(index=False, lineterminator=end).encode(encoding))
