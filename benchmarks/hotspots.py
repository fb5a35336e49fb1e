"""Hotspots: permutations against esda's on as many units as the demo has, and a filter change through the service.

The p-values of both must first be equal within Monte Carlo error. esda is warmed up and stands with the better of one
and two jobs. Each figure has a function of its own.
"""

import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

import esda
import numpy as np
from harness import interleave, parse_flags, prepare_home, print_load, print_ratio, winding_grids
from libpysal.weights import W
from scipy import sparse
from scipy.ndimage import gaussian_filter

from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.emerging.find import find_emerging
from geo.hotspots.emerging.stability import share_stable
from geo.hotspots.getis_ord import gi_star
from geo.hotspots.kde import KERNELS, Kernel, cells_over, find_density, find_mass
from geo.hotspots.neighbours import queen
from geo.hotspots.permutation import permuted_p
from webmap import Settings, create_app

N_UNITS = 5_382
FEW, MANY = 999, 99_999
#: What a fresh process does first: import, then 999 permutations on a lattice of so many units.
FIRST = """
import time
start = time.perf_counter()
import numpy as np
{imports}
side = 73
places = np.arange(side * side)
values = np.random.default_rng(1).normal(size=side * side)
{prepare}
ready = time.perf_counter()
{call}
print(ready - start, time.perf_counter() - ready)
"""
OURS = {
    "imports": "from geo.hotspots.neighbours import distance_band\nfrom geo.hotspots.permutation import permuted_p",
    "prepare": "near = distance_band((places % side).astype(float), (places // side).astype(float), 1.5)",
    "call": "permuted_p(values, near, n_permutations=999)",
}
THEIRS = {
    "imports": "import esda\nfrom libpysal.weights import lat2W",
    "prepare": "near = lat2W(side, side, rook=False)",
    "call": "esda.G_Local(values, near, transform='B', star=True, permutations=999, n_jobs=1)",
}


def main() -> None:
    flags = parse_flags(__doc__)
    warnings.simplefilter("ignore")  # of esda and libpysal
    print_load()
    near, values = synthetic()
    print(f"{len(values):,} units, {near.nnz / len(values):.1f} neighbours on average")
    time_permutations(values, near, *((1, (1,)) if flags.quick else (9, (1, 2))))
    time_many_permutations(values, near, 3 if flags.quick else 9)
    time_analysis(near, 3 if flags.quick else 9)
    time_emerging(near, 3 if flags.quick else 9)
    time_kde(3 if flags.quick else 9)
    time_first_call({"ours": OURS} if flags.quick else {"ours": OURS, "esda": THEIRS})
    time_filter_change("part" if flags.quick else "full", 20 if flags.quick else 60)


def synthetic() -> tuple[sparse.csr_array, np.ndarray]:
    """Queen contiguity of winding grids, and values that are alike among neighbours."""
    near = queen(winding_grids(N_UNITS, vertices=6))
    noise = np.random.default_rng(2).normal(size=(2, near.shape[0]))
    return near, near @ noise[0] / 3 + noise[1]


def time_permutations(values: np.ndarray, near: sparse.csr_array, rounds: int, jobs: tuple[int, ...]) -> None:
    """999 permutations; Gi* and local Moran's I share a p-value, so one run of ours stands against each of theirs."""
    peers = esda_runs(values, W.from_sparse(near), jobs)
    fine = permuted_p(values, near, n_permutations=MANY, seed=2)
    check_equal("ours", permuted_p(values, near, n_permutations=FEW, seed=1) / 2, fine)
    for name, run in peers.items():
        check_equal(name, run(), fine)
    runs: dict[str, Callable[[], object]] = {
        "ours": lambda: (gi_star(values, near), permuted_p(values, near, n_permutations=FEW, seed=1))
    }
    runs["ours"]()
    seconds = interleave(runs | peers, rounds, warm=True)
    for name, spent in seconds.items():
        print(f"{FEW} permutations: {name} {spent * 1e3:.1f} ms")
    for peer, goal in (("G_Local", 20.0), ("Moran_Local", 10.0)):
        best = min(spent for name, spent in seconds.items() if f"esda {peer}" in name)
        ours = seconds["ours"]
        print_ratio(f"hotspots: {FEW} permutations", ours * 1e3, f"esda {peer}", best / ours, goal, "ms")


