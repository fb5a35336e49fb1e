"""The demo at full size from its files to a snapshot: it balances to the row, as counted from the files themselves."""

import csv
import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from geo.crs import transform_geometry, transform_xy
from geo.demo import write_sources
from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.cube import Wanted
from geo.hotspots.neighbours import queen
from geo.jobs.run import run_build, run_import
from geo.snapshot.counts import count_events
from geo.snapshot.queries import units_of
from geo.snapshot.store import Snapshot

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    write_sources(folder)
    return folder


@pytest.fixture(scope="module")
def demo(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = tmp_path_factory.mktemp("demo")
    run_import(home, sources / "mapping.toml", sources)
    return run_build(home)


def rows_in(file: Path) -> int:
    if file.suffix == ".parquet":
        return int(pq.read_metadata(file).num_rows)
    if file.suffix == ".geojson":
        return len(json.loads(file.read_text(encoding="utf-8"))["features"])
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = file.read_text(encoding="gb18030")
    return sum(1 for row in csv.reader(text.splitlines()) if row) - 1


def n_outside(demo: Snapshot, layer: str) -> int:
    """Rows of `layer` at a place that GEOS finds outside the outline of the prefecture."""
    units, frame = demo.frame("units"), demo.frame(layer)
    outline = units[units["level"] == "prefecture"].geometry.iloc[0]
    if "lon" in frame:
        x, y = transform_xy(frame["lon"], frame["lat"], "EPSG:4326", demo.home.boundary_crs)
        return int((np.isfinite(x) & ~shapely.intersects_xy(outline, x, y)).sum())
    moved = frame.to_crs(demo.home.boundary_crs).geometry.to_numpy()
    return int((~shapely.intersects(outline, shapely.point_on_surface(moved))).sum())


def read_toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_every_layer_balances_as_the_files_and_the_planted_faults_say(demo, sources):
    ledger = demo.frame("ledger")
    assert ledger["balanced"].all()
    totals = ledger[ledger["code"] == ""]
    read: Counter = Counter()
    for table in read_toml(sources / "mapping.toml")["table"]:
        if table["table"] != "elevation":
            read[table["table"]] += rows_in(sources / table["file"])
    refused = Counter(row["table"] for row in read_toml(sources / "truth.toml")["refused"])
    assert set(totals["layer"]) == {"cameras", "incidents", "places", "residents", "service_points"}
    for row in totals.to_dict("records"):
        layer = row["layer"]
        assert row["rows_read"] == read[layer], layer
        assert (row["refused"], row["outside"]) == (refused[layer], n_outside(demo, layer)), layer
        assert row["assigned"] + row["outside"] + row["refused"] == row["rows_read"], layer


@pytest.mark.parametrize("layer", ["cameras", "incidents", "places", "residents", "service_points"])
def test_each_parent_is_the_sum_of_its_children(demo, layer):
    ledger = demo.frame("ledger")
    own = ledger[(ledger["layer"] == layer) & (ledger["code"] != "")].set_index(["level", "code"])["assigned"]
    units = demo.frame("units")
    for level in demo.home.levels:
        if level.parent is None:
            continue
        children = units[units["level"] == level.name]
        counts = own.loc[level.name].reindex(children["code"]).to_numpy()
        summed = pd.Series(counts, dtype="int64").groupby(children["parent_code"].to_numpy()).sum()
        assert summed.to_dict() == own.loc[level.parent].reindex(summed.index).astype("int64").to_dict()


def test_event_columns_hold_each_assigned_incident_once(demo):
    units = demo.frame("units")
    for level in demo.home.levels:
        wanted = units.loc[units["level"] == level.name, "n_incidents"].tolist()
        assert count_events(demo, level.name).counts[0].tolist() == wanted
        assert count_events(demo, level.name, "week").counts.sum(axis=0).tolist() == wanted


def test_planted_hotspots_are_found(demo, sources, capsys):
    """By category, Gi* at q <= 0.1: most planted grids are hot. What is hot has a planted one in it or beside it, but
    for a share that is printed: the demo's people quarrel more in some places than in others."""
    units = units_of(demo, "grid")
    shapes = transform_geometry(units.geometry.to_numpy(), demo.home.boundary_crs, demo.metric_crs)
    near = queen(shapes, demo.rules.neighbour_gap_m)
    exposure = units["residents"].to_numpy(dtype=float)
    planted = pd.DataFrame(read_toml(sources / "truth.toml")["hotspots"])
    x, y = transform_xy(planted["lon"], planted["lat"], "EPSG:4326", demo.metric_crs)
    point, unit = shapely.STRtree(shapes).query(shapely.points(x, y), predicate="intersects")
    n_found = n_hot = n_false = 0
    for category, rows in planted.iloc[point].assign(unit=unit).groupby("category"):
        count = count_events(demo, "grid", wanted=Wanted(categories=(str(category),))).counts[0].astype(float)
        found = analyse(count, exposure, near, Analysis(n_permutations=9))["found"]
        hot = np.flatnonzero(found.str.startswith("hot"))
        own = np.unique(rows["unit"])
        beside = np.union1d(own, near[own].indices)
        n_found += int(np.isin(own, hot).sum())
        n_hot, n_false = n_hot + len(hot), n_false + int((~np.isin(hot, beside)).sum())
    with capsys.disabled():
        print(f"\nplanted hotspots: {n_found} of {len(planted)} found; {n_false} of {n_hot} hot grids beside none")
    assert n_found >= 18
    assert n_false < 0.5 * n_hot
