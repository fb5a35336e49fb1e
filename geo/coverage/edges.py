"""The edges of views, units and public ground, cut into the strips that `geo.coverage.sweep` goes over.

Written in the part of Python that numba compiles, in one file on purpose; see `geo.compiled`.
"""

from math import ceil, cos, floor, radians, sin
from typing import Any

import numpy as np

from geo.compiled import compiled

#: What an edge does when it is crossed from west to east: one view more or less, or public ground or the unit
#: begins or ends.
MORE, LESS, PUBLIC, UNIT = 1, -1, 2, 3
#: An edge that rises by no more is level: nothing lies between its ends, and where it is met cannot be told.
LEVEL_M = 1e-9
#: Most strips that one job is cut into, and how wide one is at least.
MAX_STRIPS, STRIP_M = 200, 120.0


@compiled
def put_edge(edges: Any, kinds: Any, n: int, ax: float, ay: float, bx: float, by: float, kind: int) -> int:
    """Add the edge a -> b, if it is not level, its lower end first; `kind` is for one that goes up."""
    if abs(by - ay) <= LEVEL_M:
        return n
    if ay < by:
        edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = ax, ay, bx, by
        kinds[n] = kind
    else:
        edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = bx, by, ax, ay
        kinds[n] = -kind if kind in (MORE, LESS) else kind
    return n + 1


@compiled
def put_arc(
    edges: Any, kinds: Any, n: int, x: float, y: float, radius: float, start: float, step: float, count: int, kind: int
) -> int:
    """Add the `count` chords of an arc that runs clockwise from `start`; `kind` is MORE for an outer one.

    Angles add up by the sines and cosines of their sums, from exact ones at both ends: off by some 1e-14 of the radius.
    """
    end = start + (0.0 if count * step >= 360.0 - 1e-9 else count * step)
    last_x, last_y = x + radius * sin(radians(end)), y + radius * cos(radians(end))
    sine, cosine = radius * sin(radians(start)), radius * cos(radians(start))
    turn_sine, turn_cosine = sin(radians(step)), cos(radians(step))
    ax, ay = x + sine, y + cosine
    for k in range(1, count + 1):
        sine, cosine = sine * turn_cosine + cosine * turn_sine, cosine * turn_cosine - sine * turn_sine
        bx, by = x + sine, y + cosine
        if k == count:
            bx, by = last_x, last_y
        n = put_edge(edges, kinds, n, ax, ay, bx, by, kind)
        ax, ay = bx, by
    return n


@compiled
def spread(azimuth: float, sweep: float, chord_deg: float) -> Any:
    """Where the arcs of a view begin, the step of their chords, and how many there are."""
    if sweep >= 360.0:
        count = ceil(360.0 / chord_deg)
        return 0.0, 360.0 / count, count
    count = max(1, ceil(sweep / chord_deg - 1e-9))
    return azimuth - sweep / 2, sweep / count, count


@compiled
def put_view(edges: Any, kinds: Any, n: int, view: Any, x0: float, y0: float, chord_deg: float) -> int:
    """Add the edges of one view, relative to (x0, y0)."""
    x, y, azimuth, sweep, near, reach = view[0] - x0, view[1] - y0, view[2], view[3], view[4], view[5]
    start, step, count = spread(azimuth, sweep, chord_deg)
    n = put_arc(edges, kinds, n, x, y, reach, start, step, count, MORE)
    if near > 0.0:
        n = put_arc(edges, kinds, n, x, y, near, start, step, count, LESS)
    if sweep >= 360.0:
        return n
    for end in range(2):
        angle = radians(start + end * count * step)
        ix, iy = x + near * sin(angle), y + near * cos(angle)
        ox, oy = x + reach * sin(angle), y + reach * cos(angle)
        if end == 0:
            n = put_edge(edges, kinds, n, ix, iy, ox, oy, MORE)
        else:
            n = put_edge(edges, kinds, n, ox, oy, ix, iy, MORE)
    return n


@compiled
def put_rows(
    edges: Any, kinds: Any, n: int, rows: Any, tallest: float, x0: float, y0: float, box: Any, kind: int
) -> int:
    """Add those of `rows` (in the order of their lower ends) that lie in `box`, and what those west of it amount to."""
    first, end = np.searchsorted(rows[:, 1], box[1] + y0 - tallest - 1e-6), len(rows)
    n_west = 0
    for i in range(first, end):
        low, high, right = rows[i, 1] - y0, rows[i, 3] - y0, max(rows[i, 0], rows[i, 2]) - x0
        if low >= box[3]:
            end = i
            break
        if high > box[1]:
            if right <= box[0]:
                n_west += 1
            elif min(rows[i, 0], rows[i, 2]) - x0 < box[2]:
                n = put_edge(edges, kinds, n, rows[i, 0] - x0, low, rows[i, 2] - x0, high, kind)
    if n_west == 0:
        return n
    ends, n_ends = np.empty(2 * n_west), 0
    for i in range(first, end):
        low, high, right = rows[i, 1] - y0, rows[i, 3] - y0, max(rows[i, 0], rows[i, 2]) - x0
        if high > box[1] and right <= box[0]:
            ends[n_ends], ends[n_ends + 1] = max(low, box[1]), min(high, box[3])
            n_ends += 2
    return put_west(edges, kinds, n, ends, box[0], kind)


