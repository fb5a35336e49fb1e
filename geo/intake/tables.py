"""One source of one table, from file to frame: columns typed, points placed, shapes cleaned, duplicates settled."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.crs import WGS84, parse_crs, transform_geometry
from geo.errors import BadInput, MissingCrs, Words
from geo.intake.codes import is_gb28181, is_gb28181_camera
from geo.intake.columns import mapped_texts, typed_columns
from geo.intake.mapping import TableSource
from geo.intake.points import Extent, place_points, read_xy
from geo.intake.quality import Refusals
from geo.intake.readers import Request, Source, find_file, read_source
from geo.intake.shapes import check_sizes, clean_shapes, correct_datum, with_geometry
from geo.intake.stated import crs_of, missing_crs, notes_of_crs
from geo.rules import Rules
from geo.schema import SOURCES

Texts = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Surroundings:
    """What a table is held against: the home's extent, metric CRS, unit codes, time zone, and the import's moment."""

    extent: Extent
    metric: pyproj.CRS
    unit_codes: frozenset[str]
    timezone: str
    now: datetime
    rules: Rules


@dataclass(frozen=True)
class Cleaned:
    """A cleaned source: `frame` with the schema's columns, line and, for tables with shapes, geometry in EPSG:4326."""

    frame: pd.DataFrame
    refused: pd.DataFrame
    n_read: int
    notes: tuple[Words, ...]


def clean_source(table: TableSource, data_dir: Path, around: Surroundings) -> Cleaned:
    """Read and clean one source; `BadInput`, `MissingCrs`, `CrsMismatch` or `TooLarge` are about it as a whole."""
    path = find_file(data_dir, table.file)
    request = Request(path, table.wanted(), around.rules, table.layer, table.encoding, table.header_line)
    source = read_source(request)
    fields = mapped_texts(table, source)
    refusals = Refusals(source.lines, fields)
    for line, code, value in source.broken:
        refusals.add_broken(line, code, value)
    _refuse_long(fields, refusals, around.rules)
    series, notes = typed_columns(table, fields, refusals, around.rules, around.timezone, around.now)
    if SOURCES[table.table].geometry == "point":
        lon, lat, place_notes = _points(table, source, fields, refusals, around)
        series |= {"lon": pd.Series(lon), "lat": pd.Series(lat)}
        _require_place(table, series, refusals, around)
        shapes = None
    else:
        shapes, place_notes = _shapes(table, source, fields, refusals, around)
    _settle_duplicates(table, series, refusals)
    kept = refusals.kept()
    names = SOURCES[table.table].names()
    frame = pd.DataFrame({name: series[name] for name in names})
    frame["line"] = source.lines
    frame = frame[kept].reset_index(drop=True)
    if shapes is not None:
        frame = with_geometry(frame, shapes[kept], WGS84)
    told = (*source.notes, *notes, *place_notes, *_camera_notes(table, frame))
    return Cleaned(frame, refusals.frame(), source.n_read, told)


def _points(
    table: TableSource, source: Source, fields: dict[str, Texts], refusals: Refusals, around: Surroundings
) -> tuple[Floats, Floats, tuple[Words, ...]]:
    n = len(source.lines)
    notes: tuple[Words, ...] = ()
    if table.x:
        crs = _stated_crs(table, source)
        x, y = read_xy(fields["x"], fields["y"], refusals)
    elif source.geometry is not None:
        crs = crs_of(source, table.file, table.crs, _where(table))
        x, y, notes = _points_of_shapes(table, source, refusals)
    elif "unit_code" in table.columns:
        return np.full(n, np.nan), np.full(n, np.nan), ()
    else:
        raise BadInput(
            Words(
                f"{table.file} has no geometry: name its coordinate columns as x and y under {_where(table)}",
                f"{table.file} 没有几何：请在 {_where(table)} 下用 x 和 y 指定坐标列",
            )
        )
    lon, lat = place_points(table.file, x, y, crs, table.datum, around.extent, refusals)
    return lon, lat, (*notes, *notes_of_crs(table.file, crs, table.datum))


def _points_of_shapes(
    table: TableSource, source: Source, refusals: Refusals
) -> tuple[Floats, Floats, tuple[Words, ...]]:
    assert source.geometry is not None
    kind = "point_or_polygon" if table.table == "residents" else "point"
    geometry = source.geometry
    absent = np.zeros(len(geometry), dtype=bool)
    if "unit_code" in table.columns:
        absent = np.asarray(shapely.is_missing(geometry) | shapely.is_empty(geometry))
        absent[list(source.faults)] = False
    present = Refusals(source.lines[~absent], {})
    keep = np.flatnonzero(~absent)
    faults = {int(np.searchsorted(keep, i)): said for i, said in source.faults.items()}
    shapes, notes = clean_shapes(geometry[keep], kind, present, repair=table.repair, faults=faults)
    refusals.merge(keep, present)
    points = np.where(shapely.get_type_id(shapes) > 0, shapely.point_on_surface(shapes), shapes)
    x, y = np.full(len(geometry), np.nan), np.full(len(geometry), np.nan)
    usable = present.kept()
    x[keep[usable]], y[keep[usable]] = shapely.get_x(points[usable]), shapely.get_y(points[usable])
    return x, y, notes


