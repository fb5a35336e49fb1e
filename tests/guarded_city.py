"""The tiny city with what cameras should not see: one dwelling and three restricted areas.

The dwelling, 10 x 10 m at (255..265, 255..265), is seen by the three cameras at (250, 250): from azimuth 18.43 to
71.57 degrees (atan 5 / 15), at 7.07 m and more, all 40 m of it. c1's mask 0-90 hides it. Areas: private 2 x 2 m beside
it, seen by c2 and c3, too; prohibited 4 x 4 m to the west; sensitive, 100 m off and seen by nobody. c1 alone is filed.
"""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from shapely import affinity

from geo.jobs import run_build
from geo.records import Records, Wanted
from tests.geo.records.samples import replace_source
from tests.tiny_city import X0, Y0

_REFUSED = pd.DataFrame(columns=["line", "reason", "explained_en", "explained_zh", "fields"])


def shapes() -> dict[str, gpd.GeoDataFrame]:
    """The buildings and restricted areas in EPSG:4326."""
    boxes = {
        "buildings": [shapely.box(255, 255, 265, 265), shapely.box(700, 700, 710, 710)],
        "restricted_areas": [
            shapely.box(268, 255, 270, 257),
            shapely.box(240, 248, 244, 252),
            shapely.box(350, 250, 360, 260),
        ],
    }
    frames = {}
    for table, some in boxes.items():
        moved = [affinity.translate(shape, X0, Y0) for shape in some]
        frame = gpd.GeoDataFrame(geometry=moved, crs="EPSG:32649").to_crs("EPSG:4326")
        frame["source_id"], frame["line"] = [str(n) for n in range(len(some))], range(len(some))
        frames[table] = frame
    frames["buildings"]["use"] = "dwelling"
    frames["restricted_areas"]["rule"] = ["private", "prohibited", "sensitive"]
    return frames


def build_guarded(filled: Path, home: Path) -> Path:
    """A copy of the filled home of the tiny city at `home`, with these shapes and c1's mask, built."""
    shutil.copytree(filled, home)
    with Records.open(home) as records:
        for table, frame in shapes().items():
            with records.importing("import", table, "0" * 64) as tx:
                replace_source(tx, table, table, f"{table}.geojson", frame, _REFUSED, len(frame), "EPSG:4326")
        c1 = {"masks": "0-90", "retention_days": 91.0, "filed": True, "filing_no": "431-7", "filed_on": "2025-03-14"}
        records.edit_rows("cameras", [Wanted("cameras:c1", c1, "privacy")], "ed")
    run_build(home)
    return home
