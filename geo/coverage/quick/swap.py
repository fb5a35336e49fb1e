"""Views of which some go and others come."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.coverage.layers import Floats, Ints
from geo.coverage.quick.today import Looking
from geo.coverage.views import NOWHERE, Rows, Views, to_rows

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Swap:
    """Views of today and, after them, those that come; which of them go, which come.

    What is seen changes only within `windows`, the bounds of those that go and come.
    """

    views: Views
    goes: Bools
    comes: Bools

    @cached_property
    def before(self) -> Views:
        """All of them, those that come emptied."""
        return _emptied(self.views, self.comes)

    @cached_property
    def after(self) -> Views:
        """All of them, those that go emptied."""
        return _emptied(self.views, self.goes)

    @property
    def windows(self) -> Floats:
        """Bounds (m, 4) of what goes and comes."""
        boxes = self.views.boxes[self.goes | self.comes]
        return boxes[np.isfinite(boxes[:, 0])]

    def touched(self, boxes: Floats, around_m: float = 0.0) -> Ints:
        """The items with `boxes` (n, 4) no farther than `around_m` from any of the windows, along x and along y."""
        wide = self.windows + around_m * np.array([-1.0, -1.0, 1.0, 1.0])
        return np.flatnonzero(meet(boxes, wide).any(axis=1))

    def near(self, boxes: Floats, near: Rows, which: Ints) -> Rows:
        """Per item of all with `boxes` the views that may meet it, for `which` of them, where `near` tells of today's.

        The others have none.
        """
        starts, ends = near.starts[which], near.starts[which + 1]
        n = ends - starts
        old = np.repeat(starts - np.concatenate([[0], np.cumsum(n)[:-1]]), n) + np.arange(n.sum())
        item, view = np.nonzero(meet(boxes[which], self.views.boxes[self.comes]))
        items = np.concatenate([np.repeat(which, n), which[item]])
        return to_rows(items, np.concatenate([near.values[old], np.flatnonzero(self.comes)[view]]), len(boxes))


def swap_views(today: Views, gone: Ints, come: Views) -> Swap:
    """`today` with the views `gone` (positions) taken away and `come` added.

    >>> some = Views(np.ones((2, 6)), np.array([[0.0, 0, 1, 1], [5, 5, 6, 6]]), 2.0)
    >>> swap = swap_views(some, np.array([1]), Views(some.rows[:1], some.boxes[:1], 2.0))
    >>> swap.before.seeing.tolist(), swap.after.seeing.tolist()
    ([True, True, False], [True, False, True])
    >>> swap.touched(np.array([[0.5, 0.5, 2, 2], [3, 3, 4, 4]])).tolist()
    [0]
    """
    n, m = len(today.rows), len(come.rows)
    goes, comes = np.zeros(n + m, dtype=bool), np.arange(n + m) >= n
    goes[gone] = True
    both = Views(np.vstack([today.rows, come.rows]), np.vstack([today.boxes, come.boxes]), today.chord_deg)
    return Swap(both, goes, comes)


def swap_looking(today: Looking, gone: Ints, come: Looking) -> tuple[Swap, Swap]:
    """What changes for the ground, and for facades."""
    return swap_views(today.ground, gone, come.ground), swap_views(today.facade, gone, come.facade)


def meet(boxes: Floats, others: Floats) -> Bools:
    """Whether each of n `boxes` meets each of m `others`: (n, m).

    >>> meet(np.array([[0.0, 0, 2, 2]]), np.array([[2.0, 2, 3, 3], [3.0, 3, 4, 4]])).tolist()
    [[True, False]]
    """
    a, b = boxes[:, None, :], others[None, :, :]
    return np.asarray(
        (a[..., 0] <= b[..., 2]) & (b[..., 0] <= a[..., 2]) & (a[..., 1] <= b[..., 3]) & (b[..., 1] <= a[..., 3]),
        dtype=bool,
    )


def bounds_of(boxes: Floats) -> Floats:
    """The bounds (4,) around `boxes` (n, 4), NaN where there are none.

    >>> bounds_of(np.array([[0.0, 0, 1, 1], [5, 5, 6, 6], NOWHERE])).tolist()
    [0.0, 0.0, 6.0, 6.0]
    """
    real = boxes[np.isfinite(boxes[:, 0])]
    if not len(real):
        return np.full(4, np.nan)
    return np.concatenate([real[:, :2].min(axis=0), real[:, 2:].max(axis=0)])


def put_together(boxes: Floats) -> Floats:
    """`boxes` (n, 4), those that meet replaced by the bounds around them, until none meet.

    >>> put_together(np.array([[0.0, 0, 2, 2], [5, 5, 6, 6], [1, 1, 3, 3]])).tolist()
    [[0.0, 0.0, 3.0, 3.0], [5.0, 5.0, 6.0, 6.0]]
    """
    left = [box for box in boxes if np.isfinite(box[0])]
    apart: list[Floats] = []
    while left:
        box = left.pop(0)
        met = [other for other in (*apart, *left) if meet(box[None], other[None])[0, 0]]
        if not met:
            apart.append(box)
            continue
        left = [other for other in left if not meet(box[None], other[None])[0, 0]]
        apart = [other for other in apart if not meet(box[None], other[None])[0, 0]]
        left.insert(0, bounds_of(np.array([box, *met])))
    return np.array(apart, dtype=np.float64).reshape(-1, 4)


def _emptied(views: Views, which: Bools) -> Views:
    rows, boxes = views.rows.copy(), views.boxes.copy()
    rows[which], boxes[which] = 0.0, NOWHERE
    return Views(rows, boxes, views.chord_deg)
