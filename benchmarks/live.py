"""Cameras that come and move: our live index against trees that are rebuilt after each edit.

Every answer must first be the peers' answer. Latencies are of single calls; p95 is the slowest twentieth.
"""

import time
from collections.abc import Callable

import numpy as np
import shapely
from harness import parse_flags, print_load, print_ratio, winding_grids
from scipy.spatial import cKDTree

from geo.partition.live import LivePoints, TouchedUnits

N_CAMERAS = 74_000
N_GRIDS = 5_382
SIDE_M = 100_000.0
RADIUS_M = 200.0
GOAL_MS = 1.0


def main() -> None:
    flags = parse_flags(__doc__)
    n_calls, n_rebuilds = (2_000, 10) if flags.quick else (20_000, 40)
    rng = np.random.default_rng(6)
    xy = clustered(N_CAMERAS, rng)
    names = [f"c{number:06d}" for number in range(N_CAMERAS)]
    print_load()
    start = time.perf_counter()
    live = LivePoints(names, xy[:, 0], xy[:, 1])
    print(f"bulk load of {N_CAMERAS:,} cameras: {time.perf_counter() - start:.3f} s")
    units = TouchedUnits(winding_grids(N_GRIDS))
    asked = clustered(n_calls, rng)
    check_near(live, xy, names, asked[:500])
    sectors = shapely.buffer(shapely.points(asked), 60.0)
    moved = xy + rng.normal(0, 20, xy.shape)
    calls: dict[str, Callable[[int], object]] = {
        f"near, {RADIUS_M:g} m": lambda n: live.near(*asked[n], RADIUS_M),
        "box of 400 m": lambda n: live.inside(*(asked[n] - 200), *(asked[n] + 200)),
        "grids touched by a circle of 60 m": lambda n: units.by_circle(*asked[n], 60.0),
        "grids touched by a polygon of 60 m": lambda n: units.by_shapes([sectors[n]]),
        "edit (a camera moves)": lambda n: live.put(names[n % N_CAMERAS], *moved[n % N_CAMERAS]),
        f"edit, then near {RADIUS_M:g} m": lambda n: (
            live.put(names[-1 - n % N_CAMERAS], *moved[-1 - n % N_CAMERAS]),
            live.near(*asked[n], RADIUS_M),
        ),
    }
    medians = {}
    for name, call in calls.items():
        median_ms, p95_ms = latency_ms(call, n_calls)
        medians[name] = median_ms
        print(f"{name}: median {median_ms:.4f} ms, p95 {p95_ms:.4f} ms")
        print_ratio(f"live: {name}, p95", p95_ms, "1 ms", p95_ms, GOAL_MS, "ms", at_least=False)
    ours_ms = medians[f"edit, then near {RADIUS_M:g} m"]
    for peer, call in rebuilt(xy, moved, asked).items():
        median_ms, _ = latency_ms(call, n_rebuilds)
        print(f"edit, then near {RADIUS_M:g} m: {peer} {median_ms:.2f} ms")
        print_ratio("live: edit, then near", ours_ms, peer, median_ms / ours_ms, 1.0, "ms")


def clustered(n: int, rng: np.random.Generator) -> np.ndarray:
    """Half of n points in 60 towns (sigma 600 m), half anywhere."""
    towns = np.random.default_rng(1).uniform(10_000, SIDE_M - 10_000, (60, 2))
    in_town = towns[rng.integers(0, 60, n)] + rng.normal(0, 600, (n, 2))
    return np.where(rng.random((n, 1)) < 0.5, in_town, rng.uniform(0, SIDE_M, (n, 2)))


def latency_ms(call: Callable[[int], object], n: int) -> tuple[float, float]:
    """Median and 95th percentile of n single calls after a tenth of them as warm-up."""
    for number in range(n // 10 + 1):
        call(number)
    spent = np.empty(n)
    for number in range(n):
        start = time.perf_counter()
        call(number)
        spent[number] = time.perf_counter() - start
    return float(np.median(spent) * 1e3), float(np.percentile(spent, 95) * 1e3)


def check_near(live: LivePoints, xy: np.ndarray, names: list[str], asked: np.ndarray) -> None:
    kd_tree, str_tree = cKDTree(xy), shapely.STRtree(shapely.points(xy))
    n_found = 0
    for x, y in asked:
        ours = {name for name, _ in live.near(x, y, RADIUS_M)}
        by_kd = {names[row] for row in kd_tree.query_ball_point([x, y], RADIUS_M)}
        by_str = {names[row] for row in str_tree.query(shapely.Point(x, y), predicate="dwithin", distance=RADIUS_M)}
        if not ours == by_kd == by_str:
            raise SystemExit("the answers differ")
        n_found += len(ours)
    print(f"near: {len(asked)} answers equal those of cKDTree and STRtree, {n_found / len(asked):.1f} cameras each")


def rebuilt(xy: np.ndarray, moved: np.ndarray, asked: np.ndarray) -> dict[str, Callable[[int], object]]:
    points = np.array(shapely.points(xy), dtype=object)
    place = xy.copy()

    def kd_tree(n: int) -> object:
        place[n] = moved[n]
        return cKDTree(place).query_ball_point(asked[n], RADIUS_M)

    def str_tree(n: int) -> object:
        points[n] = shapely.Point(moved[n])
        return shapely.STRtree(points).query(shapely.Point(asked[n]), predicate="dwithin", distance=RADIUS_M)

    return {"cKDTree rebuilt": kd_tree, "STRtree rebuilt": str_tree}


if __name__ == "__main__":
    main()
