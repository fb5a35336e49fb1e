"""A repair is an import of its own: in the history, noted in words, and refused where the report is an old one."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geo.errors import BadQuery
from geo.jobs.repairing import run_repair
from geo.jobs.work import submit_and_wait
from geo.partition.faults import find_faults
from geo.partition.repair import find_steps
from geo.records import Records
from geo.rules import Rules
from geo.schema import HomeInfo, Level
from tests.geo.records.samples import replace_source

CRS = "EPSG:32649"
HOME = HomeInfo("州", "Prefecture", "Asia/Shanghai", CRS, (Level("grid", "网格", "Grid"),))


def fill(home: Path) -> tuple[list[str], str]:
    """Squares a and b of 100 m that overlap by 1 m, and a refused row; returns the steps offered and the version."""
    shapes = [box(x, 3_100_000, x + 100, 3_100_100) for x in (500_000, 500_099)]
    frame = gpd.GeoDataFrame(
        {"level": ["grid"] * 2, "code": ["a", "b"], "name": ["甲", "乙"], "line": [2, 3]}, geometry=shapes, crs=CRS
    )
    refused = pd.DataFrame(
        {"line": [4], "reason": ["bad_geometry"], "explained_en": ["x"], "explained_zh": ["错"], "fields": ["{}"]}
    )
    with Records.open(home) as records:
        with records.importing("import", "town", "0" * 64) as tx:
            replace_source(tx, "units", "units", "grids.gpkg", frame, refused, 3, CRS)
            tx.set_home(HOME)
        units = records.frame("units")
        steps, _ = find_steps(find_faults(units, HOME), units, Rules())
        return [step.id for step in steps], records.boundary_version()


def test_a_repair_changes_the_unit_and_stands_in_the_history(tmp_path: Path) -> None:
    steps, version = fill(tmp_path)
    job = submit_and_wait(tmp_path, "repair", {"steps": steps, "version": version}, "wang")
    assert job.words.en == "boundaries repaired in 1 steps: 0 rows added, 1 changed, 0 removed"
    with Records.open(tmp_path) as records:
        units = records.frame("units")
        assert find_faults(units, HOME) == ()
        assert units.geometry.area.tolist() == [10_000.0, 9_900.0]
        assert records.lines("units") == {"units:grid/a": 2, "units:grid/b": 3}
        assert records.refusals()[["line", "reason", "explained_zh", "fields"]].to_numpy().tolist() == [
            [4, "bad_geometry", "错", "{}"]
        ]
        assert records.notes()["note_zh"].tolist() == ["已修复：从 b 切去 100.0 平方米，归 a"]
        latest = records.imports().iloc[0]
        assert (latest["kind"], latest["mapping"], latest["outcome"]) == ("repair", "town", "changed")
        assert latest["counts"] == '{"units": {"added": 0, "changed": 1, "removed": 0, "unchanged": 1}}'
        assert records.boundary_version() != version


def test_an_old_report_is_refused(tmp_path: Path) -> None:
    steps, version = fill(tmp_path)
    run_repair(tmp_path, steps, version)
    with pytest.raises(BadQuery, match="changed since"):
        run_repair(tmp_path, steps, version)
    with Records.open(tmp_path) as records:
        now = records.boundary_version()
    with pytest.raises(BadQuery, match="changed since"):
        run_repair(tmp_path, steps, now)
