"""The hotspots desk as a person meets it."""

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pandas as pd
import pytest

from tests.browser.conftest import Open, Service, at_rest, serving, until

pytestmark = pytest.mark.browser


def test_legend_counts_every_unit_and_says_what_it_rests_on(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid&measure=gi")
    assert sum(int(text) for text in page.locator(".gs-gi-row b").all_inner_texts()) == 36
    methods = page.inner_text("#gs-methods")
    assert "queen contiguity" in methods
    assert "two-sided" in methods


def test_rates_without_times_are_named_absent(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en")
    until(page, "document.querySelectorAll('.gs-top-figure').length === 4")
    assert page.locator(".gs-top-figure.is-absent").count() == 2


def test_density_has_its_own_legend(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en")
    page.click('[data-focus="radio-hot.show-density"]')
    until(page, "document.querySelector('#gs-legend h2').textContent === 'Incidents per km²'")
    until(page, "document.querySelector('#gs-legend').innerText.includes('1,000 m')")


def test_tabs_keep_the_place(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&place=town:W")
    page.click('#gs-tabs [data-desk="coverage"]')
    page.wait_for_url("**/coverage?*place=town:W*")
    until(page, "document.querySelector('#gs-right h2')?.innerText === '西镇'")


def test_emerging_units_are_told_by_glyph_count_and_sentence(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid&measure=gi")
    page.click('[data-focus="radio-hot.show-emerging"]')
    page.wait_for_selector(".gs-matrix")
    counts = page.locator(".gs-matrix .gs-matrix-cell b").all_inner_texts()
    assert len(counts) == 17
    assert sum(map(int, page.locator(".gs-matrix b").all_inner_texts())) == 36
    until(page, "document.querySelector('#gs-methods').innerText.includes('space-time cube')")
    page.keyboard.press("t")
    rows = page.locator("table tbody tr")
    until(page, "document.querySelectorAll('table tbody tr').length > 0")
    assert "months" in rows.first.inner_text()
    page = open_page(leader, "/hotspots?lang=zh&level=grid&measure=emerging")
    assert "新增" in page.inner_text(".gs-matrix")


def test_the_score_of_the_map_stands_beside_plain_counts(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid")
    until(page, "document.querySelector('#gs-right').textContent.includes(\"Was last month's map right?\")")


def test_a_chosen_category_gives_new_classes_and_says_how(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&level=grid&measure=gi")
    page.select_option('[data-focus="filter-cat"]', "noise")
    until(page, "document.querySelector('#gs-methods').textContent.includes('chosen incidents')")
    until(page, "location.search.includes('cat=noise')")
    until(page, "document.querySelector('.gs-follow')?.textContent.includes('of all incidents')")
    page.go_back()
    until(page, "!document.querySelector('#gs-methods').textContent.includes('chosen incidents')")
    until(page, "!document.querySelector('.gs-follow')")


def test_the_score_is_that_of_the_map_shown(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid&measure=gi")
    titles = {"emerging": "This map (emerging)", "density": "This map (density)", "gi": "This map (Gi*)"}
    asked = page.evaluate("fetch('/api/table/scores?level=grid').then((answer) => answer.json())")
    names = [column["column"] for column in asked["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in asked["rows"] if row[names.index("period")] == "all"]
    assert {row["method"] for row in rows} == {"gi_star", "moran", "emerging", "density"}
    told = {row["method"].replace("gi_star", "gi"): row for row in rows}
    for measure in ("emerging", "density"):
        page.click(f'[data-focus^="radio-hot.show-{measure}"]')
        said = told[measure]["verdict_en"] or "Hidden: small count"
        until(page, f"document.querySelector('#gs-right').textContent.includes({said!r})")
        told_title = f"document.querySelector('#gs-right').innerText.includes({titles[measure]!r})"
        until(page, f"{told_title} === {str(told[measure]['pai'] is not None).lower()}")


def test_emerging_units_follow_the_filter_and_the_step(open_page: Open, planner: Service) -> None:
    """The small home's incidents, by weeks; going back brings the months of all incidents back."""
    page = open_page(planner, "/hotspots?lang=en&level=grid&measure=emerging")
    page.select_option('[data-focus="filter-step"]', "week")
    until(page, "document.querySelector('#gs-methods').textContent.includes('weeks')")
    until(page, "location.search.includes('step=week')")
    page.select_option('[data-focus="filter-cat"]', "noise")
    until(page, "document.querySelector('#gs-methods').textContent.includes('only labels are shown')")
    until(page, "location.search.includes('cat=noise')")
    counts = page.locator(".gs-matrix b").all_inner_texts()
    assert sum(map(int, counts)) <= 36
    page.go_back()
    page.go_back()
    until(page, "!document.querySelector('#gs-methods').textContent.includes('weeks')")


WINDOW = "new URLSearchParams(location.search).get('period')"
#: Keeps every window that is shown, and whether months are being played: one goes by sooner than somebody else looks.
WATCH = f"""() => {{
    window.watched = [];
    const look = () => window.watched.push(`${{{WINDOW}}} ${{document.querySelector('.gs-play')?.ariaPressed}}`);
    setInterval(look, 20);
}}"""


def test_months_step_and_play_by_keyboard(open_page: Open, leader: Service) -> None:
    """Whole months are February to November 2025: windows of five, the last one ends in November."""
    page = open_page(leader, "/hotspots?lang=zh&level=grid")
    until(page, "document.querySelector('.gs-months')")
    page.keyboard.press("ArrowLeft")
    until(page, f"{WINDOW} === '2025-06-01/2025-10-31'")
    until(page, "document.querySelector('.gs-top-figure p')?.textContent.includes('10月')")
    assert "2025" in page.inner_text(".gs-months-head b")
    until(page, "document.querySelector('#gs-methods').innerText.includes('5 个月')")
    page.go_back()
    until(page, f"{WINDOW} === null")
    page.evaluate(WATCH)
    page.keyboard.press("Space")
    until(page, "window.watched.includes('2025-02-01/2025-06-30 true')")
    until(page, "window.watched.includes('2025-03-01/2025-07-31 true')")
    page.keyboard.press("Space")
    until(page, "document.querySelector('.gs-play').getAttribute('aria-pressed') === 'false'")
    until(page, "!document.querySelector('#gs-right .is-waiting')")


def test_a_figure_of_the_month_has_its_evidence_and_gives_the_focus_back(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid")
    until(page, "document.querySelectorAll('.gs-parts-name').length === 2")  # the last that is painted
    at_rest(page)
    page.focus("[data-figure='headline.incidents']")
    page.keyboard.press("e")
    until(page, "document.querySelector('#gs-drawer h2')?.textContent === 'Incidents'")
    told = page.inner_text("#gs-drawer")
    assert "October 2025" in told  # the month before, beside November
    assert "2025-11" in told
    behind = page.locator("#gs-drawer .gs-evidence-rows tbody tr")  # two thirds of the year's cases, by month
    assert [row.split("\t")[0] for row in behind.all_inner_texts()] == [f"2025-{month:02d}" for month in range(1, 13)]
    page.keyboard.press("Escape")
    until(page, "document.activeElement.dataset.figure === 'headline.incidents'")


def test_parts_are_ranked_with_what_cannot_be_told_apart(open_page: Open, leader: Service) -> None:
    """West has twenty incidents a grid, East one: two rates that can be told apart, higher first."""
    page = open_page(leader, "/hotspots?lang=en&level=grid")
    until(page, "document.querySelectorAll('.gs-parts-name').length === 2")
    until(page, lambda: page.locator(".gs-parts-name").all_inner_texts() == ["西镇", "东镇"])
    until(page, lambda: "All can be told apart." in page.inner_text(".gs-parts"))
    page.click(".gs-parts-name")
    until(page, "document.querySelector('.gs-hot-card h2')?.textContent === '西镇'")
    until(page, "location.search.includes('sel=town:W')")


@pytest.mark.parametrize("role", ["leader", "planner"])
def test_hidden_parts_cannot_be_worked_back_from_the_whole(request: pytest.FixtureRequest, role: str) -> None:
    """What the page is told: 20 incidents in each grid of the West, one in each of the East, which are all hidden."""
    service: Service = request.getfixturevalue(role)

    def told(question: str) -> dict[str, Any]:
        with urlopen(f"{service.url}/api/{question}") as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    whole, west, east = ({row["code"]: row["n"] for row in told(f"standing{of}")["parts"]["rows"]} for of in PLACES)
    assert whole == {"W": 360, "E": 18}
    assert sum(west.values()) == 360
    assert len(west) == 18
    assert list(east.values()) == [None] * 18
    home, *towns = (told(f"headline{of or '?'}&level=grid")["months"] for of in PLACES)
    for month, *parts in zip(home, *towns, strict=True):
        hidden = [part["n"] for part in parts].count(None)
        assert hidden in (0, 2)
        assert hidden or month["n"] == sum(part["n"] for part in parts)


PLACES = ("", "?within=town:W", "?within=town:E")
CATCH = "window.opened = []; window.open = (address) => { window.opened.push(address); return null; }; null"
WORDS = {
    "en": ("Noise nuisance", "cases", "Cases of 2025-01-05 to 2025-12-05.", "Rows behind it", "month back"),
    "zh": ("噪声扰民", "起", "案件期间：2025-01-05 至 2025-12-05。", "明细", "上一个月"),
}


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_from_a_question_to_paper(open_page: Open, leader: Service, lang: str) -> None:
    """Where is it, since when, how sure is that, and on one sheet: on a phone's width the months are there, too."""
    category, unit, period, behind, back = WORDS[lang]
    page = open_page(leader, f"/hotspots?lang={lang}&level=grid&measure=emerging")
    page.evaluate(CATCH)
    until(page, "document.querySelectorAll('.gs-parts-name').length === 2")
    until(page, lambda: page.locator("[data-focus='filter-cat'] option").all_inner_texts()[1:2] == [category])
    until(page, f"document.querySelector('.gs-months-head').textContent.includes({unit!r})")
    until(page, lambda: period in page.inner_text(".gs-parts"))
    page.click("[data-figure='standing.eb_rate']")
    until(page, f"document.querySelector('#gs-drawer')?.textContent.includes({behind!r})")
    until(page, lambda: page.locator("#gs-drawer .gs-evidence-rows tbody tr").count() == 2)
    page.keyboard.press("Escape")
    page.click('[data-focus="head-print"]')
    until(page, "window.opened.length === 1")
    answer = page.request.get(leader.url + page.evaluate("window.opened[0]"))
    assert answer.body().startswith(b"%PDF-1.")
    page.set_viewport_size({"width": 390, "height": 844})
    until(page, "document.querySelector('.gs-bottom').offsetHeight > 60")
    button = page.locator("[data-focus='months.previous']")
    assert back in button.get_attribute("aria-label").lower()
    button.click()
    until(page, f"{WINDOW} === '2025-06-01/2025-10-31'")


def test_what_filters_keep_is_what_is_downloaded(open_page: Open, home: Path) -> None:
    with serving(home, "analyst") as analyst:
        page = open_page(analyst, "/hotspots?lang=en&level=grid&measure=gi&cat=noise")
        at_rest(page)
        page.click('[data-focus="head-download"]')
        page.click("[role=menuitem]:has-text('Incidents,')")
        until(page, "document.querySelector('.gs-popover')?.textContent.includes('Noise nuisance')")
        page.keyboard.press("Escape")
        page.click('[data-focus="head-download"]')
        page.click("[role=menuitem]:has-text('Hotspots,')")
        until(page, "document.querySelector('[data-focus=export-go]')?.textContent.includes('36 rows')")
        page.check('.gs-popover input[value="csv"]')
        with page.expect_download() as download:
            page.click('[data-focus="export-go"]')
        rows = pd.read_csv(download.value.path())
        chosen, every = (
            page.evaluate(f"fetch('/api/hotspots?level=grid{more}').then((answer) => answer.json())")["units"]
            for more in ("&category=noise", "")
        )
    assert rows["n_incidents"].tolist() == chosen["n_incidents"]
    assert rows["n_incidents"].sum() < sum(every["n_incidents"])
