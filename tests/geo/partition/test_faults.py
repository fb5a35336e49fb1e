"""Faults and repairs of squares on paper, in metres of UTM 49N (BAD_INPUTS rows 1, 2, 3).

y 20 +----+----+
     | c  | d  |     town A: x 0 to 20, y 0 to 20; grids of 10 m
  10 +----+----+
     | a  | b  |
   0 +----+----+
     0   10   20
"""

import geopandas as gpd
import pytest
from shapely import Polygon, affinity, box
from shapely import area as area_of

from geo.errors import BadPartition, BadQuery
from geo.partition.faults import Fault, find_faults
from geo.partition.repair import choose_steps, find_steps, repair_units
from geo.rules import Rules
from geo.schema import HomeInfo, Level

EAST, NORTH, CRS = 500_000, 3_100_000, "EPSG:32649"
HOME = HomeInfo("H", "H", "UTC", CRS, (Level("grid", "网格", "Grid", "town"), Level("town", "镇", "Town")))
TWO = HomeInfo("H", "H", "UTC", CRS, (Level("town", "镇", "Town", "all"), Level("all", "全部", "All")))
GRIDS = {"a": box(0, 0, 10, 10), "b": box(10, 0, 20, 10), "c": box(0, 10, 10, 20), "d": box(10, 10, 20, 20)}
RULES = Rules()


def units(grids: dict[str, Polygon], towns: dict[str, Polygon] | None = None, parent: str = "A") -> gpd.GeoDataFrame:
    towns = towns or {"A": box(0, 0, 20, 20)}
    rows = [("grid", code, parent, shape) for code, shape in grids.items()]
    rows += [("town", code, None, shape) for code, shape in towns.items()]
    frame = gpd.GeoDataFrame(rows, columns=["level", "code", "parent_code", "geometry"], crs=CRS)
    frame["geometry"] = [affinity.translate(shape, EAST, NORTH) for shape in frame.geometry]
    return frame


def told(faults: tuple[Fault, ...]) -> list[tuple[str, tuple[str, ...], float]]:
    return [(fault.kind, fault.codes, round(fault.area_m2, 6)) for fault in faults]


def repaired(frame: gpd.GeoDataFrame, home: HomeInfo = HOME) -> tuple[gpd.GeoDataFrame, list[str]]:
    steps, _ = find_steps(find_faults(frame, home), frame, RULES)
    after = repair_units(frame, home, steps)
    assert find_faults(after, home) == ()
    return after, [step.words.en for step in steps]


def area(frame: gpd.GeoDataFrame, code: str) -> float:
    return float(frame.geometry[frame["code"] == code].area.iloc[0])


def test_four_squares_in_a_square_are_clean() -> None:
    assert find_faults(units(GRIDS), HOME) == ()


def test_an_overlap_is_cut_from_the_higher_code() -> None:
    frame = units(GRIDS | {"b": box(8, 0, 20, 10)})
    assert told(find_faults(frame, HOME)) == [("overlap", ("a", "b"), 20.0)]
    after, words = repaired(frame)
    assert words == ["cut 20.0 m² from b; they stay with a"]
    assert (area(after, "a"), area(after, "b")) == (100.0, 100.0)


def test_a_strip_of_ten_centimetres_is_a_sliver() -> None:
    overlap = units(GRIDS | {"b": box(9.9, 0, 20, 10)})
    assert told(find_faults(overlap, HOME)) == [("sliver", ("a", "b"), 1.0)]
    assert find_faults(overlap, HOME)[0].made_of == "overlap"
    gap = units(GRIDS | {"b": box(10.05, 0, 20, 10)})
    assert told(find_faults(gap, HOME)) == [("sliver", ("a", "b", "c", "d"), 0.5)]
    after, words = repaired(gap)
    # 10 m along a and along b: the lower code takes it.
    assert words == ["give 0.5 m² to a, which has the longest edge along them (10 m)"]
    assert area(after, "a") == pytest.approx(100.5)


def test_a_gap_goes_to_the_longest_edge_and_none_over_the_limit() -> None:
    grids = GRIDS | {"a": Polygon([(0, 0), (10, 0), (10, 9.2), (9, 9.2), (9, 10), (0, 10)])}
    frame = units(grids)
    # 1.0 x 0.8 m: a has 1.8 m of its outline, c 1.0 m, b 0.8 m; 0.8 m2 is under 1 % of a's 99.2 m2.
    assert told(find_faults(frame, HOME)) == [("sliver", ("a", "b", "c", "d"), 0.8)]
    after, words = repaired(frame)
    assert words == ["give 0.8 m² to a, which has the longest edge along them (2 m)"]
    assert after.geometry[0].equals(frame.geometry[0].union(affinity.translate(box(9, 9.2, 10, 10), EAST, NORTH)))

    wide = units(GRIDS | {"a": box(0, 0, 10, 8)})
    faults = find_faults(wide, HOME)
    assert told(faults) == [("gap", ("a", "b", "c", "d"), 20.0)]
    steps, without = find_steps(faults, wide, RULES)
    assert steps == ()
    assert without[faults[0].id].en.startswith("larger than 1% of ")


