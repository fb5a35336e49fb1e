"""The ground that coverage is measured on: each finest unit's roads and public ground, and the points of demand."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coverage.layers import LINE, MULTILINE, Geometries, Ints, linear, polygonal, union_by_group
from geo.coverage.threads import each
from geo.crs import check_same_crs
from geo.partition.hierarchy import Joined, ancestors, assign_levels, index_levels
from geo.rules import Rules
from geo.schema import HomeInfo

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Demand:
    """What coverage is for, in the metric CRS of the units; None where the home has no such table.

    Frames are GeoDataFrames with the columns of their tables. A row that is located by its unit's code only has no
    geometry. A frame may carry one column per level with the assigned codes (as `assign_levels` gives
    them); else its rows are assigned by a point inside them. `incidents_xy` is float64[n, 2] (NaN where unlocated).
    """

    places: Any = None
    roads: Any = None
    buildings: Any = None
    residents: Any = None
    incidents_xy: Floats | None = None
    restricted: Any = None

    def check_crs(self, units: Any) -> None:
        """Raise `CrsMismatch` unless every frame is in the CRS of `units`."""
        for name in ("places", "roads", "buildings", "residents", "restricted"):
            frame = getattr(self, name)
            if frame is not None and frame.crs is not None and units.crs is not None:
                check_same_crs("units", units.crs, name, frame.crs)


@dataclass(frozen=True)
class Items:
    """One layer of demand counted by the piece: its geometry (None: unlocated), its unit per level, its weight."""

    geometries: Geometries
    levels: pd.DataFrame
    weight: Floats


@dataclass(frozen=True)
class Ground:
    """Demand made ready to be looked at, over all units; a layer that the home lacks is None.

    `dwellings` are outlines. `private` are the footprints of dwellings and the restricted areas whose rule is
    "private", `restricted` all other restricted areas: polygons that may overlap.
    """

    roads: Geometries | None
    squares: Geometries | None
    places: Items | None
    dwellings: Items | None
    residents: Items | None
    incidents: Items | None
    private: Items | None = None
    restricted: Items | None = None

    @property
    def has_public(self) -> bool:
        """Whether any public ground is known: roads, or key places drawn as areas."""
        return self.roads is not None or bool(self.squares is not None and len(self.squares))


@dataclass(frozen=True)
class Parcels:
    """The finest units of one chain, in code order, with their shares of the roads and of the public ground.

    `roads` are pieces of roads, each within the unit `road_unit`; `beyond` is what of the roads lies in no unit.
    """

    chain: tuple[str, ...]
    codes: pd.Index
    geometries: Geometries
    roads: Geometries
    road_unit: Ints
    beyond: Geometries
    public: Geometries


def prepare_ground(units: Any, home: HomeInfo, demand: Demand, incident_levels: pd.DataFrame | None) -> Ground:
    """`demand` as arrays, each row with its units; a key place's ground is what no building stands on.

    A place that is wholly built over is judged by all of its ground. Of the buildings only dwellings are kept, as
    their outlines and as private ground.
    """
    squares = places = dwellings = residents = incidents = private = restricted = None
    joined = _Joining(units, home)
    if demand.places is not None:
        shapes = _shapes(demand.places)
        squares = shapes[shapely.get_dimensions(shapes) == 2]
        open_ground = _open_ground(shapes, demand.buildings)
        places = Items(open_ground, joined.levels_of(demand.places, shapes), np.ones(len(shapes)))
    if demand.buildings is not None:
        homes = demand.buildings[(demand.buildings["use"] == "dwelling").to_numpy(dtype=bool)]
        shapes = _shapes(homes)
        outline = np.asarray(shapely.boundary(shapes), dtype=object)
        levels = joined.levels_of(homes, shapes)
        dwellings = Items(outline, levels, np.ones(len(shapes)))
        private = Items(shapes, levels, dwellings.weight)
    if demand.restricted is not None:
        shapes = _shapes(demand.restricted)
        areas = Items(shapes, joined.levels_of(demand.restricted, shapes), np.ones(len(shapes)))
        is_private = np.array([rule == "private" for rule in demand.restricted["rule"]], dtype=bool)
        restricted = choose_items(areas, np.flatnonzero(~is_private))
        private = _put_together(private, choose_items(areas, np.flatnonzero(is_private)))
    if demand.residents is not None:
        shapes = _shapes(demand.residents)
        count = pd.to_numeric(demand.residents["residents"]).to_numpy(dtype=np.float64, na_value=0.0)
        residents = Items(shapes, joined.levels_of(demand.residents, shapes), count)
    if demand.incidents_xy is not None:
        xy = np.asarray(demand.incidents_xy, dtype=np.float64).reshape(-1, 2)
        if incident_levels is None:
            incident_levels = joined.levels(xy[:, 0], xy[:, 1])
        incidents = Items(_points(xy), incident_levels.reset_index(drop=True), np.ones(len(xy)))
    roads = None if demand.roads is None else _lines(demand.roads)
    return Ground(roads, squares, places, dwellings, residents, incidents, private, restricted)


def cut_parcels(units: Any, home: HomeInfo, chain: tuple[str, ...], ground: Ground, rules: Rules) -> Parcels:
    """The chain's finest units with the road pieces and the public ground inside each.

    Public ground is roads widened by `rules.road_half_width_m` and the key places drawn as areas, each square metre
    once within a unit. A road along a shared edge belongs to the unit with the lowest code.
    """
    codes = ancestors(units, home, finest=chain[0]).index
    own = units[units["level"] == chain[0]].set_index("code").loc[codes]
    return cut_units(chain, codes, np.asarray(own.geometry.to_numpy(), dtype=object), ground, rules)


def cut_units(chain: tuple[str, ...], codes: pd.Index, geometries: Geometries, ground: Ground, rules: Rules) -> Parcels:
    """`cut_parcels` for some finest units by themselves: `codes` in order, and their shapes."""
    lines = np.zeros(0, dtype=object) if ground.roads is None else ground.roads
    pieces, unit, line = cut_lines(lines, geometries)
    beyond = _lines_beyond(lines, pieces, line, geometries)
    public, holder = _wide_roads(lines, geometries, rules.road_half_width_m)
    if ground.squares is not None:
        square, held_by = shapely.STRtree(geometries).query(ground.squares, predicate="intersects")
        inside = polygonal(each(shapely.intersection, ground.squares[square], geometries[held_by]))
        public, holder = np.concatenate([public, inside]), np.concatenate([holder, held_by])
    merged = union_by_group(public, holder, len(geometries))
    return Parcels(chain, codes, geometries, pieces, unit, beyond, merged)


def cut_lines(lines: Geometries, polygons: Geometries) -> tuple[Geometries, Ints, Ints]:
    """`lines` cut at the edges of `polygons` (units in code order): the pieces, each one's unit and line (positions).

    What lies on a shared edge, or in an overlap, goes to the first polygon, so that no metre counts twice.

    >>> squares = np.array([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)])
    >>> across, edge = shapely.LineString([(1, 1), (4, 1)]), shapely.LineString([(2, 0), (2, 2)])
    >>> pieces, unit, line = cut_lines(np.array([across, edge]), squares)
    >>> shapely.length(pieces).tolist(), unit.tolist(), line.tolist()
    ([1.0, 2.0, 2.0], [0, 1, 0], [0, 0, 1])
    """
    tree = shapely.STRtree(polygons)
    line, unit = tree.query(lines, predicate="intersects")
    pieces = lines[line]
    n_units = np.bincount(line, minlength=len(lines))[line]
    shared, alone = np.flatnonzero(n_units > 1), np.flatnonzero(n_units == 1)
    shapely.prepare(polygons)
    cut = np.concatenate([shared, alone[~shapely.contains_properly(polygons[unit[alone]], pieces[alone])]])
    shapely.destroy_prepared(polygons)  # what is prepared may be used by one thread at a time only
    pieces[cut] = linear(each(shapely.intersection, pieces[cut], polygons[unit[cut]]))
    piece, other = tree.query(pieces[shared], predicate="intersects")
    piece = shared[piece]
    before = other < unit[piece]
    piece, other = piece[before], other[before]
    order = np.argsort(piece, kind="stable")
    piece, other = piece[order], other[order]
    turn = np.arange(len(piece)) - np.searchsorted(piece, piece)
    for k in range(int(turn.max(initial=-1)) + 1):
        now = turn == k
        pieces[piece[now]] = linear(each(shapely.difference, pieces[piece[now]], polygons[other[now]]))
    real = shapely.length(pieces) > 0
    return pieces[real], np.asarray(unit[real], dtype=np.int64), np.asarray(line[real], dtype=np.int64)


def _wide_roads(lines: Geometries, polygons: Geometries, half_width_m: float) -> tuple[Geometries, Ints]:
    """Per polygon that a widened line reaches: the ground within `half_width_m` of the lines, and its position.

    The lines near a polygon are widened together, cut to its surroundings first: half the work of widening each one
    whole and merging them polygon by polygon.
    """
    line, near = shapely.STRtree(polygons).query(lines, predicate="dwithin", distance=half_width_m)
    order = np.argsort(near, kind="stable")
    reached, of = np.unique(near[order], return_inverse=True)
    parts, part_of = shapely.get_parts(lines[line[order]], return_index=True)
    bundles = np.asarray(shapely.multilinestrings(parts, indices=of[part_of]), dtype=object)
    around = shapely.bounds(polygons[reached]) + 2 * half_width_m * np.array([-1, -1, 1, 1])
    pairs = zip(bundles, around.tolist(), strict=True)
    cut = np.array([shapely.clip_by_rect(bundle, *box) for bundle, box in pairs], dtype=object)
    wide = each(shapely.buffer, cut, distance=half_width_m)
    return polygonal(each(shapely.intersection, wide, polygons[reached])), np.asarray(reached, dtype=np.int64)


def _lines_beyond(lines: Geometries, pieces: Geometries, line: Ints, polygons: Geometries) -> Geometries:
    """What of `lines` lies in none of `polygons`, from the pieces inside and the position of each one's line."""
    inside_m = np.bincount(line, weights=shapely.length(pieces), minlength=len(lines))
    out = lines[shapely.length(lines) - inside_m > 1e-6]
    near, unit = shapely.STRtree(polygons).query(out, predicate="intersects")
    held = union_by_group(polygons[unit], np.asarray(near, dtype=np.int64), len(out))
    return linear(shapely.difference(out, held))


