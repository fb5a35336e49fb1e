"""The 17 labels of an emerging hot spot: what the steps at which a unit was hot or cold amount to (DOMAIN 6)."""

import numpy as np
import numpy.typing as npt

#: In the order in which they are tried: the first that holds is the label, with "_hot" or "_cold" behind it.
PATTERNS = (
    "new",
    "consecutive",
    "intensifying",
    "diminishing",
    "persistent",
    "oscillating",
    "sporadic",
    "historical",
)
NO_PATTERN = "none"
SIGNS = {1: "hot", -1: "cold"}
LABELS = (*(f"{pattern}_{name}" for name in SIGNS.values() for pattern in PATTERNS), NO_PATTERN)


def label_patterns(signs: npt.NDArray[np.int8], trend: npt.NDArray[np.int8]) -> npt.NDArray[np.object_]:
    """The label of each of n units, object (n,) of `LABELS`.

    `signs`: int8 (n steps, n units), 1 where a unit is significantly hot, -1 where cold, else 0; at least one step.
    `trend`: int8 (n units,), 1 where z rises significantly over all steps, -1 where it falls, else 0. The last step
    decides the sign, and every count is of steps of that sign alone.

    >>> hot = np.array([[0, 1, 0, 1], [0, 1, -1, 1], [1, 1, 1, 0]], dtype=np.int8)
    >>> label_patterns(hot, np.array([0, 1, 0, 0], dtype=np.int8)).tolist()
    ['new_hot', 'intensifying_hot', 'new_hot', 'none']
    """
    found = np.full(signs.shape[1], NO_PATTERN, dtype=object)
    for sign, name in SIGNS.items():
        own = signs == sign
        n_own = own.sum(axis=0)
        is_most = 10 * n_own >= 9 * len(signs)
        is_last = own[-1]
        holds = (
            n_own == 1,
            ~is_most & (n_own == count_last_run(own)),
            is_most & (trend == sign),
            is_most & (trend == -sign),
            is_most,
            (signs == -sign).any(axis=0),
            n_own > 0,
        )
        for pattern, one in reversed(list(zip(PATTERNS, holds, strict=False))):
            found[is_last & one] = f"{pattern}_{name}"
        found[(signs[-1] == 0) & is_most] = f"historical_{name}"
    return found


def count_last_run(own: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many steps without a break, the last one included, each column of `own` (n steps, n units) is true.

    >>> count_last_run(np.array([[True, True], [True, False], [True, True]])).tolist()
    [3, 1]
    """
    return np.asarray(np.cumprod(own[::-1], axis=0, dtype=np.int64).sum(axis=0))
