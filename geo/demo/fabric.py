"""What stands in the demo's settlements: buildings with residents, key places, restricted areas, service points.

All geometry is in demo metres (`geo.demo.land`); counts of people only, never a person.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.demo.boundaries import share_out
from geo.demo.lines import beside, clear_of, find_free, rectangles, segments, walk
from geo.demo.scope import Scope
from geo.demo.settle import Settled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_BUILDINGS = 200_000
N_RESIDENTS = 2_500_000
N_STAFF = 15_000
_SEAT_CORE_M = 380.0
_TRIES = 5
_CLEAR_M = 4.0

#: Kind, Chinese name, ground in metres (0 x 0: a point), how many in a seat, another town, share of villages.
_PLACES = (
    ("square", "广场", 70, 45, 3, 1, 0.35),
    ("station", "客运站", 60, 35, 2, 1, 0.0),
    ("hospital", "医院", 75, 50, 3, 1, 0.0),
    ("school", "学校", 85, 60, 8, 2, 0.3),
    ("market", "农贸市场", 55, 38, 5, 1, 0.06),
    ("clinic", "卫生室", 0, 0, 2, 1, 0.4),
    ("government", "政务大厅", 0, 0, 4, 2, 0.25),
    ("bus_stop", "公交站", 0, 0, 25, 2, 0.2),
    ("scenic_spot", "景区入口", 0, 0, 2, 0, 0.04),
)
_RESTRICTED = (
    ("dormitory", "prohibited", 40, 25, 3, 1),
    ("bathhouse", "prohibited", 25, 18, 3, 1),
    ("military", "consent", 75, 55, 1, 0),
    ("water_source", "sensitive", 60, 45, 1, 1),
)


@dataclass(frozen=True)
class Fabric:
    """Frames with `geometry` in demo metres; `buildings` carry `residents` (0 where nobody lives), `places` `unit`."""

    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    restricted: gpd.GeoDataFrame
    service_points: pd.DataFrame
    staff: pd.DataFrame


@dataclass(frozen=True)
class _Wish:
    """What should stand where: names of kinds, ground, and the village (position) or town it should stand in."""

    kind: list[str]
    label: list[str]
    size_m: Floats
    town: Ints
    village: Ints


def build_fabric(settled: Settled, seed: int) -> Fabric:
    """Everything that stands; the same seed gives the same."""
    rng = np.random.default_rng([seed, 2])
    lines = settled.roads.geometry[settled.roads["settled"]].to_numpy()
    xy, angle, _ = walk(lines, rng.uniform(17, 24, len(lines)), rng)
    village = settled.scope.village_of_grid()[settled.scope.grid_at(xy)]
    roads = segments(settled.roads.geometry.to_numpy())
    places, restricted = _set_down(settled, xy, angle, village, roads, rng)
    ground = np.concatenate([places.geometry.to_numpy(), restricted.geometry.to_numpy()])
    ground = shapely.buffer(ground, 3)
    buildings = _make_buildings(settled.scope, xy, angle, roads, np.asarray(ground), rng)
    return Fabric(
        buildings,
        places,
        restricted,
        _make_service_points(settled.scope, settled.hamlets, rng),
        _make_staff(settled.scope, buildings),
    )


def centrality(scope: Scope, xy: Floats) -> Floats:
    """1 in a large town's middle, less in a small one's, falling to 0 at twice its radius."""
    best = np.zeros(len(xy))
    for east, north, core in scope.units["township"][["east_m", "north_m", "core_m"]].itertuples(index=False):
        near = np.flatnonzero(np.abs(xy[:, 0] - east) < 2.4 * core)
        away = np.hypot(xy[near, 0] - east, xy[near, 1] - north)
        size = np.clip(0.35 + 0.65 * (core - 100) / 500, 0.3, 1)
        best[near] = np.maximum(best[near], np.clip(1 - away / (2.4 * core), 0, 1) * size)
    return best


def _make_buildings(
    scope: Scope,
    xy: Floats,
    angle: Floats,
    roads: NDArray[np.object_],
    taken: NDArray[np.object_],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    xy, angle = np.repeat(xy, 2, axis=0), np.repeat(angle, 2)
    n = len(xy)
    central = centrality(scope, xy)
    large = central * rng.uniform(0, 1, n) ** 2
    width, depth = rng.uniform(9, 16, n) + 24 * large, rng.uniform(8, 12, n) + 12 * large
    off = np.tile([-1.0, 1.0], n // 2) * (5.5 + depth / 2 + rng.uniform(0, 3, n))
    middle, turned = beside(xy, angle, off), angle + rng.normal(0, 0.03, n)
    order = np.argsort(-(rng.uniform(0, 1, n) ** (1 / (0.5 + 2.5 * central))), kind="stable")
    wide = rectangles(middle, turned, width + 2 * _CLEAR_M, depth + 2 * _CLEAR_M)
    order = order[clear_of(wide, roads)[order]]
    del wide
    shapes = rectangles(middle[order], turned[order], width[order], depth[order])
    clear = clear_of(shapes, taken)
    order, shapes = order[clear], shapes[clear]
    free = np.flatnonzero(find_free(shapes))[: scope.n(N_BUILDINGS)]
    free = free[np.argsort(order[free])]
    central, n = central[order[free]], len(free)
    other = rng.uniform(0, 1, n) < 0.06 + 0.22 * central
    levels = np.clip(np.round(rng.gamma(3, 0.55, n) + 1 + 9 * central**1.4 * rng.uniform(0, 1.7, n)), 1, 26)
    known = rng.uniform(0, 1, n)
    homes = np.where(other, 0.0, levels ** (0.6 + 0.6 * central) * (1 + 1.6 * central))
    residents = rng.poisson(homes * scope.n(N_RESIDENTS) / homes.sum())
    return gpd.GeoDataFrame(
        {
            "use": np.where(other, "other", "dwelling"),
            "levels": np.where(known < 0.85, levels, np.nan),
            "height_m": np.where(known > 0.4, np.round(3.0 * levels + rng.uniform(0, 1.5, n), 1), np.nan),
            "residents": residents,
        },
        geometry=shapes[free],
    )


def _set_down(
    settled: Settled,
    xy: Floats,
    angle: Floats,
    village: Ints,
    roads: NDArray[np.object_],
    rng: np.random.Generator,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Places and restricted areas on free plots beside streets: of several spots tried for each, the first free."""
    scope = settled.scope
    wish = _wishes(scope, village, rng)
    spot = _spots(scope, wish, xy, village, rng)
    tried = np.repeat(np.arange(len(wish.kind)), _TRIES)
    there = spot >= 0
    tried, spot = tried[there], spot[there]
    size = np.maximum(wish.size_m[tried], 2.0)
    centre = beside(xy[spot], angle[spot], size[:, 1] / 2 + 6.5)
    plots = rectangles(centre, angle[spot], size[:, 0] + 4, size[:, 1] + 4)
    order = np.lexsort((tried, -size[:, 0]))
    order = order[clear_of(plots, roads)[order]]
    free = np.zeros(len(plots), bool)
    free[order[find_free(plots[order])]] = True
    _, first = np.unique(tried[free], return_index=True)
    at = np.flatnonzero(free)[first]
    item = tried[at]
    exact = rectangles(centre[at], angle[spot[at]], size[at, 0], size[at, 1])
    shapes = np.where(wish.size_m[item, 0] > 0, exact, np.asarray(shapely.points(centre[at])))
    rules = {kind: rule for kind, rule, *_ in _RESTRICTED}
    kind = np.array(wish.kind)[item]
    name = np.array(wish.label)[item]
    limited = np.isin(kind, list(rules))
    places = gpd.GeoDataFrame({"kind": kind[~limited], "name": name[~limited]}, geometry=shapes[~limited])
    rule = [rules[k] for k in kind[limited]]
    return places, gpd.GeoDataFrame({"kind": kind[limited], "rule": rule}, geometry=shapes[limited])


