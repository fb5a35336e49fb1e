"""Jobs with the real rooms: a small town from GeoJSON and CSV to a published snapshot."""

import json
import sqlite3
from pathlib import Path

import pytest

from geo.errors import JobFailed, NotBalanced
from geo.jobs import submit_and_wait
from geo.jobs.run import run_build, run_import
from geo.records import Records
from geo.rules import Rules
from geo.snapshot import world
from geo.snapshot.history import list_months
from geo.snapshot.store import current_id, open_current

MAPPING = """
title_zh = "小镇"
title_en = "Town"
timezone = "Asia/Shanghai"

[[levels]]
name = "grid"
title_zh = "网格"
title_en = "Grid"
file = "grids.geojson"
code_column = "code"
name_column = "name"
crs = "EPSG:4326"

[[table]]
table = "cameras"
source = "police"
file = "cameras.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
[table.columns]
source_id = "id"

[[table]]
table = "incidents"
source = "hotline"
file = "incidents.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
[table.columns]
source_id = "id"
reported_at = "at"
"""


def cell(n: int) -> dict[str, object]:
    west, east = 109.70 + n * 0.01, 109.71 + n * 0.01
    ring = [[west, 28.3], [east, 28.3], [east, 28.31], [west, 28.31], [west, 28.3]]
    properties = {"code": f"g{n}", "name": f"网格{n}"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "town.toml").write_text(MAPPING, "utf-8")
    cells = {"type": "FeatureCollection", "features": [cell(n) for n in range(4)]}
    (tmp_path / "grids.geojson").write_text(json.dumps(cells), "utf-8")
    (tmp_path / "cameras.csv").write_text("id,x,y\n1,109.705,28.305\n2,109.715,28.305\n3,oops,28.305\n", "utf-8")
    (tmp_path / "incidents.csv").write_text("id,x,y,at\n1,109.705,28.305,2024-01-01 08:00:00\n", "utf-8")
    return tmp_path


def test_from_files_to_a_snapshot(town: Path) -> None:
    home, args = town / "home", {"mapping": str(town / "town.toml"), "data": str(town)}
    submit_and_wait(home, "import", args, "me")
    with Records.open(home) as records:
        assert records.digests()["units"][0] == 5
        assert records.refusals()[["source", "line"]].values.tolist() == [["police", 4]]
        assert records.notes()[["source", "note"]].values.tolist() == [
            ["police", "3 cameras without a status count as online"],
            ["police", "2 cameras have no azimuth: where they look is unknown, never all round"],
            ["police", "2 cameras have no mounting height above 0: 3 to 6 m are assumed"],
        ]
        assert [level.name for level in records.home().levels] == ["grid", "all"]  # type: ignore[union-attr]
    submit_and_wait(home, "build", {"as_of": None}, "me")
    first = open_current(home)
    ledger = first.frame("ledger")
    assert ledger["balanced"].all()
    assert submit_and_wait(home, "import", args, "me").words.en == "imported; nothing has changed"
    submit_and_wait(home, "build", {"as_of": None}, "me")
    assert current_id(home) == first.id
    assert list_months(home) == ["2024-01"]


def test_a_failed_import_keeps_yesterdays_snapshot(town: Path) -> None:
    home, args = town / "home", {"mapping": str(town / "town.toml"), "data": str(town)}
    submit_and_wait(home, "import", args, "me")
    submit_and_wait(home, "build", {"as_of": None}, "me")
    before = current_id(home)
    (town / "cameras.csv").write_text("id,x\n1,2\n", "utf-8")
    with pytest.raises(JobFailed, match="cameras"):
        submit_and_wait(home, "import", args, "me")
    with Records.open(home) as records:
        assert records.frame("cameras")["source_id"].tolist() == ["1", "2"]
    assert current_id(home) == before


def test_a_build_that_lost_a_row_publishes_nothing(town: Path) -> None:
    """One row more is said to have been read than is there: the records lost it. Other rules, so that it is built."""
    home = town / "home"
    run_import(home, town / "town.toml", town)
    before = run_build(home).id
    with sqlite3.connect(home / "records.sqlite") as link:
        link.execute("UPDATE sources SET n_read = n_read + 1 WHERE \"table\" = 'cameras'")
    with pytest.raises(NotBalanced, match="cameras at level grid: read 4, assigned 2, outside 0, refused 1"):
        run_build(home, rules=Rules(px_per_m=62.5))
    assert current_id(home) == before
    assert [folder.name for folder in (home / "snapshots").iterdir()] == [before]


def test_a_build_whose_parents_are_not_their_childrens_sum_publishes_nothing(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = town / "home"
    run_import(home, town / "town.toml", town)
    whole = world.assign_levels
    monkeypatch.setattr(world, "assign_levels", lambda *args: whole(*args).assign(all=None))
    with pytest.raises(NotBalanced, match="all all has 0 rows, its children not"):
        run_build(home)
    assert current_id(home) is None
