"""Emerging hot spots and scores of the tiny city's units, with incidents of two years of their own."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from geo.errors import BadQuery
from geo.hotspots.events import to_events
from geo.schema import RESULTS
from geo.snapshot import queries
from geo.snapshot.by_month import month_frames
from geo.snapshot.protect import hide_scores
from geo.snapshot.store import Snapshot
from geo.snapshot.world import read_world

#: Incidents a month in A-1 .. B-4, and of each grid of B in the last five months.
USUAL, LATER = (3, 5, 4, 6, 2, 4, 3, 5), 30


def two_years() -> pd.DataFrame:
    """Unit number and civil day, noon in Shanghai, from 2024-11-01 to 2026-10-31."""
    rows = [(0, "2024-11-01"), (1, "2026-10-31")]
    for number, month in enumerate(pd.period_range("2024-11", "2026-10", freq="M")):
        for unit, n in enumerate(USUAL):
            n_its = LATER if unit > 3 and number >= 19 else n
            rows += [(unit, f"{month}-{day:02d}") for day in np.linspace(1, 28, n_its).astype(int)]
    frame = pd.DataFrame(rows, columns=["unit", "day"])
    frame["reported_at"] = pd.to_datetime(frame["day"] + "T04:00Z")
    return frame.assign(category="noise", channel=None, outcome=None, reopened=None)


def frames(tiny, rows: pd.DataFrame, as_of: str) -> dict[str, pd.DataFrame]:
    where = np.zeros(len(rows))
    events = to_events(rows, {"grid": rows["unit"].to_numpy(dtype=np.int32)}, where, where, "Asia/Shanghai")
    as_of_utc = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    world = read_world(tiny.home, tiny.rules, as_of_utc, {"units": tiny.frame("units")})
    return month_frames(world, events, tiny.frame("units"))


def test_every_unit_of_every_level_has_its_row(tiny):
    found = frames(tiny, two_years(), "2026-10-31T10:00:00")
    emerging, units = found["emerging"], tiny.frame("units")
    assert emerging[["level", "code"]].to_numpy().tolist() == units[["level", "code"]].to_numpy().tolist()
    assert (*emerging.columns,) == tuple(name for name in RESULTS["emerging"].names() if name != "name")
    assert set(emerging["n_steps"]) == {24}
    row = emerging.set_index("code").loc["B-4"]
    assert (row["first_hot"], row["last_hot"], row["label"]) == ("2026-06", "2026-10", "consecutive_hot")
    assert row["because_zh"].startswith("24 个月中有 5 个月为热点，含最近一月（自 2026-06 起）")
    whole = emerging[emerging["level"] == "prefecture"].iloc[0]
    assert (whole["label"], whole["warning"]) == ("", "one_unit")


def test_towns_are_their_grids_together(tiny):
    scores = frames(tiny, two_years(), "2026-10-31T10:00:00")["scores"]
    assert (*scores.columns,) == RESULTS["scores"].names()
    later = scores[scores["period"] == "2026-10"].groupby("level")["n_later"].max()
    assert set(later) <= {0, sum(USUAL[:4]) + 4 * LATER + 1}
    assert (scores.groupby("level").size() == 3 * 7).all()


def test_a_month_that_has_only_begun_is_left_out(tiny):
    rows = two_years()
    emerging = frames(tiny, rows, "2026-10-12T10:00:00")["emerging"]
    assert set(emerging["n_steps"]) == {23}
    assert emerging["last_hot"].dropna().max() == "2026-09"
    early = frames(tiny, rows[rows["day"] <= "2026-10-12"], "2026-12-31T10:00:00")["emerging"]
    assert early["n_steps"].tolist() == emerging["n_steps"].tolist()
    assert early["label"].tolist() == emerging["label"].tolist()


def test_a_stray_date_does_not_add_years(tiny):
    rows = two_years()
    stray = rows.iloc[:2].assign(reported_at=pd.Timestamp("1999-12-31T04:00Z"))
    with_stray = frames(tiny, pd.concat([rows, stray], ignore_index=True), "2026-10-31T10:00:00")["emerging"]
    assert with_stray.equals(frames(tiny, rows, "2026-10-31T10:00:00")["emerging"])
    began_late = rows[rows["day"] >= "2024-11-15"]
    assert set(frames(tiny, began_late, "2026-10-31T10:00:00")["emerging"]["n_steps"]) == {23}


def test_records_of_less_than_a_month_have_no_result(tiny):
    """The tiny city's own incidents are of 1 to 20 January 2026."""
    stored = tiny.frame("emerging")
    assert set(stored["warning"]) == {"no_steps"}
    assert tiny.frame("scores")["verdict_en"].str.startswith("no score").all()
    none = frames(tiny, two_years(), "2020-01-01T00:00:00")
    assert set(none["emerging"]["warning"]) == {"no_steps"}


def scored(tiny, **changed: object) -> Snapshot:
    """The tiny snapshot with scores of its own at the level grid."""
    names = RESULTS["scores"].names()
    rows = pd.DataFrame(
        {
            **{name: [0.5] * 6 for name in names},
            "level": "grid",
            "code": "",
            "name": "",
            "method": ["gi_star", "counts", "last_month"] * 2,
            "period": ["all"] * 3 + ["2026-10"] * 3,
            "n_flagged": 9.0,
            "n_later": 200,
            "n_hit": 60.0,
            "beats_counts": pd.array([False, None, False] * 2, dtype="boolean"),
            "verdict_en": "does not beat plain counts",
            "verdict_zh": "不优于按件数排",
            **changed,
        }
    )
    return Snapshot(tiny.path, tiny.manifest, {"frame:scores": rows})


def test_scores_by_role(tiny):
    snapshot = scored(tiny)
    assert len(queries.table(snapshot, "scores", role="analyst")) == 6
    shown = queries.table(snapshot, "scores", role="leader")
    assert shown["period"].tolist() == ["all"] * 3
    assert not {"n_later", "n_hit"} & set(shown.columns)
    assert shown["pai"].tolist() == [0.5] * 3
    assert shown.attrs["hidden"] == {}
    assert queries.table(snapshot, "scores", level="town", role="leader").empty
    with pytest.raises(BadQuery, match="whole level"):
        queries.table(snapshot, "scores", within="A", role="leader")


@pytest.mark.parametrize(
    "changed", [{"n_hit": [3.0, 60, 60] * 2}, {"n_hit": [60.0, 60, 197.5] * 2}, {"n_flagged": [9.0, 4.5, 9] * 2}]
)
def test_scores_of_few_hits_or_few_units_are_hidden_below_analyst(tiny, changed):
    snapshot = scored(tiny, **changed)
    shown = queries.table(snapshot, "scores", role="planner")
    assert shown[["hit_share", "pai", "pei", "rri", "verdict_en", "verdict_zh"]].isna().all(axis=None)
    assert shown.attrs["hidden"]["pai"] == [0, 1, 2]
    assert queries.table(snapshot, "scores", role="analyst")["pai"].notna().all()
    assert hide_scores(snapshot.frame("scores"), 1) == {}


def test_trend_figures_are_the_analysts(tiny):
    leader, analyst = (set(queries.table(tiny, "emerging", role=role).columns) for role in ("leader", "analyst"))
    assert analyst - leader == {"mk_z", "mk_p"}
    assert {"label", "because_zh", "stability_share"} <= leader
