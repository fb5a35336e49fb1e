"""Backgrounds by configuration: what is fetched, what is kept, what is refused, and that keys stay here."""

import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from geo.errors import BadMapping, Busy
from tests.webmap.fake_desk import HomeClient, Open
from tests.webmap.tile_host import TileHost, tile_host, tiny_png
from webmap.backgrounds import Backgrounds
from webmap.backgrounds.cache import TileCache
from webmap.backgrounds.config import read_backgrounds
from webmap.backgrounds.remote import MAX_TILE_BYTES, Remote
from webmap.logs import LOGGER

KEY = "s3cret0key"
XYZ = """
[[backgrounds]]
name = "streets"
kind = "xyz"
title_zh = "街道图"
title_en = "Streets"
attribution_zh = "某测绘院"
attribution_en = "Some survey"
map_review_number = "GS(2024)0001"
datum = "cgcs2000"
url = "HOST/{z}/{x}/{y}.png?tk={key}"
key_env = "MAP_KEY"
max_zoom = 17
"""
WMTS = """
[[backgrounds]]
name = "tianditu"
kind = "wmts"
title_zh = "天地图"
attribution_zh = "国家地理信息公共服务平台"
datum = "cgcs2000"
url = "HOST/vec_w/wmts?tk={key}"
layer = "vec"
matrix_set = "w"
format = "tiles"
key_env = "MAP_KEY"
"""
FILE = """
[[backgrounds]]
name = "own"
kind = "KIND"
title_zh = "自备底图"
attribution_zh = "自备"
datum = "wgs84"
file = "base.KIND"
"""


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[TileHost]:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("MAP_KEY", KEY)
    with tile_host() as found:
        yield found


Configured = Callable[[str], HomeClient]


@pytest.fixture
def configured(tmp_path: Path, open_client: Open) -> Configured:
    """A client of a home with that `backgrounds.toml`."""

    def make(text: str) -> HomeClient:
        (tmp_path / "backgrounds.toml").write_text(text, encoding="utf-8")
        return open_client()

    return make


def test_nothing_is_configured_and_nothing_is_asked(client: HomeClient) -> None:
    assert '"backgrounds":[]' in client.get("/coverage").text
    assert client.get("/background/streets/1/0/0").status_code == 404


def test_xyz_tile_is_fetched_once_and_kept(configured: Configured, host: TileHost) -> None:
    client = configured(XYZ.replace("HOST", host.url))
    first = client.get("/background/streets/3/4/2")
    assert (first.status_code, first.mimetype, first.data) == (200, "image/png", tiny_png(7))
    assert client.get("/background/streets/3/4/2").data == first.data
    assert host.asked == [f"/3/4/2.png?tk={KEY}"]
    again = client.get("/background/streets/3/4/2", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_wmts_is_asked_by_key_value_pairs(configured: Configured, host: TileHost) -> None:
    """OGC 07-057r7, table 29: the parameters of GetTile; TILEROW is counted from the north, as y is."""
    client = configured(WMTS.replace("HOST", host.url))
    assert client.get("/background/tianditu/10/823/421").status_code == 200
    parts = urlsplit(host.asked[0])
    assert parts.path == "/vec_w/wmts"
    assert {name: value for name, (value,) in parse_qs(parts.query).items()} == {
        "tk": KEY,
        "SERVICE": "WMTS",
        "REQUEST": "GetTile",
        "VERSION": "1.0.0",
        "LAYER": "vec",
        "STYLE": "default",
        "TILEMATRIXSET": "w",
        "FORMAT": "tiles",
        "TILEMATRIX": "10",
        "TILEROW": "421",
        "TILECOL": "823",
    }


def test_subdomains_take_turns(tmp_path: Path) -> None:
    text = XYZ.replace("HOST", "https://t{s}.map.example").replace("max_zoom = 17", 'subdomains = "01"')
    (tmp_path / "b.toml").write_text(text, encoding="utf-8")
    (one,) = read_backgrounds(tmp_path / "b.toml", {"MAP_KEY": "a&b"})
    assert one.address(3, 1, 1) == "https://t0.map.example/3/1/1.png?tk=a%26b"
    assert one.address(3, 1, 2) == "https://t1.map.example/3/1/2.png?tk=a%26b"
    assert "a&b" not in repr(one)


def test_the_key_stays_here(
    configured: Configured, host: TileHost, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOGGER, "propagate", True)
    client = configured(XYZ.replace("HOST", host.url))
    monkeypatch.setattr(LOGGER, "propagate", True)  # the app has opened its log
    answers = [client.get("/coverage"), client.get("/background/streets/3/4/2")]
    place = urlsplit(host.url).netloc
    with caplog.at_level(logging.DEBUG, LOGGER.name):
        for status in (500, 302):
            host.answer = (status, {"Location": f"{host.url}/elsewhere?tk={KEY}"}, KEY.encode())
            answers.append(client.get(f"/background/streets/5/{status % 7}/2"))
    told = json.dumps([[*one.headers.items()] for one in answers]) + "".join(
        one.text for one in (answers[0], answers[2])
    )
    lines = caplog.text + "".join(json.dumps(getattr(line, "fields", {})) for line in caplog.records)
    assert "background not reached" in lines
    for text in (told, lines):
        assert KEY not in text
        assert place not in text
    assert '"title":{"en":"Streets","zh":"街道图"}' in answers[0].text


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (500, {}, b""),
        (302, {"Location": "/inside.png"}, b""),
        (200, {"Content-Type": "image/png"}, b"<html>no such key</html>"),
        (200, {"Content-Type": "image/png"}, tiny_png(1) + b" " * MAX_TILE_BYTES),
        (404, {}, b""),
    ],
)
def test_what_is_no_tile_is_left_out(
    configured: Configured, host: TileHost, status: int, headers: dict[str, str], body: bytes
) -> None:
    client = configured(XYZ.replace("HOST", host.url))
    host.answer = (status, headers, body)
    answer = client.get("/background/streets/3/4/2")
    assert (answer.status_code, answer.data) == (204, b"")
    assert len(host.asked) == 1  # a redirect is not followed
    client.get("/background/streets/3/5/2")
    assert len(host.asked) == (2 if status == 404 else 1)  # a host that fails is left alone for a while


