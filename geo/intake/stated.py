"""The CRS a source is in: what the mapping states, what the file states, and the error where neither does."""

from collections.abc import Iterator

import pyproj

from geo.crs import CGCS2000, check_same_crs, parse_crs, to_authority
from geo.errors import MissingCrs, Words
from geo.intake.readers import Source


def crs_of(source: Source, file: str, stated: str, where: str) -> pyproj.CRS:
    """The CRS of `source`; `MissingCrs` says what to add `where`, `CrsMismatch` where mapping and file disagree."""
    if stated:
        mapped = parse_crs(stated)
        if source.crs is not None:
            check_same_crs(f"{file} (by the mapping)", mapped, f"{file} (by the file)", source.crs)
        return mapped
    found = source.crs if source.crs is not None else source.default_crs
    if found is None:
        raise MissingCrs(missing_crs(file, where))
    authority = to_authority(found)
    return parse_crs(authority)


def missing_crs(file: str, where: str) -> Words:
    """The sentence that names the file and the line to add.

    >>> missing_crs("a.csv", "[[table]]").en
    'a.csv states no coordinate reference system; add crs = "EPSG:4326" (or the one it is in) under [[table]]'
    """
    return Words(
        f'{file} states no coordinate reference system; add crs = "EPSG:4326" (or the one it is in) under {where}',
        f'{file} 未写明坐标参考系；请在 {where} 下加 crs = "EPSG:4326"（或其实际坐标系）',
    )


def notes_of_crs(file: str, crs: pyproj.CRS, datum: str) -> Iterator[Words]:
    """What to tell people about the CRS and datum of a source."""
    base = crs.geodetic_crs
    if base is not None and base.to_epsg() == int(CGCS2000.split(":")[1]):
        yield Words(
            f"{file} is in CGCS2000, taken as WGS84 (they agree to under a metre)",
            f"{file} 为 CGCS2000，按 WGS84 处理（相差不到一米）",
        )
    if datum != "wgs84":
        name = {"gcj02": "GCJ-02", "bd09": "BD-09"}[datum]
        yield Words(f"{file}: the shift of {name} was undone", f"{file}：已将 {name} 还原为 WGS84")