def esda_runs(values: np.ndarray, weights: W, jobs: tuple[int, ...]) -> dict[str, Callable[[], np.ndarray]]:
    """Per name: the pseudo p-values, of the rarer side alone."""
    usual = {"permutations": FEW, "seed": 1}

    def g_local(n_jobs: int) -> np.ndarray:
        return np.asarray(esda.G_Local(values, weights, transform="B", star=True, n_jobs=n_jobs, **usual).p_sim)

    def moran_local(n_jobs: int) -> np.ndarray:
        return np.asarray(esda.Moran_Local(values, weights, n_jobs=n_jobs, **usual).p_sim)

    runs = {"G_Local": g_local, "Moran_Local": moran_local}
    return {f"esda {name}, n_jobs={n}": partial(run, n) for name, run in runs.items() for n in jobs}


def check_equal(name: str, rarer: np.ndarray, fine: np.ndarray) -> None:
    """p-values of the rarer side by 999 permutations, against half of our two-sided ones by 99,999."""
    share = np.minimum(fine / 2, 0.5)
    apart = np.abs(np.minimum(rarer, 0.5) - share) / (np.sqrt(share * (1 - share) / FEW) + 1 / FEW)
    print(f"{name}: p-values {apart.mean():.2f} standard errors apart on average, {apart.max():.1f} at most")
    if not apart.max() < 5:
        raise SystemExit(f"{name} differs")


def time_many_permutations(values: np.ndarray, near: sparse.csr_array, rounds: int) -> None:
    """As many as a false-discovery test over all units needs."""
    spent = interleave({"many": lambda: permuted_p(values, near, n_permutations=MANY, seed=1)}, rounds)["many"]
    print_ratio(f"hotspots: {MANY:,} permutations", spent, "3 s", spent, 3.0, "s", at_least=False)


def time_analysis(near: sparse.csr_array, rounds: int) -> None:
    """From counts to classes."""
    rng = np.random.default_rng(5)
    exposure = rng.lognormal(4, 1, near.shape[0])
    count = rng.poisson(exposure / exposure.mean() * 37).astype(float)
    for how in (Analysis(), Analysis("excess", "moran"), Analysis("rate", n_permutations=999)):
        spent = interleave({"one": lambda how=how: analyse(count, exposure, near, how)}, rounds)["one"]
        print(f"{how.variable}, {how.statistic}: {how.n_permutations:,} permutations {spent * 1e3:.0f} ms")


def time_emerging(near: sparse.csr_array, rounds: int) -> None:
    """Labels of 52 steps, two p-values to choose from; the re-runs that tell how firmly they stand, apart."""
    rng = np.random.default_rng(6)
    exposure = rng.lognormal(4, 1, near.shape[0])
    counts = rng.poisson(np.tile(exposure / exposure.mean() * 0.7, (52, 1)))
    counts[20:, ::400] += 6
    steps = tuple(f"{step:02d}" for step in range(len(counts)))
    label = find_emerging(counts, exposure, near, steps).label
    for reference in ("expected", "permutation"):
        run = partial(find_emerging, counts, exposure, near, steps, reference=reference)
        spent = interleave({"one": run}, rounds)["one"]
        name = f"hotspots: emerging, {len(counts)} steps, {reference}"
        print_ratio(name, spent, "1 s", spent, 1.0, "s", at_least=False)
    n_reruns = 99 if rounds > 3 else 9
    start = time.perf_counter()
    share_stable(label, counts, exposure, near, n_reruns=n_reruns)
    print(f"emerging: {n_reruns} re-runs of {len(counts)} steps {time.perf_counter() - start:.1f} s")


