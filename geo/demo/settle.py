"""Where the demo's people live and how they get about: towns' streets, hamlets, and roads along valleys.

All geometry is in demo metres (`geo.demo.land`).
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy.ndimage import maximum_filter, minimum_filter

from geo.demo.land import read_land, sample
from geo.demo.lines import line_parts, soften, winded_xy
from geo.demo.routes import lay_routes
from geo.demo.scope import Scope

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

_TOWN_GRID_M2 = 160_000.0
_LANE_STEP_M = 64.0
_CANDIDATE_M = 160.0
_APART_M = 480.0
N_HAMLETS = 8_400


@dataclass(frozen=True)
class Settled:
    """`roads` [kind, settled, geometry], hamlets' middles (n, 2), and the built-up blocks with their township."""

    scope: Scope
    roads: gpd.GeoDataFrame
    hamlets: Floats
    blocks: Shapes
    town_of_block: Ints


def settle(scope: Scope, seed: int) -> Settled:
    """Streets on the borders of town grids, lanes through them, hamlets low in the villages, roads that join all."""
    rng = np.random.default_rng([seed, 1])
    blocks, town_of_block = _town_blocks(scope)
    area = shapely.coverage_union_all(blocks)
    streets = soften(line_parts(shapely.line_merge(shapely.union_all(shapely.boundary(blocks)))), 5.0)
    hamlets = _find_hamlets(scope, area, rng)
    centres = scope.units["township"][["east_m", "north_m"]].to_numpy(float)
    routes = lay_routes(scope.units["prefecture"].geometry.iloc[0], centres, hamlets, rng)
    hamlets = winded_xy(hamlets)
    kinds: tuple[tuple[str, bool, Shapes], ...] = (
        ("street", True, streets),
        ("lane", True, _lanes_through(blocks, town_of_block, rng)),
        ("main", False, routes.main),
        ("lane", False, _outside(routes.tracks, area)),
        ("lane", True, _yards(hamlets, rng)),
    )
    frame = pd.concat(
        [pd.DataFrame({"kind": kind, "settled": settled, "geometry": lines}) for kind, settled, lines in kinds],
        ignore_index=True,
    )
    roads = gpd.GeoDataFrame(frame, geometry="geometry")
    return Settled(scope, roads[roads.length > 8].reset_index(drop=True), hamlets, blocks, town_of_block)


def _town_blocks(scope: Scope) -> tuple[Shapes, Ints]:
    """Grids small enough to be town blocks, within reach of their township's centre; and its position."""
    grids, towns = scope.units["grid"], scope.units["township"]
    shapes = grids.geometry.to_numpy()
    town = scope.town_of_village()[scope.village_of_grid()]
    centres = shapely.get_coordinates(shapely.centroid(shapes))
    middle = towns[["east_m", "north_m"]].to_numpy(float)[town]
    near = np.hypot(*(centres - middle).T) < 3.0 * towns["core_m"].to_numpy(float)[town]
    picked = near & (shapely.area(shapes) < _TOWN_GRID_M2)
    return np.asarray(shapes[picked]), town[picked]


def _lanes_through(blocks: Shapes, town: Ints, rng: np.random.Generator) -> Shapes:
    """Parallel lanes through each block from street to street, and cross lanes through the larger ones."""
    heading = rng.uniform(0, np.pi, int(town.max()) + 1)[town] + rng.normal(0, 0.12, len(blocks))
    middle = shapely.get_coordinates(shapely.centroid(blocks))
    reach = shapely.minimum_bounding_radius(blocks) * 1.2
    found = []
    for turn, step_m, least_m2 in ((0.0, _LANE_STEP_M, 0.0), (np.pi / 2, 2.2 * _LANE_STEP_M, 25_000.0)):
        large = np.flatnonzero(shapely.area(blocks) > least_m2)
        n = np.maximum(np.floor(2 * reach[large] / step_m).astype(int), 1)
        block = np.repeat(large, n)
        place = np.arange(len(block)) - np.repeat(np.cumsum(n) - n, n)
        off = (place + 0.5) * step_m - np.repeat(n, n) * step_m / 2 + rng.normal(0, 5, len(block))
        angle = heading[block] + turn
        along = np.column_stack([np.cos(angle), np.sin(angle)])
        across = np.column_stack([-np.sin(angle), np.cos(angle)])
        start = middle[block] + across * off[:, None]
        ends = reach[block][:, None] * along
        whole = shapely.linestrings(np.stack([start - ends, start + ends], axis=1))
        found.append(line_parts(shapely.intersection(whole, blocks[block])))
    lanes = np.concatenate(found)
    return np.asarray(lanes[shapely.length(lanes) > 35])


