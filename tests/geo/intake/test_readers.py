import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from geo.errors import BadInput, MissingCrs
from geo.intake.readers import Request, read_source
from geo.rules import Rules
from tests.geo.intake.small_city import LEVEL, clean, reasons

FRAME = gpd.GeoDataFrame(
    {"code": [433101001, 433101002], "name": ["乾州", "峒河"], "secret": ["x", "y"]},
    geometry=[shapely.box(109.70, 28.30, 109.71, 28.31), shapely.box(109.71, 28.30, 109.72, 28.31)],
    crs="EPSG:4326",
)


def _zip_folder(folder: Path, target: Path, *, without: str = "") -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.iterdir()):
            if path.suffix != without:
                archive.write(path, f"inside/{path.name}")


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "zip", "fgb", "kml"])
def test_formats_give_the_same_units(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"u.{suffix}"
    if suffix == "gpkg":
        FRAME.to_file(target, driver="GPKG")
    elif suffix == "fgb":
        FRAME.to_file(target, driver="FlatGeobuf")
    elif suffix == "kml":
        target.write_text(to_kml(FRAME), encoding="utf-8")
    elif suffix == "parquet":
        FRAME.to_parquet(target)
    else:
        (tmp_path / "shp").mkdir()
        FRAME.to_crs("EPSG:4490").to_file(tmp_path / "shp" / "grids.shp", encoding="GB18030")
        _zip_folder(tmp_path / "shp", target, without=".cpg")
    units = clean(tmp_path, level=LEVEL.replace("units.geojson", target.name))[0]
    assert units.frame.code.tolist() == ["433101001", "433101002", "all"]
    assert units.frame.name.tolist() == ["乾州", "峒河", "小城"]
    assert units.crs == ("EPSG:4490" if suffix == "zip" else "EPSG:4326")
    assert reasons(units) == []


def to_kml(frame: gpd.GeoDataFrame) -> str:
    """Placemarks with all columns as extended data, polygons with outer and inner rings."""

    def ring(name: str, xy: shapely.LinearRing) -> str:
        points = " ".join(f"{x},{y},0" for x, y in xy.coords)
        return f"<{name}><LinearRing><coordinates>\n{points}\n</coordinates></LinearRing></{name}>"

    def placemark(row: dict[str, Any]) -> str:
        shape = row.pop("geometry")
        data = "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in row.items())
        inner = "".join(ring("innerBoundaryIs", hole) for hole in shape.interiors)
        # The order of the two kinds of boundary is free.
        polygon = f"<Polygon>{inner}{ring('outerBoundaryIs', shape.exterior)}</Polygon>"
        return f"<Placemark><ExtendedData>{data}</ExtendedData>{polygon}</Placemark>"

    marks = "".join(map(placemark, frame.to_dict("records")))
    return f'<k:kml xmlns:k="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></k:kml>'


def test_kml_shapes_and_columns(tmp_path: Path) -> None:
    point = "<Point><coordinates>109.7,28.3,9</coordinates></Point>"
    line = "<LineString><coordinates>109.7,28.3 109.8,28.4</coordinates></LineString>"
    hole = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]])
    polygon = to_kml(gpd.GeoDataFrame({"n": [1]}, geometry=[hole])).split("</ExtendedData>")[1].split("</Placemark>")[0]
    shapes = [
        point,
        line,
        polygon,
        f"<MultiGeometry>{point}{point}</MultiGeometry>",
        f"<MultiGeometry>{point}{line}</MultiGeometry>",
    ]
    shapes += ["", "<Point><coordinates>a,b</coordinates></Point>", "<Point><coordinates/></Point>", point + point]
    marks = "".join(
        f"<Placemark><name>甲{i}</name><description><![CDATA[<b>乙</b>]]></description>{shape}"
        '<ExtendedData><SchemaData><SimpleData name="name">other</SimpleData></SchemaData></ExtendedData></Placemark>'
        for i, shape in enumerate(shapes)
    )
    text = f'<?xml version="1.0" encoding="GBK"?><kml><Folder><name>no</name>{marks}</Folder></kml>'
    (tmp_path / "a.kml").write_bytes(text.encode("gb18030"))
    source = read_source(Request(tmp_path / "a.kml", ("name", "description"), Rules()))
    assert source.columns["name"].tolist() == [f"甲{i}" for i in range(9)]
    assert source.columns["description"][0] == "<b>乙</b>"
    assert source.geometry is not None
    kinds = [None if shape is None else shape.geom_type for shape in source.geometry]
    assert kinds[:5] == ["Point", "LineString", "Polygon", "MultiPoint", "GeometryCollection"]
    assert source.geometry[2].equals_exact(hole)
    assert [kinds[5], kinds[6], kinds[8]] == [None, None, None]
    assert source.geometry[7].is_empty
    assert sorted(source.faults) == [6, 8]
    assert source.lines.tolist() == list(range(1, 10))


