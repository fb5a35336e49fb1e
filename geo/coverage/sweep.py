"""Ground in view of at least one, two, three cameras, measured by a line that sweeps over it from south to north.

The line keeps the edges it cuts in their order from west to east. Ground between two neighbours counts by how many
views, and whether the unit and public ground, lie on either side of an edge: each edge adds the area between the
western side of its strip and itself for what ends there, and takes it away for what begins. An edge is added up only
where what lies beside it changes, so most corners cost one edge's worth of work however many the line cuts. Exact for
the polygons of `fov.sectors`, without ever making their unions; a crossing found a little off costs its own error only.
Written in the part of Python that numba compiles, in one file on purpose; see `geo.compiled`.
"""

from typing import Any

import numpy as np

from geo.compiled import compiled

#: Kinds of edges, as in `geo.coverage.edges`; others are views that begin (1) or end (-1).
PUBLIC, UNIT = 2, 3
#: What lies beside an edge: a bit for public ground, one for the unit, and the number of views above them.
IN_PUBLIC, IN_UNIT, ONE_VIEW = 1, 2, 4
#: Rows of the line: an edge was met at (X, Y) when it was last added up; its slope dx/dy, its upper end, and when it
#: ends or meets its eastern neighbour.
X, Y, SLOPE, TOP, DUE = 0, 1, 2, 3, 4
#: Rows beside it: the edge's kind, what lies west and east of it, whether what is due is a crossing, and which edge.
KIND, WEST, EAST, CROSSES, EDGE = 0, 1, 2, 3, 4
#: Edges that cross by less are taken to touch.
TOUCH_M = 1e-9


@compiled
def pass_edge(beside: int, kind: int) -> int:
    """What lies east of an edge with `beside` west of it."""
    if kind == PUBLIC:
        return beside ^ IN_PUBLIC
    if kind == UNIT:
        return beside ^ IN_UNIT
    return beside + kind * ONE_VIEW


@compiled
def add_area(area: float, beside: int, sums: Any) -> None:
    """Add `area` to the sums that ground with `beside` counts in: seen by 1, 2, 3; public ground seen by 1, 2, 3."""
    if beside < ONE_VIEW:
        return
    if beside & IN_UNIT:
        sums[0] += area
        if beside >= 2 * ONE_VIEW:
            sums[1] += area
        if beside >= 3 * ONE_VIEW:
            sums[2] += area
    if beside & IN_PUBLIC:
        sums[3] += area
        if beside >= 2 * ONE_VIEW:
            sums[4] += area
        if beside >= 3 * ONE_VIEW:
            sums[5] += area


@compiled
def x_at(line: Any, k: int, y: float) -> float:
    """Where the `k`-th edge on the line is met at `y`."""
    return float(line[X, k] + (y - line[Y, k]) * line[SLOPE, k])


@compiled
def settle(line: Any, beside: Any, k: int, y: float, west: float, sums: Any) -> None:
    """Add up the `k`-th edge on the line from where that was last done up to `y`."""
    h = y - line[Y, k]
    if h <= 0.0:
        return
    x = x_at(line, k, y)
    if beside[WEST, k] != beside[EAST, k]:
        area = ((line[X, k] + x) / 2 - west) * h
        add_area(area, beside[WEST, k], sums)
        add_area(-area, beside[EAST, k], sums)
    line[X, k], line[Y, k] = x, y


@compiled
def foresee(line: Any, beside: Any, k: int, n: int, y: float) -> None:
    """Note when the `k`-th of `n` edges on the line at `y` ends, or crosses the next one, if that comes first.

    A nearly level edge may cross others where it ends, as far as numbers tell: crossings come first then, too.
    """
    if k < 0 or k >= n:
        return
    line[DUE, k], beside[CROSSES, k] = line[TOP, k], 0
    if k + 1 < n:
        end = min(line[TOP, k], line[TOP, k + 1])
        gap_end = x_at(line, k + 1, end) - x_at(line, k, end)
        if gap_end < -TOUCH_M:
            gap = x_at(line, k + 1, y) - x_at(line, k, y)
            line[DUE, k] = y if gap <= 0.0 else min(y + (end - y) * gap / (gap - gap_end), end)
            beside[CROSSES, k] = 1


@compiled
def put_in(line: Any, beside: Any, n: int, edges: Any, kinds: Any, one: int) -> int:
    """Put edge `one`, which begins, into its place among the `n` on the line; gives that place."""
    edge = edges[one]
    x, y, slope = edge[0], edge[1], (edge[2] - edge[0]) / (edge[3] - edge[1])
    low, high = 0, n
    while low < high:
        k = (low + high) // 2
        gap = x_at(line, k, y) - x
        if gap > TOUCH_M or (gap >= -TOUCH_M and line[SLOPE, k] > slope):
            high = k
        else:
            low = k + 1
    for k in range(n, low, -1):
        for row in range(5):
            line[row, k], beside[row, k] = line[row, k - 1], beside[row, k - 1]
    line[X, low], line[Y, low], line[SLOPE, low], line[TOP, low] = x, y, slope, edge[3]
    beside[KIND, low], beside[WEST, low], beside[EAST, low], beside[EDGE, low] = kinds[one], 0, 0, one
    return low


@compiled
def go_on(line: Any, beside: Any, k: int, edges: Any, one: int) -> None:
    """Let edge `one` go on where the `k`-th on the line ends."""
    edge = edges[one]
    beside[EDGE, k] = one
    line[X, k], line[Y, k], line[TOP, k] = edge[0], edge[1], edge[3]
    line[SLOPE, k] = (edge[2] - edge[0]) / (edge[3] - edge[1])


