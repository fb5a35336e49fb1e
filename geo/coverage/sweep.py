"""Ground in view of at least one, two, three cameras, measured by a line that sweeps over it from south to north.

Between two neighbouring corners or crossings the length of the line in view is linear in y, so its middle times the
height is the area: exact for the polygons of `fov.sectors`, without ever making their unions. A crossing found a
little off costs its own error only. Written in the part of Python that numba compiles, in one file on purpose; see
`geo.compiled`.
"""

from math import ceil, cos, radians, sin
from typing import Any

import numpy as np

from geo.compiled import compiled

#: What an edge does when it is crossed from west to east: one view more or less, or public ground or the unit
#: begins or ends.
MORE, LESS, PUBLIC, UNIT = 1, -1, 2, 3
#: Most strips that one job is cut into, and how wide one is at least.
MAX_STRIPS, STRIP_M = 200, 60.0
#: Edges that cross by less are taken to touch.
TOUCH_M = 1e-9


@compiled
def put_edge(edges: Any, kinds: Any, n: int, ax: float, ay: float, bx: float, by: float, kind: int) -> int:
    """Add the edge a -> b, kept with its lower end first; `kind` is for one that goes up."""
    if ay == by:
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
    """Add the `count` chords of an arc that runs clockwise from `start`; `kind` is MORE for an outer one."""
    ax, ay = x + radius * sin(radians(start)), y + radius * cos(radians(start))
    first_x, first_y = ax, ay
    for k in range(1, count + 1):
        if k == count and count * step >= 360.0 - 1e-9:
            bx, by = first_x, first_y
        else:
            angle = radians(start + k * step)
            bx, by = x + radius * sin(angle), y + radius * cos(angle)
        n = put_edge(edges, kinds, n, ax, ay, bx, by, kind)
        ax, ay = bx, by
    return n


@compiled
def put_view(edges: Any, kinds: Any, n: int, view: Any, x0: float, y0: float, chord_deg: float) -> int:
    """Add the edges of one view, relative to (x0, y0)."""
    x, y, azimuth, sweep, near, reach = view[0] - x0, view[1] - y0, view[2], view[3], view[4], view[5]
    if sweep >= 360.0:
        count = ceil(360.0 / chord_deg)
        n = put_arc(edges, kinds, n, x, y, reach, 0.0, 360.0 / count, count, MORE)
        if near > 0.0:
            n = put_arc(edges, kinds, n, x, y, near, 0.0, 360.0 / count, count, LESS)
        return n
    count = max(1, ceil(sweep / chord_deg - 1e-9))
    start = azimuth - sweep / 2
    n = put_arc(edges, kinds, n, x, y, reach, start, sweep / count, count, MORE)
    if near > 0.0:
        n = put_arc(edges, kinds, n, x, y, near, start, sweep / count, count, LESS)
    for end in range(2):
        angle = radians(start + end * count * (sweep / count))
        ix, iy = x + near * sin(angle), y + near * cos(angle)
        ox, oy = x + reach * sin(angle), y + reach * cos(angle)
        if end == 0:
            n = put_edge(edges, kinds, n, ix, iy, ox, oy, MORE)
        else:
            n = put_edge(edges, kinds, n, ox, oy, ix, iy, MORE)
    return n


@compiled
def put_rows(
    edges: Any,
    kinds: Any,
    n: int,
    rows: Any,
    begin: int,
    end: int,
    tallest: float,
    x0: float,
    y0: float,
    box: Any,
    kind: int,
) -> int:
    """Add those of `rows` (in the order of their lower ends) that lie west of, or in, `box` and level with it."""
    first = begin + np.searchsorted(rows[begin:end, 1], box[1] + y0 - tallest - 1e-6)
    for i in range(first, end):
        low, high = rows[i, 1] - y0, rows[i, 3] - y0
        if low >= box[3]:
            break
        if high > box[1] and min(rows[i, 0], rows[i, 2]) - x0 < box[2]:
            n = put_edge(edges, kinds, n, rows[i, 0] - x0, low, rows[i, 2] - x0, high, kind)
    return n


@compiled
def put_piece(out: Any, kinds: Any, m: int, ax: float, ay: float, bx: float, by: float, kind: int) -> int:
    """Add an upright piece of an edge; one that goes on from an upright piece just added makes that longer."""
    if m > 0 and kinds[m - 1] == kind and out[m - 1, 0] == ax and out[m - 1, 2] == bx and ax == bx:
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
) -> int:
    """Edges as a strip sees them: cut at its four sides; what lies west of it stands on its western side."""
    for i in range(begin, end):
        ax, ay, bx, by = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        low, high = max(ay, south), min(by, north)
        left, right = min(ax, bx), max(ax, bx)
        if low >= high or left >= east:
            continue
        if right <= west:
            m = put_piece(out, out_kinds, m, west, low, west, high, kinds[i])
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
                m = put_piece(out, out_kinds, m, lower_x, lower, upper_x, upper, kinds[i])
            elif middle <= west:
                m = put_piece(out, out_kinds, m, west, lower, west, upper, kinds[i])
            lower = upper
    return m


