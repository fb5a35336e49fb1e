"""Every figure in a file is what the service answers the role it was made for, and nothing else is in it."""

import base64
import shutil
from pathlib import Path
from typing import Any

import pytest

from geo.desk import Desk
from geo.records import Records
from geo.schema import Role
from tests.webmap.fake_desk import HomeClient
from tests.webmap.packed import Opened, open_file
from webmap import Settings, create_app
from webmap.maps.standalone import render_map

Table = dict[str, Any]
ROLES: tuple[Role, ...] = ("leader", "planner", "analyst")
METRICS = ("coverage", "safeguards", "hotspots", "emerging")
FIGURES = ("road_m", "n_places", "n_incidents", "residents", "gap_m2")
PARTS = {
    "home",
    "at",
    "units",
    "tables",
    "gaps",
    "months",
    "left_out",
    "missing",
    "less_is_better",
    "figures",
    "period",
}


class Service:
    """What the service answers `role`."""

    def __init__(self, home: Path, role: Role) -> None:
        records = Records.open(home)
        app = create_app(Settings(home=home), records=records, desk=Desk(home))
        app.test_client_class = HomeClient
        self._client = app.test_client()
        key = records.add_key(role, role)
        self._client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {key}", "HTTP_X_GRIDSCOPE": "1"}

    def ask(self, address: str, **query: Any) -> Any:
        answer = self._client.get(address, query_string=query or None)
        assert answer.status_code in (200, 204), (address, answer.text)
        return answer.json if answer.is_json else answer.data


@pytest.fixture(scope="module")
def home(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny city, to which keys are added."""
    copied = tmp_path_factory.mktemp("figures") / "home"
    shutil.copytree(tiny_home, copied)
    return copied


@pytest.mark.parametrize("role", ["leader", *(pytest.param(role, marks=pytest.mark.slow) for role in ROLES[1:])])
def test_every_figure_is_the_services_and_nothing_else_is_in_the_file(home: Path, role: Role) -> None:
    service, file = Service(home, role), open_file(render_map(Desk(home), role=role))
    document = file.document
    assert set(document) == PARTS | {"answers", "zooms"}
    assert document["home"] == service.ask("/api/home")
    may_gaps = role != "leader"
    assert any(name.startswith("gaps") for name in (*document["figures"], *document["missing"])) == may_gaps
    for level in [step["name"] for step in document["home"]["levels"]]:
        units, tables = dict(document["units"][level]), document["tables"][level]
        del units["initials"]
        assert units == service.ask("/api/units", level=level)
        assert set(tables) == {"units", *METRICS, "rates", *(["gaps"] if may_gaps else [])}
        for name in METRICS:
            told = service.ask(f"/api/metrics/{name}", level=level)
            assert _parts(tables[name], "columns", "hidden") == _parts(told, "columns", "hidden")
            assert document["missing"][name] == told["missing"]
        cards = [service.ask(f"/api/units/{level}/{code}") for code in units["code"]]
        assert document["months"][level] == _months(cards)
        assert _rows(tables["units"]) == [_cells(card["unit"]) for card in cards]
        _check_gaps(service, level, document, may_gaps=may_gaps)
    _check_answers(service, file)


def _check_answers(service: Service, file: Opened) -> None:
    answers = dict(file.document["answers"])
    picture = answers.pop("/api/kde.png")
    assert base64.b64decode(picture.rpartition(",")[2]) == service.ask("/api/kde.png")
    for address, answer in answers.items():
        told = service.ask(address)
        assert {name: told[name] for name in answer} == answer, address
    assert all(service.ask(path) == body for path, body in file.tiles.items())


def _parts(told: Table, *names: str) -> Table:
    return {name: told[name] for name in names}


def _months(cards: list[Table]) -> Table:
    steps = [month["month"] for month in cards[0]["months"]]
    return {"steps": steps, "n": [[card["months"][at]["n"] for card in cards] for at in range(len(steps))]}


def _rows(table: Table) -> list[Table]:
    """The rows of a table by columns."""
    hidden = table["hidden"]
    return [
        {name: cells[row] for name, cells in table["columns"].items()}
        | {"hidden": sorted(name for name in hidden if row in hidden[name])}
        for row in range(len(table["columns"]["n_cameras"]))
    ]


def _cells(row: Table) -> Table:
    return {name: cell for name, cell in row.items() if name not in ("level", "code", "name", "bbox")}


def _check_gaps(service: Service, level: str, document: Table, *, may_gaps: bool) -> None:
    found = document["gaps"][level]
    assert set(found) == (set(FIGURES) if may_gaps else set())
    for figure, parts in found.items():
        told = service.ask("/api/gaps", level=level, figure=figure)
        assert parts == _parts(told, "edges", "reasons", "hidden_reasons")
        assert {name: document["tables"][level]["gaps"][name] for name in ("columns", "hidden")} == _parts(
            told, "columns", "hidden"
        )
