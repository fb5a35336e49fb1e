"""The analyst's filters, choice of several gaps, comparison, options and files, in both languages."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser.conftest import SOUTH, STEP, WEST, Open, Service, at_rest, serving, settled_box, until
from tests.browser.test_gaps_desk import METRES_PER_DEG, number_in, open_gaps

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
    until(page, lambda: n_rows(page) == noise["unit"].nunique())
    until(page, lambda: f"{len(noise)} incidents kept" in page.inner_text(".gs-tablebar-note"))
    shares = [number_in(text) for text in page.locator("#gs-category .gs-bar-figure").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=1)  # under all other filters: both kinds
    page.focus('[data-focus="months-low"]')
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    until(page, "window.location.search.includes('period=2025-07-01')")
    late = noise[noise["month"] >= 6]
    until(page, lambda: n_rows(page) == late["unit"].nunique())
    page.focus('[data-focus="cells"]')
    page.keyboard.press("Home")
    page.keyboard.press("Enter")  # Monday, 0 h: nobody reported then
    page.wait_for_selector(".gs-ranked-none:not([hidden])")
    until(page, "document.querySelectorAll('.gs-filterchip').length === 3")
    page.click('[data-focus="widen"]')
    until(page, "!/period|cat|hours/.test(window.location.search)")
    until(page, lambda: n_rows(page) == 36)


def test_parents_are_the_sums_of_the_gaps_that_filters_keep(open_page: Open, analyst: Service) -> None:
    """Towns drawn, gaps listed: what the tips say of both towns is what the table sums."""
    page = open_gaps(open_page, analyst, "?lang=en&level=town&rows=gaps&length=600-")
    until(page, lambda: n_rows(page) < 36)
    table = sum_m(page)
    page.click('[data-focus="segment-units"]')
    until(page, "window.location.search.includes('rows=units')")
    found = str(page.evaluate("window.location.href"))
    page.goto(found.replace("&length=600-", "").replace("rows=units", "rows=gaps"))
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
    until(page, lambda: n_rows(page) == 18)
    until(page, lambda: "名称：西镇" in page.inner_text(".gs-filterchips"))
    page.reload()
    page.wait_for_selector(".gs-ranked-row")
    until(page, lambda: n_rows(page) == 18)


@pytest.mark.slow
def test_several_are_chosen_by_click_and_by_lasso(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst)
    page.click('.gs-ranked-row[data-at="0"]')
    until(page, "window.location.search.includes('sel=grid:')")
    page.click('.gs-ranked-row[data-at="2"]', modifiers=["Shift"])
    until(page, "window.location.search.includes('~')")
    until(page, lambda: page.inner_text(".gs-tablebar h2") == "2 chosen")
    page.reload()
    until(page, "document.querySelectorAll('.gs-ranked-row.is-on').length === 2")
    at_rest(page)
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
    until(page, "!document.querySelector('.gs-lasso')")
    chosen = page.evaluate("new URLSearchParams(location.search).get('sel')")
    page.click('[data-focus="unchoose"]')
    until(page, "!window.location.search.includes('sel=')")
    page.click('[data-focus="undo"]')
    until(page, f"new URLSearchParams(location.search).get('sel') === {chosen!r}")
    until(page, f"document.querySelector('.gs-tablebar h2').textContent.startsWith('{chosen.count('~') + 1} ')")


JOURNEY = {
    "en": ("Unseen road", "{} incidents kept", "Download {} rows", r"Filters\s+noise, Name: 3", "Why it is not seen"),
    "zh": ("看不到的道路", "筛选内事件 {} 起", "下载 {} 行", r"筛选\s+noise，名称：3", "为什么看不到"),
}


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_from_question_to_file(open_page: Open, analyst: Service, lang: str) -> None:
    """Where is noise reported that no camera sees, in grids with a 3 in their name? The answer, its reasons, a file."""
    figure, kept, go, filters, why = JOURNEY[lang]
    page = open_gaps(open_page, analyst, f"?lang={lang}&level=grid&where=name:3")
    page.wait_for_selector('[data-focus="cat-noise"]')
    assert figure in page.inner_text(".gs-ranked-head")
    page.click('[data-focus="cat-noise"]')
    until(page, "window.location.search.includes('cat=noise')")
    told = incidents(page)
    codes = asked(page, "/api/units?level=grid")["code"]
    wanted = told[(told["kind"] == "noise") & told["unit"].map(lambda unit: "3" in codes[unit])]
    shown = n_rows(page)
    assert shown == wanted["unit"].nunique()
    assert kept.format(len(wanted)) in page.inner_text(".gs-tablebar-note")
    page.click('.gs-ranked-row[data-at="0"]')
    until(page, "document.querySelector('#gs-right .gs-code')?.textContent.startsWith('G-')")
    assert why in page.inner_text("#gs-right")
    page.click('[data-focus="gaps-export"]')
    panel = page.inner_text(".gs-popover")
    assert go.format(shown) in panel
    assert re.search(filters, panel)
    assert re.search(r"\s2 \(", panel)  # the snapshot's number
    page.check('.gs-popover input[value="csv"]')
    with page.expect_download() as download:
        page.click('[data-focus="export-go"]')
    frame = pd.read_csv(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert len(frame) == shown
    assert frame["shown"].is_monotonic_decreasing
    assert frame["n_incidents_kept"].sum() == len(wanted)
    first = page.locator(".gs-ranked-row").first.locator(".gs-ranked-text").nth(2).inner_text()
    assert number_in(first) == pytest.approx(frame["shown"].iloc[0], abs=0.5)


def test_two_densities_and_two_months_are_compared(open_page: Open, analyst: Service) -> None:
    page = open_gaps(open_page, analyst, "?lang=en&level=grid")
    page.click('[data-focus="segment-diff"]')
    until(page, "window.location.search.includes('cmp=diff@month:2025-11')")
    page.wait_for_selector(".gs-difference")
    until(page, lambda: "within the interval" in page.inner_text("#gs-gap-legend .gs-legend-foot"))
    at_rest(page)
    counts = [number_in(text) for text in page.locator(".gs-difference-cell b").all_inner_texts()]
    foot = page.inner_text("#gs-gap-legend .gs-legend-foot")
    assert sum(counts) + sum(map(int, re.findall(r"\d+", foot))) == 36
    assert sum(counts[4:]) == 0  # half of the cameras were there a month ago: nothing is seen less today
    assert sum(counts[:3]) > 0
    page.click('[data-focus="segment-side"]')
    page.wait_for_selector(".wi-twin")
    until(page, lambda: page.locator(".wi-side").all_inner_texts() == ["2025-11", "today"])
    box, other = (settled_box(page, node) for node in (".wi-twin", "#gs-map > .leaflet-container:not(.wi-twin)"))
    assert box["width"] == pytest.approx(other["width"], abs=1)
    page.mouse.move(box["x"] + 150, box["y"] + 200)
    page.mouse.move(box["x"] + 160, box["y"] + 210)
    page.wait_for_selector("#gs-map > .leaflet-container:not(.wi-twin) .gs-twin-cursor:not([hidden])")
    page.click('[data-focus="segment-single"]')
    until(page, "!window.location.search.includes('cmp=')")
    until(page, "!document.querySelector('.wi-twin')")


def counted(page: Any) -> list[float]:
    """The units of each side that the legend counts, those below its classes with them."""
    below = [int(n) for n in re.findall(r"\d+", page.inner_text("#gs-gap-legend .gs-legend-foot"))]
    rows = [[page.inner_text(f'[data-focus="gap-class-{side}-{k}"]') for k in range(3)] for side in (0, 1)]
    return [sum(map(number_in, row)) + less for row, less in zip(rows, (below[0], below[-1]), strict=True)]


def test_both_sides_show_what_filters_keep_and_what_is_chosen(open_page: Open, analyst: Service) -> None:
    """W00 has its camera in both months, E03 since December: in the middle of their road, 200 m to each side."""
    page = open_gaps(open_page, analyst, "?lang=en&level=grid&cmp=side@month:2025-11&sel=grid:E03~W00&where=name:东镇")
    page.wait_for_selector(".gs-legend-sides")
    until(page, lambda: page.inner_text(".gs-tablebar h2") == "2 chosen")
    at_rest(page)
    assert counted(page) == [18, 18]
    grid_m = 0.01 * METRES_PER_DEG
    told = [number_in(m) for m in re.findall(r"[\d,]+\xa0m", page.inner_text(".gs-tablebar-note"))]
    assert told == pytest.approx([2 * grid_m - 800, 2 * grid_m - 400, 2 * grid_m - 800], rel=0.005)
    page.click('[data-focus="filter-clear"]')
    until(page, "!window.location.search.includes('where=')")
    until(page, lambda: counted(page) == [36, 36])
    assert "cmp=side@month:2025-11" in page.url
    assert "sel=grid:E03~W00" in page.url


SCENARIO = """async ({ lon, lat }) => {
    const values = { lon, lat, kind: "dome", sweep_deg: 360, range_m: 200, status: "online" };
    const body = JSON.stringify({ name: "One more", edits: [{ values }], note: "", shared: true });
    const headers = { "Content-Type": "application/json", "X-Gridscope": "1" };
    const answer = await fetch("/api/scenarios", { method: "POST", headers, body });
    return answer.json();
}"""


def test_today_is_compared_with_a_scenario(open_page: Open, analyst: Service) -> None:
    """One camera more in the middle of W01, which has none: 400 m of its road come into view, nothing else changes."""
    page = open_gaps(open_page, analyst)
    made = page.evaluate(SCENARIO, {"lon": round(WEST + 1.5 * STEP, 6), "lat": round(SOUTH + 0.5 * STEP, 6)})
    page = open_gaps(open_page, analyst, f"?lang=en&level=grid&cmp=diff@scn:{made['id']}&sel=grid:W01")
    page.wait_for_selector(".gs-difference")
    counts = [number_in(text) for text in page.locator(".gs-difference-cell b").all_inner_texts()]
    assert sum(counts) == sum(counts[:3]) == 1
    assert number_in(page.inner_text("#gs-gap-legend .gs-legend-foot")) == 35  # within the interval
    until(page, "document.querySelector('[data-focus=\"cmp-pair\"]').textContent.includes('One more')")
    page.click('[data-focus="segment-side"]')
    page.wait_for_selector(".wi-twin")
    assert page.locator(".wi-side").all_inner_texts() == ["today", "Scenario"]
    page.evaluate("(address) => fetch(address, { method: 'DELETE' })", f"/api/scenarios/{made['id']}")


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
    until(page, "document.querySelector('#gs-drawer').innerText.includes('Unseen road')")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    until(page, "document.querySelectorAll('.gs-dialog tbody tr').length === 36")


def test_planners_get_no_filter_of_incidents_and_no_file(open_page: Open, planner: Service) -> None:
    page = open_gaps(open_page, planner, "?lang=en&level=grid&cat=noise")
    assert page.locator("#gs-category, #gs-months, [data-focus='gaps-export']").count() == 0
    assert page.locator(".gs-filterchip").count() == 0
