"""Fine cells, graded by how densely people live, and their growth into a nested partition.

A grid is about a dozen cells, so that its outline wanders; because cells are small in towns, units of equally many
cells are hectares in town and square kilometres in the hills.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, zoom
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from geo.demo.land import HALF_HIGH_M, HALF_WIDE_M, STEP_M, Land, sample
from geo.demo.towns import Town, at_coarse, crossing_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FINE = 2
_BORDER_COST = 40.0


@dataclass(frozen=True)
class Cells:
    """Voronoi cells: seed points (m), which lie inside the prefecture, their ridges, and the wanted area's raster."""

    xy: Floats
    inside: NDArray[np.bool_]
    vertices: Floats
    ridge_cells: Ints
    ridge_vertices: Ints
    area_m2: Floats

    def graph(self, length: Floats) -> csr_array:
        """Sparse symmetric adjacency of the cells inside, weighted by `length` per ridge."""
        a, b = self.ridge_cells.T
        both = self.inside[a] & self.inside[b]
        n = len(self.xy)
        one_way = csr_array((length[both], (a[both], b[both])), shape=(n, n))
        return csr_array(one_way + one_way.T)

    def area_at(self, x_m: Floats, y_m: Floats) -> Floats:
        """Wanted area of a cell at points, m2."""
        return sample_fine(self.area_m2, x_m, y_m)


def sample_fine(field: Floats, x_m: Floats, y_m: Floats) -> Floats:
    """A raster of `_FINE` times the land's nodes at points, bilinear."""
    step = STEP_M / _FINE
    at = np.stack([(np.asarray(y_m) + HALF_HIGH_M) / step, (np.asarray(x_m) + HALF_WIDE_M) / step])
    return np.asarray(map_coordinates(field, at, order=1, mode="nearest"), float)


def wanted_area_m2(land: Land, towns: tuple[Town, ...], inside: NDArray[np.bool_], n_cells: int) -> Floats:
    """Wanted area of a cell on the fine raster: a quarter of a hectare in a town's core, tenths of km2 in the hills.

    The hills' share is set so that `n_cells` fill the prefecture.
    """
    rise = zoom(land.rise_m, _FINE, order=1, grid_mode=False)
    wild = np.exp(0.5 * np.clip(rise / 110, -1.6, 1.3))
    ys = np.arange(rise.shape[0]) * STEP_M / _FINE - HALF_HIGH_M
    xs = np.arange(rise.shape[1]) * STEP_M / _FINE - HALF_WIDE_M
    urban = np.full(rise.shape, np.inf)
    for town in towns:
        reach = 14 * town.core_m
        rows = slice(*np.searchsorted(ys, (town.north_m - reach, town.north_m + reach)))
        columns = slice(*np.searchsorted(xs, (town.east_m - reach, town.east_m + reach)))
        away = np.hypot(xs[columns][None] - town.east_m, ys[rows][:, None] - town.north_m) / town.core_m
        core = 2_000.0 + 1.1e5 / town.core_m**0.6 * (town.core_m < 300)
        urban[rows, columns] = np.minimum(urban[rows, columns], core * np.maximum(away, 1.0) ** 3.3)
    within = zoom(inside.astype(float), np.array(rise.shape) / inside.shape, order=0) > 0.5
    pixel = (STEP_M / _FINE) ** 2
    low, high = 5e4, 2e6
    for _ in range(40):
        middle = np.sqrt(low * high)
        n = float((pixel / np.minimum(urban, middle * wild))[within].sum())
        low, high = (middle, high) if n > n_cells else (low, middle)
    return np.asarray(np.minimum(urban, middle * wild), float)


def make_cells(area_m2: Floats, county_of: Ints, beyond: Floats, rng: np.random.Generator) -> Cells:
    """Cells of the wanted areas, evened out by a few rounds of Lloyd's relaxation, and their Voronoi ridges."""
    pixel = (STEP_M / _FINE) ** 2
    near = zoom(beyond, np.array(area_m2.shape) / beyond.shape, order=1) < 4_500.0
    weight = np.where(near, pixel / area_m2, 0.0).ravel()
    n_cells = round(float(weight.sum()))
    flat = rng.choice(weight.size, 20 * n_cells, p=weight / weight.sum())
    row, column = np.divmod(flat, area_m2.shape[1])
    jitter = rng.uniform(-0.5, 0.5, (2, len(flat)))
    step = STEP_M / _FINE
    samples = np.column_stack([(column + jitter[0]) * step - HALF_WIDE_M, (row + jitter[1]) * step - HALF_HIGH_M])
    xy = samples[rng.choice(len(samples), n_cells, replace=False)]
    for _ in range(4):
        _, nearest = cKDTree(xy).query(samples)
        n = np.bincount(nearest, minlength=len(xy))
        sums = np.column_stack([np.bincount(nearest, samples[:, axis], len(xy)) for axis in (0, 1)])
        xy = np.where(n[:, None] > 0, sums / np.maximum(n, 1)[:, None], xy)
    far = 8 * HALF_HIGH_M
    corners = np.array([(-far, -far), (-far, far), (far, -far), (far, far)])
    diagram = Voronoi(np.vstack([xy, corners]))
    ridge_vertices = np.array(diagram.ridge_vertices)
    bounded = (ridge_vertices >= 0).all(axis=1)
    inside = np.append(np.asarray(at_coarse(county_of, xy)) >= 0, [False] * 4)
    return Cells(
        np.asarray(diagram.points),
        inside,
        np.asarray(diagram.vertices),
        np.asarray(diagram.ridge_points)[bounded].astype(np.int64),
        ridge_vertices[bounded].astype(np.int64),
        area_m2,
    )


