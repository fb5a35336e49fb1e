"""BAD_INPUTS row 25 in a real browser: names that spell tags stay text, in the service's pages and in the file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.desk import Desk
from geo.jobs import run_build, run_import
from tests.browser.conftest import at_rest, serving, until
from tests.tiny_city import write_tiny_city
from webmap.maps.standalone import write_map

pytestmark = pytest.mark.browser

HURT = "window.hurt=(window.hurt||0)+1"
TAGS = f'</script><script>{HURT}</script><img src=x onerror="{HURT}">'
QUOTES = f'" onmouseover="{HURT}" x=\'{{{{7*7}}}}<svg/onload={HURT}>\u2028'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny city with hostile titles, attribution, unit and camera names."""
    folder = tmp_path_factory.mktemp("hostile")
    mapping = write_tiny_city(folder / "sources")
    text = mapping.read_text("utf-8")
    for told, hostile in (
        ("小城", TAGS),
        ("Tiny city", QUOTES),
        ("手绘", TAGS),
        ("drawn by hand", TAGS),
        ("乡镇", TAGS),
    ):
        text = text.replace(f'"{told}"', json.dumps(hostile))
    mapping.write_text(text, "utf-8")
    for name in ("grids", "towns", "prefecture"):
        file = folder / "sources" / f"{name}.geojson"
        found = json.loads(file.read_text("utf-8"))
        for feature in found["features"]:
            feature["properties"]["name"] += TAGS + QUOTES
        file.write_text(json.dumps(found), "utf-8")
    cameras = folder / "sources" / "cameras.csv"
    doubled = (TAGS + QUOTES).replace('"', '""').replace("\u2028", "")
    cameras.write_text(cameras.read_text("utf-8").replace("机 c1", f'"机 c1{doubled}"'), "utf-8")
    run_import(folder / "home", mapping, folder / "sources")
    run_build(folder / "home")
    return folder / "home"


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1366, "height": 768})
    opened.on("pageerror", lambda error: pytest.fail(str(error)))
    yield opened
    opened.close()


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_in_the_pages_of_the_service(home: Path, page: Any, lang: str) -> None:
    with serving(home, "analyst") as service:
        for path in ("/coverage", "/hotspots?place=town:A", "/coverage?place=grid:A-1"):
            page.goto(f"{service.url}{path}{'&' if '?' in path else '?'}lang={lang}")
            page.wait_for_selector("#gs-right h2")
            at_rest(page)
        until(page, "document.querySelector('#gs-right h2').textContent.includes('onerror')")
        page.goto(f"{service.url}/coverage?lang={lang}")
        page.wait_for_selector("#gs-right h2")
        page.keyboard.press("/")
        page.keyboard.type("c1")
        page.wait_for_selector(".gs-search-row")
        page.keyboard.press("Enter")
        until(page, "document.querySelector('#gs-right').textContent.includes('机 c1</script>')")
        page.keyboard.press("Escape")
        page.keyboard.press("t")
        page.wait_for_selector(".gs-dialog tbody tr")
        assert page.evaluate("window.hurt") is None
        assert page.evaluate("document.querySelectorAll('img[src=x], svg[onload], [onmouseover]').length") == 0


def test_in_the_file_of_a_map(home: Path, page: Any, tmp_path: Path) -> None:
    write_map(Desk(home), tmp_path / "map.html", role="analyst", lang="en")
    page.goto((tmp_path / "map.html").as_uri())
    page.wait_for_selector("#gs-right h2")
    at_rest(page)
    assert page.evaluate("window.hurt") is None
    assert page.evaluate("document.querySelectorAll('img[src=x], svg[onload], [onmouseover]').length") == 0
    assert "onmouseover" in page.title()


def test_the_policy_stops_what_would_get_through(home: Path, page: Any) -> None:
    """The second wall: a script or handler that is put into the page does not run."""
    with serving(home, "leader") as service:
        page.goto(f"{service.url}/coverage")
        page.wait_for_selector("#gs-right h2")
        page.evaluate(
            "tags => { const there = document.createElement('div'); there.innerHTML = tags;"
            " const script = document.createElement('script'); script.textContent = 'window.hurt = 9';"
            " document.head.insertAdjacentHTML('beforeend', tags); document.body.append(there); }",
            TAGS + QUOTES,
        )
        page.wait_for_timeout(500)
        assert page.evaluate("window.hurt") is None
