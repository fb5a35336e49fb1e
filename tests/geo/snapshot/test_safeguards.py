"""Safeguards and suggested masks in a snapshot of the guarded city."""

import shutil

import pytest
import shapely

from geo.coverage.whatif import ALL_TABLES
from geo.desk import Desk
from geo.desk.whatif import Proposal, ProposedEdit
from geo.errors import Forbidden
from geo.records import Records, Wanted
from geo.schema.masks import read_masks
from geo.snapshot import queries
from geo.snapshot.export import FORMATS, to_bytes
from geo.snapshot.nearby import Nearby
from geo.snapshot.store import open_current
from tests.tiny_city import lonlat


@pytest.fixture(scope="module")
def home(guarded_home):
    return guarded_home


@pytest.fixture(scope="module")
def guarded(home):
    return open_current(home)


def test_units_and_their_parents(guarded):
    for level, code in (("grid", "A-1"), ("town", "A"), ("prefecture", "P")):
        row = queries.table(guarded, "safeguards", level=level, within=code, role="planner").iloc[0]
        assert row["facade_62_m"] == row["facade_125_m_high"] == pytest.approx(40, abs=0.01)
        assert (row["n_dwellings_62"], row["n_dwellings_125"]) == (1, 1)
        assert row["private_m2"] == pytest.approx(104, abs=0.05)
        assert row["restricted_m2"] == pytest.approx(16, abs=0.01)
        assert row["n_past_retention"] == 1
        assert row["n_sign_unknown"] == row["n_cameras"] == row["n_filed_unknown"] + 1  # c1 is filed
    coverage = queries.table(guarded, "coverage", within="A-1", role="planner").iloc[0]
    assert coverage["facade_m"] == pytest.approx(40, abs=0.01)
    assert coverage["area_3plus_m2"] == 0


def test_each_camera_by_itself(guarded):
    cameras = queries.table(guarded, "cameras", role="planner").set_index("source_id")
    assert cameras["facade_62_m"].to_dict() == pytest.approx({"c1": 0, "c2": 40, "c3": 40, "c4": 0}, abs=0.01)
    assert cameras["n_dwellings_125"].to_dict() == {"c1": 0, "c2": 1, "c3": 1, "c4": 0}
    assert cameras["private_m2"].to_dict() == pytest.approx({"c1": 0, "c2": 104, "c3": 104, "c4": 0}, abs=0.05)
    assert cameras["restricted_m2"].to_dict() == pytest.approx({"c1": 16, "c2": 16, "c3": 16, "c4": 0}, abs=0.01)


def test_masks_are_suggested_for_installed_cameras(guarded):
    masks = queries.table(guarded, "masks", role="planner")
    assert masks[["level", "code", "uid"]].values.tolist() == [["grid", "A-1", f"cameras:c{n}"] for n in (2, 3)]
    (mask,) = read_masks(masks["mask"][0])
    assert tuple(mask) == pytest.approx((18.3, 53.4, 7, 50), abs=0.15)
    assert masks["n_dwellings"].tolist() == [1, 1]
    lon, lat = lonlat(260, 260)
    assert masks.geometry.iloc[0].covers(shapely.Point(lon, lat))
    assert queries.table(guarded, "masks", level="town", role="planner")["code"].tolist() == ["A", "A"]
    assert queries.table(guarded, "masks", within="B", role="planner").empty


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", ["safeguards", "masks", "cameras"])
def test_they_are_written_in_every_format(guarded, name, fmt):
    assert len(to_bytes(queries.table(guarded, name, role="planner"), name, fmt, guarded)) > 150


def test_leaders_see_units_but_no_masks(guarded):
    assert queries.table(guarded, "safeguards", role="leader")["facade_62_m"].notna().all()
    with pytest.raises(Forbidden):
        queries.table(guarded, "masks", role="leader")


def test_a_home_without_dwellings_has_no_suggestions_and_does_not_know_of_facades(tiny):
    assert queries.table(tiny, "masks", role="planner").empty
    found = queries.table(tiny, "safeguards", role="analyst")
    assert found[["facade_62_m", "private_m2_low", "restricted_m2"]].isna().all(axis=None)
    assert found["n_dwellings_62"].isna().all()
    assert found["n_filed_unknown"].sum() == found["n_cameras"].sum() == 4
    assert queries.table(tiny, "cameras", role="planner")["facade_62_m"].isna().all()


