"""Readers: one per format, chosen by us from the file's suffix and first bytes, never by a driver's guess.

File names are names inside the data folder; they are never URLs, paths or GDAL's virtual file systems.
"""

from collections.abc import Callable
from pathlib import Path

from geo.errors import BadInput, Words
from geo.intake.readers.delimited import read_delimited
from geo.intake.readers.geojson import read_geojson
from geo.intake.readers.ogr import read_geopackage, read_zipped_shapefile
from geo.intake.readers.parquet import read_parquet
from geo.intake.readers.raster import check_elevation
from geo.intake.readers.source import Request, Source
from geo.intake.readers.workbook import read_workbook

READERS: dict[str, Callable[[Request], Source]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".geojson": read_geojson,
    ".json": read_geojson,
    ".gpkg": read_geopackage,
    ".zip": read_zipped_shapefile,
    ".parquet": read_parquet,
    ".geoparquet": read_parquet,
    ".xlsx": read_workbook,
}

#: Suffixes of tables without geometry: their coordinates are columns, their CRS is the mapping's to state.
PLAIN_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")

__all__ = ["PLAIN_SUFFIXES", "READERS", "Request", "Source", "check_elevation", "find_file", "read_source"]


def find_file(data_dir: Path, name: str) -> Path:
    """The file called `name` inside `data_dir`; `BadInput` where none is or a link leads out of it."""
    folder = data_dir.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise BadInput(Words(f"{name!r} lies outside the data folder", f"{name!r} 位于数据文件夹之外"))
    if not path.is_file():
        raise BadInput(Words(f"{name} is not in {folder.name}/", f"{folder.name}/ 中没有 {name}"))
    return path


def read_source(request: Request) -> Source:
    """The wanted columns of the requested file by the reader of its suffix; `BadInput` lists the formats there are."""
    reader = READERS.get(request.path.suffix.lower())
    if reader is None:
        known = " ".join(READERS)
        raise BadInput(
            Words(f"{request.file}: no such format; known: {known}", f"{request.file}：不支持的格式；可用：{known}")
        )
    return reader(request)
