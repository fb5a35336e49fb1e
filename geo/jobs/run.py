"""The two jobs: files to records, records to a published snapshot. Each is all or nothing, and safe to run again."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from geo.errors import BadMapping, Words
from geo.intake import CleanTable, iter_clean, read_mapping
from geo.jobs import rasters
from geo.records import Importing, Records
from geo.rules import Rules
from geo.schema import HomeInfo
from geo.snapshot.build import build_snapshot
from geo.snapshot.store import Snapshot, publish
from geo.tiles.pyramid import build_pyramid

Progress = Callable[[float, Words], None]
_READ_SHARE, _DRAWN_SHARE = 0.7, 0.95
#: Shares of a build when boundaries are drawn (an import has done so nearly always), and when all is written.
_DRAW_SHARE, _BUILT_SHARE = 0.01, 0.99


def silent(_share: float, _words: Words) -> None:
    """Tells nobody.

    >>> silent(0.5, Words("half", "一半"))
    """


def part_of(progress: Progress, low: float, high: float) -> Progress:
    """`progress` for a part of the work: its 0..1 becomes low..high.

    >>> part_of(lambda share, words: print(share), 0.5, 0.7)(0.5, Words("", ""))
    0.6
    """
    return lambda share, words: progress(round(low + (high - low) * share, 6), words)


def run_import(
    home: Path, mapping_path: Path, data_dir: Path, progress: Progress = silent, *, rules: Rules | None = None
) -> Importing:
    """Reads all sources of the mapping and replaces them in the records, with the display pyramid of new boundaries.

    Returns the finished import (`counts` per table, `outcome`). An error leaves records and boundaries as they were.
    Sources that an earlier import of this mapping brought and that it names no more are removed.
    Errors: those of `geo.intake`, `NotBalanced` where a table's rows do not add up, `Busy`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run_import(Path(folder, "home"), Path(folder, "city.toml"), Path(folder))
    Traceback (most recent call last):
    geo.errors.BadMapping: ...
    """
    rules = rules or Rules()
    if not mapping_path.is_file():
        raise BadMapping(Words(f"{mapping_path} is missing", f"找不到 {mapping_path}"))
    mapping = read_mapping(mapping_path)
    with Records.open(home) as records:
        with records.importing("import", mapping.name, mapping.digest) as tx:
            clean_tables = iter_clean(mapping, data_dir, rules, progress=part_of(progress, 0.0, _READ_SHARE))
            units, info = _stage_all(tx, home, clean_tables)
            tx.drop_unnamed()
            if units is not None and info is not None:
                tx.set_home(info)
                drawn = home / "boundaries" / tx.boundary_version()
                _draw(units, info, drawn, part_of(progress, _READ_SHARE, _DRAWN_SHARE))
            progress(_DRAWN_SHARE, Words("storing the records", "写入记录"))
        _settle_raster(records, home)
        records.drop_old_refusals(rules.refused_days, datetime.now(UTC))
        return tx


def run_build(
    home: Path, as_of: datetime | None = None, progress: Progress = silent, *, rules: Rules | None = None
) -> Snapshot:
    """Builds a snapshot of the records as of `as_of` (the latest time in them unless given) and publishes it.

    A build that fails publishes nothing. Errors: those of `build_snapshot`, among them `NotAvailable` (no units) and
    `NotBalanced`.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run_build(Path(folder))
    Traceback (most recent call last):
    geo.errors.NotAvailable: no units are loaded
    """
    with Records.open(home) as records:
        drawn, info = home / "boundaries" / records.boundary_version(), records.home()
        _settle_raster(records, home)
        if info is not None:
            _draw(records.frame("units"), info, drawn, part_of(progress, 0.0, _DRAW_SHARE))
        built = build_snapshot(records, home, rules or Rules(), as_of, part_of(progress, _DRAW_SHARE, _BUILT_SHARE))
    progress(_BUILT_SHARE, Words("publishing", "发布"))
    publish(home, built)
    return built


def _stage_all(
    tx: Importing, home: Path, clean_tables: Iterator[CleanTable]
) -> tuple[pd.DataFrame | None, HomeInfo | None]:
    units: pd.DataFrame | None = None
    info: HomeInfo | None = None
    for clean in clean_tables:
        frame = clean.frame
        if clean.raster is not None:
            frame = pd.DataFrame({"source_id": [rasters.keep(home, clean.raster)], "line": [1]})
        if clean.home is not None:
            units, info = frame, clean.home
        origin = clean.table, clean.source, clean.file
        tx.replace_source(*origin, frame, clean.refused, clean.n_read, clean.crs, notes=clean.notes)
    return units, info


def _settle_raster(records: Records, home: Path) -> None:
    uids = records.frame("elevation")["uid"].tolist()
    rasters.settle(home, uids[0].rpartition(":")[2] if uids else None)


def _draw(units: pd.DataFrame, info: HomeInfo, folder: Path, progress: Progress) -> None:
    """Draws the display pyramid where these boundaries have none yet."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        build_pyramid(units, info, folder, progress)
