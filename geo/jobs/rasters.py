"""The elevation raster of a home: kept under the name of its content first, made current after the records say so."""

import os
import shutil
from pathlib import Path

from geo.errors import NotFound, Words
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


def settle(home: Path, name: str | None) -> None:
    """Makes the kept raster called `name` the home's elevation.tif, if it is not yet; all others are removed.

    With None the home has no elevation. Errors: `NotFound` where no file holds the content called `name`.
    """
    rasters = home / "rasters"
    if name is None:
        for file in rasters.glob("*.tif"):
            file.unlink()
        return
    kept, current = rasters / f"{name}.tif", rasters / _CURRENT
    if not (current.exists() and sha256_of(current) == name):
        if not kept.exists():
            raise NotFound(Words("the elevation raster is missing; import it again", "缺少高程栅格，请重新导入"))
        aside = rasters / f".{_CURRENT}.partial"
        aside.unlink(missing_ok=True)
        os.link(kept, aside)
        aside.replace(current)
        flush(rasters)
    for older in rasters.glob("[0-9a-f]*.tif"):
        if older.name not in (kept.name, _CURRENT):
            older.unlink()
