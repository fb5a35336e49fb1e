"""The inner loops of the encoder: clip, quantise, delta, zigzag, varint.

Coordinates enter in web-mercator metres and are worked on in tile units, x to the right, y down. Written in
the part of Python that numba compiles; see `geo.compiled`. One file on purpose: numba's cache watches only the
file of the kernel it stores, so a kernel changed elsewhere would go on running as it was.
"""

from typing import Any

import numpy as np

from geo.compiled import compiled

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7


@compiled
def put_varint(out: Any, at: int, value: int) -> int:
    """Write `value` (>= 0) as a base-128 varint at `at`; gives the place after it."""
    while value > 127:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@compiled
def copy_bytes(source: Any, begin: int, end: int, target: Any, at: int) -> None:
    """Copy `source[begin:end]` to `target` at `at`; a loop compiles in a fraction of the time of a slice."""
    for i in range(end - begin):
        target[at + i] = source[begin + i]


@compiled
def copy_points(source: Any, n: int, target: Any) -> None:
    """Copy the first `n` points of `source` to `target`."""
    for i in range(n):
        target[i, 0] = source[i, 0]
        target[i, 1] = source[i, 1]


@compiled
def with_room(out: Any, used: int, wanted: int) -> Any:
    """`out`, or a longer copy of its first `used` bytes, with `wanted` free bytes after them."""
    if used + wanted <= out.size:
        return out
    longer = np.empty(max(2 * out.size, used + wanted), np.uint8)
    copy_bytes(out, 0, used, longer, 0)
    return longer


@compiled
def put_points(out: Any, at: int, command: int, points: Any, first: int, count: int, step: int, cursor: Any) -> int:
    """Write `command` for `count` points of `points[first], points[first + step], ...`; moves `cursor` along."""
    at = put_varint(out, at, (count << 3) | command)
    for i in range(count):
        for axis in range(2):
            value = points[first + i * step, axis]
            delta = value - cursor[axis]
            at = put_varint(out, at, 2 * delta if delta >= 0 else -2 * delta - 1)
            cursor[axis] = value
    return at


@compiled
def clip_side(points: Any, n_points: int, kept: Any, axis: int, limit: float, sign: float) -> int:
    """One side of Sutherland and Hodgman (1974): the part of the ring with sign * (value - limit) >= 0."""
    n_kept = 0
    for i in range(n_points):
        before = i - 1 if i > 0 else n_points - 1
        d_before = sign * (points[before, axis] - limit)
        d_here = sign * (points[i, axis] - limit)
        if (d_before >= 0.0) != (d_here >= 0.0):
            t = d_before / (d_before - d_here)
            other = 1 - axis
            kept[n_kept, axis] = limit
            kept[n_kept, other] = points[before, other] + t * (points[i, other] - points[before, other])
            n_kept += 1
        if d_here >= 0.0:
            kept[n_kept, 0] = points[i, 0]
            kept[n_kept, 1] = points[i, 1]
            n_kept += 1
    return n_kept


@compiled
def clip_ring(xy: Any, start: int, stop: int, frame: Any, a: Any, b: Any) -> int:
    """Project the ring's points into `a` and clip them to [low, high]; gives how many are left.

    `frame` is (left, top, units per metre, low, high). The closing point is left out.
    """
    left, top, scale, low, high = frame[0], frame[1], frame[2], frame[3], frame[4]
    n = stop - start - 1
    min_u = min_v = np.inf
    max_u = max_v = -np.inf
    for i in range(n):
        u = (xy[start + i, 0] - left) * scale
        v = (top - xy[start + i, 1]) * scale
        a[i, 0] = u
        a[i, 1] = v
        min_u, max_u = min(min_u, u), max(max_u, u)
        min_v, max_v = min(min_v, v), max(max_v, v)
    if n < 3 or max_u < low or min_u > high or max_v < low or min_v > high:
        return 0
    if min_u < low:
        n = clip_side(a, n, b, 0, low, 1.0)
        copy_points(b, n, a)
    if max_u > high:
        n = clip_side(a, n, b, 0, high, -1.0)
        copy_points(b, n, a)
    if min_v < low:
        n = clip_side(a, n, b, 1, low, 1.0)
        copy_points(b, n, a)
    if max_v > high:
        n = clip_side(a, n, b, 1, high, -1.0)
        copy_points(b, n, a)
    return n


@compiled
def quantise(points: Any, n_points: int, cells: Any) -> int:
    """Round to whole tile units, without a point repeated in a row or at the end; gives how many are left."""
    n = 0
    for i in range(n_points):
        x = int(np.floor(points[i, 0] + 0.5))
        y = int(np.floor(points[i, 1] + 0.5))
        if n == 0 or x != cells[n - 1, 0] or y != cells[n - 1, 1]:
            cells[n, 0] = x
            cells[n, 1] = y
            n += 1
    while n > 1 and cells[n - 1, 0] == cells[0, 0] and cells[n - 1, 1] == cells[0, 1]:
        n -= 1
    return n


