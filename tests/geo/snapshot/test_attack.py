"""No hidden small count can be bounded better than "from 1 to 4" by whoever knows all that is shown (see `attack`)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from geo.demo import write_sources
from geo.hotspots.cube import EVERY
from geo.hotspots.rates import COUNTS
from geo.jobs import run_build, run_import
from geo.schema import HomeInfo
from geo.snapshot.counts import step_counts
from geo.snapshot.hiding import hide_groups, hide_in_tree
from geo.snapshot.protect import hide_rates
from tests.geo.snapshot.attack import HOME, MIN_COUNT, Attack, below_of, tree_of

#: Towns by their number of grids.
towns = st.lists(st.integers(1, 4), min_size=1, max_size=4)
counts = st.one_of(st.integers(0, 3), st.integers(0, 9), st.integers(0, 60))


def drawn(data: st.DataObject, shape: tuple[int, ...]) -> np.ndarray:
    n = int(np.prod(shape))
    return np.array(data.draw(st.lists(counts, min_size=n, max_size=n)), dtype=float).reshape(shape)


def test_the_attack_finds_what_is_open():
    """Grids of 3, 8 and 20 and their town's 31: with the 3 alone hidden it is known, with the 8 it is 0 to 11."""
    units, below = tree_of([3])
    cells = below @ np.array([3.0, 8, 20])
    for hidden, breaches in (([0], [(3.0, 3.0, 3.0)]), ([0, 1], [])):
        attack = Attack(3)
        attack.tell(sparse.csr_array(below), cells, np.isin(np.arange(len(units)), hidden))
        assert attack.breaches() == breaches


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_counts_of_units(data):
    units, below = tree_of(data.draw(towns))
    cells = below @ drawn(data, (below.shape[1],))
    hidden = hide_in_tree(cells[:, None], units, HOME, MIN_COUNT)[:, 0]
    attack = Attack(below.shape[1])
    attack.tell(sparse.csr_array(below), cells, hidden)
    assert not attack.breaches()


def test_counts_of_units_by_month():
    """Sums of units and of months cross, and the bounds by which more is hidden are not the tightest: of the small
    counts of random worlds fewer than 1 in 200 may have fewer than four values left, and none is known."""
    rng = np.random.default_rng(7)
    n_small, tight = 0, []
    for _ in range(35):
        units, below = tree_of(rng.integers(1, 5, rng.integers(1, 5)).tolist())
        n_months = int(rng.integers(2, 5))
        mean = rng.gamma(1, rng.choice([1, 3, 8, 30]), (below.shape[1], n_months))
        cells = below @ rng.poisson(mean).astype(float)
        attack = months_attack(units, sparse.csr_array(below), cells, HOME)
        n_small += sum(map(len, attack.small))
        tight += [most - least for _, least, most in attack.breaches() if most < MIN_COUNT - 1 or most - least < 3]
    assert n_small > 250
    assert len(tight) <= n_small / 200
    assert all(width >= 1 for width in tight)


def months_attack(units: pd.DataFrame, below: sparse.csr_array, cells: np.ndarray, home: HomeInfo) -> Attack:
    """What counts (units, months) and the units' totals tell; `below` says which of the finest lie in each unit."""
    whole = hide_in_tree(cells.sum(axis=1, keepdims=True), units, home, MIN_COUNT)[:, 0]
    hidden = hide_groups(cells, units, home, MIN_COUNT, whole)
    n_months = cells.shape[1]
    attack = Attack(below.shape[1] * n_months)
    attack.tell(sparse.csr_array(sparse.kron(below, sparse.eye_array(n_months))), cells.ravel(), hidden.ravel())
    attack.tell(sparse.csr_array(sparse.kron(below, np.ones((1, n_months)))), cells.sum(axis=1), whole)
    return attack


