"""A file of a map, opened again: the page's description, the document and the tiles that it carries."""

import base64
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Opened:
    boot: dict[str, Any]
    document: dict[str, Any]
    tiles: dict[str, bytes]


def open_file(html: str) -> Opened:
    boot = re.search(r"gridscope\.start\(map_gridscope, (\{.*\})\);", html)
    pack = re.search(r'<script nonce="[^"]+" type="application/octet-stream" id="gs-pack">([^<]+)</script>', html)
    assert boot
    assert pack
    whole = zlib.decompress(base64.b64decode(pack[1]))
    end = 4 + int.from_bytes(whole[:4], "little")
    start = end + 4 + int.from_bytes(whole[end : end + 4], "little")
    document, places = json.loads(whole[4:end]), json.loads(whole[end + 4 : start])
    tiles = {path: whole[start + at : start + at + n] for path, (at, n) in places["tiles"].items()}
    return Opened(json.loads(boot[1]), document | {"zooms": places["zooms"]}, tiles)
