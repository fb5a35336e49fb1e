"""What is there to be seen around a change, and what of it is seen today: cut out once, kept while one drags."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage.columns import Columns
from geo.coverage.fov import sectors
from geo.coverage.ground import Ground, Items, Parcels
from geo.coverage.layers import Floats, Geometries, Ints, union_by_group
from geo.coverage.quick.swap import bounds_of, meet
from geo.coverage.quick.today import Looking, Today
from geo.coverage.sight import Stretches, see_along, see_at, see_polygons
from geo.coverage.views import Corners, Edges, Rows, Views, near_views, to_corners, to_edges
from geo.coverage.whatif import WhatIf
from geo.rules import Rules

Bools = npt.NDArray[np.bool_]
#: Layers of `Ground` that are counted by the item.
LAYERS = ("places", "dwellings", "incidents", "residents")
_VIEW = ("azimuth_deg", "sweep_deg", "near_m", "reach_m")


@dataclass(frozen=True)
class Lines:
    """Lines with their bounds, the views of today that may meet each, and what these see of it."""

    corners: Corners
    boxes: Floats
    near: Rows
    seen: Stretches


@dataclass(frozen=True)
class Points:
    """Points (n, 2) of the items `item`, the views of today that may hold each, and which of them are held."""

    xy: Floats
    item: Ints
    near: Rows
    held: Bools

    @property
    def boxes(self) -> Floats:
        """The bounds of each, which are the point itself."""
        return np.column_stack([self.xy, self.xy])


@dataclass(frozen=True)
class Areas:
    """Polygons of the items `item`, the views of today that may meet each, and which count as seen."""

    item: Ints
    edges: Edges
    near: Rows
    enough_m2: Floats
    seen: Bools


@dataclass(frozen=True)
class Street:
    """The finest units of one chain: their shares of the roads and, as edges, their ground and public ground."""

    parcels: Parcels
    roads: Lines
    units: Edges
    public: Edges


@dataclass(frozen=True)
class Vicinity:
    """All that is seen or may be seen within `box` (metric CRS), today; a layer that the home lacks is None.

    `names` says whose each row of `looking` is, `codes` by layer of `ground` and level in which unit each item lies.
    """

    box: tuple[float, float, float, float]
    ground: Ground
    names: npt.NDArray[Any]
    looking: Looking
    streets: tuple[Street, ...]
    place_points: Points | None
    place_areas: Areas | None
    incidents: Points | None
    facades: Lines | None
    codes: dict[str, dict[str, npt.NDArray[np.object_]]]
    rules: Rules

    def holds(self, bounds: Floats) -> bool:
        """Whether `bounds` lie within."""
        return bool((self.box[:2] <= bounds[:2]).all() and (bounds[2:] <= self.box[2:]).all())

    def rows_of(self, names: set[Any]) -> Ints:
        """The rows of `looking` of the cameras `names`."""
        return np.flatnonzero([name in names for name in self.names.tolist()])

    def unseen_road(self, level: str, code: str) -> Floats:
        """The road of a finest unit that no camera sees today, as segments (n, 4: ax, ay, bx, by)."""
        street = next(street for street in self.streets if street.parcels.chain[0] == level)
        unit = np.flatnonzero(street.parcels.codes == code)
        pieces = np.flatnonzero(np.isin(street.parcels.road_unit, unit))
        corners, seen = street.roads.corners, street.roads.seen
        found = [
            _unseen_of(corners, seen, corner) for piece in pieces.tolist() for corner in _corners_of(corners, piece)
        ]
        return np.vstack([np.zeros((0, 4)), *found])

    @cached_property
    def unseen(self) -> Any:
        """The public ground that no camera sees today."""
        public = self.streets[0].parcels.public
        unit, view = shapely.STRtree(self.sectors).query(public, predicate="intersects")
        seen = union_by_group(self.sectors[view], np.asarray(unit, dtype=np.int64), len(public))
        return shapely.union_all(shapely.difference(public, seen))

    @cached_property
    def public(self) -> Any:
        """All public ground."""
        return shapely.union_all(self.streets[0].parcels.public)

    @cached_property
    def sectors(self) -> Geometries:
        """The views of the ground as polygons."""
        return to_sectors(self.looking.ground, self.rules)


def _corners_of(corners: Corners, line: int) -> range:
    """The corners of a line that begin a segment or a jump."""
    return range(int(corners.starts[line]), int(corners.starts[line + 1]) - 1)


def _unseen_of(corners: Corners, seen: Stretches, corner: int) -> Floats:
    """What is not seen of the segment that begins at `corner`, in pieces (n, 4); none of a jump between parts."""
    begin, end = corners.xy[corner], corners.xy[corner + 1]
    spans = seen.spans[seen.starts[corner] : seen.starts[corner + 1]]
    ends = np.concatenate([[0.0], spans.ravel(), [1.0]]).reshape(-1, 2)
    ends = ends[(ends[:, 1] > ends[:, 0]) & np.isfinite(begin + end).all()]
    return np.hstack([begin + at[:, None] * (end - begin) for at in ends.T])


def to_sectors(views: Views, rules: Rules) -> Geometries:
    """`views` as polygons."""
    columns = dict(zip(_VIEW, views.rows[:, 2:].T, strict=True))
    columns["sweep_deg"] = np.where(views.seeing, columns["sweep_deg"], 0.0)
    return sectors(views.rows[:, 0], views.rows[:, 1], Columns(columns), rules)


def cut_vicinity(engine: WhatIf, today: Today, box: tuple[float, float, float, float]) -> Vicinity:
    """The vicinity within `box`, whatever of it `today`'s cameras see."""
    _, laid_out, reached = engine.cut_out(shapely.box(*box))
    bounds = bounds_of(shapely.bounds(reached))[None, :]
    boxes = today.looking.ground.boxes, today.looking.facade.boxes
    rows = np.flatnonzero(meet(boxes[0], bounds)[:, 0] | meet(boxes[1], bounds)[:, 0])
    looking, ground, rules = today.looking.take(rows), laid_out.ground, engine.rules
    places, incidents, dwellings = ground.places, ground.incidents, ground.dwellings
    return Vicinity(
        box,
        ground,
        today.names[rows],
        looking,
        tuple(_street(parcels, looking.ground) for parcels in laid_out.parcels),
        None if places is None else _points(_without_area(places.geometries), looking.ground),
        None if places is None else _areas(places, looking.ground, rules),
        None if incidents is None else _points(incidents.geometries, looking.ground),
        None if dwellings is None else _lines(dwellings.geometries, looking.facade),
        {name: _codes(items) for name in LAYERS if (items := getattr(ground, name)) is not None},
        rules,
    )


