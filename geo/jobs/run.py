"""The two jobs: files to records, records to a published snapshot. Each is all or nothing, and safe to run again."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, groupby
from pathlib import Path

import pandas as pd

from geo.errors import BadMapping, Words
from geo.heap import trim_heap
from geo.intake import CleanTable, iter_clean, read_mapping
from geo.jobs import rasters
from geo.jobs.drawing import Drawing, draw
from geo.records import Importing, Part, Records
from geo.rules import Rules
from geo.schema import HomeInfo
from geo.snapshot.build import build_snapshot
from geo.snapshot.publishing import publish
from geo.snapshot.store import Snapshot

Progress = Callable[[float, Words], None]
_READ_SHARE, _DRAWN_SHARE = 0.85, 0.87
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
    home: Path,
    mapping_path: Path,
    data_dir: Path,
    progress: Progress = silent,
    *,
    rules: Rules | None = None,
    credit: tuple[str, str] = ("", ""),
) -> Importing:
    """Reads all sources of the mapping and replaces them in the records, with the display pyramid of new boundaries.

    Returns the finished import (`counts` per table, `outcome`). An error leaves records and boundaries as they were.
    Sources that an earlier import of this mapping brought and that it names no more are removed.
    `credit` is the source line and the map review number (审图号) where the mapping states none; the home keeps both.
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
        held = records.home()

        def credited(info: HomeInfo) -> HomeInfo:
            told = replace(info, attribution_zh=credit[0], map_review_number=credit[1])
            return info.keeping_credit(told).keeping_credit(held)

        with records.importing("import", mapping.name, mapping.digest) as tx, ThreadPoolExecutor(1) as beside:
            drawing = Drawing(home / "boundaries", beside)
            clean_tables = iter_clean(mapping, data_dir, rules, progress=part_of(progress, 0.0, _READ_SHARE))
            with closing(drawing), closing(clean_tables):
                _stage_all(tx, home, clean_tables, drawing, credited)
                tx.drop_unnamed()
                drawing.finish(part_of(progress, _READ_SHARE, _DRAWN_SHARE))
            progress(_DRAWN_SHARE, Words("storing the records", "写入记录"))
        _settle_raster(records, home)
        records.drop_old_refusals(rules.refused_days, datetime.now(UTC))
    trim_heap()
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
            draw(records.frame("units"), info, drawn, part_of(progress, 0.0, _DRAW_SHARE))
        built = build_snapshot(records, home, rules or Rules(), as_of, part_of(progress, _DRAW_SHARE, _BUILT_SHARE))
    progress(_BUILT_SHARE, Words("publishing", "发布"))
    publish(home, built)
    return built


def _stage_all(
    tx: Importing,
    home: Path,
    clean_tables: Iterable[CleanTable],
    drawing: Drawing,
    credited: Callable[[HomeInfo], HomeInfo],
) -> None:
    for (table, source), group in groupby(clean_tables, key=lambda clean: (clean.table, clean.source)):
        first = next(group)
        parts = (Part(_frame(home, part), part.refused, part.n_read, part.notes) for part in chain([first], group))
        tx.replace_in_parts(table, source, first.file, parts, first.crs)
        if first.home is not None:
            info = credited(first.home)
            tx.set_home(info)
            drawing.begin(first.frame, info, tx.boundary_version())


def _frame(home: Path, clean: CleanTable) -> pd.DataFrame:
    if clean.raster is None:
        return clean.frame
    return pd.DataFrame({"source_id": [rasters.keep(home, clean.raster)], "line": [1]})


def _settle_raster(records: Records, home: Path) -> None:
    uids = records.frame("elevation")["uid"].tolist()
    rasters.settle(home, uids[0].rpartition(":")[2] if uids else None)
