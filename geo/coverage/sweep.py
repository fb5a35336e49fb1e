"""Ground in view of at least one, two, three cameras, measured by a line that sweeps over it from south to north.

Between two neighbouring corners or crossings the length of the line in view is linear in y, so its middle times the
height is the area: exact for the polygons of `fov.sectors`, without ever making their unions. A crossing found a
little off costs its own error only. Written in the part of Python that numba compiles, in one file on purpose; see
`geo.compiled`.
"""

from typing import Any

import numpy as np

from geo.compiled import compiled

#: Kinds of edges, as in `geo.coverage.edges`.
PUBLIC, UNIT = 2, 3
#: Edges that cross by less are taken to touch.
TOUCH_M = 1e-9


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
    n_ends = m
    for i in range(m):
        ends[i] = edges[i, 1]
        slope[i] = (edges[i, 2] - edges[i, 0]) / (edges[i, 3] - edges[i, 1])
        # Where the next edge of a chain begins, this one's end is known already.
        after = i + 1 < m and edges[i + 1, 1] == edges[i, 3]
        before = i > 0 and edges[i - 1, 1] == edges[i, 3]
        if not after and not before:
            ends[n_ends] = edges[i, 3]
            n_ends += 1
    ends = ends[:n_ends]
    ends.sort()
    entry = np.argsort(edges[:m, 1])
    active, order = np.empty(m, np.int64), np.empty(m, np.int64)
    x, top = np.empty(m), np.empty(m)
    crossings = np.empty(64)
    n_active, next_in = 0, 0
    for e in range(n_ends - 1):
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
def sweep_strips(strips: Any, masked: Any, n_jobs: int) -> Any:
    """Square metres per job: seen by 1+, by 3+; of public ground by 1+, 2+, 3+ views.

    `strips` is what `edges.strip_edges` gives for these jobs; where a job is `masked` its unit's edges count.
    """
    edges, kinds, starts, sides, of = strips
    sums = np.zeros((n_jobs, 5))
    for i in range(of.size):
        part, part_kinds = edges[starts[i] : starts[i + 1]], kinds[starts[i] : starts[i + 1]]
        sweep_strip(part, part_kinds, part_kinds.size, sides[i, 0], sides[i, 1], not masked[of[i]], sums[of[i]])
    return sums
