"""New snapshots: written aside, flushed to disk, put in place by one rename, and made the one being served."""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from geo.coverage.threads import together
from geo.hotspots.events import Events
from geo.partition.hierarchy import Joined
from geo.snapshot.events import write_events
from geo.snapshot.store import FORMAT, INDEX, Manifest, Snapshot, list_snapshots, open_snapshot, sha256_of

_KEEP = 3


def write_snapshot(
    home: Path,
    manifest_facts: dict[str, Any],
    frames: dict[str, pd.DataFrame],
    built_at: datetime | None = None,
    events: Events | None = None,
    joined: tuple[Joined, ...] = (),
) -> Snapshot:
    """Write `frames`, the indexes of `joined` and, where incidents are loaded, `events` as a new snapshot; return it.

    It is not published yet.

    `manifest_facts` are the fields of `Manifest` but format, number, built_at and files; `live_change` may lack.
    Everything goes to a temporary folder that is flushed to disk and renamed; what a killed build left behind is
    removed first.
    """
    snapshots = home / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    building = snapshots / f".building-{manifest_facts['id']}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    together(*(partial(frame.to_parquet, building / f"{name}.parquet", index=False) for name, frame in frames.items()))
    if events is not None:
        write_events(building, events)
    for one in joined:
        one.index.save(building, INDEX + one.chain[0])
    files = {file.name: sha256_of(file) for file in sorted(building.iterdir())}
    manifest = Manifest(
        format=FORMAT,
        number=_next_number(home, manifest_facts["id"]),
        built_at=(built_at or datetime.now(UTC)).isoformat(timespec="seconds"),
        files=files,
        **manifest_facts,
    )
    write_durably(building / "manifest.json", json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    for file in building.iterdir():
        flush(file)
    final = snapshots / manifest.id
    shutil.rmtree(final, ignore_errors=True)
    building.rename(final)
    flush(snapshots)
    return open_snapshot(final)


def publish(home: Path, snapshot: Snapshot) -> None:
    """Make `snapshot` the current one by replacing `CURRENT`, then drop snapshots older than the last three."""
    current = {
        "id": snapshot.id,
        "number": snapshot.number,
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    aside = home / ".CURRENT.new"
    write_durably(aside, json.dumps(current))
    aside.replace(home / "CURRENT")
    flush(home)
    listed = list_snapshots(home)
    for name in listed.loc[~listed["current"], "id"].iloc[_KEEP - 1 :]:
        shutil.rmtree(home / "snapshots" / name, ignore_errors=True)


def _next_number(home: Path, name: str) -> int:
    """The number of snapshot `name`: its own where it was built before, else one more than any, of any format."""
    numbers = {}
    for file in (home / "snapshots").glob("[0-9a-f]*/manifest.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            raw = json.loads(file.read_text(encoding="utf-8"))
            numbers[raw["id"]] = int(raw["number"])
    return numbers.get(name) or max(numbers.values(), default=0) + 1


def write_durably(file: Path, text: str) -> None:
    """Writes `text` in UTF-8 and has it on the disk itself.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_durably(Path(folder, "note"), "路口")
    ...     Path(folder, "note").read_text("utf-8")
    '路口'
    """
    file.write_text(text, encoding="utf-8")
    flush(file)


def flush(path: Path) -> None:
    """Have what was written to a file, or the names in a folder, on the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
