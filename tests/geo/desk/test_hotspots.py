"""Hotspots when asked, of the small home (3, 8, 20 and 0 incidents in a, b, c and d; in January 1, 8 and 10)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.desk import Desk, hotspots
from geo.desk.hotspots import Question
from geo.errors import BadQuery, NotAvailable, NotFound
from geo.hotspots.cube import Cube, Wanted
from geo.hotspots.getis_ord import excess
from geo.schema.results import ANALYSIS_COLUMNS
from tests.geo.desk.small_home import publish_home

JANUARY = Wanted(days=(date(2026, 1, 1), date(2026, 1, 31)))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    home = tmp_path_factory.mktemp("hotspots")
    publish_home(home)
    return Desk(home)


def sentences(found: dict[str, Any]) -> list[str]:
    return [words["en"] for words in found["method"]["warnings"]]


def test_an_analyst_sees_every_column_of_the_incidents_asked_for(desk: Desk) -> None:
    found = desk.hotspots(Question(level="zone"), "analyst")
    json.dumps(found, allow_nan=False)
    assert [column["column"] for column in found["columns"]] == [column.name for column in ANALYSIS_COLUMNS]
    assert found["units"]["code"] == ["a", "b", "c", "d"]
    assert found["units"]["n_incidents"] == [3, 8, 20, 0]
    assert found["units"]["exposure"] == [1.2] * 4
    assert found["units"]["value"] == pytest.approx(excess(np.array([3.0, 8, 20, 0]), 31 / 4).tolist(), rel=1e-4)
    assert found["units"]["n_neighbours"] == [1, 2, 2, 1]
    assert found["hidden"] == {}
    january = desk.hotspots(Question(level="zone", wanted=JANUARY), "analyst")
    assert january["units"]["n_incidents"] == [1, 8, 10, 0]
    assert january["units"]["expected"] == [4.75] * 4


def test_the_method_says_how_in_both_languages(desk: Desk) -> None:
    method = desk.hotspots(Question(level="zone", permutations=99, seed=7), "leader")["method"]
    for part in ("Getis-Ord Gi*", "queen contiguity", "two-sided", "99 conditional permutations (seed 7)", "0 without"):
        assert part in method["line"]["en"], part
    for part in ("queen 邻接", "双侧", "99 次条件置换（种子 7）", "Benjamini-Hochberg"):
        assert part in method["line"]["zh"], part
    assert (method["n_units"], method["n_islands"], method["tail"]) == (4, 0, "two-sided")
    usual = desk.hotspots(Question(level="zone"), "leader")["method"]
    assert (usual["permutations"], usual["seed"]) == (99_999, 1)
    assert desk.hotspots(Question(level="zone", variable="rate"), "leader")["method"]["permutations"] == 999
    many = Question(level="zone", variable="eb", permutations=50_000)
    assert desk.hotspots(many, "leader")["method"]["permutations"] == 9_999


def test_what_a_reader_must_be_warned_of(desk: Desk) -> None:
    assert sentences(desk.hotspots(Question(level="zone"), "analyst")) == []
    counts = desk.hotspots(Question(level="zone", variable="count"), "analyst")
    assert sentences(counts)[0] == "counts: large and populous units rank high"
    few = Wanted(days=(date(2026, 1, 1), date(2026, 1, 31)), hours=(8,), categories=("noise",), weekdays=(1, 2, 3, 4))
    thin = Question(level="zone", statistic="moran", wanted=Wanted(hours=(23,)))
    assert sentences(desk.hotspots(thin, "analyst"))[0].startswith("many units expect less than one incident")
    assert desk.hotspots(Question(level="zone", wanted=few), "analyst")["units"]["n_incidents"] == [1, 8, 10, 0]
    coarse = desk.hotspots(Question(level="zone", variable="count", permutations=19), "analyst")
    assert "the least p is 0.1: of 4 units at least 8 must have it" in sentences(coarse)[-1]


def test_of_all_incidents_a_leader_sees_what_the_table_shows(desk: Desk) -> None:
    for role in ("leader", "planner"):
        found = desk.hotspots(Question(level="zone"), role)
        assert found["units"]["n_incidents"] == [None, None, 20, 0]
        assert found["units"]["value"][:2] == [None, None]
        assert found["hidden"] == {"n_incidents": [0, 1], "value": [0, 1]}
        assert not {"score", "p", "q", "p_perm"} & found["units"].keys()
        assert None not in found["units"]["class"]
    rates = desk.hotspots(Question(level="zone", variable="rate"), "leader")
    assert rates["units"]["value"] == [None, None, pytest.approx(16.667), 0.0]
    assert "value" not in desk.hotspots(Question(level="zone", variable="eb"), "leader")["units"]


def test_of_filtered_incidents_a_leader_sees_classes_only(desk: Desk) -> None:
    """January has 9 in a and b, 19 in a, b and c, 18 in b, c and d, 10 in c and d; February 2 in a and b, else 10."""
    found = desk.hotspots(Question(level="zone", wanted=JANUARY), "leader")
    assert [*found["units"]] == ["code", "exposure", "n_neighbours", "class"]
    assert found["hidden"] == {}
    assert "31" not in json.dumps(found["method"], ensure_ascii=False)
    assert sentences(found)[-1].startswith("figures of filtered incidents are for analysts")
    february = Wanted(days=(date(2026, 2, 1), date(2026, 2, 28)))  # 2, 0, 10, 0: a and b have 2 around them
    found = desk.hotspots(Question(level="zone", wanted=february), "leader")
    assert found["hidden"] == {"class": [0]}
    assert found["units"]["class"][0] is None
    assert None not in desk.hotspots(Question(level="zone", wanted=february), "analyst")["units"]["class"]
    night = desk.hotspots(Question(level="zone", wanted=Wanted(hours=(23,))), "planner")
    assert night["units"]["class"] == [None] * 4  # nobody learns whether there was none or were a few


def test_a_leader_cannot_tell_a_few_incidents_from_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(counts: list[int]) -> list[dict[str, Any]]:
        cube = Cube(np.array([counts], dtype=np.int32), ("all",))
        monkeypatch.setattr(hotspots, "count_events", lambda *asked, **wanted: cube)
        return [
            desk.hotspots(Question(level="zone", wanted=JANUARY), role) for role in ("leader", "planner", "analyst")
        ]

    few, none = answers([1, 0, 3, 0]), answers([0, 0, 0, 0])
    assert few[:2] == none[:2]
    assert few[2] != none[2]


def test_within_chooses_rows_and_not_what_is_tested(desk: Desk) -> None:
    whole = desk.hotspots(Question(level="zone"), "analyst")
    part = desk.hotspots(Question(level="zone", within="c"), "analyst")
    assert part["units"] == {name: [cells[2]] for name, cells in whole["units"].items()}
    assert part["method"] == whole["method"]
    hidden = desk.hotspots(Question(level="zone", within="b"), "leader")
    assert hidden["hidden"] == {"n_incidents": [0], "value": [0]}
    assert desk.hotspots(Question(level="all"), "leader")["units"]["class"] == ["island"]


def test_neighbours_as_asked(desk: Desk) -> None:
    def degrees(**asked: Any) -> list[int]:
        return desk.hotspots(Question(level="zone", **asked), "leader")["units"]["n_neighbours"]

    assert degrees(neighbours="rook") == [1, 2, 2, 1]
    assert degrees(neighbours="nearest", n_nearest=2) == [2, 2, 2, 2]
    assert degrees(neighbours="nearest") == [3, 3, 3, 3]
    assert degrees(neighbours="band", band_m=2_500.0) == [2, 3, 3, 2]
    assert degrees(neighbours="band", band_m=100.0) == [0, 0, 0, 0]
    islands = desk.hotspots(Question(level="zone", neighbours="band", band_m=100.0), "leader")
    assert islands["units"]["class"] == ["island"] * 4
    assert "4 without" in islands["method"]["line"]["en"]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Question(level="street"), BadQuery),
        (Question(level="zone", within="zz"), NotFound),
        (Question(variable="risk"), BadQuery),
        (Question(statistic="geary"), BadQuery),
        (Question(neighbours="bishop"), BadQuery),
        (Question(permutations=0), BadQuery),
        (Question(wanted=Wanted(hours=(25,))), BadQuery),
        (Question(wanted=Wanted(categories=("murder",))), BadQuery),
    ],
)
def test_what_cannot_be_answered(desk: Desk, asked: Question, error: type[Exception]) -> None:
    with pytest.raises(error):
        desk.hotspots(asked, "analyst")


def test_without_incidents_there_are_no_hotspots(tmp_path: Path) -> None:
    publish_home(tmp_path, without=("incidents", "hotspots", "rates"))
    with pytest.raises(NotAvailable):
        Desk(tmp_path).hotspots(Question(), "analyst")
