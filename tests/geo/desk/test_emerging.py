"""Emerging hot spots when asked, of the tiny city with incidents of its own from 1 June to 10 October 2025.

Units A-1 .. A-4, B-1 .. B-4 (numbers 0 .. 7). Every day two incidents anywhere ("noise") and, from 1 September on, ten
in B-1 and ten in B-2 ("theft").
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.desk import emerging
from geo.desk.emerging import CubeQuestion, find_emerging_units
from geo.desk.held import Held
from geo.errors import BadQuery, NotAvailable, TooLarge
from geo.hotspots.cube import Wanted
from geo.hotspots.emerging.find import find_emerging
from geo.hotspots.emerging.stability import share_stable
from geo.hotspots.events import to_events
from geo.hotspots.measures import neighbours_by
from geo.snapshot.by_month import month_frames
from geo.snapshot.store import Snapshot
from geo.snapshot.world import read_world

THEFT = Wanted(categories=("theft",))


def incidents() -> pd.DataFrame:
    days = pd.date_range("2025-06-01", "2025-10-10")
    unit = np.random.default_rng(5).integers(0, 8, (len(days), 2))
    rows = [(day, int(number), "noise") for day, both in zip(days, unit, strict=True) for number in both]
    rows += [(day, number, "theft") for day in days if day >= pd.Timestamp("2025-09-01") for number in (4, 5) * 10]
    frame = pd.DataFrame(rows, columns=["day", "unit", "category"])
    frame["reported_at"] = (frame["day"] + pd.Timedelta(hours=4)).dt.tz_localize("UTC")
    return frame.assign(channel=None, outcome=None, reopened=None)


ROWS = incidents()


def home_of(tiny: Snapshot, rows: pd.DataFrame) -> Held:
    middle = tiny.frame("units").query("level == 'grid'").to_crs(tiny.metric_crs).geometry.centroid.iloc[rows["unit"]]
    unit = {"grid": rows["unit"].to_numpy(dtype=np.int32)}
    events = to_events(rows, unit, middle.x.to_numpy(), middle.y.to_numpy(), "Asia/Shanghai")
    manifest = replace(tiny.manifest, as_of="2025-12-31T00:00:00+00:00")
    return Held(Snapshot(tiny.path, manifest, {"events": events}), None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def held(tiny: Snapshot) -> Held:
    return home_of(tiny, ROWS)


def ask(held: Held, role: str = "analyst", **asked: object) -> dict:
    return find_emerging_units(held, role, CubeQuestion(**{"level": "grid", **asked}))  # type: ignore[arg-type]


def found_by_hand(held: Held, form: str, first: str, last: str, rows: pd.DataFrame = ROWS, **how: object):
    """`find_emerging` on counts that pandas makes of the rows by a form of their day."""
    snapshot = held.snapshot
    units = snapshot.frame("units").query("level == 'grid'").to_crs(snapshot.metric_crs)
    names = pd.date_range(first, last).strftime(form).unique()
    table = pd.crosstab(rows["day"].dt.strftime(form), rows["unit"]).reindex(names, fill_value=0)
    counts = table.reindex(columns=range(8), fill_value=0).to_numpy()
    near = neighbours_by(snapshot.rules, units.geometry.to_numpy())
    exposure = snapshot.frame("units").query("level == 'grid'")["area_m2"].to_numpy() / 1e6
    return find_emerging(counts, exposure, near, tuple(names), **how), counts, exposure, near


@pytest.mark.parametrize(
    ("step", "form", "first", "last"),
    [
        ("month", "%Y-%m", "2025-06-01", "2025-09-30"),
        ("week", "%G-W%V", "2025-06-02", "2025-10-05"),
        ("day", "%Y-%m-%d", "2025-06-01", "2025-10-10"),
    ],
)
def test_labels_are_those_of_whole_steps(held: Held, step: str, form: str, first: str, last: str) -> None:
    """October has only begun; 1 June is a Sunday, 10 October a Friday."""
    found = ask(held, step=step)
    wanted, counts, *_ = found_by_hand(held, form, first, last)
    told = [label or "no_result" for label in wanted.label]
    assert found["units"]["label"] == told
    assert ("consecutive_hot" in told) == (step != "month")  # four months of eight units tell nothing
    assert found["units"]["n_hot"] == (wanted.signs > 0).sum(axis=0).tolist()
    method = found["method"]
    assert (method["n_steps"], method["first_step"], method["last_step"]) == (
        len(counts),
        wanted.steps[0],
        wanted.steps[-1],
    )
    plural, measure = {"month": ("months", "个月"), "week": ("weeks", "周"), "day": ("days", "天")}[step]
    assert f"of {len(counts)} {plural}" in found["units"]["because_en"][4]
    assert found["units"]["because_zh"][4].startswith(f"{len(counts)} {measure}中")
    assert found["units"]["last_hot"][4] == (None if step == "month" else wanted.steps[-1])


def test_unfiltered_months_are_those_of_the_built_table(tiny: Snapshot, held: Held) -> None:
    world = read_world(tiny.home, tiny.rules, held.snapshot.as_of, {"units": tiny.frame("units")})
    built = month_frames(world, held.snapshot.events(), tiny.frame("units"))["emerging"]
    built = built[built["level"] == "town"].reset_index(drop=True)
    found = ask(held, level="town", reruns=99)["units"]
    for name in ("code", "n_hot", "n_cold", "because_en", "because_zh", "warning"):
        assert found[name] == built[name].tolist(), name
    assert found["stability_share"] == pytest.approx(built["stability_share"].tolist(), nan_ok=True)


def test_the_filter_decides_what_counts_and_which_steps(held: Held) -> None:
    """Before September there is no theft: hot since then; within the first days of September nothing came before."""
    theft = ROWS[ROWS["category"] == "theft"]
    found = ask(held, step="week", wanted=THEFT)
    wanted, *_ = found_by_hand(held, "%G-W%V", "2025-06-02", "2025-10-05", theft)
    assert found["units"]["label"] == [label or "no_result" for label in wanted.label]
    some = ask(held, step="week", wanted=replace(THEFT, days=(date(2025, 9, 3), date(2025, 12, 31))))
    wanted, *_ = found_by_hand(held, "%G-W%V", "2025-09-08", "2025-10-05", theft)
    assert some["units"]["label"] == [label or "no_result" for label in wanted.label]
    assert some["method"]["n_steps"] == 4
    none = ask(held, wanted=Wanted(days=(date(2025, 10, 1), date(2025, 10, 31))))
    assert set(none["units"]["label"]) == {"no_result"}
    assert set(none["units"]["warning"]) == {"no_steps"}
    assert none["method"]["warnings"][0]["zh"] == "没有完整的时段"


def test_few_steps_are_warned_of(held: Held) -> None:
    assert [one["en"] for one in ask(held)["method"]["warnings"]] == [
        "fewer than 10 steps: labels are to be taken with caution"
    ]
    assert set(ask(held)["units"]["warning"]) == {"few_steps"}
    assert ask(held, step="week")["method"]["warnings"] == []


def test_window_reference_neighbours_and_reruns_are_as_asked(held: Held) -> None:
    weeks = "%G-W%V", "2025-06-02", "2025-10-05"
    wanted, *_ = found_by_hand(held, *weeks, window="step")
    assert ask(held, step="week", window="step")["units"]["label"] == wanted.label.tolist()
    wanted, *_ = found_by_hand(held, *weeks, reference="permutation", n_permutations=499, seed=3)
    found = ask(held, step="week", reference="permutation", permutations=499, seed=3)
    assert found["units"]["label"] == wanted.label.tolist()
    assert "499 permutations of all bins (seed 3)" in found["method"]["line"]["en"]
    assert (found["method"]["permutations"], ask(held)["method"]["permutations"]) == (499, None)
    wanted, counts, exposure, near = found_by_hand(held, *weeks)
    share = share_stable(wanted.label, counts, exposure, near, n_reruns=8, seed=3)
    found = ask(held, step="week", reruns=8, seed=3)
    assert found["units"]["stability_share"] == pytest.approx(share.tolist(), abs=1e-4)
    assert ask(held)["units"]["stability_share"] == [None] * 8
    assert "centroids within 600 m" in ask(held, neighbours="band", band_m=600.0)["method"]["line"]["en"]


def test_a_leader_sees_the_built_table_and_of_other_questions_labels_only(held: Held) -> None:
    plain, analyst = ask(held, "leader"), ask(held)
    assert plain["hidden"] == {}
    assert plain["method"]["warnings"] == analyst["method"]["warnings"]
    assert plain["units"] == {name: analyst["units"][name] for name in plain["units"]}
    assert set(analyst["units"]) - set(plain["units"]) == {"mk_z", "mk_p"}
    for asked in (
        {"step": "week"},
        {"wanted": THEFT},
        {"window": "step"},
        {"reference": "permutation", "permutations": 99},
        {"neighbours": "rook"},
        {"seed": 5, "reruns": 9},
        {"reruns": 9},
    ):
        found = ask(held, "leader", **asked)
        assert set(found["units"]) == {"code", "label"}, asked
        assert found["method"]["warnings"][-1]["en"].startswith("of filtered incidents and other steps only labels")


def test_labels_that_rest_on_few_incidents_are_hidden(tiny: Snapshot, held: Held) -> None:
    """Of theft, A's western grids have none around them. With three cases in all, or in the hot week, all is hidden."""
    theft, analyst = ask(held, "leader", step="week", wanted=THEFT), ask(held, step="week", wanted=THEFT)
    near = found_by_hand(held, "%Y-%m", "2025-06-01", "2025-06-30")[3]
    around = near @ np.array([0, 0, 0, 0, 1, 1, 0, 0]) + np.array([0, 0, 0, 0, 1, 1, 0, 0])
    assert theft["hidden"]["label"] == np.flatnonzero(around == 0).tolist()
    for number, label in enumerate(theft["units"]["label"]):
        assert label == (analyst["units"]["label"][number] if around[number] else None)
    usual = pd.DataFrame({"day": pd.date_range("2025-06-01", "2025-10-10"), "unit": 0, "category": "noise"})
    few = pd.DataFrame({"day": pd.Timestamp("2025-10-10"), "unit": [7] * 3, "category": "noise"})
    rows = pd.concat([usual, few], ignore_index=True)
    rows["reported_at"] = (rows["day"] + pd.Timedelta(hours=4)).dt.tz_localize("UTC")
    other = home_of(tiny, rows.assign(channel=None, outcome=None, reopened=None))
    found = ask(other, "leader", step="day", wanted=Wanted(hours=tuple(range(24))))
    assert 7 in found["hidden"]["label"]
    inside = ask(other, "leader", step="day", wanted=Wanted(hours=(12,)), within="B-4")
    assert (inside["units"]["label"], inside["hidden"]) == ([None], {"label": [0]})


