"""Fine cells, graded by how densely people live, and their growth into a nested partition.

A grid is about ten cells, so that its outline wanders; because cells are small in towns, units of equally many
cells are hectares in town and square kilometres in the hills.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from geo.demo.land import height_share, ripple
from geo.demo.names import TOWNS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RADIUS_M = 18_400.0
_FRAME_M = 25_000.0


@dataclass(frozen=True)
class Cells:
    """Voronoi cells over a square frame: seed points (m), which lie inside the prefecture, and their ridges."""

    xy: Floats
    inside: NDArray[np.bool_]
    vertices: Floats
    ridge_cells: Ints
    ridge_vertices: Ints

    def graph(self, length: Floats) -> csr_array:
        """Sparse symmetric adjacency of the cells inside, weighted by `length` per ridge."""
        a, b = self.ridge_cells.T
        both = self.inside[a] & self.inside[b]
        n = len(self.xy)
        one_way = csr_array((length[both], (a[both], b[both])), shape=(n, n))
        return csr_array(one_way + one_way.T)


def cell_area_m2(x_m: Floats, y_m: Floats) -> Floats:
    """Wanted area of a cell: a tenth of a hectare in a town's core, growing to tenths of km2 in the hills."""
    area = np.full(np.shape(x_m), 330_000.0)
    for town in TOWNS:
        away = np.hypot(x_m - town.east_m, y_m - town.north_m) / town.core_m
        area = np.minimum(area, 1_150.0 * np.maximum(away, 1.0) ** 3.4)
    return area


def lies_inside(x_m: Floats, y_m: Floats) -> NDArray[np.bool_]:
    """Whether a point lies in the prefecture: an uneven round."""
    edge = RADIUS_M * (1 + 0.11 * ripple(x_m, y_m, 16_000.0, 31) + 0.04 * ripple(x_m, y_m, 5_000.0, 32))
    return np.hypot(x_m * 0.96, y_m * 1.08) < edge


def make_cells(rng: np.random.Generator, n_cells: int) -> Cells:
    """`n_cells` or so graded cells, evened out by a few rounds of Lloyd's relaxation, and their Voronoi ridges."""
    samples = _sample_by_density(rng, 24 * n_cells)
    xy = samples[rng.choice(len(samples), n_cells, replace=False)]
    for _ in range(4):
        _, nearest = cKDTree(xy).query(samples)
        n = np.bincount(nearest, minlength=len(xy))
        sums = np.column_stack([np.bincount(nearest, samples[:, axis], len(xy)) for axis in (0, 1)])
        xy = np.where(n[:, None] > 0, sums / np.maximum(n, 1)[:, None], xy)
    far = 6 * _FRAME_M
    corners = np.array([(-far, -far), (-far, far), (far, -far), (far, far)])
    diagram = Voronoi(np.vstack([xy, corners]))
    ridge_vertices = np.array(diagram.ridge_vertices)
    bounded = (ridge_vertices >= 0).all(axis=1)
    inside = np.append(lies_inside(xy[:, 0], xy[:, 1]), [False] * 4)
    return Cells(
        np.asarray(diagram.points),
        inside,
        np.asarray(diagram.vertices),
        np.asarray(diagram.ridge_points)[bounded].astype(np.int64),
        ridge_vertices[bounded].astype(np.int64),
    )


def _sample_by_density(rng: np.random.Generator, n: int) -> Floats:
    wide = rng.uniform(-_FRAME_M, _FRAME_M, (40 * n, 2))
    near = [
        rng.normal((town.east_m, town.north_m), 1.3 * town.core_m, (4 * n, 2)) for town in TOWNS
    ]  # fmt: skip
    candidates = np.vstack([wide, *near])
    offered = np.full(len(candidates), 40 * n / (2 * _FRAME_M) ** 2)
    for town in TOWNS:
        spread = 1.3 * town.core_m
        away2 = np.square(candidates - (town.east_m, town.north_m)).sum(axis=1)
        offered += 4 * n / (2 * np.pi * spread**2) * np.exp(-away2 / (2 * spread**2))
    wanted = 1 / cell_area_m2(candidates[:, 0], candidates[:, 1])
    weight = wanted / offered
    picked: Ints = rng.choice(len(candidates), n, replace=False, p=weight / weight.sum())
    return np.asarray(candidates[np.sort(picked)])


def grow_townships(cells: Cells) -> Ints:
    """Index of the township that reaches each cell first (-1 outside); uphill is slow, so fronts meet on ridges."""
    a, b = cells.ridge_cells.T
    middle = (cells.xy[a] + cells.xy[b]) / 2
    distance = np.hypot(*(cells.xy[a] - cells.xy[b]).T)
    cost = distance * (1 + 5 * height_share(middle[:, 0], middle[:, 1]) ** 2)
    inside = np.flatnonzero(cells.inside)
    centres = np.array([(town.east_m, town.north_m) for town in TOWNS])
    _, nearest = cKDTree(cells.xy[inside]).query(centres)
    starts = inside[nearest]
    _, _, source = dijkstra(cells.graph(cost), directed=False, indices=starts, return_predecessors=True, min_only=True)
    owner = np.full(len(cells.xy), -1)
    for k, start in enumerate(starts):
        owner[source == start] = k
    return owner


def split_evenly(graph: csr_array, members: Ints, k: int, rng: np.random.Generator) -> Ints:
    """Split the connected cells `members` into `k` connected parts of nearly equal count; part per member."""
    hops = dijkstra(csr_array(graph[members][:, members]), directed=False, unweighted=True)
    links = [np.flatnonzero(row == 1) for row in hops]
    seeds = [int(rng.integers(len(members)))]
    while len(seeds) < k:
        seeds.append(int(np.argmax(hops[seeds].min(axis=0) + rng.uniform(0, 0.5, len(members)))))
    part = _grow(links, seeds, hops, rng)
    for _ in range(5):
        for p in range(k):
            own = np.flatnonzero(part == p)
            seeds[p] = int(own[np.argmin(hops[np.ix_(own, own)].sum(axis=1))])
        part = _grow(links, seeds, hops, rng)
    return part


def _grow(links: list[Ints], seeds: list[int], hops: Floats, rng: np.random.Generator) -> Ints:
    """The smallest part that still can takes next, of its free neighbours, the nearest and best enclosed."""
    part = np.full(len(links), -1)
    part[seeds] = np.arange(len(seeds))
    sizes = np.ones(len(seeds))
    fronts = [set(links[seed].tolist()) for seed in seeds]
    unevenness = rng.uniform(0.8, 1.25, len(seeds))
    noise = rng.uniform(0, 0.9, len(links))
    while (part < 0).any():
        open_parts = [p for p in range(len(seeds)) if any(part[c] < 0 for c in fronts[p])]
        p = min(open_parts, key=lambda q: sizes[q] * unevenness[q])
        free = [c for c in sorted(fronts[p]) if part[c] < 0]
        enclosed = [np.mean(part[links[c]] == p) for c in free]
        best = free[
            int(np.argmin([hops[seeds[p], c] + noise[c] - 2.2 * e for c, e in zip(free, enclosed, strict=True)]))
        ]
        part[best] = p
        sizes[p] += 1
        fronts[p] = {c for c in fronts[p] if part[c] < 0} | set(links[best].tolist())
    return part
