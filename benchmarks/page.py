"""The map page: ours against plain folium on the same units, cameras and incidents, in the same browser.

Baltimore's open data where it is there (GRIDSCOPE_TEST_DATA), else the built-in sample. Both pages must show the same
units and cameras. The plain page's outside scripts are answered from our vendored Leaflet or with nothing, so that it
can start at all on a machine without the Internet.
"""

import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import folium
import geopandas as gpd
from harness import PREPARED, interleave, parse_flags, print_load, print_ratio, serve, tile_x, tile_y
from playwright.sync_api import Page, sync_playwright

from geo.desk import Desk
from geo.jobs.run import run_build, run_import
from geo.snapshot.store import open_current

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("GRIDSCOPE_TEST_DATA", ROOT.parent / "shared" / "data")) / "baltimore"
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PORT = 8765
READY = "html[data-ready='map']"


def main() -> None:
    flags = parse_flags(__doc__)
    rounds = 3 if flags.quick else 7
    print_load()
    home = prepare()
    snapshot = open_current(home)
    level = snapshot.home.levels[0].name
    time_imports(1 if flags.quick else 4)
    file = PREPARED / "plain.html"
    composed_plain = min(timed(lambda: write_plain(home, file)) for _ in range(1 if flags.quick else 3))
    tiles_s, tile_bytes = time_tiles(home)
    service = serve(home, PORT)
    try:
        page_bytes = bytes_of_page()
        opened = open_pages(file, rounds)
        composed = [timed(lambda: fetch("/coverage")) for _ in range(20)]
    finally:
        service.terminate()
        service.wait()
    plain_bytes = len(gzip.compress(file.read_bytes()))
    print(f"ours: page {page_bytes / 1000:.0f} kB gzip before tiles, interactive {opened['ours']:.2f} s")
    print(
        f"plain folium: page {plain_bytes / 1000:.0f} kB gzip, composed in {composed_plain:.2f} s, "
        f"interactive {opened['plain']:.2f} s"
    )
    n_units, n_cameras = int((snapshot.frame("units")["level"] == level).sum()), len(snapshot.frame("cameras"))
    print(f"{n_units} units, {n_cameras} cameras, {len(snapshot.frame('incidents'))} incidents on both")
    print_ratio("page-bytes-kB", page_bytes / 1000, "folium", plain_bytes / page_bytes, 1.0, "kB")
    print_ratio(
        "page-compose", statistics.median(composed), "folium", composed_plain / statistics.median(composed), 1.0, "s"
    )
    print_ratio("page-interactive", opened["ours"], "folium", opened["plain"] / opened["ours"], 1.0, "s")
    print_ratio("page-bytes-limit", page_bytes / 1000, "limit:200kB", page_bytes / 200_000, 1.0, "kB", at_least=False)
    print_ratio("page-interactive-limit", opened["ours"], "limit:1.5s", opened["ours"] / 1.5, 1.0, "s", at_least=False)
    print_ratio("tile-p95-uncached", tiles_s, "limit:20ms", tiles_s / 0.020, 1.0, "s", at_least=False)
    print_ratio("tile-largest-kB", tile_bytes / 1000, "limit:200kB", tile_bytes / 200_000, 1.0, "kB", at_least=False)


def prepare() -> Path:
    """A built home in var/bench; import and build of the real city are timed when it is made anew."""
    home = PREPARED / ("baltimore" if DATA.is_dir() else "sample")
    if DATA.is_dir():
        shutil.rmtree(home, ignore_errors=True)
        start = time.perf_counter()
        run_import(home, ROOT / "tests" / "cities" / "baltimore.toml", DATA)
        run_build(home)
        spent = time.perf_counter() - start
        print_ratio("import-and-build", spent, "limit:30s", spent / 30, 1.0, "s", at_least=False)
    elif not (home / "CURRENT").exists():
        print(f"SKIP Baltimore: no data at {DATA}; the built-in sample instead")
        subprocess.run([sys.executable, "-m", "webmap", "demo", "--size", "small", "--home", str(home)], check=True)
    return home


def time_imports(rounds: int) -> None:
    """Seconds of a fresh `import webmap`, median of `rounds` processes (the service's own start warmed the files)."""
    ask = "import time; start = time.perf_counter(); import webmap; print(time.perf_counter() - start)"
    spent = [float(subprocess.check_output([sys.executable, "-c", ask])) for _ in range(rounds)]
    middle = statistics.median(spent)
    print_ratio("import-webmap", middle, "limit:4s", middle / 4, 1.0, "s", at_least=False)


