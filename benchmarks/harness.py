"""What every benchmark shares: interleaved timing, ratio lines, winding grids, where prepared data lies."""

import argparse
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from math import asinh, pi, radians, tan
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BrokenSnapshot, NoSnapshot
from geo.snapshot.store import open_current

PREPARED = Path(__file__).resolve().parent.parent / "var" / "bench"


def parse_flags(about: str | None) -> argparse.Namespace:
    """`--quick` is the run of under 50 seconds."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="fewer rows and rounds, under 50 s")
    return parser.parse_args()


def interleave(runs: dict[str, Callable[[], object]], rounds: int, *, warm: bool = False) -> dict[str, float]:
    """Median seconds of each run after one warm-up; rounds are interleaved (A B C, A B C, ...) as machines drift.

    With `warm` each has run before.
    """
    for run in runs.values() if not warm else ():
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


def winding_grids(n: int, vertices: int = 34, winding: float = 0.05, seed: int = 1) -> npt.NDArray[np.object_]:
    """About `n` edge-matched polygons over 100 km x 100 km (metres), `vertices` - 1 edges to a side, in rows.

    `winding` is how far a shared border leaves the straight line, as a share of its length; 0 gives straight borders.
    """
    side = round(n**0.5)
    rng = np.random.default_rng(seed)
    step = 100_000 / side
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * step
    corners[1:-1, 1:-1] += rng.uniform(-0.25, 0.25, (side - 1, side - 1, 2)) * step
    along = np.linspace(0, 1, vertices)[:, None]

    def borders(start: npt.NDArray[np.float64], stop: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        way = (stop - start)[:, :, None, :]
        across = np.stack([-way[..., 1], way[..., 0]], axis=-1)
        bent = np.zeros((*start.shape[:2], vertices, 1))
        bent[1:-1] = winding * sum(
            rng.normal(0, 1 / k, (start.shape[0] - 2, start.shape[1], 1, 1)) * np.sin(np.pi * k * along)
            for k in range(1, 7)
        )
        return start[:, :, None, :] + along * way + bent * across

    level = borders(corners[:, :-1], corners[:, 1:])
    upright = borders(corners[:-1].swapaxes(0, 1), corners[1:].swapaxes(0, 1)).swapaxes(0, 1)
    rings = np.concatenate([level[:-1], upright[:, 1:, 1:], level[1:, :, -2::-1], upright[:, :-1, -2::-1]], axis=2)
    polygons: npt.NDArray[np.object_] = np.asarray(shapely.polygons(rings.reshape(side * side, -1, 2)), dtype=object)
    return polygons


def prepare_home(size: str) -> Path:
    """The demo of `size` with a snapshot; made once, and built anew where an earlier gridscope wrote it."""
    home = PREPARED / f"coverage-{size}"
    try:
        open_current(home)
    except (NoSnapshot, BrokenSnapshot) as why:
        what = ["demo", "--size", size] if isinstance(why, NoSnapshot) else ["build"]
        command = [sys.executable, "-m", "webmap", *what, "--home", str(home)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return home


def serve(home: Path, port: int, role: str = "planner") -> "subprocess.Popen[bytes]":
    """The service over `home` in a process of its own, once it answers."""
    command = [sys.executable, "-m", "webmap", "serve", "--home", str(home), "--port", str(port), "--role", role]
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").close()
        except OSError:
            time.sleep(0.1)
        else:
            return service
    service.kill()
    raise SystemExit("the service did not start")


def tile_x(lon: float, zoom: int) -> int:
    return int((lon + 180) / 360 * 2**zoom)


def tile_y(lat: float, zoom: int) -> int:
    return int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**zoom)


def reset_peak() -> int:
    """Bytes in memory now; from here on `peak` counts anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    """Most bytes in memory since `reset_peak`."""
    return _status("VmHWM")


def _status(name: str) -> int:
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith(name))
    return int(line.split()[1]) * 1024
