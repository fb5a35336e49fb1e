"""One source of one table, from file to frames: columns typed, points placed, shapes cleaned, ids held apart.

A large file goes through in parts; what one part has to know of the others (ids, counts, decimal commas) is kept small.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from geo.intake.codes import is_gb28181_camera
from geo.intake.columns import cells, mapped_texts, typed_columns
from geo.intake.mapping import TableSource
from geo.intake.notes import Counted, Note, tell
from geo.intake.points import Extent, Placed, place_points, read_xy
from geo.intake.quality import Refusals
from geo.intake.readers import Request, Source, find_file, iter_source
from geo.intake.shapes import check_sizes, clean_shapes, correct_datum, with_geometry
from geo.intake.stated import crs_of, missing_crs, notes_of_crs
from geo.intake.twice import FirstWins, NewestWins, Order, Seen, hash_pairs
from geo.intake.values import has_decimal_commas
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
    """A cleaned part of a source: `frame` with the schema's columns, line and, for tables with shapes, geometry.

    Geometry is in EPSG:4326. `share` is how much of the file was read by then; the last part brings the `notes` of all.
    """

    frame: pd.DataFrame
    refused: pd.DataFrame
    n_read: int
    notes: tuple[Words, ...]
    share: float
    is_last: bool


def clean_source(table: TableSource, data_dir: Path, around: Surroundings) -> Iterator[Cleaned]:
    """Read and clean one source, part by part, at least one.

    `BadInput`, `MissingCrs`, `CrsMismatch` or `TooLarge` are about the source as a whole and may come with any part.
    """
    path = find_file(data_dir, table.file)
    request = Request(path, table.wanted(), around.rules, table.layer, table.encoding, table.header_line)
    cleaner = _Cleaner(table, request, around)
    parts = iter(iter_source(request))
    source = next(parts)
    while (following := next(parts, None)) is not None:
        yield cleaner.clean(source, is_last=False)
        source = following
    yield cleaner.clean(source, is_last=True)


@dataclass(frozen=True)
class _Read:
    """A part with its columns typed and its rows placed; ids that come twice are not settled yet."""

    lines: npt.NDArray[np.int64]
    series: dict[str, "pd.Series[Any]"]
    shapes: Texts | None
    refusals: Refusals

    def ids(self) -> tuple[npt.NDArray[np.int64], Texts, Order]:
        """Positions of the rows that are kept so far, their ids, and which of two is newer."""
        kept = np.flatnonzero(self.refusals.kept())
        reported = np.zeros(len(kept), dtype=np.int64)
        if "reported_at" in self.series:
            reported = self.series["reported_at"].to_numpy(dtype="datetime64[us]")[kept].astype(np.int64)
        return kept, self.series["source_id"].to_numpy()[kept], Order(reported, self.lines[kept])


class _Cleaner:
    """Cleans the parts of one source, and keeps what they have to know of each other."""

    def __init__(self, table: TableSource, request: Request, around: Surroundings) -> None:
        self.table = table
        self.request = request
        self.around = around
        self._placed = Placed(table.file)
        self._commas: dict[str, bool] = {}
        self._notes: list[Note] = []
        self._stands = Seen()
        self._ids: FirstWins | NewestWins | None = None

    def clean(self, source: Source, *, is_last: bool) -> Cleaned:
        """The next part."""
        read = self.read(source)
        self._settle_ids(read, is_last=is_last)
        if is_last:
            self._placed.check()
        kept = read.refusals.kept()
        frame = pd.DataFrame({name: read.series[name] for name in SOURCES[self.table.table].names()})
        frame["line"] = read.lines
        frame = frame[kept].reset_index(drop=True)
        if read.shapes is not None:
            frame = with_geometry(frame, read.shapes[kept], WGS84)
        self._notes.extend(self._camera_notes(frame))
        told = tell(self._notes) if is_last else ()
        return Cleaned(frame, read.refusals.frame(), source.n_read, told, source.share, is_last)

    def read(self, source: Source) -> _Read:
        """A part without its ids being held against those of other rows."""
        table, around = self.table, self.around
        fields = mapped_texts(table, source)
        refusals = Refusals(source.lines, fields)
        for line, code, value in source.broken:
            refusals.add_broken(line, code, value)
        refuse_long(fields, refusals, around.rules)
        series, notes = typed_columns(
            table, fields, refusals, around.rules, around.timezone, around.now, self._has_commas
        )
        shapes = None
        if SOURCES[table.table].geometry == "point":
            lon, lat, place_notes = self._points(source, fields, refusals)
            series |= {"lon": pd.Series(lon), "lat": pd.Series(lat)}
            require_place(series, refusals, around)
        else:
            shapes, place_notes = self._shapes(source, fields, refusals)
        self._notes += [*source.notes, *notes, *place_notes]
        return _Read(source.lines, series, shapes, refusals)

    def _points(
        self, source: Source, fields: dict[str, Texts], refusals: Refusals
    ) -> tuple[Floats, Floats, list[Note]]:
        table, n = self.table, len(source.lines)
        notes: list[Note] = []
        if table.x:
            crs = _stated_crs(table, source)
            x, y = read_xy(fields["x"], fields["y"], refusals, self._has_commas)
        elif source.geometry is not None:
            crs = crs_of(source, table.file, table.crs, _where(table))
            x, y, notes = _points_of_shapes(table, source, refusals)
        elif "unit_code" in table.columns:
            return np.full(n, np.nan), np.full(n, np.nan), []
        else:
            raise BadInput(
                Words(
                    f"{table.file} has no geometry: name its coordinate columns as x and y under {_where(table)}",
                    f"{table.file} 没有几何：请在 {_where(table)} 下用 x 和 y 指定坐标列",
                )
            )
        lon, lat = place_points(self._placed, x, y, crs, table.datum, self.around.extent, refusals)
        return lon, lat, [*notes, *notes_of_crs(table.file, crs, table.datum)]

    def _shapes(self, source: Source, fields: dict[str, Texts], refusals: Refusals) -> tuple[Texts, list[Note]]:
        table, extent = self.table, self.around.extent
        kind = SOURCES[table.table].geometry
        if table.x and kind == "point_or_polygon":
            crs = _stated_crs(table, source)
            x, y = read_xy(fields["x"], fields["y"], refusals, self._has_commas)
            lon, lat = place_points(self._placed, x, y, crs, table.datum, extent, refusals)
            missing = np.isnan(lon)
            refusals.refuse(missing, "missing_coordinate")
            made: Texts = np.full(len(lon), None, dtype=object)
            made[~missing] = shapely.points(lon[~missing], lat[~missing])
            return made, list(notes_of_crs(table.file, crs, table.datum))
        if source.geometry is None:
            raise BadInput(Words(f"{table.file} holds no shapes", f"{table.file} 不含几何"))
        crs = crs_of(source, table.file, table.crs, _where(table))
        shapes, notes = clean_shapes(source.geometry, kind, refusals, repair=table.repair, faults=source.faults)
        bounds = shapely.bounds(shapes)
        bounds[~refusals.kept()] = np.nan
        x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
        place_points(self._placed, x, y, crs, table.datum, extent, refusals)
        shapes[~refusals.kept()] = None
        shapes = correct_datum(shapes, crs, table.datum)
        check_sizes(shapes, crs, self.around.metric, refusals)
        return transform_geometry(shapes, crs, WGS84), [*notes, *notes_of_crs(table.file, crs, table.datum)]

    def _settle_ids(self, read: _Read, *, is_last: bool) -> None:
        kept, ids, order = read.ids()
        if self._ids is None:
            if self.table.duplicates == "reject" or "source_id" not in self.table.columns:
                self._ids = FirstWins()
            elif is_last:
                self._ids = NewestWins([ids], lambda: [(ids, order)])
            else:
                self._ids = NewestWins(self._texts_of("source_id"), self._kept_rows)
        marked = np.zeros(len(read.lines), dtype=bool)
        marked[kept[self._ids.losers(ids, order)]] = True
        again = read.series["source_id"].to_numpy()[marked]
        read.refusals.refuse(marked, "duplicate_id", "source_id", values=again)

    def _kept_rows(self) -> Iterator[tuple[Texts, Order]]:
        """Ids and order of the rows of each part that would be kept."""
        other = _Cleaner(self.table, self.request, self.around)
        other._commas = self._commas
        for source in iter_source(self.request):
            _, ids, order = other.read(source).ids()
            yield ids, order

    def _has_commas(self, name: str) -> bool:
        """Whether the field `name` has decimal commas, by a look at the whole column."""
        if name not in self._commas:
            self._commas[name] = has_decimal_commas(self._texts_of(name))
        return self._commas[name]

    def _texts_of(self, name: str) -> Iterator[Texts]:
        """The texts of schema column `name`, or of "x" or "y", part by part."""
        column = {"x": self.table.x, "y": self.table.y}.get(name) or self.table.columns.get(name)
        if not isinstance(column, str):
            yield cells(self.table, {}, name, 1)
            return
        for source in iter_source(replace(self.request, wanted=(column,))):
            yield cells(self.table, {name: source.columns[column]}, name, len(source.lines))

    def _camera_notes(self, frame: pd.DataFrame) -> list[Note]:
        if self.table.table != "cameras":
            return []
        n_same = int(self._stands.again(hash_pairs(frame["lon"].to_numpy(), frame["lat"].to_numpy())).sum())
        ids = frame["source_id"].to_numpy()
        long_ids = np.array([len(text) == 20 and text.isdecimal() for text in ids], dtype=bool)
        n_wrong = int((long_ids & ~is_gb28181_camera(ids)).sum())
        return [
            Counted("{n} cameras stand exactly where another one stands", "{n} 台摄像机与另一台位置完全相同", n_same),
            Counted(
                "{n} ids of 20 digits are no GB/T 28181 camera ids",
                "{n} 个 20 位编号不是 GB/T 28181 摄像机编码",
                n_wrong,
            ),
            *_notes_of_views(frame, self.around.rules),
        ]


def _notes_of_views(frame: pd.DataFrame, rules: Rules) -> list[Note]:
    """What cameras lack that decides what they see, and how that is taken."""
    unknown = frame["azimuth_deg"].isna() & ~(frame["sweep_deg"] >= 360.0)
    low, high = rules.assume.height_m
    return [
        Counted(
            "{n} cameras have no azimuth: where they look is unknown, never all round",
            "{n} 台摄像机没有方位角：朝向未知，不按环视计",
            int(unknown.sum()),
        ),
        Counted(
            f"{{n}} cameras have no mounting height above 0: {low:g} to {high:g} m are assumed",
            f"{{n}} 台摄像机没有大于 0 的安装高度：按 {low:g} 至 {high:g} 米计",
            int((~(frame["height_m"] > 0)).sum()),
        ),
        Counted(
            "{n} given ranges of 0 m count as not given",
            "{n} 个为 0 的给定距离按未给出计",
            int((frame["range_m"] == 0).sum()),
        ),
    ]


def _points_of_shapes(table: TableSource, source: Source, refusals: Refusals) -> tuple[Floats, Floats, list[Note]]:
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


def require_place(series: dict[str, "pd.Series[Any]"], refusals: Refusals, around: Surroundings) -> None:
    """Refuse rows that have no place: neither coordinates nor, where the table takes one, the code of a unit."""
    nowhere = series["lon"].isna().to_numpy()
    if "unit_code" not in series:
        refusals.refuse(nowhere, "missing_coordinate")
        return
    codes = series["unit_code"]
    refusals.refuse(nowhere & codes.isna().to_numpy(), "not_located")
    refusals.refuse(nowhere & ~codes.isin(around.unit_codes).to_numpy(), "unknown_unit_code", "unit_code")


def refuse_long(fields: dict[str, Texts], refusals: Refusals, rules: Rules) -> None:
    """Refuse rows with a cell above the limit."""
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
