"""What is printed of: the desk that answers, the reader's role, the place, and how it is spoken of."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.desk import Desk
from geo.desk.scope import Scope
from geo.errors import GridscopeError
from geo.schema import Role
from webmap.paper.asked import Asked
from webmap.paper.carto.drawing import Filled, MapPlan, Named, Spot
from webmap.paper.carto.levels import Patch
from webmap.paper.parts.column import Part
from webmap.paper.say import Say

#: So many units carry a number or a name at most.
MOST_NAMES = 24
#: Width of the middle column, where the last one ranks units, and where both say as much.
RANKED_PT, EVEN_PT = 178.0, 214.0


@dataclass(frozen=True)
class Content:
    """One page: title, the line under it, the map, the two columns, and how the figures came about."""

    title: str
    subtitle: str
    plan: MapPlan
    middle: Sequence[Part]
    right: Sequence[Part]
    methods: tuple[str, ...]
    middle_pt: float = RANKED_PT


@dataclass(frozen=True)
class Subject:
    """The question of a page and whom to ask; lists of units are read once."""

    desk: Desk
    role: Role
    asked: Asked
    say: Say
    boot: dict[str, Any]
    scope: Scope

    @cached_property
    def units(self) -> dict[str, dict[str, Any]]:
        """The lists of units by level."""
        return {level["name"]: self.desk.units(level=level["name"], role=self.role) for level in self.boot["levels"]}

    @cached_property
    def card(self) -> dict[str, Any]:
        """The card of the place."""
        place = self.scope.place
        return self.desk.card(level=place["level"], code=place["code"], role=self.role, at=self.asked.at)

    @cached_property
    def place_row(self) -> dict[str, Any]:
        """The place's row in the table of safeguards."""
        place = self.scope.place
        columns = self.desk.metrics("safeguards", place["level"], self.role)["columns"]
        return {name: cells[place["number"]] for name, cells in columns.items()}

    def unit(self, level: str, number: int) -> dict[str, Any]:
        """One unit of a level: code, name, name_en, parent."""
        return {key: self.units[level][key][number] for key in ("code", "name", "name_en", "parent")}

    def name_of(self, level: str, number: int) -> str:
        """The unit's name."""
        return self.say.named(self.unit(level, number))

    def title_of(self, level: str) -> str:
        """What units of a level are called."""
        return self.say.of(next(step for step in self.boot["levels"] if step["name"] == level), "title")

    def parent_name(self, number: int) -> str:
        """The name of the unit above a drawn one, "" where that is the place itself or is repeated in the name."""
        level, unit = self.scope.level, self.unit(self.scope.level, number)
        above = self.scope.held.snapshot.home.level(level).parent
        if above is None or above == self.scope.place["level"] or unit["parent"] not in self.units[above]["code"]:
            return ""
        name = self.name_of(above, self.units[above]["code"].index(unit["parent"]))
        return "" if self.say.named(unit).startswith(name) else name

    @property
    def place_name(self) -> str:
        """The name of the place."""
        return self.say.named(self.scope.place)

    @property
    def as_of_day(self) -> str:
        """The civil day that the data is of."""
        return self.say.time(self.boot["snapshot"]["as_of"])[:10]

    @property
    def child_level(self) -> str:
        """The level just below the place, the place's own where there is none."""
        chain = next(chain for chain in self.scope.held.snapshot.home.chains() if self.scope.place["level"] in chain)
        return chain[max(0, chain.index(self.scope.place["level"]) - 1)]

    @property
    def finest_level(self) -> str:
        """The finest level under the drawn one."""
        return next(chain[0] for chain in self.scope.held.snapshot.home.chains() if self.scope.level in chain)

    def count_words(self) -> str:
        """How many units are drawn, and of what level."""
        n, level = self.say.number(len(self.scope.numbers)), self.title_of(self.scope.level)
        return self.say.t("paper.units", n=n, level=level)

    def plan(
        self,
        looks: dict[int, Filled],
        names: Sequence[Named],
        patches: Sequence[Patch] = (),
        spots: Sequence[Spot] = (),
    ) -> MapPlan:
        """The map with `looks`, `names` and `spots`, and the names of the units around and of the selected one."""
        names = list(names)
        selected = self._selected()
        for level, number in self._quiet():
            if (level, number) in selected:
                continue
            names.append(Named(level, number, self.name_of(level, number), "neighbour", 10.0))
        names += [Named(*unit, self.name_of(*unit), "selected", 100.0) for unit in selected]
        return MapPlan(self.scope, looks, names, selected, patches, spots)

    def ranked(self, numbers: Iterable[int], level: str | None = None) -> list[Named]:
        """The place of each in the table, to stand on the map; units of `level`, by default the drawn ones."""
        listed = enumerate(list(numbers)[:MOST_NAMES], start=1)
        return [Named(level or self.scope.level, number, str(rank), "number", 90.0 - rank) for rank, number in listed]

    def named(self, numbers: Iterable[int]) -> list[Named]:
        """The names of units, to stand on the map, the first ones before the others."""
        level = self.scope.level
        listed = enumerate(list(numbers)[:MOST_NAMES])
        return [Named(level, number, self.name_of(level, number), "unit", 50.0 - rank) for rank, number in listed]

    def _quiet(self) -> list[tuple[str, int]]:
        """Units named quietly: of the level above the drawn one in the place, and the place's neighbours."""
        home, place = self.scope.held.snapshot.home, self.scope.place
        found = [(place["level"], n) for n in range(len(self.units[place["level"]]["code"])) if n != place["number"]]
        chain = next(chain for chain in home.chains() if place["level"] in chain)
        between = chain[chain.index(self.scope.level) + 1 : chain.index(place["level"])]
        if between:
            level = between[-1]
            found += [(level, n) for n in self.scope.numbers_of(level)]
        return found

    def _selected(self) -> list[tuple[str, int]]:
        """The units selected, those that are known, the first ones of many."""
        found = []
        for address in (self.asked.sel or "").split("~")[:MOST_NAMES]:
            with suppress(GridscopeError):
                unit = self.desk.scope(self.role, address, None, None).place if address else None
                if unit:
                    found.append((str(unit["level"]), int(unit["number"])))
        return found