def time_kde(rounds: int) -> None:
    """The density of a million points on cells of 100 m over 100 x 155 km; scipy filters the same histogram."""
    rng = np.random.default_rng(7)
    towns = rng.uniform([0, 0], [100_000, 155_000], (400, 2))
    x_m, y_m = (towns[rng.integers(0, len(towns), 1_000_000)] + rng.normal(0, 1500, (1_000_000, 2))).T
    cells, bandwidth_m = cells_over((0.0, 0.0, 100_000.0, 155_000.0), 100.0), 800.0
    inside = np.ones(cells.shape, dtype=bool)

    def ours(kernel: Kernel, mass: np.ndarray) -> np.ndarray:
        return find_density(cells.count(x_m, y_m), cells.cell_m, kernel, bandwidth_m, mass)

    def filtered() -> np.ndarray:
        sigma = bandwidth_m / cells.cell_m
        return gaussian_filter(cells.count(x_m, y_m), sigma, mode="constant", truncate=4.0) * (1e3 / cells.cell_m) ** 2

    whole = np.ones(cells.shape, dtype=np.float32)
    apart = np.abs(ours("gaussian", whole) - filtered()).max() / filtered().max()
    print(f"density: {apart:.1e} of the highest apart from scipy's filter, whose kernel ends in a square")
    if not apart < 1e-3:
        raise SystemExit("densities differ")
    for kernel in KERNELS:
        mass = find_mass(inside, kernel, bandwidth_m, cells.cell_m)
        seconds = interleave({"ours": partial(ours, kernel, mass), "scipy": filtered}, rounds, warm=True)
        print_ratio(f"hotspots: density, {kernel}", seconds["ours"], "0.3 s", seconds["ours"], 0.3, "s", at_least=False)
        if kernel == "gaussian":
            ratio = seconds["scipy"] / seconds["ours"]
            print_ratio("hotspots: density", seconds["ours"], "scipy.ndimage.gaussian_filter", ratio, 1.0, "s")


def time_first_call(programs: dict[str, dict[str, str]]) -> None:
    """The first call of a fresh process, ours with what an installed program has compiled before."""
    spent = {}
    for name, parts in programs.items():
        command = [sys.executable, "-W", "ignore", "-c", FIRST.format(**parts)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        imports, spent[name] = float(said[0]), float(said[1])
        print(f"fresh process: {name} imports {imports:.2f} s, first call {spent[name]:.2f} s")
    ours = spent["ours"]
    print_ratio("hotspots: first call", ours, "2 s", ours, 2.0, "s", at_least=False)
    if "esda" in spent:
        print_ratio("hotspots: first call", ours, "esda G_Local", spent["esda"] / ours, 1.0, "s")


def time_filter_change(size: str, n_filters: int) -> None:
    """New classes of the demo's grids for a filter that nobody asked for before; the first finds the neighbours."""
    home = prepare_home(size)
    app = create_app(Settings(home=home))
    logging.disable(logging.INFO)
    client = app.test_client()
    spent = []
    for number in range(n_filters + 1):
        first = date(2025, 1, 1) + timedelta(days=number)
        days = f"{first}/{first + timedelta(days=180)}"
        asked = urlencode({"level": "grid", "days": days, "hours": f"{number % 24}-{(number + 12) % 24}"})
        start = time.perf_counter()
        answer = client.get(f"/api/hotspots?{asked}", base_url="http://localhost:8000")
        spent.append(time.perf_counter() - start)
        if answer.status_code != 200:
            raise SystemExit(f"{answer.status_code}: {answer.text}")
    n_units = len(answer.json["units"]["code"])
    median_ms, p95_ms = (float(np.percentile(spent[1:], share)) * 1e3 for share in (50, 95))
    print(f"filter change, {size} demo, {n_units:,} units: median {median_ms:.0f} ms, p95 {p95_ms:.0f} ms")
    print_ratio("hotspots: filter change, p95", p95_ms, "300 ms", p95_ms, 300.0, "ms", at_least=False)


if __name__ == "__main__":
    main()
