"""The pack: a JSON document, then the bytes of tiles, deflated together."""

import base64
import json
import zlib
from contextlib import suppress
from typing import Any

from geo.desk import measures
from geo.desk.briefing.figures import pack_figures, pack_left_out
from geo.desk.briefing.tables import missing_by_table, pack_months, pack_tables, pack_units
from geo.desk.briefing.tiles import near_tiles, unit_tiles
from geo.desk.desk import Desk
from geo.desk.evidence import period_of
from geo.desk.headline import HeadlineQuery
from geo.desk.standing import StandingQuery
from geo.errors import NotAvailable
from geo.schema import Role
from geo.snapshot.export import Tell, silent

#: What a pack should take at most: as base64 beside the page's program it makes a file of under 6 MB.
MAX_BYTES = 3_700_000
_LEVEL = 9


def make_pack(desk: Desk, role: Role, tell: Tell = silent) -> bytes:
    """All that a file shows `role`, deflated (zlib, RFC 1950).

    Inflated it is: the length of the document (4 bytes, little-endian), the document (UTF-8 JSON), bytes of tiles. In
    the document `tiles` says where the tile of each path begins after the document and how long it is, and `zooms` the
    highest complete zoom by layer; `home` is `Desk.describe`.
    """
    held, boot = desk.held(role), desk.describe(role=role)
    levels, at = [step["name"] for step in boot["levels"]], float(boot["default_px_per_m"])
    document: dict[str, Any] = {
        "home": boot,
        "at": at,
        "units": {level: pack_units(held, level) for level in levels},
        "tables": {},
        "months": {},
        "left_out": {},
        "missing": missing_by_table(held, role),
        "less_is_better": measures.LESS_IS_BETTER,
        "figures": pack_figures(held, role),
        "period": period_of(held) if held.snapshot.has("incidents") else None,
        "answers": _answers(desk, role, levels),
    }
    for n, level in enumerate(levels):
        tell(n / (len(levels) + 1))
        document["tables"][level] = pack_tables(held, level, role, at)
        document["months"][level] = pack_months(held, level, role)
        document["left_out"][level] = pack_left_out(held, level, role)
    tell(len(levels) / (len(levels) + 1))
    near, near_zooms = near_tiles(desk, role)
    room = MAX_BYTES - len(_packed(document, near))
    tiles, zooms = unit_tiles(desk, [levels[0], *reversed(levels[1:])], boot["bounds"], role, room)
    return _packed(document | {"zooms": zooms | near_zooms}, tiles | near)


def read_document(pack: bytes) -> dict[str, Any]:
    """The document of a pack."""
    whole = zlib.decompress(pack)
    document: dict[str, Any] = json.loads(whole[4 : 4 + int.from_bytes(whole[:4], "little")])
    return document


def _packed(document: dict[str, Any], tiles: dict[str, bytes]) -> bytes:
    places, start = {}, 0
    for path, body in tiles.items():
        places[path] = [start, len(body)]
        start += len(body)
    whole = json.dumps(document | {"tiles": places}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = whole.encode()
    return zlib.compress(b"".join([len(text).to_bytes(4, "little"), text, *tiles.values()]), _LEVEL)


def _answers(desk: Desk, role: Role, levels: list[str]) -> dict[str, Any]:
    """Answers that are kept as they are, by the address that the page asks."""
    found: dict[str, Any] = {"/api/ledger": desk.ledger(role=role)}
    for level in levels:
        try:
            found[f"/api/table/scores?level={level}"] = desk.table_rows("scores", role, level=level)
            found[f"/api/headline?level={level}"] = desk.headline(HeadlineQuery(level), role)
        except NotAvailable:
            continue
    with suppress(NotAvailable):
        found["/api/standing"] = desk.standing(StandingQuery(), role)
    try:
        picture = desk.kde(role=role)
    except NotAvailable:
        return found
    found["/api/kde"] = {name: value for name, value in picture.items() if name != "png"}
    found["/api/kde.png"] = "data:image/png;base64," + base64.b64encode(picture["png"]).decode("ascii")
    return found
