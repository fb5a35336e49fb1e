"""Files that a desk makes, by kind: from what was asked, as plain JSON, to bytes and their number of rows.

A kind is a registered function that asks the desk what it answers at once elsewhere.
"""

from collections.abc import Callable
from typing import Any

from geo.desk import shown as shown_room
from geo.desk.briefing.pack import make_pack
from geo.desk.desk import Desk
from geo.errors import BadQuery, Words
from geo.schema import Role
from geo.snapshot.export import Tell

Maker = Callable[[Desk, Role, dict[str, Any], Tell], tuple[bytes, int]]


def make_file(desk: Desk, kind: str, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """The file that `asked` describes, for `role`, and its number of rows. Errors: `BadQuery`, those of the desk."""
    if kind not in MAKERS:
        known = ", ".join(MAKERS)
        raise BadQuery(Words(f"no file of kind {kind!r}; there are {known}", f"没有文件类型 {kind!r}；现有：{known}"))
    return MAKERS[kind](desk, role, asked, tell)


def _table(desk: Desk, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """`asked`: name, fmt, and what else `Desk.table_bytes` takes."""
    return desk.table_bytes(**asked, role=role, tell=tell)


def _safeguards(desk: Desk, role: Role, asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """`asked`: of, fmt, and the fields of `Wanted` and of `Shown`, lists in the place of tuples."""
    parts: tuple[dict[str, Any], ...] = tuple(
        {name: tuple(value) if isinstance(value, list) else value for name, value in asked[part].items()}
        for part in ("wanted", "shown")
    )
    wanted, shown = shown_room.Wanted(**parts[0]), shown_room.Shown(**parts[1])
    return desk.shown_bytes(asked["of"], asked["fmt"], role, wanted, shown, tell)


def _briefing(desk: Desk, role: Role, _asked: dict[str, Any], tell: Tell) -> tuple[bytes, int]:
    """What the one-file briefing carries (`geo.desk.briefing`); a page is made of it where it is fetched."""
    return make_pack(desk, role, tell), sum(level["n"] for level in desk.describe(role=role)["levels"])


MAKERS: dict[str, Maker] = {"table": _table, "safeguards": _safeguards, "briefing": _briefing}
