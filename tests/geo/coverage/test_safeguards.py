"""The tiny world's safeguards, worked out in `tests/tiny_world.py`."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from geo.coverage.ground import prepare_ground
from geo.coverage.measures import measure_coverage
from geo.coverage.safeguards import measure_safeguards
from geo.errors import CrsMismatch
from geo.rules import Rules
from geo.schema import RESULTS
from tests import tiny_world

RULES = Rules()
SEEN_3 = 200 - 5 * 5 / np.tan(np.radians(30))


def recorded() -> pd.DataFrame:
    """c1 .. c5: filed, sign and retention in turn; c4 is offline and counts, c5 is planned and does not."""
    return tiny_world.cameras().assign(
        filed=[True, False, None, False, False],
        sign=[False, None, True, True, False],
        retention_days=[30.0, 91.0, 90.0, 400.0, 400.0],
    )


def measure(cameras: pd.DataFrame | None = None, **changes: object) -> pd.DataFrame:
    units, home = tiny_world.units(), tiny_world.home()
    demand = dataclasses.replace(tiny_world.demand(), **changes)
    cameras = recorded() if cameras is None else cameras
    ground = prepare_ground(units, home, demand, tiny_world.incident_levels())
    return measure_safeguards(units, home, cameras, ground, RULES).set_index("code")


def test_columns_and_rows():
    found = measure()
    assert found.index.tolist() == ["g1", "g2", "g3", "g4", "va", "vb"]
    names = tuple(name for name in RESULTS["safeguards"].names() if name not in ("name", "code"))
    assert tuple(found.columns) == names


def test_homes_and_areas_in_view():
    found = measure()
    assert found["facade_62_m"].tolist() == pytest.approx([40, 0, 0, 0, 40, 0])
    assert found["facade_125_m"].tolist() == pytest.approx([40, 0, 0, 0, 40, 0])
    assert found["n_dwellings_62"].tolist() == found["n_dwellings_125"].tolist() == [1, 0, 0, 0, 1, 0]
    assert found["private_m2"].tolist() == pytest.approx([116, 0, 0, 0, 116, 0])
    assert found["restricted_m2"].tolist() == pytest.approx([120, 0, 0, SEEN_3, 120, SEEN_3])


def test_records_of_installed_cameras():
    found = measure()
    assert found["n_cameras"].tolist() == [2, 0, 1, 1, 2, 2]
    assert found["n_not_filed"].tolist() == [1, 0, 1, 0, 1, 1]
    assert found["n_filed_unknown"].tolist() == [0, 0, 0, 1, 0, 1]
    assert found["n_without_sign"].tolist() == [1, 0, 0, 0, 1, 0]
    assert found["n_sign_unknown"].tolist() == [1, 0, 0, 0, 1, 0]
    assert found["n_past_retention"].tolist() == [1, 0, 1, 0, 1, 1]


def test_parents_are_the_sums_of_their_children_exactly():
    found = measure()
    parent = tiny_world.units().set_index("code")["parent_code"]
    grids = found[found["level"] == "grid"].drop(columns="level")
    sums = grids.groupby(parent.reindex(grids.index)).sum()
    assert (sums == found.loc[sums.index].drop(columns="level")).all(axis=None)


def test_intervals_hold_with_missing_attributes():
    found = measure(recorded().assign(range_m=np.nan, azimuth_deg=[None, None, 90, None, None]))
    for name in ("facade_62_m", "facade_125_m", "private_m2", "restricted_m2"):
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()
    assert found.loc["g1", "private_m2_low"] < found.loc["g1", "private_m2_high"]


def test_coverage_has_the_same_facades():
    args = tiny_world.units(), tiny_world.home(), recorded(), tiny_world.demand(), tiny_world.incident_levels()
    coverage = measure_coverage(*args, RULES)
    coverage = coverage[coverage["px_per_m"] == 25].set_index("code")
    found = measure()
    for name, same in (
        ("facade_m", "facade_62_m"),
        ("facade_m_high", "facade_62_m_high"),
        ("n_dwellings", "n_dwellings_62"),
    ):
        assert coverage[name].tolist() == found[same].tolist()


def test_what_the_home_lacks_is_missing_not_zero():
    without_areas = measure(restricted=None)
    assert without_areas["restricted_m2"].isna().all()
    assert without_areas.loc["g1", "private_m2"] == pytest.approx(100)
    without_buildings = measure(buildings=None)
    assert without_buildings[["facade_62_m", "facade_125_m_low"]].isna().all(axis=None)
    assert without_buildings["n_dwellings_62"].isna().all()
    assert without_buildings.loc["g1", "private_m2"] == pytest.approx(16)
    neither = measure(buildings=None, restricted=None)
    assert neither[["private_m2", "restricted_m2_high"]].isna().all(axis=None)
    assert neither["n_cameras"].notna().all()


def test_restricted_areas_must_be_in_the_crs_of_the_units():
    moved = tiny_world.demand().restricted.set_crs("EPSG:32650", allow_override=True)
    demand = dataclasses.replace(tiny_world.demand(), restricted=moved)
    with pytest.raises(CrsMismatch, match="restricted"):
        measure_coverage(tiny_world.units(), tiny_world.home(), recorded(), demand, None, RULES)