def test_a_host_that_is_down_gives_what_was_kept(tmp_path: Path, host: TileHost) -> None:
    text = XYZ.replace("HOST", host.url).replace("max_zoom = 17", "keep_days = 0")
    (tmp_path / "backgrounds.toml").write_text(text, encoding="utf-8")
    backgrounds = Backgrounds(tmp_path, os.environ)
    assert backgrounds.tile("streets", 3, 4, 2) == (tiny_png(7), "image/png")
    time.sleep(0.01)
    host.answer = (200, {}, tiny_png(8))
    assert backgrounds.tile("streets", 3, 4, 2) == (tiny_png(8), "image/png")
    time.sleep(0.01)
    host.answer = (503, {}, b"")
    assert backgrounds.tile("streets", 3, 4, 2) == (tiny_png(8), "image/png")


def test_zooms_beyond_the_background_are_not_asked(configured: Configured, host: TileHost) -> None:
    client = configured(XYZ.replace("HOST", host.url))
    assert client.get("/background/streets/18/0/0").status_code == 204
    assert client.get("/background/streets/3/8/0").status_code == 404
    assert host.asked == []


def test_more_than_a_few_threads_never_wait(tmp_path: Path, host: TileHost) -> None:
    (tmp_path / "b.toml").write_text(XYZ.replace("HOST", host.url), encoding="utf-8")
    (one,) = read_backgrounds(tmp_path / "b.toml", os.environ)

    class Full:
        def acquire(self, *, blocking: bool) -> bool:
            return blocking

    with pytest.raises(Busy):
        Remote(one, TileCache(tmp_path), Full()).tile(1, 0, 0)  # type: ignore[arg-type]


def test_cache_keeps_to_its_bound(tmp_path: Path) -> None:
    cache = TileCache(tmp_path / "c", max_bytes=1000)
    for x in range(20):
        cache.put("a", "u", 5, x, 0, b"x" * 100)
        os.utime(tmp_path / "c" / next(iter(os.listdir(tmp_path / "c"))) / "5" / f"{x}-0", (x, x))
        kept = [file for file in (tmp_path / "c").rglob("*") if file.is_file()]
        assert sum(file.stat().st_size for file in kept) <= 1000
    assert cache.get("a", "u", 5, 19, 0) == b"x" * 100
    assert cache.get("a", "u", 5, 0, 0) is None
    assert cache.get("a", "u", 5, 19, 0, max_age_s=60) is None
    assert cache.get("a", "another address", 5, 19, 0) is None


