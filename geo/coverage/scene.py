"""One look at the ground: what a set of views holds of each unit and of each piece of demand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.ground import Bools, Floats, Ground, Parcels
from geo.coverage.layers import Geometries
from geo.coverage.near import Homes, near_home
from geo.coverage.sight import UnitSight, find_units, see_along, see_areas, see_at, see_polygons
from geo.coverage.threads import FEW, together
from geo.coverage.views import Corners, Edges, Rows, Views, near_points, near_views, to_corners, to_edges
from geo.rules import Rules

Measure = Callable[[Geometries], Floats]


@dataclass(frozen=True)
class ParcelView:
    """Per finest unit of a chain: square metres and metres in view."""

    area_seen_m2: Floats
    area_2plus_m2: Floats
    area_3plus_m2: Floats
    road_seen_m: Floats
    public_m2: tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class Scene:
    """What one set of views holds; a layer of demand that the home lacks is None."""

    parcels: tuple[ParcelView, ...]
    places: Bools | None
    incidents: Bools | None
    residents: Bools | None


@dataclass(frozen=True)
class Lines:
    """Lines with the views that may meet them."""

    corners: Corners
    near: Rows


@dataclass(frozen=True)
class Points:
    """Points (n, 2) of the items `item`, with the views that may hold them."""

    xy: Floats
    item: npt.NDArray[np.int64]
    near: Rows

    def seen(self, views: Views, n_items: int) -> Bools:
        """Which of the items have a point in view."""
        seen = np.zeros(n_items, dtype=bool)
        seen[self.item[see_at(self.xy, self.near, views)]] = True
        return seen


@dataclass(frozen=True)
class Outlook:
    """Ground and the cameras that may see it, brought near each other once for all looks of the same cameras.

    `whole_m2` are per chain the areas of its units and of their public ground.
    """

    ground: Ground
    parcels: tuple[Parcels, ...]
    whole_m2: tuple[tuple[Floats, Floats], ...]
    units: tuple[UnitSight | None, ...]
    roads: tuple[Lines, ...]
    incidents: Points | None
    place_points: Points | None
    place_areas: tuple[Edges, Rows] | None
    homes: Homes | None


def seen_at(x_m: npt.ArrayLike, y_m: npt.ArrayLike, sectors: Geometries) -> Bools:
    """Whether each of n points lies in (or on the edge of) at least one of `sectors`; False where not finite.

    `x_m`, `y_m` and the sectors (polygons, some may be empty) share one metric CRS.

    >>> seen_at([0.5, 5.0, float("nan")], [0.5, 5.0, 0.0], np.array([shapely.box(0, 0, 1, 1)])).tolist()
    [True, False, False]
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    seen = np.zeros(len(x), dtype=bool)
    usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    points = np.asarray(shapely.points(x[usable], y[usable]), dtype=object)
    _, hit = shapely.STRtree(points).query(np.asarray(sectors, dtype=object), predicate="intersects")
    seen[usable[hit]] = True
    return seen


def measure_in(targets: Geometries, layer: Geometries, measure: Measure) -> Floats:
    """How much (`shapely.area` or `shapely.length`) of each of n `targets` lies in `layer`, whose parts do not overlap.

    >>> measure_in(np.array([shapely.box(0, 0, 4, 1)]), np.array([shapely.box(1, 0, 2, 9)]), shapely.area).tolist()
    [1.0]
    """
    part, target = shapely.STRtree(targets).query(layer, predicate="intersects")
    common = shapely.intersection(targets[target], layer[part])
    return np.bincount(target, weights=measure(common), minlength=len(targets)).astype(np.float64)


