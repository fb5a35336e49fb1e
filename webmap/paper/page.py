"""One A4 page of a desk as a PDF: title, map, two columns, foot."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from geo.crs import parse_crs
from geo.desk import Desk
from geo.hotspots.cube import EVERY
from geo.schema import RESULTS, Role
from geo.schema.column import may_see
from geo.snapshot.protect import needs_protection
from webmap.i18n import Messages
from webmap.paper.asked import Asked
from webmap.paper.carto.drawing import BOX, draw_map
from webmap.paper.desks.coverage import MEASURES, chosen_measure, coverage_page
from webmap.paper.desks.gaps import gaps_page
from webmap.paper.desks.hotspots import hotspots_page
from webmap.paper.desks.safeguards import safeguards_page
from webmap.paper.desks.subject import Content, Subject
from webmap.paper.kept import WORST_CAMERAS
from webmap.paper.parts.column import Place, draw_column
from webmap.paper.say import Say
from webmap.paper.sheet import BODY_PT, HEIGHT_PT, SMALL_PT, WIDTH_PT, Sheet
from webmap.paper.typeface import width_of

_LEFT, _RIGHT = 30.0, WIDTH_PT - 30.0
_TITLE_PT, _RULE_Y, _FOOT_Y = 20.0, 67.5, 540.0
_COLUMNS_X, _BETWEEN_PT = 374.0, 18.0
#: A typeface of the PDF library serves one document at a time.
_DRAWING = threading.Lock()
_PAGES: dict[str, Callable[[Subject], Content]] = {
    "coverage": coverage_page,
    "gaps": gaps_page,
    "safeguards": safeguards_page,
    "hotspots": hotspots_page,
}


def print_page(
    desk: Desk, messages: Messages, name: str, asked: Asked, *, role: Role, lang: str, printed_on: date
) -> tuple[bytes, int]:
    """The page of the desk `name` as a PDF, and how many units its map shows; no more than `role` may see.

    Errors: those of `Desk`; `Forbidden` where the role does not read the desk.
    """
    boot = desk.describe(role=role)
    say = Say(messages | desk.labels(), lang, boot["timezone"])
    column = MEASURES[chosen_measure(asked.measure, boot["available"])][0] if name == "coverage" else None
    scope = desk.scope(role, asked.place, asked.level, column)
    subject = Subject(desk, role, settle(name, asked, boot, role), say, boot, scope)
    content = _PAGES[name](subject)
    with _DRAWING:
        return _draw(subject, content, printed_on), len(scope.numbers)


def settle(name: str, asked: Asked, boot: dict[str, Any], role: Role) -> Asked:
    """What of `asked` the desk `name` follows for `role`, as its page does; the rest is among what is left out.

    Words that the home does not know choose nothing; incidents at gaps are chosen by analysts, and cameras ranked by
    dwellings by planners, as others do not see the counts.
    """
    left_out, wanted, cameras = list(asked.left_out), asked.wanted, asked.cameras
    for key, field, group in (("cat", "categories", "category"), ("ch", "channels", "channel")):
        words = getattr(wanted, field)
        if words and not set(words) <= set(boot["incident_words"].get(group, ())):
            wanted = replace(wanted, **{field: None})
            left_out.append(key)
    if name == "gaps" and wanted != EVERY and not may_see(role, RESULTS["incidents"].sees):
        wanted = EVERY
        left_out.append("incidents")
    if cameras.sort == "n_dwellings_62" and not may_see(role, RESULTS["cameras"].sees):
        cameras = replace(cameras, sort=WORST_CAMERAS.sort)
        left_out.append("sort")
    return replace(asked, wanted=wanted, cameras=cameras, left_out=tuple(left_out))


def _draw(subject: Subject, content: Content, printed_on: date) -> bytes:
    sheet = Sheet(content.title, "zh-CN" if subject.say.lang == "zh" else "en")
    _draw_head(sheet, subject, content, printed_on)
    draw_map(sheet, content.plan, subject.units, subject.boot["metric_crs"], subject.say)
    bottom = BOX[1] + BOX[3]
    draw_column(sheet, Place(_COLUMNS_X, BOX[1] - 6, content.middle_pt, bottom), content.middle)
    last = _COLUMNS_X + content.middle_pt + _BETWEEN_PT
    draw_column(sheet, Place(last, BOX[1] - 6, _RIGHT - last, bottom), content.right)
    _draw_foot(sheet, subject, content)
    return sheet.to_pdf()


def _draw_head(sheet: Sheet, subject: Subject, content: Content, printed_on: date) -> None:
    say, snapshot = subject.say, subject.boot["snapshot"]
    room = _RIGHT - _LEFT - 190
    size = min(_TITLE_PT, _TITLE_PT * room / width_of(content.title, _TITLE_PT, bold=True))
    sheet.text(_LEFT, 45, content.title, size, bold=True)
    sheet.text(_LEFT, 60, content.subtitle, BODY_PT, ink="ink2", width=room + 20)
    sheet.text(_RIGHT, 46, say.t("paper.as_of", time=say.time(snapshot["as_of"])), BODY_PT, ink="ink2", align="right")
    printed = say.t("paper.printed", number=snapshot["number"], id=snapshot["id"][:8], day=printed_on.isoformat())
    sheet.text(_RIGHT, 60, printed, BODY_PT, ink="ink2", align="right")
    sheet.line((_LEFT, _RULE_Y), (_RIGHT, _RULE_Y), width=1.0)


def _draw_foot(sheet: Sheet, subject: Subject, content: Content) -> None:
    say, boot, role = subject.say, subject.boot, subject.role
    home = subject.scope.held.snapshot.home
    sheet.line((_LEFT, _FOOT_Y), (_RIGHT, _FOOT_Y), ink="edge", width=0.6)
    room = _RIGHT - _LEFT - 150
    y = _FOOT_Y + 10
    names = {key: crs_name(text) for key, text in (("map", boot["metric_crs"]), ("borders", home.boundary_crs))}
    notes = [say.t("paper.crs", map=names["map"], borders=names["borders"]), home.credit().text(say.lang)]
    if subject.asked.left_out:
        names_left = say.t("punct.list").join(say.word("paper.param", name) for name in subject.asked.left_out)
        notes.append(say.t("paper.left_out", names=names_left))
    for text in (say.t("paper.sentence_end").join(content.methods), " · ".join(note for note in notes if note)):
        y = sheet.paragraph(_LEFT, y, room, text, ink="ink2", leading=1.26)
    sheet.text(_RIGHT, _FOOT_Y + 10, say.t("paper.page", page=1, of=1), SMALL_PT, ink="ink2", align="right")
    hidden = say.t("paper.hidden", n=boot["min_count"])
    made = hidden if needs_protection(role) else say.t("file.role", role=say.t(f"role.{role}"))
    sheet.text(_RIGHT, _FOOT_Y + 20, made, SMALL_PT, ink="ink2", align="right")
    assert y < HEIGHT_PT


def crs_name(authority: str) -> str:
    """What a coordinate reference system is called for short.

    >>> crs_name("EPSG:4490"), crs_name("EPSG:32649")
    ('CGCS2000', 'WGS 84 / UTM zone 49N')
    """
    return str(parse_crs(authority).name).replace("China Geodetic Coordinate System 2000", "CGCS2000")
