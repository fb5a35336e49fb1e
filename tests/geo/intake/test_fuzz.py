"""Mutated files of every format end in rows or in an error in words: nothing else, no hang, no flood of memory.

Each format is read in a process of its own, whose memory is limited and whose time is watched; a crash of a library
ends that process and fails the test.
"""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from tests.geo.intake.test_peek import KML

N_ROUNDS = 1_000
LIMIT_S = 280

FRAME = gpd.GeoDataFrame(
    {"id": ["1", "乙"], "x": [109.705, 109.706], "y": [28.305, 28.306]},
    geometry=[shapely.box(109.70, 28.30, 109.71, 28.31), shapely.Point(109.71, 28.31)],
    crs="EPSG:4490",
)

#: Mutates the sample in argv[1] N times by argv[3] as a seed, reads and peeks each; prints what happened.
FUZZ = """
import faulthandler, random, resource, shutil, sys, warnings
from collections import Counter
from pathlib import Path
from geo.errors import GridscopeError
from geo.intake.readers import Request, iter_source
from geo.intake.readers.peek import peek
from geo.rules import Rules

sample, n_rounds, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
faulthandler.enable()
warnings.simplefilter("error")
chance = random.Random(seed)
plain = sample.read_bytes()
words = [mark.encode() for mark in '< > " , { } [ ] &a; 1e999 -1 \\ufeff'.split()] + [b"\\n", b"\\0"]
words.append(b"\\xff\\xff\\xff\\xff")

def mutate(data):
    data = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        at, n = chance.randrange(len(data) + 1), chance.choice([1, 1, 2, 8, 64])
        kind = chance.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            data[at:at + n] = bytes(chance.randrange(256) for _ in range(n))
        elif kind == 2:
            del data[at:at + n]
        elif kind == 3:
            data[at:at] = chance.choice(words) * n
        elif kind == 4:
            data[at:at] = data[:n]
        else:
            del data[at:]
    return bytes(data)

said = Counter()
for n in range(n_rounds):
    sample.write_bytes(mutate(plain))
    for look in (
        lambda: [part.n_read for part in iter_source(Request(sample, ("id", "x"), Rules()))],
        lambda: peek(sample, Rules()),
    ):
        try:
            look()
            said["read"] += 1
        except GridscopeError as error:
            said[type(error).__name__] += 1
            assert error.text("zh") and str(sample.parent) not in error.text("en"), error
        except BaseException:
            shutil.copy(sample, sample.with_name("guilty" + sample.suffix))
            raise
print(dict(said))
"""


def csv_bytes(encoding: str) -> Callable[[Path], bytes]:
    text = '台账,,\n"id",x,y\n1,109.705,28.305\n"a\n""b",１０９,"28,3"\n'
    return lambda _: text.encode(encoding)


def workbook_bytes(_: Path) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (["台账"], ["id", "x", "y"], ["1", 109.705, 28.305], [3.4e19, True, None]):
        book.active.append(row)
    book.save(out)
    return stored(out.getvalue())


def stored(data: bytes) -> bytes:
    """The same archive without packing, so that what is mutated is mostly its contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


def ogr_bytes(suffix: str, driver: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        FRAME.to_file(folder / f"a.{suffix}", driver=driver)
        return (folder / f"a.{suffix}").read_bytes()

    return make


def shapefile_bytes(folder: Path) -> bytes:
    FRAME.iloc[:1].to_file(folder / "a.shp")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(folder / f"a.{suffix}", f"a.{suffix}")
    return out.getvalue()


def parquet_bytes(folder: Path) -> bytes:
    FRAME.to_parquet(folder / "a.parquet")
    return (folder / "a.parquet").read_bytes()


SAMPLES: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "csv": ("csv", csv_bytes("utf-8")),
    "csv gb18030": ("csv", csv_bytes("gb18030")),
    "csv utf-16": ("csv", csv_bytes("utf-16")),
    "geojson": ("geojson", lambda _: FRAME.to_json().encode()),
    "kml": ("kml", lambda _: KML.replace("code", "id").encode()),
    "xlsx": ("xlsx", workbook_bytes),
    "gpkg": ("gpkg", ogr_bytes("gpkg", "GPKG")),
    "fgb": ("fgb", ogr_bytes("fgb", "FlatGeobuf")),
    "shapefile": ("zip", shapefile_bytes),
    "parquet": ("parquet", parquet_bytes),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_mutated_files_are_read_or_refused_in_words(tmp_path: Path, name: str) -> None:
    suffix, make = SAMPLES[name]
    (tmp_path / "made").mkdir()
    (tmp_path / "try").mkdir()
    sample = tmp_path / "try" / f"s.{suffix}"
    sample.write_bytes(make(tmp_path / "made"))
    command = [sys.executable, "-c", FUZZ, str(sample), str(N_ROUNDS), "20261126"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr[-3_000:]
    assert "read" in done.stdout
    assert "BadInput" in done.stdout
