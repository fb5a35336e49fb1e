"""Repair of a home's boundaries: the steps that an editor agreed to, stored as an import of its own."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.errors import BadQuery, NotAvailable, Words
from geo.jobs.run import Progress, silent
from geo.partition.metres import Metres
from geo.partition.repair import OLD_REPORT, Step, choose_steps, repair_units
from geo.records import Imported, Part, Records
from geo.rules import Rules


def run_repair(
    home: Path,
    step_ids: Sequence[str],
    version: str,
    progress: Progress = silent,
    *,
    rules: Rules | None = None,
    who: str = "",
    job_id: int | None = None,
) -> Imported:
    """Takes the steps `step_ids` of the report on boundary version `version`; all or nothing.

    The units are stored by an import of kind "repair", which stands in the history and can be rolled back; what was
    done is noted with them in words. Errors: `BadQuery` where the boundaries have changed since the report,
    `BadPartition`, `NotAvailable` where no units are loaded.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run_repair(Path(folder), ["overlap:grid:a+b"], "0" * 16)
    Traceback (most recent call last):
    geo.errors.NotAvailable: no units are loaded
    """
    with Records.open(home) as records:
        done = records.import_of_job(job_id)
        if done is not None:
            return done
        info = records.home()
        if info is None or not records.has("units"):
            raise NotAvailable(Words("no units are loaded", "尚未导入单位"))
        if records.boundary_version() != version:
            raise BadQuery(OLD_REPORT)
        progress(0.0, Words("reading the boundaries", "读取边界"))
        units: gpd.GeoDataFrame = records.frame("units")
        progress(0.1, Words("checking the boundaries", "检查边界"))
        metres = Metres(units)
        steps = choose_steps(units, info, rules or Rules(), step_ids, metres)
        progress(0.6, Words("repairing the boundaries", "修复边界"))
        repaired = repair_units(units, info, steps, metres)
        progress(0.8, Words("storing the boundaries", "写入边界"))
        digest = hashlib.sha256(json.dumps([step.id for step in steps]).encode()).hexdigest()
        origin = records.origin("units").iloc[0]
        with records.importing("repair", origin["mapping"], digest, who=who, job_id=job_id) as tx:
            source = "units", origin["source"], origin["file"]
            tx.replace_in_parts(*source, [_part(records, repaired, int(origin["n_read"]), steps)], info.boundary_crs)
    return tx.done()


def _part(records: Records, repaired: gpd.GeoDataFrame, n_read: int, steps: Sequence[Step]) -> Part:
    """All units after the repair, with the refused rows and the notes that were there, and what was done."""
    lines = records.lines("units")
    frame = repaired.assign(line=pd.array([lines[uid] for uid in repaired["uid"]], dtype="Int64"))
    refused = records.find_refusals(table="units", limit=-1).rows.rename(columns={"explained": "explained_en"})
    noted = records.notes().query("table == 'units'")
    notes = [Words(en, zh) for en, zh in zip(noted["note"], noted["note_zh"], strict=True)]
    notes += [Words(f"repaired: {step.words.en}", f"已修复：{step.words.zh}") for step in steps]
    return Part(frame, refused, n_read, notes)
