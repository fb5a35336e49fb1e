"""What a home (a data folder) says about itself: its levels, CRS, time zone, titles."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from geo.errors import BadQuery, Words

#: Name of the level that tops a home whose highest level has several units: made of them, never mapped.
TOTAL = "all"
#: What every page, print and file of a demo home carries.
DEMO_NOTE = Words("Demo data, invented borders", "演示数据 · 边界为虚构")


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

    def credit(self) -> Words:
        """What stands beside a map or in a file: the demo's note, the source line, the map review number (审图号).

        >>> HomeInfo("H", "H", "UTC", "EPSG:4326", (), "测绘院", "Survey", "湘S(2026)001号").credit().zh
        '测绘院 · 审图号：湘S(2026)001号'
        """
        number = self.map_review_number
        en = (self.attribution_en or self.attribution_zh, f"map review no. {number}" if number else "")
        zh = (self.attribution_zh or self.attribution_en, f"审图号：{number}" if number else "")
        note = DEMO_NOTE if self.demo else Words("", "")
        return Words(_joined(note.en, *en), _joined(note.zh, *zh))

    def keeping_credit(self, held: "HomeInfo | None") -> "HomeInfo":
        """This record with the source line and the review number that `held` has, where it states none of its own.

        A demo's line never passes to a real home, nor the other way.
        """
        if held is None or held.demo != self.demo:
            return self
        source = self if self.attribution_zh or self.attribution_en else held
        return replace(
            self,
            attribution_zh=source.attribution_zh,
            attribution_en=source.attribution_en,
            map_review_number=self.map_review_number or held.map_review_number,
        )

    def to_json(self) -> str:
        """JSON text from which `from_json` makes an equal record."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "HomeInfo":
        """The record that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(text)
        raw["levels"] = tuple(Level(**level) for level in raw["levels"])
        return cls(**raw)


def _joined(*texts: str) -> str:
    """The texts that are not empty, each once."""
    return " · ".join(dict.fromkeys(text for text in texts if text))
