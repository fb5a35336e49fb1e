"""What editors and feeds changed since the snapshot was built, laid over it until the next build takes it in.

Only single rows change, so only they are worked out anew; whatever was made of the snapshot's other rows stays.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.desk.held import Held, Kept
from geo.desk.touched import MAX_STEPS, Step, find_step, tell_steps
from geo.partition.hierarchy import assign_levels
from geo.records import Records
from geo.records.edit_log import REGISTER
from geo.records.overlay import EDITED_TABLES
from geo.records.rows import to_frame
from geo.schema import SOURCES
from geo.snapshot.store import Snapshot

#: Builds are looked at this often at most, seconds.
LOOK_EVERY_S = 10.0
_LATEST_JOBS = 20


@dataclass(frozen=True)
class LiveTable:
    """A table of the snapshot and, after its `n_built` rows, the rows that differ now; `replaced` rows are no more.

    `kept` holds what was worked out from it, and goes with it.
    """

    change: int
    frame: pd.DataFrame
    n_built: int
    replaced: NDArray[np.int64]
    kept: Kept = field(default_factory=Kept)

    @property
    def is_live(self) -> bool:
        """Whether anything differs from the snapshot."""
        return len(self.frame) > self.n_built or len(self.replaced) > 0

    def fresh(self) -> pd.DataFrame:
        """The rows that the snapshot does not have so."""
        return self.frame.iloc[self.n_built :]


@dataclass
class _State:
    """What was read of the rows of one table touched since the build; None for one that is not in the records.

    `steps` says where each change from the live change `since` on can be seen.
    """

    rows: dict[str, tuple[Any, ...] | None] = field(default_factory=dict)
    table: LiveTable | None = None
    since: int = 0
    steps: list[Step] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Live:
    """The live rows of the home in `folder`; a home without records has none. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records: Records | None = None
        self._lock = threading.Lock()
        self._failed: datetime | None = None
        self._looked_at_s = float("-inf")

    def has_failed_since(self, built_at: datetime) -> bool:
        """Whether the latest build that ended, ended in vain after `built_at`; looked at every `LOOK_EVERY_S`."""
        records, now_s = self._open(), time.monotonic()
        if records is not None and now_s - self._looked_at_s >= LOOK_EVERY_S:
            self._looked_at_s = now_s
            ended = [job for job in records.jobs(_LATEST_JOBS) if job.kind == "build" and job.finished_at is not None]
            last = max(ended, key=lambda job: job.id, default=None)
            self._failed = last.finished_at if last is not None and last.state == "failed" else None
        return self._failed is not None and self._failed > built_at

    def change(self) -> int:
        """The number of the latest live change, from the records: the same for every process, and after a restart."""
        records = self._open()
        return 0 if records is None else records.live_change()

    def table(self, held: Held, name: str) -> LiveTable:
        """Table `name` (cameras or places, which the snapshot must have) as it is now."""
        state: _State = held.kept.get(("live", name), _State)
        records = self._open()
        with state.lock:
            found = state.table
            seen = held.snapshot.manifest.live_change if found is None else found.change
            number = 0 if records is None else records.live_change()
            if found is None or number != seen:
                rows: dict[str, tuple[Any, ...] | None] = {}
                if records is not None:
                    number, rows = records.live_rows(name, seen)
                    state.rows |= rows
                before, found = found, _lay_over(held, name, number, state.rows)
                state.table = found
                _note_step(held, name, state, before, set(rows))
        return found

    def touched(self, held: Held, name: str, since: int) -> dict[str, Any] | None:
        """Where the changes of table `name` after `since` can be seen; None where that is not known, or too much."""
        self.table(held, name)
        state: _State = held.kept.get(("live", name), _State)
        with state.lock:
            return None if since < state.since else tell_steps(state.steps, since)

    def _open(self) -> Records | None:
        with self._lock:
            if self._records is None and (self._folder / "records.sqlite").is_file():
                self._records = Records.open(self._folder)
            return self._records


def _note_step(held: Held, name: str, state: _State, before: LiveTable | None, uids: set[str]) -> None:
    """Add to `state` where its latest change is seen; what came before the first table that was laid is not known."""
    after = state.table
    assert after is not None
    if before is None:
        state.since = after.change
        return
    were, are = row_numbers(held, before, name), row_numbers(held, after, name)
    old = before.frame.iloc[[were[uid] for uid in sorted(uids) if uid in were]]
    new = after.frame.iloc[[are[uid] for uid in sorted(uids) if uid in are]]
    state.steps.append(find_step(after.change, old, new, name, held.snapshot.rules))
    if len(state.steps) > MAX_STEPS:
        state.since = state.steps.pop(0).change