def _codes(items: Items) -> dict[str, npt.NDArray[np.object_]]:
    return {str(level): codes.to_numpy(dtype=object) for level, codes in items.levels.items()}


def _street(parcels: Parcels, views: Views) -> Street:
    roads = _lines(parcels.roads, views)
    return Street(parcels, roads, to_edges(parcels.geometries), to_edges(parcels.public))


def _lines(shapes: Geometries, views: Views) -> Lines:
    corners, near = to_corners(shapes), near_views(shapes, views.boxes)
    return Lines(corners, shapely.bounds(shapes).reshape(-1, 4), near, see_along(corners, near, views))


def _points(shapes: Geometries, views: Views) -> Points:
    xy, item = shapely.get_coordinates(shapes, return_index=True)
    near = near_views(np.asarray(shapely.points(xy), dtype=object), views.boxes)
    return Points(xy, np.asarray(item, dtype=np.int64), near, see_at(xy, near, views))


def _areas(places: Items, views: Views, rules: Rules) -> Areas:
    item = np.flatnonzero(shapely.get_dimensions(places.geometries) == 2)
    shapes = places.geometries[item]
    edges, near = to_edges(shapes), near_views(shapes, views.boxes)
    enough = rules.place_open_share * shapely.area(shapes) * (1 - 1e-9)
    return Areas(item, edges, near, enough, see_polygons(edges, near, views) >= enough)


def _without_area(shapes: Geometries) -> Geometries:
    left = shapes.copy()
    left[shapely.get_dimensions(shapes) == 2] = None
    return left