def test_mbtiles_counts_its_rows_from_the_south(configured: Configured, tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "base.mbtiles")
    base.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    base.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    base.execute("INSERT INTO metadata VALUES ('format', 'png')")
    base.execute("INSERT INTO tiles VALUES (2, 1, 3, ?)", (tiny_png(9),))
    base.commit()
    base.close()
    client = configured(FILE.replace("KIND", "mbtiles"))
    assert client.get("/background/own/2/1/0").data == tiny_png(9)
    assert client.get("/background/own/2/1/3").status_code == 204


def write_pmtiles(path: Path, kind: TileType) -> None:
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(2, 1, 0), tiny_png(5))
        header = {"tile_type": kind, "tile_compression": Compression.NONE, "min_zoom": 2, "max_zoom": 2}
        header |= {f"{side}_e7": 0 for side in ("min_lon", "min_lat", "max_lon", "max_lat", "center_lon", "center_lat")}
        writer.finalize(header | {"center_zoom": 2}, {})


def test_pmtiles(configured: Configured, tmp_path: Path) -> None:
    write_pmtiles(tmp_path / "base.pmtiles", TileType.PNG)
    client = configured(FILE.replace("KIND", "pmtiles"))
    assert client.get("/background/own/2/1/0").data == tiny_png(5)
    assert client.get("/background/own/2/1/3").status_code == 204


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_archives_that_hold_no_pictures_are_refused(configured: Configured, tmp_path: Path, kind: str) -> None:
    for body in (None, b"no archive", b""):
        if body is not None:
            (tmp_path / f"base.{kind}").write_bytes(body)
        with pytest.raises(BadMapping):
            configured(FILE.replace("KIND", kind))
    if kind == "pmtiles":
        write_pmtiles(tmp_path / "base.pmtiles", TileType.MVT)
        with pytest.raises(BadMapping, match="no archive of picture tiles"):
            configured(FILE.replace("KIND", kind))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('datum = "cgcs2000"', 'datum = "gcj02"', "GCJ-02"),
        ('datum = "cgcs2000"', "", "datum is wgs84 or cgcs2000"),
        ('kind = "xyz"', 'kind = "tms"', "kind is one of"),
        ('name = "streets"', 'name = "../x"', "name wants"),
        ("https://map.example/", "file:///etc/", "url wants"),
        ("https://map.example/", "https://user:pass@map.example/", "url wants"),
        ("https://map.example/", "https://{key}.example/", "url wants"),
        ("{y}.png", "0.png", "url wants"),
        ("?tk={key}", "", "key_env go together"),
        ('"MAP_KEY"', '"NO_KEY"', "the environment has no NO_KEY"),
        ("max_zoom = 17", "max_zoom = 30", "max_zoom wants 0 to 20"),
        ("max_zoom = 17", "proxy = 1", "unknown: proxy"),
        ('attribution_zh = "某测绘院"', "", "attribution_zh is missing"),
        ("[[backgrounds]]", "[[backgrounds", "is no TOML"),
    ],
)
def test_wrong_configuration_is_refused_in_words(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = XYZ.replace("HOST/", "https://map.example/")
    assert old in text
    (tmp_path / "b.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadMapping, match=told) as refused:
        read_backgrounds(tmp_path / "b.toml", {"MAP_KEY": KEY})
    assert KEY not in refused.value.text("en") + refused.value.text("zh")


def test_all_faults_are_told_at_once_and_names_are_single(tmp_path: Path) -> None:
    text = XYZ.replace("HOST/", "https://map.example/")
    (tmp_path / "b.toml").write_text(text + text + text.replace("cgcs2000", "bd09"), encoding="utf-8")
    with pytest.raises(BadMapping) as refused:
        read_backgrounds(tmp_path / "b.toml", {"MAP_KEY": KEY})
    assert len(refused.value.faults) == 2


def test_a_background_needs_a_key_where_the_service_does(tmp_path: Path, open_client: Open, host: TileHost) -> None:
    (tmp_path / "backgrounds.toml").write_text(XYZ.replace("HOST", host.url), encoding="utf-8")
    client = open_client(host="0.0.0.0")
    assert client.get("/background/streets/3/4/2").status_code in (401, 302)
    assert host.asked == []
