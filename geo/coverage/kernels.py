"""The inner loops along lines and at points: which stretch of a line, and which point, lies in a view.

A view is the polygon of `fov.sectors`: arcs of chords whose ends lie on the circle. Here it is worked on as numbers
(x, y, azimuth, sweep, near, reach; metres and degrees) relative to its camera, so that large coordinates cost no
digits. Written in the part of Python that numba compiles; see `geo.compiled`.
"""

from math import atan2, ceil, cos, degrees, hypot, radians, sin, sqrt
from typing import Any

import numpy as np

from geo.compiled import compiled

#: A point this near to an edge lies on it, and edges belong to the view.
ON_EDGE_M = 1e-9
#: Most places at which the edges of one view can cut one segment, and most stretches between them.
MAX_CUTS = 64


@compiled
def chords(sweep: float, chord_deg: float) -> int:
    """Number of chords of an arc, as `fov.sectors` breaks it."""
    if sweep >= 360.0:
        return ceil(360.0 / chord_deg)
    return max(1, ceil(sweep / chord_deg - 1e-9))


@compiled
def holds(dx: float, dy: float, view: Any, chord_deg: float) -> bool:
    """Whether the point (dx, dy) from the camera lies in `view` = (x, y, azimuth, sweep, near, reach)."""
    azimuth, sweep, near, reach = view[2], view[3], view[4], view[5]
    away = hypot(dx, dy)
    if away > reach + ON_EDGE_M:
        return False
    n = chords(sweep, chord_deg)
    if sweep >= 360.0:
        step = 360.0 / n
        angle = degrees(atan2(dx, dy)) % 360.0
    else:
        step = sweep / n
        angle = (degrees(atan2(dx, dy)) - azimuth + sweep / 2) % 360.0
        if angle > sweep:
            beside = min(angle - sweep, 360.0 - angle)
            if beside > 90.0 and away > ON_EDGE_M:
                return False
            if away * sin(radians(min(beside, 90.0))) > ON_EDGE_M:
                return False
            angle = sweep if angle - sweep < 360.0 - angle else 0.0
    k = min(int(angle / step), n - 1)
    across = away * cos(radians(angle - (k + 0.5) * step))
    half = cos(radians(step / 2))
    return bool(reach * half + ON_EDGE_M >= across >= near * half - ON_EDGE_M)


@compiled
def cut_by_chords(
    a: Any, d: Any, inner: float, start: float, sweep: float, step: float, first: float, turn: float, cuts: Any, n: int
) -> int:
    """Add where the segment may cross chords of an arc between `first` and `first + turn` degrees: three at most."""
    begin = max(int(np.floor(min(first, first + turn) / step - 1e-6)), 0)
    end = min(int(np.floor(max(first, first + turn) / step + 1e-6)), int(np.rint(sweep / step)) - 1)
    for k in range(begin, min(end, begin + 3) + 1):
        angle = radians(start + (k + 0.5) * step)
        toward = d[0] * sin(angle) + d[1] * cos(angle)
        if toward != 0.0:
            t = (inner - a[0] * sin(angle) - a[1] * cos(angle)) / toward
            if 0.0 < t < 1.0:
                cuts[n] = t
                n += 1
    return n


@compiled
def cut_by_arc(a: Any, d: Any, radius: float, start: float, sweep: float, step: float, cuts: Any, n: int) -> int:
    """Add to `cuts` where the segment a + t d may cross a chord of the arc of `radius`; gives how many there are then.

    A cut too many does no harm. The chords lie between two circles, so only those near where the segment runs
    between them are tried.
    """
    dd = d[0] * d[0] + d[1] * d[1]
    middle = -(a[0] * d[0] + a[1] * d[1]) / dd
    apart2 = (a[0] + middle * d[0]) ** 2 + (a[1] + middle * d[1]) ** 2
    if apart2 >= radius * radius:
        return n
    inner = radius * cos(radians(step / 2))
    outer_half = sqrt((radius * radius - apart2) / dd)
    inner_half = sqrt(max(inner * inner - apart2, 0.0) / dd)
    for side in range(2):
        low, high = middle - outer_half, middle - inner_half
        if side == 1:
            low, high = middle + inner_half, middle + outer_half
        low, high = max(low, 0.0), min(high, 1.0)
        if low > high:
            continue
        first = (degrees(atan2(a[0] + low * d[0], a[1] + low * d[1])) - start) % 360.0
        turn = (degrees(atan2(a[0] + high * d[0], a[1] + high * d[1])) - start - first + 180.0) % 360.0 - 180.0
        # Angles count from the arc's first end: as they are, and one turn on or back.
        for around in range(-1, 2):
            n = cut_by_chords(a, d, inner, start, sweep, step, first - 360.0 * around, turn, cuts, n)
    return n


