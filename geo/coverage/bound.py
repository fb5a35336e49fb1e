"""The most that one view can hold of given lines, wherever it stands and however it is turned: a proven bound."""

import numpy as np
import shapely

from geo.coverage.layers import Floats

#: Places are looked at square by square, each as wide a share of the reach, with the segments near it only.
_SQUARE_SHARE = 0.5
#: Azimuths of the first cells of a square lie so many degrees apart.
_FIRST_DEG = 30.0
#: Cells are halved until the bound stands so close above what some view does hold, or until so many pairs of a cell
#: and a segment have been looked at in a square.
_CLOSE, _MOST_PAIRS = 1.05, 60_000


def most_in_view_m(segments: Floats, reach_m: float, sweep_deg: float) -> float:
    """Metres of `segments` (n, 4: ax, ay, bx, by) that no view of `reach_m` and `sweep_deg` (below 180) can exceed.

    A view is the sector from its camera to `reach_m`; near edges and what stands in the way only take from it. Branch
    and bound over places and azimuths ("big square small square", Hansen, Peeters and Thisse 1981): the views of a
    cell all lie in the middle one widened by how far the cell lets a point move; cells whose widened view holds less
    than some view does hold are left out, the others halved. So the bound holds wherever one stops.

    >>> street = np.array([[0.0, 0, 200, 0], [300, 0, 300, 5]])
    >>> 50.0 <= most_in_view_m(street, 50.0, 60.0) <= 52.5
    True
    """
    if not len(segments):
        return 0.0
    width_m = reach_m * _SQUARE_SHARE
    room_m = width_m / np.sqrt(2.0)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(segments.reshape(-1, 2, 2)), dtype=object))
    low, high = shapely.total_bounds(tree.geometries).reshape(2, 2)
    middles = _middles(low - reach_m, high + reach_m, width_m)
    square, segment = tree.query(shapely.points(middles), predicate="dwithin", distance=reach_m + room_m)
    longest_m = np.minimum(shapely.length(tree.geometries), 2 * (reach_m + room_m))
    within_m = np.bincount(square, longest_m[segment], minlength=len(middles))
    starts = np.searchsorted(square, np.arange(len(middles) + 1))
    held_m = bound_m = 0.0
    for at in np.argsort(-within_m, kind="stable").tolist():
        if within_m[at] <= max(held_m * _CLOSE, bound_m):
            break
        near = segments[segment[starts[at] : starts[at + 1]]]
        held_m, most_m = _search(near, middles[at], width_m, reach_m, sweep_deg, held_m)
        bound_m = max(bound_m, most_m)
    return max(bound_m, held_m * _CLOSE)


def _search(
    segments: Floats, middle: Floats, width_m: float, reach_m: float, sweep_deg: float, held_m: float
) -> tuple[float, float]:
    """What some view holds (`held_m`: of an earlier one) and what none from the square round `middle` can exceed."""
    azimuths, step_deg = np.arange(0.0, 360.0, _FIRST_DEG), _FIRST_DEG
    cells = np.column_stack([np.tile(middle, (len(azimuths), 1)), azimuths])
    spent = 0
    while True:
        room_m = width_m / np.sqrt(2.0) + reach_m * np.radians(step_deg / 2)
        most_m = _held_m(segments, cells, reach_m, sweep_deg, room_m)
        held_m = max(held_m, float(_held_m(segments, cells, reach_m, sweep_deg, 0.0).max()))
        spent += len(cells) * len(segments)
        cells = cells[most_m > held_m * _CLOSE]
        if not len(cells) or spent + 8 * len(cells) * len(segments) > _MOST_PAIRS:
            return held_m, float(most_m.max())
        width_m, step_deg = width_m / 2, step_deg / 2
        cells = _halved(cells, width_m, step_deg)


def _middles(low: Floats, high: Floats, width_m: float) -> Floats:
    """Middles (n, 2) of squares that cover the box from `low` to `high`."""
    n = np.maximum(np.ceil((high - low) / width_m).astype(int), 1)
    x, y = (low[k] + width_m * (np.arange(n[k]) + 0.5) for k in (0, 1))
    return np.stack([axis.ravel() for axis in np.meshgrid(x, y, indexing="ij")], axis=1)


def _halved(cells: Floats, width_m: float, step_deg: float) -> Floats:
    """The eight parts of each cell, `width_m` wide and `step_deg` apart."""
    signs = np.stack(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5], indexing="ij"), axis=-1).reshape(-1, 3)
    parts = cells[:, None, :] + signs * np.array([width_m, width_m, step_deg])
    return np.asarray(parts.reshape(-1, 3), dtype=np.float64)


def _held_m(segments: Floats, cells: Floats, reach_m: float, sweep_deg: float, room_m: float) -> Floats:
    """Metres of `segments` in the view from the middle of each cell, widened by `room_m` to all sides.

    The widened view is cut out by the two lines of its sides and its circle, each moved out: a little more than it.
    """
    t0, t1 = _in_circle(segments, cells, reach_m + room_m)
    for side in (-1.0, 1.0):
        # The inner normal of a side: its azimuth, turned by a right angle towards the middle of the view.
        normal = np.radians(cells[:, 2] + side * (sweep_deg / 2 - 90.0))
        across = np.stack([np.sin(normal), np.cos(normal)], axis=1)
        t0, t1 = _beside(segments, cells, across, room_m, t0, t1)
    return _length_m(segments, t0, t1)


def _length_m(segments: Floats, t0: Floats, t1: Floats) -> Floats:
    """Metres between t0 and t1 of all segments, per cell."""
    length_m = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return np.asarray(np.maximum(t1 - t0, 0.0) @ length_m, dtype=np.float64)


def _in_circle(segments: Floats, cells: Floats, radius_m: float) -> tuple[Floats, Floats]:
    """Where each segment is in the circle round each cell's middle: shares t0, t1 of it, (cells, segments)."""
    d = segments[:, 2:] - segments[:, :2]
    a = segments[None, :, :2] - cells[:, None, :2]
    square = np.maximum((d * d).sum(axis=1), 1e-12)
    middle = -(a * d).sum(axis=2) / square
    half = middle**2 - ((a * a).sum(axis=2) - radius_m**2) / square
    width = np.sqrt(np.maximum(half, 0.0))
    t1 = np.where(half > 0, np.minimum(middle + width, 1.0), 0.0)
    return np.where(half > 0, np.maximum(middle - width, 0.0), 0.0), t1


def _beside(
    segments: Floats, cells: Floats, across: Floats, room_m: float, t0: Floats, t1: Floats
) -> tuple[Floats, Floats]:
    """t0, t1 cut to where a segment lies on the side that `across` points to, or at most `room_m` beyond it."""
    start = ((segments[None, :, :2] - cells[:, None, :2]) * across[:, None, :]).sum(axis=2) + room_m
    rise = ((segments[:, 2:] - segments[:, :2])[None] * across[:, None, :]).sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = -start / rise
    flat = np.abs(rise) < 1e-12
    low = np.where(flat, np.where(start >= 0, -np.inf, np.inf), np.where(rise > 0, at, -np.inf))
    high = np.where(flat, np.inf, np.where(rise > 0, np.inf, at))
    return np.maximum(t0, low), np.minimum(t1, high)
