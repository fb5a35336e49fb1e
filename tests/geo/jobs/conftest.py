"""Stand-ins for the rooms that jobs joins, so that what jobs itself does can be seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import Words
from geo.intake import CleanTable
from geo.jobs import run
from geo.schema import HomeInfo, Level

HOME = HomeInfo("州", "Prefecture", "Asia/Shanghai", "EPSG:32649", (Level("grid", "网格", "Grid"),))
NONE = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])


@dataclass
class LevelSource:
    file: str


@dataclass
class Mapping:
    name: str = "town"
    digest: str = "0" * 64
    timezone: str = ""
    levels: tuple[LevelSource, ...] = (LevelSource("grids.gpkg"),)
    table: tuple[Any, ...] = ()

    def files(self) -> tuple[str, ...]:
        return tuple(level.file for level in self.levels)


@dataclass
class Built:
    id: str = "0123456789abcdef"
    number: int = 1


@dataclass
class Rooms:
    """What the stand-ins give and what they were asked.

    `pause` runs between two reports of a build's progress, `before_last` before the last table is given.
    """

    clean: list[CleanTable] = field(default_factory=list)
    pause: Callable[[], None] = lambda: None
    before_last: Callable[[], object] = lambda: None
    published: list[Any] = field(default_factory=list)
    as_of: list[datetime | None] = field(default_factory=list)

    def iter_clean(self, _m: Any, _d: Path, _r: Any, progress: run.Progress, **_: Any) -> Iterator[CleanTable]:
        for n, clean in enumerate(self.clean):
            progress(n / len(self.clean), Words(f"reading {clean.table}", "读取"))
            if n == len(self.clean) - 1:
                self.before_last()
            yield clean

    def build_snapshot(self, _rec: Any, _h: Path, _r: Any, as_of: datetime | None, progress: run.Progress) -> Built:
        self.as_of.append(as_of)
        progress(0.1, Words("measuring", "计算"))
        self.pause()
        progress(0.9, Words("writing", "写入"))
        return Built()


def units(code: str = "a") -> CleanTable:
    frame = pd.DataFrame({"level": ["grid"], "code": [code], "name": ["甲"], "line": [1]})
    shaped = gpd.GeoDataFrame(frame, geometry=[shapely.box(650_000, 3_130_000, 651_000, 3_131_000)], crs="EPSG:32649")
    return CleanTable("units", "units", shaped, NONE, "grids.gpkg", 1, (), "EPSG:32649", HOME)


def cameras(*ids: str) -> CleanTable:
    frame = pd.DataFrame({"source_id": list(ids), "lon": 110.5, "lat": 28.3, "line": range(len(ids))})
    return CleanTable("cameras", "police", frame, NONE, "cameras.csv", len(ids), (), "EPSG:4326")


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms(clean=[units(), cameras("1", "2")])
    monkeypatch.setattr(run, "read_mapping", lambda _path: Mapping())
    monkeypatch.setattr(run, "iter_clean", made.iter_clean)
    monkeypatch.setattr(run, "build_snapshot", made.build_snapshot)
    monkeypatch.setattr(run, "keep_month", lambda _home, _built: None)
    monkeypatch.setattr(run, "publish", lambda _home, built: made.published.append(built))
    return made


@pytest.fixture
def mapping_file(tmp_path: Path) -> Path:
    file = tmp_path / "town.toml"
    file.touch()
    return file
