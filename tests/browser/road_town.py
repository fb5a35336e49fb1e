"""The small town with a road, as two publications: in November 2025 with half of its cameras, in December with all.

The road runs along the middle of each row of grids, through the cameras' spots; a camera sees 200 m of it to each side.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from tests.browser.conftest import SOUTH, STEP, WEST, write_town

ROADS = """
[[table]]
table = "roads"
source = "roads"
file = "roads.geojson"
crs = "EPSG:4326"
columns = { source_id = "id", kind = "kind" }
"""


def publish_road_town(folder: Path) -> Path:
    """Write, import and build the town in `folder`; returns its home."""
    from geo.jobs.run import run_build, run_import  # noqa: PLC0415

    data, home = folder / "data", folder / "home"
    mapping = write_town(data)
    mapping.write_text(mapping.read_text(encoding="utf-8") + ROADS, encoding="utf-8")
    roads = [road(row) for row in range(6)]
    text = json.dumps({"type": "FeatureCollection", "features": roads}, ensure_ascii=False)
    (data / "roads.geojson").write_text(text, encoding="utf-8")
    cameras = data / "cameras.csv"
    lines = cameras.read_text(encoding="utf-8").splitlines()
    for month, kept in ((11, [lines[0], *lines[1::2]]), (12, lines)):
        cameras.write_text("\n".join(kept) + "\n", encoding="utf-8")
        run_import(home, mapping, data)
        run_build(home, datetime(2025, month, 28, tzinfo=UTC))
    return home


def road(row: int) -> dict[str, object]:
    y = SOUTH + (row + 0.5) * STEP
    line = {"type": "LineString", "coordinates": [[WEST, round(y, 6)], [round(WEST + 6 * STEP, 6), round(y, 6)]]}
    return {"type": "Feature", "properties": {"id": f"r{row}", "kind": "lane"}, "geometry": line}
