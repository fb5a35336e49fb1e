"""The table `emerging`: the label of each unit of a level by months, why, and how firmly it stands."""

import calendar
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from geo.hotspots.cube import Cube
from geo.hotspots.emerging.because import tell_because
from geo.hotspots.emerging.find import FEW_STEPS, Emerging, find_emerging
from geo.hotspots.emerging.stability import share_stable
from geo.rules import Rules

#: A month counts where the records cover this share of its days.
_WHOLE = 0.9


def whole_months(first: date, last: date) -> tuple[date, date] | None:
    """First and last day of the whole months within records from day `first` to day `last`; None where there is none.

    A month at either end counts where nine tenths of its days are covered: one that has only begun would look cold.

    >>> whole_months(date(2026, 1, 3), date(2026, 4, 12))
    (datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    >>> whole_months(date(2026, 1, 5), date(2026, 2, 28))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    start = first.replace(day=1)
    n_days = calendar.monthrange(first.year, first.month)[1]
    if n_days - first.day + 1 < _WHOLE * n_days:
        start += timedelta(days=n_days)
    n_days = calendar.monthrange(last.year, last.month)[1]
    end = last.replace(day=n_days) if last.day >= _WHOLE * n_days else last.replace(day=1) - timedelta(days=1)
    return (start, end) if start < end else None


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
    counts = months.counts
    found = find_emerging(counts, exposure, neighbours, months.steps)
    because = tell_because(found, "month")
    known = found.label != ""
    n_reruns, seed = rules.stability_reruns, rules.hotspot_seed
    stable = share_stable(found.label, counts, exposure, neighbours, n_reruns=n_reruns, seed=seed)
    first, last = _first_and_last_hot(found)
    return pd.DataFrame(
        {
            "label": found.label,
            "n_hot": pd.Series((found.signs > 0).sum(axis=0), dtype="Int64").where(known),
            "n_cold": pd.Series((found.signs < 0).sum(axis=0), dtype="Int64").where(known),
            "n_steps": pd.array(np.full(len(known), len(months.steps)), "Int64"),
            "first_hot": first,
            "last_hot": last,
            "mk_z": np.where(known, found.trend.z, np.nan),
            "mk_p": np.where(known, found.trend.p, np.nan),
            "stability_share": stable,
            "because_en": [words.en for words in because],
            "because_zh": [words.zh for words in because],
            "warning": np.where(known, "few_steps" if len(months.steps) < FEW_STEPS else "", found.reason),
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
