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
#: Columns of the line: an edge was met at (X, Y) when it was last added up; its slope dx/dy, its upper end, and when it
#: ends or meets its eastern neighbour.
X, Y, SLOPE, TOP, DUE = 0, 1, 2, 3, 4
#: Columns beside it: the edge's kind, what lies west and east of it, and whether what is due is a crossing.
KIND, WEST, EAST, CROSSES = 0, 1, 2, 3
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
    """Add `area` to the sums that ground with `beside` counts in: seen by 1, 3; public ground seen by 1, 2, 3."""
    if beside < ONE_VIEW:
        return
    if beside & IN_UNIT:
        sums[0] += area
        if beside >= 3 * ONE_VIEW:
            sums[1] += area
    if beside & IN_PUBLIC:
        sums[2] += area
        if beside >= 2 * ONE_VIEW:
            sums[3] += area
        if beside >= 3 * ONE_VIEW:
            sums[4] += area


@compiled
def x_at(line: Any, k: int, y: float) -> float:
    """Where the `k`-th edge on the line is met at `y`."""
    return float(line[k, X] + (y - line[k, Y]) * line[k, SLOPE])


@compiled
def settle(line: Any, beside: Any, k: int, y: float, west: float, sums: Any) -> None:
    """Add up the `k`-th edge on the line from where that was last done up to `y`."""
    h = y - line[k, Y]
    if h <= 0.0:
        return
    x = x_at(line, k, y)
    if beside[k, WEST] != beside[k, EAST]:
        area = ((line[k, X] + x) / 2 - west) * h
        add_area(area, beside[k, WEST], sums)
        add_area(-area, beside[k, EAST], sums)
    line[k, X], line[k, Y] = x, y


@compiled
def foresee(line: Any, beside: Any, k: int, n: int, y: float) -> None:
    """Note when the `k`-th of `n` edges on the line at `y` ends, or crosses the next one, if that comes first.

    A nearly level edge may cross others where it ends, as far as numbers tell: crossings come first then, too.
    """
    if k < 0 or k >= n:
        return
    line[k, DUE], beside[k, CROSSES] = line[k, TOP], 0
    if k + 1 < n:
        end = min(line[k, TOP], line[k + 1, TOP])
        gap_end = x_at(line, k + 1, end) - x_at(line, k, end)
        if gap_end < -TOUCH_M:
            gap = x_at(line, k + 1, y) - x_at(line, k, y)
            line[k, DUE] = y if gap <= 0.0 else min(y + (end - y) * gap / (gap - gap_end), end)
            beside[k, CROSSES] = 1


@compiled
def put_in(line: Any, beside: Any, n: int, edge: Any, kind: int) -> int:
    """Put `edge`, which begins, into its place among the `n` on the line; gives that place."""
    x, y, slope = edge[0], edge[1], (edge[2] - edge[0]) / (edge[3] - edge[1])
    low, high = 0, n
    while low < high:
        k = (low + high) // 2
        gap = x_at(line, k, y) - x
        if gap > TOUCH_M or (gap >= -TOUCH_M and line[k, SLOPE] > slope):
            high = k
        else:
            low = k + 1
    for k in range(n, low, -1):
        for column in range(5):
            line[k, column] = line[k - 1, column]
        for column in range(4):
            beside[k, column] = beside[k - 1, column]
    line[low, X], line[low, Y], line[low, SLOPE], line[low, TOP] = x, y, slope, edge[3]
    beside[low, KIND], beside[low, WEST], beside[low, EAST] = kind, 0, 0
    return low


@compiled
def go_on(line: Any, k: int, edge: Any) -> None:
    """Let `edge` go on where the `k`-th on the line ends."""
    line[k, X], line[k, Y], line[k, TOP] = edge[0], edge[1], edge[3]
    line[k, SLOPE] = (edge[2] - edge[0]) / (edge[3] - edge[1])


@compiled
def take_out(line: Any, beside: Any, n: int, at: int) -> None:
    """Take the edge at place `at` off the line of `n`."""
    for k in range(at, n - 1):
        for column in range(5):
            line[k, column] = line[k + 1, column]
        for column in range(4):
            beside[k, column] = beside[k + 1, column]


@compiled
def change_places(line: Any, beside: Any, k: int) -> None:
    """Let the `k`-th edge and the next, which cross and are added up to there, change places."""
    for column in range(4):
        line[k, column], line[k + 1, column] = line[k + 1, column], line[k, column]
    beside[k, KIND], beside[k + 1, KIND] = beside[k + 1, KIND], beside[k, KIND]


@compiled
def tell_beside(line: Any, beside: Any, n: int, y: float, west: float, first: int, sums: Any) -> int:
    """Work out anew what lies beside the edges on the line, `first` west of all; gives what lies east of all."""
    here = first
    for k in range(n):
        after = pass_edge(here, beside[k, KIND])
        if beside[k, WEST] != here or beside[k, EAST] != after:
            settle(line, beside, k, y, west, sums)
            beside[k, WEST], beside[k, EAST] = here, after
        here = after
    return here


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

    `first` lies at its western side; `line` (m, 5) and `beside` (m, 4) are room to work in.
    """
    order = np.argsort(edges[:, 1])
    n, next_in, y, changed = 0, 0, 0.0, False
    # Where ground is open east of all edges, the strip's eastern side ends it.
    beyond, beyond_since = first, 0.0
    while True:
        while next_in < order.size and order[next_in] < 0:
            next_in += 1
        at, y_next = -1, edges[order[next_in], 1] if next_in < order.size else np.inf
        for k in range(n):
            due = line[k, DUE]
            if due < y_next or (due == y_next and (at < 0 or beside[k, CROSSES])):
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
            at = put_in(line, beside, n, edges[one], kinds[one])
            n += 1
            changed = True
        else:
            settle(line, beside, at, y, west, sums)
            if beside[at, CROSSES]:
                settle(line, beside, at + 1, y, west, sums)
                change_places(line, beside, at)
                foresee(line, beside, at + 1, n, y)
                changed = True
            else:
                found = find_next(edges, kinds, order, next_in, line[at, X], y, beside[at, KIND])
                if found >= 0:
                    go_on(line, at, edges[order[found]])
                    order[found] = -1
                else:
                    take_out(line, beside, n, at)
                    n -= 1
                    changed = True
        foresee(line, beside, at - 1, n, y)
        foresee(line, beside, at, n, y)


@compiled
def sweep_strips(strips: Any, masked: Any, n_jobs: int) -> Any:
    """Square metres per job: seen by 1+, by 3+; of public ground by 1+, 2+, 3+ views.

    `strips` is what `edges.strip_edges` gives for these jobs; where a job is `masked` its unit's edges count.
    """
    edges, kinds, starts, sides, of = strips
    sums = np.zeros((n_jobs, 5))
    room = 0
    for i in range(of.size):
        room = max(room, starts[i + 1] - starts[i])
    line, beside = np.empty((room, 5)), np.empty((room, 4), np.int64)
    for i in range(of.size):
        part, part_kinds = edges[starts[i] : starts[i + 1]], kinds[starts[i] : starts[i + 1]]
        first = 0 if masked[of[i]] else IN_UNIT
        sweep_strip(part, part_kinds, sides[i, 0], sides[i, 1], first, line, beside, sums[of[i]])
    return sums
