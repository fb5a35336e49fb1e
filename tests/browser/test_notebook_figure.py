from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely import LineString, Point, box

from tests.browser.conftest import at_rest, until
from webmap.maps import coverage_map

pytestmark = pytest.mark.browser

CRS, WEST, SOUTH = "EPSG:32649", 600_000, 3_130_000
BLACK = """() => [...document.querySelectorAll('.leaflet-tile-pane canvas')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) n += data[i] + data[i + 1] + data[i + 2] === 0 && data[i + 3] === 255;
    return n;
})"""


@pytest.fixture(scope="module")
def figure() -> Any:
    """One unit of 2 km with a road through it, and one camera at its western end."""
    units = gpd.GeoDataFrame({"code": ["u"]}, geometry=[box(WEST, SOUTH, WEST + 2000, SOUTH + 2000)], crs=CRS)
    dome = {"sweep_deg": [360.0], "range_m": [50.0]}
    cameras = gpd.GeoDataFrame(dome, geometry=[Point(WEST + 60, SOUTH + 1000)], crs=CRS)
    road = LineString([(WEST, SOUTH + 1000), (WEST + 2000, SOUTH + 1000)])
    roads = gpd.GeoDataFrame({"kind": ["main"]}, geometry=[road], crs=CRS)
    return coverage_map(units=units, cameras=cameras, roads=roads, role="planner", lang="en")


def test_a_notebook_shows_the_map_and_asks_nobody(browser: Any, figure: Any, tmp_path: Path) -> None:
    (tmp_path / "cell.html").write_text(f"<body>{figure._repr_html_()}", encoding="utf-8")
    page, asked, faults = browser.new_page(viewport={"width": 1366, "height": 768}), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((tmp_path / "cell.html").as_uri())
    frame = page.frames[1]
    frame.wait_for_selector("html[data-ready='map']", state="attached")
    until(frame, "document.body.innerText.includes('Made for the role: Planner')")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert faults == []
    page.close()


def test_ground_that_no_camera_sees_is_not_black(browser: Any, figure: Any, tmp_path: Path) -> None:
    """Tiles east of the camera hold the road and no view."""
    figure.save(tmp_path / "map.html")
    middle = gpd.GeoSeries([Point(WEST + 1500, SOUTH + 1000)], crs=CRS).to_crs("EPSG:4326").iloc[0]
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto((tmp_path / "map.html").as_uri() + f"#z=16&c={middle.x:.5f},{middle.y:.5f}")
    at_rest(page)
    found = page.evaluate(BLACK)
    assert found
    assert sum(found) == 0
    page.close()