@compiled
def put_in_order(values: Any, n: int) -> None:
    """Sort the first `n`, which are few."""
    for i in range(1, n):
        value, k = values[i], i
        while k > 0 and values[k - 1] > value:
            values[k] = values[k - 1]
            k -= 1
        values[k] = value


@compiled
def put_spans_in_order(spans: Any, n: int) -> None:
    """Sort the first `n` rows (t0, t1), which are few, by t0."""
    for i in range(1, n):
        t0, t1, k = spans[i, 0], spans[i, 1], i
        while k > 0 and spans[k - 1, 0] > t0:
            spans[k, 0], spans[k, 1] = spans[k - 1, 0], spans[k - 1, 1]
            k -= 1
        spans[k, 0], spans[k, 1] = t0, t1


@compiled
def stretches(a: Any, d: Any, view: Any, chord_deg: float, cuts: Any, found: Any, n_found: int) -> int:
    """Add to `found` (rows t0, t1) the parts of the segment a + t d, t in 0..1, in `view`; gives the new count.

    `a` is relative to the camera; `cuts` is room for `MAX_CUTS` numbers.
    """
    azimuth, sweep, near, reach = view[2], view[3], view[4], view[5]
    bx, by = a[0] + d[0], a[1] + d[1]
    closest = min(max(-(a[0] * d[0] + a[1] * d[1]) / (d[0] * d[0] + d[1] * d[1]), 0.0), 1.0)
    # What only touches the circle has no length in it.
    if hypot(a[0] + closest * d[0], a[1] + closest * d[1]) >= reach - ON_EDGE_M:
        return n_found
    step = (360.0 if sweep >= 360.0 else sweep) / chords(sweep, chord_deg)
    start = 0.0 if sweep >= 360.0 else azimuth - sweep / 2
    n = 0
    if sweep < 360.0:
        for end in range(2):
            angle = radians(start + end * sweep)
            sine, cosine = sin(angle), cos(angle)
            # How far within the line through this end of the sweep both ends of the segment lie.
            a_in, b_in = a[0] * cosine - a[1] * sine, bx * cosine - by * sine
            if end == 1:
                a_in, b_in = -a_in, -b_in
            if sweep <= 180.0 and max(a_in, b_in) < -ON_EDGE_M:
                return n_found
            if a_in != b_in:
                t = a_in / (a_in - b_in)
                if 0.0 < t < 1.0:
                    cuts[n] = t
                    n += 1
    n = cut_by_arc(a, d, reach, start, sweep, step, cuts, n)
    if near > 0.0:
        n = cut_by_arc(a, d, near, start, sweep, step, cuts, n)
    cuts[n] = 1.0
    n += 1
    put_in_order(cuts, n)
    before = 0.0
    open_from = -1.0
    for i in range(n):
        t = cuts[i]
        if t > before:
            middle = (before + t) / 2
            if holds(a[0] + middle * d[0], a[1] + middle * d[1], view, chord_deg):
                if open_from < 0.0:
                    open_from = before
            elif open_from >= 0.0:
                found[n_found, 0], found[n_found, 1] = open_from, before
                n_found += 1
                open_from = -1.0
            before = t
    if open_from >= 0.0:
        found[n_found, 0], found[n_found, 1] = open_from, 1.0
        n_found += 1
    return n_found


@compiled
def with_room(rows: Any, used: int, wanted: int) -> Any:
    """`rows` (n, 2), or a longer copy of its first `used` rows, with `wanted` free rows after them."""
    if used + wanted <= rows.shape[0]:
        return rows
    longer = np.empty((max(2 * rows.shape[0], used + wanted), 2))
    for i in range(used):
        longer[i, 0], longer[i, 1] = rows[i, 0], rows[i, 1]
    return longer


