"""Readers: one per format, chosen by us from the file's suffix and first bytes, never by a driver's guess.

File names are names inside the data folder; they are never URLs, paths or GDAL's virtual file systems.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from geo.errors import BadInput, Words
from geo.intake.readers.delimited import iter_delimited
from geo.intake.readers.geojson import read_geojson
from geo.intake.readers.kml import read_kml
from geo.intake.readers.ogr import read_flatgeobuf, read_geopackage, read_zipped_shapefile
from geo.intake.readers.parquet import iter_parquet
from geo.intake.readers.raster import check_elevation
from geo.intake.readers.source import Request, Source, by_suffix, join_parts
from geo.intake.readers.workbook import iter_workbook


def _whole(read: Callable[[Request], Source]) -> Callable[[Request], Iterable[Source]]:
    return lambda request: (read(request) for _ in range(1))


READERS: dict[str, Callable[[Request], Iterable[Source]]] = {
    ".csv": iter_delimited,
    ".tsv": iter_delimited,
    ".txt": iter_delimited,
    ".geojson": _whole(read_geojson),
    ".json": _whole(read_geojson),
    ".gpkg": _whole(read_geopackage),
    ".zip": _whole(read_zipped_shapefile),
    ".fgb": _whole(read_flatgeobuf),
    ".kml": _whole(read_kml),
    ".parquet": iter_parquet,
    ".geoparquet": iter_parquet,
    ".xlsx": iter_workbook,
}

#: Suffixes of tables without geometry: their coordinates are columns, their CRS is the mapping's to state.
PLAIN_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")

__all__ = [
    "PLAIN_SUFFIXES",
    "READERS",
    "Request",
    "Source",
    "check_elevation",
    "find_file",
    "iter_source",
    "read_source",
]


def find_file(data_dir: Path, name: str) -> Path:
    """The file called `name` inside `data_dir`; `BadInput` where none is or a link leads out of it."""
    folder = data_dir.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise BadInput(Words(f"{name!r} lies outside the data folder", f"{name!r} 位于数据文件夹之外"))
    if not path.is_file():
        raise BadInput(Words(f"{name} is not in {folder.name}/", f"{folder.name}/ 中没有 {name}"))
    return path


def iter_source(request: Request) -> Iterable[Source]:
    """The wanted columns of the requested file by the reader of its suffix, in parts of bounded size, at least one.

    A format that has to be read as a whole comes in one part. `BadInput` lists the formats there are.
    """
    return by_suffix(READERS, request.path)(request)


def read_source(request: Request) -> Source:
    """`iter_source`, its parts put together."""
    return join_parts(list(iter_source(request)))
