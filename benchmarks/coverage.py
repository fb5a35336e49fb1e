"""Ground seen per unit: our sweep against geopandas and against a careful union by GEOS, on the same sectors and units.

The sectors are those of every online camera of the demo at 25 px/m with the middle of what is missing, the units its
finest ones; peers are given the sectors as polygons, ours makes its own of the cameras' numbers. Every answer (square
metres in view per unit) must first be the same within 1e-9 of the unit's area. The goals are those of the design: 10
times geopandas, 5 times the union. --quick takes the part of the demo that `gridscope demo --size part` makes.
"""

if __name__ != "__main__":  # numba asks for a package called coverage, and this folder comes first
    raise ImportError("a benchmark, not the package coverage")

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from harness import interleave, parse_flags, peak, prepare_home, print_load, print_ratio, reset_peak, serve

from geo.coverage.fov import sectors, view_parameters
from geo.coverage.looks import camera_views, camera_xy
from geo.coverage.measures import Demand, is_online, lay_out, measure_coverage
from geo.coverage.sight import find_units, see_areas
from geo.coverage.views import to_edges
from geo.coverage.whatif import ALL_TABLES, WhatIf
from geo.crs import WGS84, transform_geometry, transform_xy
from geo.rules import Rules
from geo.snapshot.nearby import Nearby
from geo.snapshot.store import open_current

PX_PER_M, PORT = 25.0, 8764
AT_MOST_APART, GEOPANDAS_GOAL, UNION_GOAL, LIMIT_MB = 1e-9, 10, 5, 2000.0


@dataclass(frozen=True)
class Scene:
    """Online cameras (x_m, y_m), their views, the views as polygons and the finest units, in one metric CRS."""

    cameras: pd.DataFrame
    view: pd.DataFrame
    sectors: np.ndarray
    units: np.ndarray
    codes: np.ndarray
    crs: str
    rules: Rules


def main() -> None:
    flags = parse_flags(__doc__)
    home = prepare_home("part" if flags.quick else "full")
    print_load()
    time_union(home, rounds=3)
    time_what_if(home, n_grids=40 if flags.quick else 200)
    time_what_if_quick(home, n_drags=6 if flags.quick else 20, warm_up_s=12.0 if flags.quick else 60.0)
    if not flags.quick:
        time_rebuild(home)


def time_union(home: Path, rounds: int) -> None:
    """Square metres in view per unit: answers compared, then speed and memory."""
    scene = read_scene(home)
    runs: dict[str, Callable[[], Any]] = {
        "ours": lambda: sweep(scene),
        "geopandas": lambda: overlay_and_dissolve(scene),
        "union": lambda: union_and_clip(scene),
    }
    sweep(scene)  # compiled before memory is looked at
    before = reset_peak()
    found = sweep(scene)
    above_mb = (peak() - before) / 1e6
    area = shapely.area(scene.units)
    n_seeing = int((~shapely.is_empty(scene.sectors)).sum())
    n_cameras = len(scene.cameras)
    print(f"{n_cameras:,} cameras online, {n_seeing:,} with a view; {len(area):,} units; {found.sum():,.0f} m2 seen")
    for peer in ("geopandas", "union"):
        apart = float((np.abs(runs[peer]() - found) / area).max())
        print(f"{peer}: at most {apart:.1e} of a unit's area apart from ours")
        if apart > AT_MOST_APART:
            raise SystemExit(f"{peer} differs from ours")
    seconds = interleave(runs, rounds, warm=True)
    for who, spent in seconds.items():
        print(f"{who}: {spent:.3f} s, {n_cameras / spent:,.0f} cameras/s")
    for peer, goal in (("geopandas", GEOPANDAS_GOAL), ("union", UNION_GOAL)):
        print_ratio("ground seen per unit", seconds["ours"], peer, seconds[peer] / seconds["ours"], goal, "s")
    print_ratio("ground seen memory", above_mb, "limit:2000MB", above_mb / LIMIT_MB, 1.0, "MB", at_least=False)