def test_the_desk_draws_views_without_their_masks(home):
    desk = Desk(home)
    behind, beside = lonlat(260, 260), lonlat(240, 240)
    assert [camera["uid"] for camera in desk.identify(*behind, "planner")["cameras"]] == ["cameras:c2"]
    assert {camera["uid"] for camera in desk.identify(*beside, "planner")["cameras"]} == {"cameras:c1", "cameras:c2"}
    assert desk.camera("cameras:c1", "planner")["masks"] == "0-90"
    assert desk.camera("cameras:c2", "planner")["facade_62_m"] == pytest.approx(40, abs=0.01)


def test_what_a_build_measured_is_not_known_of_a_camera_that_changed_since(home, tmp_path):
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    with Records.open(copy) as records:
        records.edit_rows("cameras", [Wanted("cameras:c2", {"masks": "0-90"}, "privacy")], "ed")
    desk = Desk(copy)
    camera = desk.camera("cameras:c2", "planner")
    assert (camera["live"], camera["facade_62_m"], camera["n_dwellings_62"]) == (True, None, None)
    assert desk.identify(*lonlat(260, 260), "planner")["cameras"] == []


def test_what_has_no_ledger_names_its_units_where_boundaries_are_in_degrees(home, guarded):
    """Buildings and restricted areas are assigned, too: else what-if counts their facade nowhere."""
    assert guarded.home.boundary_crs == "EPSG:4326"
    nearby = Nearby(guarded)
    demand, _ = nearby.find(nearby.units_m.total_bounds, ALL_TABLES)
    assert demand.buildings["grid"].tolist() == ["A-1", "A-4"]
    assert set(demand.restricted["grid"]) == {"A-1"}
    away = Proposal(tuple(ProposedEdit(f"cameras:c{n}", f"cameras:c{n}", None) for n in (1, 2, 3)))
    told = Desk(home).what_if(away, "analyst")
    (unit,) = (one for one in told["safeguards"] if one["code"] == "A-1")
    before, after = unit["was"], unit["values"]
    assert (before["n_dwellings_62"], after["n_dwellings_62"]) == (1, 0)
    assert (before["facade_62_m"], after["facade_62_m"]) == (pytest.approx(40, abs=0.01), 0)
    assert after["private_m2"] == pytest.approx(0, abs=0.05)


def test_before_one_builds(home):
    """10 m south of a dwelling that nobody sees, 25 m all round: 40 m of facade within the two lines at 26.6 degrees.

    And one on the spot of the old ones: of the restricted areas it has the two that lie within 60 m of it in view.
    """
    circle = {"sweep_deg": 360.0, "azimuth_deg": 0.0}
    places = [(lonlat(705, 690), 25.0), (lonlat(250, 250), 60.0)]
    new = [{"lon": lon, "lat": lat, "range_m": range_m, **circle} for (lon, lat), range_m in places]
    edits = [*(ProposedEdit(f"+{n}", None, values) for n, values in enumerate(new, 1))]
    told = Desk(home).what_if(Proposal((*edits, ProposedEdit("cameras:c1", "cameras:c1", None))), "planner")
    assert told["edits"][0]["facade_m"] == pytest.approx(40, abs=0.02)
    checks = told["checks"]
    assert (checks[0]["n_dwellings"], checks[0]["restricted"]) == (1, [])
    assert [(one["rule"], one["n"], one["m2"]) for one in checks[1]["restricted"]] == [
        ("private", 1, pytest.approx(4, abs=0.05)),
        ("prohibited", 1, pytest.approx(16, abs=0.05)),
    ]
    assert [one["filed"] for one in checks] == ["new", "new", "yes"]
    (mask,) = (one for one in told["shapes"]["features"] if one["properties"]["kind"] == "mask")
    assert mask["properties"] == {
        "kind": "mask",
        "edit": 0,
        "mask": "333.3-26.7@10-25",
        "facade_m": pytest.approx(40, abs=0.02),
        "road_m": 0.0,
    }
    masked = {**new[0], "masks": mask["properties"]["mask"]}
    told = Desk(home).what_if(Proposal((ProposedEdit("+1", None, masked),)), "planner")
    assert told["edits"][0]["facade_m"] == 0
    assert {one["properties"]["kind"] for one in told["shapes"]["features"]} == {"view"}
