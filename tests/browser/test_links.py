"""Addresses: what they hold comes back, what is broken is named, back and forward restore."""

import pytest

from tests.browser.conftest import Open, Service, at_rest, until

pytestmark = pytest.mark.browser

SLOWER = (
    "period=2025-02-30/2025-03-01",
    "period=2025-03-01/2025-01-01",
    "hours=8@1-7",
    "cat=x",
    "lang=en&lang=zh",
    "snap=7",
)


def test_period_hours_and_words_of_incidents_are_in_the_link(open_page: Open, planner: Service) -> None:
    page = open_page(
        planner, "/hotspots?lang=en&level=grid&period=2025-01-01/2025-06-30&cat=noise&hours=1-5@8-17&ch=nothing"
    )
    assert "ch" in page.inner_text("#gs-banners")
    chosen = "[...document.querySelectorAll('#gs-incidents select')].map(one => one.value)"
    until(page, lambda: page.evaluate(chosen)[:3] == ["2025-01-01/2025-06-30", "1-5@8-17", "noise"])
    until(page, "document.querySelector('#gs-methods').innerText.includes('chosen incidents')")


def test_links_of_earlier_versions_still_hold(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&level=grid&category=noise")
    assert page.input_value('[data-focus="filter-cat"]') == "noise"
    assert page.inner_text("#gs-banners") == ""


@pytest.mark.parametrize(
    "query",
    ["hours=25", *(pytest.param(query, marks=pytest.mark.slow) for query in SLOWER)],
)
def test_what_cannot_be_read_is_named(open_page: Open, planner: Service, query: str) -> None:
    page = open_page(planner, f"/hotspots?measure=density&{query}")
    until(page, f"document.querySelector('#gs-banners').innerText.includes({query.partition('=')[0]!r})")
    page.wait_for_selector('[data-focus="radio-hot.show"][aria-checked="true"]')


def test_back_and_forward_restore_what_was_chosen_and_panning_adds_no_step(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&level=grid")
    at_rest(page)
    steps = page.evaluate("history.length")
    page.focus("#gs-map")
    page.keyboard.press("ArrowRight")
    until(page, "location.search.includes('c=')")
    assert page.evaluate("history.length") == steps
    page.select_option('[data-focus="filter-hours"]', "6-7@0-23")
    until(page, "location.search.includes('hours=6-7@0-23')")
    page.select_option('[data-focus="filter-cat"]', "noise")
    until(page, "location.search.includes('cat=noise')")
    assert page.evaluate("history.length") == steps + 2
    page.go_back()
    until(page, "document.querySelector('[data-focus=\"filter-cat\"]').value === ''")
    until(page, "document.querySelector('[data-focus=\"filter-hours\"]').value === '6-7@0-23'")
    page.go_back()
    until(page, "document.querySelector('[data-focus=\"filter-hours\"]').value === ''")
    page.go_forward()
    page.go_forward()
    until(page, "document.querySelector('[data-focus=\"filter-cat\"]').value === 'noise'")