@compiled
def put_west(edges: Any, kinds: Any, n: int, ends: Any, west: float, kind: int) -> int:
    """Add upright edges at `west` that do together what edges between these `ends` (lower and upper, in any order) do.

    An edge of ground turns what lies east of it from in to out and back: where one ends as another begins, nothing
    changes, and only ends that stand alone are left.
    """
    ends.sort()
    left = 0
    for end in ends:
        if left > 0 and ends[left - 1] == end:
            left -= 1
        else:
            ends[left] = end
            left += 1
    for i in range(0, left - 1, 2):
        n = put_edge(edges, kinds, n, west, ends[i], west, ends[i + 1], kind)
    return n


@compiled
def put_piece(out: Any, kinds: Any, m: int, ax: float, ay: float, bx: float, by: float, kind: int, since: int) -> int:
    """Add a piece of an edge; an upright one that goes on from one just added (not before `since`) makes it longer."""
    if m > since and kinds[m - 1] == kind and out[m - 1, 0] == ax and out[m - 1, 2] == bx and ax == bx:
        if out[m - 1, 3] == ay:
            out[m - 1, 3] = by
            return m
        if out[m - 1, 1] == by:
            out[m - 1, 1] = ay
            return m
    out[m, 0], out[m, 1], out[m, 2], out[m, 3] = ax, ay, bx, by
    kinds[m] = kind
    return m + 1


@compiled
def clip_edges(
    edges: Any,
    kinds: Any,
    begin: int,
    end: int,
    west: float,
    east: float,
    south: float,
    north: float,
    out: Any,
    out_kinds: Any,
    m: int,
    since: int,
) -> int:
    """Edges as a strip sees them: cut at its four sides; what lies west of it stands on its western side."""
    for i in range(begin, end):
        ax, ay, bx, by = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        low, high = max(ay, south), min(by, north)
        left, right = min(ax, bx), max(ax, bx)
        if low >= high or left >= east:
            continue
        if right <= west:
            m = put_piece(out, out_kinds, m, west, low, west, high, kinds[i], since)
            continue
        slope = (bx - ax) / (by - ay)
        first, second = high, high
        if left < west:
            first = min(max(ay + (west - ax) / slope, low), high)
        if right > east:
            second = min(max(ay + (east - ax) / slope, low), high)
        if first > second:
            first, second = second, first
        lower = low
        for upper in (first, second, high):
            if upper <= lower:
                continue
            middle = ax + ((lower + upper) / 2 - ay) * slope
            if west < middle < east:
                lower_x = ax if lower == ay else ax + (lower - ay) * slope
                upper_x = bx if upper == by else ax + (upper - ay) * slope
                m = put_piece(out, out_kinds, m, lower_x, lower, upper_x, upper, kinds[i], since)
            elif middle <= west:
                m = put_piece(out, out_kinds, m, west, lower, west, upper, kinds[i], since)
            lower = upper
    return m


@compiled
def job_box(boxes: Any, near: Any, x0: float, y0: float, unit_box: Any, masked: bool) -> Any:
    """Bounds of the views `near`, relative to (x0, y0); where `masked`, no further than the unit's."""
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for v in near:
        west, south = min(west, boxes[v, 0] - x0), min(south, boxes[v, 1] - y0)
        east, north = max(east, boxes[v, 2] - x0), max(north, boxes[v, 3] - y0)
    if masked:
        west, south = max(west, unit_box[0] - x0), max(south, unit_box[1] - y0)
        east, north = min(east, unit_box[2] - x0), min(north, unit_box[3] - y0)
    return np.array([west, south, east, north])


@compiled
def job_edges(
    views: Any, near: Any, units: Any, public: Any, unit: int, box: Any, masked: bool, chord_deg: float
) -> Any:
    """Edges of one job relative to its first camera, their kinds, and where those of each view end.

    `units` and `public` are (rows, starts, tallest) of `views.Edges`; empty starts mean that none are wanted.
    """
    x0, y0 = views[near[0], 0], views[near[0], 1]
    room = near.size * (4 * ceil(360.0 / chord_deg) + 4)
    if masked:
        room += units[1][unit + 1] - units[1][unit]
    if public[1].size:
        room += public[1][unit + 1] - public[1][unit]
    edges, kinds = np.empty((room, 4)), np.empty(room, np.int8)
    ends = np.zeros(near.size + 2, np.int64)
    n = 0
    for i in range(near.size):
        n = put_view(edges, kinds, n, views[near[i]], x0, y0, chord_deg)
        ends[i + 1] = n
    if masked:
        begin, end = units[1][unit], units[1][unit + 1]
        n = put_rows(edges, kinds, n, units[0][begin:end], units[2][unit], x0, y0, box, UNIT)
    if public[1].size:
        begin, end = public[1][unit], public[1][unit + 1]
        n = put_rows(edges, kinds, n, public[0][begin:end], public[2][unit], x0, y0, box, PUBLIC)
    ends[near.size + 1] = n
    return edges, kinds, ends


