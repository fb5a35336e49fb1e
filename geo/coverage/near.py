"""Homes near seen public ground: a seen stretch of road, a seen part of a key place's area, a seen key place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.coverage.fov import sectors
from geo.coverage.ground import Bools, Floats, Ground, Parcels
from geo.coverage.layers import Geometries, Ints
from geo.coverage.sight import Stretches, near_seen, see_along, see_at
from geo.coverage.views import Corners, Rows, Views, near_points, near_views, to_corners, to_rows
from geo.rules import Rules

#: Homes this much farther from a view's bounds are looked at, too: polygons decide.
_ROUNDING_M = 1e-6


@dataclass(frozen=True)
class Streets:
    """Lines with the views that may meet them, and per home the lines within reach."""

    corners: Corners
    near: Rows
    of_home: Rows


@dataclass(frozen=True)
class Squares:
    """Key places' areas: outlines as streets; per pair of home and square the square's point nearest to the home.

    `reached` are positions of such pairs and views, (2, n): views that may see a part of the square near the home.
    """

    shapes: Geometries
    outlines: Streets
    home: Ints
    square: Ints
    nearest: Floats
    near: Rows
    reached: Ints


@dataclass(frozen=True)
class Homes:
    """Points where residents live, with what public ground each has within reach; `of_roads` are a chain's pieces."""

    n: int
    located: Ints
    xy: Floats
    of_roads: Rows
    beyond: Streets
    squares: Squares | None
    places: npt.NDArray[np.int64]

    @classmethod
    def find(cls, ground: Ground, parcels: Parcels, boxes: Floats, rules: Rules) -> "Homes | None":
        """The homes of `ground` and the roads of `parcels`, whose views never leave `boxes` (n, 4).

        None where there are no homes, or nothing to be near to.
        """
        homes = ground.residents
        if homes is None or (ground.roads is None and ground.places is None):
            return None
        points = homes.geometries
        located = np.flatnonzero(~(shapely.is_missing(points) | shapely.is_empty(points)))
        points = points[located]
        xy = shapely.get_coordinates(shapely.centroid(points))
        home, piece = shapely.STRtree(parcels.roads).query(points, predicate="dwithin", distance=rules.near_home_m)
        of_roads = to_rows(home, piece, len(points))
        beyond = _streets(points, parcels.beyond, boxes, rules)
        squares = None
        if ground.squares is not None and len(ground.squares):
            squares = _squares(points, ground.squares, boxes, rules)
        pairs = np.zeros((2, 0), dtype=np.int64)
        if ground.places is not None:
            shapes = ground.places.geometries
            alone = shapes.copy()
            alone[shapely.get_dimensions(shapes) != 0] = None
            pairs = shapely.STRtree(alone).query(points, predicate="dwithin", distance=rules.near_home_m)
        return cls(len(homes.geometries), located, xy, of_roads, beyond, squares, pairs)


def near_home(
    homes: Homes, places: Bools | None, roads: Corners, roads_seen: Stretches, views: Views, rules: Rules
) -> Bools:
    """Residents with a seen stretch of road, area of a key place, or seen place point within reach of their point.

    `roads` are the pieces that the homes were found with, `roads_seen` what `views` hold of them.
    """
    near = np.zeros(len(homes.xy), dtype=bool)
    if places is not None:
        home, place = homes.places
        near[home[places[place]]] = True
    near |= near_seen(homes.xy, homes.of_roads, roads, roads_seen, rules.near_home_m)
    for streets in (homes.beyond, None if homes.squares is None else homes.squares.outlines):
        if streets is not None:
            seen = see_along(streets.corners, streets.near, views)
            near |= near_seen(homes.xy, streets.of_home, streets.corners, seen, rules.near_home_m)
    if homes.squares is not None:
        _near_inside(homes.squares, homes.xy, views, near, rules)
    found = np.zeros(homes.n, dtype=bool)
    found[homes.located] = near
    return found


def _streets(points: Geometries, lines: Geometries, boxes: Floats, rules: Rules) -> Streets:
    home, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=rules.near_home_m)
    used, line = np.unique(line, return_inverse=True)
    near = near_views(lines[used], boxes)
    return Streets(to_corners(lines[used]), near, to_rows(home, line, len(points)))


def _squares(points: Geometries, shapes: Geometries, boxes: Floats, rules: Rules) -> Squares:
    home, square = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=rules.near_home_m)
    nearest = shapely.get_coordinates(shapely.get_point(shapely.shortest_line(shapes[square], points[home]), 0))
    outlines = np.asarray(shapely.boundary(shapes), dtype=object)
    some = np.flatnonzero(np.isfinite(boxes[:, 0]))
    bounds = np.asarray(shapely.box(*boxes[some].T), dtype=object)
    pair, view = shapely.STRtree(bounds).query(points[home], predicate="dwithin", distance=rules.near_home_m)
    meet = shapely.intersects(shapes[square[pair]], bounds[view])
    reached = np.stack([pair[meet], some[view[meet]]])
    streets = _streets(points, outlines, boxes, rules)
    return Squares(shapes, streets, home, square, nearest, near_points(nearest, boxes), reached)


def _near_inside(squares: Squares, xy: Floats, views: Views, near: Bools, rules: Rules) -> None:
    """Mark homes whose square is seen at its nearest point, or where a view ends inside it within reach of them."""
    home, square = squares.home, squares.square
    near[home[see_at(squares.nearest, squares.near, views)]] = True
    pair, view = squares.reached[:, ~near[home[squares.reached[0]]]]
    beside = np.maximum(views.boxes[view, :2] - xy[home[pair]], xy[home[pair]] - views.boxes[view, 2:])
    close = np.hypot(*np.maximum(beside, 0.0).T) <= rules.near_home_m + _ROUNDING_M
    pair, view = pair[close], view[close]
    bounds = np.asarray(shapely.box(*views.boxes[view].T), dtype=object)
    meet = shapely.intersects(squares.shapes[square[pair]], bounds)
    pair, (view, which) = pair[meet], np.unique(view[meet], return_inverse=True)
    rows = views.rows[view]
    frame = pd.DataFrame(rows[:, 2:], columns=["azimuth_deg", "sweep_deg", "near_m", "reach_m"])
    common = shapely.intersection(squares.shapes[square[pair]], sectors(rows[:, 0], rows[:, 1], frame, rules)[which])
    points = np.asarray(shapely.points(xy[home[pair]]), dtype=object)
    near[home[pair[shapely.dwithin(points, common, rules.near_home_m)]]] = True
