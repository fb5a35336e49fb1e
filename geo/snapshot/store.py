"""Snapshots on disk: written aside, checked, published by one rename, opened lazily.

A snapshot is a folder `snapshots/<id>/` of Parquet files and plain arrays (`.npy`: event columns, and the index of each
joined level) with a `manifest.json` that lists the SHA-256 of each. `CURRENT` names the one being served; replacing it
is atomic, so a reader always sees a whole snapshot, and a build that stops half-way leaves yesterday's in place.
"""

import hashlib
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.errors import BrokenSnapshot, NoSnapshot, Words
from geo.hotspots.events import Events
from geo.partition.hierarchy import Joined, ancestors
from geo.partition.index import PartitionIndex
from geo.rules import Assumed, Rules
from geo.schema.home import HomeInfo
from geo.snapshot.events import PREFIX, open_events

FORMAT = 6
#: Beginning of the names of the files of a joined level's index.
INDEX = "index-"
_MISSING = object()


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says about itself; `files` maps file name -> SHA-256 hex.

    `live_change` is the latest change of single rows that the build took in; -1 where that was not noted.
    """

    format: int
    id: str
    number: int
    as_of: str
    built_at: str
    boundary_version: str
    metric_crs: str
    home: str
    rules: str
    tables: tuple[str, ...]
    files: dict[str, str]
    live_change: int = -1


@dataclass(frozen=True)
class Snapshot:
    """One published result. Frames are read on first use, kept, and must not be changed by callers."""

    path: Path
    manifest: Manifest
    _cache: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The 16 hex digits that name the content."""
        return self.manifest.id

    @property
    def number(self) -> int:
        """The home's running number, for people."""
        return self.manifest.number

    @property
    def as_of(self) -> datetime:
        """The moment at which open cases are counted, UTC."""
        return datetime.fromisoformat(self.manifest.as_of)

    @property
    def built_at(self) -> datetime:
        """When the build finished, UTC (not part of the id)."""
        return datetime.fromisoformat(self.manifest.built_at)

    @property
    def boundary_version(self) -> str:
        """Which boundaries (and display pyramid) the snapshot stands on."""
        return self.manifest.boundary_version

    @property
    def metric_crs(self) -> str:
        """Authority string of the CRS in which areas and views were measured."""
        return self.manifest.metric_crs

    @property
    def home(self) -> HomeInfo:
        """The home's description at build time."""
        found: HomeInfo = self.cached("home", lambda: HomeInfo.from_json(self.manifest.home))
        return found

    @property
    def rules(self) -> Rules:
        """The rules of the build."""
        found: Rules = self.cached("rules", lambda: rules_from_json(self.manifest.rules))
        return found

    def has(self, table: str) -> bool:
        """Whether the source table was loaded when the snapshot was built."""
        return table in self.manifest.tables

    def frame(self, name: str) -> pd.DataFrame:
        """The stored frame called `name` (a GeoDataFrame where rows have geometry); read once."""
        found: pd.DataFrame = self.cached(f"frame:{name}", lambda: self._read(name))
        return found

    def figures(self, name: str) -> pd.DataFrame:
        """The frame called `name` without its shapes, which for gaps take thirty times as much; read once."""

        def make() -> pd.DataFrame:
            file = self._checked(name)
            names = pq.read_schema(file).names
            return pd.read_parquet(file, columns=[column for column in names if column != "geometry"])

        found: pd.DataFrame = self.cached(f"figures:{name}", make)
        return found

    def shapes(self, name: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """The shapes of the frame called `name` at positions `rows`, WGS84; read each time, nothing is kept."""
        file = self.cached(f"checked:{name}", lambda: self._checked(name))
        wkb = pq.read_table(file, columns=["geometry"])["geometry"].take(pa.array(rows))
        return np.asarray(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False)), dtype=object)

    def forget(self, name: str) -> None:
        """Let go of the frame called `name`, which is seldom needed again; whoever holds it keeps it."""
        with self._lock:
            self._cache.pop(f"frame:{name}", None)

    def events(self) -> Events:
        """The event columns, mapped into memory; their files are checked once, at first use."""
        found: Events = self.cached("events", self._open_events)
        return found

    def joined(self) -> tuple[Joined, ...]:
        """The home's chains with their indexes, mapped into memory; their files are checked once, at first use."""
        found: tuple[Joined, ...] = self.cached("joined", self._open_indexes)
        return found

    def cached(self, key: str, make: Any) -> Any:
        """The value kept under `key`, made by `make()` the first time; safe between threads."""
        found = self._cache.get(key, _MISSING)
        if found is _MISSING:
            with self._lock:
                found = self._cache.get(key, _MISSING)
                if found is _MISSING:
                    found = self._cache[key] = make()
        return found

    def _open_events(self) -> Events:
        names = [name for name in self.manifest.files if name.startswith(PREFIX)]
        if not names:
            raise BrokenSnapshot(Words(f"snapshot {self.id} has no event columns", f"快照 {self.id} 没有事件列"))
        self._check(*names)
        return open_events(self.path)

    def _open_indexes(self) -> tuple[Joined, ...]:
        self._check(*(name for name in self.manifest.files if name.startswith(INDEX)))
        return tuple(
            Joined(
                chain,
                PartitionIndex.open(self.path, INDEX + chain[0]),
                ancestors(self.frame("units"), self.home, finest=chain[0]),
            )
            for chain in self.home.chains()
        )

    def _check(self, *names: str) -> None:
        """Raise for files that are not those of the manifest; hashing runs in threads, side by side."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            digests = list(pool.map(lambda name: sha256_of(self.path / name), names))
        for name, digest in zip(names, digests, strict=True):
            if digest != self.manifest.files[name]:
                raise BrokenSnapshot(
                    Words(f"{name} of snapshot {self.id} was altered", f"快照 {self.id} 的 {name} 已被改动")
                )

    def _checked(self, name: str) -> Path:
        """The file of the frame called `name`, which is that of the manifest; `BrokenSnapshot` otherwise."""
        file = self.path / f"{name}.parquet"
        if file.name not in self.manifest.files:
            raise BrokenSnapshot(Words(f"snapshot {self.id} has no table {name}", f"快照 {self.id} 没有表 {name}"))
        self._check(file.name)
        return file

    def _read(self, name: str) -> pd.DataFrame:
        file = self._checked(name)
        try:
            found: pd.DataFrame = gpd.read_parquet(file)
        except ValueError:
            found = pd.read_parquet(file)
        return found


def rules_from_json(text: str) -> Rules:
    """The `Rules` whose `to_json` gave `text`.

    >>> rules_from_json(Rules(min_count=7).to_json()) == Rules(min_count=7)
    True
    """
    raw = json.loads(text)
    spans = raw.pop("assume").items()
    assumed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in spans}
    due_days = tuple((str(name), float(days)) for name, days in raw.pop("due_days"))
    levels = tuple(raw.pop("fdr_levels"))
    return Rules(**raw, assume=Assumed(**assumed), due_days=due_days, fdr_levels=levels)


def current_id(home: Path) -> str | None:
    """Id of the snapshot being served, or None; reads one small file."""
    try:
        text = (home / "CURRENT").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return str(json.loads(text)["id"])


def open_current(home: Path) -> Snapshot:
    """The snapshot being served; where it is broken, the latest older one that is whole.

    Raises `NoSnapshot` where nothing was published, `BrokenSnapshot` where no generation is whole.
    """
    name = current_id(home)
    if name is None:
        raise NoSnapshot(
            Words(
                f"{home} holds no snapshot yet; import a mapping and build, or start with the demo",
                f"{home} 还没有快照；先导入并构建，或先用演示数据",
            )
        )
    try:
        return open_snapshot(home / "snapshots" / name)
    except BrokenSnapshot as broken:
        listed = list_snapshots(home)
        for older in listed.loc[listed["id"] != name, "id"]:
            return open_snapshot(home / "snapshots" / older)
        raise broken


def open_snapshot(path: Path) -> Snapshot:
    """The snapshot in folder `path`; `BrokenSnapshot` where a file is missing or its format is not ours."""
    try:
        raw = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if raw["format"] > FORMAT:
            raise BrokenSnapshot(
                Words(f"{path.name} was written by a later gridscope", f"{path.name} 由更新版本的 gridscope 写成")
            )
        if raw["format"] < FORMAT:
            raise BrokenSnapshot(
                Words(
                    f"snapshot {path.name} was written by an earlier gridscope; run `gridscope build`",
                    f"快照 {path.name} 由较早版本的 gridscope 写成，运行 `gridscope build` 重新构建即可",
                )
            )
        manifest = Manifest(**{**raw, "tables": tuple(raw["tables"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenSnapshot(Words(f"snapshot {path.name} cannot be read", f"快照 {path.name} 无法读取")) from error
    missing = [name for name in manifest.files if not (path / name).is_file()]
    if missing:
        names = ", ".join(missing)
        raise BrokenSnapshot(Words(f"snapshot {path.name} lacks {names}", f"快照 {path.name} 缺少 {names}"))
    return Snapshot(path, manifest)


def list_snapshots(home: Path) -> pd.DataFrame:
    """Whole snapshots, newest first: columns number, id, as_of, built_at, current (bool)."""
    serving = current_id(home)
    rows = []
    for folder in (home / "snapshots").glob("[0-9a-f]*"):
        try:
            found = open_snapshot(folder)
        except BrokenSnapshot:
            continue
        rows.append((found.number, found.id, found.as_of, found.built_at, found.id == serving))
    table = pd.DataFrame(rows, columns=["number", "id", "as_of", "built_at", "current"])
    table["current"] = table["current"].astype(bool)
    return table.sort_values("number", ascending=False, ignore_index=True)


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
