"""The pack: a JSON document, then the bytes of tiles, deflated together."""

import base64
import json
import zlib
from contextlib import suppress
from itertools import accumulate
from typing import Any

from geo.desk import measures
from geo.desk.briefing.figures import pack_figures, pack_left_out
from geo.desk.briefing.tables import missing_by_table, pack_gaps, pack_months, pack_tables, pack_units
from geo.desk.briefing.tiles import near_tiles, unit_tiles
from geo.desk.briefing.windows import address, window_answers
from geo.desk.desk import Desk
from geo.desk.evidence import period_of
from geo.desk.headline import HeadlineQuery
from geo.desk.standing import StandingQuery
from geo.errors import NotAvailable
from geo.schema import Role
from geo.snapshot.export import Tell, silent

#: What a pack should take at most: as base64 beside the page's program it makes a file of under 6 MB.
MAX_BYTES = 3_900_000
_LEVEL = 9
_LENGTH_BYTES = 4
#: Shares of the time that a pack takes: tables, answers, and the text of both; the rest are tiles. Of the answers the
#: standing of the parts comes first.
_TABLES_SHARE, _ANSWERS_SHARE, _TEXT_SHARE = 0.2, 0.6, 0.1
_STANDING_SHARE = 0.8


def make_pack(desk: Desk, role: Role, tell: Tell = silent) -> bytes:
    """All that a file shows `role`, deflated (zlib, RFC 1950).

    Inflated it is: the length of the document (4 bytes, little-endian), the document (UTF-8 JSON), the length of the
    places and the places likewise, bytes of tiles. In the places `tiles` says where the tile of each path begins after
    them and how long it is, and `zooms` the highest complete zoom by layer; in the document `home` is `Desk.describe`.
    """
    held, boot = desk.held(role), desk.describe(role=role)
    levels, at = [step["name"] for step in boot["levels"]], float(boot["default_px_per_m"])
    document: dict[str, Any] = {
        "home": boot,
        "at": at,
        "units": {level: pack_units(held, level) for level in levels},
        "tables": {},
        "gaps": {},
        "months": {},
        "left_out": {},
        "missing": missing_by_table(held, role),
        "less_is_better": measures.LESS_IS_BETTER,
        "figures": pack_figures(held, role),
        "period": period_of(held) if held.snapshot.has("incidents") else None,
    }
    for n, level in enumerate(levels):
        tell(_TABLES_SHARE * n / len(levels))
        document["tables"][level] = pack_tables(held, level, role, at)
        document["gaps"][level] = pack_gaps(held, level, role)
        document["months"][level] = pack_months(held, level, role)
        document["left_out"][level] = pack_left_out(held, level, role)
    tell(_TABLES_SHARE)
    document["answers"] = _answers(desk, role, levels, lambda share: tell(_TABLES_SHARE + _ANSWERS_SHARE * share))
    deflate = zlib.compressobj(_LEVEL)
    packed = deflate.compress(_with_length(document)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    tell(_TABLES_SHARE + _ANSWERS_SHARE + _TEXT_SHARE)
    near, near_zooms = near_tiles(desk, role)
    room = MAX_BYTES - len(packed) - len(zlib.compress(b"".join(near.values())))
    tiles, zooms = unit_tiles(desk, [levels[0], *reversed(levels[1:])], boot["bounds"], role, room)
    tiles |= near
    places = _with_length({"zooms": zooms | near_zooms, "tiles": _places_of(tiles)})
    return packed + deflate.compress(b"".join([places, *tiles.values()])) + deflate.flush()


def read_document(pack: bytes) -> dict[str, Any]:
    """The document of a pack, and its `zooms`."""
    whole = zlib.decompress(pack)
    document, end = _read_at(whole, 0)
    return document | {"zooms": _read_at(whole, end)[0]["zooms"]}


def _with_length(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text


def _read_at(whole: bytes, start: int) -> tuple[dict[str, Any], int]:
    """The JSON object that begins at `start` with its length, and where it ends."""
    begin = start + _LENGTH_BYTES
    end = begin + int.from_bytes(whole[start:begin], "little")
    value: dict[str, Any] = json.loads(whole[begin:end])
    return value, end


def _places_of(tiles: dict[str, bytes]) -> dict[str, list[int]]:
    """By path where a tile begins among all, and its length.

    >>> _places_of({"a": b"12", "b": b"345"})
    {'a': [0, 2], 'b': [2, 3]}
    """
    starts = accumulate((len(body) for body in tiles.values()), initial=0)
    return {path: [start, len(body)] for (path, body), start in zip(tiles.items(), starts, strict=False)}


def _answers(desk: Desk, role: Role, levels: list[str], tell: Tell) -> dict[str, Any]:
    """Answers that are kept as they are, by the address that the page asks."""
    found: dict[str, Any] = {"/api/ledger": desk.ledger(role=role)}
    for level in levels:
        try:
            found[address("/api/table/scores", level=level)] = desk.table_rows("scores", role, level=level)
        except NotAvailable:
            continue
    # The level that a page draws first, and those above it; others take seconds each.
    drawn = levels[max(0, len(levels) - 3) :]
    with suppress(NotAvailable):
        found["/api/standing"] = desk.standing(StandingQuery(), role)
    for n, level in enumerate(drawn):
        tell(_STANDING_SHARE + (1 - _STANDING_SHARE) * n / len(drawn))
        with suppress(NotAvailable):
            found[address("/api/headline", level=level)] = desk.headline(HeadlineQuery(level), role)
        found |= window_answers(desk, level, role)
    try:
        picture = desk.kde(role=role)
    except NotAvailable:
        return found
    found["/api/kde"] = {name: value for name, value in picture.items() if name != "png"}
    found["/api/kde.png"] = "data:image/png;base64," + base64.b64encode(picture["png"]).decode("ascii")
    return found