@compiled
def twice_area(cells: Any, n: int) -> int:
    """Twice the signed area by the surveyor's formula: positive is clockwise on the screen (y down)."""
    total = 0
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        total += cells[i, 0] * cells[j, 1] - cells[j, 0] * cells[i, 1]
    return total


@compiled
def put_ring(out: Any, at: int, cells: Any, n: int, is_reversed: bool, cursor: Any) -> int:
    """Write one closed ring."""
    first, step = (n - 1, -1) if is_reversed else (0, 1)
    at = put_points(out, at, MOVE_TO, cells, first, 1, step, cursor)
    at = put_points(out, at, LINE_TO, cells, first + step, n - 1, step, cursor)
    return put_varint(out, at, (1 << 3) | CLOSE_PATH)


@compiled
def mark_tiny(cells: Any, n: int, low: int, high: int, tiny: Any) -> bool:
    """Put the smallest ring into `tiny` at a point that is not on the clip edge; whether there is one."""
    for i in range(n):
        if low < cells[i, 0] < high and low < cells[i, 1] < high:
            tiny[0, 0], tiny[0, 1] = cells[i, 0], cells[i, 1]
            tiny[1, 0], tiny[1, 1] = cells[i, 0] + 1, cells[i, 1]
            tiny[2, 0], tiny[2, 1] = cells[i, 0] + 1, cells[i, 1] + 1
            return True
    return False


@compiled
def encode_polygon(
    xy: Any, starts: Any, holes: Any, first: int, last: int, frame: Any, a: Any, b: Any, cells: Any, out: Any, at: int
) -> Any:
    """The commands of one polygon feature; gives (out, place after them).

    Rings without area are dropped, with the holes in them. Where no ring is left but the feature touches the
    tile, a triangle of half a tile unit stands for it.
    """
    begin = at
    cursor = np.zeros(2, np.int64)
    low, high = int(frame[3]), int(frame[4])
    tiny = np.zeros((3, 2), np.int64)
    has_tiny = False
    outer_area = rest = 0
    outer_at = at
    outer_cursor = np.zeros(2, np.int64)
    for piece in range(first, last):
        is_hole = holes[piece] == 1
        if is_hole and outer_area == 0:
            continue
        n_cells = quantise(a, clip_ring(xy, starts[piece], starts[piece + 1], frame, a, b), cells)
        area = twice_area(cells, n_cells)
        if not is_hole:
            outer_area = abs(area)
            rest = outer_area
            outer_at = at
            outer_cursor[0], outer_cursor[1] = cursor[0], cursor[1]
        if area == 0:
            has_tiny = mark_tiny(cells, n_cells, low, high, tiny) or has_tiny
            continue
        out = with_room(out, at, 20 * n_cells + 32)
        at = put_ring(out, at, cells, n_cells, (area < 0) != is_hole, cursor)
        if is_hole:
            rest -= abs(area)
            if rest <= 0:
                at = outer_at
                cursor[0], cursor[1] = outer_cursor[0], outer_cursor[1]
                outer_area = 0
                has_tiny = mark_tiny(cells, n_cells, low, high, tiny) or has_tiny
    if at == begin and has_tiny:
        out = with_room(out, at, 128)
        at = put_ring(out, at, tiny, 3, False, cursor)
    return out, at


@compiled
def clip_segment(u0: float, v0: float, u1: float, v1: float, low: float, high: float) -> Any:
    """The share of the segment inside the square, (from, to), by Liang and Barsky (1984); (1, 0) if none."""
    begin, end = 0.0, 1.0
    for side in range(4):
        step = u1 - u0 if side < 2 else v1 - v0
        value = u0 if side < 2 else v0
        p = -step if side % 2 == 0 else step
        q = value - low if side % 2 == 0 else high - value
        if p == 0.0:
            if q < 0.0:
                return 1.0, 0.0
        elif p < 0.0:
            begin = max(begin, q / p)
        else:
            end = min(end, q / p)
    return begin, end


@compiled
def encode_line(xy: Any, starts: Any, first: int, last: int, frame: Any, a: Any, cells: Any, out: Any, at: int) -> Any:
    """The commands of one line feature, cut into as many runs as it enters the tile; gives (out, place after)."""
    left, top, scale, low, high = frame[0], frame[1], frame[2], frame[3], frame[4]
    cursor = np.zeros(2, np.int64)
    for piece in range(first, last):
        n_run = 0
        stop = starts[piece + 1]
        for i in range(starts[piece], stop):
            is_end = i + 1 == stop
            begin, end = 1.0, 0.0
            u0 = v0 = u1 = v1 = 0.0
            if not is_end:
                u0, v0 = (xy[i, 0] - left) * scale, (top - xy[i, 1]) * scale
                u1, v1 = (xy[i + 1, 0] - left) * scale, (top - xy[i + 1, 1]) * scale
                begin, end = clip_segment(u0, v0, u1, v1, low, high)
            if n_run > 0 and (begin > 0.0 or begin > end):
                n_cells = quantise_line(a, n_run, cells)
                if n_cells > 1:
                    out = with_room(out, at, 20 * n_cells + 32)
                    at = put_points(out, at, MOVE_TO, cells, 0, 1, 1, cursor)
                    at = put_points(out, at, LINE_TO, cells, 1, n_cells - 1, 1, cursor)
                n_run = 0
            if begin <= end:
                if n_run == 0:
                    a[0, 0], a[0, 1] = u0 + begin * (u1 - u0), v0 + begin * (v1 - v0)
                    n_run = 1
                a[n_run, 0], a[n_run, 1] = u0 + end * (u1 - u0), v0 + end * (v1 - v0)
                n_run += 1
    return out, at


