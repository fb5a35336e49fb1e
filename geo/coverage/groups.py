"""Views that belong together: those whose bounds overlap, directly or through others.

Written in the part of Python that numba compiles, in one file on purpose; see `geo.compiled`.
"""

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
