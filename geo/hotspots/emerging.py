"""Emerging hot spots: how long, how steadily and which way each unit has been hot or cold (DOMAIN 6)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.errors import BadQuery, Words
from geo.hotspots.getis_ord import excess
from geo.hotspots.mann_kendall import Trend, mann_kendall
from geo.hotspots.patterns import label_patterns
from geo.hotspots.random_sums import find_cell
from geo.hotspots.space_time import (
    Floats,
    Signs,
    endless_signs,
    gather_bins,
    permuted_signs,
    space_time_gi_star,
    standardise_steps,
)

Counts = npt.NDArray[np.integer]
Texts = npt.NDArray[np.object_]
#: `cube`: mean and S over all bins; `step`: values are first standardised within their step (season and growth go).
Window = Literal["cube", "step"]
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
    n_permutations: int = N_PERMUTATIONS,
    seed: int = 0,
) -> Emerging:
    """The label of each unit from `counts`, int (n steps, n units), and `exposure`, float64 (n units,).

    What is tested is the excess of each bin (a unit at a step) over its expectation over the whole cube,
    `E_it = C e_i / (T sum e)`, so that a month in which everything rises is hot everywhere, unless `window` is "step".
    `neighbours` is 0/1 without diagonal; `steps` are the steps' names, oldest first. Units without exposure (0 or NaN)
    take no part, neither as neighbours nor in C. Hot and cold as `space_time.permuted_signs` finds them, trend by
    Mann-Kendall on z. Errors: `BadQuery` for shapes that do not fit, negative or missing counts, negative exposure.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(30, 30)).tocsr()
    >>> counts = np.full((12, 30), 4)
    >>> counts[:, 10:13] = 40
    >>> found = find_emerging(counts, np.ones(30), line, tuple("abcdefghijkl"), n_permutations=9_999)
    >>> found.label[[5, 11, 29]].tolist()
    ['none', 'persistent_hot', 'none']
    """
    _check(counts, exposure, neighbours, steps)
    label, reason = np.full(len(exposure), "", dtype=object), np.full(len(exposure), "no_exposure", dtype=object)
    signs, z = np.zeros(counts.shape, dtype=np.int8), np.full(counts.shape, np.nan)
    values, near, kept = _excess(counts, exposure, neighbours, window)
    if values is None:
        reason[kept] = "no_steps" if not len(steps) else "one_unit" if len(kept) < 2 else "no_incidents"
        return Emerging(label, reason, signs, z, mann_kendall(z), steps)
    bins = gather_bins(values, near)
    z[:, kept] = space_time_gi_star(bins)
    signs[:, kept] = permuted_signs(bins, z[:, kept], n_permutations=n_permutations, seed=seed)
    trend = mann_kendall(z)
    known = np.isfinite(z).all(axis=0)
    label[known] = label_patterns(signs, trend.direction(TREND_P))[known]
    reason[kept] = np.where(
        bins.tested, "whole_cube" if np.ptp(bins.values) > 1e-12 else "no_variation", "no_neighbours"
    )
    reason[known], signs[:, ~known] = "", 0
    return Emerging(label, reason, signs, z, trend, steps)


def label_again(counts: Counts, exposure: Floats, neighbours: sparse.csr_array, window: Window = "cube") -> Texts:
    """The labels of `find_emerging` with the p-values that permutations without end come to: object (n units,).

    Quick enough to be run a hundred times. On the demo they part from those of 99,999 permutations no more than these
    do from those of another seed.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(30, 30)).tocsr()
    >>> counts = np.full((12, 30), 4)
    >>> counts[:, 10:13] = 40
    >>> label_again(counts, np.ones(30), line)[[5, 11, 29]].tolist()
    ['none', 'persistent_hot', 'none']
    """
    label = np.full(len(exposure), "", dtype=object)
    values, near, kept = _excess(counts, exposure, neighbours, window)
    if values is None:
        return label
    cell = find_cell(values)
    bins = gather_bins(np.rint(values / cell) * cell, near)
    z = space_time_gi_star(bins)
    signs = endless_signs(bins, z, cell)
    direction = np.zeros(len(kept), dtype=np.int8)
    # Of the others the trend does not matter.
    often = np.flatnonzero(10 * np.abs(signs.sum(axis=0, dtype=np.int64)) >= 8 * len(signs))
    direction[often] = mann_kendall(z[:, often]).direction(TREND_P)
    label[kept] = np.where(np.isfinite(z).all(axis=0), label_patterns(signs, direction), "")
    return label


def _excess(
    counts: Counts, exposure: Floats, neighbours: sparse.csr_array, window: Window
) -> tuple[Floats | None, sparse.csr_array, npt.NDArray[np.int64]]:
    """Of the units that take part: the values to test, None where there are none; the neighbours; which they are."""
    kept = np.flatnonzero(exposure > 0)
    own, weight = counts[:, kept], exposure[kept]
    near = neighbours if len(kept) == len(exposure) else neighbours[kept][:, kept]
    total = own.sum()
    if not total or len(kept) < 2:
        return None, near, kept
    values = excess(own, total / len(own) * (weight / weight.sum()))
    return standardise_steps(values) if window == "step" else values, near, kept


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
