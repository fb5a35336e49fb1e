from pathlib import Path

import numpy as np
import pytest

from geo.crs import transform_xy
from geo.errors import BadPartition
from tests.geo.intake.small_city import HEAD, LEVEL, clean, feature, square, write_features, write_units

TOWN = LEVEL.replace('name = "grid"', 'name = "town"', 1).replace("units.", "towns.")


def _nested(extra: str = "") -> str:
    return LEVEL + 'parent = "town"\n' + extra + TOWN


def test_one_layer_gets_a_total(tmp_path: Path) -> None:
    units = clean(tmp_path)[0]
    assert units.frame.code.tolist() == ["e", "w", "all"]
    assert units.frame.parent_code.tolist() == ["all", "all", None]
    assert units.frame.name.tolist()[-1] == "小城"
    assert units.frame.geometry.iloc[-1].bounds == pytest.approx((109.70, 28.30, 109.72, 28.31))
    assert units.home is not None
    assert units.home.chains() == (("grid", "all"),)
    assert (units.n_read, units.crs) == (2, "EPSG:4326")


def test_parents_by_area_and_one_top_unit_needs_no_total(tmp_path: Path) -> None:
    big = {
        "type": "Polygon",
        "coordinates": [[[109.70, 28.30], [109.72, 28.30], [109.72, 28.31], [109.70, 28.31], [109.70, 28.30]]],
    }
    write_units(tmp_path)
    write_features(tmp_path / "towns.geojson", [feature(7, big)])
    units = clean(tmp_path, level=_nested())[0]
    assert units.frame[["level", "code", "parent_code"]].to_numpy().tolist() == [
        ["grid", "e", "7"],
        ["grid", "w", "7"],
        ["town", "7", None],
    ]
    assert units.home is not None
    assert [level.name for level in units.home.levels] == ["grid", "town"]


def test_parents_by_column(tmp_path: Path) -> None:
    write_features(
        tmp_path / "units.geojson", [feature("w", square(109.70), up="1"), feature("e", square(109.71), up="2")]
    )
    write_features(tmp_path / "towns.geojson", [feature("1", square(109.70)), feature("2", square(109.71))])
    units = clean(tmp_path, level=_nested('parent_column = "up"\n'))[0]
    grid = units.frame[units.frame.level == "grid"]
    assert dict(zip(grid.code, grid.parent_code, strict=True)) == {"w": "1", "e": "2"}
    assert units.frame.parent_code.tolist() == ["2", "1", "all", "all", None]


def test_offenders_are_named(tmp_path: Path) -> None:
    write_units(tmp_path)
    write_features(tmp_path / "towns.geojson", [feature("1", square(109.70)), feature("2", square(109.715))])
    with pytest.raises(BadPartition, match=r"grid e: only 50\.0% of it lies in its parent"):
        clean(tmp_path, level=_nested())
    write_features(tmp_path / "units.geojson", [feature("w", square(109.70), up="9")])
    with pytest.raises(BadPartition, match="grid w: its parent '9' does not exist"):
        clean(tmp_path, level=_nested('parent_column = "up"\n'))


def test_a_layer_in_another_crs_and_datum(tmp_path: Path) -> None:
    ring = np.array(square(109.70)["coordinates"][0])
    x, y = transform_xy(ring[:, 0], ring[:, 1], "EPSG:4326", "EPSG:32649")
    shape = {"type": "Polygon", "coordinates": [np.column_stack([x, y]).tolist()]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32649"}}
    write_units(tmp_path)
    write_features(tmp_path / "towns.geojson", [feature("1", shape)], crs=crs)
    units = clean(tmp_path, level=LEVEL + TOWN)[0]
    town = units.frame[units.frame.level == "town"].geometry.iloc[0]
    assert town.bounds == pytest.approx((109.70, 28.30, 109.71, 28.31), abs=1e-7)
    shifted = clean(tmp_path, level=LEVEL + 'datum = "gcj02"\n')[0]
    assert abs(shifted.frame.geometry.iloc[0].bounds[0] - 109.71) > 0.004


def test_extent_refuses_units_elsewhere_and_duplicate_codes(tmp_path: Path) -> None:
    shapes = [
        feature("w", square(109.70)),
        feature("far", square(121.0)),
        feature("w", square(109.71)),
        feature("", square(109.72)),
    ]
    write_features(tmp_path / "units.geojson", shapes)
    units = clean(tmp_path, head=HEAD + "extent = [109.0, 28.0, 110.0, 29.0]\n")[0]
    assert list(zip(units.refused.line, units.refused.reason, strict=True)) == [
        (2, "outside_extent"),
        (3, "duplicate_id"),
        (4, "missing_field"),
    ]
    assert '"level": "grid"' in units.refused.fields[0]
