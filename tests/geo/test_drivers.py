"""GDAL opens what we read, with the driver we chose, and nothing else; each look is a process of its own."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from geo.drivers import ALLOWED, SKIPPED


def run(code: str, *args: str) -> str:
    plain = {name: value for name, value in os.environ.items() if name != "OGR_SKIP"}
    done = subprocess.run([sys.executable, "-c", code, *args], check=True, capture_output=True, text=True, env=plain)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("first", ["geo", "geo.intake", "webmap"])
def test_only_the_drivers_of_our_formats_are_there(first: str) -> None:
    told = run(f"import {first}, pyogrio; print(sorted(pyogrio.list_drivers()))")
    assert told == f"{sorted(ALLOWED)}\n"


def test_the_list_is_that_of_the_build() -> None:
    told = run("import pyogrio; print(','.join(pyogrio.list_drivers()))")
    assert set(told.strip().split(",")) == ALLOWED | set(SKIPPED.split(","))


def test_nothing_is_fetched() -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = "import pyogrio\ntry: pyogrio.read_info('/vsicurl/http://127.0.0.1:{}/{}.fgb')\nexcept Exception: pass"
        run(code.format(server.server_port, "free"))
        run("import geo.intake\n" + code.format(server.server_port, "cut"))
        server.shutdown()
    assert "/free.fgb" in asked
    assert "/cut.fgb" not in asked


DISGUISED = (
    '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>",
    '<?xml version="1.0"?><gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"/>',
    "%PDF-1.4\n",
)
OPEN_ALL = """
import sys
from pathlib import Path
import geo, pyogrio
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        print(path.name, pyogrio.raw.read(path))
    except pyogrio.errors.DataSourceError:
        pass
"""


def test_the_library_itself_takes_no_other_format_by_another_name(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("code\nsecret\n")
    for suffix in ("gpkg", "fgb", "shp", "geojson", "kml", "zip"):
        for n, text in enumerate(DISGUISED):
            (tmp_path / f"{n}.{suffix}").write_text(text)
    assert run(OPEN_ALL, str(tmp_path)) == ""