def _wishes(scope: Scope, village: Ints, rng: np.random.Generator) -> _Wish:
    rows: list[tuple[str, str, float, float, int, int]] = []
    for t, (name, core) in enumerate(scope.units["township"][["name", "core_m"]].itertuples(index=False)):
        short = name.removesuffix("街道").rstrip("镇乡")
        seat = core >= _SEAT_CORE_M
        for kind, label, width, depth, in_seat, elsewhere, _ in _PLACES:
            n = in_seat if seat else elsewhere
            rows += [(kind, f"{short}{label}{number}", width, depth, t, -1) for number in range(1, n + 1)]
        for kind, _, width, depth, in_seat, elsewhere in _RESTRICTED:
            n = in_seat if seat else int(rng.uniform() < 0.6 * elsewhere)
            rows += [(kind, "", width, depth, t, -1)] * n
    for v, name in enumerate(scope.units["village"]["name"]):
        rows += [
            (kind, f"{name}{label}", 0.7 * width, 0.7 * depth, -1, v)
            for kind, label, width, depth, _, _, share in _PLACES
            if rng.uniform() < share
        ]
    kinds, labels, widths, depths, towns, villages = zip(*rows, strict=True)
    size_m = np.column_stack([widths, depths]).astype(float)
    return _Wish(list(kinds), list(labels), size_m, np.array(towns), np.array(villages))


