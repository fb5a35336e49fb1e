"""Where the demo's people live and how they get about: towns' streets, hamlets, and roads along valleys.

All geometry is in demo metres (`geo.demo.land`).
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

from geo.demo.boundaries import FOLDER, LEVELS
from geo.demo.land import from_lonlat, height_share, wind
from geo.demo.names import TOWNS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEP_M = 130.0
_TOWN_GRID_M2 = 160_000.0


@dataclass(frozen=True)
class Settled:
    """Units per level, `roads` [kind, settled, geometry], hamlets' middles (n, 2), the built-up town area."""

    units: dict[str, gpd.GeoDataFrame]
    roads: gpd.GeoDataFrame
    hamlets: Floats
    town_area: shapely.Geometry


def read_units_m() -> dict[str, gpd.GeoDataFrame]:
    """The units in git by level, with geometry in demo metres and no CRS."""
    frames = {}
    for level in LEVELS:
        frame = gpd.read_parquet(FOLDER / f"{level}.parquet")
        moved = shapely.transform(
            frame.geometry.to_numpy(), lambda xy: np.column_stack(from_lonlat(xy[:, 0], xy[:, 1]))
        )
        frames[level] = gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=moved)
    return frames


def settle(seed: int) -> Settled:
    """Streets on the borders of town grids, lanes through them, hamlets low in the villages, roads that join all."""
    rng = np.random.default_rng([seed, 1])
    units = read_units_m()
    blocks = _town_blocks(units["grid"])
    town_area = shapely.union_all(blocks)
    streets = _lines(shapely.line_merge(shapely.union_all(shapely.boundary(blocks))))
    lanes = [_lane_through(block, rng) for block in blocks]
    hamlets = _find_hamlets(units["village"], town_area, rng)
    main, tracks = _route(units["prefecture"].geometry.iloc[0], hamlets, rng)
    hamlets = _winded(hamlets)
    yards = [_yard(x, y, rng) for x, y in np.repeat(hamlets, 2, axis=0)]
    kinds = {
        "street": streets,
        "lane": lanes,
        "main": _lines(shapely.difference(shapely.MultiLineString(main), town_area)),
        "track": _lines(shapely.difference(shapely.MultiLineString(tracks), town_area)),
        "yard": yards,
    }
    rows = [
        {
            "kind": "lane" if kind in {"yard", "track"} else kind,
            "settled": kind not in {"main", "track"},
            "geometry": line,
        }
        for kind, lines in kinds.items()
        for line in lines
        if line.length > 8
    ]
    return Settled(units, gpd.GeoDataFrame(rows, geometry="geometry"), hamlets, town_area)


def _lines(geometry: shapely.Geometry) -> list[shapely.LineString]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "LineString"]


