"""Unit tiles as text, for a layer in a notebook."""

import base64

from geo.desk import Desk
from geo.desk.briefing.tiles import unit_tiles
from geo.schema.column import Role

#: Of a level's tiles, deflated.
MAX_BYTES = 1_700_000


def embed_tiles(
    desk: Desk, level: str, bounds: list[float], role: Role, max_bytes: int = MAX_BYTES
) -> tuple[dict[str, str], int]:
    """Unit tiles of `level` as base64 by path, and the highest tile zoom that is complete."""
    tiles, zooms = unit_tiles(desk, [level], bounds, role, max_bytes)
    return {path: base64.b64encode(body).decode("ascii") for path, body in tiles.items()}, zooms[f"units-{level}"]
