"""Gaps and month-end values through the service, against the snapshot's own files read by plain pandas."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geo.desk import Desk
from geo.records import Records
from geo.snapshot.store import current_id
from tests.webmap.fake_desk import HomeClient
from webmap import Settings, create_app

LEVELS = ("grid", "town", "prefecture")


@pytest.fixture(scope="module")
def client(tiny_home: Path) -> Any:
    with Records.open(tiny_home) as records:
        app = create_app(Settings(home=tiny_home, role="analyst"), records=records, desk=Desk(tiny_home))
        app.test_client_class = HomeClient
        yield app.test_client()


def stored(home: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(home / "snapshots" / str(current_id(home)) / f"{name}.parquet")


@pytest.mark.parametrize("level", LEVELS)
def test_gaps_are_those_of_the_snapshot(client: HomeClient, tiny_home: Path, level: str) -> None:
    codes = client.get(f"/api/units?level={level}").json["code"]
    gaps = stored(tiny_home, "gaps").query("level == @level").set_index("code")
    reasons = stored(tiny_home, "gap_reasons").query("level == @level")
    for figure, column in (("road_m", "road_unseen_m"), ("n_incidents", "n_incidents_unseen"), ("gap_m2", "gap_m2")):
        told = client.get(f"/api/gaps?level={level}&figure={figure}").json
        wanted = gaps[column].reindex(codes).astype(float)
        values = pd.Series(told["columns"][column], codes, dtype=float)
        assert values.notna().equals(wanted.notna())
        assert (values - wanted).abs().max() < 0.06
        parts = reasons.pivot(index="code", columns="reason", values=figure).reindex(codes).astype(float)
        shown = pd.DataFrame(told["reasons"], index=codes).astype(float)
        assert (shown - parts[shown.columns]).abs().max().max() < 0.06  # m2 are told to 0.1, metres to 0.01
        assert shown.notna().equals(parts[shown.columns].notna())
        whole = gaps[column].astype(float)
        assert (shown.sum(axis=1).reindex(whole.index) - whole).abs().max() < 0.4


@pytest.mark.parametrize("level", LEVELS)
def test_the_last_month_end_is_the_snapshots_coverage(client: HomeClient, tiny_home: Path, level: str) -> None:
    codes = client.get(f"/api/units?level={level}").json["code"]
    coverage = stored(tiny_home, "coverage").query("level == @level and px_per_m == 25").set_index("code")
    told = client.get(f"/api/history?level={level}&code={codes[0]}").json["months"]
    assert [month["is_current"] for month in told] == [True]
    month = client.get(f"/api/history/{told[0]['month']}?level={level}").json
    assert month["number"] == told[0]["number"]
    for name in ("road_seen_share", "incidents_seen_share_low", "public_3plus_share"):
        wanted = coverage[name].reindex(codes).astype(float)
        shown = pd.Series(month["columns"][name], codes, dtype=float)
        assert shown.notna().equals(wanted.notna())
        assert (shown - wanted).abs().max() <= 1e-5
        assert told[0]["values"][name] == month["columns"][name][0]


def test_a_month_that_is_none_is_refused_and_one_not_kept_not_found(client: HomeClient) -> None:
    assert client.get("/api/history/2026-13?level=grid").status_code == 400
    assert client.get("/api/history/1999-01?level=grid").status_code == 404
    assert client.get("/api/gaps?level=grid&figure=n_cameras").status_code == 400
