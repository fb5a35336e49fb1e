"""Panels, keys, banners, log-out, and the file without a service."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Service, at_rest, serving, until

pytestmark = pytest.mark.browser


def map_width(page: Any) -> float:
    return float(page.locator("#gs-map").bounding_box()["width"])


def test_panels_collapse_and_come_back(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    whole = map_width(page)
    page.keyboard.press("[")
    until(page, lambda: map_width(page) == whole + 264)
    page.keyboard.press("]")
    until(page, lambda: map_width(page) == 1366)
    page.keyboard.press("[")
    page.keyboard.press("]")
    until(page, lambda: map_width(page) == whole)


def test_question_mark_lists_the_keys(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    page.keyboard.press("?")
    page.wait_for_selector(".gs-dialog dd")
    words = page.locator(".gs-dialog dd").all_inner_texts()
    assert len(words) == page.locator(".gs-dialog kbd").count()
    assert {"Coverage", "Safeguards", "Hotspots", "Search"} <= set(words)
    assert not [word for word in words if word.startswith("key.")]
    page.keyboard.press("Escape")
    page.wait_for_selector(".gs-dialog", state="detached")


def test_link_restores_what_was_chosen(open_page: Open, planner: Service) -> None:
    page = open_page(
        planner, "/coverage?lang=en&place=town:E&measure=area&at=62.5&sel=grid:E03&z=14&c=109.55000,28.33000"
    )
    until(page, "document.querySelector('#gs-right h2').textContent === '格03'")
    assert page.inner_text('#gs-measure [aria-checked="true"] .gs-radio-label') == "Area"
    assert page.get_attribute('[role="slider"]', "aria-valuetext") == "Observe, 62.5 px/m"
    assert page.locator("#gs-banners .gs-banner").count() == 0


def test_hidden_counts_have_their_legend_entry(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/coverage?lang=en&measure=incidents&level=grid")
    until(page, "document.querySelector('#gs-legend .gs-swatch.is-suppressed')")
    assert "Hidden" in page.inner_text("#gs-legend")


def test_gi_star_is_told_by_the_finest_units(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&measure=gi")
    assert sum(int(text) for text in page.locator(".gs-gi-row b").all_inner_texts()) == 36
    page.click('[data-focus="radio-hot.show-density"]')
    until(page, "document.querySelector('#gs-level option').textContent === 'Auto: Grid'")


def test_service_that_stops_is_named_and_its_return_noticed(open_page: Open, home: Path) -> None:
    with serving(home, "planner") as service:
        page = open_page(service, "/coverage?lang=en")
    until(page, "document.querySelector('#gs-banners').textContent.includes('does not answer')")


@pytest.mark.slow
def test_new_snapshot_is_announced(open_page: Open, home: Path, tmp_path: Path) -> None:
    from geo.jobs.run import run_build  # noqa: PLC0415

    own = tmp_path / "home"
    shutil.copytree(home, own)
    with serving(own, "planner") as service:
        page = open_page(service, "/coverage?lang=en")
        run_build(own, datetime(2026, 2, 1, tzinfo=UTC))
        until(page, "document.querySelector('#gs-banners').textContent.includes('Snapshot 2 is ready')")
        page.click("#gs-banners .gs-link")
        until(page, "document.querySelector('.gs-attribution')?.textContent.includes('snapshot 2')")
        page.wait_for_selector("#gs-right h2")
        page.wait_for_load_state("networkidle")


def test_role_menu_logs_out(open_page: Open, home: Path, tmp_path: Path) -> None:
    from geo.records import Records  # noqa: PLC0415

    own = tmp_path / "home"
    shutil.copytree(home, own)
    secret = Records.open(own).add_key("ann", "planner")
    with serving(own, "leader") as service:
        page = open_page(service, "/coverage?lang=en")
        page.evaluate(
            "key => fetch('/login', { method: 'POST', body: JSON.stringify({ key }),"
            " headers: { 'X-Gridscope': '1', 'Content-Type': 'application/json' } })",
            secret,
        )
        page.reload()
        page.wait_for_selector("#gs-right h2")
        page.click('[data-focus="role"]')
        page.click(".gs-menu-item")
        page.wait_for_url("**/login")


def test_file_without_service_asks_nobody(browser: Any, home: Path, tmp_path: Path) -> None:
    from geo.desk import Desk  # noqa: PLC0415
    from webmap.maps.standalone import write_map  # noqa: PLC0415

    file = tmp_path / "map.html"
    write_map(Desk(home), file, lang="en")
    page = browser.new_page(viewport={"width": 1366, "height": 768}, offline=True)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    until(page, "document.documentElement.dataset.ready === 'map'")
    assert page.locator('[data-focus="head-download"], [data-focus="role"]').count() == 0
    box = page.locator("#gs-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 40, box["y"] + box["height"] / 2 + 20)
    until(page, "location.hash.includes('sel=')")
    for _ in range(6):
        page.keyboard.press("+")
        page.wait_for_timeout(350)
    until(page, "document.querySelectorAll('.leaflet-tile').length > 0")
    at_rest(page)
    page.click('.gs-lang[lang="zh"]')
    until(page, "document.querySelector('#gs-measure h2').textContent === '看得到多少'")
    page.keyboard.press("d")
    until(page, "document.documentElement.dataset.theme === 'dark'")
    page.keyboard.press("/")
    page.keyboard.type("西镇")
    page.wait_for_selector(".gs-search-row")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#gs-right h2').textContent === '西镇'")
    page.click(".gs-statuses b[data-figure]")
    until(page, "document.querySelector('.gs-drawer:not([hidden])')?.innerText.includes('快照')")
    page.keyboard.press("Escape")
    page.click('#gs-tabs [data-desk="hotspots"]')
    page.wait_for_selector(".gs-top-figures")
    page.wait_for_selector("#gs-tabs [aria-current][data-desk='hotspots']")
    page.locator('[data-focus="months"]').press("ArrowLeft")
    until(page, "document.querySelector('#gs-methods').title.includes('2025-06')")
    until(page, "document.querySelector('.gs-months-window').textContent === '所示 5 个月'")
    page.go_back()
    until(page, "document.querySelector('#gs-methods').title.includes('2025-06') === false")
    page.click("text=新兴热点")
    page.wait_for_selector("#gs-legend svg, #gs-legend canvas, #gs-legend button")
    page.go_back()
    page.wait_for_timeout(500)
    page.go_back()
    page.wait_for_selector("#gs-tabs [aria-current][data-desk='coverage']")
    page.click('#gs-tabs [data-desk="safeguards"]')
    page.wait_for_selector("#gs-tabs [aria-current][data-desk='safeguards']")
    until(page, "document.querySelectorAll('#gs-bottom .gs-ranked-row').length > 0")
    assert page.locator('#gs-tabs [data-desk="gaps"]').count() == 0
    page.close()
    assert asked == []
    assert faults == []
