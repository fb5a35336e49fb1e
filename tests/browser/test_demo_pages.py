"""Every desk of the demo in both languages, light and dark, on each screen: nothing serious, nothing cut.

A picture of each is kept in var/screens, to be looked at.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Service, at_rest, serving
from tests.full_demo import make_full_demo

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SCREENS = {"desktop": (1366, 768), "low": (1366, 625), "wide": (1920, 1080), "phone": (390, 844)}
DESKS = ("coverage", "gaps", "safeguards", "hotspots")
PICTURES = Path(__file__).parents[2] / "var" / "screens"
#: Text that runs out of its box without a scroll bar or an ellipsis of its own.
CUT = """() => [...document.querySelectorAll("button, h2, th, .gs-section p, .gs-section span, .gs-section b")]
  .filter((node) => {
    const style = getComputedStyle(node);
    const { width, height } = node.getBoundingClientRect();
    const shown = width > 4 && height > 4 && style.visibility === "visible" && style.display !== "inline";
    const cut = style.overflowX === "hidden" && style.textOverflow !== "ellipsis";
    return shown && cut && node.scrollWidth > node.clientWidth + 1;
  })
  .map((node) => node.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(make_full_demo(tmp_path_factory) / "home", "analyst") as found:
        yield found


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize("screen", SCREENS)
def test_pages_of_the_demo(browser: Any, service: Service, desk: str, screen: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    width, height = SCREENS[screen]
    for lang, theme in product(("zh", "en"), ("light", "dark")):
        page = browser.new_page(viewport={"width": width, "height": height})
        faults: list[str] = []
        page.on("pageerror", lambda error, into=faults: into.append(str(error)))
        page.on("console", lambda line, into=faults: "Security Policy" in line.text and into.append(line.text))
        page.on(
            "request",
            lambda one, into=faults: one.url.startswith((service.url, "data:", "blob:")) or into.append(one.url),
        )
        page.goto(f"{service.url}/{desk}?lang={lang}&theme={theme}")
        page.wait_for_selector("html[data-ready='map']", state="attached", timeout=60_000)
        page.wait_for_load_state("networkidle", timeout=60_000)
        at_rest(page)
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURES / f"{desk}-{screen}-{lang}-{theme}.png")
        assert faults == []
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} px wide on {width} px"
        assert page.evaluate(CUT) == []
        assert serious(page) == []
        page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_if_and_the_open_drawer(browser: Any, service: Service, lang: str, theme: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": 1366, "height": 625})
    page.goto(f"{service.url}/coverage?lang={lang}&theme={theme}")
    page.wait_for_selector("#gs-right [data-figure]", timeout=60_000)
    at_rest(page)
    page.keyboard.press("Escape")  # the tour of the first visit
    page.focus("#gs-right [data-figure][tabindex]")
    page.keyboard.press("e")
    page.wait_for_selector("#gs-drawer .gs-drawer-foot", timeout=60_000)
    kept(page, f"drawer-{lang}-{theme}")
    page.keyboard.press("Escape")
    lon, lat = worst(page)
    page.goto(f"{service.url}/coverage?lang={lang}&theme={theme}&measure=roads&z=17&c={lon},{lat}")
    page.wait_for_selector("html[data-ready='map']", state="attached", timeout=60_000)
    page.keyboard.press("w")
    page.wait_for_selector(".wi-tools .wi-tool")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wi-checks", timeout=180_000)
    kept(page, f"whatif-{lang}-{theme}")
    page.click('[data-focus="segment-side_by_side"]')
    page.wait_for_selector(".wi-twin .leaflet-tile")
    kept(page, f"whatif-two-maps-{lang}-{theme}")
    page.close()


def kept(page: Any, name: str) -> None:
    """A picture of the page at rest, in which nothing is cut and nothing serious."""
    at_rest(page)
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / f"{name}.png")
    assert page.evaluate(CUT) == []
    assert serious(page) == []


def worst(page: Any) -> tuple[float, float]:
    """Where the camera with most dwelling facade in view stands."""
    script = "async () => (await (await fetch('/api/safeguards/cameras?part=figures')).json()).columns"
    columns = page.evaluate(script)
    return columns["lon"][0], columns["lat"][0]


def serious(page: Any) -> list[str]:
    """What axe-core holds for serious or critical, with the element it found."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
