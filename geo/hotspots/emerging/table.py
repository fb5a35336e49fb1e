"""The table `emerging`: the label of each unit of a level by steps of time, why, and how firmly it stands."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from geo.hotspots.cube import Cube
from geo.hotspots.emerging.because import tell_because
from geo.hotspots.emerging.find import FEW_STEPS, Emerging, find_emerging
from geo.hotspots.emerging.stability import share_stable
from geo.hotspots.emerging.steps import CubeStep
from geo.rules import Rules


def measure_emerging(
    months: Cube, exposure: npt.NDArray[np.float64], neighbours: sparse.csr_array, rules: Rules
) -> pd.DataFrame:
    """One row per unit of a level, in order: the columns of the table `emerging` but level, code and name.

    `months` are the counts by whole months; `exposure` float64 (n units,), `neighbours` 0/1 without diagonal, as
    `find_emerging` takes them. Errors: as `find_emerging`.

    >>> line = sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(30, 30)).tocsr()
    >>> counts = np.full((2, 30), 20) + np.arange(30) % 3
    >>> counts[:, 10:13] = 60
    >>> table = measure_emerging(Cube(counts, ("2026-01", "2026-02")), np.ones(30), line, Rules(stability_reruns=9))
    >>> table.loc[11, ["label", "n_hot", "n_steps", "first_hot", "last_hot", "warning"]].astype(str).tolist()
    ['persistent_hot', '2', '2', '2026-01', '2026-02', 'few_steps']
    """
    counts, n_reruns, seed = months.counts, rules.stability_reruns, rules.hotspot_seed
    found = find_emerging(counts, exposure, neighbours, months.steps)
    stable = share_stable(found.label, counts, exposure, neighbours, n_reruns=n_reruns, seed=seed)
    return table_of_emerging(found, "month", stable)


def table_of_emerging(found: Emerging, step: CubeStep, stable: npt.NDArray[np.float64]) -> pd.DataFrame:
    """One row per unit: what was `found` by steps of time, and the share of re-runs with the same label.

    Columns as of the table `emerging`, whose months are steps here.

    >>> from geo.hotspots.emerging.mann_kendall import mann_kendall
    >>> z, signs = np.array([[3.0], [0], [2]]), np.array([[1], [0], [1]], dtype=np.int8)
    >>> label, reason = np.array(["sporadic_hot"], dtype=object), np.array([""], dtype=object)
    >>> found = Emerging(label, reason, signs, z, mann_kendall(z), ("2026-W01", "2026-W02", "2026-W03"))
    >>> row = table_of_emerging(found, "week", np.array([0.9])).loc[0]
    >>> row[["first_hot", "last_hot", "because_zh"]].tolist()
    ['2026-W01', '2026-W03', '3 周中有 2 周为热点，含最近一周；无显著趋势；不足 10 周，谨慎解读']
    """
    because = tell_because(found, step)
    known = found.label != ""
    first, last = _first_and_last_hot(found)
    return pd.DataFrame(
        {
            "label": found.label,
            "n_hot": pd.Series((found.signs > 0).sum(axis=0), dtype="Int64").where(known),
            "n_cold": pd.Series((found.signs < 0).sum(axis=0), dtype="Int64").where(known),
            "n_steps": pd.array(np.full(len(known), len(found.steps)), "Int64"),
            "first_hot": first,
            "last_hot": last,
            "mk_z": np.where(known, found.trend.z, np.nan),
            "mk_p": np.where(known, found.trend.p, np.nan),
            "stability_share": stable,
            "because_en": [words.en for words in because],
            "because_zh": [words.zh for words in because],
            "warning": np.where(known, "few_steps" if len(found.steps) < FEW_STEPS else "", found.reason),
        }
    )


def _first_and_last_hot(found: Emerging) -> tuple[list[str | None], list[str | None]]:
    """Names of the first and the last hot step of each unit, None where it never was hot."""
    first: list[str | None] = [None] * len(found.label)
    last = first.copy()
    for step, unit in zip(*np.nonzero(found.signs > 0), strict=True):
        first[unit] = first[unit] or found.steps[step]
        last[unit] = found.steps[step]
    return first, last
