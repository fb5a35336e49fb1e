"""The hotspots desk as a person meets it."""

import pytest

from tests.browser.conftest import Open, Service, until

pytestmark = pytest.mark.browser


def test_legend_counts_every_unit_and_says_what_it_rests_on(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid")
    assert sum(int(text) for text in page.locator(".gs-gi-row b").all_inner_texts()) == 36
    methods = page.inner_text("#gs-methods")
    assert "queen contiguity" in methods
    assert "two-sided" in methods


def test_rates_without_times_are_named_absent(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en")
    assert page.locator(".gs-top-figure").count() == 4
    assert page.locator(".gs-top-figure.is-absent").count() == 2


def test_density_has_its_own_legend(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en")
    page.click('[data-focus="radio-hot.show-density"]')
    until(page, "document.querySelector('#gs-legend h2').textContent === 'Incidents per km²'")
    assert "1,000 m" in page.inner_text("#gs-legend")


def test_tabs_keep_the_place(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&place=town:W")
    page.click('#gs-tabs [data-desk="coverage"]')
    page.wait_for_url("**/coverage?*place=town:W*")
    page.wait_for_selector("#gs-right h2")
    assert page.inner_text("#gs-right h2") == "西镇"


def test_emerging_units_are_told_by_glyph_count_and_sentence(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid")
    page.click('[data-focus="radio-hot.show-emerging"]')
    page.wait_for_selector(".gs-matrix")
    counts = page.locator(".gs-matrix-cell b").all_inner_texts()
    assert len(counts) == 17
    assert sum(map(int, counts)) == 36
    assert "space-time cube" in page.inner_text("#gs-methods")
    page.keyboard.press("t")
    rows = page.locator("table tbody tr")
    until(page, "document.querySelectorAll('table tbody tr').length > 0")
    assert "months" in rows.first.inner_text()
    page = open_page(leader, "/hotspots?lang=zh&level=grid&measure=emerging")
    assert "新增" in page.inner_text(".gs-matrix")


def test_the_score_of_the_map_stands_beside_plain_counts(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid")
    assert "Was last month's map right?" in page.inner_text("#gs-right")


def test_a_chosen_category_gives_new_classes_and_says_how(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&level=grid")
    page.select_option('[data-focus="filter-cat"]', "noise")
    until(page, "document.querySelector('#gs-methods').textContent.includes('Benjamini-Hochberg')")
    assert "cat=noise" in page.url
    page.go_back()
    until(page, "!document.querySelector('#gs-methods').textContent.includes('Benjamini-Hochberg')")


def test_the_score_is_that_of_the_map_shown(open_page: Open, leader: Service) -> None:
    page = open_page(leader, "/hotspots?lang=en&level=grid")
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
        assert (titles[measure] in page.inner_text("#gs-right")) == (told[measure]["pai"] is not None)


def test_emerging_units_follow_the_filter_and_the_step(open_page: Open, planner: Service) -> None:
    """The small home's incidents, by weeks; going back brings the months of all incidents back."""
    page = open_page(planner, "/hotspots?lang=en&level=grid&measure=emerging")
    page.select_option('[data-focus="filter-step"]', "week")
    until(page, "document.querySelector('#gs-methods').textContent.includes('weeks')")
    assert "step=week" in page.url
    page.select_option('[data-focus="filter-cat"]', "noise")
    until(page, "document.querySelector('#gs-methods').textContent.includes('only labels are shown')")
    assert "cat=noise" in page.url
    counts = page.locator(".gs-matrix b").all_inner_texts()
    assert sum(map(int, counts)) <= 36
    page.go_back()
    page.go_back()
    until(page, "!document.querySelector('#gs-methods').textContent.includes('weeks')")
