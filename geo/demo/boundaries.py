"""The demo's borders and bare land, written once into data/boundaries and kept in git: `python -m geo.demo.boundaries`.

Nobody needs to run this again (it takes minutes); tests compare the files with the manifest.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine

from geo.demo.borders import label_polygons
from geo.demo.cells import Cells, grow_townships, make_cells, ridge_costs, split_evenly, wanted_area_m2
from geo.demo.folder import FOLDER
from geo.demo.land import HALF_HIGH_M, HALF_WIDE_M, METRIC_CRS, MIDDLE_M, RELIEF_FILE, STEP_M, Land, as_land
from geo.demo.names import COUNTIES, PREFECTURE, PREFECTURE_CODE, community_name, grid_name, village_name
from geo.demo.relief import make_relief
from geo.demo.towns import Town, grow_counties, place_towns
from geo.errors import Words

LEVELS = ("grid", "village", "township", "county", "prefecture")
COUNTS = {"grid": 5_382, "village": 1_791, "township": 115, "county": 9, "prefecture": 1}
_SEED = 4331
_N_CELLS = 62_000
_URBAN_CELL_M2 = 21_000.0

Ints = NDArray[np.int64]


def make_units(land: Land) -> dict[str, gpd.GeoDataFrame]:
    """All levels by name: `code, name, name_en, parent_code, geometry`, EPSG:4490, rows ordered by code.

    Townships have their town's middle (`east_m, north_m`) and radius (`core_m`) besides.
    """
    rng = np.random.default_rng(_SEED)
    county_of, beyond = grow_counties(land)
    towns = place_towns(land, county_of, rng)
    cells = make_cells(wanted_area_m2(land, towns, county_of >= 0, _N_CELLS), county_of, beyond, rng)
    cost = ridge_costs(cells, land)
    town_of = grow_townships(cells, cost, county_of, towns)
    label, rows = _label_grids(cells, cells.graph(cost), town_of, towns, rng)
    grids = gpd.GeoDataFrame(rows, geometry=label_polygons(cells, label, land), crs="EPSG:4490")
    frames = {"grid": grids.sort_values("code", ignore_index=True)}
    villages: dict[str, Words] = {row["parent_code"]: row["village"] for row in rows}
    frames["village"] = _dissolve(frames["grid"], villages, {code: code[:9] for code in villages})
    townships = _dissolve(
        frames["village"], {town.code: town.name for town in towns}, {town.code: town.county_code for town in towns}
    )
    by_code = {town.code: town for town in towns}
    for column in ("east_m", "north_m", "core_m"):
        townships[column] = [round(float(getattr(by_code[code], column)), 1) for code in townships["code"]]
    frames["township"] = townships
    counties = {county.code: county.name for county in COUNTIES}
    frames["county"] = _dissolve(frames["township"], counties, dict.fromkeys(counties, PREFECTURE_CODE))
    frames["prefecture"] = _dissolve(frames["county"], {PREFECTURE_CODE: PREFECTURE}, {PREFECTURE_CODE: ""})
    frames["grid"] = frames["grid"].drop(columns="village")
    return frames


def _label_grids(
    cells: Cells, graph: Any, town_of: Ints, towns: tuple[Town, ...], rng: np.random.Generator
) -> tuple[Ints, list[dict[str, Any]]]:
    parts: list[tuple[str, Words, Ints]] = []
    n_named: dict[str, int] = {}
    names = rng.permutation(1_728)
    per_town = np.bincount(town_of[town_of >= 0], minlength=len(towns))
    for t, n_villages in enumerate(share_out(COUNTS["village"], per_town**0.9, least=4)):
        members = np.flatnonzero(town_of == t)
        part = split_evenly(graph, members, int(n_villages), rng)
        away = np.hypot(*(cells.xy[members] - (towns[t].east_m, towns[t].north_m)).T)
        rank_v, rank_u = 200, 1
        for v in np.argsort([away[part == v].mean() for v in range(n_villages)]):
            own = members[part == v]
            county = towns[t].county_code
            if np.median(cells.area_at(*cells.xy[own].T)) < _URBAN_CELL_M2 or rank_u == 1:
                name, number = community_name(n_named.get(county, 0)), rank_u
                n_named[county] = n_named.get(county, 0) + 1
                rank_u += 1
            else:
                name, number = village_name(int(names[n_named.get("", 0)])), rank_v
                n_named[""] = n_named.get("", 0) + 1
                rank_v += 1
            parts.append((f"{towns[t].code}{number:03d}", name, own))
    label = np.full(len(cells.xy), -1)
    rows: list[dict[str, Any]] = []
    n_grids = share_out(COUNTS["grid"], np.array([len(own) for _, _, own in parts]) ** 0.8, least=2)
    for (code, name, own), n in zip(parts, n_grids, strict=True):
        for number, grid in enumerate(_in_reading_order(cells, own, split_evenly(graph, own, int(n), rng)), 1):
            label[grid] = len(rows)
            words = grid_name(name, number)
            row = {"code": f"{code}{number:03d}", "name": words.zh, "name_en": words.en, "parent_code": code}
            rows.append({**row, "village": name})
    return label, rows


def share_out(total: int, weights: NDArray[Any], least: int) -> Ints:
    """Whole numbers that sum to `total` in proportion to `weights`, none below `least` (largest remainders).

    >>> share_out(10, np.array([1, 1, 8]), least=2)
    array([3, 2, 5])
    """
    free = total - least * len(weights)
    exact = free * weights / weights.sum()
    number = np.floor(exact).astype(int)
    rest = np.argsort(number - exact, kind="stable")[: free - number.sum()]
    number[rest] += 1
    return np.asarray(number + least)


def _in_reading_order(cells: Cells, own: Ints, part: Ints) -> list[Ints]:
    """Grids from north to south, as people number them."""
    grids = [own[part == g] for g in range(part.max() + 1)]
    return sorted(grids, key=lambda grid: -float(cells.xy[grid, 1].mean()))


def _dissolve(children: gpd.GeoDataFrame, names: dict[str, Words], parents: dict[str, str]) -> gpd.GeoDataFrame:
    """The level above: per code of `names`, the coverage union of the children that name it as parent."""
    codes = sorted(names)
    groups = children.groupby("parent_code").indices
    shapes = [shapely.coverage_union_all(children.geometry.to_numpy()[groups[code]]) for code in codes]
    columns = {
        "code": codes,
        "name": [names[code].zh for code in codes],
        "name_en": [names[code].en for code in codes],
        "parent_code": [parents[code] for code in codes],
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.normalize(shapes), crs=children.crs)


def write_boundaries(folder: Path = FOLDER) -> dict[str, object]:
    """Write the bare land, `<level>.parquet` for each level and `manifest.json`; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    relief = make_relief(_SEED)
    height, stream = np.round(relief.height_m), np.round(np.log2(relief.drained) * 100)
    write_relief(folder / RELIEF_FILE, height, stream)
    files = []
    for level, frame in make_units(as_land(height, stream / 100)).items():
        path = folder / f"{level}.parquet"
        frame.to_parquet(path, compression="zstd", compression_level=19)
        files.append(
            {"file": path.name, "level": level, "rows": len(frame), "crs": "EPSG:4490", "sha256": sha256_of(path)}
        )
    manifest: dict[str, object] = {
        "title": "Invented borders and land of the gridscope demo / 演示用虚构边界与地形",
        "source": "python -m geo.demo.boundaries (invented; no surveyed border was used)",
        "licence": "CC0-1.0",
        "files": files,
        "relief": {
            "file": RELIEF_FILE,
            "rows": height.shape[0],
            "crs": METRIC_CRS,
            "sha256": sha256_of(folder / RELIEF_FILE),
        },
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return manifest


def write_relief(path: Path, height_m: NDArray[Any], stream: NDArray[Any]) -> None:
    """A GeoTIFF of two bands, int16: height in m, and 100 log2 of the cells drained; rows given from the south."""
    corner = (MIDDLE_M[0] - HALF_WIDE_M - STEP_M / 2, MIDDLE_M[1] + HALF_HIGH_M + STEP_M / 2)
    profile = {
        "driver": "GTiff",
        "dtype": "int16",
        "count": 2,
        "height": height_m.shape[0],
        "width": height_m.shape[1],
        "crs": METRIC_CRS,
        "transform": Affine(STEP_M, 0, corner[0], 0, -STEP_M, corner[1]),
        "compress": "deflate",
        "predictor": 2,
        "zlevel": 9,
    }
    with rasterio.open(path, "w", **profile) as raster:
        raster.write(height_m[::-1].astype(np.int16), 1)
        raster.write(stream[::-1].astype(np.int16), 2)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    written = write_boundaries()
    sys.stdout.write(f"{FOLDER}: {written['files']}\n")
