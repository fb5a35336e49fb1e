"""The map as one file: what it carries, for whom, and that it asks nobody."""

import re
from pathlib import Path

import folium
import pytest

from geo.desk import Desk
from geo.desk.briefing.tiles import fit_zoom, tiles_in
from geo.errors import BadQuery
from geo.schema import Role
from tests.webmap.fake_desk import FakeDesk
from tests.webmap.packed import open_file
from webmap.maps.embed import embed_tiles
from webmap.maps.layers import UnitTiles
from webmap.maps.standalone import render_map, write_map

BOUNDS = [109.7, 28.2, 109.8, 28.3]


def test_file_carries_everything_and_may_ask_nobody(tiny_home: Path, tmp_path: Path) -> None:
    n_bytes = write_map(Desk(tiny_home), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert n_bytes == (tmp_path / "map.html").stat().st_size < 6_000_000
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="', html)
    assert "connect-src 'none'" in html
    nonces = set(re.findall(r'<(?:script|style) nonce="([^"]+)"', html))
    assert len(nonces) == 1
    assert f"script-src 'nonce-{nonces.pop()}'" in html
    assert html.count("</script>") == len(re.findall(r"<script nonce=", html))
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_it_has_the_desks_layers_and_units_of_its_home(tiny_home: Path) -> None:
    found = open_file(render_map(Desk(tiny_home), page="hotspots"))
    assert (found.boot["desk"], found.boot["file_desks"]) == ("hotspots", ["coverage", "safeguards", "hotspots"])
    assert found.boot["snapshot"] == found.document["home"]["snapshot"]
    assert set(found.boot["layers"]) <= set(found.document["zooms"])
    assert len(found.document["units"]["grid"]["code"]) == 8
    zooms = {int(path.split("/")[3]) for path in found.tiles if path.startswith("/tiles/units-grid/")}
    assert max(zooms) == found.document["zooms"]["units-grid"]


@pytest.mark.parametrize(("role", "shown"), [("leader", False), ("planner", True), ("analyst", True)])
def test_role_above_leader_is_printed_on_the_file(tiny_home: Path, role: Role, shown: bool) -> None:
    html = render_map(Desk(tiny_home), role=role, lang="en")
    assert ('<p class="gs-file-note"' in html) == shown
    assert (f"Made for the role: {role.title()}" in html) == shown


def test_tiles_stop_where_the_file_would_grow_too_large() -> None:
    every, deep = embed_tiles(FakeDesk(), "grid", BOUNDS, "leader")  # type: ignore[arg-type]
    few, shallow = embed_tiles(FakeDesk(), "grid", BOUNDS, "leader", max_bytes=100)  # type: ignore[arg-type]
    assert fit_zoom(BOUNDS) <= shallow < deep == fit_zoom(BOUNDS) + 4
    assert set(few) < set(every)


def test_tiles_in_is_the_box_of_tiles() -> None:
    # lon 109.75: (109.75 + 180) / 360 * 16 = 12.878 -> column 12; lat 28.25: row 6 of 16.
    assert list(tiles_in([109.75, 28.25, 109.75, 28.25], 4)) == [(12, 6)]


def test_unit_layer_joins_any_folium_map() -> None:
    page = folium.Map(location=[28.25, 109.75], tiles=None)
    layer = UnitTiles(FakeDesk(), "grid", ["#112233", None])  # type: ignore[arg-type]
    html = page.add_child(layer).get_root().render()
    assert f"{layer.get_name()}.addTo({page.get_name()})" in html
    assert "data:text/javascript;base64," in html
    assert '"fills":["#112233",null]' in html
    with pytest.raises(BadQuery, match="1 fills for 2 units"):
        UnitTiles(FakeDesk(), "grid", [None])  # type: ignore[arg-type]
