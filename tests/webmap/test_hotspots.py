"""Hotspots over HTTP, of the tiny city: as in the built table, kept by the browser, strict about what is asked."""

import shutil
from pathlib import Path

import pytest

from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app


@pytest.fixture(scope="module")
def client(tiny_home: Path, tmp_path_factory: pytest.TempPathFactory) -> HomeClient:
    home = shutil.copytree(tiny_home, tmp_path_factory.mktemp("hotspots") / "home")
    app = create_app(Settings(home=home))
    app.test_client_class = HomeClient
    made = app.test_client()
    assert isinstance(made, HomeClient)
    return made


def test_unfiltered_they_are_those_of_the_table(client: HomeClient) -> None:
    for level in ("grid", "town", "prefecture"):
        table = client.get(f"/api/table/hotspots?level={level}").json
        names = [column["column"] for column in table["columns"]]
        built = {name: [row[i] for row in table["rows"]] for i, name in enumerate(names)}
        for statistic, pairs in {
            "gi": {"score": "z", "p": "p", "q": "q", "p_perm": "p_perm", "class": "hotspot"},
            "moran": {"score": "moran", "p": "p_perm", "q": "q_perm", "class": "moran_class"},
        }.items():
            asked = client.get(f"/api/hotspots?level={level}&statistic={statistic}").json["units"]
            assert asked["code"] == built["code"]
            assert asked["n_incidents"] == built["n_incidents"]
            for name, column in pairs.items():
                cells = [{"": "no_result"}.get(cell, cell) if name == "class" else cell for cell in built[column]]
                wanted = [pytest.approx(cell, abs=6e-5) if isinstance(cell, float) else cell for cell in cells]
                assert asked[name] == wanted, (level, statistic, name)


def test_the_filter_decides_what_counts(client: HomeClient) -> None:
    whole = client.get("/api/hotspots?level=grid").json
    assert sum(whole["units"]["n_incidents"]) == 54
    for asked in ("days=2025-01-01/2025-12-31", "weekdays=1-7&days=2027-01-01/2027-01-02"):
        none = client.get(f"/api/hotspots?level=grid&{asked}").json
        assert sum(none["units"]["n_incidents"]) == 0
        assert set(none["units"]["class"]) <= {"none", "no_result"}
    by_hour = [client.get(f"/api/hotspots?level=grid&hours={hours}").json for hours in ("6-17", "18-5")]
    assert sum(sum(part["units"]["n_incidents"]) for part in by_hour) == 54


def test_an_answer_is_kept_until_the_snapshot_changes(client: HomeClient) -> None:
    first = client.get("/api/hotspots?level=grid&hours=8-17&permutations=99")
    assert first.status_code == 200
    again = client.get(
        "/api/hotspots?permutations=99&level=grid&hours=8-17", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    other = client.get("/api/hotspots?level=grid&hours=8-17&permutations=98")
    assert other.headers["ETag"] != first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "asked",
    [
        "hours=24", "hours=5,", "weekdays=0", "weekdays=8", "days=2026-01-01", "days=2026-02-30/2026-03-01",
        "days=2026-03-01/2026-01-01", "variable=risk", "statistic=", "neighbours=king", "band_m=0", "n_nearest=0",
        "permutations=0", "seed=-1", "category=murder", "category=", "level=street", "hours=1&hours=2", "reopened=1",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(client: HomeClient, asked: str) -> None:
    answer = client.get(f"/api/hotspots?{asked}")
    assert answer.status_code == 400
    assert answer.json["error"]["zh"]


def test_a_place_that_is_none_is_not_found(client: HomeClient) -> None:
    assert client.get("/api/hotspots?within=Z-9").status_code == 404


def test_emerging_units_by_step_and_filter(client: HomeClient) -> None:
    """All incidents are of 1 to 20 January 2026: no whole month, two whole weeks, twenty days."""
    found = client.get("/api/emerging?level=grid&step=week&window=step").json
    assert (found["method"]["first_step"], found["method"]["last_step"]) == ("2026-W02", "2026-W03")
    assert found["method"]["window"] == "step"
    assert set(found["units"]) == {column["column"] for column in found["columns"]}
    assert client.get("/api/emerging?level=grid").json["method"]["n_steps"] == 0
    assert client.get("/api/emerging?level=grid&step=day").json["method"]["n_steps"] == 20
    some = client.get("/api/emerging?level=grid&step=day&days=2026-01-02/2026-01-08&within=A").json
    assert (some["method"]["n_steps"], len(some["units"]["label"])) == (7, 4)


@pytest.mark.parametrize(
    "asked", ["step=year", "window=space", "reference=", "reruns=-1", "hours=24", "level=street", "variable=count"]
)
def test_what_cannot_be_asked_of_emerging_units_is_refused(client: HomeClient, asked: str) -> None:
    answer = client.get(f"/api/emerging?{asked}")
    assert answer.status_code == 400
    assert answer.json["error"]["zh"]
