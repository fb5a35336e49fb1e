"""What-if mode as a planner meets it, over the tiny city: one road, cameras of 50 m round about."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Service, at_rest, serving, until
from tests.tiny_city import lonlat

pytestmark = pytest.mark.browser

#: In A-1, 150 m east of the cameras, on the road.
LON, LAT = lonlat(400, 250)
NEAR = f"z=17&c={LON:.5f},{LAT:.5f}&measure=roads"
ROWS = "document.querySelectorAll('.wi-row').length"
#: The whole answer of the service is shown, not a figure in passing.
AT_REST = "document.querySelector('#wi-checks') && !document.querySelector('.is-late')"


@pytest.fixture(scope="module")
def planned(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("whatif") / "home"
    shutil.copytree(tiny_home, home)
    with serving(home, "planner") as service:
        yield service


def entered(open_page: Open, service: Service, query: str = "lang=en") -> Any:
    page = open_page(service, f"/coverage?{NEAR}&{query}")
    until(page, "document.documentElement.dataset.ready === 'map'")
    page.keyboard.press("w")
    page.wait_for_selector(".wi-tools .wi-tool")
    until(page, "window.location.search.includes('scn=draft')")
    return page


def middle(page: Any) -> tuple[float, float]:
    box = page.locator("#gs-map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def add(page: Any, *, east_px: int = 0, south_px: int = 0) -> None:
    before = page.evaluate(ROWS)
    x, y = middle(page)
    page.mouse.click(x + east_px, y + south_px)
    until(page, f"{ROWS} === {before + 1}")


def draft(page: Any) -> list[dict[str, Any]]:
    """The edits that the browser keeps."""
    script = "() => { for (const k in localStorage) if (k.startsWith('gridscope.whatif')) return localStorage[k]; }"
    held = page.evaluate(f"JSON.parse(({script})() ?? '{{\"edits\": []}}').edits")
    return list(held)


def asked(page: Any, edits: list[dict[str, Any]]) -> Any:
    """The service's whole answer to the very edits."""
    body = {"edits": [{key: edit[key] for key in ("uid", "values")} for edit in edits], "at": 25}
    return page.evaluate(
        "async (body) => (await fetch('/api/whatif', {method: 'POST', body: JSON.stringify(body),"
        " headers: {'Content-Type': 'application/json', 'X-Gridscope': '1'}})).json()",
        body,
    )


