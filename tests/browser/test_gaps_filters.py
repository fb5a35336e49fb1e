"""The analyst's filters, choice of several gaps, comparison, options and files, in both languages."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser.conftest import Open, Service, serving, until
from tests.browser.test_gaps_desk import number_in, open_gaps

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def analyst(road_town: Path) -> Iterator[Service]:
    with serving(road_town, "analyst") as service:
        yield service


def n_rows(page: Any) -> int:
    return int(page.get_attribute(".gs-ranked", "aria-rowcount")) - 1


def asked(page: Any, address: str) -> Any:
    return page.evaluate("(address) => fetch(address).then((answer) => answer.json())", address)


def sum_m(page: Any) -> float:
    """The sum of unseen road over the table, metres."""
    note = page.inner_text(".gs-tablebar-note")
    return number_in(note) * (1000 if "km" in note else 1)


def incidents(page: Any) -> pd.DataFrame:
    """The incidents at gaps as the service tells them."""
    told = asked(page, "/api/gaps/incidents?level=grid")
    frame = pd.DataFrame(told["columns"])
    return frame.assign(kind=[told["words"]["category"][word] for word in frame["category"]])


def test_filters_of_incidents_keep_the_gaps_where_they_lie(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=en&level=grid&rows=gaps")
    page.wait_for_selector("#gs-hours")
    told = incidents(page)
    noise = told[told["kind"] == "noise"]
    page.click('[data-focus="cat-noise"]')
    until(page, "window.location.search.includes('cat=noise')")
    assert n_rows(page) == noise["unit"].nunique()
    assert f"{len(noise)} incidents kept" in page.inner_text(".gs-tablebar-note")
    shares = [number_in(text) for text in page.locator("#gs-category .gs-bar-figure").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=1)  # under all other filters: both kinds
    page.focus('[data-focus="months-low"]')
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    until(page, "window.location.search.includes('period=2025-07-01')")
    late = noise[noise["month"] >= 6]
    assert n_rows(page) == late["unit"].nunique()
    page.focus('[data-focus="cells"]')
    page.keyboard.press("Home")
    page.keyboard.press("Enter")  # Monday, 0 h: nobody reported then
    page.wait_for_selector(".gs-ranked-none:not([hidden])")
    assert page.locator(".gs-filterchip").count() == 3
    page.click('[data-focus="widen"]')
    until(page, "!/period|cat|hours/.test(window.location.search)")
    assert n_rows(page) == 36


def test_parents_are_the_sums_of_the_gaps_that_filters_keep(open_page: Open, analyst: Service) -> None:
    """Towns drawn, gaps listed: what the tips say of both towns is what the table sums."""
    page = open_gaps(open_page, analyst, "?lang=en&level=town&rows=gaps&length=600-")
    assert n_rows(page) < 36
    table = sum_m(page)
    page.click('[data-focus="segment-units"]')
    until(page, "window.location.search.includes('rows=units')")
    page.goto(page.url.replace("&length=600-", "").replace("rows=units", "rows=gaps"))
    page.wait_for_selector(".gs-ranked-row")
    whole = sum_m(page)
    gaps = asked(page, "/api/gaps?level=grid")["columns"]["road_unseen_m"]
    assert whole == pytest.approx(sum(gaps), abs=60)
    assert table == pytest.approx(sum(m for m in gaps if m >= 600), abs=60)


def test_headings_filter_and_are_named(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=zh&level=grid")
    page.focus('[data-focus="where-unit"]')
    page.keyboard.press("Enter")
    page.fill(".gs-popover input", "西镇")
    page.keyboard.press("Enter")
    until(page, "decodeURIComponent(window.location.search).includes('where=name:西镇')")
    assert n_rows(page) == 18
    assert "名称：西镇" in page.inner_text(".gs-filterchips")
    page.reload()
    page.wait_for_selector(".gs-ranked-row")
    assert n_rows(page) == 18


def test_several_are_chosen_by_click_and_by_lasso(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    page.click('.gs-ranked-row[data-at="0"]')
    until(page, "window.location.search.includes('sel=grid:')")
    page.click('.gs-ranked-row[data-at="2"]', modifiers=["Shift"])
    until(page, "window.location.search.includes('~')")
    assert page.inner_text(".gs-tablebar h2") == "2 chosen"
    page.reload()
    page.wait_for_selector(".gs-ranked-row.is-on")
    assert page.locator(".gs-ranked-row.is-on").count() == 2
    page.focus(".gs-ranked")
    page.keyboard.press("l")
    box = page.locator("#gs-map").bounding_box()
    corners = [(4, 60), (box["width"] - 4, 60), (box["width"] - 4, box["height"] - 4), (4, box["height"] - 4)]
    page.mouse.move(box["x"] + corners[0][0], box["y"] + corners[0][1])
    page.mouse.down()
    for x, y in corners[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()
    until(page, "(window.location.search.match(/~/g) ?? []).length > 20")
    assert page.locator(".gs-lasso").count() == 0
    page.click('[data-focus="unchoose"]')
    until(page, "!window.location.search.includes('sel=')")


def test_what_is_exported_is_what_is_seen(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=en&level=grid&length=600-&where=name:3")
    shown = n_rows(page)
    page.click('[data-focus="gaps-export"]')
    panel = page.inner_text(".gs-popover")
    assert f"Download {shown} rows" in panel
    assert "Name: 3" in panel
    assert re.search(r"Snapshot\s+2 \(", panel)
    page.check('.gs-popover input[value="csv"]')
    with page.expect_download() as download:
        page.click('[data-focus="export-go"]')
    frame = pd.read_csv(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert len(frame) == shown
    assert frame["shown"].is_monotonic_decreasing
    first = page.locator(".gs-ranked-row").first.locator(".gs-ranked-text").nth(2).inner_text()
    assert number_in(first) == pytest.approx(frame["shown"].iloc[0], abs=0.5)


def test_two_densities_and_two_months_are_compared(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=en&level=grid")
    page.click('[data-focus="segment-diff"]')
    until(page, "window.location.search.includes('cmp=diff@month:2025-11')")
    page.wait_for_selector(".gs-difference")
    counts = [number_in(text) for text in page.locator(".gs-difference-cell b").all_inner_texts()]
    foot = page.inner_text("#gs-gap-legend .gs-legend-foot")
    assert "within the interval" in foot
    assert sum(counts) + sum(map(int, re.findall(r"\d+", foot))) == 36
    assert sum(counts[4:]) == 0  # half of the cameras were there a month ago: nothing is seen less today
    assert sum(counts[:3]) > 0
    page.click('[data-focus="segment-side"]')
    page.wait_for_selector(".wi-twin")
    assert page.locator(".wi-side").all_inner_texts() == ["2025-11", "today"]
    widths = [
        page.locator(node).bounding_box()["width"]
        for node in (".wi-twin", "#gs-map > .leaflet-container:not(.wi-twin)")
    ]
    assert widths[0] == pytest.approx(widths[1], abs=1)
    box = page.locator(".wi-twin").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 200)
    page.mouse.move(box["x"] + 160, box["y"] + 210)
    page.wait_for_selector("#gs-map > .leaflet-container:not(.wi-twin) .gs-twin-cursor:not([hidden])")
    page.click('[data-focus="segment-single"]')
    until(page, "!window.location.search.includes('cmp=')")
    assert page.locator(".wi-twin").count() == 0


@pytest.mark.slow
def test_what_closes_a_gap_opens_in_what_if(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=zh&level=grid")
    page.click('.gs-ranked-row[data-at="0"]')
    page.wait_for_selector('[data-focus="close-0"]')
    card = page.inner_text("#gs-right")
    assert "盲区 1" in card
    assert "已证上界" in card
    page.click('[data-focus="close-0"]')
    page.wait_for_url(re.compile(r"/coverage\?.*scn=draft"))
    page.wait_for_selector(".wi-row")
    assert page.locator(".wi-row").count() == 1


def test_the_figure_of_a_row_has_its_evidence(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    page.hover('.gs-ranked-row[data-at="1"] [data-figure]')
    page.keyboard.press("e")
    page.wait_for_selector("#gs-drawer:not([hidden])")
    assert "Unseen road" in page.inner_text("#gs-drawer")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.wait_for_selector(".gs-dialog table")
    assert page.locator(".gs-dialog tbody tr").count() == 36


def test_planners_get_no_filter_of_incidents_and_no_file(open_page: Open, planner: Service) -> None:
    page = open_gaps(open_page, planner, "?lang=en&level=grid&cat=noise")
    assert page.locator("#gs-category, #gs-months, [data-focus='gaps-export']").count() == 0
    assert page.locator(".gs-filterchip").count() == 0
