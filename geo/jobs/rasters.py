"""The elevation raster of a home: kept under the name of its content first, made current after the records say so.

The rasters that earlier imports brought stay beside it for as long as a roll back may bring them back.
"""

import os
import shutil
from collections.abc import Set
from pathlib import Path

from geo.errors import NotFound, Words
from geo.records import Records
from geo.snapshot.publishing import flush
from geo.snapshot.store import sha256_of

_CURRENT = "elevation.tif"


def keep(home: Path, raster: Path) -> str:
    """Copies `raster` into `home`/rasters under its SHA-256 (written aside, synced, renamed); returns the hash.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "dem.tif").write_bytes(b"heights")
    ...     name = keep(Path(folder), Path(folder, "dem.tif"))
    ...     settle(Path(folder), name)
    ...     Path(folder, "rasters", "elevation.tif").read_bytes()
    b'heights'
    """
    rasters = home / "rasters"
    rasters.mkdir(parents=True, exist_ok=True)
    aside = rasters / f".{os.getpid()}.partial"
    shutil.copyfile(raster, aside)
    flush(aside)
    name = sha256_of(aside)
    aside.replace(rasters / f"{name}.tif")
    flush(rasters)
    return name


def settle(home: Path, name: str | None, kept: Set[str] = frozenset()) -> None:
    """Makes the raster called `name` the home's elevation.tif, if it is not yet; others but the `kept` are removed.

    With None the home has no elevation. Errors: `NotFound` where no file holds the content called `name`.
    """
    rasters = home / "rasters"
    current, wanted = rasters / _CURRENT, rasters / f"{name}.tif"
    if name is None:
        current.unlink(missing_ok=True)
    elif not _is_same(current, wanted) and (held := sha256_of(current) if current.exists() else "") != name:
        check_there(home, name)
        if held in kept and not (rasters / f"{held}.tif").exists():
            os.link(current, rasters / f"{held}.tif")
        aside = rasters / f".{_CURRENT}.partial"
        aside.unlink(missing_ok=True)
        os.link(wanted, aside)
        aside.replace(current)
        flush(rasters)
    for older in rasters.glob("[0-9a-f]*.tif"):
        if older.stem not in {name, *kept} and older != current:
            older.unlink()


def _is_same(one: Path, other: Path) -> bool:
    """Whether both names are of one file: then neither need be hashed."""
    return one.exists() and other.exists() and one.samefile(other)


def follow(home: Path, records: Records) -> None:
    """Makes the home's elevation.tif what the records say. Errors: `NotFound` as in `settle`."""
    uids = records.frame("elevation")["uid"].tolist()
    settle(home, uids[0].rpartition(":")[2] if uids else None, records.kept_rasters())


def check_there(home: Path, name: str) -> None:
    """Raises `NotFound` where no file holds the content called `name`."""
    if not (home / "rasters" / f"{name}.tif").exists():
        raise NotFound(Words("the elevation raster is missing; import it again", "缺少高程栅格，请重新导入"))