def test_a_leader_cannot_tell_a_few_incidents_from_none(tiny: Snapshot) -> None:
    one_day = ROWS.assign(hour=4).iloc[:200]
    night = one_day.iloc[[0, 90, 199]].assign(reported_at=one_day["reported_at"].iloc[[0, 90, 199]])
    night["reported_at"] += pd.Timedelta(hours=12)
    answers = []
    for rows in (one_day, pd.concat([one_day, night], ignore_index=True)):
        held = home_of(tiny, rows)
        answers.append(ask(held, "leader", step="week", wanted=Wanted(hours=(0,))))
    assert answers[0] == answers[1]
    assert set(answers[0]["units"]["label"]) == {None}


def test_within_chooses_rows_and_not_what_is_tested(held: Held) -> None:
    whole, part = ask(held, step="week"), ask(held, step="week", within="B")
    assert part["units"] == {name: cells[4:] for name, cells in whole["units"].items()}
    assert part["method"] == whole["method"]


def test_what_cannot_be_asked_is_refused(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    for asked in ({"step": "hour"}, {"window": "year"}, {"reference": "chance"}, {"neighbours": "king"}):
        with pytest.raises(BadQuery):
            ask(held, **asked)
    monkeypatch.setattr(emerging, "MAX_BINS", 8 * 131)
    with pytest.raises(TooLarge, match="longer steps"):
        ask(held, step="day")
    assert ask(held, step="week")["method"]["n_steps"] == 18
    nothing = replace(held.snapshot.manifest, tables=())
    with pytest.raises(NotAvailable):
        ask(Held(Snapshot(held.snapshot.path, nothing), None))  # type: ignore[arg-type]


def test_hot_units_are_counted_at_the_last_month_and_the_one_before(
    tiny: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole months are June to September; as found are A-1, A-2 and B-1 hot in September, B-1 in August, too."""
    signs = np.zeros((4, 8), dtype=np.int8)
    signs[3, [0, 1, 4]] = signs[2, 4] = 1
    monkeypatch.setattr(
        emerging, "find_emerging", lambda *all_, **how: replace(find_emerging(*all_, **how), signs=signs)
    )
    held = home_of(tiny, ROWS)
    counted = [emerging.count_hot(held, "analyst", "grid", within, Wanted()) for within in (None, "town:A", "town:B")]
    assert counted[0] == {"n": 3, "n_before": 1, "n_units": 8, "n_steps": 4}
    assert [one["n"] for one in counted[1:]] == [2, 1]
    # With 9 in 10 noise rows gone, A-1 and its neighbours have fewer than 5 incidents in August and September.
    few = home_of(tiny, ROWS[(ROWS["category"] == "theft") | (ROWS.index % 40 == 0)].reset_index(drop=True))
    told = [emerging.count_hot(few, role, "grid", None, Wanted())["n"] for role in ("analyst", "leader")]
    assert told[0] == 3
    assert told[1] < 3
