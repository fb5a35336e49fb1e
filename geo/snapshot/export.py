"""Tables as files. A format is a registered function; the faces ask `FORMATS` for the list.

A CSV is one header line and rows (UTF-8 with BOM) and nothing else: definitions and the snapshot's id stand in
`NAME.columns.csv` beside it, among them that a home is a demo: a comment line or one more column would break readers
that know the columns; "zip" is both in one file. XLSX carries them as a second sheet, GeoPackage as a second layer, a
Shapefile as a table in its zip, Parquet and GeoJSON in their metadata. Text that a spreadsheet would run as a formula
gets a leading apostrophe; hidden small counts read "<5".
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import rustpy_xlsxwriter as xlsx
import shapely

from geo.crs import WGS84, transform_geometry
from geo.errors import BadQuery, NotAvailable, Words
from geo.schema import DEMO_NOTE, RESULTS, Column
from geo.snapshot.geojson import iso_text, write_features
from geo.snapshot.shapefile import zip_shapefile
from geo.snapshot.store import Snapshot

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Hears the share (0..1) that is written; what it raises ends the writing.
Tell = Callable[[float], None]
#: Rows of a file between two words on how far it is.
_ROWS_AT_ONCE = 5_000


def silent(_share: float) -> None:
    """Tells nobody.

    >>> silent(0.5)
    """


@dataclass(frozen=True)
class Sheet:
    """What a writer gets: the frame (geometry in EPSG:4326 or none), columns, name, facts, min_count, credit."""

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    name: str
    facts: dict[str, str]
    min_count: int
    credit: str
    tell: Tell = silent

    def cells(self) -> pd.DataFrame:
        """Columns without geometry as text-ready values: ISO times, hidden counts as "<5", formulas disarmed."""
        shown = pd.DataFrame({c.name: self.frame[c.name] for c in self.columns if c.name in self.frame.columns})
        for name in shown.columns:
            if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
                shown[name] = iso_text(shown[name])
            elif shown[name].dtype == "str":
                armed = shown[name].str.startswith(_FORMULA_STARTS)
                shown[name] = shown[name].mask(armed, "'" + shown[name]) if armed.any() else shown[name]
            elif not pd.api.types.is_numeric_dtype(shown[name]):
                shown[name] = shown[name].map(disarm, na_action="ignore")
        for name, places in self.frame.attrs.get("hidden", {}).items():
            if name in shown.columns:
                shown[name] = shown[name].astype(object)
                shown.loc[shown.index[places], name] = f"<{self.min_count}"
        return shown

    def reference(self) -> pd.DataFrame:
        """One row per column (name, type, unit, titles, meanings), then the facts of the source."""
        rows = [column.row() for column in self.columns if column.name in self.frame.columns]
        rows += [{"column": f"# {key}", "meaning_en": value, "meaning_zh": value} for key, value in self.facts.items()]
        return pd.DataFrame(rows).fillna("")

    def shapes(self) -> gpd.GeoDataFrame:
        """The frame as EPSG:4326 features; where any cell is hidden, a last text column `hidden` names such columns."""
        if "geometry" not in self.frame.columns:
            title = RESULTS[self.name].title
            raise NotAvailable(
                Words(
                    f"the table {self.name} has no geometry; choose csv, xlsx or parquet",
                    f"“{title.zh}”没有几何，可选 csv、xlsx 或 parquet",
                )
            )
        data = {c.name: self.frame[c.name] for c in self.columns if c.name in self.frame.columns}
        hidden = {name: places for name, places in self.frame.attrs.get("hidden", {}).items() if len(places)}
        if hidden:
            names = np.full(len(self.frame), "", dtype=object)
            for name, places in hidden.items():
                names[places] = [f"{text},{name}".lstrip(",") for text in names[places]]
            data["hidden"] = pd.Series(names, self.frame.index)
        return gpd.GeoDataFrame(data, geometry=self.frame["geometry"].to_numpy(), crs=WGS84)


def disarm(text: object) -> object:
    """`text` with a leading apostrophe where a spreadsheet would take it for a formula (BAD_INPUTS row 26).

    >>> disarm("=HYPERLINK(1)"), disarm("plain"), disarm(5)
    ("'=HYPERLINK(1)", 'plain', 5)
    """
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA_STARTS) else text


def to_csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM, one header line, rows; nothing else."""
    stream = io.StringIO(newline="")
    cells = sheet.cells()
    for start in range(0, max(len(cells), 1), _ROWS_AT_ONCE):
        sheet.tell(start / max(len(cells), 1))
        part = cells.iloc[start : start + _ROWS_AT_ONCE]
        part.to_csv(stream, index=False, header=start == 0, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def to_zip(sheet: Sheet) -> bytes:
    """A zip with NAME.csv (`to_csv`) and NAME.columns.csv: what its columns mean, the filters, the snapshot."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(f"{sheet.name}.csv", to_csv(sheet))
        packed.writestr(f"{sheet.name}.columns.csv", columns_csv(sheet))
    return stream.getvalue()


def columns_csv(sheet: Sheet) -> bytes:
    """`Sheet.reference` as a CSV (UTF-8 with BOM)."""
    return b"\xef\xbb\xbf" + sheet.reference().to_csv(index=False, lineterminator="\r\n").encode()


def to_xlsx(sheet: Sheet) -> bytes:
    """A workbook with the rows and a sheet `columns`; text cells stay text (no formulas, long ids unharmed)."""
    return to_workbook([sheet])


def to_workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook with a page per sheet and a page `columns` about them all, as `to_xlsx` makes it of one."""
    about = pd.concat([sheet.reference() for sheet in sheets]).drop_duplicates()
    pages = [(sheet.name, sheet.cells(), sheet.tell) for sheet in sheets] + [("columns", about, silent)]
    footer = {"footer": f"&C{sheets[0].credit.replace('&', '&&')}"}
    stream = io.BytesIO()
    xlsx.write_worksheets(
        [(name, _records(cells, tell)) for name, cells, tell in pages],
        stream,
        freeze_panes={"general": {"row": 1, "col": 0}},
        header_row={name: 0 for name, _, _ in pages},
        page_setup={name: footer for name, _, _ in pages},
    )
    return stream.getvalue()


def _records(cells: pd.DataFrame, tell: Tell) -> Iterator[dict[Any, Any]] | pd.DataFrame:
    """Rows one after another; a table without any as it is, for its heading."""
    if cells.empty:
        return cells
    plain = cells.astype(object).where(cells.notna(), None)

    def rows() -> Iterator[dict[Any, Any]]:
        for start in range(0, len(plain), _ROWS_AT_ONCE):
            tell(start / len(plain))
            yield from plain.iloc[start : start + _ROWS_AT_ONCE].to_dict("records")

    return rows()


def to_geojson(sheet: Sheet) -> bytes:
    """A FeatureCollection in EPSG:4326 (RFC 7946) with `columns` and `source` as extra members."""
    shapes = sheet.shapes()
    about = json.dumps({"source": sheet.facts, "columns": sheet.reference().to_dict("records")}, ensure_ascii=False)
    features = write_features(shapes, sheet.tell, rows_at_once=_ROWS_AT_ONCE)
    return f'{{"type":"FeatureCollection","features":[{features}],{about[1:-1]}}}'.encode()


def to_gpkg(sheet: Sheet) -> bytes:
    """A GeoPackage with a layer named after the table and an attribute table `columns`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.gpkg"
        about = {"DESCRIPTION": sheet.credit} if sheet.credit else {}
        sheet.tell(0.1)
        pyogrio.write_dataframe(
            sheet.shapes(), file, layer=sheet.name, driver="GPKG", layer_options=about or None, use_arrow=True
        )
        pyogrio.write_dataframe(sheet.reference(), file, layer="columns", driver="GPKG")
        return file.read_bytes()


def to_shapefile(sheet: Sheet) -> bytes:
    """A zip with the shapefile, in EPSG:4326 and UTF-8, and a key to its short field names (`zip_shapefile`)."""
    shapes = sheet.shapes()
    times = {name: iso_text(shapes[name]) for name in shapes.select_dtypes("datetimetz").columns}
    sheet.tell(0.1)
    return zip_shapefile(shapes.assign(**times), sheet.reference(), sheet.name)


def to_parquet(sheet: Sheet) -> bytes:
    """GeoParquet (Parquet where rows have no geometry); the reference stands in the file's `gridscope` metadata."""
    stream = io.BytesIO()
    if "geometry" in sheet.frame.columns:
        _plain(sheet.shapes()).to_parquet(stream, index=False, compression=None)
    else:
        shown = sheet.frame[[c.name for c in sheet.columns if c.name in sheet.frame.columns]]
        shown.to_parquet(stream, index=False, compression=None)
    sheet.tell(0.5)
    whole = pq.read_table(io.BytesIO(stream.getvalue()))
    about = json.dumps({"source": sheet.facts, "columns": sheet.reference().to_dict("records")}, ensure_ascii=False)
    whole = whole.replace_schema_metadata({**(whole.schema.metadata or {}), b"gridscope": about.encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(whole, sink)
    return bytes(sink.getvalue().to_pybytes())


def _plain(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Text columns as objects with None: what the writers take."""
    return shapes.assign(
        **{
            n: shapes[n].astype(object).where(shapes[n].notna(), None)
            for n in shapes.columns
            if shapes[n].dtype == "str"
        }
    )


@dataclass(frozen=True)
class Format:
    """A way to write a table: file suffix, media type, the writing function."""

    suffix: str
    media_type: str
    write: Callable[[Sheet], bytes]


FORMATS: dict[str, Format] = {
    "csv": Format("csv", "text/csv; charset=utf-8", to_csv),
    "zip": Format("csv.zip", "application/zip", to_zip),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_xlsx),
    "geojson": Format("geojson", "application/geo+json", to_geojson),
    "gpkg": Format("gpkg", "application/geopackage+sqlite3", to_gpkg),
    "shp": Format("shp.zip", "application/zip", to_shapefile),
    "parquet": Format("parquet", "application/vnd.apache.parquet", to_parquet),
}


def to_bytes(
    frame: pd.DataFrame,
    name: str,
    fmt: str,
    snapshot: Snapshot,
    columns: tuple[Column, ...] = (),
    facts: Mapping[str, str] = MappingProxyType({}),
    tell: Tell = silent,
) -> bytes:
    """Table `name` (as `queries.table` gave it) in format `fmt`; `BadQuery` lists the formats there are.

    Of a frame that is no result table `columns` are its columns; `facts` stand with those of the source; `tell` is a
    `Sheet`'s.
    """
    sheet = make_sheet(frame, columns or RESULTS[name].columns, name, snapshot, facts)
    return _format(fmt).write(replace(sheet, tell=tell))


def file_name(snapshot: Snapshot, name: str, suffix: str) -> str:
    """What a file of `snapshot` is called on a reader's disk; that of a demo says so."""
    return f"gridscope-{'demo-' if snapshot.home.demo else ''}{name}-{snapshot.number}.{suffix}"


def write_table(frame: pd.DataFrame, name: str, fmt: str, snapshot: Snapshot, file: Path) -> list[Path]:
    """Write table `name` to `file`, and for CSV its `NAME.columns.csv` beside it; returns what was written."""
    sheet = make_sheet(frame, RESULTS[name].columns, name, snapshot)
    file.write_bytes(_format(fmt).write(sheet))
    if fmt != "csv":
        return [file]
    beside = file.with_name(f"{file.stem}.columns.csv")
    beside.write_bytes(columns_csv(sheet))
    return [file, beside]


def _format(fmt: str) -> Format:
    if fmt not in FORMATS:
        known = ", ".join(FORMATS)
        raise BadQuery(Words(f"no format {fmt!r}; formats are {known}", f"没有格式 {fmt!r}；可用：{known}"))
    return FORMATS[fmt]


def make_sheet(
    frame: pd.DataFrame,
    columns: tuple[Column, ...],
    name: str,
    snapshot: Snapshot,
    more_facts: Mapping[str, str] = MappingProxyType({}),
) -> Sheet:
    """What a writer gets of `frame`: its geometry in EPSG:4326, the snapshot's facts and `more_facts`."""
    shown = frame
    if "geometry" in frame.columns:
        shapes = np.asarray(frame["geometry"], dtype=object)
        source = getattr(frame, "crs", None) or WGS84
        shapes = shapely.force_2d(transform_geometry(shapes, source, WGS84))
        shown = pd.DataFrame(frame.drop(columns="geometry")).assign(geometry=shapes)
        shown.attrs = frame.attrs
    home = snapshot.home
    facts = {
        "table": name,
        "snapshot": snapshot.id,
        "snapshot_number": str(snapshot.number),
        "as_of": snapshot.as_of.isoformat(),
        "home": f"{home.title_zh} / {home.title_en}",
        "notice": f"{DEMO_NOTE.zh} / {DEMO_NOTE.en}" if home.demo else "",
        "source": f"{home.attribution_zh} / {home.attribution_en}".strip(" /"),
        "map_review_number": home.map_review_number,
        "crs": WGS84,
        "measured_in": snapshot.metric_crs,
        **more_facts,
    }
    facts = {key: value for key, value in facts.items() if value}
    credit = " / ".join(dict.fromkeys(filter(None, (home.credit().zh, home.credit().en))))
    return Sheet(shown, columns, name, facts, snapshot.rules.min_count, credit)
