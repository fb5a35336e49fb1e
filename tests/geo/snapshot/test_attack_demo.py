"""The attack on the demo at full size: every hidden small count of every answer, none is bounded tighter than 1 to 4.

Every answer below analyst that counts incidents or people is one sheet or several (`geo.snapshot.protect` lists them);
sheets meet where they tell the same counts. Days and hours are tried together with months, weeks and weekdays.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest

from geo.snapshot.case_rows import BY, UNTIL
from geo.snapshot.counts import count_events
from geo.snapshot.hiding import parents_of
from geo.snapshot.store import Snapshot, open_current
from tests.full_demo import make_full_demo
from tests.geo.snapshot import sheets
from tests.geo.snapshot.attack import MIN_COUNT
from tests.geo.snapshot.sheets import SPLITS

pytestmark = pytest.mark.slow

RATES = {
    f"rates by {by}, {'/'.join(split)}": partial(sheets.rates, by=by, split=split) for by in BY for split in SPLITS
}
TIMES = {f"{until} by {by}": partial(sheets.waiting, by=by, until=until) for by in BY for until in UNTIL}
IN_VIEW = {f"{who} seen{end}": partial(sheets.seen, who=who, end=end) for who in sheets.SEEN for end in sheets.REST}
NEAR = {f"{whole} by distance": partial(sheets.ladder, whole=whole) for whole in sheets.LADDERS}
ANSWERS: dict[str, Callable[[Snapshot], sheets.Sheets]] = {
    "totals": sheets.totals,
    "months": sheets.months,
    "times": sheets.times,
    **RATES,
    **TIMES,
    **IN_VIEW,
    **NEAR,
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return open_current(make_full_demo(tmp_path_factory) / "home")


@pytest.mark.parametrize("name", ANSWERS)
def test_no_hidden_small_count_is_bounded_tighter_than_the_limit(demo, name):
    attack = ANSWERS[name](demo).attack()
    assert sum(map(len, attack.small))
    assert not attack.breaches()


@pytest.mark.parametrize("step", ["day", "weekday_hour"])
def test_units_below_those_told_by_day_or_hour_keep_their_counts_to_themselves(demo, step):
    """Of a unit of which no day is told its month and the day of the county above are known at the best. So a day has
    at the least what does not fit into the county's other units (Frechet), at the most the lesser of the two."""
    units = demo.frame("units")
    told = ~sheets.steps(demo, step)[1].all(axis=1)
    counts, hidden = sheets.steps(demo, step)
    of = np.zeros(counts.shape[1], dtype=int)
    if step == "day":
        names = count_events(demo, demo.home.levels[-1].name, "day").steps
        of = pd.factorize(pd.Index(names).str[:7])[0]
    whole = np.stack([counts[:, of == one].sum(axis=1) for one in range(of.max() + 1)], axis=1)
    above = parents_of(units, demo.home)
    while not told[above].all():
        above = np.where(told[above], above, above[above])
    for row in np.flatnonzero(~told):
        c, r, n = counts[above[row]], whole[row][of], whole[above[row]][of]
        few = (counts[row] > 0) & (counts[row] < MIN_COUNT)
        assert not (few & (r + c - n > 1)).any()
        assert not (few & (c < MIN_COUNT) & ~hidden[above[row]]).any()
