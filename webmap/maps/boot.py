"""What the page's script is told at its start."""

from collections.abc import Sequence
from typing import Any

from geo.desk import Desk
from geo.errors import Words
from geo.schema import KINDS, SOURCES
from geo.schema.column import Role, Table, may_see
from webmap.maps.palette import load_palette

DESKS = ("coverage", "gaps", "safeguards", "hotspots")
#: Words that only the intake desk says.
_INTAKE = "intake."


def make_boot(
    desk: Desk,
    messages: dict[str, Words],
    *,
    page: str,
    role: Role,
    lang: str,
    theme: str,
    logged_in: bool = False,
    backgrounds: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The boot facts of one page: the desk's description, words and colours."""
    known = messages | desk.labels()
    told = {key: words for key, words in known.items() if page == "intake" or not key.startswith(_INTAKE)}
    boot = desk.describe(role=role) | {
        "desk": page,
        "lang": lang,
        "theme": theme,
        "messages": {key: words.both() for key, words in told.items()},
        "palette": load_palette(),
        "urls": {"base": ""},
        "backgrounds": list(backgrounds),
        "logged_in": logged_in,
        "may": {
            "export": may_see(role, "analyst"),
            "points": may_see(role, "planner"),
            "intake": may_see(role, "editor"),
        },
    }
    return boot | {"tables": describe_tables()} if page == "intake" else boot


def describe_tables() -> list[dict[str, Any]]:
    """The tables that a file can fill, with their columns, in words."""
    return [_table(table) for table in SOURCES.values() if table.name not in ("units", "elevation")]


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title.both(),
        "geometry": table.geometry,
        "columns": [
            {
                "name": column.name,
                "title": column.title.both(),
                "meaning": column.meaning.both(),
                "unit": column.unit,
                "dtype": column.dtype,
                "required": column.required,
                "values": list(KINDS.get(f"{table.name}.{column.name}", ())),
            }
            for column in table.columns
        ],
    }
