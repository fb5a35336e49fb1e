"""The door: a mapping and a data folder in, clean tables out, each beside its refused rows."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from pathlib import Path

import pandas as pd

from geo.crs import WGS84
from geo.errors import BadInput, MissingCrs, Words
from geo.intake.ahead import clean_ahead, second_process
from geo.intake.levels import Units, read_units
from geo.intake.mapping import Mapping, TableSource
from geo.intake.quality import refused_frame
from geo.intake.readers import PLAIN_SUFFIXES, Request, check_elevation, find_file
from geo.intake.standing import Standing, surroundings
from geo.intake.stated import missing_crs
from geo.intake.tables import Cleaned
from geo.rules import Rules
from geo.schema import HomeInfo

Progress = Callable[[float, Words], None]

#: Borders are checked against each other: a byte of them takes about so many times as long as one of a table.
_UNITS_WEIGHT = 5


@dataclass(frozen=True)
class CleanTable:
    """One source, cleaned, or the next part of it: parts of a source follow one another, the last says so.

    `frame` has every column of `SOURCES[table]` in order (text: object of str or None; float64; Int64; boolean;
    datetime64[us, UTC]; dates as ISO text), then `line`, then `geometry` for tables with shapes. Coordinates are
    EPSG:4326, except units, which are in `crs`. `refused` has line, reason, explained_en, explained_zh, fields
    (JSON text). `n_read` = rows in `frame` + rows in `refused` (units: the total `all` is not counted, its line is 0).
    The last part brings the `notes` of all. `home` is set on the units alone, `raster` on elevation alone.
    """

    table: str
    source: str
    frame: pd.DataFrame
    refused: pd.DataFrame
    file: str
    n_read: int
    notes: tuple[Words, ...]
    crs: str
    home: HomeInfo | None = None
    raster: Path | None = None
    is_last: bool = True


def _silent(share: float, words: Words) -> None:
    """Tell nobody."""


def iter_clean(
    mapping: Mapping,
    data_dir: Path,
    rules: Rules,
    progress: Progress = _silent,
    *,
    now: datetime | None = None,
    standing: Standing | None = None,
) -> Generator[CleanTable, None, None]:
    """The units first, then every `[[table]]` in its order, large ones in parts; one part is read ahead.

    `now` (aware; default: this moment) is what future times are judged against; `standing` are the units of the home
    for a mapping that has no levels and so gives no units. Raises `BadInput` and its
    kin for a source that cannot be read as a whole, `BadPartition` for units that overlap or do not nest;
    missing files and missing CRS of all sources are said at once, before anything is read.

    >>> import tempfile
    >>> from geo.intake.mapping import read_mapping
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     toml = Path(folder) / "town.toml"
    ...     square = '[[[0,0],[1,0],[1,1],[0,1],[0,0]]]'
    ...     shape = '{"type":"Polygon","coordinates":%s}' % square
    ...     feature = '{"type":"Feature","properties":{"c":"a"},"geometry":%s}' % shape
    ...     _ = (Path(folder) / "u.geojson").write_text('{"type":"FeatureCollection","features":[%s]}' % feature)
    ...     level = 'name="grid"\\ntitle_zh="网格"\\ntitle_en="Grid"\\nfile="u.geojson"'
    ...     level += '\\ncode_column="c"\\nname_column="c"'
    ...     _ = toml.write_text('title_zh="镇"\\ntitle_en="Town"\\n[[levels]]\\n' + level)
    ...     units = next(iter_clean(read_mapping(toml), Path(folder), Rules()))
    >>> units.frame.code.tolist(), units.crs, units.n_read
    (['a'], 'EPSG:4326', 1)
    """
    files = _check_all_there(mapping, data_dir)
    shares = _shares(mapping, files)
    moment = now or datetime.now(UTC)
    plain = [table for table in mapping.table if table.table != "elevation"]
    with second_process(files[table.file] for table in plain) as process:
        if mapping.levels:
            units = read_units(mapping, data_dir, rules, lambda share, words: progress(share * shares[0], words))
            yield _units_table(mapping, units)
            standing = Standing(frozenset(units.frame["code"]), units.bounds, mapping.timezone)
        assert standing is not None
        around = surroundings(standing, rules, moment, extent=mapping.extent, timezone=mapping.timezone)
        cleaned = clean_ahead(process, plain, data_dir, around)
        for (low, high), table in zip(pairwise(shares), mapping.table, strict=True):
            words = Words(f"reading {table.file}", f"读取 {table.file}")
            progress(low, words)
            if table.table == "elevation":
                yield _elevation(table, data_dir, rules)
                continue
            is_last = False
            while not is_last:
                part = next(cleaned)
                progress(low + (high - low) * part.share, words)
                yield _table(table, part)
                is_last = part.is_last
    progress(1.0, Words("all sources read", "全部来源已读取"))


def _units_table(mapping: Mapping, units: Units) -> CleanTable:
    files = ", ".join(dict.fromkeys(level.file for level in mapping.levels))
    return CleanTable(
        "units", "units", units.frame, units.refused, files, units.n_read, units.notes, units.crs, home=units.home
    )


def _table(table: TableSource, done: Cleaned) -> CleanTable:
    origin = table.table, table.source, done.frame, done.refused, table.file, done.n_read
    return CleanTable(*origin, done.notes, WGS84, is_last=done.is_last)


def _elevation(table: TableSource, data_dir: Path, rules: Rules) -> CleanTable:
    path = find_file(data_dir, table.file)
    crs = check_elevation(Request(path, (), rules), table.crs)
    frame = pd.DataFrame({"line": pd.Series([], dtype="int64")})
    return CleanTable("elevation", table.source, frame, refused_frame([]), table.file, 0, (), crs, raster=path)


def _shares(mapping: Mapping, files: dict[str, Path]) -> list[float]:
    """Share of the work that is done with the units, and with each table after them, by the bytes of their files."""
    n_bytes = [_UNITS_WEIGHT * sum(files[level.file].stat().st_size for level in mapping.levels)]
    n_bytes += [files[table.file].stat().st_size for table in mapping.table]
    return [part / max(sum(n_bytes), 1) for part in accumulate(n_bytes)]


def _check_all_there(mapping: Mapping, data_dir: Path) -> dict[str, Path]:
    """The file of each name in `mapping`."""
    files: dict[str, Path] = {}
    faults: list[Words] = []
    for name in mapping.files():
        try:
            files[name] = find_file(data_dir, name)
        except BadInput as error:
            faults.extend(error.faults)
    if faults:
        raise BadInput(*faults)
    silent = [
        missing_crs(table.file, f'[[table]] source = "{table.source}"')
        for table in mapping.table
        if table.x and not table.crs and Path(table.file).suffix.lower() in PLAIN_SUFFIXES
    ]
    if silent:
        raise MissingCrs(*silent)
    return files
