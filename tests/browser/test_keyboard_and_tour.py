"""The page without a mouse, and the tour of the first visit."""

from typing import Any

import pytest

from tests.browser.conftest import Open, Service, at_rest, settled_box, until

pytestmark = pytest.mark.browser

SAID = "document.querySelector('#gs-live').textContent"


def centre(page: Any) -> list[float]:
    query = page.evaluate("new URLSearchParams(location.search).get('c')")
    return [float(part) for part in query.split(",")]


def test_arrows_pan_the_map(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&z=15&c=109.53000,28.33000")
    at_rest(page)
    page.keyboard.press("ArrowRight")
    until(page, "Number(new URLSearchParams(location.search).get('c').split(',')[0]) > 109.5301")
    page.keyboard.press("ArrowUp")
    until(page, "Number(new URLSearchParams(location.search).get('c').split(',')[1]) > 28.3301")
    page.wait_for_timeout(400)  # the move has come to its end
    lon, lat = centre(page)
    page.focus('[role="slider"]')
    page.keyboard.press("ArrowLeft")  # the track keeps its own arrows
    assert centre(page) == [lon, lat]


def test_tab_walks_through_the_units_in_table_order(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area")
    page.keyboard.press("t")
    until(page, "document.querySelectorAll('.gs-dialog tbody th').length > 1")
    first, second = page.locator(".gs-dialog tbody th").all_inner_texts()[:2]
    page.keyboard.press("Escape")
    page.focus(".folium-map")
    page.keyboard.press("Tab")
    until(page, f"{SAID}.startsWith({first!r})")
    page.keyboard.press("Tab")
    until(page, f"{SAID}.startsWith({second!r})")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.classList.contains('folium-map')")


def test_enter_on_the_map_lists_the_units_in_view(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area&level=grid&z=16&c=109.50500,28.30500")
    at_rest(page)
    page.focus(".folium-map")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gs-dialog tbody tr")
    assert 1 <= page.locator(".gs-dialog tbody tr").count() < 36


@pytest.mark.slow
def test_skip_link_goes_to_the_table(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".gs-dialog tbody tr")


def first_visit(browser: Any, service: Service, path: str) -> Any:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'webdriver', { get: () => false })")
    page.goto(service.url + path)
    return page


def test_tour_comes_once_and_never_again(browser: Any, planner: Service) -> None:
    page = first_visit(browser, planner, "/coverage?lang=en")
    page.wait_for_selector("#gs-tour")
    titles = [page.inner_text("#gs-tour h2")]
    for _ in range(4):
        page.keyboard.press("Enter")
        until(page, lambda: page.inner_text("#gs-tour h2") not in titles)
        titles.append(page.inner_text("#gs-tour h2"))
    until(page, "document.querySelector('#gs-tour').contains(document.activeElement)")
    page.keyboard.press("Enter")
    page.wait_for_selector("#gs-tour", state="detached")
    page.goto(f"{planner.url}/hotspots?lang=zh")
    page.wait_for_selector("#gs-right h2")
    at_rest(page)
    assert page.locator("#gs-tour").count() == 0
    page.keyboard.press("?")
    page.click('[data-focus="tour-again"]')
    page.wait_for_selector("#gs-tour")
    until(page, "document.querySelector('#gs-tour h2').innerText === '工作台'")
    page.context.close()


def test_tour_closed_at_once_stays_closed(browser: Any, planner: Service) -> None:
    page = first_visit(browser, planner, "/coverage?lang=zh")
    page.wait_for_selector("#gs-tour")
    page.keyboard.press("Escape")
    page.wait_for_selector("#gs-tour", state="detached")
    page.reload()
    page.wait_for_selector("#gs-right h2")
    at_rest(page)
    assert page.locator("#gs-tour").count() == 0
    page.context.close()


@pytest.mark.slow
def test_notes_of_the_tour_stand_inside_a_phone(browser: Any, planner: Service) -> None:
    page = first_visit(browser, planner, "/hotspots?lang=en")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_selector("#gs-tour")
    for step in range(5):
        box = settled_box(page, "#gs-tour")
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
        title = page.inner_text("#gs-tour h2")
        page.keyboard.press("Enter")
        if step < 4:
            until(page, f"document.querySelector('#gs-tour h2').innerText !== {title!r}")
    page.context.close()
