"""Values of past months, kept small after their snapshots are gone: `history/YYYY-MM.parquet` in the home.

A month's file is written at each publication of a snapshot whose data end in it, so the last one stays: what the pages
showed at the end of the month. It holds every unit's measures at the default pixel density as float32, and which cells
of them are hidden below analyst. Only measured values are kept: a home begins with one month.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geo.errors import NotFound, Words
from geo.snapshot import queries
from geo.snapshot.publishing import flush
from geo.snapshot.store import Snapshot

FOLDER = "history"
#: Columns of the table coverage that are kept, each with its low and its high end.
MEASURES = (
    "places_seen_share",
    "road_seen_share",
    "incidents_seen_share",
    "residents_near_share",
    "area_seen_share",
    "public_3plus_share",
    "facade_m",
)


@dataclass(frozen=True)
class Month:
    """One month's values and which snapshot told them.

    `frame` has one row per unit: level, code, `kept_columns()` (float32), and of each measure x a bool `x_hidden`:
    whether its three cells are hidden below analyst.
    """

    month: str
    as_of: datetime
    number: int
    px_per_m: float
    boundary_version: str
    frame: pd.DataFrame

    def level(self, level: str) -> pd.DataFrame:
        """The units of `level`, indexed by code."""
        return self.frame[self.frame["level"] == level].set_index("code")


def kept_columns() -> tuple[str, ...]:
    """The columns of a month's frame that hold values.

    >>> kept_columns()[:3]
    ('places_seen_share', 'places_seen_share_low', 'places_seen_share_high')
    """
    return tuple(f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high"))


def month_of(snapshot: Snapshot) -> str:
    """The civil month of the home in which the snapshot's data end, as "2026-11"."""
    return snapshot.as_of.astimezone(ZoneInfo(snapshot.home.timezone)).strftime("%Y-%m")


def month_values(snapshot: Snapshot) -> Month:
    """The values of the snapshot itself, as they are kept."""
    at = snapshot.rules.px_per_m
    frames = [queries.unit_frame(snapshot, "coverage", level.name, at, "analyst")[0] for level in snapshot.home.levels]
    hidden = [queries.unit_frame(snapshot, "coverage", level.name, at, "leader")[1] for level in snapshot.home.levels]
    parts = []
    for whole, places in zip(frames, hidden, strict=True):
        part = whole[["level", "code", *kept_columns()]].astype(dict.fromkeys(kept_columns(), "float32"))
        for name in MEASURES:
            part[f"{name}_hidden"] = np.isin(np.arange(len(whole)), places.get(name, []))
        parts.append(pd.DataFrame(part))
    frame = pd.concat(parts, ignore_index=True)
    return Month(month_of(snapshot), snapshot.as_of, snapshot.number, at, snapshot.boundary_version, frame)


def keep_month(home: Path, snapshot: Snapshot) -> Path | None:
    """Write the month of `snapshot` into the home, over what it held; None where no cameras are loaded."""
    if not snapshot.has("cameras"):
        return None
    found = month_values(snapshot)
    (home / FOLDER).mkdir(exist_ok=True)
    file, aside = home / FOLDER / f"{found.month}.parquet", home / FOLDER / f".{found.month}.new"
    frame = found.frame.copy()
    frame.attrs = {
        "as_of": found.as_of.isoformat(),
        "number": found.number,
        "px_per_m": found.px_per_m,
        "boundary_version": found.boundary_version,
    }
    frame.to_parquet(aside, index=False)
    flush(aside)
    aside.replace(file)
    flush(home / FOLDER)
    return file


def list_months(home: Path) -> list[str]:
    """The months that are kept, in order."""
    return sorted(file.stem for file in (home / FOLDER).glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].parquet"))


def read_month(home: Path, month: str) -> Month:
    """A kept month; `NotFound` where there is none, or its file is none of ours."""
    file = home / FOLDER / f"{month}.parquet"
    if month not in list_months(home):
        raise NotFound(Words(f"no values of the month {month!r} are kept", f"没有保留 {month!r} 的月末值"))
    try:
        frame = pd.read_parquet(file)
        said = frame.attrs
        as_of, number = datetime.fromisoformat(said["as_of"]), int(said["number"])
        return Month(month, as_of, number, float(said["px_per_m"]), str(said["boundary_version"]), frame)
    except (OSError, ValueError, KeyError) as error:
        raise NotFound(Words(f"the values of the month {month} cannot be read", f"{month} 的月末值无法读取")) from error
