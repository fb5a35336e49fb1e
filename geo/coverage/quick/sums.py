"""What each unit gains or loses, entered where it happens and carried up through the levels."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.coverage.layers import Floats
from geo.coverage.whatif import WhatIf

#: The additive figures that are told while a camera is dragged, nominal.
FIGURES = (
    *("places_seen", "road_seen_m", "area_seen_m2", "incidents_seen", "residents_near", "public_3plus_m2"),
    *("facade_m", "n_dwellings"),
)
#: Those of people and cases.
PEOPLE = ("incidents_seen", "residents_near")
Unit = tuple[str, str]
#: The unit of each of n items, by level.
Codes = dict[str, npt.NDArray[np.object_]]

_PLACE = {name: place for place, name in enumerate(FIGURES)}


class Gains:
    """Per unit of every level (level, code) a change of `FIGURES`, float64 (8,).

    As in `Tally`, each parent gains what its children do, an item that is known at a coarser level only enters there,
    and a level of two chains is summed along the first of them.
    """

    def __init__(self, engine: WhatIf) -> None:
        self._engine = engine
        self.of: dict[Unit, Floats] = {}

    def add_units(self, figure: str, number: int, codes: Any, gains: Floats) -> None:
        """Enter what the finest units `codes` of the chain `number` gain."""
        finest = self._engine.chains[number].levels[0]
        for place in np.flatnonzero(gains):
            self._add(figure, number, (finest, codes[place]), float(gains[place]))

    def add_items(self, figure: str, codes: Codes, gains: Floats) -> None:
        """Enter what items gain, `codes` naming the unit of each at every level (None: in none)."""
        for place in np.flatnonzero(gains).tolist():
            known = {level: units[place] for level, units in codes.items()}
            for number, chain in enumerate(self._engine.chains):
                found = [unit for level in chain.levels if (unit := (level, known[level])) in self._engine.parents]
                if found:
                    self._add(figure, number, found[0], float(gains[place]))

    def total(self, figure: str) -> float:
        """What the finest units of the first chain gain together."""
        finest, place = self._engine.chains[0].levels[0], _PLACE[figure]
        return float(sum(gains[place] for (level, _), gains in self.of.items() if level == finest))

    def _add(self, figure: str, number: int, unit: Unit, gain: float) -> None:
        for above in self._upwards(number, unit):
            if above not in self.of:
                self.of[above] = np.zeros(len(FIGURES))
            self.of[above][_PLACE[figure]] += gain

    def _upwards(self, number: int, unit: Unit) -> Iterator[Unit]:
        """The unit and all above it at the levels that are summed along the chain `number`."""
        chains = self._engine.chains
        before = {level for chain in chains[:number] for level in chain.levels}
        level, code = unit
        levels = chains[number].levels
        for step in levels[levels.index(level) :]:
            if not isinstance(code, str):
                return
            if step not in before:
                yield step, code
            code = self._engine.parents[step, code]