@compiled
def with_room(rows: Any, kinds: Any, used: int, wanted: int) -> Any:
    """`rows` (n, 4) and `kinds`, or longer copies, with `wanted` free places after the first `used`."""
    if used + wanted <= kinds.size:
        return rows, kinds
    longer, more = np.empty((2 * kinds.size + wanted, 4)), np.empty(2 * kinds.size + wanted, np.int8)
    longer[:used] = rows[:used]
    more[:used] = kinds[:used]
    return longer, more


@compiled
def strip_edges(
    begin: int, end: int, jobs: Any, views: Any, boxes: Any, units: Any, public: Any, chord_deg: float
) -> Any:
    """Jobs `begin` .. `end` - 1 as strips: edges, kinds, where each strip's begin, its sides, and its job - `begin`.

    A job is a set of views on one unit: `jobs` is (starts, views, unit, masked, with_public). A masked job's views
    reach beyond the unit, whose edges then count. `units` is (rows, starts, tallest, boxes), `public` the first three.
    """
    out, kinds = np.empty((4096, 4)), np.empty(4096, np.int8)
    starts, sides, of = [0], [(0.0, 0.0)], [0]
    used = 0
    for job in range(begin, end):
        near = jobs[1][jobs[0][job] : jobs[0][job + 1]]
        unit, masked = jobs[2][job], jobs[3][job]
        x0, y0 = views[near[0], 0], views[near[0], 1]
        box = job_box(boxes, near, x0, y0, units[3][unit], masked)
        if box[0] >= box[2] or box[1] >= box[3]:
            continue
        wanted = public if jobs[4][job] else (public[0], public[1][:0], public[2])
        rows, row_kinds, ends = job_edges(views, near, units, wanted, unit, box, masked, chord_deg)
        n_strips = 1 if near.size < 4 else min(MAX_STRIPS, max(1, int((box[2] - box[0]) / STRIP_M)))
        for strip in range(n_strips):
            west = box[0] + (box[2] - box[0]) * strip / n_strips
            east = box[0] + (box[2] - box[0]) * (strip + 1) / n_strips
            out, kinds = with_room(out, kinds, used, 3 * ends[-1])
            first = used
            for i in range(near.size + 1):
                if i == near.size and used == first:
                    break
                if i < near.size and not (boxes[near[i], 0] - x0 < east and boxes[near[i], 2] - x0 > west):
                    continue
                used = clip_edges(
                    rows, row_kinds, ends[i], ends[i + 1], west, east, box[1], box[3], out, kinds, used, first
                )
            if used > first:
                starts.append(used)
                sides.append((west, east))
                of.append(job - begin)
    return out[:used], kinds[:used], np.array(starts), np.array(sides)[1:], np.array(of)[1:]


@compiled
def view_boxes(views: Any, chord_deg: float) -> Any:
    """Bounds (n, 4) of each view: west, south, east, north; NaN where it is empty."""
    n = views.shape[0]
    boxes = np.full((n, 4), np.nan)
    for v in range(n):
        x, y, azimuth, sweep, near, reach = views[v]
        if not (reach > near and sweep > 0.0):
            continue
        start, step, count = spread(azimuth, sweep, chord_deg)
        angle = min(sweep, 360.0)
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        # The corners at both ends, and of the outer arc those on either side of each point of the compass.
        for end in range(2):
            sine, cosine = sin(radians(start + end * angle)), cos(radians(start + end * angle))
            for radius in (near, reach):
                west, east = min(west, radius * sine), max(east, radius * sine)
                south, north = min(south, radius * cosine), max(north, radius * cosine)
        for point in range(ceil(start / 90.0), int((start + angle) // 90.0) + 1):
            at = (point * 90.0 - start) / step
            for k in (floor(at), ceil(at)):
                turned = radians(start + min(max(k, 0), count) * step)
                west, east = min(west, reach * sin(turned)), max(east, reach * sin(turned))
                south, north = min(south, reach * cos(turned)), max(north, reach * cos(turned))
        boxes[v, 0], boxes[v, 1], boxes[v, 2], boxes[v, 3] = x + west, y + south, x + east, y + north
    return boxes
