"""GeoTIFF elevation: opened by the GTiff driver alone, checked, and handed on as a file."""

import warnings

import rasterio
from rasterio.errors import RasterioError, RasterioIOError

from geo.errors import BadInput, MissingCrs, Words
from geo.intake.readers.source import Request, check_size, unreadable

_TIFF_MAGICS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def check_elevation(request: Request, stated_crs: str = "") -> str:
    """The authority string of the GeoTIFF's CRS; `BadInput` where the file is no single-band elevation grid."""
    check_size(request.path, request.rules)
    with request.path.open("rb") as file:
        if file.read(4) not in _TIFF_MAGICS:
            raise BadInput(Words(f"{request.file} is not a GeoTIFF", f"{request.file} 不是 GeoTIFF"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rasterio.open(request.path, driver="GTiff") as raster:
                n_bands, crs, square = raster.count, raster.crs, raster.transform.determinant
    except (RasterioIOError, RasterioError) as error:
        raise unreadable(request, error) from error
    if n_bands != 1 or square == 0:
        raise BadInput(
            Words(f"{request.file} has {n_bands} bands, not one", f"{request.file} 有 {n_bands} 个波段，应为 1 个")
        )
    if crs is None:
        raise MissingCrs(
            Words(
                f"{request.file} states no coordinate reference system; write it into the GeoTIFF (gdal_edit -a_srs)",
                f"{request.file} 未写明坐标参考系，请写入 GeoTIFF（gdal_edit -a_srs）",
            )
        )
    found = str(crs.to_string())
    if stated_crs and stated_crs != found:
        raise BadInput(
            Words(f"{request.file} is in {found}, not in {stated_crs}", f"{request.file} 为 {found}，而非 {stated_crs}")
        )
    return found