def time_what_if(home: Path, n_grids: int) -> None:
    """A camera added, moved, turned or removed in each of the densest grids: ms at one and at all densities."""
    begun = time.perf_counter()
    engine = ready_engine(home)
    rules = engine.rules
    print(f"what-if made ready in {time.perf_counter() - begun:.1f} s")
    edits = list(edits_in(engine, home, n_grids))
    for words, densities, some in (
        ("one density, first touch", (PX_PER_M,), edits),
        ("one density", (PX_PER_M,), edits),
        ("all densities", rules.levels_px_per_m(), edits[:: max(1, n_grids // 20)]),
    ):
        spent_ms = [timed_ms(partial(engine.compare, gone, after, densities)) for gone, after in some]
        p50_ms, p95_ms = np.percentile(spent_ms, [50, 95])
        print(f"what-if, {words}: p50 {p50_ms:.1f} ms, p95 {p95_ms:.1f} ms, {len(some)} edits")
        limit_ms = 20.0 if len(densities) == 1 else 500.0
        if "first" not in words:
            print_ratio(
                f"what-if at {words}", p95_ms, f"limit:{limit_ms:.0f}ms", p95_ms / limit_ms, 1.0, "ms", at_least=False
            )


def time_what_if_quick(home: Path, n_drags: int, warm_up_s: float) -> None:
    """A camera dragged through each of the densest grids, 30 answers each over HTTP by one client: ms per answer.

    Every other one is a new camera, the others are cameras that stand there; the first answer of each drag counts, too.
    """
    drags = [cameras.iloc[0] for cameras in densest(ready_engine(home), home, n_drags)]
    service = serve(home, PORT)
    try:
        time.sleep(warm_up_s)  # what the pages ask is worked out ahead
        client = http.client.HTTPConnection("127.0.0.1", PORT)
        ask_quick(client, drags[0], 0, is_new=True)
        spent_ms = [
            timed_ms(partial(ask_quick, client, camera, step, is_new=bool(number % 2)))
            for number, camera in enumerate(drags)
            for step in range(30)
        ]
    finally:
        service.terminate()
        service.wait()
    p50_ms, p95_ms = np.percentile(spent_ms, [50, 95])
    print(f"what-if over HTTP, dragging: p50 {p50_ms:.1f} ms, p95 {p95_ms:.1f} ms, {len(spent_ms)} answers")
    print_ratio("whatif_quick", p95_ms, "limit:50ms", p95_ms / 50.0, 1.0, "ms", at_least=False)


def ask_quick(client: http.client.HTTPConnection, camera: "pd.Series[Any]", step: int, *, is_new: bool) -> None:
    """One answer: the camera some two metres farther and ten degrees on with each step."""
    values = {"lon": camera["lon"] + 2e-5 * step, "lat": camera["lat"], "azimuth_deg": 10.0 * step % 360.0}
    lens = {"hfov_deg": 84.0, "h_px": 3840, "v_px": 2160, "height_m": 4.0, "tilt_deg": 10.0}
    edit = {"uid": None, "values": {**values, **lens}} if is_new else {"uid": camera["uid"], "values": values}
    headers = {"X-Gridscope": "1", "Content-Type": "application/json", "Accept-Encoding": "gzip"}
    client.request("POST", "/api/whatif", json.dumps({"edits": [edit], "detail": "quick"}), headers)
    answer = client.getresponse()
    if answer.read() and answer.status != 200:
        raise SystemExit(f"the service answered {answer.status}")


def ready_engine(home: Path) -> WhatIf:
    snapshot = open_current(home)
    nearby = Nearby(snapshot)
    return WhatIf(nearby.units_m, snapshot.home, nearby.cameras(), nearby.find, snapshot.rules)


def densest(engine: WhatIf, home: Path, n_grids: int) -> list[pd.DataFrame]:
    """The online cameras of each of the grids with most of them per area."""
    snapshot = open_current(home)
    finest = snapshot.home.levels[0].name
    area_m2 = snapshot.frame("units").query("level == @finest").set_index("code")["area_m2"]
    online = engine.cameras[is_online(engine.cameras)]
    per_m2 = (online.groupby(finest).size() / area_m2).sort_values(ascending=False)
    return [online[online[finest] == code] for code in per_m2.index[:n_grids]]


def edits_in(engine: WhatIf, home: Path, n_grids: int) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """In each of the densest grids a change of its first online camera, each kind in turn."""
    for number, cameras in enumerate(densest(engine, home, n_grids)):
        row = cameras.iloc[[0]]
        turned = (row["azimuth_deg"].astype(float).fillna(0.0) + 40.0) % 360.0
        yield (
            ([], row.assign(x_m=row["x_m"] + 5.0, azimuth_deg=10.0).set_axis(["new"])),
            (list(row.index), row.assign(x_m=row["x_m"] + 8.0)),
            (list(row.index), row.assign(azimuth_deg=turned)),
            (list(row.index), row.iloc[:0]),
        )[number % 4]


def time_rebuild(home: Path) -> None:
    """All measures of all units at every density, low, middle and high, from demand that stands ready."""
    snapshot = open_current(home)
    nearby = Nearby(snapshot)
    demand, levels = nearby.find(nearby.units_m.total_bounds, ALL_TABLES)
    laid_out = lay_out(nearby.units_m, snapshot.home, demand, levels, snapshot.rules)
    args = nearby.units_m, snapshot.home, nearby.cameras(), Demand(), levels, snapshot.rules
    spent_s = timed_ms(lambda: measure_coverage(*args, laid_out=laid_out)) / 1e3
    print(f"all units, {len(snapshot.rules.levels_px_per_m())} densities, low, middle, high: {spent_s:.1f} s")


def timed_ms(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def read_scene(home: Path) -> Scene:
    snapshot = open_current(home)
    cameras, units = snapshot.frame("cameras"), snapshot.frame("units")
    cameras = cameras[is_online(cameras)].reset_index(drop=True)
    x_m, y_m = transform_xy(cameras["lon"], cameras["lat"], WGS84, snapshot.metric_crs)
    view = view_parameters(cameras, snapshot.rules, PX_PER_M, "nominal")
    own = units[units["level"] == snapshot.home.levels[0].name]
    shapes = transform_geometry(own.geometry.to_numpy(), snapshot.home.boundary_crs, snapshot.metric_crs)
    polygons = sectors(x_m, y_m, view, snapshot.rules)
    placed = pd.DataFrame({"x_m": x_m, "y_m": y_m})
    return Scene(placed, view, polygons, shapes, own["code"].to_numpy(), snapshot.metric_crs, snapshot.rules)


def sweep(scene: Scene) -> np.ndarray:
    """Ours, from the cameras' numbers on."""
    views = camera_views(scene.cameras, scene.view, scene.rules)
    nothing = to_edges(np.full(len(scene.units), None, dtype=object))
    sight = find_units(scene.units, to_edges(scene.units), nothing, camera_xy(scene.cameras), views.boxes)
    return see_areas(sight, views, middle=False)[:, 0]


def overlay_and_dissolve(scene: Scene) -> np.ndarray:
    """geopandas as its manual has it: sectors cut at the units' edges, then merged unit by unit."""
    some = scene.sectors[~shapely.is_empty(scene.sectors)]
    seen = gpd.overlay(
        gpd.GeoDataFrame(geometry=some, crs=scene.crs),
        gpd.GeoDataFrame({"code": scene.codes}, geometry=scene.units, crs=scene.crs),
        how="intersection",
    )
    return seen.dissolve("code").area.reindex(scene.codes).fillna(0.0).to_numpy()


def union_and_clip(scene: Scene) -> np.ndarray:
    """GEOS with care: the sectors near each unit found by an index and merged at once, the whole clipped once."""
    some = scene.sectors[~shapely.is_empty(scene.sectors)]
    unit, sector = shapely.STRtree(some).query(scene.units, predicate="intersects")
    found, starts = np.unique(unit, return_index=True)
    merged = np.array([shapely.union_all(group) for group in np.split(some[sector], starts[1:])], dtype=object)
    seen = np.zeros(len(scene.units))
    seen[found] = shapely.area(shapely.intersection(merged, scene.units[found]))
    return seen


if __name__ == "__main__":
    main()
