"""The map itself: it fills its frame, is sharp at every zoom, and is there soon."""

import math
import re
from typing import Any

import pytest

from tests.browser.conftest import SOUTH, STEP, Open, Service, at_rest, until

pytestmark = pytest.mark.browser


def zoom_of(page: Any) -> float:
    found = re.search(r"[?&]z=([0-9.]+)", page.evaluate("window.location.search"))
    assert found
    return float(found.group(1))


def tiles(page: Any) -> list[dict[str, float]]:
    return list(
        page.evaluate(
            "[...document.querySelectorAll('.leaflet-tile')].map(tile => { const box = tile.getBoundingClientRect();"
            " return { left: box.left, top: box.top, width: box.width, painted: tile.width }; })"
        )
    )


def test_fitted_place_fills_the_map(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    until(page, "window.location.search.includes('z=')")
    box = page.locator("#gs-map").bounding_box()
    width_px = 6 * STEP / 360 * 256 * 2 ** zoom_of(page)
    height_px = width_px / math.cos(math.radians(SOUTH + 3 * STEP))
    assert 0.9 < max(width_px / box["width"], height_px / box["height"]) <= 1


@pytest.mark.parametrize("zoom", [13, 13.3, 13.71])
def test_tiles_are_painted_at_their_real_size_on_whole_pixels(open_page: Open, planner: Service, zoom: float) -> None:
    page = open_page(planner, f"/coverage?lang=en&z={zoom}&c=109.53000,28.33000")
    at_rest(page)
    for tile in tiles(page):
        assert tile["width"] == tile["painted"]
        assert abs(tile["left"] - round(tile["left"])) < 0.01
        assert abs(tile["top"] - round(tile["top"])) < 0.01


def test_buttons_step_a_whole_zoom(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&z=13.3&c=109.53000,28.33000")
    at_rest(page)
    before = zoom_of(page)
    page.click(".gs-zoom-button >> nth=0")
    until(page, f"Math.abs(Number(new URLSearchParams(location.search).get('z')) - {before + 1}) < 0.02")


@pytest.mark.parametrize("desk", ["coverage", "hotspots"])
def test_page_says_when_its_units_are_drawn(open_page: Open, planner: Service, desk: str) -> None:
    page = open_page(planner, f"/{desk}?lang=en")
    until(page, "document.documentElement.dataset.ready === 'map'")


def test_first_tiles_and_measures_wait_for_no_answer(browser: Any, planner: Service) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    held: list[Any] = []
    page.route("**/api/**", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no built-in
    with page.expect_request("**/tiles/units-*/**"):
        page.goto(planner.url + "/coverage?lang=en")
    asked = {"units", "metrics/coverage"}
    until(page, lambda: {route.request.url.split("/api/")[1].split("?")[0] for route in held} == asked)
    page.close()


def test_attribution_says_nothing_twice(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    parts = page.inner_text(".gs-attribution").split(" · ")
    assert parts == ["drawn by hand", "snapshot 1"]


def test_page_has_its_own_icon(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en")
    assert str(page.get_attribute('link[rel="icon"]', "href")).startswith("data:image/svg+xml,")


def test_street_view_has_its_own_legend(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&place=grid:W00&z=16&c=109.50500,28.30500")
    until(page, "document.querySelector('#gs-legend h2')?.textContent === 'Street view'")
    page.click(".gs-zoom-button >> nth=1")
    until(page, "Number(new URLSearchParams(location.search).get('z')) < 15.01")
    page.click(".gs-zoom-button >> nth=1")
    until(page, "document.querySelector('#gs-legend h2')?.textContent.startsWith('Incidents seen')")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("desk", ["coverage", "hotspots"])
def test_nothing_is_cut_on_a_low_screen(open_page: Open, planner: Service, desk: str, lang: str) -> None:
    page = open_page(planner, f"/{desk}?lang={lang}", height=625)
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= 1366 && document.documentElement.scrollHeight <= 625")
    cut = page.evaluate(
        "[...document.querySelectorAll('#gs-left h2, #gs-right h2, .gs-radio-label, .gs-headline-label span')]"
        ".filter(node => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline')"
        ".map(node => node.textContent)"
    )
    assert cut == []


def test_many_moves_in_a_row_are_written_and_drawn_once_at_their_end(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage")
    at_rest(page)
    page.wait_for_timeout(400)  # no move is less than that ago
    page.route("**/tiles/**", lambda _: None)  # none comes meanwhile
    told = page.evaluate(
        """() => {
            const write = history.replaceState;
            window.written = [];
            history.replaceState = (...given) => { window.written.push(given[2]); write.apply(history, given); };
            const map = Object.entries(window).find(([name]) => name.startsWith("map_"))[1];
            const context = document.querySelector(".leaflet-gs-labels-pane canvas").getContext("2d");
            const clear = context.clearRect;
            window.cleared = 0;
            context.clearRect = (...given) => { window.cleared += 1; clear.apply(context, given); };
            for (let i = 0; i < 20; i += 1) map.panBy([2, 0], { animate: false });
            return [window.written.length, window.cleared];
        }"""
    )
    assert told == [1, 1]
    until(page, "window.written.length === 2")
    page.wait_for_timeout(400)
    assert page.evaluate("window.written.length") == 2
    assert page.evaluate("window.cleared") <= 3  # the first move, the last, and tiles that are new
    assert page.evaluate("window.written.at(-1).endsWith(location.search)")


def test_a_sheet_without_anything_on_it_is_not_laid_over_the_map(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage")
    until(page, "document.documentElement.dataset.ready === 'map'")
    shown = "[...document.querySelectorAll('canvas.gs-sheet')].filter((canvas) => !canvas.hidden).length"
    until(page, f"{shown} === 1")  # the names
    page = open_page(planner, "/coverage?sel=town:W")
    until(page, f"{shown} === 2")  # and an outline
