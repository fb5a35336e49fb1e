"""The intake desk where two things happen at once, and where one is left for another."""

from pathlib import Path
from typing import Any

import pytest

from geo.jobs.mappings import save_tables, saved_table, single_mapping
from tests.browser.conftest import SOUTH, STEP, WEST, Service, at_rest, until

pytestmark = pytest.mark.browser

Editors = tuple[Service, str, Path]


class Gate:
    """Holds back what is asked of a route until it is opened."""

    def __init__(self) -> None:
        self.held: list[Any] = []
        self._is_open = False

    def take(self, route: Any) -> None:
        if self._is_open or route.request.method != "GET":
            route.continue_()
        else:
            self.held.append(route)

    def wait(self, page: Any) -> None:
        """Until something was asked."""
        until(page, lambda: self.held)

    def open(self) -> None:
        self._is_open = True
        for route in self.held:
            route.continue_()


def write_gates(file: Path, *ids: str) -> Path:
    rows = [f"{id},{WEST + STEP / 2},{SOUTH + STEP / 2},2025-03-01 13:30" for id in ids]
    file.write_text("\n".join(["event_id,lon,lat,reported_at", *rows]) + "\n", encoding="utf-8")
    return file


def send(page: Any, file: Path) -> None:
    page.set_input_files("#in-file", str(file))
    page.wait_for_selector(f".in-file-row:has-text('{file.name}')")
    page.wait_for_selector(".in-columns")
    page.click("[data-datum=wgs84]")
    until(page, "!document.querySelector('[data-focus=start]').disabled")


def test_a_map_desk_leads_there_with_language_and_theme_alone(desk: Any, editors: Editors) -> None:
    desk.goto(f"{editors[0].url}/coverage?place=town:E&lang=en&theme=dark")
    desk.wait_for_selector("#gs-right h2")
    until(desk, "window.location.search.includes('z=')")
    desk.click("#gs-tabs [data-desk=intake]")
    desk.wait_for_selector(".in-drop")
    assert desk.inner_text(".gs-banners") == ""
    until(desk, "document.documentElement.lang === 'en' && document.documentElement.dataset.theme === 'dark'")


def test_a_banner_that_was_closed_stays_closed_and_the_way_back_keeps_the_language(desk: Any, editors: Editors) -> None:
    desk.goto(f"{editors[0].url}/intake?colour=red")
    desk.wait_for_selector(".in-drop")
    until(desk, "document.querySelector('.gs-banners').innerText.includes('colour')")
    desk.click(".gs-banners .gs-icon-button")
    desk.click("[data-tab=boundaries]")
    desk.wait_for_selector(".in-fault")
    assert desk.inner_text(".gs-banners") == ""
    until(desk, "document.querySelector('#in-legend').innerText.includes('重叠')")
    desk.click('.gs-lang[lang="en"]')
    until(desk, "document.querySelector('#in-legend').innerText.includes('overlap')")
    desk.click("[data-tab=history]")
    desk.go_back()
    desk.wait_for_selector("[data-tab=boundaries][aria-current=page]")
    desk.go_back()
    desk.wait_for_selector("[data-tab=import][aria-current=page]")
    until(desk, "document.documentElement.lang === 'en'")


def test_another_file_may_be_chosen_while_an_import_runs(desk: Any, tmp_path: Path) -> None:
    gate = Gate()
    desk.route("**/api/jobs/*", gate.take)
    send(desk, write_gates(tmp_path / "first.csv", "1"))
    desk.click("[data-focus=start]")
    gate.wait(desk)
    send(desk, write_gates(tmp_path / "second.csv", "1", "2"))
    with desk.expect_response("**/api/jobs/*"):
        gate.open()
    desk.wait_for_timeout(300)
    assert desk.inner_text("#gs-toast") == ""
    assert desk.inner_text(".in-jobs") == ""
    desk.click("[data-focus=start]")
    desk.wait_for_selector(".in-outcome", timeout=60_000)
    until(desk, "document.querySelector('.in-outcome').innerText.includes('+2')")


def test_what_the_desk_does_not_ask_for_stays_in_a_saved_mapping(desk: Any, editors: Editors, tmp_path: Path) -> None:
    saved = {
        "table": "incidents",
        "source": "gates",
        "file": "gates.csv",
        "crs": "EPSG:4326",
        "x": "lon",
        "y": "lat",
        "columns": {"source_id": "event_id", "reported_at": {"column": "reported_at", "format": "%Y-%m-%d %H:%M"}},
        "timezone": "Asia/Urumqi",
        "duplicates": "newest",
        "repair": True,
    }
    save_tables(editors[2], single_mapping(saved))
    before = saved_table(editors[2], "gates")
    desk.set_input_files("#in-file", str(write_gates(tmp_path / "gates.csv", "1", "1")))
    desk.wait_for_selector("[data-focus=anew]")
    until(desk, "!document.querySelector('[data-focus=start]').disabled")
    desk.click("[data-focus=start]")
    desk.wait_for_selector(".in-outcome", timeout=60_000)
    kept = saved_table(editors[2], "gates")
    for name in ("timezone", "duplicates", "repair", "columns"):
        assert getattr(kept, name) == getattr(before, name)


def test_looks_at_the_jobs_do_not_ask_for_the_imports_again(desk: Any) -> None:
    asked: list[str] = []
    desk.on("request", lambda one: asked.append(one.url.split("/api/")[-1].split("?")[0]))
    desk.click("[data-tab=history]")
    desk.wait_for_selector(".in-table tbody tr")
    until(desk, lambda: asked.count("jobs") >= 3)
    assert asked.count("imports") == 1
    desk.click("[data-tab=refusals]")
    desk.wait_for_selector(".in-filters")
    assert asked.count("refusals") == 1


def test_a_live_change_draws_anew_what_may_differ_and_opens_no_card(desk: Any, editors: Editors) -> None:
    desk.goto(f"{editors[0].url}/coverage?lang=en&place=grid:W00&z=16&c=109.50500,28.30500")
    desk.wait_for_selector("#gs-right h2")
    at_rest(desk)
    box = desk.locator("#gs-map").bounding_box()
    desk.mouse.click(box["x"] + box["width"] / 2 + 30, box["y"] + box["height"] / 2 + 10)
    desk.wait_for_selector(".gs-seen-row")
    desk.click(".gs-seen-row")
    desk.wait_for_selector("[data-focus=camera-back]")
    at_rest(desk, "cameras", "sectors")

    gate, tiles = Gate(), list[str]()
    desk.route("**/api/cameras/*", gate.take)
    desk.on("request", lambda one: "/tiles/" in one.url and tiles.append(one.url.split("/tiles/")[1].split("/")[0]))
    desk.evaluate(
        "fetch('/api/cameras/cameras:W00', { method: 'PATCH',"
        " body: JSON.stringify({ values: { height_m: 9 }, reason: 'seen' }),"
        " headers: { 'X-Gridscope': '1', 'If-Match': '*', 'Content-Type': 'application/json' } })"
    )
    gate.wait(desk)
    desk.click("[data-focus=camera-back]")
    with desk.expect_response("**/api/cameras/*"):
        gate.open()
    until(desk, lambda: len(set(tiles)) > 1)
    at_rest(desk)
    assert desk.locator("[data-focus=camera-back]").count() == 0
    assert set(tiles) == {"cameras", "sectors"}