def _town_blocks(grids: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Grids small enough to be town blocks, around some township's centre."""
    shapes = grids.geometry.to_numpy()
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    near = np.zeros(len(shapes), bool)
    for town in TOWNS:
        near |= np.hypot(*(centres - (town.east_m, town.north_m)).T) < 2.4 * town.core_m
    return np.asarray(shapes[near & (shapely.area(shapes) < _TOWN_GRID_M2)])


def _lane_through(block: shapely.Polygon, rng: np.random.Generator) -> shapely.LineString:
    """A bent lane from one side of a block to the other, ending on its streets."""
    start = rng.uniform(0, 1)
    ends = shapely.line_interpolate_point(
        block.exterior, [start, (start + rng.uniform(0.42, 0.58)) % 1], normalized=True
    )
    middle = shapely.get_coordinates(shapely.point_on_surface(block))[0]
    a, b = shapely.get_coordinates(ends)
    line = shapely.LineString([a, 0.5 * middle + 0.25 * (a + b), b])
    parts = _lines(shapely.intersection(line, block))
    return max(parts, key=lambda part: part.length) if parts else line


def _find_hamlets(villages: gpd.GeoDataFrame, town_area: shapely.Geometry, rng: np.random.Generator) -> Floats:
    """Two to five low-lying places per villagers' committee, half a kilometre and more apart."""
    found: list[Floats] = []
    shapely.prepare(town_area)
    for row in villages.itertuples():
        if row.code[9] < "2":
            continue
        inner = row.geometry.buffer(-150)
        if inner.is_empty:
            continue
        minx, miny, maxx, maxy = inner.bounds
        x, y = rng.uniform(minx, maxx, 500), rng.uniform(miny, maxy, 500)
        keep = shapely.contains_xy(inner, x, y) & ~shapely.contains_xy(town_area, x, y)
        order = np.argsort(height_share(x[keep], y[keep]))
        picked: list[Floats] = []
        for point in np.column_stack([x[keep], y[keep]])[order]:
            if all(np.hypot(*(point - other)) > 550 for other in picked):
                picked.append(point)
            if len(picked) == 2 + int(min(row.geometry.area / 12e6, 3)):
                break
        found += picked
    return np.array(found)


def _route(
    prefecture: shapely.Polygon, hamlets: Floats, rng: np.random.Generator
) -> tuple[list[shapely.LineString], list[shapely.LineString]]:
    """Least-cost roads over a lattice: main ones between townships, tracks from each hamlet to the nearest of them."""
    nodes, graph = _lattice(prefecture, rng)
    tree = cKDTree(nodes)
    towns: Ints = np.asarray(tree.query(np.array([(t.east_m, t.north_m) for t in TOWNS]))[1], np.int64)
    cost, before = dijkstra(graph, directed=False, indices=towns, return_predecessors=True)
    between = cost[:, towns]
    links = {tuple(sorted(pair)) for pair in np.argwhere(minimum_spanning_tree(between).toarray() > 0).tolist()}
    links |= {tuple(sorted((a, int(b)))) for a in range(len(TOWNS)) for b in np.argsort(between[a])[1:3]}
    main = {step for a, b in sorted(links) for step in _steps(before[a], int(towns[b]))}
    on_main = np.unique(np.array(sorted(main)).ravel())
    _, before_main, _ = dijkstra(graph, directed=False, indices=on_main, return_predecessors=True, min_only=True)
    ends: Ints = np.asarray(tree.query(hamlets)[1], np.int64)
    tracks = {step for end in ends for step in _steps(before_main, int(end))} - main
    joins = [shapely.LineString([hamlet, nodes[end]]) for hamlet, end in zip(hamlets, ends, strict=True)]
    return [_bent(line) for line in _soft_lines(nodes, main)], [
        _bent(line) for line in _soft_lines(nodes, tracks) + joins
    ]


def _bent(line: shapely.LineString) -> shapely.LineString:
    """Moved with the land as borders are; lines that met still meet."""
    return shapely.transform(shapely.segmentize(line, 45.0), _winded)


def _winded(xy: Floats) -> Floats:
    return np.column_stack(wind(xy[:, 0], xy[:, 1], np.ones(len(xy))))


def _lattice(prefecture: shapely.Polygon, rng: np.random.Generator) -> tuple[Floats, csr_array]:
    minx, miny, maxx, maxy = prefecture.bounds
    x, y = np.meshgrid(np.arange(minx, maxx, _STEP_M), np.arange(miny, maxy, _STEP_M))
    inner = prefecture.buffer(-420).simplify(60)
    shapely.prepare(inner)
    inside: NDArray[np.bool_] = np.asarray(shapely.contains_xy(inner, x, y), bool)
    number = np.where(inside, np.cumsum(inside).reshape(inside.shape) - 1, -1)
    high = height_share(x, y)
    rough = rng.uniform(0.5, 1.8, x.shape)
    rows, columns, costs = [], [], []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, x.shape[0] - dr), slice(max(0, -dc), x.shape[1] - max(0, dc)))
        there = (slice(dr, x.shape[0]), slice(max(0, dc), x.shape[1] + min(0, dc)))
        both = inside[here] & inside[there]
        climb = np.abs(high[here] - high[there])
        cost = np.hypot(dr, dc) * (1 + 3 * high[here] ** 2 + 14 * climb) * rough[here]
        rows.append(number[here][both])
        columns.append(number[there][both])
        costs.append(cost[both])
    n = int(inside.sum())
    graph = csr_array((np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
    return np.column_stack([x[inside], y[inside]]), graph


def _steps(before: NDArray[np.integer], end: int) -> list[tuple[int, int]]:
    steps = []
    while before[end] >= 0:
        previous = int(before[end])
        steps.append((min(previous, end), max(previous, end)))
        end = previous
    return steps


def _soft_lines(nodes: Floats, steps: set[tuple[int, int]]) -> list[shapely.LineString]:
    """Lattice steps joined into lines between junctions, with the lattice's corners taken out."""
    merged = shapely.line_merge(shapely.MultiLineString([nodes[list(step)] for step in sorted(steps)]))
    return [_soften(line) for line in _lines(merged)]


def _soften(line: shapely.LineString) -> shapely.LineString:
    xy = shapely.get_coordinates(line.simplify(70))
    for _ in range(3):
        if len(xy) > 2:
            a, b = xy[:-1], xy[1:]
            cut = np.empty((2 * len(a), 2))
            cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
            xy = np.vstack([xy[:1], cut[1:-1], xy[-1:]])
    return shapely.LineString(xy)


def _yard(x: float, y: float, rng: np.random.Generator) -> shapely.LineString:
    """A short bent lane through a hamlet's middle."""
    angle, length, bend = rng.uniform(0, np.pi), rng.uniform(110, 240), rng.uniform(-0.3, 0.3)
    along = np.linspace(-length / 2, length / 2, 9)
    across = bend * along**2 / length
    return shapely.LineString(
        np.column_stack(
            [x + along * np.cos(angle) - across * np.sin(angle), y + along * np.sin(angle) + across * np.cos(angle)]
        )
    )
