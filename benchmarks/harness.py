"""What every benchmark shares: interleaved timing, ratio lines, winding grids, where prepared data lies."""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

PREPARED = Path(__file__).resolve().parent.parent / "var" / "bench"


def parse_flags(about: str | None) -> argparse.Namespace:
    """`--quick` is the run of under 50 seconds."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="fewer rows and rounds, under 50 s")
    return parser.parse_args()


def interleave(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each run after one warm-up; rounds are interleaved (A B C, A B C, ...) as machines drift."""
    for run in runs.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def print_load() -> None:
    """One line about the machine, so that figures can be read with care."""
    print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")


def print_ratio(
    name: str, ours: float, peer: str, value: float, goal: float, unit: str, *, at_least: bool = True
) -> None:
    """The closing line of a comparison: `value` is ours against the peer; ok or SHORT of the goal."""
    good = value >= goal if at_least else value <= goal
    sign = ">=" if at_least else "<="
    verdict = "ok" if good else "SHORT"
    print(f"ratio {name} ours={ours:.4g}{unit} peer={peer} value={value:.3g} goal={sign}{goal:g} {verdict}")


def winding_grids(n: int, vertices: int = 32, seed: int = 1) -> list[BaseGeometry]:
    """About `n` edge-matched polygons over 100 km x 100 km with winding shared edges (metres)."""
    side = round(n**0.5)
    rng = np.random.default_rng(seed)
    step = 100_000 / side
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * step
    corners[1:-1, 1:-1] += rng.uniform(-0.25, 0.25, (side - 1, side - 1, 2)) * step
    edges: dict[tuple[tuple[int, int], tuple[int, int]], np.ndarray] = {}

    def edge(a: tuple[int, int], b: tuple[int, int]) -> np.ndarray:
        if a > b:
            return edge(b, a)[::-1]
        if (a, b) not in edges:
            start, stop = corners[a], corners[b]
            along = np.linspace(0, 1, vertices)[:, None]
            line = start + along * (stop - start)
            inner = 0 < a[0] == b[0] < side or 0 < a[1] == b[1] < side
            if inner:
                across = np.array([-(stop - start)[1], (stop - start)[0]])
                wave = sum(rng.normal(0, 0.05 / k) * np.sin(np.pi * k * along) for k in range(1, 7))
                line = line + wave * across
            edges[a, b] = line
        return edges[a, b]

    grids: list[BaseGeometry] = []
    for row in range(side):
        for column in range(side):
            ring = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column), (row, column)]
            line = np.concatenate([edge(a, b)[:-1] for a, b in pairwise(ring)])
            grids.append(shapely.Polygon(line))
    return grids
