"""Levels whose units are large enough that counts of theirs are told in groups (days, hours, words) below analyst.

Where most cells would be hidden, what is left says little, and each shown cell is one more sum that bounds the hidden
ones. So a level is told as a whole or not at all, from the coarsest down.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import Words
from geo.schema.home import HomeInfo
from geo.snapshot.hiding import is_small

Bools = npt.NDArray[np.bool_]

#: Of the cells of a level that is told, at most this share of those with cases may be small.
RARE_SHARE = 0.05


def find_large(counts: npt.NDArray[np.float64], units: pd.DataFrame, home: HomeInfo, min_count: int) -> Bools:
    """Which units are of a level that is told: bool (n,).

    `counts` (n, g): cases of n units in g groups; `units`: level, n rows. A level is told where at most `RARE_SHARE` of
    its cells with cases are small, and the level above is told or there is none.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:4326", (Level("g", "g", "G", "t"), Level("t", "t", "T")))
    >>> units = pd.DataFrame({"level": ["g", "g", "t"]})
    >>> find_large(np.array([[3.0, 0], [9, 8], [12, 8]]), units, home, 5).tolist()
    [False, False, True]
    """
    levels = units["level"].to_numpy()
    few = is_small(counts, min_count)
    told: dict[str | None, bool] = {None: True}
    for chain in home.chains():
        for name in reversed(chain):
            rows = levels == name
            is_rare = few[rows].sum() <= RARE_SHARE * (counts[rows] > 0).sum()
            told[name] = told[home.level(name).parent] and bool(is_rare)
    return np.array([told[name] for name in levels], dtype=bool)


def hide_rest(large: Bools, n_groups: int, hide: Callable[[], Bools]) -> Bools:
    """Cells of n units to hide, bool (n, n_groups): what `hide` finds, (large units, n_groups), and all of the others.

    >>> hide_rest(np.array([False, True]), 3, lambda: np.array([[True, False, False]])).tolist()
    [[True, True, True], [True, False, False]]
    """
    found = np.ones((len(large), n_groups), dtype=bool)
    if large.any():
        found[large] = hide()
    return found


def words_of_untold(min_count: int) -> Words:
    """Why nothing is told of a level.

    >>> words_of_untold(5).en
    'not told for units this small: too many of their counts are fewer than 5; ask for a coarser level'
    """
    return Words(
        f"not told for units this small: too many of their counts are fewer than {min_count}; ask for a coarser level",
        f"该层级单位过小，不予显示：过多计数不足 {min_count}；请改用更粗的层级",
    )
