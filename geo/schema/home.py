"""What a home (a data folder) says about itself: its levels, CRS, time zone, titles."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from geo.errors import BadQuery, Words


@dataclass(frozen=True)
class Level:
    """One level of units. `parent` is the level it nests in, or None where it stands alone."""

    name: str
    title_zh: str
    title_en: str
    parent: str | None = None

    def title(self) -> Words:
        """The level's title in both languages."""
        return Words(self.title_en, self.title_zh)


@dataclass(frozen=True)
class HomeInfo:
    """A home's own description; `levels` are finest first, `boundary_crs` is an authority string.

    >>> home = HomeInfo("H", "H", "Asia/Shanghai", "EPSG:4326", (Level("grid", "网格", "Grid", "town"), Level("town", "镇", "Town")))
    >>> home.chains()
    (('grid', 'town'),)
    """

    title_zh: str
    title_en: str
    timezone: str
    boundary_crs: str
    levels: tuple[Level, ...]
    attribution_zh: str = ""
    attribution_en: str = ""
    map_review_number: str = ""
    demo: bool = False

    def level(self, name: str) -> Level:
        """The level called `name`; `BadQuery` lists the levels there are."""
        for level in self.levels:
            if level.name == name:
                return level
        known = ", ".join(level.name for level in self.levels)
        raise BadQuery(Words(f"no level {name!r}; levels are {known}", f"没有层级 {name!r}；现有层级：{known}"))

    def chains(self) -> tuple[tuple[str, ...], ...]:
        """Nested chains, each finest first; each is joined once, at its finest level, and rolled up."""
        parents = {level.parent for level in self.levels}
        chains = []
        for level in self.levels:
            if level.name not in parents:
                chain = [level]
                while chain[-1].parent is not None:
                    chain.append(self.level(chain[-1].parent))
                chains.append(tuple(step.name for step in chain))
        return tuple(chains)

    def to_json(self) -> str:
        """JSON text from which `from_json` makes an equal record."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "HomeInfo":
        """The record that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(text)
        raw["levels"] = tuple(Level(**level) for level in raw["levels"])
        return cls(**raw)
