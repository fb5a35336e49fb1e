"""A city of eight grids written as ordinary source files, small enough to check by hand.

Metric CRS EPSG:32649, origin (600000, 3130000). Two towns `A` and `B`, side by side, each of 1 km x 1 km and four
grids of 500 m: `A-1` (south-west), `A-2` (south-east), `A-3` (north-west), `A-4` (north-east), and so for `B`, 1 km
further east. One prefecture `P` above both.

* Cameras: three full circles (sweep 360, range 50 m, so 7,853 m2 less 0.02 %) in `A-1`, all on one spot, two of
  them online; one online in `B-4`; one outside every unit; one with its axes swapped (refused).
* Road: one line of 1,000 m through `A-1` and `A-2` at 250 m north of the south edge: the cameras of `A-1` stand on it.
* Incidents (day, unit): 2 in `A-1` on the cameras' spot, 6 in `A-2`, 9 in `A-3`, 7 in `B-1`, 30 in `B-4`, all
  in January 2026, closed after one day, due after two; one without a place or a unit (refused).
"""

import csv
import json
from pathlib import Path

import geopandas as gpd
from shapely import LineString, Point, box

X0, Y0 = 600_000.0, 3_130_000.0
INCIDENTS = {"A-1": 2, "A-2": 6, "A-3": 9, "B-1": 7, "B-4": 30}
_SPOT = {"A-1": (250, 250), "A-2": (750, 400), "A-3": (250, 750), "B-1": (1250, 250), "B-4": (1750, 750)}

MAPPING = """
title_zh = "小城"
title_en = "Tiny city"
timezone = "Asia/Shanghai"
attribution_zh = "手绘"
attribution_en = "drawn by hand"

[[levels]]
name = "grid"
title_zh = "网格"
title_en = "Grid"
file = "grids.geojson"
code_column = "code"
name_column = "name"
parent = "town"
parent_column = "town"

[[levels]]
name = "town"
title_zh = "乡镇"
title_en = "Town"
file = "towns.geojson"
code_column = "code"
name_column = "name"
name_en_column = "name_en"
parent = "prefecture"

[[levels]]
name = "prefecture"
title_zh = "州"
title_en = "Prefecture"
file = "prefecture.geojson"
code_column = "code"
name_column = "name"

[[table]]
table = "cameras"
source = "cameras"
file = "cameras.csv"
crs = "EPSG:4326"
x = "lon"
y = "lat"
[table.columns]
source_id = "id"
name = "label"
status = "status"
[table.constants]
sweep_deg = 360
range_m = 50
kind = "dome"

[[table]]
table = "roads"
source = "roads"
file = "roads.geojson"
[table.columns]
source_id = "id"

[[table]]
table = "incidents"
source = "incidents"
file = "incidents.csv"
crs = "EPSG:4326"
x = "lon"
y = "lat"
[table.columns]
source_id = "id"
reported_at = "reported"
accepted_at = "reported"
due_at = "due"
closed_at = "closed"
category = "category"
outcome = "outcome"
"""


def lonlat(dx: float, dy: float) -> tuple[float, float]:
    """Longitude and latitude of the point `dx`, `dy` metres from the origin."""
    point = gpd.GeoSeries([Point(X0 + dx, Y0 + dy)], crs="EPSG:32649").to_crs("EPSG:4326").iloc[0]
    return point.x, point.y


def write_tiny_city(folder: Path) -> Path:
    """Write the sources and the mapping into `folder`; returns the mapping's path."""
    folder.mkdir(parents=True, exist_ok=True)
    grids, towns = [], []
    for number, town in enumerate("AB"):
        west = X0 + 1000 * number
        towns.append(
            {
                "code": town,
                "name": f"{town}镇",
                "name_en": f"{town} town",
                "geometry": box(west, Y0, west + 1000, Y0 + 1000),
            }
        )
        for place, (dx, dy) in enumerate(((0, 0), (500, 0), (0, 500), (500, 500)), start=1):
            shape = box(west + dx, Y0 + dy, west + dx + 500, Y0 + dy + 500)
            grids.append({"code": f"{town}-{place}", "name": f"{town}第{place}网格", "town": town, "geometry": shape})
    whole = [{"code": "P", "name": "小州", "geometry": box(X0, Y0, X0 + 2000, Y0 + 1000)}]
    road = [{"id": "r1", "geometry": LineString([(X0, Y0 + 250), (X0 + 1000, Y0 + 250)])}]
    for name, rows in (("grids", grids), ("towns", towns), ("prefecture", whole), ("roads", road)):
        _write_geojson(folder / f"{name}.geojson", rows)
    _write_csv(folder / "cameras.csv", _cameras())
    _write_csv(folder / "incidents.csv", _incidents())
    mapping = folder / "tiny.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    return mapping


def _cameras() -> list[dict[str, object]]:
    spots = [
        ("c1", 250, 250, "online"),
        ("c2", 250, 250, "online"),
        ("c3", 250, 250, "offline"),
        ("c4", 1750, 750, "online"),
        ("far", 2400, 500, "online"),
    ]
    rows = [
        {"id": i, "label": f"机 {i}", "status": s, "lon": lonlat(x, y)[0], "lat": lonlat(x, y)[1]}
        for i, x, y, s in spots
    ]
    lon, lat = lonlat(100, 100)
    return [*rows, {"id": "swapped", "label": "反", "status": "online", "lon": lat, "lat": lon}]


def _incidents() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for code, n in INCIDENTS.items():
        for number in range(n):
            lon, lat = lonlat(_SPOT[code][0] + number, _SPOT[code][1])
            day = number % 20 + 1
            rows.append(
                {
                    "id": f"{code}/{number}",
                    "lon": lon,
                    "lat": lat,
                    "reported": f"2026-01-{day:02d} 10:00:00",
                    "due": f"2026-01-{day + 2:02d} 10:00:00",
                    "closed": f"2026-01-{day + 1:02d} 10:00:00",
                    "category": "noise" if number % 2 else "dispute",
                    "outcome": "mediated",
                }
            )
    return [*rows, {**rows[0], "id": "nowhere", "lon": "", "lat": ""}]


def _write_geojson(file: Path, rows: list[dict[str, object]]) -> None:
    frame = gpd.GeoDataFrame(rows, crs="EPSG:32649").to_crs("EPSG:4326")
    found = json.loads(frame.to_json(drop_id=True))
    found["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    file.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _write_csv(file: Path, rows: list[dict[str, object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
