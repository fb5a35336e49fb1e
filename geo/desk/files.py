"""Files that a desk makes, by kind: from what was asked, as plain JSON, to bytes and their number of rows.

A kind is a registered function that asks the desk what it answers at once elsewhere.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter

from geo.desk import shown as shown_room
from geo.desk.briefing.pack import make_pack
from geo.desk.desk import Desk
from geo.desk.hotspot_files import ShownHotspots
from geo.desk.shown_gaps import ShownGaps
from geo.errors import BadQuery, Words
from geo.schema import Role
from geo.snapshot.export import Tell

T = TypeVar("T")
Maker = Callable[[Desk, Role, dict[str, Any], Tell], tuple[bytes, int]]


def make_file(desk: Desk, kind: str, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """The file that `asked` describes, for `role`, and its number of rows. Errors: `BadQuery`, those of the desk."""
    if kind not in MAKERS:
        known = ", ".join(MAKERS)
        raise BadQuery(Words(f"no file of kind {kind!r}; there are {known}", f"没有文件类型 {kind!r}；现有：{known}"))
    return MAKERS[kind](desk, role, asked, tell)


def to_plain(asked: Any) -> Any:
    """A frozen dataclass as plain JSON, for `from_plain` to read.

    >>> to_plain(ShownGaps("grid", shown=(5.0, None)))["shown"]
    [5.0, None]
    """
    return TypeAdapter(type(asked)).dump_python(asked, mode="json")


def from_plain(kind: type[T], plain: Any) -> T:
    """What `to_plain` was given, of class `kind`.

    >>> from_plain(ShownGaps, {"level": "grid", "shown": [5.0, None]}).shown
    (5.0, None)
    """
    return TypeAdapter(kind).validate_python(plain)


def _table(desk: Desk, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """`asked`: name, fmt, and what else `Desk.table_bytes` takes."""
    return desk.table_bytes(**asked, role=role, tell=tell)


def _safeguards(desk: Desk, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """`asked`: of, fmt, wanted (`shown.Wanted`) and shown (`shown.Shown`), both by `to_plain`."""
    wanted = from_plain(shown_room.Wanted, asked["wanted"])
    shown = from_plain(shown_room.Shown, asked["shown"])
    return desk.shown_bytes(asked["of"], asked["fmt"], role, wanted, shown, tell)


def _gaps(desk: Desk, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """`asked`: fmt, and gaps (`ShownGaps`) by `to_plain`."""
    return desk.shown_gaps_bytes(asked["fmt"], role, from_plain(ShownGaps, asked["gaps"]), tell)


def _hotspots(desk: Desk, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """`asked`: fmt, and hotspots (`ShownHotspots`) by `to_plain`."""
    return desk.shown_hotspots_bytes(asked["fmt"], role, from_plain(ShownHotspots, asked["hotspots"]), tell)


def _briefing(desk: Desk, role: Role, _asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """What the one-file briefing carries (`geo.desk.briefing`); a page is made of it where it is fetched."""
    return make_pack(desk, role, tell), sum(level["n"] for level in desk.describe(role=role)["levels"])


MAKERS: dict[str, Maker] = {
    "table": _table,
    "safeguards": _safeguards,
    "gaps": _gaps,
    "hotspots": _hotspots,
    "briefing": _briefing,
}
