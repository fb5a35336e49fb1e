"""Event columns on disk: one plain `.npy` file per column in the snapshot's folder, mapped into memory when asked."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from geo.hotspots.events import Events, order_events, to_events
from geo.schema import HomeInfo

#: Beginning of the names of all files of the event columns.
PREFIX = "events-"
_LEVEL = "unit-"
_COLUMNS = ("day", "minute", "category", "channel", "outcome", "reopened", "x_m", "y_m")
_ABOUT = f"{PREFIX}about.json"


def events_of(incidents: pd.DataFrame, units: pd.DataFrame, home: HomeInfo) -> Events:
    """The event columns of incidents, with the unit at the joined level (the finest) of each chain.

    `incidents`: source rows with x_m, y_m and one column per level with the assigned code, None where there is none;
    `units`: level, code, sorted by code within a level.
    """
    joined = {}
    for level in (chain[0] for chain in home.chains()):
        codes = pd.Index(units.loc[units["level"] == level, "code"], dtype=object)
        joined[level] = codes.get_indexer(incidents[level]).astype(np.int32)
    return to_events(incidents, joined, incidents["x_m"], incidents["y_m"], home.timezone)


def order_of(incidents: pd.DataFrame, home: HomeInfo) -> np.ndarray:
    """Which row of a snapshot's frame `incidents` stands at each place of its event columns, int64."""
    joined = [f"assigned_{chain[0]}" for chain in home.chains()]
    inside = incidents[joined].notna().any(axis=1).to_numpy()
    return order_events(incidents["reported_at"], inside, home.timezone)


def write_events(folder: Path, events: Events) -> None:
    """Write the columns of `events` into `folder`."""
    columns = {f"{_LEVEL}{level}": position for level, position in events.units.items()}
    columns |= {name: getattr(events, name) for name in _COLUMNS}
    for name, values in columns.items():
        np.save(folder / f"{PREFIX}{name}.npy", values, allow_pickle=False)
    about = {"levels": list(events.units), "words": {name: list(words) for name, words in events.words.items()}}
    (folder / _ABOUT).write_text(json.dumps(about, ensure_ascii=False, sort_keys=True), encoding="utf-8")


def open_events(folder: Path) -> Events:
    """The columns that `write_events` put into `folder`, read-only and mapped: opening reads no rows."""
    about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))

    def column(name: str) -> np.ndarray:
        found: np.ndarray = np.load(folder / f"{PREFIX}{name}.npy", mmap_mode="r", allow_pickle=False)
        return found

    return Events(
        units={level: column(f"{_LEVEL}{level}") for level in about["levels"]},
        words={name: tuple(words) for name, words in about["words"].items()},
        **{name: column(name) for name in _COLUMNS},
    )
