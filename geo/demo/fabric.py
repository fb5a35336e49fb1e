"""What stands in the demo's settlements: buildings with residents, key places, restricted areas, service points.

All geometry is in demo metres (`geo.demo.land`); counts of people only, never a person.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.demo.names import COUNTIES, TOWNS
from geo.demo.settle import Settled

Floats = NDArray[np.float64]

N_BUILDINGS = 6_000

#: Kind, Chinese name, ground in metres (0 x 0: a point), how many in a county seat and in another town.
_PLACES = (
    ("square", "广场", 70, 45, 1, 1),
    ("school", "学校", 85, 60, 4, 1),
    ("market", "农贸市场", 55, 38, 2, 1),
    ("station", "客运站", 60, 35, 1, 0),
    ("hospital", "医院", 0, 0, 3, 1),
    ("government", "政务大厅", 0, 0, 1, 1),
    ("bus_stop", "公交站", 0, 0, 9, 1),
)
_RESTRICTED = (
    ("dormitory", "prohibited", 40, 25),
    ("bathhouse", "prohibited", 25, 18),
    ("military", "consent", 75, 55),
    ("water_source", "sensitive", 60, 45),
)


@dataclass(frozen=True)
class Fabric:
    """Frames with `geometry` in demo metres; `buildings` carry `residents` (0 where nobody lives)."""

    buildings: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    restricted: gpd.GeoDataFrame
    service_points: pd.DataFrame


def build_fabric(settled: Settled, seed: int) -> Fabric:
    """Everything that stands; the same seed gives the same."""
    rng = np.random.default_rng([seed, 2])
    held: list[shapely.Geometry] = []
    places = _make_places(settled, held, rng)
    restricted = _make_restricted(settled, held, rng)
    ground = shapely.union_all(
        [shape for shape in (*places.geometry, *restricted.geometry) if shape.geom_type == "Polygon"]
    )
    buildings = _make_buildings(settled, ground.buffer(3), rng)
    return Fabric(buildings, places, restricted, _make_service_points(settled, rng))


def walk(
    lines: NDArray[np.object_], step_m: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Points every `step_m` (per line) along lines: xy (n, 2), direction (n,; radians from east), line number (n,)."""
    n = np.maximum((shapely.length(lines) / step_m).astype(int), 0)
    line = np.repeat(np.arange(len(lines)), n)
    place = np.arange(len(line)) - np.repeat(np.cumsum(n) - n, n)
    at = (place + rng.uniform(0.25, 0.75, len(line))) * step_m[line]
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at + 4))
    back = shapely.get_coordinates(shapely.line_interpolate_point(lines[line], np.maximum(at - 4, 0)))
    dx, dy = (ahead - back).T
    return here, np.arctan2(dy, dx), line


def rectangles(xy: Floats, angle: Floats, width_m: Floats, depth_m: Floats) -> NDArray[np.object_]:
    """Rectangles centred on `xy` (n, 2), `width_m` along `angle` (radians from east), `depth_m` across it."""
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    along, across = corners[None, :, 0] * width_m[:, None], corners[None, :, 1] * depth_m[:, None]
    x = xy[:, :1] + along * np.cos(angle)[:, None] - across * np.sin(angle)[:, None]
    y = xy[:, 1:] + along * np.sin(angle)[:, None] + across * np.cos(angle)[:, None]
    return np.asarray(shapely.polygons(np.stack([x, y], axis=-1)))


def centrality(xy: Floats) -> Floats:
    """1 in a town's middle, falling to 0 at twice its radius; of the nearest town."""
    best = np.zeros(len(xy))
    for town in TOWNS:
        away = np.hypot(*(xy - (town.east_m, town.north_m)).T)
        best = np.maximum(best, np.clip(1 - away / (2.2 * town.core_m), 0, 1))
    return best


