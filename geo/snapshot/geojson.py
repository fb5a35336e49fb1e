"""Rows as GeoJSON features (RFC 7946), column by column: whole columns become text at once."""

import json
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely


def write_features(shapes: gpd.GeoDataFrame, tell: Callable[[float], None], *, rows_at_once: int) -> str:
    """`shapes` (EPSG:4326) as features with commas between them; `tell` hears the share that is written.

    >>> point = gpd.GeoDataFrame({"name": ["a"], "n": [1.5]}, geometry=[shapely.Point(110, 28)], crs="EPSG:4326")
    >>> write_features(point, lambda share: None, rows_at_once=9)
    '{"type":"Feature","properties":{"name":"a","n":1.5},"geometry":{"type":"Point","coordinates":[110.0,28.0]}}'
    """
    parts = []
    for start in range(0, len(shapes), rows_at_once):
        tell(start / len(shapes))
        parts.append(_features(shapes.iloc[start : start + rows_at_once]))
    return ",".join(parts)


def iso_text(times: pd.Series) -> pd.Series:
    """Moments (UTC) as ISO 8601 text to the second, None where there is none.

    >>> iso_text(pd.Series(pd.to_datetime(["2026-03-04T05:06:07Z"]))).tolist()
    ['2026-03-04T05:06:07Z']
    """
    moments = times.dt.tz_convert(None).to_numpy().astype("datetime64[s]")
    text = pd.Series(np.char.add(np.datetime_as_string(moments), "Z").astype(object), index=times.index)
    return text.where(times.notna(), None)


def _features(shapes: gpd.GeoDataFrame) -> str:
    """Rows as GeoJSON features with commas between them, column by column."""
    parts: list[Any] = []
    for n, name in enumerate(shapes.columns.drop("geometry")):
        parts += [f"{',' if n else ''}{json.dumps(name, ensure_ascii=False)}:", _json_cells(shapes[name])]
    drawn = pa.array(shapely.to_geojson(shapes.geometry.to_numpy()), pa.large_string(), from_pandas=True)
    around = ('{"type":"Feature","properties":{', '},"geometry":', "}")
    parts = [around[0], *parts, around[1], pc.fill_null(drawn, "null"), around[2]]
    texts = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return ",".join(pc.binary_join_element_wise(*texts, pa.scalar("", pa.large_string())).to_pylist())


def _json_cells(column: pd.Series) -> Any:
    """Each cell of a column as JSON: an Arrow array of text, "null" where there is none or no finite number."""
    cells = pa.array(iso_text(column) if isinstance(column.dtype, pd.DatetimeTZDtype) else column, from_pandas=True)
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_finite(cells), cells, None)
    elif not (pa.types.is_integer(cells.type) or pa.types.is_boolean(cells.type)):
        words = cells.dictionary_encode()
        texts = [json.dumps(word, ensure_ascii=False) for word in words.dictionary.to_pylist()]
        cells = pa.array(texts, pa.large_string()).take(words.indices)
    return pc.fill_null(pc.cast(cells, pa.large_string()), "null")