def _shapes(frame: Any) -> Geometries:
    return np.asarray(frame.geometry.to_numpy(), dtype=object)


def _lines(roads: Any) -> Geometries:
    shapes = _shapes(roads)
    types = shapely.get_type_id(shapes)
    return np.asarray(shapes[(types == LINE) | (types == MULTILINE)], dtype=object)


def choose_items(items: Items, rows: Ints) -> Items:
    """The items at positions `rows`, in that order."""
    return Items(items.geometries[rows], items.levels.iloc[rows], items.weight[rows])


def _put_together(items: Items | None, more: Items) -> Items:
    if items is None:
        return more
    levels = pd.concat([items.levels, more.levels], ignore_index=True)
    geometries = np.concatenate([items.geometries, more.geometries])
    return Items(geometries, levels, np.concatenate([items.weight, more.weight]))


def _points(xy: Floats) -> Geometries:
    points = np.full(len(xy), None, dtype=object)
    located = np.isfinite(xy).all(axis=1)
    points[located] = shapely.points(xy[located])
    return points


class _Joining:
    """Finds the units of rows that do not name them; the units are indexed when that is first asked."""

    def __init__(self, units: Any, home: HomeInfo) -> None:
        self._units, self._home = units, home
        self._joined: tuple[Joined, ...] | None = None

    def levels(self, x: npt.ArrayLike, y: npt.ArrayLike) -> pd.DataFrame:
        """The unit of each point at every level."""
        if self._joined is None:
            self._joined = index_levels(self._units, self._home)
        return assign_levels(x, y, self._joined, self._home)

    def levels_of(self, frame: Any, shapes: Geometries) -> pd.DataFrame:
        """The units that `frame` names, else those of a point inside each of its shapes."""
        names = [level.name for level in self._home.levels]
        if all(name in frame for name in names):
            return pd.DataFrame(frame[names].reset_index(drop=True))
        inside = shapely.point_on_surface(shapes)
        return self.levels(shapely.get_x(inside), shapely.get_y(inside))


def _open_ground(shapes: Geometries, buildings: Any) -> Geometries:
    if buildings is None or not len(buildings):
        return shapes
    built = _shapes(buildings)
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    place, building = shapely.STRtree(built).query(shapes[areas], predicate="intersects")
    standing = union_by_group(built[building], np.asarray(place, dtype=np.int64), len(areas))
    left = polygonal(shapely.difference(shapes[areas], standing))
    ground = shapes.copy()
    ground[areas] = np.where(shapely.is_empty(left), shapes[areas], left)
    return ground