@compiled
def add_line(
    x: Any, order: Any, n: int, kinds: Any, west: float, east: float, in_unit: bool, h: float, sums: Any
) -> None:
    """Add a slab of height `h` whose edges, in `order`, are met at `x`: seen by 1, 3; public ground by 1, 2, 3."""
    depth = 0
    unit, public = in_unit, False
    before = west
    for i in range(n + 1):
        here = east if i == n else min(max(x[order[i]], west), east)
        if depth > 0 and unit and here > before:
            part = (here - before) * h
            sums[0] += part
            if depth >= 3:
                sums[1] += part
        if depth > 0 and public and here > before:
            part = (here - before) * h
            sums[2] += part
            if depth >= 2:
                sums[3] += part
            if depth >= 3:
                sums[4] += part
        before = max(before, here)
        if i < n:
            kind = kinds[order[i]]
            if kind == PUBLIC:
                public = not public
            elif kind == UNIT:
                unit = not unit
            else:
                depth += kind


@compiled
def sort_by(x: Any, order: Any, n: int) -> None:
    """Sort `order`, nearly sorted, by `x`."""
    for i in range(1, n):
        one = order[i]
        at = i
        while at > 0 and x[order[at - 1]] > x[one]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = one


@compiled
def cross(x: Any, slope: Any, active: Any, n: int, order: Any, y: float, h: float, top: Any, crossings: Any) -> Any:
    """Where edges cross within a slab of height `h` from `y`; `x` is theirs at its middle. Uses up `x` and `order`."""
    for i in range(n):
        one = active[i]
        order[i] = one
        x[one] -= h / 2 * slope[one]
        top[one] = x[one] + h * slope[one]
    sort_by(x, order, n)
    n_cross = 0
    for i in range(1, n):
        one = order[i]
        at = i
        while at > 0 and top[order[at - 1]] > top[one]:
            other = order[at - 1]
            gap = x[one] - x[other]
            if gap > 0.0:
                if n_cross == crossings.size:
                    longer = np.empty(2 * n_cross)
                    longer[:n_cross] = crossings
                    crossings = longer
                crossings[n_cross] = y + h * gap / (gap + top[other] - top[one])
                n_cross += 1
            order[at] = other
            at -= 1
        order[at] = one
    return crossings, n_cross


@compiled
def is_crossed(x: Any, slope: Any, active: Any, n: int, h: float) -> bool:
    """Whether edges in the order they have at the middle of a slab change places within it."""
    for i in range(1, n):
        gap = x[active[i]] - x[active[i - 1]]
        turn = (slope[active[i]] - slope[active[i - 1]]) * h / 2
        if gap + turn < -TOUCH_M or gap - turn < -TOUCH_M:
            return True
    return False


@compiled
def sweep_strip(edges: Any, kinds: Any, m: int, west: float, east: float, in_unit: bool, sums: Any) -> None:
    """Add what the strip between `west` and `east` holds to `sums`; `edges` (m, 4) as `clip_edges` gives them."""
    ends = np.empty(2 * m)
    slope = np.empty(m)
    for i in range(m):
        ends[i], ends[m + i] = edges[i, 1], edges[i, 3]
        slope[i] = (edges[i, 2] - edges[i, 0]) / (edges[i, 3] - edges[i, 1])
    ends.sort()
    entry = np.argsort(edges[:m, 1])
    active, order = np.empty(m, np.int64), np.empty(m, np.int64)
    x, top = np.empty(m), np.empty(m)
    crossings = np.empty(64)
    n_active, next_in = 0, 0
    for e in range(2 * m - 1):
        y, y_next = ends[e], ends[e + 1]
        if y_next <= y:
            continue
        kept = 0
        for i in range(n_active):
            if edges[active[i], 3] > y:
                active[kept] = active[i]
                kept += 1
        n_active = kept
        while next_in < m and edges[entry[next_in], 1] <= y:
            active[n_active] = entry[next_in]
            n_active += 1
            next_in += 1
        if n_active == 0:
            continue
        h = y_next - y
        for i in range(n_active):
            one = active[i]
            x[one] = edges[one, 0] + (y - edges[one, 1]) * slope[one] + h / 2 * slope[one]
        sort_by(x, active, n_active)
        if not is_crossed(x, slope, active, n_active, h):
            add_line(x, active, n_active, kinds, west, east, in_unit, h, sums)
            continue
        crossings, n_cross = cross(x, slope, active, n_active, order, y, h, top, crossings)
        crossings[:n_cross].sort()
        begin = y
        for c in range(n_cross + 1):
            end = crossings[c] if c < n_cross else y_next
            if end <= begin:
                continue
            for i in range(n_active):
                one = active[i]
                x[one] = edges[one, 0] + ((begin + end) / 2 - edges[one, 1]) * slope[one]
            sort_by(x, active, n_active)
            add_line(x, active, n_active, kinds, west, east, in_unit, end - begin, sums)
            begin = end