def _shapes(
    table: TableSource, source: Source, fields: dict[str, Texts], refusals: Refusals, around: Surroundings
) -> tuple[Texts, tuple[Words, ...]]:
    kind = SOURCES[table.table].geometry
    if table.x and kind == "point_or_polygon":
        crs = _stated_crs(table, source)
        x, y = read_xy(fields["x"], fields["y"], refusals)
        lon, lat = place_points(table.file, x, y, crs, table.datum, around.extent, refusals)
        missing = np.isnan(lon)
        refusals.refuse(missing, "missing_coordinate")
        made: Texts = np.full(len(lon), None, dtype=object)
        made[~missing] = shapely.points(lon[~missing], lat[~missing])
        return made, tuple(notes_of_crs(table.file, crs, table.datum))
    if source.geometry is None:
        raise BadInput(Words(f"{table.file} holds no shapes", f"{table.file} 不含几何"))
    crs = crs_of(source, table.file, table.crs, _where(table))
    shapes, notes = clean_shapes(source.geometry, kind, refusals, repair=table.repair, faults=source.faults)
    bounds = shapely.bounds(shapes)
    bounds[~refusals.kept()] = np.nan
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    place_points(table.file, x, y, crs, table.datum, around.extent, refusals)
    shapes[~refusals.kept()] = None
    shapes = correct_datum(shapes, crs, table.datum)
    check_sizes(shapes, crs, around.metric, refusals)
    return transform_geometry(shapes, crs, WGS84), (*notes, *notes_of_crs(table.file, crs, table.datum))


def _require_place(
    table: TableSource, series: dict[str, "pd.Series[Any]"], refusals: Refusals, around: Surroundings
) -> None:
    nowhere = series["lon"].isna().to_numpy()
    if "unit_code" not in series:
        refusals.refuse(nowhere, "missing_coordinate")
        return
    codes = series["unit_code"]
    refusals.refuse(nowhere & codes.isna().to_numpy(), "not_located")
    refusals.refuse(nowhere & ~codes.isin(around.unit_codes).to_numpy(), "unknown_unit_code", "unit_code")


def _settle_duplicates(table: TableSource, series: dict[str, "pd.Series[Any]"], refusals: Refusals) -> None:
    kept = np.flatnonzero(refusals.kept())
    ids = series["source_id"].to_numpy()[kept]
    order = np.arange(len(kept))
    if table.duplicates == "newest":
        order = order[::-1]
        if "reported_at" in series:
            reported = series["reported_at"].to_numpy(dtype="datetime64[us]")[kept].astype(np.int64)
            order = np.lexsort((-np.arange(len(kept)), -reported))
    again = pd.Series(ids[order], dtype=object).duplicated().to_numpy()
    marked = np.zeros(len(refusals.lines), dtype=bool)
    marked[kept[order[again]]] = True
    name = "source_id"
    refusals.refuse(marked, "duplicate_id", name, values=series[name].to_numpy()[marked])


def _camera_notes(table: TableSource, frame: pd.DataFrame) -> list[Words]:
    notes: list[Words] = []
    if table.table != "cameras" or frame.empty:
        return notes
    n_same = int(frame.duplicated(["lon", "lat"]).sum())
    if n_same:
        notes.append(
            Words(f"{n_same} cameras stand exactly where another one stands", f"{n_same} 台摄像机与另一台位置完全相同")
        )
    ids = frame["source_id"].to_numpy()
    long_ids = np.array([len(text) == 20 and text.isdecimal() for text in ids], dtype=bool)
    n_wrong = int((long_ids & ~(is_gb28181(ids) & is_gb28181_camera(ids))).sum())
    if n_wrong:
        notes.append(
            Words(
                f"{n_wrong} ids of 20 digits are no GB/T 28181 camera ids",
                f"{n_wrong} 个 20 位编号不是 GB/T 28181 摄像机编码",
            )
        )
    return notes


def _refuse_long(fields: dict[str, Texts], refusals: Refusals, rules: Rules) -> None:
    for name, texts in fields.items():
        if max(map(len, filter(None, texts)), default=0) <= rules.max_cell_chars:
            continue
        long = np.array([text is not None and len(text) > rules.max_cell_chars for text in texts], dtype=bool)
        refusals.refuse(long, "too_long", name)


def _stated_crs(table: TableSource, source: Source) -> pyproj.CRS:
    if not table.crs and source.crs is None:
        raise MissingCrs(missing_crs(table.file, _where(table)))
    return parse_crs(table.crs) if table.crs else crs_of(source, table.file, "", _where(table))


def _where(table: TableSource) -> str:
    return f'[[table]] source = "{table.source}"'
