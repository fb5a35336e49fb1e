"""What the gaps desk shows, as files: read back and compared with the snapshot's own files by plain pandas."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from tests.webmap.fake_desk import HomeClient
from tests.webmap.home_client import download_csv, tiny_client
from tests.webmap.test_gaps import incidents_of_paper, stored

URL = "/exports/gaps/shown"
READERS: dict[str, Callable[[Path], Any]] = {
    "geojson": lambda file: gpd.GeoDataFrame.from_features(json.loads(file.read_text())["features"], crs=4326),
    "gpkg": lambda file: gpd.read_file(file, layer="gaps_shown"),
    "parquet": gpd.read_parquet,
}


@pytest.fixture(scope="module")
def client(tiny_home: Path) -> Iterator[HomeClient]:
    with tiny_client(tiny_home, "analyst") as client:
        yield client


def read_csv(client: HomeClient, query: str) -> pd.DataFrame:
    return download_csv(client, f"{URL}.csv?{query}")


def test_rows_are_those_of_the_table_by_the_figure_counted(client: HomeClient, tiny_home: Path) -> None:
    # The page has metres to a hundredth: what is less is no row of its table.
    gaps = stored(tiny_home, "gaps").query("level == 'grid' and road_unseen_m >= 0.005").set_index("code")
    shown = read_csv(client, "level=grid").set_index("code")
    assert shown["shown"].tolist() == sorted(gaps["road_unseen_m"], reverse=True)
    assert (shown["road_unseen_m"] - gaps["road_unseen_m"]).abs().max() < 1e-6
    reasons = shown[[name for name in shown.columns if name.startswith("reason_")]]
    assert reasons.shape[1] == 7
    assert (reasons.sum(axis=1) - shown["road_unseen_m"]).abs().max() < 1e-6
    assert shown["in_town"].tolist() == [f"{code[0]}镇" for code in shown.index]
    assert read_csv(client, "level=grid&lang=en")["in_town"].tolist() == [f"{code[0]} town" for code in shown.index]


def test_filters_keep_what_pandas_keeps(client: HomeClient) -> None:
    whole = read_csv(client, "level=grid&figure=n_incidents").set_index("code")
    counts = incidents_of_paper()["code"].value_counts()
    assert whole["shown"].to_dict() == counts.to_dict()
    assert list(read_csv(client, "level=grid&figure=n_incidents&shown=7-9")["code"]) == ["B-1"]
    assert list(read_csv(client, "level=grid&figure=n_incidents&spans=n_incidents_unseen:8-")["code"]) == ["A-3"]
    assert set(read_csv(client, "level=grid&figure=n_incidents&name=A")["code"]) == {"A-2", "A-3"}
    assert set(read_csv(client, "level=grid&figure=n_incidents&name=B%20town&lang=en")["code"]) == {"B-1"}
    assert set(read_csv(client, "level=grid&figure=n_incidents&name=A镇%20A第2")["code"]) == {"A-2"}
    assert set(read_csv(client, "level=grid&figure=n_incidents&codes=A-2,B-1")["code"]) == {"A-2", "B-1"}
    some = read_csv(client, "level=grid&figure=n_incidents&category=noise&weekdays=1-5&order=lowest")
    paper = incidents_of_paper()
    kept = paper[(paper["category"] == "noise") & (paper["hour"] < 5 * 24)]["code"].value_counts()
    assert some.set_index("code")["n_incidents_kept"].to_dict() == kept.to_dict()
    assert some["shown"].is_monotonic_increasing
    towns = read_csv(client, "level=town&figure=n_incidents&category=noise").set_index("code")["n_incidents_kept"]
    noise = paper[paper["category"] == "noise"]
    assert towns.to_dict() == noise["code"].str[0].value_counts().to_dict()


def test_reasons_leave_their_part(client: HomeClient) -> None:
    whole = read_csv(client, "level=grid").set_index("code")
    some = read_csv(client, "level=grid&reason=none,doubt").set_index("code")
    parts = whole["reason_none"] + whole["reason_doubt"]
    assert (some["shown"] - parts[parts > 0]).abs().max() < 1e-6
    assert set(read_csv(client, "level=grid&largest=none")["largest_reason"]) == {"none"}


@pytest.mark.parametrize("fmt", ["xlsx", "geojson", "gpkg", "parquet"])
def test_files_are_read_back(client: HomeClient, tmp_path: Path, fmt: str) -> None:
    query = "level=grid&columns=shown,largest_reason,n_incidents_unseen&shown=100-"
    wanted = read_csv(client, query)
    file = tmp_path / f"gaps.{fmt}"
    file.write_bytes(client.get(f"{URL}.{fmt}?{query}").data)
    if fmt == "xlsx":
        about = pd.read_excel(file, sheet_name="columns")
        told = about.set_index("column")["meaning_en"]
        assert told["# filter"] == "level=grid; shown=100-; sort=shown, highest first"
        assert told["# rows"] == f"{len(wanted)} gaps"
        found = pd.read_excel(file)
    else:
        found = READERS[fmt](file)
        assert found.crs.to_epsg() == 4326
        assert (found.to_crs(32649).area > 1000).all()
    assert [name for name in found.columns if name not in ("geometry", "hidden")] == list(wanted.columns)
    assert found["code"].tolist() == wanted["code"].tolist()
    assert found["shown"].tolist() == pytest.approx(wanted["shown"].tolist())


@pytest.mark.parametrize(
    "query",
    [
        "",
        "level=grid&figure=n_cameras",
        "level=grid&reason=magic",
        "level=grid&shown=9-3",
        "level=grid&spans=magic:1-2",
        "level=grid&columns=magic",
        "level=grid&sort=magic",
        "level=zone",
        "level=grid&outcome=open",
    ],
)
def test_what_cannot_be_is_refused(client: HomeClient, query: str) -> None:
    assert client.get(f"{URL}.csv?{query}").status_code == 400


def test_files_are_for_analysts(tiny_home: Path) -> None:
    with tiny_client(tiny_home, "planner") as client:
        assert client.get(f"{URL}.csv?level=grid").status_code == 403
