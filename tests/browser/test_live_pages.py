"""A camera written elsewhere is on another open map: only tiles round it are asked for, a ring and a line tell it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import SOUTH, STEP, WEST, Open, Service, at_rest, serving, until

pytestmark = pytest.mark.browser

UID = "cameras:W00"
#: The service has been asked what changed.
POLLED = "performance.getEntriesByType('resource').some((one) => one.name.includes('/api/changes'))"
LON, LAT = WEST + STEP / 2, SOUTH + STEP / 2


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Path:
    shutil.copytree(home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def service(own: Path) -> Iterator[Service]:
    with serving(own, "planner") as found:
        yield found


def move(own: Path, lon: float) -> None:
    from geo.records import Records, Wanted  # noqa: PLC0415

    with Records.open(own) as records:
        records.edit_rows("cameras", [Wanted(UID, {"lon": lon}, "seen")], "ed")


def test_two_open_pages_show_what_a_third_party_writes(open_page: Open, own: Path, service: Service) -> None:
    pages = [open_page(service, f"/coverage?lang=en&z=17&c={LON:.5f},{LAT:.5f}") for _ in range(2)]
    asked: list[str] = []
    for page in pages:
        at_rest(page, "cameras", "sectors")
        until(page, POLLED)
        page.evaluate(
            "window.rings = 0; window.told = '';"
            " const count = (node) => { if (node.classList?.contains('gs-ring')) window.rings += 1; };"
            " new MutationObserver((found) => { found.forEach((one) => one.addedNodes.forEach(count));"
            " window.told += document.querySelector('#gs-toast').textContent; })"
            ".observe(document.body, { childList: true, subtree: true })"
        )
    pages[0].on("request", lambda request: "/tiles/" in request.url and asked.append(request.url))
    move(own, LON + 0.001)
    for page in pages:
        until(page, "window.told.includes('Changed elsewhere')")
        until(page, "window.rings === 1")
    until(pages[0], lambda: asked)
    at_rest(pages[0])
    assert {url.split("/tiles/")[1].split("/")[0] for url in asked} <= {"cameras", "sectors", "places"}


@pytest.mark.slow
def test_far_change_asks_for_no_tile(open_page: Open, own: Path, service: Service) -> None:
    page = open_page(service, f"/coverage?lang=zh&z=17&c={WEST + 5.5 * STEP:.5f},{SOUTH + 5.5 * STEP:.5f}")
    at_rest(page)
    until(page, POLLED)
    asked: list[str] = []
    page.on("request", lambda request: "/tiles/" in request.url and asked.append(request.url))
    move(own, LON + 0.001)
    until(page, "document.querySelector('#gs-toast').textContent.includes('其他人更新了')")
    at_rest(page)
    assert asked == []


@pytest.mark.slow
def test_calm_readers_get_no_ring(browser: object, own: Path, service: Service) -> None:
    page = browser.new_page(reduced_motion="reduce")  # type: ignore[attr-defined]
    page.goto(f"{service.url}/coverage?lang=en&z=17&c={LON:.5f},{LAT:.5f}")
    at_rest(page)
    until(page, POLLED)
    move(own, LON + 0.001)
    until(page, "document.querySelector('#gs-toast').textContent.includes('Changed elsewhere')")
    assert page.locator(".gs-ring").count() == 0
    page.close()
