"""Hidden cells of crossed tables that follow exactly from the sums told.

Groups of each unit's cases sum to what is told of the unit, and those of units to what is told of the unit above. Draw
a point for every sum and a line for every hidden cell between the two sums that hold it: the cell is known exactly if
and only if its line is a bridge, on no round trip (D. Gusfield, "A graph theoretic approach to statistical data
security", SIAM Journal on Computing 17, 1988). A sum that is not told is tied to one common point.
"""

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def find_bridges(hidden: Bools, parents: Ints, wholes_hidden: Bools, whole_of: Ints) -> Bools:
    """Which hidden cells follow from the sums of their family and of their unit: bool (n units, g groups).

    `hidden` (n, g); `parents` (n,), the row of the unit above, -1 where there is none; groups sum to w wholes of the
    unit, group j to `whole_of[j]`, of which `wholes_hidden` (n, w) are not told. What is hidden of the units above is
    taken for open.

    >>> hidden = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 0]], dtype=bool)
    >>> parents, told = np.array([4, 4, 4, 4, -1]), np.zeros((5, 1), dtype=bool)
    >>> np.argwhere(find_bridges(hidden, parents, told, np.zeros(4, dtype=int))).tolist()  # b's row from two columns
    [[0, 1]]
    """
    n, n_groups = hidden.shape
    n_wholes = wholes_hidden.shape[1]
    rows, columns = np.nonzero(hidden)
    open_point = n * n_wholes + n * n_groups
    of_unit = rows * n_wholes + whole_of[columns]
    above = parents[rows]
    of_family = np.where(above >= 0, n * n_wholes + above * n_groups + columns, open_point)
    untold_unit = np.unique(of_unit[wholes_hidden[rows, whole_of[columns]]])
    untold_family = np.unique(of_family[(above >= 0) & hidden[above, columns]])
    untold = np.concatenate([untold_unit, untold_family])
    start = np.concatenate([of_unit, untold])
    stop = np.concatenate([of_family, np.full(len(untold), open_point)])
    found = np.zeros(hidden.shape, dtype=bool)
    is_bridge = _bridges(start, stop)[: len(rows)]
    found[rows[is_bridge], columns[is_bridge]] = True
    return found


def _bridges(start: Ints, stop: Ints) -> Bools:
    """Which lines, int64 (m,) of the points at both ends, lie on no round trip: a search in depth (Tarjan 1974)."""
    _, points = np.unique(np.concatenate([start, stop]), return_inverse=True)
    n_lines, n_points = len(start), int(points.max(initial=-1)) + 1
    line = np.tile(np.arange(n_lines), 2)
    other = np.concatenate([points[n_lines:], points[:n_lines]])
    order = np.argsort(points, kind="stable")
    first = np.searchsorted(points[order], np.arange(n_points + 1)).tolist()
    lines, others = line[order].tolist(), other[order].tolist()
    seen, lowest, follows = [-1] * n_points, [0] * n_points, first[:-1]
    found = np.zeros(n_lines, dtype=bool)
    n_seen = 0
    for root in range(n_points):
        if seen[root] >= 0:
            continue
        path = [(root, -1)]
        while path:
            point, came = path[-1]
            if seen[point] < 0:
                seen[point] = lowest[point] = n_seen
                n_seen += 1
            place = follows[point]
            if place < first[point + 1]:
                follows[point] = place + 1
                if lines[place] == came:
                    continue
                if seen[others[place]] < 0:
                    path.append((others[place], lines[place]))
                else:
                    lowest[point] = min(lowest[point], seen[others[place]])
                continue
            path.pop()
            if path:
                before = path[-1][0]
                lowest[before] = min(lowest[before], lowest[point])
                found[came] = lowest[point] > seen[before]
    return found
