"""Additive figures of one chain: entered at the finest units (or where an item is known), summed upwards by parent."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.coverage.ground import Items

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Places = dict[str, tuple[Ints, Ints]]


class Tally:
    """Sums per unit of one nested chain, so that each parent is the sum of its children.

    An item that is known at a coarser level only (a report located by its township's code) enters there. `parents` has
    per level the position of each unit's parent in the level above, -1 where it has none; units follow their codes.

    >>> units = pd.DataFrame({"level": ["grid", "town"], "code": ["g", "t"], "parent_code": ["t", None]})
    >>> tally = Tally(units, ("grid", "town"))
    >>> where = tally.locate(pd.DataFrame({"grid": ["g", None], "town": ["t", "t"]}))
    >>> tally.add_items("n", where, np.ones(2))
    >>> {level: frame["n"].to_dict() for level, frame in tally.sums().items()}
    {'grid': {'g': 1.0}, 'town': {'t': 2.0}}
    """

    def __init__(self, units: pd.DataFrame, chain: tuple[str, ...]) -> None:
        self.chain = chain
        levels, codes, above = (units[name].to_numpy(dtype=object) for name in ("level", "code", "parent_code"))
        rows = {level: np.flatnonzero(levels == level) for level in chain}
        rows = {level: own[np.argsort(codes[own], kind="stable")] for level, own in rows.items()}
        self._codes = {level: codes[own] for level, own in rows.items()}
        self._places = {level: {code: at for at, code in enumerate(own)} for level, own in self._codes.items()}
        nowhere: dict[str, int] = {}
        parents = zip(chain, [self._places[level] for level in chain[1:]] + [nowhere], strict=True)
        self.parents = {level: _look_up(above[rows[level]], found) for level, found in parents}
        self._own: dict[str, dict[str, Floats]] = {level: {} for level in chain}
        self._located: dict[int, tuple[Items, Places]] = {}

    def locate(self, levels: pd.DataFrame) -> Places:
        """Per level: the rows of `levels` (one column per level) whose finest known unit is there, and its position."""
        free = np.arange(len(levels), dtype=np.int64)
        found: Places = {}
        for level in self.chain:
            position = _look_up(levels[level].to_numpy(dtype=object)[free], self._places[level])
            known = position >= 0
            found[level] = free[known], position[known]
            free = free[~known]
        return found

    def add_units(self, column: str, values: Floats) -> None:
        """Enter one value per finest unit, in code order."""
        self._own[self.chain[0]][column] = values

    def add_items(self, column: str, where: Places, weights: Floats) -> None:
        """Enter the sum of the items' `weights` in each unit; `where` is what `locate` gave for them."""
        for level, (rows, position) in where.items():
            n_units = len(self.parents[level])
            self._own[level][column] = np.bincount(position, weights=weights[rows], minlength=n_units).astype(float)

    def add_layer(self, column: str, layer: Items | None, values: npt.ArrayLike | None) -> None:
        """Enter the sum of the `values` of a layer's items, one each, in each unit; 0 where the home has none of it."""
        if layer is None or values is None:
            self.add_units(column, np.zeros(len(self.parents[self.chain[0]])))
            return
        if id(layer) not in self._located:
            self._located[id(layer)] = layer, self.locate(layer.levels)
        self.add_items(column, self._located[id(layer)][1], np.asarray(values, dtype=np.float64))

    def sums(self) -> dict[str, pd.DataFrame]:
        """Per level a frame indexed by code (in code order) with every column entered."""
        finest = self.chain[0]
        names = list(self._own[finest])
        sums = {finest: np.column_stack([self._own[finest][name] for name in names])}
        for child, level in pairwise(self.chain):
            rolled = np.zeros((len(self.parents[level]), len(names)))
            inside = self.parents[child] >= 0
            np.add.at(rolled, self.parents[child][inside], sums[child][inside])
            for at, name in enumerate(names):
                if name in self._own[level]:
                    rolled[:, at] += self._own[level][name]
            sums[level] = rolled
        return {level: pd.DataFrame(cells, index=self._codes[level], columns=names) for level, cells in sums.items()}


def _look_up(codes: npt.NDArray[np.object_], places: dict[str, int]) -> Ints:
    """The place of each code, -1 where it has none."""
    return np.fromiter((places.get(code, -1) for code in codes), np.int64, len(codes))
