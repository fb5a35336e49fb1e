"""What the page's script is told at its start."""

from typing import Any

from geo.desk import Desk
from geo.errors import Words
from geo.schema.column import Role, may_see
from webmap.maps.palette import load_palette

DESKS = ("coverage", "hotspots")


def make_boot(
    desk: Desk,
    messages: dict[str, Words],
    *,
    page: str,
    role: Role,
    lang: str,
    theme: str,
    logged_in: bool = False,
    embedded: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The boot facts of one page: the desk's description, words, colours, and the data itself in a file of its own."""
    return desk.describe(role=role) | {
        "desk": page,
        "lang": lang,
        "theme": theme,
        "messages": {key: {"en": words.en, "zh": words.zh} for key, words in messages.items()},
        "palette": load_palette(),
        "urls": {"base": ""},
        "embedded": embedded,
        "logged_in": logged_in,
        "may": {"export": may_see(role, "analyst"), "points": may_see(role, "planner")},
    }
