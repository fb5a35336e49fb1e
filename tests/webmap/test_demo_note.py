"""Pages and downloads of a demo say that they are one; those of a real home do not."""

from dataclasses import replace

import pytest

from geo.schema import DEMO_NOTE
from tests.webmap.fake_desk import FakeDesk, HomeClient
from webmap.i18n import load_messages
from webmap.maps.layers import UnitTiles

BROWSER = {"Accept": "text/html"}


def real(desk: FakeDesk) -> None:
    desk.current = replace(desk.current, home=replace(desk.current.home, demo=False, attribution_zh="测绘院"))


def test_the_pages_words_are_those_of_the_files() -> None:
    assert load_messages()["map.demo"] == DEMO_NOTE


@pytest.mark.parametrize("path", ["/login", "/nowhere"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_small_pages_carry_the_note(client: HomeClient, desk: FakeDesk, path: str, lang: str) -> None:
    assert DEMO_NOTE.text(lang) in client.get(f"{path}?lang={lang}", headers=BROWSER).text
    real(desk)
    assert DEMO_NOTE.text(lang) not in client.get(f"{path}?lang={lang}", headers=BROWSER).text


def test_a_download_is_named_a_demo(client: HomeClient, desk: FakeDesk) -> None:
    name = client.get("/exports/units.csv").headers["Content-Disposition"]
    assert 'filename="gridscope-demo-units-318.csv"' in name
    real(desk)
    assert 'filename="gridscope-units-318.csv"' in client.get("/exports/units.csv").headers["Content-Disposition"]


def test_a_notebook_layer_carries_the_homes_credit(desk: FakeDesk) -> None:
    assert f'"credit":"{DEMO_NOTE.zh}"' in UnitTiles(desk, "grid", [None, None]).facts  # type: ignore[arg-type]
    real(desk)
    assert '"credit":"测绘院"' in UnitTiles(desk, "grid", [None, None]).facts  # type: ignore[arg-type]