def test_headlines_are_those_of_the_whole_answer(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    add(page)
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    until(page, AT_REST)
    (edit,) = draft(page)
    assert (edit["uid"], edit["values"]["azimuth_deg"]) == (None, 90)
    told = asked(page, [edit])
    gained = "document.querySelector('.wi-row .wi-gain')?.textContent"
    until(page, f"{gained} === '+{told['edits'][0]['road_m']:.0f}'")
    (unit,) = (one for one in told["densities"][0]["units"] if one["code"] == "A-1")
    shown = page.locator(".wi-headline").first
    assert shown.locator(".wi-was").inner_text() == f"{100 * unit['was']['road_seen_share']:.1f}"
    assert shown.locator(".wi-now").inner_text() == f"{100 * unit['values']['road_seen_share']:.1f}"
    assert page.inner_text("#gs-right .wi-unit") == "A第1网格"
    assert told["edits"][0]["road_m"] == pytest.approx(85.3 - 3.7, abs=1)  # along the road, less what is under it
    assert page.locator(".wi-carry").count() == 3


def test_keys_turn_widen_take_back_and_do_again(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    page.keyboard.press("Enter")
    until(page, f"{ROWS} === 1")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    assert draft(page)[0]["values"]["azimuth_deg"] == 351
    lens = draft(page)[0]["values"]["hfov_deg"]
    page.keyboard.press(".")
    assert draft(page)[0]["values"]["hfov_deg"] < lens  # farther is narrower
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert (draft(page)[0]["values"]["azimuth_deg"], draft(page)[0]["values"]["hfov_deg"]) == (1, lens)
    page.keyboard.press("Control+Shift+z")
    assert draft(page)[0]["values"]["azimuth_deg"] == 351
    page.keyboard.press("m")
    lon, lat = (draft(page)[0]["values"][name] for name in ("lon", "lat"))
    page.keyboard.press("Shift+ArrowUp")  # ten metres north
    assert draft(page)[0]["values"]["lon"] == lon
    assert draft(page)[0]["values"]["lat"] - lat == pytest.approx(10 / 110_830, rel=1e-3)


def test_a_camera_of_the_register_is_picked_turned_and_switched_off_by_keys(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    until(page, "document.querySelector('#wi-changes')")
    at_rest(page, "cameras")
    page.keyboard.press("c")
    until(page, "document.querySelector('#wi-tip').textContent.includes('O switches it off')")
    first = page.inner_text("#wi-tip b")
    page.keyboard.press("c")
    until(page, f"![undefined, {first!r}].includes(document.querySelector('#wi-tip b')?.textContent)")
    page.keyboard.press("Shift+C")
    until(page, f"document.querySelector('#wi-tip b')?.textContent === {first!r}")
    page.keyboard.press("o")
    until(page, f"{ROWS} === 1")
    (edit,) = draft(page)
    assert (edit["uid"].split(":")[0], edit["values"]) == ("cameras", {"status": "offline"})
    page.keyboard.press("c")  # the one that is changed is the mode's own
    until(page, "document.querySelector('#wi-tip').textContent.includes('O switches it off')")
    page.keyboard.press("m")
    until(page, f"{ROWS} === 2")
    page.keyboard.press("ArrowRight")
    until(page, AT_REST)
    assert set(draft(page)[1]["values"]) == {"lon", "lat"}


def test_keys_open_the_angle_and_the_first_a_places_nothing(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    assert page.evaluate(ROWS) == 0
    page.keyboard.press("a")
    until(page, f"{ROWS} === 1")
    page.keyboard.press(">")
    page.keyboard.press(">")
    page.keyboard.press("<")
    assert draft(page)[0]["values"]["hfov_deg"] == 85  # 84 and one degree
    page.keyboard.press("?")
    assert "Open angle by 1°" in page.inner_text("dialog")


def test_ring_turns_and_a_mark_moves(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    add(page)
    x, y = middle(page)
    metres_px = float(page.evaluate("156543.03392 * Math.cos(28.29 * Math.PI / 180) / 2 ** 17"))
    ring_px = 3840 / (2 * 25 * 0.90040) / metres_px  # tan 42 degrees: 85.3 m
    page.mouse.move(x, y - ring_px)
    page.mouse.down()
    page.mouse.move(x + 40, y - 40, steps=3)
    page.mouse.move(x + ring_px, y, steps=3)
    page.mouse.up()
    until(page, lambda: draft(page)[0]["values"]["azimuth_deg"] == pytest.approx(90, abs=2))
    values = draft(page)[0]["values"]
    assert values["hfov_deg"] == 84  # turned along its ring, the range stays
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 10, steps=4)
    page.mouse.up()
    until(page, lambda: draft(page)[0]["values"]["lon"] > values["lon"])
    assert page.evaluate(ROWS) == 1  # no click of the add tool besides
    page.keyboard.press("Control+z")
    assert draft(page)[0]["values"] == values


def test_switch_off_ticks_and_order(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    add(page)
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("o")
    span_px = (LON - lonlat(250, 250)[0]) / 360 * 256 * 2**17
    x, y = middle(page)
    at_rest(page, "cameras")
    page.mouse.click(x - span_px, y)
    until(page, f"{ROWS} === 2")
    assert draft(page)[1]["uid"].startswith("cameras:c")
    assert draft(page)[1]["values"] == {"status": "offline"}
    gained = "document.querySelector('.wi-together .wi-gain')?.textContent"
    page.locator(".wi-tick").nth(0).uncheck()
    until(page, f"{gained} === '0'")  # another camera on the same spot is online still
    page.locator(".wi-tick").nth(0).check()
    told = asked(page, draft(page))
    assert told["together"]["road_m"] > 0
    until(page, f"{gained} === '+{told['together']['road_m']:.0f}'")
    page.locator(".wi-title").nth(1).focus()
    page.keyboard.press("Alt+ArrowUp")
    until(page, lambda: [edit["uid"] is None for edit in draft(page)] == [False, True])
    page.locator(".wi-title").nth(0).focus()
    page.keyboard.press("Delete")
    until(page, f"{ROWS} === 1")


def test_leaving_keeps_a_draft_and_back_enters_again(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned)
    add(page)
    page.keyboard.press("Escape")
    until(page, "document.querySelector('#gs-toast').textContent.includes('draft')")
    page.wait_for_selector(".wi-tools", state="detached")
    page.wait_for_selector("#gs-measure")
    page.go_back()
    page.wait_for_selector(".wi-row")
    page.go_forward()
    page.wait_for_selector(".wi-tools", state="detached")
    page.keyboard.press("w")
    page.wait_for_selector(".wi-row")


def test_saved_scenario_opens_by_link_and_an_unknown_one_is_named(
    browser: Any, open_page: Open, planned: Service
) -> None:
    page = entered(open_page, planned)
    add(page)
    page.focus(".wi-name")
    page.keyboard.type("Market, ")
    until(page, AT_REST)  # answers come while somebody types
    page.keyboard.type("option B")
    page.click('[data-focus="wi-save"]')
    until(page, "!window.location.search.includes('scn=draft')")
    until(page, "document.querySelector('.wi-saved').textContent.startsWith('Saved')")
    link = page.evaluate("location.pathname + location.search")
    other = browser.new_context().new_page()
    other.goto(planned.url + link)
    other.wait_for_selector(".wi-row")
    until(other, "document.querySelector('.wi-name').value === 'Market, option B'")
    until(other, "document.querySelector('.wi-saved').textContent.includes('Saved')")
    other.context.close()
    unknown = open_page(planned, f"/coverage?{NEAR}&lang=en&scn=nosuchscenario")
    until(unknown, "document.querySelector('#gs-banners').textContent.includes('scn')")
    assert unknown.locator(".wi-tools").count() == 0


def test_compared_with_today_on_two_maps(open_page: Open, planned: Service) -> None:
    page = entered(open_page, planned, "lang=zh")
    add(page)
    page.click('[data-focus="segment-side_by_side"]')
    page.wait_for_selector(".wi-twin .leaflet-tile")
    maps = ("#gs-map .leaflet-container:not(.wi-twin)", ".wi-twin")

    def widths() -> list[float]:
        return [page.locator(name).bounding_box()["width"] for name in maps]

    until(page, lambda: widths()[0] == pytest.approx(widths()[1], abs=2))
    scales = page.locator("#gs-map .gs-scale-text")
    until(page, lambda: scales.count() == 2 and len(set(scales.all_inner_texts())) == 1)
    until(page, "document.querySelector('#gs-left').innerText.includes('左为现状，右为方案')")
    other = open_page(planned, page.evaluate("location.pathname + location.search"))
    other.wait_for_selector(".wi-twin .leaflet-tile")
    page.go_back()
    page.wait_for_selector(".wi-twin", state="detached")
    page.click('[data-focus="segment-today"]')
    until(page, "window.location.search.includes('cmp=today')")
    until(page, "document.querySelector('#gs-left').innerText.includes('假设方案')")
    assert "whatif." not in page.inner_text("#gs-left") + page.inner_text("#gs-right")


def test_only_who_may_plan_enters(open_page: Open, leader: Service, planned: Service) -> None:
    page = open_page(leader, "/coverage?lang=en&scn=draft")
    until(page, "document.querySelector('#gs-banners').textContent.includes('scn')")
    page.keyboard.press("w")
    assert page.locator(".wi-tools").count() == 0
    phone = open_page(planned, f"/coverage?{NEAR}&lang=en&scn=draft", width=390, height=844)
    phone.wait_for_selector(".wi-tools .wi-tool")
    heights = "[...document.querySelectorAll('.wi-tool')].map((tool) => tool.getBoundingClientRect().height)"
    assert all(height >= 44 for height in phone.evaluate(heights) if height)
    phone.click(".wi-open")
    phone.wait_for_selector("#gs-app.is-left-sheet #wi-changes")