def write_plain(home: Path, file: Path) -> None:
    """The same map as folium's manual has it: polygons, markers and incidents in the HTML."""
    snapshot = open_current(home)
    units = snapshot.frame("units").to_crs("EPSG:4326")
    cameras, incidents = snapshot.frame("cameras"), snapshot.frame("incidents")
    finest = units[units["level"] == snapshot.home.levels[0].name]
    minx, miny, maxx, maxy = finest.total_bounds
    chart = folium.Map(location=((miny + maxy) / 2, (minx + maxx) / 2), zoom_start=12, tiles=None, prefer_canvas=True)
    folium.GeoJson(
        gpd.GeoDataFrame(finest[["code", "name", "n_cameras", "geometry"]]), tooltip=folium.GeoJsonTooltip(["name"])
    ).add_to(chart)
    for lon, lat, name in zip(
        cameras["lon"], cameras["lat"], cameras["name" if "name" in cameras else "camera_name"], strict=True
    ):
        folium.CircleMarker((lat, lon), radius=3, popup=str(name)).add_to(chart)
    placed = incidents.dropna(subset=["lon", "lat"])
    for lon, lat in zip(placed["lon"], placed["lat"], strict=True):
        folium.CircleMarker((lat, lon), radius=1).add_to(chart)
    chart.save(file)
    file.write_text(point_inward(file.read_text(encoding="utf-8")), encoding="utf-8")


def time_tiles(home: Path) -> tuple[float, int]:
    """The worst layer's 95th percentile of seconds per tile, straight from the desk, and the largest tile in bytes.

    Nothing is cached but what the service works out ahead; every layer, zooms 8 to 15, over the home's bounds.
    """
    desk = Desk(home)
    desk.warm_up("analyst")
    boot = desk.describe("analyst")
    minx, miny, maxx, maxy = boot["bounds"]
    worst_s, largest = 0.0, 0
    for layer in boot["layers"]:
        spent = []
        for zoom in range(8, 16):
            places = {(tile_x(x, zoom), tile_y(y, zoom)) for x in steps(minx, maxx) for y in steps(miny, maxy)}
            for column, row in sorted(places):
                start = time.perf_counter()
                if layer == "relief":
                    body = desk.relief(zoom, column, row, "analyst")
                else:
                    body = desk.tile(layer, zoom, column, row, "analyst")
                spent.append(time.perf_counter() - start)
                largest = max(largest, len(body))
        p95_s = statistics.quantiles(spent, n=20)[-1]
        print(f"tiles of {layer}: p95 {p95_s * 1000:.1f} ms")
        worst_s = max(worst_s, p95_s)
    return worst_s, largest


def steps(low: float, high: float) -> list[float]:
    return [low + (high - low) * step / 11 for step in range(12)]


def fetch(path: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def bytes_of_page() -> int:
    """Bytes of the page and its assets as sent (gzip)."""
    html = gzip.decompress(fetch("/coverage")).decode()
    names = sorted({part.split('"')[0] for part in html.split('="/static/')[1:]})
    return len(fetch("/coverage")) + sum(len(fetch(f"/static/{name}".replace("&amp;", "&"))) for name in names)


def open_pages(plain: Path, rounds: int) -> dict[str, float]:
    """Median seconds from navigation to a map that answers, a fresh context each, interleaved."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)

        def ours() -> None:
            with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{PORT}/coverage")
                page.wait_for_selector(READY, state="attached")

        def folium_page() -> None:
            with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
                page = context.new_page()
                page.goto(plain.as_uri())
                wait_for_paint(page)

        found = interleave({"ours": ours, "plain": folium_page}, rounds)
        browser.close()
    return found


def wait_for_paint(page: Page) -> None:
    page.wait_for_function("document.querySelectorAll('canvas').length > 0")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def point_inward(html: str) -> str:
    """The plain page with its outside Leaflet replaced by our vendored one, and its other outside files left out."""
    for name in ("leaflet.js", "leaflet.css"):
        local = (ROOT / "webmap" / "static" / name).as_uri()
        html = re.sub(rf"https://[^\"]*/leaflet@[^\"]*/{re.escape(name)}", local, html)
    html = re.sub(r'<script src="https://[^"]*"></script>', "", html)
    return re.sub(r'<link rel="stylesheet" href="https://[^"]*"\s*/>', "", html)


if __name__ == "__main__":
    main()
