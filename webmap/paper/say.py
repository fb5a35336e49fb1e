"""Words and figures as printed pages say them, in one of the two languages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from webmap.i18n import Messages, translate

MINUS, DASH = "\u2212", "\u2013"
#: Lengths from here on are said in kilometres.
KM_FROM_M = 10_000.0


@dataclass(frozen=True)
class Say:
    """The catalogue's words in the language `lang`, times in the home's `timezone`."""

    messages: Messages
    lang: str
    timezone: str = "UTC"

    def t(self, key: str, **values: object) -> str:
        """The words of `key`, with `{name}` filled from `values`."""
        return translate(self.messages, key, self.lang, **values)

    def of(self, record: Mapping[str, Any], stem: str = "") -> str:
        """One of the two languages of a record {en, zh}, or of its fields `stem`_en and `stem`_zh."""
        mine, other = (self.lang, "en" if self.lang == "zh" else "zh")
        keys = [f"{stem}_{lang}" if stem else lang for lang in (mine, other)]
        return str(next((record[key] for key in keys if record.get(key)), ""))

    def named(self, unit: Mapping[str, Any]) -> str:
        """A unit's name: its English one where there is one, else its own, else its code."""
        english = unit.get("name_en") if self.lang == "en" else None
        return str(english or unit.get("name") or unit["code"])

    def word(self, group: str, word: str) -> str:
        """A word of the records: the catalogue's under `group`, else as it stands."""
        key = f"{group}.{word}"
        return self.t(key) if key in self.messages else word

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with thousands marks; a dash where there is none.

        >>> Say({}, "en").number(-1234.5, 1)
        '−1,234.5'
        """
        if value is None:
            return self.t("state.none")
        text = f"{abs(value):,.{digits}f}"
        return MINUS + text if value < 0 and float(text.replace(",", "")) else text

    def percent(self, share: float | None, digits: int = 1) -> str:
        """A share 0..1 as a percentage.

        >>> Say({}, "en").percent(0.71834)
        '71.8%'
        """
        return self.t("state.none") if share is None else f"{self.number(share * 100, digits)}%"

    def span(self, low: float | None, high: float | None, form: Callable[[float], str]) -> str:
        """Two ends with an en dash between them; "" where one is not known.

        >>> Say({}, "en").span(0.1, 0.25, lambda share: f"{share * 100:.0f}")
        '10–25'
        """
        return "" if low is None or high is None else f"{form(low)}{DASH}{form(high)}"

    def metres(self, value: float | None) -> str:
        """A length in metres, from ten kilometres on in kilometres.

        >>> Say({}, "en").metres(616_499.0), Say({}, "en").metres(250.0)
        ('616.5\xa0km', '250\xa0m')
        """
        if value is None:
            return self.t("state.none")
        if value < KM_FROM_M:
            return f"{self.number(value)}\u00a0m"
        return f"{self.number(value / 1000, 0 if value >= 1e6 else 1)}\u00a0km"

    def edge(self, value: float) -> str:
        """A class edge without idle zeros.

        >>> Say({}, "en").edge(20.0), Say({}, "en").edge(0.25), Say({}, "en").edge(50_000.0)
        ('20', '0.25', '50,000')
        """
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"

    def time(self, iso: str) -> str:
        """A UTC time as civil time of the home, to the minute.

        >>> Say({}, "en", "Asia/Shanghai").time("2026-11-21T18:10:00Z")
        '2026-11-22 02:10'
        """
        return datetime.fromisoformat(iso).astimezone(ZoneInfo(self.timezone)).strftime("%Y-%m-%d %H:%M")

    def month(self, month: str) -> str:
        """A month 2026-11 in words."""
        year, number = month.split("-")
        return self.t("paper.month", year=year, month=int(number), name=self.t(f"paper.month_{int(number)}"))
