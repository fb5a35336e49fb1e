"""Shapefiles, zipped: short field names with a key to them, UTF-8, a projection, one file per kind of geometry."""

import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

#: A dBASE field name has ten bytes at most.
MAX_NAME_CHARS = 10
_KINDS = {0: ("points", "Point"), 1: ("lines", "LineString"), 2: ("polygons", "Polygon")}
_HIDDEN = "hidden"


def zip_shapefile(shapes: gpd.GeoDataFrame, reference: pd.DataFrame, name: str) -> bytes:
    """`shapes` (any CRS) as NAME.shp and what belongs to it; NAME.fields.csv says which column each field is.

    Rows of several kinds of geometry become NAME-points, NAME-lines and NAME-polygons, those without geometry go with
    the first. The field `hidden` names hidden columns by their numbers in the key, as dBASE text ends at 254 bytes.
    True and false are 1 and 0. `reference` has a row per column, `column` being its name.
    """
    fields = dict(zip(shapes.columns.drop("geometry"), short_names(shapes.columns.drop("geometry")), strict=True))
    kinds = shapely.get_dimensions(shapes.geometry.to_numpy())
    found = np.unique(kinds[kinds >= 0]).tolist() or [2]
    plain = _plain(shapes, list(fields)).rename(columns=fields)
    stream = BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
    ):
        for kind in found:
            rows = np.isin(kinds, [kind, -1] if kind == found[0] else [kind])
            stem = name if len(found) == 1 else f"{name}-{_KINDS[kind][0]}"
            _write(plain[rows], Path(folder, f"{stem}.shp"), kind)
        for file in sorted(Path(folder).iterdir()):
            packed.write(file, file.name)
        packed.writestr(f"{name}.fields.csv", _key(fields, reference))
    return stream.getvalue()


def short_names(names: "pd.Index[str] | list[str]") -> list[str]:
    """Each name in at most ten characters, none twice whatever the case: cut, and numbered where that is not enough.

    >>> short_names(["code", "places_seen_share", "places_seen_share_low", "places_seen_share_high"])
    ['code', 'places_see', 'places_s_1', 'places_s_2']
    """
    taken: list[str] = []
    for name in names:
        short, n = name[:MAX_NAME_CHARS], 0
        while short.casefold() in (one.casefold() for one in taken):
            n += 1
            short = f"{name[: MAX_NAME_CHARS - 1 - len(str(n))]}_{n}"
        taken.append(short)
    return taken


def _plain(shapes: gpd.GeoDataFrame, names: list[str]) -> gpd.GeoDataFrame:
    """What dBASE can hold: truth as 1 and 0, hidden columns by number."""
    numbers = {name: str(n) for n, name in enumerate(names, 1)}
    truths = {name: shapes[name].astype("Int16") for name in names if pd.api.types.is_bool_dtype(shapes[name])}
    if _HIDDEN in names:
        told = shapes[_HIDDEN].map(lambda text: ",".join(numbers[one] for one in text.split(",") if one))
        truths[_HIDDEN] = told.astype("str")
    return shapes.assign(**truths)


def _write(rows: gpd.GeoDataFrame, file: Path, kind: int) -> None:
    pyogrio.write_dataframe(
        rows,
        file,
        driver="ESRI Shapefile",
        geometry_type=_KINDS[kind][1],
        use_arrow=True,
        layer_options={"ENCODING": "UTF-8", "2GB_LIMIT": "YES"},
    )


def _key(fields: dict[str, str], reference: pd.DataFrame) -> bytes:
    """The key as CSV (UTF-8 with BOM): number, field, then the column's row of the reference; below, the facts."""
    named = pd.DataFrame({"number": range(1, len(fields) + 1), "field": list(fields.values()), "column": list(fields)})
    table = named.merge(reference, on="column", how="outer", sort=False).sort_values("number", na_position="last")
    table["number"] = table["number"].astype("Int64")
    return b"\xef\xbb\xbf" + table.to_csv(index=False, lineterminator="\r\n").encode()
