"""Legends on paper: every class with its swatch, its count and its rule in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from webmap.paper.carto.patterns import fill_pattern
from webmap.paper.glyphs import NO_PATTERN, draw_glyph, fill_of, ink_on
from webmap.paper.parts.column import Part, Place
from webmap.paper.say import Say
from webmap.paper.sheet import BODY_PT, SMALL_PT, Ring, Sheet

PATTERNS = ("new", "consecutive", "intensifying", "persistent", "sporadic", "oscillating", "diminishing", "historical")
_ROW_PT, _CHIP = 14.8, (22.0, 11.5)


@dataclass(frozen=True)
class ClassRow:
    """One class: fill and pattern of its swatch, a sign in it, how many units have it, and its rule."""

    rule: str
    count: str
    fill: str | None = None
    pattern: str | None = None
    ink: str = "ink3"
    sign: str = ""


def class_rows(rows: Sequence[ClassRow]) -> Part:
    """A row per class."""

    def draw(sheet: Sheet, place: Place) -> float:
        y = place.y + 3
        for row in rows:
            _draw_swatch(sheet, place.x, y, row)
            sheet.text(place.x + 50, y + 9, row.count, BODY_PT, bold=True, align="right")
            sheet.text(place.x + 58, y + 9, row.rule, SMALL_PT, ink="ink2", width=place.width - 58)
            y += _ROW_PT
        return y

    return draw


def emerging_matrix(counts: dict[str, int], hidden: int, say: Say) -> Part:
    """Patterns down, hot and cold across, counts beside the glyphs, and the rule of each pattern."""

    def draw(sheet: Sheet, place: Place) -> float:
        y = place.y + 3
        names = 44.0 if say.lang == "zh" else 54.0
        chips = (place.x + names, place.x + names + 40)
        rules = chips[1] + 40
        for pattern in PATTERNS:
            sheet.text(place.x, y + 9, say.t(f"emerging.{pattern}"), SMALL_PT)
            for x, sign in zip(chips, ("hot", "cold"), strict=True):
                _draw_chip(sheet, x, y, f"{pattern}_{sign}", counts)
            sheet.text(rules, y + 9, say.t(f"paper.rule_{pattern}"), SMALL_PT, ink="ink2", width=place.right - rules)
            y += _ROW_PT
        sheet.text(place.x, y + 9, say.t("emerging.none"), SMALL_PT)
        _draw_chip(sheet, chips[0], y, NO_PATTERN, counts)
        sheet.text(rules, y + 9, say.t("paper.rule_none"), SMALL_PT, ink="ink2", width=place.right - rules)
        y += _ROW_PT
        if hidden:
            _draw_swatch(sheet, chips[0], y, ClassRow("", "", pattern="suppressed"))
            sheet.text(chips[0] + 27, y + 9, say.number(hidden), BODY_PT, bold=True)
            sheet.text(rules, y + 9, say.t("map.suppressed"), SMALL_PT, ink="ink2", width=place.right - rules)
            y += _ROW_PT
        return y

    return draw


def draw_emerging_chip(sheet: Sheet, x: float, y: float, label: str) -> None:
    """The glyph of a label on its fill, as on the map."""
    wide, tall = _CHIP
    sheet.rect(x, y, wide, tall, fill=fill_of(label), edge="edge", line=0.4)
    draw_glyph(sheet, label, x + 3.5, y + 1.5, wide - 7, tall - 3)


def _draw_chip(sheet: Sheet, x: float, y: float, label: str, counts: dict[str, int]) -> None:
    draw_emerging_chip(sheet, x, y, label)
    sheet.text(x + _CHIP[0] + 4, y + 9, f"{counts.get(label, 0):,}", BODY_PT, bold=True)


def _draw_swatch(sheet: Sheet, x: float, y: float, row: ClassRow) -> None:
    wide, tall = _CHIP
    sheet.rect(x, y, wide, tall, fill=row.fill or "panel")
    if row.pattern:
        ring: Ring = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]
        fill_pattern(sheet, row.pattern, [ring], (x, y, x + wide, y + tall), row.ink)
    sheet.rect(x, y, wide, tall, edge="edge", line=0.4)
    if row.sign:
        ink = ink_on(row.fill) if row.fill else "ink"
        sheet.text(x + wide / 2, y + 8.7, row.sign, BODY_PT, bold=True, ink=ink, align="centre")