def _find_hamlets(scope: Scope, town_area: shapely.Geometry, rng: np.random.Generator) -> Floats:
    """Low-lying places of the villages, the more the larger, half a kilometre apart; none in towns."""
    villages = scope.units["village"]
    minx, miny, maxx, maxy = scope.units["prefecture"].total_bounds
    shape = (int((maxy - miny) / _CANDIDATE_M) + 1, int((maxx - minx) / _CANDIDATE_M) + 1)
    rough = shapely.simplify(villages.geometry.to_numpy(), _CANDIDATE_M / 3)
    numbered = zip(rough, range(1, len(villages) + 1), strict=True)
    to_m = Affine(_CANDIDATE_M, 0, minx, 0, _CANDIDATE_M, miny)
    owner = rasterize(numbered, shape, transform=to_m, dtype="int32").astype(np.int64)
    inner = (minimum_filter(owner, 3) == owner) & (maximum_filter(owner, 3) == owner) & (owner > 0)
    row, column = np.nonzero(inner)
    jitter = rng.uniform(0.1, 0.9, (2, len(row))) * _CANDIDATE_M
    xy = np.column_stack([minx + column * _CANDIDATE_M + jitter[0], miny + row * _CANDIDATE_M + jitter[1]])
    village = owner[row, column] - 1
    shapely.prepare(town_area)
    free = ~shapely.contains_xy(town_area, *xy.T)
    xy, village = xy[free], village[free]
    land = read_land()
    score = sample(land.rise_m, *xy.T) - 5 * sample(land.stream, *xy.T) + rng.normal(0, 14, len(xy))
    wanted = _wanted_hamlets(villages.area.to_numpy(), village, scope.n(N_HAMLETS))
    order = np.lexsort((score, village))
    starts = np.searchsorted(village[order], np.arange(len(villages) + 1))
    picked = [
        own[_pick_apart(xy[own], int(wanted[v]))]
        for v in range(len(villages))
        if len(own := order[starts[v] : starts[v + 1]])
    ]
    return np.asarray(xy[np.concatenate(picked)])


def _wanted_hamlets(area_m2: Floats, village: Ints, total: int) -> Ints:
    weight = np.where(np.bincount(village, minlength=len(area_m2)) > 0, area_m2**0.6, 0.0)
    wanted: Ints = np.maximum(np.round(total * weight / weight.sum()), 1).astype(np.int64)
    return wanted


def _pick_apart(xy: Floats, n: int) -> Ints:
    """Positions of the first `n` points that keep their distance from those before them."""
    picked: list[int] = []
    free = np.ones(len(xy), bool)
    while len(picked) < n and free.any():
        first = int(np.argmax(free))
        picked.append(first)
        free &= np.hypot(*(xy - xy[first]).T) > _APART_M
    return np.array(picked, np.int64)


def _yards(hamlets: Floats, rng: np.random.Generator) -> Shapes:
    """Two short bent lanes through every hamlet's middle."""
    n = 2 * len(hamlets)
    angle = np.repeat(rng.uniform(0, np.pi, len(hamlets)), 2) + np.tile([0.0, 1.35], len(hamlets))
    length, bend = rng.uniform(120, 300, n), rng.uniform(-0.35, 0.35, n)
    along = np.linspace(-0.5, 0.5, 9)[None] * length[:, None]
    across = bend[:, None] * along**2 / length[:, None]
    middle = np.repeat(hamlets, 2, axis=0)
    x = middle[:, :1] + along * np.cos(angle)[:, None] - across * np.sin(angle)[:, None]
    y = middle[:, 1:] + along * np.sin(angle)[:, None] + across * np.cos(angle)[:, None]
    return np.asarray(shapely.linestrings(np.stack([x, y], axis=-1)))


def _outside(lines: Shapes, area: shapely.Geometry) -> Shapes:
    """The parts of lines that lie outside `area`."""
    shapely.prepare(area)
    touching = shapely.intersects(area, lines)
    return np.concatenate([lines[~touching], line_parts(shapely.difference(lines[touching], area))])
