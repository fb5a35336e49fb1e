import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import BadQuery, Forbidden, NotFound
from geo.records import Records
from geo.schema import GAP_REASONS
from geo.snapshot import queries
from geo.snapshot.counts import months
from geo.snapshot.export import FORMATS, to_bytes
from geo.snapshot.protect import hide_reasons
from geo.snapshot.refused import refusals


def test_every_table_starts_with_its_keys(tiny):
    for name in (
        "units",
        "cameras",
        "incidents",
        "coverage",
        "gaps",
        "gap_reasons",
        "hotspots",
        "emerging",
        "scores",
        "rates",
        "ledger",
    ):
        table = queries.table(tiny, name, role="analyst")
        assert table.columns[:3].tolist() == ["level", "code", "name"], name
        assert len(table), name


def test_within_takes_a_unit_of_any_level_of_the_chain(tiny):
    assert queries.table(tiny, "units", within="A", role="leader")["code"].tolist() == ["A-1", "A-2", "A-3", "A-4"]
    assert queries.table(tiny, "cameras", level="town", within="town:B", role="planner")["source_id"].tolist() == ["c4"]
    assert len(queries.table(tiny, "units", level="town", within="P", role="leader")) == 2


def test_wrong_words_are_named(tiny):
    with pytest.raises(BadQuery, match="no level 'street'; levels are grid, town, prefecture"):
        queries.table(tiny, "units", level="street", role="leader")
    with pytest.raises(NotFound, match="no unit has the code 'Z'"):
        queries.table(tiny, "units", within="Z", role="leader")
    with pytest.raises(BadQuery, match="no table"):
        queries.table(tiny, "people", role="editor")
    with pytest.raises(BadQuery, match="no pixel density 26"):
        queries.table(tiny, "coverage", at=26.0, role="leader")


def test_roles_see_what_they_may(tiny, tiny_home):
    for name, role in (
        ("cameras", "leader"),
        ("incidents", "planner"),
        ("gaps", "leader"),
        ("gap_reasons", "leader"),
        ("units", "feeder"),
    ):
        with pytest.raises(Forbidden):
            queries.table(tiny, name, role=role)
    assert "z" not in queries.table(tiny, "hotspots", role="leader").columns
    with Records.open(tiny_home) as records:
        with pytest.raises(Forbidden):
            refusals(records, "analyst")
        refused = refusals(records, "editor")
    assert sorted(refused["table"]) == ["cameras", "incidents"]


def test_small_counts_are_hidden_below_analyst_and_cannot_be_worked_back(tiny):
    """A-1 has 2 incidents: hidden, and A-2 (6), its smallest sibling, with it; B-1 and B-4 stay."""
    exact = queries.table(tiny, "units", role="analyst").set_index("code")["n_incidents"]
    assert exact["A-1"] == 2
    for role in ("leader", "planner"):
        shown = queries.table(tiny, "units", role=role)
        hidden = shown["code"].iloc[shown.attrs["hidden"]["n_incidents"]].tolist()
        assert hidden == ["A-1", "A-2"]
        assert shown.set_index("code")["n_incidents"].isna().sum() == 2
    page = queries.table(tiny, "units", role="leader", limit=2, offset=1)
    assert page.attrs["hidden"]["n_incidents"] == [0]


def test_scores_that_give_a_small_count_away_go_with_it(tiny):
    shown = queries.table(tiny, "hotspots", role="leader").set_index("code")
    assert shown.loc[["A-1", "A-2"], "excess"].isna().all()
    assert shown.loc["B-4", "excess"] > 0
    covered = queries.table(tiny, "coverage", role="leader").set_index("code")
    assert covered.loc[["A-1", "A-2"], "incidents_seen_share"].isna().all()