@compiled
def see_lines(
    begin: int,
    end: int,
    xy: Any,
    starts: Any,
    near_starts: Any,
    near_views: Any,
    views: Any,
    boxes: Any,
    chord_deg: float,
) -> Any:
    """What is seen of lines `begin` .. `end` - 1: metres per line, and of each of their segments the stretches seen.

    Line i has the corners `xy[starts[i]:starts[i + 1]]` (a jump between parts is a corner that is NaN) and may be seen
    by the views `near_views[near_starts[i]:near_starts[i + 1]]`. Returns (metres, n_stretches per corner, stretches).
    """
    metres = np.zeros(end - begin)
    first = starts[begin]
    counts = np.zeros(starts[end] - first, np.int32)
    kept = np.empty((1024, 2))
    n_kept = 0
    cuts = np.empty(MAX_CUTS)
    a, d = np.empty(2), np.empty(2)
    found = np.empty((64, 2))
    for line in range(begin, end):
        for corner in range(starts[line], starts[line + 1] - 1):
            ax, ay, bx, by = xy[corner, 0], xy[corner, 1], xy[corner + 1, 0], xy[corner + 1, 1]
            d[0], d[1] = bx - ax, by - ay
            if not (d[0] * d[0] + d[1] * d[1] > 0.0):
                continue
            n = 0
            for at in range(near_starts[line], near_starts[line + 1]):
                v = near_views[at]
                if max(ax, bx) < boxes[v, 0] or min(ax, bx) > boxes[v, 2]:
                    continue
                if max(ay, by) < boxes[v, 1] or min(ay, by) > boxes[v, 3]:
                    continue
                found = with_room(found, n, MAX_CUTS)
                a[0], a[1] = ax - views[v, 0], ay - views[v, 1]
                n = stretches(a, d, views[v], chord_deg, cuts, found, n)
            if n == 0:
                continue
            put_spans_in_order(found, n)
            kept = with_room(kept, n_kept, n)
            before = n_kept
            for i in range(n):
                t0, t1 = found[i, 0], found[i, 1]
                if n_kept > before and t0 <= kept[n_kept - 1, 1]:
                    kept[n_kept - 1, 1] = max(kept[n_kept - 1, 1], t1)
                else:
                    kept[n_kept, 0], kept[n_kept, 1] = t0, t1
                    n_kept += 1
            counts[corner - first] = n_kept - before
            share = 0.0
            for i in range(before, n_kept):
                share += kept[i, 1] - kept[i, 0]
            metres[line - begin] += share * sqrt(d[0] * d[0] + d[1] * d[1])
    return metres, counts, kept[:n_kept].copy()


@compiled
def see_points(
    begin: int, end: int, x: Any, y: Any, near_starts: Any, near_views: Any, views: Any, boxes: Any, chord_deg: float
) -> Any:
    """Whether each of the points `begin` .. `end` - 1 lies in one of its `near_views`."""
    seen = np.zeros(end - begin, np.bool_)
    for point in range(begin, end):
        for at in range(near_starts[point], near_starts[point + 1]):
            v = near_views[at]
            if x[point] < boxes[v, 0] or x[point] > boxes[v, 2] or y[point] < boxes[v, 1] or y[point] > boxes[v, 3]:
                continue
            if holds(x[point] - views[v, 0], y[point] - views[v, 1], views[v], chord_deg):
                seen[point - begin] = True
                break
    return seen


@compiled
def near_lines(
    begin: int,
    end: int,
    x: Any,
    y: Any,
    near_starts: Any,
    near_at: Any,
    xy: Any,
    starts: Any,
    kept_starts: Any,
    kept: Any,
    within_m: float,
) -> Any:
    """Whether each of the points has a stretch in `kept` (rows of `see_lines`, per corner) within `within_m` of it."""
    near = np.zeros(end - begin, np.bool_)
    for point in range(begin, end):
        for at in range(near_starts[point], near_starts[point + 1]):
            line = near_at[at]
            for corner in range(starts[line], starts[line + 1] - 1):
                if kept_starts[corner + 1] == kept_starts[corner]:
                    continue
                ax, ay = xy[corner, 0] - x[point], xy[corner, 1] - y[point]
                dx, dy = xy[corner + 1, 0] - xy[corner, 0], xy[corner + 1, 1] - xy[corner, 1]
                dd = dx * dx + dy * dy
                middle = -(ax * dx + ay * dy) / dd
                room = within_m * within_m - (ax + middle * dx) ** 2 - (ay + middle * dy) ** 2
                if room < 0.0:
                    continue
                half = sqrt(room / dd)
                for i in range(kept_starts[corner], kept_starts[corner + 1]):
                    if kept[i, 0] <= middle + half and kept[i, 1] >= middle - half:
                        near[point - begin] = True
                        break
                if near[point - begin]:
                    break
            if near[point - begin]:
                break
    return near
