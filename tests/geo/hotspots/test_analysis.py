"""What is asked of a level: classes by hand, and as a law that random worlds are rarely coloured."""

import numpy as np
import pytest
from scipy import sparse

from geo.errors import BadInput
from geo.hotspots.analysis import STATISTICS, VARIABLES, Analysis, analyse, expected_counts, is_thin
from geo.hotspots.getis_ord import CLASSES, fdr_q, gi_star, two_sided_p
from geo.hotspots.moran import QUADRANTS
from geo.hotspots.neighbours import distance_band, nearest
from geo.hotspots.permutation import permuted_p

EVERY_KIND = [(variable, statistic) for variable in VARIABLES for statistic in STATISTICS]
COLOURED = [*(name for name in CLASSES if name not in ("none", "island")), *QUADRANTS]
N_WORLDS = 400


def lattice(side: int) -> sparse.csr_array:
    places = np.arange(side * side)
    return distance_band((places % side).astype(float), (places // side).astype(float), 1.5)


def unequal(side: int, seed: int) -> np.ndarray:
    """Exposures from 1 to some 2,000, in a town that thins out to one side: the worst that a test can meet."""
    rng = np.random.default_rng(seed)
    places = np.arange(side * side)
    return np.exp(rng.normal(0, 1, side * side) + 6.0 * (places % side) / side) + 0.05


@pytest.mark.parametrize(("variable", "statistic"), EVERY_KIND)
def test_a_cluster_is_found_by_each(variable, statistic):
    near, exposure = lattice(12), np.full(144, 100.0)
    count = np.full(144, 10.0) + np.arange(144) % 3
    block = np.array([40, 41, 42, 52, 53, 54, 64, 65, 66])
    count[block] = 60
    table = analyse(count, exposure, near, Analysis(variable, statistic, n_permutations=1_999, seed=4))
    assert table.loc[53, "found"] in (("hot95", "hot99") if statistic == "gi" else ("HH",))
    assert table.loc[[0, 11, 143], "found"].tolist() == ["none"] * 3
    assert (table["q"] >= table["p"]).all()
    wanted = count if variable == "count" else count / 100 if variable == "rate" else None
    assert wanted is None or table["value"].tolist() == pytest.approx(wanted.tolist())
    assert table["p_perm"].isna().all() == (variable in ("rate", "eb"))


def test_columns_are_those_of_the_single_functions():
    rng = np.random.default_rng(3)
    near, exposure = lattice(9), unequal(9, 1)
    count = rng.poisson(exposure).astype(float)
    table = analyse(count, exposure, near, Analysis("count", n_permutations=499, seed=9))
    assert table["score"].to_numpy() == pytest.approx(gi_star(count, near))
    assert table["p"].to_numpy() == pytest.approx(permuted_p(count, near, n_permutations=499, seed=9))
    assert table["q"].to_numpy() == pytest.approx(fdr_q(table["p"].to_numpy()))
    assert table["expected"].to_numpy() == pytest.approx(expected_counts(count, exposure))


@pytest.mark.parametrize(("variable", "statistic"), EVERY_KIND)
def test_what_says_nothing_has_a_named_class_and_no_nan(variable, statistic):
    how = Analysis(variable, statistic, n_permutations=99)
    ring, exposure = lattice(3), np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9])
    assert set(analyse(np.zeros(9), exposure, ring, how)["found"]) <= {"", "none"}
    if variable != "count":
        assert set(analyse(np.arange(9.0), np.zeros(9), ring, how)["found"]) == {""}
    one = analyse(np.array([3.0]), np.array([2.0]), sparse.csr_array((1, 1)), how)
    assert one["found"].tolist() == ["island"]
    alone = analyse(np.arange(9.0), exposure, sparse.csr_array((9, 9)), how)
    assert set(alone["found"]) == {"island"}
    assert alone["q"].isna().all()
    everyone = sparse.csr_array(np.ones((3, 3)) - np.eye(3))
    assert set(analyse(np.arange(3.0), np.ones(3), everyone, how)["found"]) <= {"", "none"}
    assert len(analyse(np.empty(0), np.empty(0), sparse.csr_array((0, 0)), how)) == 0


def test_units_without_exposure_take_no_part_in_rates():
    near, exposure = lattice(6), np.full(36, 50.0)
    exposure[[7, 8]] = 0
    count = np.where(np.arange(36) < 6, 9.0, 4.0)
    rates = analyse(count, exposure, near, Analysis("rate", n_permutations=199))
    assert rates.loc[[7, 8], "found"].tolist() == ["", ""]
    assert rates.loc[[7, 8], ["value", "score", "p", "q"]].isna().all(axis=None)
    assert rates.drop([7, 8])["q"].notna().all()
    kept = np.delete(np.arange(36), [7, 8])
    assert rates.loc[kept, "score"].to_numpy() == pytest.approx(gi_star((count / 50)[kept], near[kept][:, kept]))
    assert rates["n_neighbours"].tolist() == np.diff(near.indptr).tolist()


