"""Least-cost ways over the land: roads between neighbouring towns, tracks from every hamlet to them."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

from geo.demo.land import STEP_M, read_land, sample
from geo.demo.lines import line_parts, soften, winded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

#: A road besides the tree of roads is built where it is at most this much longer than a town's shortest.
_WORTH = 1.5


@dataclass(frozen=True)
class Routes:
    """Lines in demo metres, moved with the land."""

    main: Shapes
    tracks: Shapes


def lay_routes(
    whole: shapely.Polygon | shapely.MultiPolygon, towns: Floats, hamlets: Floats, rng: np.random.Generator
) -> Routes:
    """Roads that join `towns` (n, 2) and tracks that join `hamlets` (m, 2) to them, all inside `whole`."""
    nodes, graph = _lattice(whole, rng)
    tree = cKDTree(nodes)
    starts: Ints = np.asarray(tree.query(towns)[1], np.int64)
    main = _between(graph, starts)
    on_main = np.unique(main)
    _, before, _ = dijkstra(graph, directed=False, indices=on_main, return_predecessors=True, min_only=True)
    ends: Ints = np.asarray(tree.query(hamlets)[1], np.int64)
    tracks = _ways(before, ends)
    joins = shapely.linestrings(np.stack([hamlets, nodes[ends]], axis=1))
    return Routes(
        winded(_merged(nodes, main)), np.concatenate([winded(_merged(nodes, tracks)), winded(np.asarray(joins))])
    )


def _lattice(whole: shapely.Polygon | shapely.MultiPolygon, rng: np.random.Generator) -> tuple[Floats, csr_array]:
    """Nodes every `STEP_M` well inside `whole`, and the cost of each step: valleys cheap, climbs dear."""
    minx, miny, maxx, maxy = whole.bounds
    x, y = np.meshgrid(np.arange(minx, maxx, STEP_M), np.arange(miny, maxy, STEP_M))
    inner = whole.simplify(100).buffer(-420)
    shapely.prepare(inner)
    inside: NDArray[np.bool_] = np.asarray(shapely.contains_xy(inner, x, y), bool)
    number = np.where(inside, np.cumsum(inside).reshape(inside.shape) - 1, -1)
    land = read_land()
    height, rise = sample(land.height_m, x, y), sample(land.rise_m, x, y)
    ground = (1 + 2.2 * np.clip((rise + 60) / 160, 0, 2) ** 2) * rng.uniform(0.6, 1.6, x.shape)
    rows, columns, costs = [], [], []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, x.shape[0] - dr), slice(max(0, -dc), x.shape[1] - max(0, dc)))
        there = (slice(dr, x.shape[0]), slice(max(0, dc), x.shape[1] + min(0, dc)))
        both = inside[here] & inside[there]
        length = np.hypot(dr, dc)
        slope = np.abs(height[here] - height[there]) / (length * STEP_M)
        cost = length * (ground[here] + 60 * slope**2 + 6 * slope)
        rows.append(number[here][both])
        columns.append(number[there][both])
        costs.append(cost[both])
    n = int(inside.sum())
    graph = csr_array((np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
    return np.column_stack([x[inside], y[inside]]), graph


def _between(graph: csr_array, starts: Ints) -> Ints:
    """Steps (k, 2) of roads between towns whose lands meet: the tree of the cheapest, and others that are worth it."""
    cost, before, source = dijkstra(graph, directed=False, indices=starts, return_predecessors=True, min_only=True)
    edges = graph.tocoo()
    a, b = edges.coords
    town = np.full(graph.shape[0], -1)
    order = np.argsort(starts)
    reached = source >= 0
    town[reached] = order[np.searchsorted(starts[order], source[reached])]
    meet = (town[a] != town[b]) & (town[a] >= 0) & (town[b] >= 0)
    a, b, total = a[meet], b[meet], (cost[a] + edges.data + cost[b])[meet]
    low, high = np.minimum(town[a], town[b]), np.maximum(town[a], town[b])
    by = np.lexsort((total, high, low))
    first = np.ones(len(by), bool)
    first[1:] = (np.diff(low[by]) != 0) | (np.diff(high[by]) != 0)
    best = by[first]
    low, high, total = low[best], high[best], total[best]
    n = len(starts)
    links = csr_array((total, (low, high)), shape=(n, n))
    kept = minimum_spanning_tree(links).tocoo()
    in_tree = set(zip(*(c.tolist() for c in kept.coords), strict=True))
    nearest = np.full(n, np.inf)
    np.minimum.at(nearest, low, total)
    np.minimum.at(nearest, high, total)
    worth = total < _WORTH * np.maximum(nearest[low], nearest[high])
    chosen = worth | np.array([pair in in_tree for pair in zip(low.tolist(), high.tolist(), strict=True)], bool)
    ends_a, ends_b = a[best][chosen], b[best][chosen]
    middle = np.sort(np.column_stack([ends_a, ends_b]), axis=1)
    return np.unique(np.vstack([middle, _ways(before, np.concatenate([ends_a, ends_b]))]), axis=0)


def _ways(before: NDArray[np.integer], ends: Ints) -> Ints:
    """Every step (k, 2) on the ways from `ends` back to where the search began, each once."""
    seen = np.zeros(len(before), bool)
    here = np.unique(ends)
    steps = []
    while len(here):
        here = here[~seen[here] & (before[here] >= 0)]
        seen[here] = True
        there = before[here].astype(np.int64)
        steps.append(np.sort(np.column_stack([here, there]), axis=1))
        here = np.unique(there)
    return np.unique(np.vstack(steps), axis=0)


def _merged(nodes: Floats, steps: Ints) -> Shapes:
    """Lattice steps joined into lines between junctions, with the lattice's corners taken out."""
    lines = np.asarray(shapely.linestrings(nodes[steps]), dtype=object)
    return soften(line_parts(shapely.line_merge(shapely.multilinestrings(lines))), 110.0)
