"""The coverage desk as a person meets it."""

import re
from typing import Any

import pytest

from tests.browser.conftest import Open, Service, at_rest, until
from webmap.maps.boot import DESKS

pytestmark = pytest.mark.browser


def query(page: Any) -> str:
    return str(page.evaluate("window.location.search"))


def test_first_available_measure_is_chosen_and_absent_ones_are_named(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    assert page.inner_text('#gs-measure [aria-checked="true"] .gs-radio-label') == "Incidents"
    absent = page.locator('#gs-measure [aria-disabled="true"]')
    assert absent.count() == 3
    assert absent.nth(1).get_attribute("title") == "not available: no roads loaded"
    assert "not available: no roads loaded" in page.inner_text("#gs-right")


def test_legend_counts_every_unit_drawn(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area")
    counts = [int(text) for text in page.locator("#gs-legend .gs-class").all_inner_texts()]
    assert sum(counts) == 36


def test_track_moves_by_arrow_keys_and_is_in_the_address(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    page.focus('[role="slider"]')
    page.keyboard.press("ArrowRight")
    until(page, "window.location.search.includes('at=62.5')")
    page.wait_for_selector('[role="slider"][aria-valuetext^="Observe"]')
    assert page.evaluate("document.activeElement.getAttribute('role')") == "slider"


def test_drill_down_and_up(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    page.keyboard.press("/")
    page.keyboard.type("西镇")
    page.wait_for_selector(".gs-search-row")
    page.keyboard.press("Enter")
    until(page, "window.location.search.includes('place=town:W')")
    until(page, "document.querySelector('#gs-right h2').textContent === '西镇'")
    page.keyboard.press("Backspace")
    until(page, "!window.location.search.includes('place=')")
    page.go_back()
    until(page, "window.location.search.includes('place=town:W')")
    until(page, "document.querySelector('#gs-right h2').textContent === '西镇'")


def test_click_names_the_cameras_that_see_the_point(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&place=grid:W00&z=16&c=109.50500,28.30500")
    at_rest(page)
    box = page.locator("#gs-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2 + 10)
    page.wait_for_selector(".gs-seen-row")
    page.click(".gs-seen-row")
    until(page, "document.querySelector('#gs-right .gs-facts')?.textContent.includes('200 m')")


def test_broken_parameters_are_named_and_the_rest_applies(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&foo=1&z=zz&measure=area")
    assert "foo, z" in page.inner_text("#gs-banners")
    assert page.inner_text('#gs-measure [aria-checked="true"] .gs-radio-label') == "Area"


def test_language_and_theme_change_without_a_new_page(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&theme=light")
    page.click('.gs-lang[lang="zh"]')
    until(page, "document.documentElement.lang === 'zh-CN'")
    until(page, "document.querySelector('#gs-measure h2').textContent === '看得到多少'")
    page.keyboard.press("d")
    until(page, "document.documentElement.dataset.theme === 'dark'")
    assert not re.search(r"\b[a-z]+\.[a-z_]+\b", page.inner_text("#gs-left"))


def test_table_as_text_lists_every_unit(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    page.keyboard.press("t")
    until(page, "document.querySelectorAll('.gs-dialog tbody tr').length === 36")
    page.keyboard.press("Escape")
    page.wait_for_selector(".gs-dialog", state="detached")


def test_phone_has_chips_sheet_and_tabs(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en", width=390, height=844)
    assert page.locator("#gs-tabbar .gs-tab").count() == len(DESKS)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click(".gs-chip >> nth=0")
    page.wait_for_selector("#gs-app.is-left-sheet")
    page.click("#gs-left-close button")
    page.wait_for_selector("#gs-app:not(.is-left-sheet)")


def test_leader_sees_no_camera_layers(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/coverage?lang=en")
    assert page.locator('[data-focus="layer-cameras"]').count() == 0
