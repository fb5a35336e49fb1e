"""A demo as written and as read, for the tests of this room."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from geo.demo import write_sources
from geo.intake import CleanTable, iter_clean, read_mapping
from geo.rules import Rules
from tests.geo.intake.small_city import join_parts

NOW = pd.Timestamp("2026-11-23", tz="UTC").to_pydatetime()


@dataclass(frozen=True)
class World:
    """A folder of sources; `tables` by source, `truth` as planted."""

    folder: Path

    @cached_property
    def tables(self) -> dict[str, CleanTable]:
        mapping = read_mapping(self.folder / "mapping.toml")
        return {clean.source: clean for clean in join_parts(iter_clean(mapping, self.folder, Rules(), now=NOW))}

    @cached_property
    def truth(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "truth.toml").read_text(encoding="utf-8"))

    @cached_property
    def incidents(self) -> pd.DataFrame:
        frames = [clean.frame for clean in self.tables.values() if clean.table == "incidents"]
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def cameras(self) -> pd.DataFrame:
        frames = [clean.frame for clean in self.tables.values() if clean.table == "cameras"]
        return pd.concat(frames, ignore_index=True)


def make_world(folder: Path, seed: int, size: str) -> World:
    """The demo of `seed` and `size`, written into `folder`."""
    write_sources(folder, seed, size=size)
    return World(folder)