def test_hidden_cells_read_less_than_five_in_a_csv(tiny):
    text = to_bytes(queries.table(tiny, "units", role="leader"), "units", "csv", tiny).decode("utf-8-sig")
    line = next(row for row in text.splitlines() if ",A-1," in row)
    assert "<5" in line
    assert ",2," not in line


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", ["units", "coverage", "gaps", "hotspots", "cameras", "incidents"])
def test_every_table_is_written_in_every_format(tiny, name, fmt):
    assert len(to_bytes(queries.table(tiny, name, role="analyst"), name, fmt, tiny)) > 200


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "parquet"])
def test_reasons_of_gaps_are_written_as_rows(tiny, fmt):
    assert len(to_bytes(queries.table(tiny, "gap_reasons", role="planner"), "gap_reasons", fmt, tiny)) > 200


def test_distances_are_hidden_with_the_counts_they_rest_on(tiny):
    """Town A has 2 incidents within 50 m, both in A-1. P has 32, so B's 30 would give A's away, and B-4's 30 B's; with
    B-1 told to have none B would have 30 at the most, and A 2 at the least."""
    grids = queries.table(tiny, "units", role="leader").set_index("code")
    towns = queries.table(tiny, "units", level="town", role="leader").set_index("code")
    assert "n_incidents_located" not in grids
    assert "n_incidents_located" not in queries.table(tiny, "units", role="leader").attrs["hidden"]
    shares = [f"camera_within_{metres}m_share" for metres in (50, 100, 200)]
    assert grids.loc["A-1", [*shares, "nearest_camera_median_m", "nearest_camera_p90_m"]].isna().all()
    assert towns.loc["A", shares].isna().all()
    assert towns.loc["A", "nearest_camera_median_m"] > 0
    assert grids.loc[["B-1", "B-4"], shares].isna().all(axis=None)
    assert (grids.loc["A-3", shares] == 0).all()
    assert queries.table(tiny, "units", level="town", role="analyst").set_index("code").loc["A", shares].notna().all()


def test_gaps_of_coarser_units_are_drawn_by_the_pieces_of_their_finest(tiny):
    fine = queries.table(tiny, "gaps", role="analyst").set_index("code")
    towns = queries.table(tiny, "gaps", level="town", role="analyst").set_index("code")
    assert len(towns) > 1
    for code, gap in towns["geometry"].items():
        own = [shape for name, shape in fine["geometry"].items() if name.startswith(f"{code}-")]
        assert shapely.equals(shapely.union_all([gap]), shapely.union_all(own))
        assert shapely.area(gap) == pytest.approx(sum(shape.area for shape in own))
    assert sum(shapely.area(towns["geometry"].to_numpy())) > 0
    one = queries.table(tiny, "gaps", level="town", within="A", role="analyst")
    assert shapely.equals(one["geometry"][0], towns.loc["A", "geometry"])
    whole = queries.table(tiny, "gaps", level="prefecture", role="analyst")["geometry"][0]
    assert shapely.area(whole) == pytest.approx(sum(shapely.area(fine["geometry"].to_numpy())))


def test_reasons_come_by_seven_in_the_order_of_the_gaps(tiny):
    """A-1 has 400 m of unseen road, and a camera with its axes swapped is refused there; A-2's 500 m are near none."""
    gaps = queries.table(tiny, "gaps", within="A", role="analyst")
    found = queries.table(tiny, "gap_reasons", within="A", role="analyst")
    assert found["code"].tolist() == [code for code in gaps["code"] for _ in GAP_REASONS]
    assert found["name"].tolist() == [name for name in gaps["name"] for _ in GAP_REASONS]
    road = found[found["road_m"] > 0.1].set_index(["code", "reason"])["road_m"]
    assert road.to_dict() == pytest.approx({("A-2", "none"): 500, ("A-1", "doubt"): 400}, abs=0.1)
    page = queries.table(tiny, "gap_reasons", level="town", role="analyst", limit=3, offset=7)
    assert (page["code"].tolist(), page["reason"].tolist()) == (["B"] * 3, ["offline", "building", "terrain"])


