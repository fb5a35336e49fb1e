"""The peer of benchmarks/web.py: plain folium as its manual writes it, its assets beside it so that it runs offline."""

import gzip
import json
import re
import shutil
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import folium
import pandas as pd
from folium.plugins import FastMarkerCluster, HeatMap
from harness import PREPARED

from geo.snapshot.store import Snapshot

FOLDER = PREPARED / "folium"
#: Where npm has what the page links: (part of the address, package, file in it).
ASSETS = (
    ("/leaflet.js", "leaflet@1.9.3", "dist/leaflet.js"),
    ("/leaflet.css", "leaflet@1.9.3", "dist/leaflet.css"),
    ("/jquery-3.7.1.min.js", "jquery@3.7.1", "dist/jquery.min.js"),
    ("/bootstrap.bundle.min.js", "bootstrap@5.2.2", "dist/js/bootstrap.bundle.min.js"),
    ("/bootstrap.min.css", "bootstrap@5.2.2", "dist/css/bootstrap.min.css"),
    ("/all.min.css", "@fortawesome/fontawesome-free@6.2.0", "css/all.min.css"),
    ("/d3.min.js", "d3@3.5.5", "d3.min.js"),
    ("/leaflet.markercluster.js", "leaflet.markercluster@1.1.0", "dist/leaflet.markercluster.js"),
    ("/MarkerCluster.css", "leaflet.markercluster@1.1.0", "dist/MarkerCluster.css"),
    ("/MarkerCluster.Default.css", "leaflet.markercluster@1.1.0", "dist/MarkerCluster.Default.css"),
    ("/leaflet_heat.min.js", "leaflet.heat@0.2.0", "dist/leaflet-heat.js"),
    ("/leaflet.awesome-markers.js", "leaflet.awesome-markers@2.0.5", "dist/leaflet.awesome-markers.js"),
    ("/leaflet.awesome-markers.css", "leaflet.awesome-markers@2.0.5", "dist/leaflet.awesome-markers.css"),
)


def compose(snapshot: Snapshot) -> float:
    """Write the page of `snapshot` into `FOLDER`, once; seconds that folium took. Needs npm the first time."""
    facts = FOLDER / "facts.json"
    if facts.is_file() and json.loads(facts.read_text())["snapshot"] == snapshot.id:
        return float(json.loads(facts.read_text())["seconds"])
    local = fetch_assets()
    start = time.perf_counter()
    chart = write_map(snapshot)
    chart.save(FOLDER / "plain.html")
    spent_s = time.perf_counter() - start
    html = (FOLDER / "plain.html").read_text(encoding="utf-8")
    for part, name in local.items():
        html = re.sub(rf"https://[^\"]*{re.escape(part)}", name, html)
    html = re.sub(r'<link rel="stylesheet" href="https://[^"]*"\s*/>', "", html)
    (FOLDER / "index.html").write_bytes(gzip.compress(html.encode(), 6))
    facts.write_text(json.dumps({"snapshot": snapshot.id, "seconds": spent_s}))
    return spent_s


def write_map(snapshot: Snapshot) -> folium.Map:
    """Choropleth of the finest units at 5 decimals, cluster of all cameras, heat of all incidents; no background."""
    units = snapshot.frame("units").to_crs("EPSG:4326")
    finest = units[units["level"] == snapshot.home.levels[0].name][["code", "geometry"]]
    coverage = snapshot.frame("coverage")
    shown = coverage[(coverage["level"] == finest_level(snapshot)) & (coverage["px_per_m"] == snapshot.rules.px_per_m)]
    values = pd.Series(shown["road_seen_share"].to_numpy(), index=shown["code"])
    cameras, incidents = snapshot.frame("cameras"), snapshot.frame("incidents").dropna(subset=["lon", "lat"])
    minx, miny, maxx, maxy = finest.total_bounds
    chart = folium.Map(((miny + maxy) / 2, (minx + maxx) / 2), zoom_start=9, tiles=None, prefer_canvas=True, maxZoom=18)
    rounded = finest.set_geometry(finest.geometry.set_precision(1e-5, mode="pointwise"))
    folium.Choropleth(
        rounded.to_json(), data=values, key_on="feature.properties.code", fill_color="YlGnBu", name="coverage"
    ).add_to(chart)
    FastMarkerCluster(cameras[["lat", "lon"]].round(5).to_numpy().tolist()).add_to(chart)
    HeatMap(incidents[["lat", "lon"]].round(5).to_numpy().tolist()).add_to(chart)
    return chart


def finest_level(snapshot: Snapshot) -> str:
    return snapshot.home.levels[0].name


def fetch_assets() -> dict[str, str]:
    """The linked files by the part of their address, from npm packages."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for package in sorted({package for _, package, _ in ASSETS}):
        subprocess.run(["npm", "pack", "--silent", package], cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    found = {}
    for part, package, inside in ASSETS:
        name, _, version = package.rpartition("@")
        archive = FOLDER / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
        with tarfile.open(archive) as packed:
            member = packed.extractfile(f"package/{inside}")
            assert member is not None
            (FOLDER / part[1:]).write_bytes(gzip.compress(member.read(), 6))
        found[part] = part[1:]
    return found


class _Packed(SimpleHTTPRequestHandler):
    """Files that lie packed are sent packed."""

    protocol_version = "HTTP/1.1"

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        if code == 200:
            self.send_header("Content-Encoding", "gzip")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """The address of the page, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Packed, directory=str(FOLDER)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/index.html"
    finally:
        server.shutdown()
        server.server_close()
