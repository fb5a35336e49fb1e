"""Views that belong together: those whose bounds overlap, directly or through others; and how clear of edges they are.

Written in the part of Python that numba compiles, in one file on purpose; see `geo.compiled`.
"""

from math import sqrt
from typing import Any

import numpy as np

from geo.compiled import compiled


@compiled
def find(parent: Any, one: int) -> int:
    """The root of `one`'s group; paths are halved on the way."""
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


@compiled
def group_views(a: Any, b: Any, boxes: Any) -> Any:
    """A group number per view: views whose bounds overlap, directly or through others; pairs (a, b) may overlap."""
    parent = np.arange(boxes.shape[0])
    for i in range(a.size):
        u, v = a[i], b[i]
        if (
            boxes[u, 0] < boxes[v, 2]
            and boxes[v, 0] < boxes[u, 2]
            and boxes[u, 1] < boxes[v, 3]
            and boxes[v, 1] < boxes[u, 3]
        ):
            parent[find(parent, u)] = find(parent, v)
    for i in range(parent.size):
        parent[i] = find(parent, i)
    return parent


@compiled
def find_overlaps(boxes: Any, order: Any) -> Any:
    """Pairs (2, m) of views whose `boxes` overlap, each once; `order` sorts those that are not empty by their west."""
    pairs = np.empty((2, 4 * order.size + 16), np.int64)
    n = 0
    for i in range(order.size):
        u = order[i]
        for k in range(i + 1, order.size):
            v = order[k]
            if boxes[v, 0] >= boxes[u, 2]:
                break
            if boxes[u, 1] < boxes[v, 3] and boxes[v, 1] < boxes[u, 3]:
                if n == pairs.shape[1]:
                    longer = np.empty((2, 2 * n), np.int64)
                    longer[:, :n] = pairs
                    pairs = longer
                pairs[0, n], pairs[1, n] = u, v
                n += 1
    return pairs[:, :n].copy()


@compiled
def find_inside(x: Any, y: Any, order: Any, boxes: Any) -> Any:
    """Pairs (2, m) of a point and one of `boxes` that holds it, edges included; `order` sorts the points by `x`."""
    pairs = np.empty((2, 4 * order.size + 16), np.int64)
    n = 0
    along = x[order]
    for v in range(boxes.shape[0]):
        if not boxes[v, 0] <= boxes[v, 2]:
            continue
        for k in range(np.searchsorted(along, boxes[v, 0]), order.size):
            if along[k] > boxes[v, 2]:
                break
            if boxes[v, 1] <= y[order[k]] <= boxes[v, 3]:
                if n == pairs.shape[1]:
                    longer = np.empty((2, 2 * n), np.int64)
                    longer[:, :n] = pairs
                    pairs = longer
                pairs[0, n], pairs[1, n] = order[k], v
                n += 1
    return pairs[:, :n].copy()


@compiled
def clear_of_edges(
    begin: int, end: int, x: Any, y: Any, reach: Any, view: Any, unit: Any, rows: Any, starts: Any, tallest: Any
) -> Any:
    """Metres from the camera of each pair `begin` .. `end` - 1 to its unit's nearest edge; infinite beyond its reach.

    `rows` (ax, ay, bx, by), `starts` and `tallest` are those of `views.Edges`.
    """
    away = np.full(end - begin, np.inf)
    for pair in range(begin, end):
        v, u = view[pair], unit[pair]
        px, py, far = x[v], y[v], reach[v]
        first, last = starts[u], starts[u + 1]
        nearest = far * far
        found = False
        i = first + np.searchsorted(rows[first:last, 1], py - far - tallest[u])
        while i < last and rows[i, 1] <= py + far:
            ax, ay = rows[i, 0] - px, rows[i, 1] - py
            dx, dy = rows[i, 2] - rows[i, 0], rows[i, 3] - rows[i, 1]
            dd = dx * dx + dy * dy
            t = 0.0 if dd == 0.0 else min(max(-(ax * dx + ay * dy) / dd, 0.0), 1.0)
            d2 = (ax + t * dx) ** 2 + (ay + t * dy) ** 2
            if d2 <= nearest:
                nearest, found = d2, True
            i += 1
        if found:
            away[pair - begin] = sqrt(nearest)
    return away