def _make_buildings(settled: Settled, taken: shapely.Geometry, rng: np.random.Generator) -> gpd.GeoDataFrame:
    lines = settled.roads.geometry[settled.roads["settled"]].to_numpy()
    xy, angle, _ = walk(lines, rng.uniform(17, 24, len(lines)), rng)
    xy, angle = np.repeat(xy, 2, axis=0), np.repeat(angle, 2)
    side = np.tile([-1.0, 1.0], len(xy) // 2)
    central = centrality(xy)
    width, depth = rng.uniform(9, 16, len(xy)) + 4 * central, rng.uniform(8, 12, len(xy)) + 3 * central
    off = side * (5.5 + depth / 2 + rng.uniform(0, 3, len(xy)))
    centre = xy + np.column_stack([-np.sin(angle), np.cos(angle)]) * off[:, None]
    turned = angle + rng.normal(0, 0.03, len(xy))
    shapes = rectangles(centre, turned, width, depth)
    wish = rng.uniform(0, 1, len(xy)) ** (1 / (0.35 + 1.5 * central))
    order = np.argsort(-wish, kind="stable")
    free = _without_overlaps(shapes[order], settled.roads.geometry.to_numpy(), taken)
    kept = np.sort(order[free][:N_BUILDINGS])
    central = central[kept]
    other = rng.uniform(0, 1, len(kept)) < 0.08 + 0.22 * central
    levels = np.clip(np.round(rng.gamma(3, 0.7, len(kept)) + 1 + 5 * central * rng.uniform(0, 1.6, len(kept))), 1, 18)
    known = rng.uniform(0, 1, len(kept))
    flats = np.maximum(1, np.round(levels * (0.35 + 1.3 * central)))
    return gpd.GeoDataFrame(
        {
            "use": np.where(other, "other", "dwelling"),
            "levels": np.where(known < 0.85, levels, np.nan),
            "height_m": np.where(known > 0.4, np.round(3.0 * levels + rng.uniform(0, 1.5, len(kept)), 1), np.nan),
            "residents": np.where(other, 0, rng.poisson(2.7 * flats)),
        },
        geometry=shapes[kept],
    )


def _without_overlaps(
    shapes: NDArray[np.object_], roads: NDArray[np.object_], taken: shapely.Geometry
) -> NDArray[np.int64]:
    """Positions of shapes that touch no earlier kept shape, no road (4 m) and not `taken`."""
    tree = shapely.STRtree(shapes)
    free = np.ones(len(shapes), bool)
    free[tree.query(roads, predicate="dwithin", distance=4.0)[1]] = False
    free[tree.query(taken, predicate="intersects")] = False
    later, earlier = tree.query(shapely.buffer(shapes, 1.0), predicate="intersects")
    pairs = np.column_stack([later, earlier])[earlier < later]
    for one, before in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
        if free[before]:
            free[one] = False
    return np.flatnonzero(free)


def _spots(settled: Settled, town_at: int, n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """`n` spots beside streets of a township's town, the most central first: xy and the street's direction."""
    town = TOWNS[town_at]
    street = settled.roads["settled"] & settled.roads["kind"].isin(["street", "lane"])
    lines = settled.roads.geometry[street].to_numpy()
    here = (
        np.hypot(*(shapely.get_coordinates(shapely.centroid(lines)) - (town.east_m, town.north_m)).T)
        < 2.2 * town.core_m
    )
    xy, angle, _ = walk(lines[here], np.full(int(here.sum()), 40.0), rng)
    away = np.hypot(*(xy - (town.east_m, town.north_m)).T) * rng.uniform(0.5, 2.0, len(xy))
    first = np.argsort(away, kind="stable")[: 3 * n]
    picked = np.sort(rng.choice(first, min(n, len(first)), replace=False))
    return xy[picked], angle[picked]


def _set_down(
    settled: Settled, held: list[shapely.Geometry], town_at: int, sizes: list[tuple[int, int]], rng: np.random.Generator
) -> list[shapely.Geometry | None]:
    """A free plot per (width, depth) in metres beside a street of a town, clear of roads and `held`, which grows."""
    roads = shapely.STRtree(settled.roads.geometry.to_numpy())
    xy, angle = _spots(settled, town_at, 14 * len(sizes), rng)
    spots = rng.permutation(len(xy)).tolist()
    plots: list[shapely.Geometry | None] = []
    for width, depth in sizes:
        plots.append(None)
        for spot in list(spots):
            off = np.array([-np.sin(angle[spot]), np.cos(angle[spot])]) * (depth / 2 + 6.5)
            centre = (xy[spot] + off)[None]
            size = np.array([max(width, 2.0)]), np.array([max(depth, 2.0)])
            plot = rectangles(centre, angle[spot : spot + 1], *size)[0]
            if len(roads.query(plot, predicate="dwithin", distance=3.0)) or any(plot.distance(o) < 5 for o in held):
                continue
            spots.remove(spot)
            held.append(plot)
            plots[-1] = plot if width else plot.centroid
            break
    return plots


def _make_places(settled: Settled, held: list[shapely.Geometry], rng: np.random.Generator) -> gpd.GeoDataFrame:
    rows: list[dict[str, object]] = []
    for t, town in enumerate(TOWNS):
        wanted = [
            (kind, name, (width, depth))
            for kind, name, width, depth, in_seat, elsewhere in _PLACES
            for _ in range(in_seat if town.core_m >= 300 else elsewhere)
        ]
        plots = _set_down(settled, held, t, [size for _, _, size in wanted], rng)
        short = town.name.zh.removesuffix("街道").rstrip("镇乡")
        rows += [
            {"kind": kind, "name": f"{short}{name}{number}", "geometry": plot}
            for number, ((kind, name, _), plot) in enumerate(zip(wanted, plots, strict=True), 1)
            if plot is not None
        ]
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _make_restricted(settled: Settled, held: list[shapely.Geometry], rng: np.random.Generator) -> gpd.GeoDataFrame:
    rows = []
    for t, town in enumerate(TOWNS):
        kinds = _RESTRICTED if town.core_m >= 300 else _RESTRICTED[t % 2 :: 2]
        plots = _set_down(settled, held, t, [(width, depth) for _, _, width, depth in kinds], rng)
        rows += [
            {"kind": kind, "rule": rule, "geometry": plot}
            for (kind, rule, _, _), plot in zip(kinds, plots, strict=True)
            if plot is not None
        ]
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _make_service_points(settled: Settled, rng: np.random.Generator) -> pd.DataFrame:
    """One centre per county and township and one workstation per village, with counts of staff; x, y in metres."""
    rows = []
    for t, town in enumerate(TOWNS):
        xy, _ = _spots(settled, t, 2, rng)
        rows.append((town.code, f"{town.name.zh}综治中心", "centre", int(rng.integers(9, 26)), *xy[0]))
        seat = next((c for c in COUNTIES if c.code == town.county_code and town.core_m == _seat_core(c.code)), None)
        if seat:
            rows.append((seat.code, f"{seat.name.zh}综治中心", "centre", int(rng.integers(25, 60)), *xy[1]))
    for row in settled.units["village"].itertuples():
        x, y = shapely.get_coordinates(row.geometry.representative_point())[0]
        rows.append((row.code, f"{row.name}网格工作站", "workstation", int(rng.integers(2, 9)), x, y))
    return pd.DataFrame(rows, columns=["unit_code", "name", "kind", "staff", "x", "y"])


def _seat_core(county_code: str) -> float:
    return max(town.core_m for town in TOWNS if town.county_code == county_code)
