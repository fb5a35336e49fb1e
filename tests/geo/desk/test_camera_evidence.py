"""What stands behind a camera's figures, on the guarded city: c2 sees one dwelling of 10 m squares all round, 40 m."""

from pathlib import Path

import pytest

from geo.desk import Desk
from geo.errors import BadQuery, Forbidden, NotFound
from geo.snapshot.store import open_current


@pytest.fixture(scope="module")
def desk(guarded_home: Path) -> Desk:
    return Desk(guarded_home)


def test_a_figure_with_its_interval_and_what_it_rests_on(desk: Desk) -> None:
    told = desk.camera_evidence("cameras.facade_62_m", "cameras:c2", "planner")
    assert (told["value"], told["low"], told["high"]) == pytest.approx((40, 40, 40), abs=0.01)
    assert told["interval"]["en"].startswith("from the worst to the best")
    assert (told["place"]["code"], [one["code"] for one in told["path"]]) == ("A-1", ["P", "A", "A-1"])
    beside = {one["title"]["en"]: one["value"] for one in told["beside"]}
    assert beside["Range"] == pytest.approx(50)
    assert told["left_out"][0]["table"] == "cameras"
    assert told["rows"] is None


def test_a_part_stands_beside_its_whole(desk: Desk, guarded_home: Path) -> None:
    cameras = open_current(guarded_home).frame("cameras").set_index("uid")
    told = desk.camera_evidence("cameras.shared_3plus_m2", "cameras:c2", "planner")
    assert told["value"] == pytest.approx(cameras.loc["cameras:c2", "shared_3plus_m2"], abs=0.06)
    assert [one["value"] for one in told["beside"]] == [pytest.approx(cameras.loc["cameras:c2", "view_m2"], abs=0.06)]


def test_nobody_below_planner_and_only_what_a_camera_has(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.camera_evidence("cameras.facade_62_m", "cameras:c2", "leader")
    with pytest.raises(NotFound):
        desk.camera_evidence("cameras.facade_62_m", "cameras:none", "planner")
    for figure in ("coverage.facade_m", "cameras.owner_name", "facade_62_m"):
        with pytest.raises(BadQuery):
            desk.camera_evidence(figure, "cameras:c2", "planner")
