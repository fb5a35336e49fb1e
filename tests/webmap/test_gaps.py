"""Gaps, incidents at them and month-end values over HTTP, against the snapshot's own files by plain pandas."""

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from geo.records import Records
from geo.schema import Role
from geo.snapshot.store import current_id
from tests.tiny_city import INCIDENTS
from tests.webmap.fake_desk import HomeClient
from tests.webmap.home_client import tiny_client

LEVELS = ("grid", "town", "prefecture")


@pytest.fixture(scope="module")
def client(tiny_home: Path) -> Iterator[HomeClient]:
    with tiny_client(tiny_home, "analyst") as client:
        yield client


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


def incidents_of_paper() -> pd.DataFrame:
    """As the city's docstring has them: those in A-1 and B-4 stand by an online camera, the others in no view.

    All were reported at 10 o'clock of 2026-01-01 (a Thursday) and the days after it.
    """
    rows = [(code, n % 20, "noise" if n % 2 else "dispute") for code, count in INCIDENTS.items() for n in range(count)]
    frame = pd.DataFrame(rows, columns=["code", "days", "category"])
    frame = frame[~frame["code"].isin(["A-1", "B-4"])]
    return frame.assign(hour=(3 + frame["days"]) % 7 * 24 + 10)


@pytest.mark.parametrize("within", [None, "town:A"])
def test_incidents_at_gaps_are_those_of_the_source(client: HomeClient, within: str | None) -> None:
    wanted = incidents_of_paper()
    if within:
        wanted = wanted[wanted["code"].str.startswith("A")]
    codes = client.get("/api/units?level=grid").json["code"]
    told = client.get(f"/api/gaps/incidents?level=grid{f'&within={within}' if within else ''}").json
    columns = told["columns"]
    assert told["months"] == ["2026-01"]
    assert told["words"]["channel"] == []
    assert set(columns["month"]) == {0}
    assert set(columns["channel"]) == {-1}
    shown = pd.DataFrame(
        {
            "code": [codes[unit] for unit in columns["unit"]],
            "hour": columns["hour"],
            "category": [told["words"]["category"][word] for word in columns["category"]],
        }
    )
    order = ["code", "hour", "category"]
    assert shown.sort_values(order).to_numpy().tolist() == wanted.sort_values(order)[order].to_numpy().tolist()
    gaps = client.get(f"/api/gaps?level=grid{f'&within={within}' if within else ''}").json["columns"]
    counts = {codes[unit]: n for unit, n in enumerate(gaps["n_incidents_unseen"]) if n}
    assert shown["code"].value_counts().to_dict() == counts


def test_incidents_at_gaps_are_for_analysts_and_audited(tiny_home: Path) -> None:
    roles: dict[Role, int] = {"planner": 403, "leader": 403, "analyst": 200}
    for role, status in roles.items():
        with tiny_client(tiny_home, role) as client:
            assert client.get("/api/gaps/incidents?level=grid&within=town:A").status_code == status
    with Records.open(tiny_home) as records:
        row = records.audit(1).to_dict("records")[0]
    assert row["route"] == "/api/gaps/incidents"
    assert row["unit"] == "town:A"
    assert row["rows"] == 15


def test_incidents_at_gaps_of_a_coarser_level_are_refused(client: HomeClient) -> None:
    assert client.get("/api/gaps/incidents?level=town").status_code == 400
    assert client.get("/api/gaps/options?level=town&code=A").status_code == 400


def test_what_closes_a_gap_is_what_the_planner_would_be_told(editor: HomeClient) -> None:
    """500 m of road and no camera in A-2; half of A-1's cameras' circles see 50 m to each side."""
    told = editor.get("/api/gaps/options?level=grid&code=A-2").json
    assert told["unseen_m"] == pytest.approx(500, abs=0.1)
    # Most of a straight road is seen across the rim of the sector: 2 x 85.3 m x sin 42; the bound may stand 5 % above.
    assert (
        1 <= told["bound_m"] / (2 * 3840 / (2 * 25 * math.tan(math.radians(42))) * math.sin(math.radians(42))) <= 1.05
    )
    assert [option["kind"] for option in told["options"]] == ["add"]
    (option,) = told["options"]
    answer = editor.post("/api/whatif", json={"edits": [{"values": option["edit"]["values"]}], "detail": "quick"}).json
    assert answer["edits"][0]["road_m"] == pytest.approx(option["road_m"] + option["elsewhere_m"], abs=0.11)
    assert answer["edits"][0]["facade_m"] == pytest.approx(option["facade_m"], abs=0.11)
    units = {unit["code"]: unit for unit in answer["units"] if unit["level"] == "grid"}
    gain = units["A-2"]["values"]["road_seen_share"] - units["A-2"]["was"]["road_seen_share"]
    assert gain * 500 == pytest.approx(option["road_m"], abs=0.1)
    assert 0 < option["road_m"] <= told["bound_m"]


def test_a_unit_without_a_gap_has_no_option(editor: HomeClient) -> None:
    told = editor.get("/api/gaps/options?level=grid&code=B-2").json
    assert (told["unseen_m"], told["bound_m"], told["options"]) == (0, 0, [])
