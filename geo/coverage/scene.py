"""One look at the ground: what a set of views holds of each unit and of each piece of demand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.ground import Bools, Floats, Ground, Items, Parcels
from geo.coverage.layers import Geometries, Layers, subdivide
from geo.rules import Rules

Measure = Callable[[Geometries], Floats]


@dataclass(frozen=True)
class ParcelView:
    """Per finest unit of a chain: square metres and metres in view."""

    area_seen_m2: Floats
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
    facade_m: Floats | None


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


def look(
    layers: Layers, ground: Ground, parcels: tuple[Parcels, ...], rules: Rules, *, facades: bool, middle: bool = True
) -> Scene:
    """What `layers` hold of `ground` and of each chain's `parcels`; facades only where asked for.

    Without `middle` (a worst or best case) what stands without an interval is left at 0: area seen by three or more,
    public ground seen by one and by two.
    """
    none = np.zeros(0, dtype=object)
    layers = Layers(subdivide(layers.one), subdivide(layers.two) if middle else none, subdivide(layers.three))
    places = None if ground.places is None else _places_seen(ground.places, layers.one, rules)
    dwellings = ground.dwellings
    return Scene(
        tuple(_look_at_parcels(layers, chain, middle) for chain in parcels),
        places,
        None if ground.incidents is None else _touched(ground.incidents.geometries, layers.one),
        _near_home(ground, places, layers.one, rules),
        measure_in(dwellings.geometries, layers.one, shapely.length) if facades and dwellings is not None else None,
    )


def measure_in(targets: Geometries, layer: Geometries, measure: Measure) -> Floats:
    """How much (`shapely.area` or `shapely.length`) of each of n `targets` lies in `layer`, whose parts do not overlap.

    >>> measure_in(np.array([shapely.box(0, 0, 4, 1)]), np.array([shapely.box(1, 0, 2, 9)]), shapely.area).tolist()
    [1.0]
    """
    part, target = shapely.STRtree(targets).query(layer, predicate="intersects")
    common = shapely.intersection(targets[target], layer[part])
    return np.bincount(target, weights=measure(common), minlength=len(targets)).astype(np.float64)


def _look_at_parcels(layers: Layers, parcels: Parcels, middle: bool) -> ParcelView:
    n = len(parcels.codes)
    none = np.zeros(0, dtype=object)
    roads = measure_in(parcels.roads, layers.one, shapely.length)
    public = (layers.one if middle else none, layers.two, layers.three)
    one, two, three = (measure_in(parcels.public, layer, shapely.area) for layer in public)
    return ParcelView(
        np.minimum(measure_in(parcels.geometries, layers.one, shapely.area), shapely.area(parcels.geometries)),
        measure_in(parcels.geometries, layers.three if middle else none, shapely.area),
        np.bincount(parcels.road_unit, weights=roads, minlength=n).astype(np.float64),
        (np.minimum(one, shapely.area(parcels.public)), two, three),
    )


def _touched(points: Geometries, layer: Geometries) -> Bools:
    seen = np.zeros(len(points), dtype=bool)
    _, hit = shapely.STRtree(points).query(layer, predicate="intersects")
    seen[hit] = True
    return seen


def _places_seen(places: Items, layer: Geometries, rules: Rules) -> Bools:
    shapes = places.geometries
    area = shapely.area(shapes)
    by_area = measure_in(shapes, layer, shapely.area) >= rules.place_open_share * area * (1 - 1e-9)
    return np.where(area > 0, by_area, _touched(shapes, layer))


def _near_home(ground: Ground, places: Bools | None, layer: Geometries, rules: Rules) -> Bools | None:
    """Residents with a seen stretch of road, area of a key place, or seen place point within reach of their point."""
    homes = ground.residents
    if homes is None or (ground.roads is None and ground.places is None):
        return None
    seen: list[Geometries] = []
    for targets in (ground.roads, ground.squares):
        if targets is not None and len(targets):
            part, target = shapely.STRtree(targets).query(layer, predicate="intersects")
            seen.append(np.asarray(shapely.intersection(targets[target], layer[part]), dtype=object))
    if ground.places is not None and places is not None:
        shapes = ground.places.geometries
        seen.append(shapes[places & (shapely.get_dimensions(shapes) == 0)])
    near = np.zeros(len(homes.geometries), dtype=bool)
    if seen:
        _, home = shapely.STRtree(homes.geometries).query(
            np.concatenate(seen), predicate="dwithin", distance=rules.near_home_m
        )
        near[home] = True
    return near
