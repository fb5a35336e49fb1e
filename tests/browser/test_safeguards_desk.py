"""The safeguards desk as a person meets it: on the guarded city, and on the small town, which knows of no dwellings."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.desk import safeguards
from tests.browser.conftest import Open, Service, at_rest, serving, until
from tests.geo.desk.small_home import publish_home
from tests.tiny_city import lonlat

pytestmark = pytest.mark.browser

ROWS = ".gs-ranked-row"
DESK = "/safeguards?lang=en"


@pytest.fixture(scope="module")
def guarded(guarded_home: Path) -> Iterator[Service]:
    with serving(guarded_home, "analyst") as service:
        yield service


@pytest.fixture(scope="module")
def guarded_leader(guarded_home: Path) -> Iterator[Service]:
    with serving(guarded_home, "leader") as service:
        yield service


def names(page: Any) -> list[str]:
    return [text.split()[1] for text in page.locator(f"{ROWS} .gs-guard-name").all_inner_texts()]


def open_desk(open_page: Open, service: Service, query: str = "", **size: int) -> Any:
    page = open_page(service, DESK + query, **size)
    page.wait_for_selector(ROWS)
    return page


def until_rows(page: Any, n: int) -> None:
    until(page, f"document.querySelector('.gs-ranked').getAttribute('aria-rowcount') === '{n + 1}'")


def test_worst_first_with_interval_and_what_is_not_recorded(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    assert names(page) == ["c2", "c3", "c1", "c4"]
    first = page.locator(ROWS).first.inner_text()
    assert "40" in first
    assert "40–40" in first
    assert "Not recorded" in first
    assert page.locator(".gs-ranked [aria-sort=descending]").inner_text().startswith("Facade in view")
    assert page.locator('#gs-tabs [aria-current="page"]').inner_text() == "Safeguards"


def test_names_that_did_not_come_with_the_figures_are_asked_for_when_shown(
    open_page: Open, guarded_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safeguards, "N_NAMED", 0)
    with serving(guarded_home, "analyst") as service:
        page = open_page(service, f"{DESK}&cam=cameras:c4")
        until(page, "document.querySelectorAll('.gs-guard-name').length === 4")
        until(page, "![...document.querySelectorAll('.gs-guard-name')].some((one) => one.textContent === 'Camera')")
        until(page, lambda: names(page) == ["c2", "c3", "c1", "c4"])
        until(page, "document.querySelectorAll('.gs-ranked-row[aria-selected=true]').length === 1")
        page.close()


def test_filters_narrow_the_rows_and_stand_in_the_address(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    page.click('[data-focus="status-past_retention"]')
    until_rows(page, 1)
    until(page, lambda: names(page) == ["c1"])
    until(page, "window.location.search.includes('status=past_retention')")
    until(page, lambda: "Past retention" in page.inner_text(".gs-filterchips"))
    # The bar of each status counts under all other filters: its own does not take from it.
    page.wait_for_selector('[data-focus="status-unknown"][aria-label="Not recorded 4"]')
    page.go_back()
    until_rows(page, 4)
    page.go_forward()
    until_rows(page, 1)
    page.click('[data-focus="filter-clear"]')
    until_rows(page, 4)
    until(page, "!document.querySelector('.gs-filterchips')")


def test_the_brush_moves_by_keys(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    page.focus('[data-focus="facade-low"]')
    page.keyboard.press("ArrowRight")
    until_rows(page, 2)
    until(page, "window.location.search.includes('facade=2-')")
    page.keyboard.press("Home")
    until_rows(page, 4)
    page.focus('[data-focus="facade-high"]')
    page.keyboard.press("PageDown")
    page.wait_for_selector('[data-focus="facade-high"][aria-valuetext="50 m"]')
    page.keyboard.press("End")
    until(page, "!window.location.search.includes('facade=')")


def test_nothing_left_names_the_filter_that_cut_most(open_page: Open, guarded: Service) -> None:
    page = open_page(guarded, DESK + "&status=past_retention&facade=30-")
    page.wait_for_selector(".gs-ranked-none button")
    assert "Nothing matches" in page.inner_text(".gs-ranked-none")
    assert "Past retention" in page.inner_text(".gs-ranked-none button")
    page.click(".gs-ranked-none button")
    until_rows(page, 2)


def test_a_row_opens_the_camera_with_its_plan_and_the_address_keeps_it(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    page.locator(ROWS).first.click()
    page.wait_for_selector("#gs-right canvas.gs-plan")
    card = page.inner_text("#gs-right")
    assert "机 c2" in card
    assert page.locator("#gs-right .gs-figure").first.inner_text() == "40"
    assert "Suggested mask" in card
    assert "none on record" in card  # a suggestion is never said to be in force
    until(page, f"document.querySelectorAll('{ROWS}[aria-selected=true]').length === 1")
    until(page, "window.location.search.includes('cam=cameras')")
    page.keyboard.press("Escape")
    until(page, "!window.location.search.includes('cam=')")
    until(page, f"!document.querySelector('{ROWS}[aria-selected=true]')")
    page = open_desk(open_page, guarded, "&cam=cameras:c1")
    page.wait_for_selector("#gs-right canvas.gs-plan")
    card = page.inner_text("#gs-right").replace("\n", " ")
    assert "set in part or whole" in card
    assert "Filed 2025-03-14" in card
    assert "Filing number 431-7" in card


def test_a_figure_of_the_camera_opens_its_evidence_and_gets_the_focus_back(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded, "&cam=cameras:c2")
    page.wait_for_selector('#gs-right [data-figure="cameras.facade_62_m"]')
    at_rest(page)
    page.click('#gs-right [data-figure="cameras.facade_62_m"]')
    page.wait_for_selector("#gs-drawer .gs-evidence-value")
    told = page.inner_text("#gs-drawer").replace("\n", " ")
    assert "40 m" in told
    assert "机 c2" in told
    assert "Range 50 m" in told
    page.keyboard.press("Escape")
    until(page, "document.activeElement.dataset.figure === 'cameras.facade_62_m'")


def test_what_lowers_it_opens_in_what_if(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded, "&cam=cameras:c2")
    page.wait_for_selector('[data-focus="whatif"]')
    page.click('[data-focus="whatif"]')
    page.wait_for_selector("#gs-app.is-whatif .wi-row", timeout=60_000)
    until(page, "location.pathname === '/coverage' && location.search.includes('scn=draft')")
    assert page.locator(".wi-row").count() == 1
    until(page, "document.querySelector('#gs-left').innerText.includes('c2')")


def test_the_table_goes_by_keys_and_is_sorted_by_its_headings(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    page.focus(".gs-ranked")
    page.keyboard.press("End")
    page.wait_for_selector(".gs-ranked[aria-activedescendant='gs-row-3']")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(page, "decodeURIComponent(window.location.search).includes('cam=cameras:c3')")
    page.click('[data-focus="sort-alone"]')
    until(page, "window.location.search.includes('sort=alone.high')")
    until(page, "document.querySelector('.gs-ranked [aria-sort=descending]').innerText.startsWith('Only this')")
    page.click('[data-focus="sort-alone"]')
    until(page, "window.location.search.includes('sort=alone.low')")


def test_a_camera_on_the_map_brings_its_row(open_page: Open, guarded: Service) -> None:
    lon, lat = lonlat(1750, 750)
    page = open_desk(open_page, guarded, f"&z=17&c={lon:.5f},{lat:.5f}")
    at_rest(page, "cameras")
    box = page.locator("#gs-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(f"{ROWS}[aria-selected=true]")
    until(page, lambda: page.inner_text(f"{ROWS}[aria-selected=true] .gs-guard-name") == "机 c4")


def test_units_are_ranked_by_the_same_table(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    page.click('[data-focus="segment-grid"]')
    until(page, "window.location.search.includes('of=grid')")
    until_rows(page, 8)
    until(page, lambda: page.locator(f"{ROWS} .gs-guard-name").first.inner_text() == "A第1网格")
    until(page, "!document.querySelector('#gs-overlap')")
    page.locator(ROWS).first.click()
    until(page, "document.querySelector('#gs-right h2').textContent === 'A第1网格'")
    until(page, "document.querySelector('#gs-right').innerText.includes('Past retention')")


def test_export_what_you_see_has_the_rows_of_the_page(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded, "&facade=2-&sort=alone.low")
    page.click('[data-focus="table-export"]')
    assert re.search(r"Rows\s+2\s", page.inner_text(".gs-export-facts"))
    page.check('.gs-popover input[value="csv"]')
    link = page.locator('[data-focus="export-go"]').get_attribute("href")
    body = page.request.get(guarded.url + link, headers={"X-Gridscope": "1"}).body()
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["camera_name"].split()[1] for row in rows] == names(page)
    assert {"facade_62_m", "facade_62_m_low", "seen_3plus_share", "overlaps"} <= rows[0].keys()


def test_columns_go_and_come_back(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded)
    for n in (0, 1):
        page.click('[data-focus="table-columns"]')
        page.click('.gs-menu [role="menuitemcheckbox"]:has-text("Overlaps")')
        until(page, f"document.querySelectorAll('[data-focus=sort-overlaps]').length === {n}")


def test_leaders_see_neither_names_nor_small_counts_nor_files(open_page: Open, guarded_leader: Service) -> None:
    page = open_desk(open_page, guarded_leader)
    text = page.inner_text("#gs-bottom")
    assert "c2" not in text
    assert "<5" in text
    assert page.locator('[data-focus="table-export"]').count() == 0
    page.locator(ROWS).first.click()
    until(page, "document.querySelector('#gs-right h2').textContent === 'Camera'")
    assert page.locator("canvas.gs-plan").count() == 0


def test_a_home_without_dwellings_names_what_is_missing(open_page: Open, planner: Service) -> None:
    page = open_desk(open_page, planner)
    assert page.inner_text('#gs-measure [aria-checked="true"] .gs-radio-label') == "Seen by 3+"
    assert page.locator('#gs-measure [aria-disabled="true"]').count() == 2
    assert page.locator('[data-focus="sort-facade"]').count() == 0
    assert "no buildings loaded" in page.inner_text("#gs-right")


def test_a_home_without_cameras_says_what_to_do(open_page: Open, tmp_path: Path) -> None:
    publish_home(tmp_path, without=("cameras", "coverage", "gaps", "safeguards"))
    with serving(tmp_path, "planner") as service:
        page = open_page(service, DESK)
        page.wait_for_selector(".gs-ranked-none")
        until(page, "document.querySelector('#gs-bottom').innerText.includes('No cameras yet')")
        assert page.locator(".gs-fault").count() == 0
        page.close()


def test_both_languages_have_every_word(open_page: Open, guarded: Service) -> None:
    page = open_desk(open_page, guarded, "&cam=cameras:c2")
    page.wait_for_selector("canvas.gs-plan")
    for lang in ("en", "zh"):
        page.click(f'.gs-lang[lang="{lang}"]')
        until(page, f"document.documentElement.lang.startsWith('{lang}')")
        at_rest(page)
        for part in ("#gs-left", "#gs-bottom", "#gs-right", ".gs-guard-legend"):
            assert not re.search(r"\b[a-z]+\.[a-z_]{3,}\b", page.inner_text(part)), (lang, part)
    until(page, "document.querySelector('#gs-measure h2').innerText === '什么过多'")


def test_the_phone_has_the_rows_in_its_sheet(open_page: Open, guarded: Service) -> None:
    page = open_page(guarded, DESK, width=390, height=844)
    page.wait_for_selector(f"#gs-right {ROWS}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("#gs-bottom").is_hidden()
    page.locator(ROWS).first.click()
    page.wait_for_selector("#gs-right canvas.gs-plan")
    page.click('[data-focus="camera-back"]')
    page.wait_for_selector(f"#gs-right {ROWS}")


def test_broken_filters_are_named_and_the_rest_applies(open_page: Open, guarded: Service) -> None:
    page = open_page(guarded, DESK + "&facade=abc&status=fine&measure=overlaps")
    assert "facade, status" in page.inner_text("#gs-banners")
    assert page.inner_text('#gs-measure [aria-checked="true"] .gs-radio-label') == "Overlaps"