def _spots(scope: Scope, wish: _Wish, xy: Floats, village: Ints, rng: np.random.Generator) -> Ints:
    """`_TRIES` positions in `xy` per wish (-1 where there are none), the town's more central ones before others."""
    spot = np.full((len(wish.kind), _TRIES), -1, np.int64)
    order = np.argsort(village, kind="stable")
    starts = np.searchsorted(village[order], np.arange(len(scope.units["village"]) + 1))
    for w in np.flatnonzero(wish.village >= 0):
        own = order[starts[wish.village[w]] : starts[wish.village[w] + 1]]
        if len(own):
            spot[w] = rng.choice(own, _TRIES)
    centres = scope.units["township"][["east_m", "north_m", "core_m"]].to_numpy(float)
    for t in np.unique(wish.town[wish.town >= 0]):
        away = np.hypot(*(xy - centres[t, :2]).T) / centres[t, 2]
        near = np.flatnonzero(away < 2.6)
        wishes = np.flatnonzero(wish.town == t)
        if len(near):
            weight = 1.05 - np.clip(away[near] / 2.6, 0, 1)
            spot[wishes] = rng.choice(near, (len(wishes), _TRIES), p=weight / weight.sum())
    return spot.ravel()


def _make_service_points(scope: Scope, hamlets: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """One centre per county-level unit and township, one workstation per village; x, y in metres."""
    villages, towns, counties = (scope.units[level] for level in ("village", "township", "county"))
    middles = shapely.get_coordinates(shapely.point_on_surface(villages.geometry.to_numpy()))
    at_hamlet = scope.village_of_grid()[scope.grid_at(hamlets)]
    middles[at_hamlet[::-1]] = hamlets[::-1] + rng.uniform(-25, 25, (len(hamlets), 2))
    centres = towns[["east_m", "north_m"]].to_numpy(float)
    largest = towns.assign(at=range(len(towns))).sort_values("core_m").groupby("parent_code")["at"].last()
    seats = centres[largest[counties["code"]].to_numpy()] + 45.0
    frames = [
        pd.DataFrame(
            {"unit_code": frame["code"], "name": frame["name"] + end, "kind": kind, "x": xy[:, 0], "y": xy[:, 1]}
        )
        for frame, end, kind, xy in (
            (counties, "综治中心", "county_centre", seats),
            (towns, "综治中心", "township_centre", centres),
            (villages, "网格工作站", "workstation", middles),
        )
    ]
    return pd.concat(frames, ignore_index=True)


def _make_staff(scope: Scope, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Grid staff and helpers as counts per grid and role; they follow residents, and sum to `N_STAFF`."""
    grids = scope.units["grid"]
    at = scope.grid_at(shapely.get_coordinates(shapely.centroid(buildings.geometry.to_numpy())))
    residents = np.bincount(at[at >= 0], buildings["residents"].to_numpy(float)[at >= 0], len(grids))
    staff = share_out(scope.n(N_STAFF) - len(grids), np.sqrt(residents) + 5, least=0)
    frame = pd.DataFrame(
        {
            "unit_code": np.tile(grids["code"], 2),
            "kind": np.repeat(["grid_worker", "grid_helper"], len(grids)),
            "staff": np.concatenate([np.ones(len(grids), int), staff]),
        }
    )
    return frame[frame["staff"] > 0].reset_index(drop=True)