@compiled
def quantise_line(points: Any, n_points: int, cells: Any) -> int:
    """Round to whole tile units without a point repeated in a row; a closed line stays closed."""
    n = 0
    for i in range(n_points):
        x = int(np.floor(points[i, 0] + 0.5))
        y = int(np.floor(points[i, 1] + 0.5))
        if n == 0 or x != cells[n - 1, 0] or y != cells[n - 1, 1]:
            cells[n, 0] = x
            cells[n, 1] = y
            n += 1
    return n


@compiled
def encode_points(xy: Any, starts: Any, first: int, last: int, frame: Any, cells: Any, out: Any, at: int) -> Any:
    """The command of one point feature: its points inside the buffered tile; gives (out, place after)."""
    left, top, scale, low, high = frame[0], frame[1], frame[2], frame[3], frame[4]
    cursor = np.zeros(2, np.int64)
    n = 0
    for i in range(starts[first], starts[last]):
        u, v = (xy[i, 0] - left) * scale, (top - xy[i, 1]) * scale
        if low <= u <= high and low <= v <= high:
            cells[n, 0], cells[n, 1] = int(np.floor(u + 0.5)), int(np.floor(v + 0.5))
            n += 1
    if n > 0:
        out = with_room(out, at, 20 * n + 16)
        at = put_points(out, at, MOVE_TO, cells, 0, n, 1, cursor)
    return out, at


@compiled
def encode_geometries(
    kinds: Any, xy: Any, starts: Any, holes: Any, feature_pieces: Any, chosen: Any, frame: Any
) -> Any:
    """Geometry commands of the chosen features: (bytes, offsets[n + 1]); no bytes for what is outside."""
    longest = 4
    for f in chosen:
        first, last = feature_pieces[f], feature_pieces[f + 1]
        if kinds[f] == 1 and last > first:
            longest = max(longest, starts[last] - starts[first])
        for piece in range(first, last):
            longest = max(longest, starts[piece + 1] - starts[piece])
    a = np.empty((6 * longest + 16, 2), np.float64)
    b = np.empty((6 * longest + 16, 2), np.float64)
    cells = np.empty((6 * longest + 16, 2), np.int64)
    out = np.empty(4096, np.uint8)
    offsets = np.zeros(chosen.size + 1, np.int64)
    at = 0
    for i in range(chosen.size):
        f = chosen[i]
        first, last = feature_pieces[f], feature_pieces[f + 1]
        if last > first:
            if kinds[f] == 3:
                out, at = encode_polygon(xy, starts, holes, first, last, frame, a, b, cells, out, at)
            elif kinds[f] == 2:
                out, at = encode_line(xy, starts, first, last, frame, a, cells, out, at)
            else:
                out, at = encode_points(xy, starts, first, last, frame, cells, out, at)
        offsets[i + 1] = at
    return out[:at], offsets


@compiled
def n_varint_bytes(value: int) -> int:
    """Length of `value` as a varint."""
    n = 1
    while value > 127:
        value >>= 7
        n += 1
    return n


@compiled
def write_features(kinds: Any, ids: Any, tags: Any, geometry: Any, offsets: Any) -> Any:
    """Feature messages of a layer (field 2), in order, those without geometry left out.

    `tags` is [n, 2 k]: key and value numbers in turn, -1 where a feature has no value.
    """
    n, width = tags.shape
    out = np.empty(geometry.size + n * (48 + 5 * width), np.uint8)
    at = 0
    for i in range(n):
        begin, end = offsets[i], offsets[i + 1]
        if begin == end:
            continue
        n_tags = 0
        for j in range(0, width, 2):
            if tags[i, j + 1] >= 0:
                n_tags += n_varint_bytes(tags[i, j]) + n_varint_bytes(tags[i, j + 1])
        size = 1 + n_varint_bytes(ids[i]) + 2 + 1 + n_varint_bytes(end - begin) + (end - begin)
        if n_tags > 0:
            size += 1 + n_varint_bytes(n_tags) + n_tags
        out[at] = 0x12
        at = put_varint(out, at + 1, size)
        out[at] = 0x08
        at = put_varint(out, at + 1, ids[i])
        if n_tags > 0:
            out[at] = 0x12
            at = put_varint(out, at + 1, n_tags)
            for j in range(0, width, 2):
                if tags[i, j + 1] >= 0:
                    at = put_varint(out, at, tags[i, j])
                    at = put_varint(out, at, tags[i, j + 1])
        out[at] = 0x18
        out[at + 1] = kinds[i]
        out[at + 2] = 0x22
        at = put_varint(out, at + 3, end - begin)
        copy_bytes(geometry, begin, end, out, at)
        at += end - begin
    return out[:at]
