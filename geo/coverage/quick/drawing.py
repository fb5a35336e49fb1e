"""What a change of cameras looks like on the map, in the metric CRS."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.coverage.layers import Floats, Geometries, Ints, linear, polygonal
from geo.coverage.quick.swap import Swap, bounds_of, meet
from geo.coverage.quick.vicinity import Lines, Vicinity, to_sectors
from geo.coverage.sight import Stretches, see_along

_LESS, _MORE = 1, 2
#: Stretches are shares of a segment; this is rounding.
_NOTHING = 1e-6
#: Pieces of ground below are what rounding leaves between edges that are the same.
_SLIVER_M2 = 0.01
_NO_GROUND, _NO_LINES = shapely.MultiPolygon(), shapely.MultiLineString()


@dataclass(frozen=True)
class Drawing:
    """Public ground that comes into view and that is lost, and dwelling facade that comes, goes and is in view today.

    Polygons and lines; facade of today is told within the bounds of the change.
    """

    newly_seen: Any
    no_longer_seen: Any
    facade_new: Any
    facade_gone: Any
    facade_now: Any


#: Nothing changes.
NOTHING = Drawing(_NO_GROUND, _NO_GROUND, _NO_LINES, _NO_LINES, _NO_LINES)


def draw_change(vicinity: Vicinity, ground: Swap, facade: Swap) -> Drawing:
    """What the swaps of the views of the ground and of facades do, drawn."""
    come = _union(ground, np.flatnonzero(ground.comes & ground.views.seeing), vicinity)
    gone = _union(ground, np.flatnonzero(ground.goes & ground.views.seeing), vicinity)
    newly = shapely.intersection(_clip(vicinity.unseen, come), come)
    lost = shapely.intersection(_clip(vicinity.public, gone), gone)
    if not shapely.is_empty(lost):
        boxes = ground.views.boxes
        others = ~ground.goes & ~ground.comes & meet(boxes, np.array([shapely.bounds(lost)]))[:, 0]
        seen = shapely.union_all([come, *vicinity.sectors[np.flatnonzero(others)]])
        lost = shapely.difference(lost, seen)
    return Drawing(_without_slivers(newly), _without_slivers(lost), *_facades(vicinity, ground, facade))


def _union(swap: Swap, which: Ints, vicinity: Vicinity) -> Any:
    views = swap.views
    some = type(views)(views.rows[which], views.boxes[which], views.chord_deg)
    return shapely.union_all(to_sectors(some, vicinity.rules))


def _without_slivers(shape: Any) -> Any:
    parts = shapely.get_parts(polygonal(np.array([shape], dtype=object))[0])
    return shapely.multipolygons(parts[shapely.area(parts) > _SLIVER_M2])


def _clip(shape: Any, around: Any) -> Any:
    if shapely.is_empty(around):
        return shapely.Polygon()
    return shapely.clip_by_rect(shape, *shapely.bounds(around).tolist())


def _facades(vicinity: Vicinity, ground: Swap, swap: Swap) -> tuple[Any, Any, Any]:
    """Facade that comes into view, that is lost, and that is in view today around the change."""
    lines = vicinity.facades
    if lines is None:
        return _NO_LINES, _NO_LINES, _NO_LINES
    touched = swap.touched(lines.boxes)
    after = see_along(lines.corners, swap.near(lines.boxes, lines.near, touched), swap.after)
    now, then = _spans(lines, lines.seen, touched), _spans(lines, after, touched)
    new, gone = _apart(now, then)
    around = bounds_of(np.vstack([ground.windows, swap.windows]))
    shown = np.flatnonzero(meet(lines.boxes, around[None])[:, 0])
    return _draw(lines, new), _draw(lines, gone), _draw(lines, _spans(lines, lines.seen, shown))


def _spans(lines: Lines, seen: Stretches, which: Ints) -> tuple[Ints, Floats]:
    """The stretches seen of the lines `which`: the corner that each one's segment begins at, and its ends (n, 2)."""
    first, last = lines.corners.starts[which], lines.corners.starts[which + 1]
    begin, end = seen.starts[first], seen.starts[last]
    n = end - begin
    rows = np.repeat(begin - np.concatenate([[0], np.cumsum(n)[:-1]]), n) + np.arange(n.sum())
    corner = np.searchsorted(seen.starts, rows, side="right") - 1
    return corner, seen.spans[rows]


def _apart(now: tuple[Ints, Floats], then: tuple[Ints, Floats]) -> tuple[tuple[Ints, Floats], tuple[Ints, Floats]]:
    """Stretches that are seen then and not now, and now and not then; those of one moment do not overlap."""
    corner = np.concatenate([now[0], now[0], then[0], then[0]])
    at = np.concatenate([now[1][:, 0], now[1][:, 1], then[1][:, 0], then[1][:, 1]])
    step = np.repeat([_LESS, -_LESS, _MORE, -_MORE], [len(now[0])] * 2 + [len(then[0])] * 2)
    order = np.lexsort((at, corner))
    corner, at, state = corner[order], at[order], np.cumsum(step[order])
    found = []
    for wanted in (_MORE, _LESS):
        begins = np.flatnonzero(state[:-1] == wanted) if len(state) else np.zeros(0, dtype=np.int64)
        begins = begins[at[begins + 1] - at[begins] > _NOTHING] if len(begins) else begins
        found.append((corner[begins], np.column_stack([at[begins], at[begins + 1]])))
    return found[0], found[1]


def _draw(lines: Lines, spans: tuple[Ints, Floats]) -> Any:
    """Stretches as a multi-line."""
    corner, ends = spans
    a, b = lines.corners.xy[corner], lines.corners.xy[corner + 1]
    drawn = a[:, None, :] + ends[:, :, None] * (b - a)[:, None, :]
    pieces: Geometries = np.asarray(shapely.linestrings(drawn), dtype=object)
    return (
        linear(np.array([shapely.multilinestrings(pieces)], dtype=object))[0]
        if len(pieces)
        else shapely.MultiLineString()
    )
