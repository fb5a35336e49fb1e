"""One analysis of one level: what is tested, by which statistic, against what, and the class of each unit after FDR."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from geo.errors import BadInput, Words
from geo.hotspots.empirical_bayes import global_eb, raw_rate
from geo.hotspots.getis_ord import ISLAND, NO_RESULT, classify_hotspots, excess, fdr_q, gi_star
from geo.hotspots.moran import classify_moran, local_moran
from geo.hotspots.permutation import permuted_p
from geo.hotspots.random_worlds import excess_p, sampled_p

Floats = npt.NDArray[np.float64]
Variable = Literal["excess", "count", "rate", "eb"]
Statistic = Literal["gi", "moran"]
VARIABLES: tuple[Variable, ...] = get_args(Variable)
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
#: Share of units that expect less than one incident, above which permutations of the excess, whose units are then no
#: longer alike, flag more than one random world in ten.
_THIN_SHARE = 0.3
#: Values that differ by less, as a share of the largest, are all the same.
_SAME = 1e-12


@dataclass(frozen=True)
class Analysis:
    """What is asked.

    `variable`: "excess" over expectation, raw "count", raw "rate" or "eb" (empirical Bayes rate). `statistic`: "gi"
    (Getis-Ord Gi*) or "moran" (local Moran's I). `n_permutations` are random worlds for the two rates.
    """

    variable: Variable = "excess"
    statistic: Statistic = "gi"
    n_permutations: int = 99_999
    seed: int = 0
    fdr_levels: tuple[float, float, float] = (0.01, 0.05, 0.10)

    @property
    def reference(self) -> Literal["expected", "permutation", "worlds"]:
        """Where the classes' p-values come from: `excess_p`, `permuted_p` or `sampled_p`.

        >>> Analysis().reference, Analysis(statistic="moran").reference, Analysis("eb").reference
        ('expected', 'permutation', 'worlds')
        """
        if self.variable in ("rate", "eb"):
            return "worlds"
        return "expected" if (self.variable, self.statistic) == ("excess", "gi") else "permutation"


def analyse(count: Floats, exposure: Floats, neighbours: sparse.csr_array, how: Analysis) -> pd.DataFrame:
    """The analysis of n units, one row each, in their order.

    `count` and `exposure`: float64 (n,), finite and not negative; `neighbours`: 0/1 without diagonal. Columns:
    `expected` (incidents in proportion to exposure, NaN where nobody is exposed anywhere), `value` (the variable; rates
    are NaN where nobody is exposed, and such units take no part in the test), `n_neighbours`, `score` (z of Gi* or I),
    `p` (two-sided, of `how.reference`), `p_perm` (conditional permutation; NaN for rates), `q` (Benjamini-Hochberg over
    all units with a p) and `found` (the class; "" is no result). Errors: `BadInput` for counts or exposures that are
    missing or negative.

    >>> from geo.hotspots.neighbours import distance_band
    >>> line = distance_band(np.arange(40.0), np.zeros(40), 1.0)
    >>> count = np.where(np.arange(40) < 3, 60.0, 20.0 + np.arange(40) % 5)
    >>> analyse(count, np.ones(40), line, Analysis(n_permutations=999))["found"].tolist()[:5]
    ['hot99', 'hot99', 'hot99', 'none', 'none']
    """
    check_counts(count, exposure)
    value = _variable(how.variable, exposure)(count)
    takes = np.isfinite(value)
    table = pd.DataFrame(
        {
            "expected": expected_counts(count, exposure),
            "value": value,
            "n_neighbours": np.diff(neighbours.indptr),
            **dict.fromkeys(("score", "p", "p_perm", "q"), np.nan),
            "found": pd.Series(NO_RESULT, index=range(len(count)), dtype=object),
        }
    )
    if takes.any() and np.ptp(value[takes]) > _SAME * np.abs(value[takes]).max():
        near = sparse.csr_array(neighbours[takes][:, takes])
        for column, cells in _test(count[takes], exposure[takes], value[takes], near, how).items():
            table.loc[takes, column] = cells
    table.loc[table["n_neighbours"] == 0, "found"] = ISLAND
    return table


def check_counts(count: Floats, exposure: Floats) -> None:
    """Raise `BadInput` for a count or exposure that is missing or negative."""
    for values, en, zh in ((count, "a count of incidents", "事件数"), (exposure, "an exposure", "暴露量")):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise BadInput(Words(f"{en} is missing or negative", f"{zh}缺失或为负"))


def expected_counts(count: Floats, exposure: Floats) -> Floats:
    """`E_i = C e_i / sum e`, float64 (n,): the C incidents in proportion to exposure, NaN where that is 0 throughout.

    >>> expected_counts(np.array([2.0, 4]), np.array([1.0, 2])).tolist()
    [2.0, 4.0]
    """
    total = exposure.sum()
    return count.sum() * exposure / total if total > 0 else np.full(len(count), np.nan)


def is_thin(expected: Floats) -> bool:
    """Whether more than three in ten units expect less than one incident: too many for permutations of the excess.

    >>> is_thin(np.array([0.2, 3.0, 4.0, 5.0])), is_thin(np.array([0.2, 0.3, 4.0, 5.0]))
    (False, True)
    """
    return bool((expected < 1.0).mean() > _THIN_SHARE) if len(expected) else False


def _variable(name: Variable, exposure: Floats) -> Callable[[Floats], Floats]:
    """The variable as a function of counts, float64 (n,) or (n, worlds)."""
    if name == "count":
        return lambda count: count
    if name == "rate":
        return lambda count: raw_rate(count, exposure)
    if name == "eb":
        return lambda count: global_eb(count, exposure)
    return lambda count: excess(count, expected_counts(count, exposure))


def _test(
    count: Floats, exposure: Floats, value: Floats, neighbours: sparse.csr_array, how: Analysis
) -> dict[str, npt.NDArray[Any]]:
    """Score, p-values, q-value and class of units that all take part and whose values vary."""
    n_neighbours = np.diff(neighbours.indptr)
    moran, lag = local_moran(value, neighbours)
    score = gi_star(value, neighbours) if how.statistic == "gi" else moran
    permuted = np.full(len(value), np.nan)
    if how.reference == "worlds":
        p = sampled_p(
            count, exposure, _statistic(how, exposure, neighbours), n_worlds=how.n_permutations, seed=how.seed
        )
    else:
        p = permuted = permuted_p(value, neighbours, n_permutations=how.n_permutations, seed=how.seed)
    sign = score
    if how.reference == "expected":
        sign, p = excess_p(value, expected_counts(count, exposure), neighbours)
    p = np.where(np.isnan(score) | (n_neighbours == 0), np.nan, p)
    q = fdr_q(p)
    if how.statistic == "gi":
        # Where so few are expected that the sum leans one way in every world, Gi* and p may point apart.
        z = np.where(np.isnan(q), np.nan, score)
        found = classify_hotspots(z, np.where(sign * score < 0, 1.0, q), n_neighbours, how.fdr_levels)
    else:
        found = classify_moran(value, lag, q, n_neighbours, how.fdr_levels[1])
    found[n_neighbours == 0] = NO_RESULT
    return {"score": score, "p": p, "p_perm": permuted, "q": q, "found": found}


def _statistic(how: Analysis, exposure: Floats, neighbours: sparse.csr_array) -> Callable[[Floats], Floats]:
    """The score as a function of counts, float64 (n, worlds)."""
    variable = _variable(how.variable, exposure)
    if how.statistic == "gi":
        return lambda counts: gi_star(variable(counts), neighbours)
    return lambda counts: local_moran(variable(counts), neighbours)[0]
