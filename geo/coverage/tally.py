"""Additive figures of one chain: entered at the finest units (or where an item is known), summed upwards by parent."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.partition.hierarchy import parents_of, roll_up

Places = dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]


class Tally:
    """Sums per unit of one nested chain, so that each parent is the sum of its children exactly.

    An item that is known at a coarser level only (a report located by its township's code) enters there.

    >>> units = pd.DataFrame({"level": ["grid", "town"], "code": ["g", "t"], "parent_code": ["t", None]})
    >>> tally = Tally(units, ("grid", "town"))
    >>> where = tally.locate(pd.DataFrame({"grid": ["g", None], "town": ["t", "t"]}))
    >>> tally.add_items("n", where, np.ones(2))
    >>> {level: frame["n"].to_dict() for level, frame in tally.sums().items()}
    {'grid': {'g': 1.0}, 'town': {'t': 2.0}}
    """

    def __init__(self, units: pd.DataFrame, chain: tuple[str, ...]) -> None:
        self.chain = chain
        self.parents = {level: parents_of(units, level) for level in chain}
        self._own: dict[str, dict[str, npt.NDArray[np.float64]]] = {level: {} for level in chain}

    def locate(self, levels: pd.DataFrame) -> Places:
        """Per level: the rows of `levels` (one column per level) whose finest known unit is there, and its position."""
        free = np.ones(len(levels), dtype=bool)
        found: Places = {}
        for level in self.chain:
            position = self.parents[level].index.get_indexer(
                pd.Index(levels[level].to_numpy(dtype=object), dtype=object)
            )
            rows = np.flatnonzero(free & (position >= 0))
            free[rows] = False
            found[level] = (rows, position[rows])
        return found

    def add_units(self, column: str, values: npt.NDArray[np.float64]) -> None:
        """Enter one value per finest unit, in code order."""
        self._own[self.chain[0]][column] = values

    def add_items(self, column: str, where: Places, weights: npt.NDArray[np.float64]) -> None:
        """Enter the sum of the items' `weights` in each unit; `where` is what `locate` gave for them."""
        for level, (rows, position) in where.items():
            n_units = len(self.parents[level])
            self._own[level][column] = np.bincount(position, weights=weights[rows], minlength=n_units).astype(float)

    def sums(self) -> dict[str, pd.DataFrame]:
        """Per level a frame indexed by code (in code order) with every column entered."""
        finest = self.chain[0]
        sums = {finest: pd.DataFrame(self._own[finest], index=self.parents[finest].index)}
        for child, level in pairwise(self.chain):
            own = pd.DataFrame(self._own[level], index=self.parents[level].index)
            rolled = roll_up(sums[child], self.parents[child]).reindex(own.index).fillna(0.0)
            sums[level] = rolled.add(own.reindex(columns=rolled.columns, fill_value=0.0))
        return sums