def test_a_unit_whose_neighbours_take_no_part_has_no_result():
    chain = distance_band(np.arange(6.0), np.zeros(6), 1.0)
    rates = analyse(np.array([5.0, 1, 1, 2, 3, 1]), np.array([9.0, 0, 9, 9, 9, 9]), chain, Analysis("rate"))
    assert rates.loc[0, "found"] == ""
    assert np.isnan(rates.loc[0, "q"])


@pytest.mark.parametrize("wrong", [[1.0, -1, 2], [1.0, np.nan, 2], [1.0, np.inf, 2]])
def test_counts_and_exposures_that_cannot_be_are_refused(wrong):
    chain = distance_band(np.arange(3.0), np.zeros(3), 1.0)
    with pytest.raises(BadInput, match="count of incidents is missing or negative"):
        analyse(np.array(wrong), np.ones(3), chain, Analysis())
    with pytest.raises(BadInput, match="exposure is missing or negative"):
        analyse(np.ones(3), np.array(wrong), chain, Analysis())


def test_neighbours_need_not_be_mutual():
    rng = np.random.default_rng(1)
    near = nearest(rng.uniform(0, 1, 80), rng.uniform(0, 1, 80), 5)
    assert (near != near.T).nnz
    table = analyse(rng.poisson(20, 80).astype(float), np.ones(80), near, Analysis(n_permutations=99))
    assert table["q"].notna().all()


def coloured_worlds(side: int, mean: float, how: Analysis) -> tuple[float, float]:
    """Share of worlds in which any unit is marked at q = 0.05; and were Gi* judged by the normal distribution."""
    near, exposure = lattice(side), unequal(side, 5)
    n_cases = int(mean * side**2)
    rng = np.random.default_rng(11)
    assert how.reference != "permutation" or not is_thin(n_cases * exposure / exposure.sum())  # no warning is given
    ours = normal = 0
    for world in range(N_WORLDS):
        count = rng.multinomial(n_cases, exposure / exposure.sum()).astype(float)
        table = analyse(count, exposure, near, Analysis(how.variable, how.statistic, how.n_permutations, world))
        ours += bool((table["q"] <= 0.05).any() and table["found"].isin(COLOURED).any())
        z = gi_star(table["value"].fillna(0.0).to_numpy(), near)
        normal += bool((fdr_q(two_sided_p(z)) <= 0.05).any())
    return ours / N_WORLDS, normal / N_WORLDS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "mean", "how"),
    [
        (20, 40.0, Analysis(n_permutations=9)),
        (20, 4.0, Analysis(n_permutations=9)),
        (20, 0.4, Analysis(n_permutations=9)),
        (20, 40.0, Analysis("excess", "moran", n_permutations=19_999)),
        (7, 20.0, Analysis("rate", "gi", n_permutations=1_999)),
        (7, 20.0, Analysis("rate", "moran", n_permutations=1_999)),
        (7, 20.0, Analysis("eb", "gi", n_permutations=1_999)),
        (7, 20.0, Analysis("eb", "moran", n_permutations=1_999)),
    ],
    ids=lambda value: f"{value.variable}-{value.statistic}" if isinstance(value, Analysis) else str(value),
)
def test_random_worlds_are_rarely_coloured(side, mean, how, capsys):
    """Each unit's chance is its exposure's; whatever is offered without a warning marks fewer than 1 world in 10."""
    ours, normal = coloured_worlds(side, mean, how)
    with capsys.disabled():
        print(
            f"\n{how.variable} {how.statistic}, {mean:g} per unit: {ours:.1%} of worlds marked; Gi* normal {normal:.1%}"
        )
    assert ours < 0.10


def test_the_normal_distribution_would_colour_thin_worlds():
    """Why `excess_p` is there: with 0.4 incidents per unit most of 40 random worlds would be marked."""
    near, exposure = lattice(20), unequal(20, 5)
    rng = np.random.default_rng(12)
    normal = ours = 0
    for _ in range(40):
        count = rng.multinomial(160, exposure / exposure.sum()).astype(float)
        table = analyse(count, exposure, near, Analysis(n_permutations=9))
        normal += bool((fdr_q(two_sided_p(table["score"].to_numpy())) <= 0.05).any())
        ours += bool((table["q"] <= 0.05).any())
    assert normal > 20
    assert ours < 8
