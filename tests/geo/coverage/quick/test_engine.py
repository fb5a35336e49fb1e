"""What is told while a camera is dragged, against the whole small world measured anew, and drawings against GEOS."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.coverage.columns import to_columns
from geo.coverage.fov import at_longest_focal, camera_sectors
from geo.coverage.ground import Demand
from geo.coverage.masks import cut_masks
from geo.coverage.measures import is_online, lay_out
from geo.coverage.quick.engine import Edit, Quick
from geo.coverage.quick.sums import FIGURES, PEOPLE
from geo.coverage.whatif import WhatIf
from geo.errors import BadQuery
from geo.partition.hierarchy import index_levels
from geo.rules import Rules
from tests import tiny_world
from tests.geo.coverage.test_whatif import all_of, cameras_of, demand_of
from tests.tiny_world import EAST, NORTH

RULES = Rules()
AT = 25.0
COLUMNS = [name if name == "n_dwellings" else f"{name}_nominal" for name in FIGURES]
COLUMNS = [name if name in ("n_dwellings", "facade_m_nominal") else f"{name}@{AT:g}" for name in COLUMNS]


def to_edits(changed: list[str], after: pd.DataFrame) -> list[Edit]:
    """An edit for each camera that goes, and for each that comes."""
    online = after[is_online(after)]
    return [
        Edit(f"{name}", name if name in changed else None, to_columns(cut_masks(online[online.index == name])))
        for name in dict.fromkeys([*changed, *after.index])
    ]


def gains_of(outcomes) -> dict:
    found: dict = {}
    for outcome in outcomes:
        for unit, gains in outcome.gains.of.items():
            found[unit] = found.get(unit, 0.0) + gains
    return found


def random_world(seed: int):
    rng = np.random.default_rng(seed)
    joined = index_levels(tiny_world.units(), tiny_world.home())
    demand, levels = demand_of(rng, joined)
    before = cameras_of(rng, [f"c{i}" for i in range(12)], joined)
    before["masks"] = rng.choice([None, None, "0-90", "300-20@5-20"], 12)
    changed = list(rng.choice(before.index, rng.integers(0, 4), replace=False))
    after = cameras_of(rng, [*changed[: len(changed) // 2], *(f"new{i}" for i in range(rng.integers(0, 3)))], joined)
    return before, changed, after, demand, levels


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_figures_are_those_of_the_world_measured_anew(seed):
    before, changed, after, demand, levels = random_world(seed)
    if not changed and after.empty:
        return
    engine = WhatIf(tiny_world.units(), tiny_world.home(), before, all_of(demand, levels), RULES)
    found = gains_of(Quick(engine).together(to_edits(changed, after), AT, people=True))
    was, would_be = engine.compare(changed, after, (AT,)).coverage
    for level, frame in would_be.items():
        change = (frame - was[level])[COLUMNS]
        for code, wanted in change.iterrows():
            assert found.get((level, code), np.zeros(len(FIGURES))) == pytest.approx(wanted.to_numpy(), abs=1e-4), code


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10_000))
def test_drawings_are_what_geos_makes_of_the_views(seed):
    before, changed, after, demand, levels = random_world(seed)
    if not changed and after.empty:
        return
    units, home = tiny_world.units(), tiny_world.home()
    engine = WhatIf(units, home, before, all_of(demand, levels), RULES)
    drawn = [one.drawing for one in Quick(engine).together(to_edits(changed, after), AT, people=False)]
    laid_out = lay_out(units, home, demand, levels, RULES)
    public = shapely.union_all(laid_out.parcels[0].public)
    old, new = (some[is_online(some)] for some in (before, pd.concat([before.drop(index=changed), after])))
    seen, then = (shapely.union_all(camera_sectors(some, RULES, AT)) for some in (old, new))
    for name, wanted in (
        ("newly_seen", shapely.intersection(public, then).difference(seen)),
        ("no_longer_seen", shapely.intersection(public, seen).difference(then)),
    ):
        mine = shapely.union_all([getattr(one, name) for one in drawn])
        assert shapely.symmetric_difference(mine, wanted).area == pytest.approx(0, abs=0.05), name
    seen, then = (
        shapely.union_all(camera_sectors(at_longest_focal(some), RULES, RULES.facade_px_per_m)) for some in (old, new)
    )
    for name, more, less in (("facade_new", then, seen), ("facade_gone", seen, then)):
        mine = sum(shapely.length(getattr(one, name)) for one in drawn)
        outlines = laid_out.ground.dwellings.geometries
        wanted = shapely.length(shapely.difference(shapely.intersection(outlines, more), less)).sum()
        assert mine == pytest.approx(wanted, abs=1e-2), name


def full_circle(x: float, y: float, radius: float, n: int = 1) -> pd.DataFrame:
    row = tiny_world.cameras().iloc[[0] * n].assign(x_m=EAST + x, y_m=NORTH + y, sweep_deg=360.0, range_m=radius)
    return row.assign(status="online", height_m=np.nan, tilt_deg=np.nan)


def test_the_share_that_two_others_see_already():
    """Two circles of 20 m at (50, 50); a new one on the same spot of 40 m: they hold a quarter of it.

    Moved there from the same spot, where it was 20 m wide as they are, it newly sees what none of them does.
    """
    old = full_circle(50, 50, 20, 3).set_axis(["a", "b", "c"])
    wide = full_circle(50, 50, 40)
    engine = WhatIf(tiny_world.units(), tiny_world.home(), old.iloc[:2], all_of(Demand(), None), RULES)
    new, moved = Edit("n", None, to_columns(wide)), Edit("m", "c", to_columns(wide))
    assert Quick(engine).alone([new], AT, people=False)[0].seen_twice_share == pytest.approx(0.25, abs=1e-9)
    engine = WhatIf(tiny_world.units(), tiny_world.home(), old, all_of(Demand(), None), RULES)
    quick = Quick(engine)
    assert quick.alone([moved], AT, people=False)[0].seen_twice_share == pytest.approx(0.0, abs=1e-9)
    away = Edit("-", "c", to_columns(wide.iloc[:0]))
    assert quick.alone([away], AT, people=False)[0].seen_twice_share is None
    assert quick.alone([away], AT, people=False)[0].drawing.newly_seen.is_empty


def test_only_what_changed_is_worked_out_again(monkeypatch):
    """Of two cameras far apart one is dragged on: the other's outcome is kept, and the ground is cut out once."""
    engine = WhatIf(
        tiny_world.units(), tiny_world.home(), full_circle(50, 50, 5), all_of(tiny_world.demand(), None), RULES
    )
    cut = []
    monkeypatch.setattr(engine, "cut_out", lambda world, real=engine.cut_out: cut.append(world) or real(world))
    quick, away = Quick(engine), Edit("1", None, to_columns(full_circle(5000, 20, 5)))
    first = quick.together([Edit("2", None, to_columns(full_circle(20, 20, 5))), away], AT, people=False)
    second = quick.together([Edit("3", None, to_columns(full_circle(22, 21, 5))), away], AT, people=False)
    assert len(cut) == 2
    assert second[1] is first[1]
    assert second[0] is not first[0]


def test_people_and_cases_are_told_only_when_asked_for():
    engine = WhatIf(
        tiny_world.units(),
        tiny_world.home(),
        full_circle(50, 50, 1),
        all_of(tiny_world.demand(), tiny_world.incident_levels()),
        RULES,
    )
    edit, at = Edit("1", None, to_columns(full_circle(100, 100, 90))), [FIGURES.index(name) for name in PEOPLE]
    told, untold = (gains_of(Quick(engine).together([edit], AT, people=people)).values() for people in (True, False))
    assert any(gains[at].any() for gains in told)
    assert not any(gains[at].any() for gains in untold)


def test_too_much_ground_is_refused():
    engine = WhatIf(tiny_world.units(), tiny_world.home(), full_circle(50, 50, 5), all_of(Demand(), None), RULES)
    with pytest.raises(BadQuery, match="too much ground"):
        Quick(engine).together([Edit("1", None, to_columns(full_circle(0, 0, 9000)))], AT, people=False)
