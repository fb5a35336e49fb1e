"""`backgrounds.toml`: what each background is, whose it is, and where it comes from."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from geo.errors import BadMapping, Words

KINDS = ("xyz", "wmts", "mbtiles", "pmtiles")
#: Both lie within decimetres of our tiles. GCJ-02 is up to 700 m off, by a shift that no linear map undoes.
DATUMS = ("wgs84", "cgcs2000")
MAX_ZOOM = 20

_TEXTS = (
    *("name", "kind", "title_zh", "title_en", "attribution_zh", "attribution_en", "map_review_number", "datum"),
    *("url", "layer", "matrix_set", "style", "format", "subdomains", "key_env", "file"),
)
_NUMBERS = {"min_zoom": (0, MAX_ZOOM), "max_zoom": (0, MAX_ZOOM), "tile_px": (256, 512), "timeout_s": (1, 30)}
_NUMBERS |= {"keep_days": (0, 3650)}


@dataclass(frozen=True)
class Background:
    """One `[[backgrounds]]` table.

    `url` holds {z}, {x}, {y} and, where asked for, {s} (one letter of `subdomains`) and {key}; tiles lie on the
    web-mercator grid. `key` is read from the environment and stands in no other place. `keep_days` is how long a
    fetched tile is kept.
    """

    name: str
    title: Words
    attribution: Words
    map_review_number: str = ""
    url: str = ""
    subdomains: str = ""
    key: str = field(default="", repr=False)
    file: str = ""
    min_zoom: int = 0
    max_zoom: int = 18
    tile_px: int = 256
    timeout_s: int = 5
    keep_days: int = 30

    def address(self, z: int, x: int, y: int) -> str:
        """Where one tile is fetched.

        >>> one = Background("a", Words("", ""), Words("", ""), url="https://t{s}.org/{z}/{x}/{y}?k={key}", key="a b")
        >>> one.address(3, 4, 2)
        'https://t.org/3/4/2?k=a%20b'
        """
        sub = self.subdomains[(x + y) % len(self.subdomains)] if self.subdomains else ""
        parts = {"z": str(z), "x": str(x), "y": str(y), "s": sub, "key": quote(self.key, safe="")}
        return re.sub(r"\{(z|x|y|s|key)\}", lambda found: parts[found[1]], self.url)


def read_backgrounds(file: Path, environment: Mapping[str, str]) -> list[Background]:
    """The backgrounds of `file`, none where it is missing; `BadMapping` says all faults, and never an address."""
    if not file.is_file():
        return []
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("backgrounds", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(Words(f"{file} is no TOML", f"{file} 不是 TOML")) from error
    tables = tables if isinstance(tables, list) else [tables]
    faults: list[Words] = []
    found: list[Background] = []
    for number, table in enumerate(tables, start=1):
        wrong = _find_faults(table, environment) if isinstance(table, dict) else [Words("no table", "不是表")]
        faults += [
            Words(f"backgrounds.toml, {number}: {fault.en}", f"backgrounds.toml 第 {number} 项：{fault.zh}")
            for fault in wrong
        ]
        if not wrong:
            found.append(_read(table, environment))
    names = [one.name for one in found]
    faults += [
        Words(f"two backgrounds are called {name}", f"两个底图同名：{name}")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if faults:
        raise BadMapping(*faults)
    return found


def _find_faults(table: Mapping[str, Any], environment: Mapping[str, str]) -> list[Words]:
    kind = table.get("kind")
    faults = [Words(f"unknown: {key}", f"未知的键：{key}") for key in table if key not in (*_TEXTS, *_NUMBERS)]
    texts = {key: table.get(key, "") for key in _TEXTS}
    faults += [Words(f"{key} wants text", f"{key} 应为文本") for key in texts if not isinstance(texts[key], str)]
    for key, (low, high) in _NUMBERS.items():
        value = table.get(key, low)
        if type(value) is not int or not low <= value <= high:
            faults.append(Words(f"{key} wants {low} to {high}", f"{key} 应为 {low} 至 {high}"))
    if faults:
        return faults
    if not re.fullmatch(r"[a-z0-9-]{1,40}", table.get("name", "")):
        faults.append(Words("name wants a-z, 0-9 and -", "name 只能用 a-z、0-9 和 -"))
    if kind not in KINDS:
        return [*faults, Words(f"kind is one of {', '.join(KINDS)}", f"kind 应为 {'、'.join(KINDS)} 之一")]
    for key in ("title_zh", "attribution_zh"):
        if not table.get(key):
            faults.append(Words(f"{key} is missing", f"缺少 {key}"))
    faults += _find_datum_faults(table.get("datum", ""))
    if kind.endswith("tiles"):
        wanted = Words(f"file wants NAME.{kind}", f"file 应为 名称.{kind}")
        return faults if table.get("file", "").endswith(f".{kind}") else [*faults, wanted]
    return faults + _find_url_faults(table, environment)


def _find_datum_faults(datum: str) -> list[Words]:
    if datum in DATUMS:
        return []
    if datum == "gcj02":
        en = "a GCJ-02 background is up to 700 m off, and its tiles cannot be shifted exactly; take one in CGCS2000"
        return [Words(en, "GCJ-02 底图偏移可达 700 米，瓦片无法精确纠偏；改用 CGCS2000 底图（如天地图）")]
    return [Words("datum is wgs84 or cgcs2000", "datum 应为 wgs84 或 cgcs2000")]


def _find_url_faults(table: Mapping[str, Any], environment: Mapping[str, str]) -> list[Words]:
    faults: list[Words] = []
    url, key = table.get("url", ""), table.get("key_env", "")
    host = re.fullmatch(r"https?://((?:[\w.-]|\{s\})+)(?::\d+)?(?:/[^\s]*)?", url)
    marks = set(re.findall(r"\{[^}]*\}", url))
    wanted = {"{z}", "{x}", "{y}"} if table["kind"] == "xyz" else set()
    if host is None or not wanted <= marks <= wanted | {"{s}", "{key}"}:
        named = ", ".join(sorted(wanted)) or "no {z}"
        en = f"url wants http(s)://HOST/… with {named} and perhaps {{s}}, {{key}}; in HOST only {{s}}"
        faults.append(Words(en, f"url 应为 http(s)://主机/…，含 {named}，可含 {{s}}、{{key}}；主机名中只可用 {{s}}"))
    if ("{s}" in marks) != bool(re.fullmatch(r"[a-z0-9]{1,26}", table.get("subdomains", ""))):
        faults.append(Words("{s} in url and subdomains go together", "url 中的 {s} 与 subdomains 须同时给出"))
    if ("{key}" in marks) != bool(key):
        faults.append(Words("{key} in url and key_env go together", "url 中的 {key} 与 key_env 须同时给出"))
    elif key and not environment.get(key):
        faults.append(Words(f"the environment has no {key}", f"环境变量 {key} 未设置"))
    if table["kind"] == "wmts" and not (table.get("layer") and table.get("matrix_set")):
        faults.append(Words("layer and matrix_set are missing", "缺少 layer 和 matrix_set"))
    return faults


def _read(table: Mapping[str, Any], environment: Mapping[str, str]) -> Background:
    title_zh, credit_zh = table["title_zh"], table["attribution_zh"]
    is_remote = table["kind"] in ("xyz", "wmts")
    return Background(
        name=table["name"],
        title=Words(table.get("title_en") or title_zh, title_zh),
        attribution=Words(table.get("attribution_en") or credit_zh, credit_zh),
        map_review_number=table.get("map_review_number", ""),
        url=_wmts_url(table) if table["kind"] == "wmts" else table.get("url", ""),
        subdomains=table.get("subdomains", ""),
        key=environment.get(table.get("key_env", ""), ""),
        file="" if is_remote else table["file"],
        **{name: table[name] for name in _NUMBERS if name in table},
    )


def _wmts_url(table: Mapping[str, Any]) -> str:
    """GetTile by key-value pairs (OGC 07-057r7, 8.2.1) at matrices named by zoom, as on the web-mercator grid."""
    asked = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": table["layer"]}
    asked |= {"STYLE": table.get("style", "default"), "TILEMATRIXSET": table["matrix_set"]}
    asked |= {"FORMAT": table.get("format", "image/png")}
    joint = "&" if "?" in table["url"] else "?"
    return f"{table['url']}{joint}{urlencode(asked)}&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}"
