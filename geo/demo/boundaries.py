"""The demo's borders, written once into data/boundaries and kept in git: `python -m geo.demo.boundaries`.

Nobody needs to run this again; a test compares what it would write with the manifest.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.demo.borders import label_polygons
from geo.demo.cells import Cells, grow_townships, make_cells, split_evenly
from geo.demo.names import COUNTIES, PREFECTURE, PREFECTURE_CODE, TOWNS, community_name, grid_name, village_name
from geo.errors import Words

_CHECKOUT = Path(__file__).resolve().parents[2] / "data" / "boundaries"
#: Where the borders lie: in the checkout, or where an installed wheel keeps them.
FOLDER = _CHECKOUT if _CHECKOUT.is_dir() else Path(sys.prefix) / "share" / "gridscope" / "boundaries"
LEVELS = ("grid", "village", "township", "county", "prefecture")
N_VILLAGES = 60
N_GRIDS = 380
_SEED = 439900
_N_CELLS = 6_400

Ints = NDArray[np.int64]


def make_units() -> dict[str, gpd.GeoDataFrame]:
    """All levels by name: `code, name, name_en, parent_code, geometry`, EPSG:4490, rows ordered by code."""
    rng = np.random.default_rng(_SEED)
    cells = make_cells(rng, _N_CELLS)
    town_of = grow_townships(cells)
    label, rows = _label_grids(cells, town_of, rng)
    grids = gpd.GeoDataFrame(rows, geometry=label_polygons(cells, label), crs="EPSG:4490")
    frames = {"grid": grids.sort_values("code", ignore_index=True)}
    villages: dict[str, Words] = {row["parent_code"]: row["village"] for row in rows}
    frames["village"] = _dissolve(frames["grid"], villages, {code: code[:9] for code in villages})
    towns = {town.code: town.name for town in TOWNS}
    frames["township"] = _dissolve(frames["village"], towns, {town.code: town.county_code for town in TOWNS})
    counties = {county.code: county.name for county in COUNTIES}
    frames["county"] = _dissolve(frames["township"], counties, dict.fromkeys(counties, PREFECTURE_CODE))
    frames["prefecture"] = _dissolve(frames["county"], {PREFECTURE_CODE: PREFECTURE}, {PREFECTURE_CODE: ""})
    frames["grid"] = frames["grid"].drop(columns="village")
    return frames


def _label_grids(cells: Cells, town_of: Ints, rng: np.random.Generator) -> tuple[Ints, list[dict[str, Any]]]:
    graph = cells.graph(np.ones(len(cells.ridge_cells)))
    label = np.full(len(cells.xy), -1)
    rows: list[dict[str, Any]] = []
    per_town = np.bincount(town_of[town_of >= 0], minlength=len(TOWNS))
    n_named = {"村": 0, "社区": 0}
    for t, n_villages in enumerate(share_out(N_VILLAGES, per_town, least=3)):
        members = np.flatnonzero(town_of == t)
        part = split_evenly(graph, members, int(n_villages), rng)
        away = np.hypot(*(cells.xy[members] - (TOWNS[t].east_m, TOWNS[t].north_m)).T)
        order = np.argsort([away[part == v].mean() for v in range(n_villages)])
        n_urban = int(np.ceil(n_villages * (0.75 if TOWNS[t].number < "100" else 0.2)))
        n_grids = share_out(round(N_GRIDS * len(members) / per_town.sum()), np.bincount(part)[order], least=2)
        for rank, v in enumerate(order):
            urban = rank < n_urban
            kind = "社区" if urban else "村"
            name = (community_name if urban else village_name)(n_named[kind])
            n_named[kind] += 1
            code = f"{TOWNS[t].code}{(1 + rank) if urban else (200 + rank - n_urban):03d}"
            own = members[part == v]
            for number, grid in enumerate(
                _in_reading_order(cells, own, split_evenly(graph, own, int(n_grids[rank]), rng)), 1
            ):
                label[grid] = len(rows)
                words = grid_name(name, number)
                rows.append(
                    {
                        "code": f"{code}{number:03d}",
                        "name": words.zh,
                        "name_en": words.en,
                        "parent_code": code,
                        "village": name,
                    }
                )
    return label, rows


def share_out(total: int, weights: Ints, least: int) -> Ints:
    """Whole numbers near `total` in proportion to `weights`, none below `least` (largest remainders).

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
    shapes = [
        shapely.coverage_union_all(children.geometry[children["parent_code"] == code].to_numpy()) for code in codes
    ]
    columns = {
        "code": codes,
        "name": [names[code].zh for code in codes],
        "name_en": [names[code].en for code in codes],
        "parent_code": [parents[code] for code in codes],
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.normalize(shapes), crs=children.crs)


def write_boundaries(folder: Path = FOLDER) -> dict[str, object]:
    """Write `<level>.parquet` for each level and `manifest.json`; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for level, frame in make_units().items():
        path = folder / f"{level}.parquet"
        frame.to_parquet(path, compression="zstd")
        files.append(
            {"file": path.name, "level": level, "rows": len(frame), "crs": "EPSG:4490", "sha256": sha256_of(path)}
        )
    manifest: dict[str, object] = {
        "title": "Invented borders of the gridscope demo / 演示用虚构边界",
        "source": "python -m geo.demo.boundaries (invented; no surveyed border was used)",
        "licence": "CC0-1.0",
        "files": files,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return manifest


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    written = write_boundaries()
    sys.stdout.write(f"{FOLDER}: {written['files']}\n")
