"""Units with the reason of their class, most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from webmap.paper.breaking import break_lines
from webmap.paper.glyphs import ink_on
from webmap.paper.parts.column import Part, Place, note
from webmap.paper.parts.legend import draw_emerging_chip
from webmap.paper.sheet import BODY_PT, SMALL_PT, Sheet
from webmap.paper.typeface import width_of

_TEXT_PT = 30.0
_LEADING_PT = 10.2


@dataclass(frozen=True)
class Reason:
    """A unit, the one above it, its class and why; an emerging `label`, or a fill with a sign."""

    name: str
    parent: str
    kind: str
    why: str
    label: str = ""
    fill: str = ""
    sign: str = ""


def because(reasons: Sequence[Reason], nothing: str) -> Part:
    """As many as there is room for; `nothing` where there are none."""

    def draw(sheet: Sheet, place: Place) -> float:
        if not reasons:
            return note(nothing)(sheet, place)
        y = place.y + 2
        for reason in reasons:
            said = f"{reason.kind}：{reason.why}" if _is_chinese(reason.kind) else f"{reason.kind}: {reason.why}"
            lines = break_lines(
                said if reason.why else reason.kind, place.width - _TEXT_PT, partial(width_of, size_pt=SMALL_PT)
            )
            if y + 10 + len(lines) * _LEADING_PT > place.bottom:
                break
            if reason.label:
                draw_emerging_chip(sheet, place.x, y + 1.5, reason.label)
            else:
                sheet.rect(place.x, y + 1.5, 22, 11.5, fill=reason.fill, edge="edge", line=0.4)
                ink = ink_on(reason.fill)
                sheet.text(place.x + 11, y + 10.2, reason.sign, BODY_PT, bold=True, ink=ink, align="centre")
            x = sheet.text(place.x + _TEXT_PT, y + 8, reason.name, BODY_PT, bold=True)
            if reason.parent:
                sheet.text(x + 4, y + 8, reason.parent, SMALL_PT, ink="ink3", width=place.right - x - 4)
            y += 8 + _LEADING_PT
            for line in lines:
                sheet.text(place.x + _TEXT_PT, y, line, SMALL_PT, ink="ink2")
                y += _LEADING_PT
            y -= 4.5
        return y

    return draw


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