def row_numbers(held: Held, live: LiveTable, name: str) -> dict[str, int]:
    """The row number of each uid of a live table that holds now."""

    def make() -> dict[str, int]:
        built = _built_numbers(held, name)
        gone = set(held.snapshot.frame(name)["uid"].iloc[live.replaced])
        fresh = {uid: live.n_built + number for number, uid in enumerate(live.fresh()["uid"])}
        return {**{uid: number for uid, number in built.items() if uid not in gone}, **fresh} if live.is_live else built

    found: dict[str, int] = live.kept.get("rows", make)
    return found


def _built_numbers(held: Held, name: str) -> dict[str, int]:
    """The row number of each uid of a table of the snapshot."""

    def make() -> dict[str, int]:
        return {str(uid): number for number, uid in enumerate(held.snapshot.frame(name)["uid"])}

    found: dict[str, int] = held.kept.get((name, "rows"), make)
    return found


def _lay_over(held: Held, name: str, change: int, rows: dict[str, tuple[Any, ...] | None]) -> LiveTable:
    assert name in EDITED_TABLES
    snapshot = held.snapshot
    built = snapshot.frame(name)
    if not rows:
        return LiveTable(change, built, len(built), np.array([], dtype=np.int64))
    numbers = _built_numbers(held, name)
    number = {uid: numbers[uid] for uid in rows if uid in numbers}
    fresh = _to_fresh(snapshot, name, [row for row in rows.values() if row is not None])
    before = built.iloc[[number[uid] for uid in fresh["uid"] if uid in number]].reset_index(drop=True)
    known = fresh["uid"].isin(list(number)).to_numpy(dtype=bool)
    same = np.zeros(len(fresh), dtype=bool)
    same[known] = _are_equal(fresh[known].reset_index(drop=True), before)
    fresh = fresh[~same].reset_index(drop=True)
    gone = [at for uid, at in number.items() if rows[uid] is None and uid.startswith(f"{REGISTER}:")]
    replaced = np.array(sorted([*gone, *(number[uid] for uid in fresh["uid"] if uid in number)]), dtype=np.int64)
    if fresh.empty:
        return LiveTable(change, built, len(built), replaced)
    # What a build measures of each row is not known of rows that changed since.
    fresh = fresh.reindex(columns=list(built.columns))
    columns = {column: fresh[column].astype(built[column].dtype) for column in built.columns if column != "geometry"}
    alike = gpd.GeoDataFrame(columns, geometry=np.asarray(fresh["geometry"]), crs=crs.WGS84)[list(built.columns)]
    return LiveTable(change, pd.concat([built, alike], ignore_index=True), len(built), replaced)


def _to_fresh(snapshot: Snapshot, name: str, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Rows of the records as the snapshot has them: with the units they are in and, of points, a geometry."""
    frame = to_frame(SOURCES[name], rows, crs.WGS84)
    if name != "cameras":
        return frame
    lon, lat = frame["lon"].to_numpy(dtype=float), frame["lat"].to_numpy(dtype=float)
    x, y = crs.transform_xy(lon, lat, crs.WGS84, snapshot.home.boundary_crs)
    levels = assign_levels(x, y, snapshot.joined(), snapshot.home).add_prefix("assigned_")
    named = pd.concat([frame.rename(columns={"name": "camera_name"}), levels], axis=1)
    placed: pd.DataFrame = gpd.GeoDataFrame(named, geometry=shapely.points(lon, lat), crs=crs.WGS84)
    return placed


def _are_equal(some: pd.DataFrame, others: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of two frames of the same uids, in order, hold the same values and shapes."""
    equal = np.ones(len(some), dtype=bool)
    for column in some.columns:
        if column == "geometry":
            shapes = np.asarray(some["geometry"], dtype=object), np.asarray(others["geometry"], dtype=object)
            equal &= shapely.equals_exact(*shapes)
        else:
            one, other = some[column], others[column].astype(some[column].dtype)
            equal &= ((one == other).fillna(False) | (one.isna() & other.isna())).to_numpy(dtype=bool)
    return equal