@pytest.mark.slow
def test_months_of_the_small_demo(tmp_path):
    """123 units of five levels, 24 months: all of its hidden small counts."""
    sources = tmp_path / "sources"
    run_import(tmp_path / "home", write_sources(sources, size="small"), sources)
    snapshot = run_build(tmp_path / "home")
    units, home = snapshot.frame("units"), snapshot.home
    finest, below = below_of(units, home.chains()[0])
    cubes = [step_counts(snapshot, level.name, "month", EVERY, "leader") for level in home.levels]
    cells = np.hstack([cube.counts for cube, _ in cubes]).T.astype(float)
    assert ((below @ cells[finest]) == cells).all()
    attack = months_attack(units, below, cells, home)
    hidden = np.vstack([cells for _, cells in cubes])
    assert (
        sum(map(len, attack.small))
        == (hidden & (cells > 0) & (cells < MIN_COUNT)).sum()
        + ((cells.sum(axis=1) > 0) & (cells.sum(axis=1) < MIN_COUNT)).sum()
    )
    assert not attack.breaches()


def rates_attack(below: np.ndarray, parts: np.ndarray, hidden: dict[str, np.ndarray]) -> Attack:
    """What the due tell: `parts` (grids, groups, 3) are on time, closed late, open; `hidden` as `hide_rates` has it."""
    n_groups = parts.shape[1]
    attack = Attack(parts.size)
    for column, of in (("n_due", [1, 1, 1]), ("n_closed", [1, 1, 0]), ("n_on_time", [1, 0, 0])):
        sums = np.kron(np.kron(below, np.eye(n_groups)), np.array(of))
        attack.tell(sparse.csr_array(sums), sums @ parts.ravel(), hidden[column].ravel())
    for of in np.eye(3):
        sums = np.kron(np.kron(below, np.eye(n_groups)), of)
        attack.tell(sparse.csr_array(sums), sums @ parts.ravel(), np.ones(len(sums), dtype=bool))
    return attack


def counts_of(below: np.ndarray, parts: np.ndarray) -> dict[str, np.ndarray]:
    """The counts of `rates.COUNTS`, (units, groups); those that have nothing to do with being due are not known."""
    cells = np.einsum("ug,gmk->umk", below, parts)
    due = {"n_due": cells.sum(axis=2), "n_closed": cells[..., :2].sum(axis=2), "n_on_time": cells[..., 0]}
    return {name: due.get(name, np.full(cells.shape[:2], np.nan)) for name in COUNTS}


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_close_and_on_time_rates_of_units(data):
    units, below = tree_of(data.draw(towns))
    parts = drawn(data, (below.shape[1], 1, 3))
    counts = {name: cells[:, 0] for name, cells in counts_of(below, parts).items()}
    hidden = hide_rates(counts, units, HOME, MIN_COUNT)
    assert not [found for found in rates_attack(below, parts, hidden).breaches() if found[2] < MIN_COUNT - 1]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_filed_and_accepted_counts_of_units(data):
    """Of the received those filed and those accepted are told: the others follow, and are cases, too."""
    units, below = tree_of(data.draw(towns))
    parts = drawn(data, (below.shape[1], 3))  # neither, accepted, accepted and filed
    kinds = {"n_received": [1, 1, 1], "n_accepted": [0, 1, 1], "n_filed": [0, 0, 1]}
    cells = {name: below @ parts @ np.array(kind, dtype=float) for name, kind in kinds.items()}
    none = np.full(len(units), np.nan)
    hidden = hide_rates({name: cells.get(name, none) for name in COUNTS}, units, HOME, MIN_COUNT)
    for column in ("n_accepted", "n_filed"):
        attack = Attack(parts.size)
        for name in ("n_received", column):
            sums = np.kron(below, np.array(kinds[name]))
            attack.tell(sparse.csr_array(sums), cells[name], hidden[name])
        rest = np.kron(below, np.array(kinds["n_received"]) - np.array(kinds[column]))
        attack.tell(sparse.csr_array(rest), rest @ parts.ravel(), np.ones(len(rest), dtype=bool))
        rest_known = ~hidden["n_received"] & ~hidden[column]
        assert not [found for found in attack.breaches() if found[2] < MIN_COUNT - 1]
        few = (cells["n_received"] - cells[column] > 0) & (cells["n_received"] - cells[column] < MIN_COUNT)
        assert not (few & rest_known).any()