def ridge_costs(cells: Cells, land: Land) -> Floats:
    """Cost of going from cell to cell over each ridge, as `crossing_cost` of the ground between."""
    a, b = cells.ridge_cells.T
    middle = (cells.xy[a] + cells.xy[b]) / 2
    rise, stream = sample(land.rise_m, *middle.T), sample(land.stream, *middle.T)
    return np.asarray(np.hypot(*(cells.xy[a] - cells.xy[b]).T) * crossing_cost(rise, stream), float)


def grow_townships(cells: Cells, cost: Floats, county_of: Ints, towns: tuple[Town, ...]) -> Ints:
    """Index of the township that reaches each cell first (-1 outside), its own county's before others'."""
    county = np.append(np.asarray(at_coarse(county_of, cells.xy[:-4])), [-1] * 4)
    a, b = cells.ridge_cells.T
    graph = cells.graph(np.where(county[a] == county[b], cost, _BORDER_COST * cost))
    inside = np.flatnonzero(cells.inside)
    _, nearest = cKDTree(cells.xy[inside]).query(np.array([(town.east_m, town.north_m) for town in towns]))
    starts = inside[nearest]
    _, _, source = dijkstra(graph, directed=False, indices=starts, return_predecessors=True, min_only=True)
    owner = np.full(len(cells.xy), -1)
    for k, start in enumerate(starts):
        owner[source == start] = k
    return owner


def split_evenly(graph: csr_array, members: Ints, k: int, rng: np.random.Generator) -> Ints:
    """Split the connected cells `members` into `k` connected parts of nearly equal count; part per member.

    `graph` holds the costs between cells: parts part where going is slow.
    """
    own = csr_array(graph[members][:, members])
    own.data = np.sqrt(own.data / np.median(own.data)) if len(own.data) else own.data
    hops = dijkstra(own, directed=False)
    links = [own.indices[own.indptr[i] : own.indptr[i + 1]].tolist() for i in range(len(members))]
    seeds = [int(rng.integers(len(members)))]
    while len(seeds) < k:
        seeds.append(int(np.argmax(hops[seeds].min(axis=0) * rng.uniform(0.9, 1.1, len(members)))))
    part = _grow(links, seeds, hops, rng)
    for _ in range(4):
        for p in range(k):
            mine = np.flatnonzero(part == p)
            seeds[p] = int(mine[np.argmin(hops[np.ix_(mine, mine)].sum(axis=1))])
        part = _grow(links, seeds, hops, rng)
    return part


def _grow(links: list[list[int]], seeds: list[int], hops: Floats, rng: np.random.Generator) -> Ints:
    """The smallest part that still can takes next, of its free neighbours, the nearest and best enclosed."""
    part = [-1] * len(links)
    for p, seed in enumerate(seeds):
        part[seed] = p
    uneven = rng.uniform(0.75, 1.3, len(seeds))
    noise = rng.uniform(0, 0.9, len(links))
    fronts = [{c for c in links[seed] if part[c] < 0} for seed in seeds]
    queue = [(float(uneven[p]), p, 1) for p in range(len(seeds))]
    heapq.heapify(queue)
    while queue:
        _, p, size = heapq.heappop(queue)
        front = fronts[p]
        front.difference_update([c for c in front if part[c] >= 0])
        if not front:
            continue
        away = hops[seeds[p]]
        best, best_score = -1, np.inf
        for c in sorted(front):
            around = links[c]
            enclosed = sum(part[n] == p for n in around) / len(around)
            score = away[c] + noise[c] - 2.6 * enclosed
            if score < best_score:
                best, best_score = c, score
        part[best] = p
        front.update(n for n in links[best] if part[n] < 0)
        heapq.heappush(queue, ((size + 1) * float(uneven[p]), p, size + 1))
    return np.array(part, dtype=np.int64)
