"""The jobs: files to records and back, records to a published snapshot. Each is all or nothing, safe to run again."""

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
from geo.intake import CleanTable, Mapping, Standing, iter_clean, read_mapping, standing_units
from geo.jobs import rasters
from geo.jobs.drawing import Drawing, draw
from geo.jobs.mappings import save_tables
from geo.jobs.put_away import drop_old_files
from geo.jobs.space import check_space
from geo.jobs.uploads import drop_old_uploads
from geo.records import Imported, Importing, Part, Records
from geo.rules import Rules
from geo.schema import HomeInfo
from geo.snapshot.build import build_snapshot
from geo.snapshot.history import keep_month
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
    who: str = "",
    job_id: int | None = None,
) -> Imported:
    """`import_mapping` of the mapping in the file `mapping_path`; `BadMapping` where it cannot be followed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run_import(Path(folder, "home"), Path(folder, "city.toml"), Path(folder))
    Traceback (most recent call last):
    geo.errors.BadMapping: ...
    """
    if not mapping_path.is_file():
        raise BadMapping(Words(f"{mapping_path} is missing", f"找不到 {mapping_path}"))
    mapping = read_mapping(mapping_path)
    return import_mapping(home, mapping, data_dir, progress, rules=rules, credit=credit, who=who, job_id=job_id)


def import_mapping(
    home: Path,
    mapping: Mapping,
    data_dir: Path,
    progress: Progress = silent,
    *,
    rules: Rules | None = None,
    credit: tuple[str, str] = ("", ""),
    who: str = "",
    job_id: int | None = None,
) -> Imported:
    """Reads all sources of the mapping and replaces them in the records, with the display pyramid of new boundaries.

    Returns what was done (`counts` per table, `outcome`). An error leaves records and boundaries as they were; a job
    whose import is in the records already is not run again. A mapping with levels is the whole of what it ever
    brought: sources that it names no more are removed; one without brings its sources to the units that are there.
    Each `[[table]]` is kept as the mapping of its source. `credit` is the source line and the map review number
    (审图号) where the mapping states none; the home keeps both.
    Errors: those of `geo.intake`, `NotBalanced` where a table's rows do not add up, `NotAvailable` where there are
    neither levels nor units, `Busy`, `DiskFull`.
    """
    rules = rules or Rules()
    with Records.open(home) as records:
        done = records.import_of_job(job_id)
        if done is None:
            check_space(home, _files(mapping, data_dir))
            standing, held = None if mapping.levels else _standing(records), records.home()

            def credited(info: HomeInfo) -> HomeInfo:
                told = replace(info, attribution_zh=credit[0], map_review_number=credit[1])
                return info.keeping_credit(told).keeping_credit(held)

            named = records.importing("import", mapping.name, mapping.digest, who=who, job_id=job_id)
            with named as tx, ThreadPoolExecutor(1) as beside:
                drawing, read = Drawing(home / "boundaries", beside), part_of(progress, 0.0, _READ_SHARE)
                clean_tables = iter_clean(mapping, data_dir, rules, progress=read, standing=standing)
                with closing(drawing), closing(clean_tables):
                    _stage_all(tx, home, clean_tables, drawing, credited)
                    if mapping.levels:
                        tx.drop_unnamed()
                    drawing.finish(part_of(progress, _READ_SHARE, _DRAWN_SHARE))
                progress(_DRAWN_SHARE, Words("storing the records", "写入记录"))
            done = tx.done()
        tidy(home, records, rules)
    save_tables(home, mapping)
    trim_heap()
    return done


def run_roll_back(
    home: Path, import_id: int, progress: Progress = silent, *, who: str = "", job_id: int | None = None
) -> Imported:
    """Puts every source that import `import_id` changed back to how it was just before it (`Records.roll_back`).

    Errors: `NotFound`, `NotAvailable` where it cannot be rolled back (any more).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run_roll_back(Path(folder), 7)
    Traceback (most recent call last):
    geo.errors.NotFound: no import 7
    """
    progress(0.0, Words(f"rolling back import {import_id}", f"撤回导入 {import_id}"))
    with Records.open(home) as records:
        done = records.import_of_job(job_id)
        if done is None:
            for name in records.kept_rasters(import_id):
                rasters.check_there(home, name)
            done = records.roll_back(import_id, who=who, job_id=job_id)
        rasters.follow(home, records)
    return done


def tidy(home: Path, records: Records, rules: Rules, now: datetime | None = None) -> None:
    """Deletes what is kept no longer: the content of refused rows, what imports replaced, files that were sent.

    Uploads that an open job is to import stay.
    """
    now = now or datetime.now(UTC)
    waiting = {job.args["upload"] for job in records.open_jobs() if "upload" in job.args}
    drop_old_uploads(home, now.timestamp(), waiting)
    drop_old_files(home, rules.refused_days, now)
    records.drop_old_answers(now)
    records.drop_old_refusals(rules.refused_days, now)
    records.drop_old_history(rules.rollback_days, rules.rollback_imports, now)
    rasters.follow(home, records)


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
        check_space(home, [home / "records.sqlite"])
        drawn, info = home / "boundaries" / records.boundary_version(), records.home()
        rasters.follow(home, records)
        if info is not None:
            draw(records.frame("units"), info, drawn, part_of(progress, 0.0, _DRAW_SHARE))
        built = build_snapshot(records, home, rules or Rules(), as_of, part_of(progress, _DRAW_SHARE, _BUILT_SHARE))
    progress(_BUILT_SHARE, Words("publishing", "发布"))
    keep_month(home, built)
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


def _standing(records: Records) -> Standing:
    info = records.home()
    return standing_units(records.frame("units"), info.timezone if info else "UTC")


def _files(mapping: Mapping, data_dir: Path) -> list[Path]:
    return [data_dir / name for name in mapping.files() if (data_dir / name).is_file()]
