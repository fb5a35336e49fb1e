"""The evidence drawer: opened from a figure, its numbers, its focus, its link."""

from typing import Any

import pytest

from tests.browser.conftest import Open, Service, at_rest, until

pytestmark = pytest.mark.browser

FIGURE = ".gs-top-figure .gs-figure"
OPEN = "document.querySelector('#gs-drawer:not([hidden]) h2')"


def open_drawer(page: Any, key: str) -> str:
    at_rest(page)  # what is painted anew meanwhile takes the focus away
    page.focus(f"{FIGURE} >> nth=0")
    page.keyboard.press(key)
    until(page, OPEN)
    return str(page.inner_text("#gs-drawer"))


@pytest.mark.parametrize("key", ["e", "Enter"])
def test_figure_opens_by_key_and_esc_returns_to_it(open_page: Open, planner: Service, key: str) -> None:
    page = open_page(planner, "/hotspots?lang=en")
    text = open_drawer(page, key)
    assert "Incidents reported in the month" in text
    assert "2025-11" in text
    assert "18" in text  # one in each grid of the west
    page.keyboard.press("Escape")
    until(page, "document.querySelector('#gs-drawer').hidden")
    until(page, f"document.activeElement === document.querySelector('{FIGURE}')")


def test_focus_stays_inside(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=zh")
    open_drawer(page, "e")
    for key in ("Shift+Tab", "Tab", "Tab", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
        assert page.evaluate("document.querySelector('#gs-drawer').contains(document.activeElement)")


def test_click_on_a_class_filters_and_e_tells_its_evidence(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area")
    at_rest(page)
    page.click(".gs-class >> nth=0")
    assert page.evaluate("document.querySelector('#gs-drawer').hidden")
    page.keyboard.press("e")
    until(page, OPEN)
    text = page.inner_text("#gs-drawer")
    assert "Area seen / area" in text
    assert "units" in page.inner_text(".gs-evidence-said")
    assert page.locator(".gs-evidence-rows tbody tr").count() == 12  # the home's cameras
    assert " / " in page.inner_text(".gs-formula")


def test_a_dialog_and_the_drawer_are_never_both_open(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en")
    open_drawer(page, "e")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    page.wait_for_selector(".gs-dialog")
    until(page, "document.querySelector('#gs-drawer').hidden")


def test_link_opens_the_drawer_again(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en#evidence=units.n_incidents%40town%3AW")
    until(page, OPEN)
    assert "西镇" in page.inner_text("#gs-drawer .gs-drawer-head")
    assert "360" in page.inner_text("#gs-drawer .gs-evidence-value")
    assert "role Analyst" in page.inner_text("#gs-drawer")
    assert page.locator("#gs-drawer a").count() == 0  # no files for a leader


def test_a_hidden_figure_says_so(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en#evidence=units.n_incidents%40grid%3AE03")
    until(page, OPEN)
    text = page.inner_text("#gs-drawer .gs-evidence-value")
    assert "Hidden" in text
    assert "1" not in text


def test_fault_stands_in_the_drawer_and_is_tried_again(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area")
    body = '{"error": {"en": "broken", "zh": "坏了", "id": "ab12"}}'
    page.route("**/api/evidence?*", lambda route: route.fulfill(status=500, content_type="application/json", body=body))
    at_rest(page)
    page.focus("#gs-right [data-figure] >> nth=0")
    page.keyboard.press("e")
    until(page, OPEN)
    text = page.inner_text("#gs-drawer")
    assert "broken" in text
    assert "ab12" in text
    page.unroute("**/api/evidence?*")
    page.click("#gs-drawer [data-focus=retry], #gs-drawer .gs-fault button")
    until(page, "document.querySelector('.gs-evidence-value')")


def test_figures_of_choices_and_of_table_rows_tell_their_evidence(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area")
    at_rest(page)
    page.focus("[role=radio][aria-checked=true]")
    page.keyboard.press("e")
    until(page, OPEN)
    assert "Area seen / area" in page.inner_text("#gs-drawer")
    page.keyboard.press("Escape")
    until(page, "document.activeElement.getAttribute('aria-checked') === 'true'")
    page = open_page(planner, "/safeguards?lang=en&of=grid")
    page.wait_for_selector(".gs-ranked-row")
    at_rest(page)
    page.focus(".gs-ranked")
    page.keyboard.press("ArrowDown")
    page.click(".gs-ranked-row [data-figure] >> nth=0")  # chooses the row
    assert page.evaluate("document.querySelector('#gs-drawer').hidden")
    page.focus(".gs-ranked")
    page.keyboard.press("e")
    until(page, OPEN)
    page.keyboard.press("Escape")
    until(page, "document.activeElement.className.startsWith('gs-ranked')")
