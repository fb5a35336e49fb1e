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
from geo.hotspots.analysis import Analysis, analyse
from geo.hotspots.cube import Wanted
from geo.hotspots.emerging.find import find_emerging
from geo.hotspots.measures import neighbours_by
from geo.hotspots.neighbours import queen
from geo.snapshot.counts import count_events
from geo.snapshot.queries import units_of
from geo.snapshot.store import Snapshot

pytestmark = pytest.mark.slow


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


def planted(demo: Snapshot, sources: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """The planted hot spots with the grid each lies in (`row`), and which grids lie within two spreads of one."""
    grids = demo.frame("units").query("level == 'grid'").to_crs(demo.metric_crs).geometry.to_numpy()
    spots = pd.DataFrame(read_toml(sources / "truth.toml")["hotspots"])
    x_m, y_m = transform_xy(spots["lon"].to_numpy(), spots["lat"].to_numpy(), "EPSG:4326", demo.metric_crs)
    places = shapely.points(x_m, y_m)
    spots["row"] = [int(shapely.distance(grids, place).argmin()) for place in places]
    away = np.array([shapely.distance(grids, place) for place in places])
    return spots, (away < 2 * spots["spread_m"].to_numpy()[:, None]).any(axis=0)


def test_planted_histories_are_found(demo, sources):
    """All but the three of the last month alone, whose 22 to 43 incidents among 3,000 residents may be chance. Where
    fewer people live, each has more incidents (residents ** 0.85): some units far from a planted spot are hot, too."""
    emerging = demo.frame("emerging").query("level == 'grid'").reset_index(drop=True)
    spots, is_near = planted(demo, sources)
    of_spot = emerging.loc[spots["row"]].reset_index(drop=True)
    found = of_spot["n_hot"].fillna(0).to_numpy() > 0
    named = of_spot["label"].to_numpy() == spots["pattern"].to_numpy() + "_hot"
    hot = emerging["label"].str.endswith("_hot").to_numpy()
    bins = emerging["n_hot"].fillna(0).to_numpy(dtype=int)
    far_labels, far_bins = (hot & ~is_near).sum() / hot.sum(), bins[~is_near].sum() / bins.sum()
    print(f"planted hot spots: {found.sum()} of {len(spots)} hot in some month, {named.sum()} with the planted label")
    print(f"far from any planted one: {far_labels:.2f} of the hot labels, {far_bins:.2f} of the hot months")
    assert found[spots["pattern"] != "new"].mean() >= 0.9
    assert named.sum() >= 5
    assert far_labels < 0.35
    assert far_bins < 0.35


def test_random_worlds_of_the_demos_residents_show_nothing(demo):
    """Multinomial incidents, the grids' residents as weights, by months and in thin weeks: hardly a hot or cold bin."""
    units = demo.frame("units").query("level == 'grid'")
    near = neighbours_by(demo.rules, units.to_crs(demo.metric_crs).geometry.to_numpy())
    residents, rng = units["residents"].to_numpy(dtype=float), np.random.default_rng(1)
    for n_steps, n_incidents in ((24, 200_000), (52, 100_000)):
        weights = np.tile(residents / residents.sum() / n_steps, n_steps)
        n_shown = 0
        for _ in range(20):
            counts = rng.multinomial(n_incidents, weights).reshape(n_steps, len(units))
            n_shown += bool(find_emerging(counts, residents, near, ("",) * n_steps).signs.any())
        print(f"{n_steps} steps: {n_shown} of 20 random worlds show a hot or cold bin")
        assert n_shown <= 4


def test_scores_of_the_demo_say_who_wins(demo):
    """Each map's own record; the plain counts of its row are those of the raw table, worked out by pandas."""
    scores = demo.frame("scores")
    assert scores.groupby("level").size().to_dict() == dict.fromkeys((level.name for level in demo.home.levels), 28)
    scored = scores[scores["pai"].notna()]
    wins = scored["verdict_en"].str.startswith("beats plain counts")
    assert wins.tolist() == (scored["pai"] > scored["counts_pai"] + 1e-9).tolist()
    assert (~wins == scored["verdict_en"].str.startswith("does not beat plain counts")).all()
    means = scores[scores["period"] == "all"]
    told = ["level", "method", "n_flagged", "hit_share", "pai", "counts_pai", "last_month_pai", "pei", "rri"]
    print(means[told].round(3).to_string(index=False))
    assert means.loc[means["level"] == "grid", "n_origins"].tolist() == [6] * 4
    last = scores[(scores["level"] == "grid") & (scores["period"] == "2026-10")].set_index("method")
    rows = pd.DataFrame(demo.frame("incidents"))
    month = rows["reported_at"].dt.tz_convert(demo.home.timezone).dt.strftime("%Y-%m")
    units = demo.frame("units").query("level == 'grid'").set_index("code")
    grid, km2 = rows["assigned_grid"], units["area_m2"] / 1e6
    year = month[(month >= "2025-10") & (month <= "2026-09")].index
    busiest = (grid[year].value_counts().reindex(units.index, fill_value=0) / km2).sort_values(ascending=False)
    later = grid[month == "2026-10"].value_counts().reindex(units.index, fill_value=0)
    for method in ("gi_star", "emerging"):
        own = last.loc[method]
        area = km2[busiest.index].cumsum()
        best = later[busiest.index][area <= own["area_share"] * km2.sum()].sum()
        assert own["counts_n_hit"] == pytest.approx(best, rel=0.01)
        assert own["n_later"] == later.sum()


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