def test_a_bowtie_is_redrawn_with_its_whole_area() -> None:
    town = {"A": box(0, 0, 20, 10)}
    bowtie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    frame = units({"a": bowtie, "b": box(10, 0, 20, 10)}, town)
    assert frame.geometry[0].area == pytest.approx(0.0)
    faults = find_faults(frame, HOME)
    # Two triangles of 25 m2 are left of the square's 100; the two that lie bare are far over 1 % of a neighbour.
    assert told(faults)[0] == ("self_intersection", ("a",), 50.0)
    steps, _ = find_steps(faults, frame, RULES)
    assert [step.action for step in steps] == ["make_valid"]
    after = repair_units(frame, HOME, steps)
    assert after.geometry[0].is_valid
    assert after.geometry[0].area == pytest.approx(50.0)
    assert "self_intersection" not in [fault.kind for fault in find_faults(after, HOME)]


def test_a_child_that_leaves_its_parent_is_clipped() -> None:
    frame = units(GRIDS | {"b": box(10, 0, 20.5, 10)})
    assert told(find_faults(frame, HOME)) == [("outside_parent", ("b", "A"), 5.0)]
    after, words = repaired(frame)
    assert words == ["cut 5.0 m² of b outside A"]
    assert area(after, "b") == 100.0


def test_missing_units_are_told_and_need_a_file() -> None:
    towns = {"A": box(0, 0, 20, 20), "B": box(20, 0, 40, 20)}
    frame = units(GRIDS, towns)
    frame.loc[frame["code"] == "d", "parent_code"] = None
    faults = find_faults(frame, HOME)
    assert told(faults) == [("gap", ("a", "b", "c"), 100.0), ("missing", ("B",), 400.0), ("missing", ("d",), 100.0)]
    assert [fault.words.en for fault in faults[1:]] == ["B has no unit of the level Grid", "d has no unit above it"]
    steps, without = find_steps(faults, frame, RULES)
    assert steps == ()
    assert len(without) == 3


def test_the_total_follows_its_parts_and_has_no_faults_of_its_own() -> None:
    frame = units({}, {"A": box(0, 0, 20, 20), "B": box(20.05, 0, 40, 20), "C": box(0, 20, 40, 30)}, "")
    # The strip between A and B is open to the south: a bay, no hole. Close it with D.
    frame = units(
        {}, {"A": box(0, 0, 20, 20), "B": box(20.05, 0, 40, 20), "C": box(0, 20, 40, 30), "D": box(0, -5, 40, 0)}
    )
    frame["parent_code"] = "all"
    total = gpd.GeoDataFrame(
        {"level": ["all"], "code": ["all"], "parent_code": [None]}, geometry=[frame.geometry.union_all()], crs=CRS
    )
    frame = gpd.GeoDataFrame(gpd.pd.concat([frame, total], ignore_index=True), crs=CRS)
    assert told(find_faults(frame, TWO)) == [("sliver", ("A", "B", "C", "D"), 1.0)]
    after, _ = repaired(frame, TWO)
    assert area(after, "all") == pytest.approx(40 * 35)
    assert area(after, "A") == pytest.approx(401.0)


def test_untouched_units_keep_their_very_coordinates() -> None:
    frame = units(GRIDS | {"b": box(8, 0, 20, 10)})
    after, _ = repaired(frame)
    for code in ("a", "c", "d", "A"):
        assert after.geometry[after["code"] == code].iloc[0].wkb == frame.geometry[frame["code"] == code].iloc[0].wkb


def test_several_faults_at_once_in_degrees_are_clean_afterwards() -> None:
    grids = GRIDS | {"b": box(9.99, 0, 20.3, 10), "d": box(10, 10.02, 20, 20)}
    frame = units({code: affinity.scale(shape, 100, 100, origin=(0, 0)) for code, shape in grids.items()},
                  {"A": box(0, 0, 2000, 2000)}).to_crs("EPSG:4326")  # fmt: skip
    home = HomeInfo("H", "H", "UTC", "EPSG:4326", HOME.levels)
    after, words = repaired(frame, home)
    # The town has corners only: bent by the projection, its edges miss the grids' corners on them by centimetres.
    assert len(words) == 6
    assert set(after.geom_type) == {"Polygon"}
    areas = area_of(after.geometry.to_numpy())
    assert areas[:4].sum() == pytest.approx(areas[4], rel=1e-9)


def test_a_unit_inside_another_has_no_step_and_is_never_emptied() -> None:
    frame = units(GRIDS | {"e": box(2, 2, 4, 4)})
    faults = find_faults(frame, HOME)
    steps, without = find_steps(faults, frame, RULES)
    assert told(faults) == [("overlap", ("a", "e"), 4.0)]
    assert steps == ()
    assert without[faults[0].id].en == "e lies wholly in a; correct it in its file"
    small = units(GRIDS | {"e": box(8, 2, 12, 4)})
    steps, _ = find_steps(find_faults(small, HOME), small, RULES)
    with pytest.raises(BadPartition, match="nothing of e would be left"):
        repair_units(small, HOME, steps)


def test_consent_holds_for_what_was_shown() -> None:
    frame = units(GRIDS | {"b": box(8, 0, 20, 10)})
    (step,), _ = find_steps(find_faults(frame, HOME), frame, RULES)
    assert choose_steps(frame, HOME, RULES, [step.id]) == (step,)
    with pytest.raises(BadQuery, match="changed since"):
        choose_steps(units(GRIDS), HOME, RULES, [step.id])
    with pytest.raises(BadQuery):
        choose_steps(frame, HOME, RULES, [])
