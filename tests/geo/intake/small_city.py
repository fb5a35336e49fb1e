"""A city of two square grids, 0.01 degrees each, side by side at Jishou, and the files a test adds to it.

west 109.70 to 109.71 E, east 109.71 to 109.72 E, both 28.30 to 28.31 N.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd

from geo.intake import CleanTable, iter_clean, read_mapping
from geo.rules import Rules

NOW = datetime(2024, 6, 1, tzinfo=UTC)
HEAD = 'title_zh = "小城"\ntitle_en = "Small city"\ntimezone = "Asia/Shanghai"\n'
LEVEL = """
[[levels]]
name = "grid"
title_zh = "网格"
title_en = "Grid"
file = "units.geojson"
code_column = "code"
name_column = "name"
"""
CAMERAS = """
[[table]]
table = "cameras"
source = "cams"
file = "cameras.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
[table.columns]
source_id = "id"
"""
INCIDENTS = """
[[table]]
table = "incidents"
source = "inc"
file = "incidents.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
[table.columns]
source_id = "id"
reported_at = "t"
"""


def square(x: float, y: float = 28.30, size: float = 0.01) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: Any, geometry: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code, "name": f"n{code}", **more}, "geometry": geometry}


def write_features(path: Path, features: list[dict[str, Any]], **more: Any) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}), encoding="utf-8")


def write_units(folder: Path) -> None:
    write_features(folder / "units.geojson", [feature("w", square(109.70)), feature("e", square(109.71))])


def clean(
    folder: Path, *tables: str, level: str = LEVEL, head: str = HEAD, rules: Rules | None = None
) -> list[CleanTable]:
    if not (folder / "units.geojson").exists():
        write_units(folder)
    path = folder / "city.toml"
    path.write_text(head + level + "".join(tables), encoding="utf-8")
    return join_parts(iter_clean(read_mapping(path), folder, rules or Rules(), now=NOW))


def join_parts(parts: Iterable[CleanTable]) -> list[CleanTable]:
    """Each source as one table again."""
    tables: list[CleanTable] = []
    for _, group in groupby(parts, key=lambda part: (part.table, part.source)):
        each = list(group)
        assert [part.is_last for part in each] == [False] * (len(each) - 1) + [True]
        frames, refused = (pd.concat([getattr(part, name) for part in each]) for name in ("frame", "refused"))
        if len(each) == 1:
            frames, refused = each[0].frame, each[0].refused
        n_read = sum(part.n_read for part in each)
        whole = {"frame": frames.reset_index(drop=True), "refused": refused.reset_index(drop=True), "n_read": n_read}
        tables.append(replace(each[-1], **whole))
    return tables


def cameras(folder: Path, text: str | bytes, extra: str = "", **options: Any) -> CleanTable:
    (folder / "cameras.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return clean(folder, CAMERAS + extra, **options)[1]


def incidents(folder: Path, text: str, extra: str = "", **options: Any) -> CleanTable:
    (folder / "incidents.csv").write_text(text, encoding="utf-8")
    return clean(folder, INCIDENTS + extra, **options)[1]


def reasons(table: CleanTable) -> list[tuple[int, str]]:
    assert table.n_read == len(table.refused) + int((table.frame["line"] > 0).sum())
    return list(zip(table.refused["line"].tolist(), table.refused["reason"].tolist(), strict=True))