@compiled
def sweep_job(
    edges: Any, kinds: Any, n: int, ends: Any, near: Any, boxes: Any, x0: float, box: Any, in_unit: bool, sums: Any
) -> None:
    """Sweep one job strip by strip: the edges of the i-th of the views `near` end at `ends[i + 1]`, others follow."""
    west, south, east, north = box[0], box[1], box[2], box[3]
    n_strips = 1 if near.size < 4 else min(MAX_STRIPS, max(1, int((east - west) / STRIP_M)))
    out, out_kinds = np.empty((3 * n, 4)), np.empty(3 * n, np.int8)
    for s in range(n_strips):
        left = west + (east - west) * s / n_strips
        right = west + (east - west) * (s + 1) / n_strips
        m = 0
        for i in range(near.size):
            v = near[i]
            if boxes[v, 0] - x0 < right and boxes[v, 2] - x0 > left:
                m = clip_edges(edges, kinds, ends[i], ends[i + 1], left, right, south, north, out, out_kinds, m)
        if m > 0:
            m = clip_edges(edges, kinds, ends[near.size], n, left, right, south, north, out, out_kinds, m)
            sweep_strip(out, out_kinds, m, left, right, in_unit, sums)


@compiled
def sweep_jobs(
    begin: int,
    end: int,
    job_starts: Any,
    job_views: Any,
    job_unit: Any,
    job_masked: Any,
    job_public: Any,
    views: Any,
    boxes: Any,
    unit_edges: Any,
    unit_starts: Any,
    unit_boxes: Any,
    unit_tallest: Any,
    public_edges: Any,
    public_starts: Any,
    public_tallest: Any,
    chord_deg: float,
) -> Any:
    """Square metres per job `begin` .. `end` - 1: seen by 1+, by 3+; of public ground by 1+, 2+, 3+ views.

    A job is a set of views on one unit. A `masked` job's views reach beyond the unit, whose edges then count.
    Edges are rows (ax, ay, bx, by) by unit; `boxes` and `unit_boxes` rows (west, south, east, north).
    """
    sums = np.zeros((end - begin, 5))
    box = np.empty(4)
    per_view = 4 * ceil(360.0 / chord_deg) + 4
    for job in range(begin, end):
        unit = job_unit[job]
        n_views = job_starts[job + 1] - job_starts[job]
        room = n_views * per_view
        if job_masked[job]:
            room += unit_starts[unit + 1] - unit_starts[unit]
        if job_public[job]:
            room += public_starts[unit + 1] - public_starts[unit]
        edges, kinds = np.empty((room, 4)), np.empty(room, np.int8)
        first = job_views[job_starts[job]]
        x0, y0 = views[first, 0], views[first, 1]
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        n = 0
        ends = np.empty(n_views + 1, np.int64)
        ends[0] = 0
        for at in range(job_starts[job], job_starts[job + 1]):
            v = job_views[at]
            n = put_view(edges, kinds, n, views[v], x0, y0, chord_deg)
            west, south = min(west, boxes[v, 0] - x0), min(south, boxes[v, 1] - y0)
            east, north = max(east, boxes[v, 2] - x0), max(north, boxes[v, 3] - y0)
            ends[at - job_starts[job] + 1] = n
        if job_masked[job]:
            west, south = max(west, unit_boxes[unit, 0] - x0), max(south, unit_boxes[unit, 1] - y0)
            east, north = min(east, unit_boxes[unit, 2] - x0), min(north, unit_boxes[unit, 3] - y0)
        if west >= east or south >= north:
            continue
        box[0], box[1], box[2], box[3] = west, south, east, north
        if job_masked[job]:
            begin_at, end_at = unit_starts[unit], unit_starts[unit + 1]
            n = put_rows(edges, kinds, n, unit_edges, begin_at, end_at, unit_tallest[unit], x0, y0, box, UNIT)
        if job_public[job]:
            begin_at, end_at = public_starts[unit], public_starts[unit + 1]
            n = put_rows(edges, kinds, n, public_edges, begin_at, end_at, public_tallest[unit], x0, y0, box, PUBLIC)
        near = job_views[job_starts[job] : job_starts[job + 1]]
        sweep_job(edges, kinds, n, ends, near, boxes, x0, box, not job_masked[job], sums[job - begin])
    return sums


@compiled
def view_boxes(views: Any, chord_deg: float) -> Any:
    """Bounds (n, 4) of each view: west, south, east, north; NaN where it is empty."""
    n = views.shape[0]
    boxes = np.full((n, 4), np.nan)
    room = 4 * ceil(360.0 / chord_deg) + 4
    edges, kinds = np.empty((room, 4)), np.empty(room, np.int8)
    for v in range(n):
        if not (views[v, 5] > views[v, 4] and views[v, 3] > 0.0):
            continue
        count = put_view(edges, kinds, 0, views[v], 0.0, 0.0, chord_deg)
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        for i in range(count):
            west = min(west, edges[i, 0], edges[i, 2])
            east = max(east, edges[i, 0], edges[i, 2])
            south, north = min(south, edges[i, 1]), max(north, edges[i, 3])
        boxes[v, 0], boxes[v, 1], boxes[v, 2], boxes[v, 3] = west, south, east, north
    return boxes
