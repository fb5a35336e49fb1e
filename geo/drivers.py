"""Which of GDAL's drivers may open a file: those of the formats we read and write, whatever a file looks like.

GDAL opens a file with the first driver that takes it for its own, and some drivers read other files or fetch addresses
that the file names. So all but a few are left out when the library is loaded, and it may fetch nothing.
"""

import os

#: GeoPackage, shapefile, FlatGeobuf, and the memory that the library itself works in.
ALLOWED = frozenset({"GPKG", "ESRI Shapefile", "FlatGeobuf", "MEM"})
#: Every other driver that the locked build has; a test holds this against the build.
SKIPPED = (
    "PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,LIBKML,KML,GeoJSON,"
    "GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,DXF,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,OGR_PDS,WFS,OAPIF,"
    "EDIGEO,Idrisi,ODS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,MapML,GTFS,PMTiles,"
    "JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP"
)
#: Settings of the library once it is loaded.
OPTIONS = {
    # What lies beside a file is not looked at, unless the file's own format asks for it by name.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    # No address ends like this, so none is fetched.
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_MAX_RETRY": "0",
    "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
}


def leave_out_drivers() -> None:
    """Makes GDAL leave out `SKIPPED`; it looks when it is loaded, so this comes first (`import geo` does so).

    >>> leave_out_drivers()
    >>> "OGR_VRT" in os.environ["OGR_SKIP"].split(",")
    True
    """
    os.environ["OGR_SKIP"] = SKIPPED
