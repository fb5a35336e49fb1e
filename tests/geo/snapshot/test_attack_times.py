"""The attack on all that is told of units in time at once: totals, months, weeks, days and hours (see `attack`)."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from geo.hotspots.cube import EVERY, Step
from geo.hotspots.events import to_events
from geo.snapshot.counts import step_counts
from geo.snapshot.hiding import hide_in_tree
from geo.snapshot.store import Snapshot
from tests.geo.snapshot.attack import MIN_COUNT, Attack, below_of

#: Hours of the day at which anything happens, so that the programmes stay small.
HOURS = 2
FORMS: dict[Step, str] = {"month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d", "weekday_hour": "%u %H"}


def busy_and_quiet(tiny: Snapshot, seed: int, n_days: int) -> Snapshot:
    """The tiny city with some incidents a day in each grid, from 0.3 to 8, from 10 March 2025 on."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(rng.choice([0.3, 1, 3, 8], 8)[:, None], (8, n_days))
    unit, day = (np.repeat(place.ravel(), n.ravel()) for place in np.indices(n.shape))
    hours = pd.to_timedelta(24 * day + rng.integers(0, HOURS, len(unit)), unit="h")
    rows = pd.DataFrame({"reported_at": (pd.Timestamp("2025-03-10", tz=tiny.home.timezone) + hours).tz_convert("UTC")})
    rows = rows.assign(category="noise", channel=None, outcome=None, reopened=None)
    nowhere = np.zeros(len(rows))
    events = to_events(rows, {"grid": unit.astype(np.int32)}, nowhere, nowhere, tiny.home.timezone)
    return Snapshot(tiny.path, tiny.manifest, {"events": events})


def times_attack(snapshot: Snapshot) -> Attack:
    """Unknown are counts of grids by day and hour; told is what a leader gets of all units and steps."""
    units, home = snapshot.frame("units"), snapshot.home
    finest, below = below_of(units, home.chains()[0])
    days, _ = step_counts(snapshot, "grid", "day", EVERY, "analyst")
    times = (pd.to_datetime(list(days.steps)).repeat(HOURS)) + pd.to_timedelta(
        np.tile(np.arange(HOURS), len(days.steps)), unit="h"
    )
    attack = Attack(len(finest) * len(times))
    for step, form in FORMS.items():
        cubes = [step_counts(snapshot, level.name, step, EVERY, "leader") for level in home.levels]
        cells = np.vstack([cube.counts.T for cube, _ in cubes]).astype(float)
        hidden = np.vstack([hidden for _, hidden in cubes])
        of_step = np.equal.outer(np.array(cubes[0][0].steps), times.strftime(form).to_numpy(dtype=str))
        assert of_step.sum() == len(times)
        if step == "month":
            whole = cells.sum(axis=1, keepdims=True)
            told = hide_in_tree(whole, units, home, MIN_COUNT)
            attack.tell(sparse.csr_array(sparse.kron(below, np.ones((1, len(times))))), whole.ravel(), told.ravel())
        sums = sparse.kron(below, sparse.csr_array(of_step.astype(float)))
        attack.tell(sparse.csr_array(sums), cells.ravel(), hidden.ravel())
    return attack


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_months_weeks_days_and_hours_together_leave_four_values_open(tiny, seed):
    """Of worlds in which the clock once gave days away: an hour's and a day's count of a weekday were known exactly."""
    attack = times_attack(busy_and_quiet(tiny, seed, 30))
    assert sum(map(len, attack.small)) > 80
    assert not [found for found in attack.breaches() if found[2] < MIN_COUNT - 1 or found[2] - found[1] < 3]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 18))
def test_times_of_random_worlds_leave_four_values_open(tiny, seed):
    attack = times_attack(busy_and_quiet(tiny, seed, 40))
    assert not [found for found in attack.breaches() if found[2] < MIN_COUNT - 1 or found[2] - found[1] < 3]
