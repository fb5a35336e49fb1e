"""What can be known of hidden cells by adding and subtracting what is shown, again and again.

Each sum bounds its parts and is bounded by them: a part is at most the most of the sum less the least of the others,
and at least the least of the sum less the most of the others (the shuttle of Buzzigoli and Giusti 1998). What is found
holds always; where tables are crossed a linear programme may find a little more.
"""

import numpy as np
from scipy import sparse

#: More than any count; sums of a million such are still whole in float64.
_UNBOUNDED = 1e9
_ROUNDS = 6


def bound_cells(
    counts: np.ndarray,
    hidden: np.ndarray,
    by_parent: sparse.csr_array,
    wholes: np.ndarray,
    wholes_hidden: np.ndarray,
    whole_of: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Least and most of the cells `counts` (n units, g groups): float64 (n, g) each, equal where they are shown.

    `by_parent` (n, n) sums units by parent. Groups sum to `wholes` (n, w), group j to whole `whole_of[j]`; `hidden`
    (n, g) and `wholes_hidden` (n, w) are not shown. Only that counts are 0 or more is known of these.

    >>> two = sparse.csr_array(np.array([[0.0, 0, 0], [0, 0, 0], [1, 1, 0]]))  # units a and b make up the third
    >>> counts, hidden = np.array([[3.0], [8], [11]]), np.array([[True], [True], [False]])
    >>> least, most = bound_cells(counts, hidden, two, counts, hidden, np.array([0]))
    >>> least.ravel().tolist(), most.ravel().tolist()
    ([0.0, 0.0, 11.0], [11.0, 11.0, 11.0])
    """
    n_groups = counts.shape[1]
    summed = sparse.csr_array((np.ones(n_groups), (np.arange(n_groups), whole_of)), shape=(n_groups, wholes.shape[1]))
    child, parent = np.flatnonzero(np.diff(by_parent.T.tocsr().indptr)), by_parent.T.tocsr().indices
    has_children = np.diff(by_parent.indptr) > 0
    cells, is_hidden = np.hstack([counts, wholes]), np.hstack([hidden, wholes_hidden])
    least = np.where(is_hidden, 0.0, cells)
    most = np.where(is_hidden, _UNBOUNDED, cells)
    for _ in range(_ROUNDS):
        before = float(least.sum()), float(most.sum())
        low, high = by_parent @ least, by_parent @ most
        least[has_children] = np.maximum(least, low)[has_children]
        most[has_children] = np.minimum(most, high)[has_children]
        most[child] = np.minimum(most[child], most[parent] - (low[parent] - least[child]))
        least[child] = np.maximum(least[child], least[parent] - (high[parent] - most[child]))
        low, high = least[:, :n_groups] @ summed, most[:, :n_groups] @ summed
        least[:, n_groups:] = np.maximum(least[:, n_groups:], low)
        most[:, n_groups:] = np.minimum(most[:, n_groups:], high)
        of = n_groups + whole_of
        above = most[:, of] - (low[:, whole_of] - least[:, :n_groups])
        below = least[:, of] - (high[:, whole_of] - most[:, :n_groups])
        most[:, :n_groups] = np.minimum(most[:, :n_groups], above)
        least[:, :n_groups] = np.maximum(least[:, :n_groups], below)
        if (float(least.sum()), float(most.sum())) == before:
            break
    return least[:, :n_groups], most[:, :n_groups]
