"""A world small enough to work out by hand, in metres of EPSG:32649 (less 500,000 E, 3,100,000 N).

Units: four grids of 100 m, g1 (south-west), g2 (south-east), g3 (north-west), g4 (north-east); villages va = g1
+ g2 and vb = g3 + g4. Every grid has 10,000 m2.

Cameras (ranges are given, so all pixel densities are alike; a circle of 2-degree chords has 90 r2 sin 2 deg):
  c1 (50, 50)   circle of 20 m, online: 1256.38 m2, all in g1
  c2 (100, 50)  circle of 10 m, online, on the edge of g1 and g2: assigned to g1; 157.05 m2 in each
  c3 (150, 150) 60 degrees to the east, 30 m, online: 15 r2 sin 2 deg = 471.14 m2, all in g4
  c4 (50, 150)  circle of 20 m, offline, in g3;  c5 (150, 50) circle of 20 m, planned, in g2
Area seen: g1 1413.43, g2 157.05, g3 0, g4 471.14. No ground is seen twice.

Roads: r1 (0, 50)-(200, 50); r2 (100, 0)-(100, 96) on their edge: all g1's. Lengths g1 196, g2 100.
Seen: r1 40 m by c1 and 10 m each side by c2; r2 20 m by c2. So g1 70 of 196, g2 10 of 100, va 80 of 296.
Public ground of g1: 800 (r1) + 384 (half of r2) + 12.49 (a quarter of its round end) - 32 (both) = 1164.49 m2.

Places: p1 point (50, 60), seen, g1; p2 point (180, 20), not seen, g2; p3 20 x 10 m at (150..170, 145..155), g4:
c3 leaves two triangles of 8.66 x 5 / 2 unseen, so 156.7 of 200 m2 are seen: more than half.

Incidents: i1 (50, 50), g1, seen; i2 (100, 100), the corner of all four: g1, not seen; i3 without coordinates, g4,
not seen; i4 (300, 300), outside.  Ledger: 4 kept = 3 assigned + 1 outside.

Residents: h1 10 people at (50, 75), 25 m from the seen stretch of r1: near; h2 5 people at (190, 190): 40 m and
more from p3: not near; h3 7 people known only as living in g3. Dwelling b1 10 x 10 m at (45..55, 52..62): its
farthest corner is 13 m from c1, so all 40 m of outline are in view. b2 (0..10, 0..10) is no dwelling.

Gaps: none of what is unseen lies near a camera: c4 sees no road, place, incident or home, the circle of c3's 30 m
holds none but p3, and a given range is the same at 12.5 px/m. All of it is `none`, or `doubt` where that is said.
Buffer circles of 50 m have 90 x 2500 sin 2 deg = 7852.4 m2. Service points: s1 (50, 20), s2 known by its village's
code only. p1 40 m, p2 130 m, p3's middle (160, 150) 170.3 m; h1 (10 people) 55 m, h2 (5) 220.2 m, h3 without a place.

The street, a second scene on the same units (`street_cameras`, `street_demand`), its road along y = 50 in g1 and g2:
  a (50, 50)  online, fixed, looks east. 500 px across a lens whose tangent of half the angle is 1/2: 20 m at 25 px/m,
              40 m at 12.5; v_px 281.25/500 of it and 1.125 m high, level: near edge 1.125 / 0.28125 = 4 m
  b (90, 50)  offline, a circle of 10 m (range given)
Of the road in g1 a sees 54..70 (16 m); b would see 80..100 (20 m, offline); a's circle holds 30..54 besides (24 m,
direction); with fewer pixels a sees 70..80 besides (10 m, pixels); 0..30 (30 m) none. g2's 100 m: none.
Places, incidents: (60, 50) seen; (85, 50) offline; (40, 50) direction; (75, 50) pixels; (10, 50) none; all in g1, and
(150, 20) in g2: none. Residents within 30 m of such road only: 2 people at (99, 79), 29 m from x = 99: offline;
3 at (5, 50), 25 m from x = 30: direction; 4 at (140, 50), g2, none: 40 m from x = 100; 5 at (62, 60): near.
Public ground between y 46 and 54; the part offline is b's circle, 2 (4 sqrt(84) + 100 asin 0.4) = 155.63 m2.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import affinity

from geo.coverage.ground import Demand
from geo.schema import SOURCES, HomeInfo, Level

CRS = "EPSG:32649"
EAST, NORTH = 500_000.0, 3_100_000.0
CIRCLE_1, CIRCLE_2, WEDGE_3 = (k * np.sin(np.radians(2)) for k in (90 * 400, 90 * 100, 15 * 900))


def home() -> HomeInfo:
    levels = (Level("grid", "网格", "Grid", "village"), Level("village", "村", "Village"))
    return HomeInfo("小世界", "Tiny world", "Asia/Shanghai", CRS, levels)


def frame(geometries: list[shapely.Geometry | None], **columns: object) -> gpd.GeoDataFrame:
    moved = [None if g is None else affinity.translate(g, EAST, NORTH) for g in geometries]
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS)


def units() -> gpd.GeoDataFrame:
    squares = [shapely.box(x, y, x + 100, y + 100) for y in (0, 100) for x in (0, 100)]
    return frame(
        [*squares, shapely.box(0, 0, 200, 100), shapely.box(0, 100, 200, 200)],
        level=["grid"] * 4 + ["village"] * 2,
        code=["g1", "g2", "g3", "g4", "va", "vb"],
        name=["一", "二", "三", "四", "南", "北"],
        parent_code=["va", "va", "vb", "vb", None, None],
    )


def cameras() -> pd.DataFrame:
    table = pd.DataFrame(index=range(5), columns=list(SOURCES["cameras"].names()), dtype=object)
    table["source_id"] = ["c1", "c2", "c3", "c4", "c5"]
    table["kind"] = "fixed"
    table["status"] = ["online", "online", "online", "offline", "planned"]
    table["sweep_deg"] = [360.0, 360.0, np.nan, 360.0, 360.0]
    table["azimuth_deg"] = [np.nan, np.nan, 90.0, np.nan, np.nan]
    table["hfov_deg"] = [np.nan, np.nan, 60.0, np.nan, np.nan]
    table["range_m"] = [20.0, 10.0, 30.0, 20.0, 20.0]
    table["x_m"] = EAST + np.array([50.0, 100, 150, 50, 150])
    table["y_m"] = NORTH + np.array([50.0, 50, 150, 150, 50])
    return table.assign(grid=["g1", "g1", "g4", "g3", "g2"], village=["va", "va", "vb", "vb", "va"])


def demand() -> Demand:
    places = [shapely.Point(50, 60), shapely.Point(180, 20), shapely.box(150, 145, 170, 155)]
    return Demand(
        places=frame(places, kind=["school", "market", "square"]),
        roads=frame([shapely.LineString([(0, 50), (200, 50)]), shapely.LineString([(100, 0), (100, 96)])]),
        buildings=frame([shapely.box(45, 52, 55, 62), shapely.box(0, 0, 10, 10)], use=["dwelling", "other"]),
        residents=frame(
            [shapely.Point(50, 75), shapely.Point(190, 190), None],
            residents=[10.0, 5.0, 7.0],
            grid=["g1", "g4", "g3"],
            village=["va", "vb", "vb"],
        ),
        incidents_xy=np.array([[50, 50], [100, 100], [np.nan, np.nan], [300, 300]]) + np.array([EAST, NORTH]),
    )


def street_cameras() -> pd.DataFrame:
    table = pd.DataFrame(index=range(2), columns=list(SOURCES["cameras"].names()), dtype=object)
    table["source_id"], table["kind"], table["status"] = ["a", "b"], "fixed", ["online", "offline"]
    table["azimuth_deg"], table["hfov_deg"] = [90.0, np.nan], [np.degrees(2 * np.arctan(0.5)), np.nan]
    table["h_px"], table["v_px"] = [500.0, np.nan], [281.25, np.nan]
    table["height_m"], table["tilt_deg"] = [1.125, np.nan], [0.0, np.nan]
    table["sweep_deg"], table["range_m"] = [np.nan, 360.0], [np.nan, 10.0]
    table["x_m"], table["y_m"] = EAST + np.array([50.0, 90]), NORTH + 50.0
    return table.assign(grid="g1", village="va")


def street_demand() -> Demand:
    spots = [(60, 50), (85, 50), (40, 50), (75, 50), (10, 50), (150, 20)]
    homes = [(99, 79), (5, 50), (140, 50), (62, 60)]
    return Demand(
        places=frame([shapely.Point(spot) for spot in spots], kind=["school"] * 6),
        roads=frame([shapely.LineString([(0, 50), (200, 50)])]),
        residents=frame([shapely.Point(home) for home in homes], residents=[2.0, 3.0, 4.0, 5.0]),
        incidents_xy=np.array(spots) + np.array([EAST, NORTH]),
    )


def incident_levels() -> pd.DataFrame:
    return pd.DataFrame({"grid": ["g1", "g1", "g4", None], "village": ["va", "va", "vb", None]})