def look_out(
    ground: Ground, parcels: tuple[Parcels, ...], xy: Floats, widest: Floats, rules: Rules, *, areas: bool = True
) -> Outlook:
    """Bring cameras at `xy` (n, 2), whose views never leave the bounds `widest` (n, 4), near what they may see.

    Without `areas` looks measure no square metres of units, and leave those at 0.
    """
    incidents, places = ground.incidents, ground.places
    units, homes, roads, *others = together(
        lambda: tuple(_units(chain, xy, widest) if areas else None for chain in parcels),
        lambda: Homes.find(ground, parcels[0], widest, rules),
        lambda: tuple(_lines(chain.roads, widest) for chain in parcels),
        lambda: None if incidents is None else _points(incidents.geometries, widest),
        lambda: None if places is None else _points(_without_area(places.geometries), widest),
        lambda: None if places is None else _areas(places.geometries, widest),
        is_small=len(xy) < FEW,
    )
    points, place_points, place_areas = others
    whole_m2 = tuple((shapely.area(chain.geometries), shapely.area(chain.public)) for chain in parcels)
    return Outlook(ground, parcels, whole_m2, units, roads, points, place_points, place_areas, homes)


def look(out: Outlook, views: Views, rules: Rules, *, middle: bool = True) -> Scene:
    """What `views` hold of the ground and of each chain's parcels.

    Without `middle` (a worst or best case) what stands without an interval is not measured: area seen by two and by
    three or more, public ground seen by one and by two.
    """
    ground = out.ground
    along = tuple(see_along(roads.corners, roads.near, views) for roads in out.roads)
    parcels = tuple(
        _look_at_parcels(chain, whole_m2, units, seen.metres, views, middle=middle)
        for chain, whole_m2, units, seen in zip(out.parcels, out.whole_m2, out.units, along, strict=True)
    )
    places = _places_seen(out, views, rules)
    return Scene(
        parcels,
        places,
        None if out.incidents is None or ground.incidents is None
        else out.incidents.seen(views, len(ground.incidents.geometries)),
        None if out.homes is None else near_home(out.homes, places, out.roads[0].corners, along[0], views, rules),
    )  # fmt: skip


def _lines(lines: Geometries, boxes: Floats) -> Lines:
    return Lines(to_corners(lines), near_views(lines, boxes))


def _units(parcels: Parcels, xy: Floats, boxes: Floats) -> UnitSight:
    return find_units(parcels.geometries, to_edges(parcels.geometries), to_edges(parcels.public), xy, boxes)


def _areas(shapes: Geometries, boxes: Floats) -> tuple[Edges, Rows]:
    areas = shapes[shapely.get_dimensions(shapes) == 2]
    return to_edges(areas), near_views(areas, boxes)


def _points(shapes: Geometries, boxes: Floats) -> Points:
    xy, item = shapely.get_coordinates(shapes, return_index=True)
    return Points(xy, item, near_points(xy, boxes))


def _without_area(shapes: Geometries) -> Geometries:
    left = shapes.copy()
    left[shapely.get_dimensions(shapes) == 2] = None
    return left


def _look_at_parcels(
    parcels: Parcels,
    whole_m2: tuple[Floats, Floats],
    units: UnitSight | None,
    metres: Floats,
    views: Views,
    *,
    middle: bool,
) -> ParcelView:
    n = len(parcels.codes)
    areas = np.zeros((n, 6)) if units is None else see_areas(units, views, middle=middle)
    seen, seen_2plus, seen_3plus, one, two, three = areas.T
    seen = np.minimum(seen, whole_m2[0])
    # What is seen twice throughout comes out the same up to rounding.
    seen_2plus = np.clip(seen_2plus, 0.0, seen)
    return ParcelView(
        seen,
        seen_2plus,
        np.clip(seen_3plus, 0.0, seen_2plus),
        np.bincount(parcels.road_unit, weights=metres, minlength=n).astype(np.float64),
        (np.minimum(one, whole_m2[1]), two, three),
    )


def _places_seen(out: Outlook, views: Views, rules: Rules) -> Bools | None:
    """Points in view, and areas of whose open ground the rules' share is."""
    if out.ground.places is None or out.place_points is None or out.place_areas is None:
        return None
    shapes = out.ground.places.geometries
    seen = out.place_points.seen(views, len(shapes))
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    enough = rules.place_open_share * shapely.area(shapes[areas]) * (1 - 1e-9)
    seen[areas] = see_polygons(*out.place_areas, views) >= enough
    return seen
