"""Small frames in the form intake hands over, and the one call that imports them."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import Words
from geo.records import Counts, Importing, Part, Records
from geo.records.staging import compare
from geo.schema import HomeInfo, Level

REFUSED_COLUMNS = ("line", "reason", "explained_en", "explained_zh", "fields")
HOME = HomeInfo(
    "州",
    "Prefecture",
    "Asia/Shanghai",
    "EPSG:32649",
    (Level("grid", "网格", "Grid", "town"), Level("town", "镇", "Town")),
)


def cameras(ids: Sequence[str] = ("1", "2", "3"), name: str = "路口") -> pd.DataFrame:
    n = len(ids)
    return pd.DataFrame(
        {
            "source_id": pd.Series(ids, dtype=object),
            "name": pd.Series([name] * n, dtype=object),
            "lon": [109.7 + i / 1000 for i in range(n)],
            "lat": [28.3] * n,
            "status": pd.Series(["online"] * n, dtype=object),
            "h_px": pd.array([1920] * n, dtype="Int64"),
            "filed": pd.array([None] * n, dtype="boolean"),
            "line": range(2, n + 2),
        }
    )


def refused(n: int = 0) -> pd.DataFrame:
    rows = [(90 + i, "bad_number", "not a number", "不是数字", '{"lon": "x"}') for i in range(n)]
    return pd.DataFrame(rows, columns=list(REFUSED_COLUMNS))


def units() -> gpd.GeoDataFrame:
    rows = [("grid", "b", "乙", "t"), ("grid", "a", "甲", "t"), ("town", "t", "镇", None)]
    frame = pd.DataFrame(rows, columns=["level", "code", "name", "parent_code"], dtype=object)
    boxes = [shapely.box(100, 0, 200, 100), shapely.box(0, 0, 100, 100), shapely.box(0, 0, 200, 100)]
    return gpd.GeoDataFrame(frame.assign(line=[1, 2, 1]), geometry=boxes, crs="EPSG:32649")


def replace_source(
    tx: Importing,
    table: str,
    source: str,
    file: str,
    frame: pd.DataFrame,
    refused: pd.DataFrame,
    n_read: int,
    crs: str,
    *,
    notes: Sequence[Words] = (),
) -> Counts:
    """A source that comes in one part; how its rows differ from the records as they stand."""
    tx.replace_in_parts(table, source, file, [Part(frame, refused, n_read, notes)], crs)
    with tx.connection.begin():
        return compare(tx.connection, tx._staged[-1], tx._named(table))


def import_cameras(
    records: Records,
    frame: pd.DataFrame,
    *,
    source: str = "police",
    n_refused: int = 0,
    mapping: str = "town",
    notes: Sequence[Words] = (),
) -> Importing:
    with records.importing("import", mapping, "0" * 64) as tx:
        no = refused(n_refused)
        n_read = len(frame) + len(no)
        replace_source(tx, "cameras", source, "cameras.csv", frame, no, n_read, "EPSG:4326", notes=notes)
    return tx


def import_units(records: Records) -> Importing:
    with records.importing("import", "town", "0" * 64) as tx:
        replace_source(tx, "units", "levels", "grids.gpkg", units(), refused(), 3, "EPSG:32649")
        tx.set_home(HOME)
    return tx
