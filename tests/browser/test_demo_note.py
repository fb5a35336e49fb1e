"""On screen, on a phone and on paper the map says where it comes from."""

from pathlib import Path

import pytest

from tests.browser.conftest import MAPPING, Open, serving, until, write_town

PARTS = {
    "zh": ["演示数据 · 边界为虚构", "手绘", "审图号：湘S(2026)001号"],
    "en": ["Demo data, invented borders", "drawn by hand", "map review no. 湘S(2026)001号"],
}


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town as a demo, with a review number."""
    from geo.jobs.run import run_build, run_import  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("demo")
    mapping = write_town(folder / "data")
    mapping.write_text(f'demo = true\nmap_review_number = "湘S(2026)001号"\n{MAPPING}', encoding="utf-8")
    run_import(folder / "home", mapping, folder / "data")
    run_build(folder / "home")
    return folder / "home"


@pytest.mark.parametrize("desk", ["coverage", "hotspots"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_desk_carries_the_note_on_screen_and_on_paper(
    open_page: Open, demo_home: Path, desk: str, lang: str
) -> None:
    with serving(demo_home, "leader") as service:
        page = open_page(service, f"/{desk}?lang={lang}")
        for part in PARTS[lang]:
            assert part in page.inner_text(".gs-attribution")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.is_visible(".gs-attribution")
        assert page.is_visible("#gs-right h2")
        for pointers_only in (".gs-search", ".gs-tabs", ".gs-zoom"):
            assert not page.is_visible(pointers_only)
        assert float(page.evaluate("getComputedStyle(document.getElementById('gs-app')).zoom")) < 1


def test_a_phone_shows_the_note(open_page: Open, demo_home: Path) -> None:
    with serving(demo_home, "leader") as service:
        page = open_page(service, "/coverage?lang=zh", width=390, height=844)
        until(page, "document.querySelector('.gs-attribution').getBoundingClientRect().width > 100")
        assert PARTS["zh"][0] in page.inner_text(".gs-attribution")
