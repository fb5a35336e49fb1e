import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Open, Service, serving, until
from tests.webmap.tile_host import tiny_png

pytestmark = pytest.mark.browser

BACKGROUND = """
[[backgrounds]]
name = "own"
kind = "mbtiles"
title_zh = "自备底图"
title_en = "Own map"
attribution_zh = "自备"
attribution_en = "Own survey"
map_review_number = "GS(2024)0001"
datum = "cgcs2000"
file = "base.mbtiles"
max_zoom = 0
"""
PICTURES = "document.querySelectorAll('.gs-background img.leaflet-tile-loaded').length"
CREDIT = "document.querySelector('.gs-attribution').textContent"


@pytest.fixture
def mapped(home: Path, tmp_path: Path) -> Iterator[Service]:
    shutil.copytree(home, tmp_path / "home")
    (tmp_path / "home" / "backgrounds.toml").write_text(BACKGROUND, encoding="utf-8")
    base = sqlite3.connect(tmp_path / "home" / "base.mbtiles")
    base.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    base.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    base.execute("INSERT INTO metadata VALUES ('format', 'png')")
    base.execute("INSERT INTO tiles VALUES (0, 0, 0, ?)", (tiny_png(200),))
    base.commit()
    base.close()
    with serving(tmp_path / "home", "planner") as service:
        yield service


def test_a_background_is_a_layer_with_its_credit(mapped: Service, open_page: Open) -> None:
    page = open_page(mapped, "/coverage?lang=en")
    row = page.get_by_role("checkbox", name="Own map")
    assert row.get_attribute("aria-checked") == "false"
    assert page.evaluate("document.querySelectorAll('.gs-background').length") == 0
    row.click()
    until(page, f"{PICTURES} > 0")
    until(page, f"{CREDIT}.includes('Own survey · map review no. GS(2024)0001')")
    until(page, "location.search.includes('background-own')")
    page.reload()
    until(page, f"{PICTURES} > 0")
    page.get_by_role("checkbox", name="Own map").click()
    until(page, f"{PICTURES} === 0")
    until(page, f"!{CREDIT}.includes('Own survey')")


def test_graticule_is_drawn_where_meridians_lie(mapped: Service, open_page: Open) -> None:
    """The town's western edge is the meridian 109.5: its column of pixels is darker than the one beside it."""
    page = open_page(mapped, "/coverage?layers=graticule&z=12&c=109.50000,28.33000")
    until(page, "document.querySelectorAll('.leaflet-gs-graticule-pane canvas').length === 1")
    inked = """() => {
        const canvas = document.querySelector('.leaflet-gs-graticule-pane canvas');
        const { width, height } = canvas;
        const row = canvas.getContext('2d').getImageData(0, Math.round(height / 2) + 7, width, 1).data;
        return [...Array(width).keys()].filter((x) => row[4 * x + 3] > 60).map((x) => x - width / 2);
    }"""
    until(page, lambda: min((abs(x) for x in page.evaluate(inked)), default=99) <= 1.5)
    assert len(page.evaluate(inked)) < 40