def test_several_layers_need_a_name(tmp_path: Path) -> None:
    FRAME.to_file(tmp_path / "u.gpkg", layer="grids", driver="GPKG")
    FRAME.to_file(tmp_path / "u.gpkg", layer="other", driver="GPKG")
    level = LEVEL.replace("units.geojson", "u.gpkg")
    with pytest.raises(BadInput, match="layers grids, other"):
        clean(tmp_path, level=level)
    assert len(clean(tmp_path, level=level + 'layer = "grids"\n')[0].frame) == 3


def test_a_shapefile_without_prj_states_no_crs(tmp_path: Path) -> None:
    (tmp_path / "shp").mkdir()
    FRAME.to_file(tmp_path / "shp" / "grids.shp")
    _zip_folder(tmp_path / "shp", tmp_path / "u.zip", without=".prj")
    level = LEVEL.replace("units.geojson", "u.zip")
    with pytest.raises(MissingCrs, match=r"u\.zip states no"):
        clean(tmp_path, level=level)
    assert len(clean(tmp_path, level=level + 'crs = "EPSG:4326"\n')[0].frame) == 3


def test_residents_per_building_from_polygons(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [3, -1]}, geometry=FRAME.geometry.to_list(), crs="EPSG:4326")
    frame.to_parquet(tmp_path / "homes.parquet")
    table = (
        '[[table]]\ntable = "residents"\nsource = "homes"\nfile = "homes.parquet"\n[table.columns]\nresidents = "n"\n'
    )
    homes = clean(tmp_path, table)[1]
    assert reasons(homes) == [(2, "out_of_range")]
    assert homes.frame.lon[0] == pytest.approx(109.705)
    assert homes.frame.source_id.tolist() == ["1"]


def test_residents_per_unit_from_a_plain_table(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("u;n\nw;1200,5\nzz;3\n")
    table = '[[table]]\ntable = "residents"\nsource = "people"\nfile = "people.csv"\n'
    table += '[table.columns]\nunit_code = "u"\nresidents = "n"\n'
    people = clean(tmp_path, table)[1]
    assert people.frame.residents.tolist() == [1200.5]
    assert reasons(people) == [(3, "unknown_unit_code")]


def test_roads_and_points_without_geometry(tmp_path: Path) -> None:
    lines = gpd.GeoDataFrame(
        {"k": ["main"]}, geometry=[shapely.LineString([(372_000, 3_131_800), (372_500, 3_132_000)])], crs="EPSG:32649"
    )
    lines.to_file(tmp_path / "roads.gpkg")
    table = '[[table]]\ntable = "roads"\nsource = "roads"\nfile = "roads.gpkg"\n[table.columns]\nkind = "k"\n'
    roads = clean(tmp_path, table)[1]
    assert roads.frame.crs == "EPSG:4326"
    assert 109.6 < roads.frame.geometry[0].bounds[0] < 109.8
    pd.DataFrame({"id": ["a"]}).to_csv(tmp_path / "cameras.csv", index=False)
    table = '[[table]]\ntable = "cameras"\nsource = "c"\nfile = "cameras.csv"\n[table.columns]\nsource_id = "id"\n'
    with pytest.raises(BadInput, match="name its coordinate columns as x and y"):
        clean(tmp_path, table)


def test_elevation(tmp_path: Path) -> None:
    table = '[[table]]\ntable = "elevation"\nsource = "dem"\nfile = "dem.tif"\n'
    profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 1, "dtype": "float32", "crs": "EPSG:32649"}
    with rasterio.open(tmp_path / "dem.tif", "w", transform=rasterio.Affine(30, 0, 0, 0, -30, 90), **profile) as raster:
        raster.write(np.zeros((1, 3, 4), dtype="float32"))
    dem = clean(tmp_path, table)[1]
    assert (dem.crs, dem.raster, len(dem.frame)) == ("EPSG:32649", tmp_path / "dem.tif", 0)
    (tmp_path / "dem.tif").write_text("<VRTDataset/>")
    with pytest.raises(BadInput, match="not a GeoTIFF"):
        clean(tmp_path, table)