@compiled
def take_out(line: Any, beside: Any, n: int, at: int) -> None:
    """Take the edge at place `at` off the line of `n`."""
    for k in range(at, n - 1):
        for row in range(5):
            line[row, k], beside[row, k] = line[row, k + 1], beside[row, k + 1]


@compiled
def change_places(line: Any, beside: Any, k: int) -> None:
    """Let the `k`-th edge and the next, which cross and are added up to there, change places."""
    for row in range(4):
        line[row, k], line[row, k + 1] = line[row, k + 1], line[row, k]
    for row in (KIND, EDGE):
        beside[row, k], beside[row, k + 1] = beside[row, k + 1], beside[row, k]


@compiled
def tell_beside(line: Any, beside: Any, n: int, y: float, west: float, first: int, sums: Any) -> int:
    """Work out anew what lies beside the edges on the line, `first` west of all; gives what lies east of all."""
    here = first
    for k in range(n):
        after = pass_edge(here, beside[KIND, k])
        if beside[WEST, k] != here or beside[EAST, k] != after:
            settle(line, beside, k, y, west, sums)
            beside[WEST, k], beside[EAST, k] = here, after
        here = after
    return here


@compiled
def follow(edges: Any, kinds: Any) -> Any:
    """Which edge goes on where each one ends (-1: none known), and the edges that go on from none, by their beginning.

    Arcs come as chains of chords, up or down: only neighbours among `edges` are compared.
    """
    after, first = np.full(kinds.size, -1), np.ones(kinds.size, np.bool_)
    for i in range(kinds.size - 1):
        if kinds[i] != kinds[i + 1]:
            continue
        low, high = i, i + 1
        if edges[i, 1] == edges[i + 1, 3]:
            low, high = i + 1, i
        meet = edges[low, 3] == edges[high, 1] and abs(edges[low, 2] - edges[high, 0]) <= TOUCH_M
        if meet and after[low] < 0 and first[high]:
            after[low], first[high] = high, False
    begin = np.flatnonzero(first)
    return after, begin[np.argsort(edges[begin, 1])]


@compiled
def find_next(edges: Any, kinds: Any, order: Any, first: int, x: float, y: float, kind: int) -> int:
    """Place in `order`, from `first` on, of an edge of `kind` that begins at (x, y); -1 if none does."""
    for i in range(first, order.size):
        one = order[i]
        if one >= 0:
            if edges[one, 1] != y:
                return -1
            if kinds[one] == kind and abs(edges[one, 0] - x) <= TOUCH_M:
                return i
    return -1


@compiled
def sweep_strip(
    edges: Any, kinds: Any, west: float, east: float, first: int, line: Any, beside: Any, sums: Any
) -> None:
    """Add what the strip between `west` and `east` holds to `sums`; `edges` (m, 4) as `clip_edges` gives them.

    `first` lies at its western side; `line` and `beside` (5, m) are room to work in.
    """
    after, order = follow(edges, kinds)
    n, next_in, y, changed = 0, 0, 0.0, False
    # Where ground is open east of all edges, the strip's eastern side ends it.
    beyond, beyond_since = first, 0.0
    while True:
        while next_in < order.size and order[next_in] < 0:
            next_in += 1
        at, y_next = -1, edges[order[next_in], 1] if next_in < order.size else np.inf
        for k in range(n):
            due = line[DUE, k]
            if due < y_next or (due == y_next and (at < 0 or beside[CROSSES, k])):
                at, y_next = k, due
        if changed and y_next > y:
            changed = False
            now = tell_beside(line, beside, n, y, west, first, sums)
            if now != beyond:
                add_area((east - west) * (y - beyond_since), beyond, sums)
                beyond, beyond_since = now, y
        if y_next == np.inf:
            return
        y = y_next
        if at < 0:
            one = order[next_in]
            next_in += 1
            at = put_in(line, beside, n, edges, kinds, one)
            n += 1
            changed = True
        else:
            settle(line, beside, at, y, west, sums)
            if beside[CROSSES, at]:
                settle(line, beside, at + 1, y, west, sums)
                change_places(line, beside, at)
                foresee(line, beside, at + 1, n, y)
                changed = True
            else:
                one = after[beside[EDGE, at]]
                if one < 0:
                    found = find_next(edges, kinds, order, next_in, line[X, at], y, beside[KIND, at])
                    if found >= 0:
                        one, order[found] = order[found], -1
                if one >= 0:
                    go_on(line, beside, at, edges, one)
                else:
                    take_out(line, beside, n, at)
                    n -= 1
                    changed = True
        foresee(line, beside, at - 1, n, y)
        foresee(line, beside, at, n, y)


@compiled
def sweep_strips(strips: Any, masked: Any, n_jobs: int) -> Any:
    """Square metres per job: seen by 1+, 2+, 3+ views; of public ground by 1+, 2+, 3+.

    `strips` is what `edges.strip_edges` gives for these jobs; where a job is `masked` its unit's edges count.
    """
    edges, kinds, starts, sides, of = strips
    sums = np.zeros((n_jobs, 6))
    room = 0
    for i in range(of.size):
        room = max(room, starts[i + 1] - starts[i])
    line, beside = np.empty((5, room)), np.empty((5, room), np.int64)
    for i in range(of.size):
        part, part_kinds = edges[starts[i] : starts[i + 1]], kinds[starts[i] : starts[i + 1]]
        first = 0 if masked[of[i]] else IN_UNIT
        sweep_strip(part, part_kinds, sides[i, 0], sides[i, 1], first, line, beside, sums[of[i]])
    return sums
