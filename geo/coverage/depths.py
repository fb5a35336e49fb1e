"""How many views hold the ground within rectangles of units."""

from typing import Any

import numpy as np

from geo.coverage.edges import strip_edges
from geo.coverage.layers import Floats, Ints
from geo.coverage.sweep import sweep_strips
from geo.coverage.threads import in_threads
from geo.coverage.views import Edges, Rows, Views


def depths_in(windows: Floats, ground: Edges, public: Edges, unit: Ints, near: Rows, views: Views) -> Floats:
    """Square metres within each of n `windows` (n, 4) of its `unit` that its views in `near` hold: (n, 6).

    Ground where they count 1, 2, 3 or more; public ground likewise. `ground` and `public` are the edges of all units.

    >>> import shapely
    >>> from geo.coverage.views import to_edges
    >>> unit = to_edges(np.array([shapely.box(-9, -9, 9, 9)]))
    >>> quarter = Views(np.array([[0.0, 0.0, 45.0, 90.0, 0.0, 9.0]]), np.array([[0.0, 0.0, 9.0, 9.0]]), 90.0)
    >>> twice = Rows(np.array([0, 2]), np.array([0, 0]))
    >>> window = np.array([[0.0, 0.0, 9.0, 9.0]])
    >>> depths_in(window, unit, unit, np.array([0]), twice, quarter).round(6).tolist()  # a chord of 90 degrees
    [[40.5, 40.5, 0.0, 40.5, 40.5, 0.0]]
    """
    some = np.flatnonzero(np.diff(near.starts))
    found = np.zeros((len(unit), 6))
    if not len(some):
        return found
    starts, unit, windows = np.append(near.starts[some], near.starts[-1]), unit[some], windows[some]
    n = len(unit)
    jobs = (starts, near.values, 2 * np.arange(n), np.ones(n, dtype=bool), np.ones(n, dtype=bool))
    bounds, inner = (*_slices(ground, unit), np.repeat(windows, 2, axis=0)), _slices(public, unit)

    def work(begin: int, end: int) -> Any:
        strips = strip_edges(begin, end, jobs, views.rows, views.boxes, bounds, inner, views.chord_deg)
        return sweep_strips(strips, jobs[3][begin:end], end - begin)

    found[some] = np.concatenate(in_threads(work, n))
    return found


def with_reversed(views: Views) -> Views:
    """The n `views`, then each once more, to be counted by `depths_in` as one less: view i + n takes i away.

    >>> with_reversed(Views(np.array([[0.0, 0.0, 45.0, 90.0, 2.0, 9.0]]), np.zeros((1, 4)), 2.0)).rows[1, 4:].tolist()
    [9.0, 2.0]
    """
    # Edges that run the other way round take away: near and reach change places.
    against = views.rows[:, [0, 1, 2, 3, 5, 4]]
    return Views(np.vstack([views.rows, against]), np.vstack([views.boxes, views.boxes]), views.chord_deg)


def _slices(edges: Edges, which: Ints) -> tuple[Floats, Ints, Floats]:
    """The edges of the polygons `which`, some more than once: the i-th has those from starts[2 i] on."""
    starts = np.column_stack([edges.starts[which], edges.starts[which + 1]]).ravel()
    return edges.rows, starts, np.repeat(edges.tallest_m[which], 2)
