"""kill -9 at every step of an import and of a roll back (BAD_INPUTS row 36): the next worker finishes it, once."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from geo.jobs import run_import
from geo.jobs.queue import queue_import, queue_roll_back
from geo.records import Records
from tests.geo.jobs.test_imports import CAMERAS, ledger, send
from tests.tiny_city import lonlat, write_tiny_city

ELEVATION = '\n[[table]]\ntable = "elevation"\nsource = "dem"\nfile = "dem.tif"\n'


def prepare(folder: Path, what: str) -> Path:
    """A home of the tiny city with one job of the kind `what` waiting."""
    home, sources = folder / "home", folder / "sources"
    mapping = write_tiny_city(sources)
    mapping.write_text(mapping.read_text("utf-8") + ELEVATION, "utf-8")
    write_heights(sources / "dem.tif", 200)
    run_import(home, mapping, sources)
    with Records.open(home) as records:
        if what == "source":
            upload = send(home, 1, ledger(("1", 250, "在用"), ("2", 300, "?")))
            queue_import(home, records, upload, CAMERAS, "ann", build=False)
            return home
        towns = (sources / "towns.geojson").read_text("utf-8")
        (sources / "towns.geojson").write_text(towns.replace("A镇", "新镇"), "utf-8")
        write_heights(sources / "dem.tif", 300)
        cameras = (sources / "cameras.csv").read_text("utf-8").splitlines(keepends=True)
        (sources / "cameras.csv").write_text("".join(cameras[:-2]).replace("offline", "online"), "utf-8")
        if what == "city":
            records.add_job("import", {"mapping": str(mapping), "data": str(sources)}, "ann")
        else:
            run_import(home, mapping, sources)
            queue_roll_back(records, 2, "ann", build=False)
    return home


def write_heights(file: Path, height_m: int) -> None:
    west, north = lonlat(-500, 1500)
    profile = {"driver": "GTiff", "width": 40, "height": 40, "count": 1, "dtype": "int16", "crs": "EPSG:4326"}
    with rasterio.open(file, "w", **profile, transform=Affine(0.001, 0, west, 0, -0.001, north)) as raster:
        raster.write(np.full((1, 40, 40), height_m, dtype="int16"))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["source", "city", "rollback"])
def test_killed_at_every_step(what: str, tmp_path: Path) -> None:
    home = prepare(tmp_path, what)
    command = [sys.executable, "-m", "tests.geo.jobs.killing", str(home)]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    *steps, whole = map(json.loads, told)
    content = ("digests", "sources", "refusals", "boundaries", "imports", "can_roll_back")
    before, after = steps[0]["killed"], whole["finished"]
    n_applied = 0
    for step in steps:
        where = f"step {step['step']} of {whole['steps']}"
        found = [{name: state[name] for name in content} for state in (step["killed"], before, after)]
        assert found[0] in found[1:], f"{where}: half an import"
        n_applied += found[0] == found[2]
        assert step["finished"] == after, where
    assert before["digests"] != after["digests"]
    assert after["job"][0] == "done"
    assert 0 < n_applied < len(steps)
    print(f"{what}: killed at each of {len(steps)} steps, {n_applied} of them after the commit; found once each time")