def test_small_counts_of_reasons_are_hidden_with_all_of_their_unit(tiny):
    """The incidents unseen are A-2's 6, A-3's 9 and B-1's 7, each for one reason: none is small, and by themselves all
    may be shown. Cut to 3, A-3 takes A-2 with it, and all seven of each go."""
    whole, units = tiny.frame("gap_reasons"), tiny.frame("units")
    n = whole["n_incidents"].mask((whole["code"] == "A-3") & (whole["n_incidents"] > 0), 3)
    n = n.mask((whole["code"] == "A") & (whole["reason"] == "none"), 9).mask(
        (whole["code"] == "P") & (whole["reason"] == "none"), 16
    )
    assert not any(cells.any() for cells in hide_reasons(whole, {}, units, tiny.home, 5).values())
    hidden = hide_reasons(whole.assign(n_incidents=n), {}, units, tiny.home, 5)
    assert sorted(set(whole["code"][hidden["n_incidents"]])) == ["A-2", "A-3"]
    assert hidden["n_incidents"].sum() == 14
    assert not hidden["residents"].any()


def test_what_is_hidden_of_the_seen_is_hidden_of_the_unseen(tiny):
    """A-1's 2 incidents are all seen, so that A shows neither its 2 seen nor its 15 unseen, nor B its 30 and 7. B's 7
    are all B-1's, and none of B-4's, which has no gap: so B-1's are hidden, too. As B-4's 30 are known to be seen, 32
    of P would leave A 2 at most: so P shows none."""

    def hidden(name: str, level: str, column: str) -> set[str]:
        found = queries.table(tiny, name, level=level, role="planner")
        return set(found["code"].iloc[found.attrs["hidden"].get(column, [])])

    for level, codes in (("grid", {"A-1", "A-2", "B-1", "B-4"}), ("town", {"A", "B"}), ("prefecture", {"P"})):
        for end in ("", "_low", "_high"):
            assert hidden("coverage", level, f"incidents_seen_share{end}") == codes
            assert hidden("gaps", level, f"n_incidents_unseen{end}") == codes - {"B-4"}
        assert hidden("gap_reasons", level, "n_incidents") == codes - {"B-4"}


def test_tables_of_one_density_are_kept_once(tiny):
    first, other = tiny.rules.px_per_m, tiny.rules.levels_px_per_m()[-1]
    assert first != other
    for name in ("units", "gaps", "safeguards", "hotspots", "rates"):
        kept = [queries.unit_frame(tiny, name, "grid", at, "leader")[0] for at in (first, other)]
        assert kept[0] is kept[1], name
        queries.unit_rows(tiny, name, [("grid", "A-1")], other)
        assert not [key for key in tiny._cache if name in key.split(":") and f"{other}" in key.split(":")]
    asked = [queries.unit_frame(tiny, "coverage", "grid", at, "leader")[0]["px_per_m"] for at in (first, other)]
    assert [set(at) for at in asked] == [{first}, {other}]


def test_months_hide_small_cells_for_the_leader(tiny):
    counts, hidden = months(tiny, "grid", "leader")
    assert counts["2026-01"].tolist() == [2, 6, 9, 0, 7, 0, 0, 30]
    assert hidden[:, 0].tolist() == [True, True, False, False, False, False, False, False]
    assert not months(tiny, "grid", "analyst")[1].any()


def test_the_ledger_shows_no_counts_of_single_units_below_analyst(tiny):
    assert (queries.table(tiny, "ledger", role="leader")["code"] == "").all()
    assert (queries.table(tiny, "ledger", role="analyst")["code"] == "A-1").any()


def test_the_ledger_heeds_level_and_within(tiny):
    assert set(queries.table(tiny, "ledger", level="town", role="analyst")["level"]) == {"town"}
    inside = queries.table(tiny, "ledger", level="grid", within="A", role="analyst")
    assert set(inside["code"]) == {"A-1", "A-2", "A-3", "A-4"}


def test_figures_and_shapes_are_the_stored_frame_in_two_parts(tiny):
    whole, rows = tiny.frame("gaps"), np.array([2, 0])
    pd.testing.assert_frame_equal(tiny.figures("gaps"), pd.DataFrame(whole.drop(columns="geometry")))
    assert shapely.equals_exact(tiny.shapes("gaps", rows), whole.geometry.to_numpy()[rows], 0).all()
