"""What is seen while an answer is long in coming, fails, is out of reach, or is of an old build."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Open, Service, serving, until

pytestmark = pytest.mark.browser

SHOWN = "!document.querySelector('#gs-working').hidden"


#: Again and again: the most milliseconds that the answer may have been out, and whether the line is shown.
LOOKS = """async () => {
    const looks = [];
    const began = performance.now();
    while (performance.now() < began + 800) {
        await new Promise((done) => setTimeout(done, 50));
        looks.push([performance.now() - window.askedAt, !document.querySelector('#gs-working').hidden]);
    }
    return looks;
}"""


def hold_back(page: Any, pattern: str, seconds: float | None) -> list[Any]:
    """Let no answer of `pattern` come; the service says that such answers take `seconds`."""
    held: list[Any] = []

    def keep(route: Any) -> None:
        held.append(route)

    page.route(pattern, keep)
    told = json.dumps({"path": "", "seconds": seconds})
    page.route("**/api/estimate?*", lambda route: route.fulfill(content_type="application/json", body=told))
    return held


def test_long_answer_tells_what_is_left_and_can_be_given_up(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=en&level=grid&measure=gi")
    methods = page.inner_text("#gs-methods")
    held = hold_back(page, "**/api/hotspots?*", 600.0)
    page.select_option('[data-focus="filter-cat"]', "noise")
    until(page, SHOWN)
    until(page, "/5\\d\\d s left/.test(document.querySelector('#gs-working').textContent)")
    assert len(held) == 1
    assert page.get_attribute("#gs-map", "aria-busy") == "true"
    assert page.inner_text("#gs-methods") == methods  # the old picture stays
    page.click('[data-focus="working-cancel"]')
    until(page, "document.querySelector('#gs-toast').textContent.includes('Given up')")
    until(page, "!location.search.includes('cat=')")
    until(page, "document.querySelector('#gs-working').hidden")
    assert page.locator("#gs-right .gs-fault").count() == 0


def test_answer_of_a_second_shows_nothing(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/hotspots?lang=zh&level=grid")
    hold_back(page, "**/api/hotspots?*", 60.0)
    page.evaluate("window.askedAt = performance.now()")
    page.select_option('[data-focus="filter-cat"]', "noise")
    assert not any(is_shown for asked_ms, is_shown in page.evaluate(LOOKS) if asked_ms < 1000)


def test_error_stands_in_the_place_of_the_figures_and_the_rest_lives_on(open_page: Open, planner: Service) -> None:
    page = open_page(planner, "/coverage?lang=en&measure=area")
    body = '{"error": {"en": "broken", "zh": "坏了", "id": "ab12"}}'
    page.route("**/api/units/**", lambda route: route.fulfill(status=500, content_type="application/json", body=body))
    page.click(".gs-segmented button >> nth=1")
    until(page, "document.querySelector('#gs-right .gs-fault')")
    text = page.inner_text("#gs-right .gs-fault")
    assert "broken" in text
    assert "Nothing was lost" in text
    assert "ab12" in text
    assert page.locator("#gs-legend .gs-class").count() == 5
    page.unroute("**/api/units/**")
    page.click("#gs-right .gs-fault button")
    until(page, "document.querySelector('#gs-right .gs-card-head')")


@pytest.mark.slow
def test_failed_build_turns_the_time_of_the_data_into_a_warning(
    open_page: Open, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo.errors import Words  # noqa: PLC0415
    from geo.records import Records  # noqa: PLC0415

    monkeypatch.setattr("geo.desk.live.LOOK_EVERY_S", 0.0)
    own = tmp_path / "home"
    shutil.copytree(home, own)
    with serving(own, "leader") as service:
        page = open_page(service, "/coverage?lang=zh")
        assert page.locator(".gs-datatime.is-stale").count() == 0
        with Records.open(own) as records:
            records.add_job("build", {"as_of": None}, "me")
            job = records.lease_job("w", 60)
            assert job is not None
            records.fail_job(job.id, "w", Words("no", "不行"))
        until(page, "document.querySelector('.gs-datatime.is-stale')")
        assert "数据截至" in page.inner_text(".gs-datatime")
        assert "昨夜构建未通过" in page.inner_text("#gs-banners")
        page.click("#gs-banners .gs-icon-button")
        page.reload()
        until(page, "document.querySelector('.gs-datatime.is-stale')")
        assert page.inner_text("#gs-banners") == ""  # once per session


@pytest.mark.slow
def test_home_without_cameras_says_what_to_do(open_page: Open, tmp_path: Path) -> None:
    from geo.jobs.run import run_build, run_import  # noqa: PLC0415
    from tests.browser.conftest import write_town  # noqa: PLC0415

    mapping = write_town(tmp_path / "data")
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text[: text.index("[[table]]")], encoding="utf-8")
    run_import(tmp_path / "home", mapping, tmp_path / "data")
    run_build(tmp_path / "home")
    with serving(tmp_path / "home", "planner") as service:
        page = open_page(service, "/coverage?lang=en")
        page.wait_for_selector("#gs-empty")
        assert "No cameras yet" in page.inner_text("#gs-empty")
        page.click('[data-focus="empty-demo"]')
        page.wait_for_selector(".gs-dialog")
        assert "gridscope demo" in page.inner_text(".gs-dialog")
    with serving(tmp_path / "home", "editor") as service:
        page = open_page(service, "/coverage?lang=zh")
        page.wait_for_selector("#gs-empty")
        assert page.get_attribute("#gs-empty a", "href") == "/intake"
