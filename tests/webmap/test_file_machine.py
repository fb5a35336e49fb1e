"""The machine that answers in a file against the desk that answers in the service: the same, unit by unit."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from geo.desk import Desk
from geo.desk.briefing.figures import pack_figures
from geo.desk.briefing.pack import make_pack
from geo.schema import Role
from tests.webmap.test_crossfilter import NODE, run_js

pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")

ASK = """
const { openPack } = await import(`${SRC}/file/pack.js`);
const { Machine } = await import(`${SRC}/file/machine.js`);
const machine = new Machine(await openPack({ textContent: data.pack }), data.boot);
const tiles = data.tiles.map((path) => Buffer.from(machine.tile(path)).toString("base64"));
const answers = data.asked.map(([path, params]) => machine.answer(path, params, path) ?? null);
console.log(JSON.stringify({ tiles, answers }));
"""
Asked = list[tuple[str, dict[str, Any]]]


def ask_file(desk: Desk, role: Role, asked: Asked, tiles: tuple[str, ...] = ()) -> dict[str, Any]:
    pack = base64.b64encode(make_pack(desk, role)).decode()
    found = run_js(ASK, {"pack": pack, "boot": desk.describe(role=role), "asked": asked, "tiles": tiles})
    assert isinstance(found, dict)
    return found


def as_json(told: Any) -> Any:
    return json.loads(json.dumps(told))


@pytest.fixture(scope="module")
def desk(tiny_home: Path) -> Desk:
    return Desk(tiny_home)


@pytest.fixture(scope="module")
def units(desk: Desk) -> list[tuple[str, str]]:
    levels = [level["name"] for level in desk.describe(role="leader")["levels"]]
    return [(level, code) for level in levels for code in desk.units(level, "leader")["code"]]


@pytest.mark.parametrize("role", ["leader", pytest.param("analyst", marks=pytest.mark.slow)])
def test_cards_are_those_of_the_desk(desk: Desk, units: list[tuple[str, str]], role: Role) -> None:
    found = ask_file(desk, role, [(f"/api/units/{level}/{code}", {"at": 25}) for level, code in units])["answers"]
    for (level, code), card in zip(units, found, strict=True):
        told = as_json(desk.card(level, code, role, 25.0))
        if told["parent"]:
            assert card["parent"] == told["parent"]
        assert {**card, "parent": None} == {**told, "parent": None}


@pytest.mark.slow
@pytest.mark.parametrize("role", ["leader", "analyst"])
def test_evidence_is_that_of_the_desk(desk: Desk, units: list[tuple[str, str]], role: Role) -> None:
    """But for rows, which a file does not hold, and for metres in doubt, which planners are told."""
    figures = [name for name in pack_figures(desk.held(role), role) if not name.endswith((".level", ".code", ".name"))]
    pairs = [(figure, *unit) for figure in figures for unit in units[:: len(units) // 4]]
    asked: Asked = [("/api/evidence", {"figure": f, "level": level, "code": code}) for f, level, code in pairs]
    left_out = dict.fromkeys(("rows", "rows_of", "doubt_road_m"))
    for (figure, level, code), found in zip(pairs, ask_file(desk, role, asked)["answers"], strict=True):
        told = as_json(desk.evidence(figure, level, code, role))
        assert {**found, **left_out} == {**told, **left_out}
        assert found["rows_of"] == (told["rows_of"] if told["rows_need"] else None)


def test_search_finds_what_the_desk_finds_in_its_order(desk: Desk) -> None:
    texts = ["A-1", "a-1", "B", "镇", "格", "P", "wang", "wg", "z", "1", "网格", "nowhere"]
    found = ask_file(desk, "leader", [("/api/search", {"q": text}) for text in texts])["answers"]
    told = [as_json(desk.search(text, "leader")) for text in texts]
    assert found == told
    assert any(told)


def test_metrics_and_tiles_are_those_of_the_desk(desk: Desk) -> None:
    boot = desk.describe(role="leader")
    names = ("coverage", "safeguards", "hotspots", "emerging")
    paths = tuple(path for path in _tile_paths(desk) if "/units-" in path)
    asked: Asked = [(f"/api/metrics/{name}", {"level": "grid"}) for name in names]
    found = ask_file(desk, "leader", asked, paths)
    for name, columns in zip(names, found["answers"], strict=True):
        assert columns == as_json(desk.metrics(name, "grid", "leader"))
    for path, body in zip(paths, found["tiles"], strict=True):
        layer, z, x, y = path.removeprefix("/tiles/").removesuffix(".mvt").split("/")
        assert base64.b64decode(body) == desk.tile(layer, int(z), int(x), int(y), role="leader")
    assert boot["levels"]
    assert paths


def test_gaps_are_those_of_the_desk(desk: Desk) -> None:
    asked: Asked = [("/api/gaps", {"level": level, "figure": "road_m"}) for level in ("grid", "town")]
    told = [as_json(desk.gaps(params["level"], "planner")) for _, params in asked]
    assert ask_file(desk, "planner", asked)["answers"] == told


def test_what_a_file_does_not_know_is_not_answered(desk: Desk) -> None:
    asked: Asked = [
        ("/api/gaps", {"level": "grid"}),
        ("/api/standing?days=2026-01-01%2F2026-01-31", {"days": "2026-01-01/2026-01-31"}),
        ("/api/units/grid/nope", {}),
        ("/api/evidence", {"figure": "cameras.lon", "level": "grid", "code": "A-1"}),
        ("/api/history", {"level": "grid", "code": "A-1"}),
    ]
    assert ask_file(desk, "leader", asked)["answers"] == [None] * 5


def _tile_paths(desk: Desk) -> list[str]:
    from tests.webmap.packed import open_file  # noqa: PLC0415
    from webmap.maps.standalone import render_map  # noqa: PLC0415

    return list(open_file(render_map(desk)).tiles)
