"""The gaps desk, the unit card's reasons and the month-end bar as a person meets them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Service, at_rest, serving, until

pytestmark = pytest.mark.browser

#: Metres of a degree of longitude at 28.33 N on WGS84: pi / 180 a cos(lat) / sqrt(1 - e2 sin2(lat)).
METRES_PER_DEG = 98_057.0


@pytest.fixture(scope="module")
def analyst(road_town: Path) -> Iterator[Service]:
    with serving(road_town, "analyst") as service:
        yield service


def number_in(text: str) -> float:
    found = re.search(r"[\d,]+(\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", ""))


def rows(page: Any) -> list[list[str]]:
    return [row.inner_text().split("\n") for row in page.locator(".gs-ranked-row").all()]


def open_gaps(open_page: Open, service: Service, query: str = "?lang=en&level=grid") -> Any:
    page = open_page(service, f"/gaps{query}")
    page.wait_for_selector(".gs-ranked-row")
    return page


def test_the_table_ranks_units_by_unseen_road(open_page: Open, analyst: Service) -> None:
    """36 grids of 0.01 degrees: the road through each is some 980 m, of which a camera in the middle sees 400."""
    page = open_gaps(open_page, analyst)
    assert page.get_attribute(".gs-ranked", "aria-rowcount") == "37"
    first = float(page.locator(".gs-ranked-row").first.locator(".gs-ranked-text").nth(2).inner_text().replace(",", ""))
    assert first == pytest.approx(0.01 * METRES_PER_DEG, rel=0.003)
    page.focus(".gs-ranked")
    page.keyboard.press("End")
    last = page.locator(".gs-ranked-row").last.locator(".gs-ranked-text").nth(2)
    least = pytest.approx(0.01 * METRES_PER_DEG - 400, rel=0.006)
    until(page, lambda: number_in(last.inner_text()) == least)
    assert number_in(page.inner_text(".gs-tablebar h2")) == 36
    counts = [number_in(text) for text in page.locator("#gs-gap-legend .gs-class").all_inner_texts()]
    assert sum(counts) + number_in(page.inner_text("#gs-gap-legend .gs-legend-foot").split("none")[1]) == 36


def test_the_waterfall_falls_from_the_whole_to_zero(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    at_rest(page)
    figures = [number_in(text) for text in page.locator(".gs-fall-figure").all_inner_texts()]
    assert len(figures) == 8
    assert sum(figures[1:]) == pytest.approx(figures[0], abs=0.4)  # km with one digit, or less
    boxes = [box for node in page.locator(".gs-fall-bar").all() if (box := node.bounding_box())]
    track = page.locator(".gs-fall-track").first.bounding_box()
    assert track
    assert boxes[0]["width"] == pytest.approx(track["width"] - 1.4, abs=2)
    assert boxes[-1]["x"] == pytest.approx(track["x"] + 1.4, abs=2)  # the last ends at zero
    assert sum(box["width"] for box in boxes[1:]) == pytest.approx(boxes[0]["width"], abs=4)
    assert "add up to the unseen road" in page.inner_text("#gs-right")


def test_map_and_table_are_one_selection(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    page.click('.gs-ranked-row[data-at="3"]')
    until(page, "window.location.search.includes('sel=grid:')")
    code = page.evaluate("new URLSearchParams(location.search).get('sel').split(':')[1]")
    until(page, f"document.querySelector('#gs-right .gs-code')?.textContent === 'G-{code}'")
    until(page, "document.querySelectorAll('.gs-ranked-row.is-on').length === 1")
    page.keyboard.press("Escape")
    until(page, "!window.location.search.includes('sel=')")
    until(page, "!document.querySelector('.gs-ranked-row.is-on')")
    at_rest(page)
    box = page.locator("#gs-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] / 2 + 12)
    until(page, "window.location.search.includes('sel=grid:')")
    until(page, "document.querySelectorAll('.gs-ranked-row.is-on').length === 1")
    page.go_back()
    until(page, "!window.location.search.includes('sel=')")


def test_a_reason_chosen_leaves_its_part_of_each_unit(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    bars = {node.get_attribute("data-focus"): node for node in page.locator("#gs-reasons .gs-bar").all()}
    assert list(bars) == [
        f"reason-{name}" for name in ("offline", "building", "terrain", "direction", "pixels", "doubt", "none")
    ]
    none = number_in(bars["reason-none"].locator(".gs-bar-figure").inner_text())
    whole = page.inner_text(".gs-tablebar-note")
    page.click('[data-focus="reason-none"]')  # a tick taken away hides
    until(page, "/reason=offline.*doubt(&|$)/.test(window.location.search)")
    until(page, "document.querySelector('[data-focus=\"reason-none\"]').getAttribute('aria-checked') === 'false'")
    until(page, "document.querySelector('.gs-filterchips').textContent.includes('without: No camera near')")
    page.click('[data-focus="reason-none"]', modifiers=["Shift"])  # alone
    until(page, "window.location.search.includes('reason=none')")
    page.wait_for_selector('[data-focus="reason-none"][aria-checked="true"]')
    until(page, lambda: number_in(page.inner_text(".gs-tablebar-note")) == pytest.approx(none, rel=0.02))
    page.click('[data-focus="filter-clear"]')
    until(page, "!window.location.search.includes('reason=')")
    until(page, lambda: page.inner_text(".gs-tablebar-note") == whole)
    page.click('[data-focus="undo"]')
    until(page, "window.location.search.includes('reason=none')")
    until(page, "document.querySelectorAll('.gs-filterchip').length === 1")


def test_the_histogram_keeps_a_span_and_says_how_to_widen_it(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    n = int(page.get_attribute(".gs-ranked", "aria-rowcount") or 0) - 1
    page.focus('[data-focus="length-low"]')
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    until(page, "window.location.search.includes('length=')")
    until(page, lambda: 0 <= int(page.get_attribute(".gs-ranked", "aria-rowcount") or 0) - 1 < n)
    page.keyboard.press("End")
    page.wait_for_selector(".gs-ranked-none:not([hidden])")
    until(page, "document.querySelector('.gs-ranked-none').innerText.includes('No gap matches')")
    page.click('[data-focus="widen"]')
    until(page, "!window.location.search.includes('length=')")
    until(page, f"document.querySelector('.gs-ranked').getAttribute('aria-rowcount') === '{n + 1}'")


def test_broken_filters_of_an_address_are_named(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=en&reason=magic&length=9-3&measure=roads&level=grid")
    assert "reason, length" in page.inner_text("#gs-banners")
    page = open_gaps(open_page, analyst, "?lang=en&reason=none,pixels&length=250-&level=grid")
    until(page, "document.querySelectorAll('.gs-filterchip').length === 3")


def test_what_is_not_loaded_is_left_out(open_page: Open, planner: Service) -> None:
    """The town without roads, places and residents counts incidents, and hides the small ones from a planner."""
    page = open_gaps(open_page, planner, "?lang=en")
    assert page.locator('[data-focus="figure"] option').all_inner_texts() == ["Unseen incidents"]
    page = open_gaps(open_page, planner, "?lang=zh&place=town:E")
    assert "已隐去" in page.inner_text(".gs-ranked")
    assert page.get_attribute("html", "lang") == "zh-CN"


def test_leaders_have_no_gaps_desk(open_page: Open, leader: Service, analyst: Service) -> None:
    page = open_page(leader, "/coverage?lang=en")
    assert page.locator('#gs-tabs [data-desk="gaps"]').count() == 0
    page.keyboard.press("?")
    page.wait_for_selector(".gs-dialog dd")
    assert "2" not in page.locator(".gs-dialog kbd").all_inner_texts()
    page = open_page(analyst, "/coverage?lang=en&place=town:W")
    page.wait_for_selector('[data-focus="gap-list"]')
    page.keyboard.press("2")
    page.wait_for_url(re.compile(r"/gaps\?.*place=town:W"))


def test_the_card_splits_unseen_road_and_leads_to_the_gaps(open_page: Open, analyst: Service) -> None:
    page = open_page(analyst, "/coverage?lang=en&place=town:W")
    page.wait_for_selector(".gs-reason-rows")
    parts = [number_in(text) for text in page.locator(".gs-reason-rows dd:not(.gs-reason-track)").all_inner_texts()]
    whole = number_in(page.inner_text('[data-figure="gaps.road_unseen_m"]'))
    assert len(parts) == 7
    assert whole > 10
    assert sum(parts) == pytest.approx(whole, abs=0.35)  # km with one digit, the parts as the whole
    assert page.get_attribute('[data-figure="coverage.road_seen_share"]', "data-unit") == "town:W"
    page.click('[data-focus="gap-list"]')
    page.wait_for_url(re.compile(r"/gaps\?.*place=town:W"))


def test_the_breadcrumb_lists_siblings(open_page: Open, analyst: Service) -> None:
    page = open_page(analyst, "/coverage?lang=en&place=town:W")
    page.click('[data-focus="siblings-town"]')
    items = page.locator(".gs-menu-item")
    assert [text.strip() for text in items.all_inner_texts()] == ["东镇", "西镇"]
    items.nth(0).click()
    until(page, "window.location.search.includes('place=town:E')")


def test_the_month_end_bar_loads_and_compares_months(open_page: Open, analyst: Service) -> None:
    page = open_page(analyst, "/coverage?lang=en&measure=roads&at=62.5&snap=2025-11")
    page.wait_for_selector('[data-focus="timeline-back"]')
    assert "≥ 25 px/m" in page.inner_text("#gs-right .gs-card-note")  # the density that is kept
    page = open_page(analyst, "/coverage?lang=en&measure=roads")
    slider = page.wait_for_selector('[data-focus="timeline"]')
    assert slider.get_attribute("aria-valuemax") == "1"
    now = number_in(page.inner_text(".gs-headline .gs-figure"))
    page.focus('[data-focus="timeline"]')
    page.keyboard.press("ArrowLeft")
    until(page, "window.location.search.includes('snap=2025-11')")
    until(page, "document.querySelector('#gs-map-note').textContent.includes('2025-11')")
    until(page, lambda: number_in(page.inner_text(".gs-headline .gs-figure")) < now)  # half of the cameras
    before = number_in(page.inner_text(".gs-headline .gs-figure"))
    counts = page.locator("#gs-legend .gs-class")
    until(page, lambda: sum(int(text) for text in counts.all_inner_texts()) == 36)
    page.click('[data-focus="timeline-back"]')
    until(page, "!window.location.search.includes('snap=')")
    page.focus('[data-focus="timeline"]')
    page.keyboard.press("Shift+ArrowLeft")
    until(page, "window.location.search.includes('cmp=2025-11')")
    page.wait_for_selector(".gs-timeline-mark.is-compared")
    change = pytest.approx(now - before, abs=0.11)
    until(page, lambda: number_in(page.inner_text(".gs-timeline-note").partition(":")[2] or "-1") == change)
    page.go_back()
    until(page, "!window.location.search.includes('cmp=')")


def test_the_bar_is_dragged_and_a_month_that_is_not_kept_is_named(open_page: Open, analyst: Service) -> None:
    page = open_page(analyst, "/coverage?lang=zh&measure=roads&snap=2020-01")
    page.wait_for_selector('[data-focus="timeline"]')
    until(page, "document.querySelector('#gs-banners').textContent.includes('snap')")
    at_rest(page)
    box = page.locator(".gs-timeline-area").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] + 10, steps=4)
    page.mouse.up()
    until(page, "window.location.search.includes('snap=2025-11')")


def test_one_month_says_since_when(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    page.wait_for_selector(".gs-timeline-since")
    assert "kept since 2025-12" in page.inner_text(".gs-timeline-since")
    assert page.locator('[data-focus="timeline"]').count() == 0


def test_the_phone_has_the_table_in_its_sheet(open_page: Open, analyst: Service) -> None:
    page = open_page(analyst, "/gaps?lang=en", width=390, height=844)
    page.wait_for_selector("#gs-right .gs-ranked-row", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("#gs-right .gs-ranked").count() == 1
    assert page.locator(".gs-chip").count() == 3
