"""Emerging hot spots: how long, how steadily and which way each unit has been hot or cold (DOMAIN 6)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.errors import BadQuery, Words
from geo.hotspots.emerging.mann_kendall import Trend, mann_kendall
from geo.hotspots.emerging.patterns import label_patterns
from geo.hotspots.emerging.space_time import (
    Floats,
    Signs,
    expected_signs,
    gather_bins,
    permuted_signs,
    space_time_gi_star,
    standardise_steps,
)
from geo.hotspots.getis_ord import excess

Counts = npt.NDArray[np.integer]
Texts = npt.NDArray[np.object_]
#: What a bin is compared with: the whole `cube`, or its own `step`, so that season and growth do not count.
Window = Literal["cube", "step"]
#: What p-values come from: worlds of the exposure alone, or values that change places.
Reference = Literal["expected", "permutation"]
#: Two-sided p-value up to which a trend of z is one.
TREND_P = 0.05
N_PERMUTATIONS = 99_999
#: With fewer steps labels are given with a warning.
FEW_STEPS = 10
#: Why a unit has no label.
NO_RESULT: dict[str, Words] = {
    "no_steps": Words("there is no whole step of records", "没有完整的时段"),
    "no_incidents": Words("there are no incidents", "没有事件"),
    "no_exposure": Words(
        "it has no residents (or no area), so nothing is expected in it", "没有居民（或面积），无从期望"
    ),
    "one_unit": Words("there is no second unit to compare with", "没有可比较的其他单位"),
    "no_neighbours": Words("it has no neighbours", "没有相邻单位"),
    "no_variation": Words("values do not vary", "数值没有差异"),
    "whole_cube": Words("its neighbourhood is all there is", "其邻域即为全部"),
}


@dataclass(frozen=True)
class Emerging:
    """Of n units: `label` (`patterns.LABELS`, "" for no result), `reason` (code of `NO_RESULT`, "" with a label).

    `signs` int8 (n steps, n units): 1 hot, -1 cold, 0 neither; `z` of Gi*, same shape, NaN without a result; `trend`
    of z; `steps` names the steps.
    """

    label: Texts
    reason: Texts
    signs: Signs
    z: Floats
    trend: Trend
    steps: tuple[str, ...]


def find_emerging(
    counts: Counts,
    exposure: Floats,
    neighbours: sparse.csr_array,
    steps: tuple[str, ...],
    *,
    window: Window = "cube",
    reference: Reference = "expected",
    n_permutations: int = N_PERMUTATIONS,
    seed: int = 0,
) -> Emerging:
    """The label of each unit from `counts`, int (n steps, n units), and `exposure`, float64 (n units,).

    What is tested is the excess of each bin (a unit at a step) over its expectation over the whole cube,
    `E_it = C e_i / (T sum e)`, so that a month in which everything rises is hot everywhere. With the window "step" it
    is `C_t e_i / sum e`, and mean and S of z are those of the step: each step is compared with itself. `neighbours` is
    0/1 without diagonal; `steps` are the steps' names, oldest first. Units without exposure (0 or NaN) take no part,
    neither as neighbours nor in C. Hot and cold as `space_time.expected_signs` finds them, or, with the reference
    "permutation", `permuted_signs` with `n_permutations` and `seed`. Trend by Mann-Kendall on z; as neighbourhoods of
    two steps in a row overlap, its p is somewhat too small. Errors: `BadQuery` for shapes that do not fit, negative or
    missing counts, negative exposure.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(30, 30)).tocsr()
    >>> counts = np.full((12, 30), 20) + np.arange(30) % 3
    >>> counts[:, 10:13] = 60
    >>> find_emerging(counts, np.ones(30), line, tuple("abcdefghijkl")).label[[5, 11, 29]].tolist()
    ['none', 'persistent_hot', 'none']
    """
    _check(counts, exposure, neighbours, steps)
    label, reason = np.full(len(exposure), "", dtype=object), np.full(len(exposure), "no_exposure", dtype=object)
    signs, z = np.zeros(counts.shape, dtype=np.int8), np.full(counts.shape, np.nan)
    kept = np.flatnonzero(exposure > 0)
    own, weight = counts[:, kept], exposure[kept]
    if not own.sum() or len(kept) < 2:
        reason[kept] = "no_steps" if not len(steps) else "one_unit" if len(kept) < 2 else "no_incidents"
        return Emerging(label, reason, signs, z, mann_kendall(z), steps)
    near = neighbours if len(kept) == len(exposure) else neighbours[kept][:, kept]
    totals = own.sum(axis=1, keepdims=True)
    expected = (totals.mean(keepdims=True) if window == "cube" else totals) * (weight / weight.sum())
    bins = gather_bins(excess(own, expected), near)
    compared = bins if window == "cube" else gather_bins(standardise_steps(bins.values), near)
    z[:, kept] = space_time_gi_star(compared)
    if reference == "expected":
        signs[:, kept] = expected_signs(bins, expected, z[:, kept])
    else:
        signs[:, kept] = permuted_signs(compared, z[:, kept], n_permutations=n_permutations, seed=seed)
    trend = mann_kendall(z)
    known = np.isfinite(z).all(axis=0)
    label[known] = label_patterns(signs, trend.direction(TREND_P))[known]
    varies = np.ptp(bins.values) > 1e-12
    reason[kept] = np.where(bins.tested, "whole_cube" if varies else "no_variation", "no_neighbours")
    reason[known], signs[:, ~known] = "", 0
    return Emerging(label, reason, signs, z, trend, steps)


def _check(counts: Counts, exposure: Floats, neighbours: sparse.csr_array, steps: tuple[str, ...]) -> None:
    wanted = (len(steps), len(exposure))
    if counts.shape != wanted or neighbours.shape != (len(exposure), len(exposure)):
        raise BadQuery(
            Words(
                f"counts are {counts.shape} and neighbours {neighbours.shape} for {wanted} steps and units",
                f"计数为 {counts.shape}，邻接为 {neighbours.shape}，与时段和单位 {wanted} 不符",
            )
        )
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise BadQuery(Words("a count is missing or below 0", "有计数缺失或小于 0"))
    if (exposure < 0).any():
        raise BadQuery(Words("an exposure is below 0", "有暴露量小于 0"))
