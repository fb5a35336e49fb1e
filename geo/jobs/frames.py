"""Frames in the place of files: the same checks, import and build, into a home of their own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import BadQuery, MissingCrs, Words
from geo.intake.mapping import parse_mapping
from geo.jobs.run import import_mapping, run_build
from geo.schema import SOURCES
from geo.snapshot.store import Snapshot

_LEVEL = {"name": "unit", "title_zh": "单位", "title_en": "Unit", "code_column": "code", "name_column": "name"}


def build_from_frames(
    home: Path,
    units: gpd.GeoDataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
    *,
    title: str = "",
    timezone: str = "Asia/Shanghai",
) -> Snapshot:
    """Import and build frames into the folder `home`, and return the published snapshot.

    `units` are the polygons of one level, with a `code` (else the index) and a `name` (else the code); `tables` are
    frames by the name of the table they fill ("cameras", "roads", ...), with columns named as the table's; `source_id`
    is the index where it is missing. Each frame has its own CRS. Times without an offset are civil times of `timezone`.
    Rows that cannot be used are refused as an import refuses them. Errors: `BadQuery` for a table that there is not,
    `MissingCrs`, those of `import_mapping` and `run_build`.

    >>> import tempfile
    >>> from shapely import Point, box
    >>> west, east = box(6e5, 3e6, 601e3, 3001e3), box(601e3, 3e6, 602e3, 3001e3)
    >>> units = gpd.GeoDataFrame({"code": ["w", "e"]}, geometry=[west, east], crs="EPSG:32649")
    >>> dome = {"sweep_deg": [360.0], "range_m": [50.0]}
    >>> cameras = gpd.GeoDataFrame(dome, geometry=[Point(600500, 3000500)], crs="EPSG:32649")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = build_from_frames(Path(folder), units, {"cameras": cameras}).frame("units")
    >>> found.loc[found["level"] == "unit", ["code", "n_cameras"]].values.tolist()
    [['e', 0], ['w', 1]]
    """
    wrong = [name for name in tables if name not in SOURCES or name in ("units", "elevation")]
    if wrong:
        known = ", ".join(name for name in SOURCES if name not in ("units", "elevation"))
        raise BadQuery(
            *(Words(f"no table {name!r}; tables are {known}", f"没有表 {name!r}；可用：{known}") for name in wrong)
        )
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    named = units.assign(code=_texts(units, "code"))
    _write(named.assign(name=_texts(named, "name", else_from="code")), "units", folder)
    raw: dict[str, Any] = {
        "title_zh": title or "地图",
        "title_en": title or "Map",
        "timezone": timezone,
        "levels": [{**_LEVEL, "file": "units.parquet"}],
        "table": [_write_table(frame, name, folder) for name, frame in tables.items()],
    }
    import_mapping(home, parse_mapping(raw, "frames", name="frames"), folder)
    return run_build(home)


def _write_table(frame: gpd.GeoDataFrame, name: str, folder: Path) -> dict[str, Any]:
    """The frame as a file, and its part of the mapping."""
    frame = frame.assign(source_id=_texts(frame, "source_id"))
    kept = [column.name for column in SOURCES[name].columns if column.name in frame.columns]
    frame = frame[[*kept, frame.geometry.name]]
    moments = {column: frame[column].map(_moment) for column in kept if column.endswith("_at")}
    _write(frame.assign(**moments), name, folder)
    columns = {column: column for column in kept if column not in ("lon", "lat")}
    return {"table": name, "source": name.replace("_", "-"), "file": f"{name}.parquet", "columns": columns}


def _write(frame: gpd.GeoDataFrame, name: str, folder: Path) -> None:
    if frame.crs is None:
        raise MissingCrs(Words(f"the frame of {name} has no CRS", f"{name} 的数据框没有坐标系"))
    frame.to_parquet(folder / f"{name}.parquet", index=False)


def _texts(frame: pd.DataFrame, column: str, else_from: str = "") -> pd.Series:
    if column in frame.columns:
        return frame[column].astype(str)
    return frame[else_from] if else_from else frame.index.to_series().astype(str)


def _moment(value: Any) -> str | None:
    return None if pd.isna(value) else str(pd.Timestamp(value).isoformat(sep=" "))
