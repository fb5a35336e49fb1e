"""How reports are answered: close, on-time, mediation and solve rates with Wilson intervals (DOMAIN 4)."""

import numpy as np
import pandas as pd

from geo.rules import Rules
from geo.schema.home import HomeInfo

#: Quantile of the normal distribution that leaves 2.5 % above it: of intervals of 95 %.
Z95 = 1.959963984540054
COUNTS = ("n_received", "n_filed", "n_due", "n_closed", "n_on_time", "n_accepted", "n_mediated", "n_solved")
#: Those that count by the time at which a case is due; the others by the time at which it was reported.
BY_DUE = ("n_due", "n_closed", "n_on_time")
#: Outcomes of cases that are solved, whether by agreement or not.
SOLVED = ("mediated", "resolved")
#: Shares of cases and the two counts they divide.
SHARES: dict[str, tuple[str, str]] = {
    "close_share": ("n_closed", "n_due"),
    "on_time_share": ("n_on_time", "n_due"),
    "mediation_share": ("n_mediated", "n_accepted"),
    "solve_share": ("n_solved", "n_accepted"),
}


def wilson(n_yes: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson 95 % interval (low, high) of shares `n_yes / n`, shapes as given; NaN where n is 0 or NaN.

    >>> low, high = wilson(np.array([81.0, 0.0]), np.array([263.0, 20.0]))
    >>> [round(float(v), 4) for v in (low[0], high[0], low[1], high[1])]
    [0.2553, 0.3662, 0.0, 0.1611]
    """
    n = np.where(np.asarray(n, dtype=float) > 0, n, np.nan)
    share = n_yes / n
    middle = share + Z95**2 / (2 * n)
    spread = Z95 * np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    scale = 1 + Z95**2 / n
    return np.clip((middle - spread) / scale, 0.0, 1.0), np.clip((middle + spread) / scale, 0.0, 1.0)


def due_times(incidents: pd.DataFrame, rules: Rules) -> pd.Series:
    """`due_at`, else reported_at + the category's `Rules.due_days`; NaT where neither is known.

    >>> at = pd.Timestamp("2026-01-01", tz="UTC")
    >>> rows = pd.DataFrame({"reported_at": [at], "due_at": [pd.NaT], "category": ["noise"]})
    >>> rows["due_at"] = pd.to_datetime(rows["due_at"], utc=True)
    >>> due_times(rows, Rules(due_days=(("noise", 3.0),))).dt.day.tolist()
    [4]
    """
    limits = pd.to_timedelta(incidents["category"].map(dict(rules.due_days)).astype(float), unit="D")
    return incidents["due_at"].fillna(incidents["reported_at"] + limits)


def flag_incidents(incidents: pd.DataFrame, rules: Rules, as_of: pd.Timestamp) -> pd.DataFrame:
    """One 0/1 column per name in `COUNTS` on the incidents' index; NaN where the source records nothing of the kind."""
    due = due_times(incidents, rules)
    closed = incidents["closed_at"]
    is_due = due <= as_of
    is_closed = is_due & (closed <= as_of)
    flags = pd.DataFrame(
        {
            "n_received": incidents["reported_at"] <= as_of,
            "n_filed": incidents["filed_at"] <= as_of,
            "n_due": is_due,
            "n_closed": is_closed,
            "n_on_time": is_closed & (closed <= due),
            "n_accepted": incidents["accepted_at"] <= as_of,
            "n_mediated": (incidents["accepted_at"] <= as_of) & (incidents["outcome"] == "mediated"),
            "n_solved": (incidents["accepted_at"] <= as_of) & incidents["outcome"].isin(SOLVED),
        },
        index=incidents.index,
    ).astype(float)
    if not incidents["filed_at"].notna().any():
        flags["n_filed"] = np.nan
    if not due.notna().any():
        flags["n_due"] = np.nan
    if not (due.notna().any() and closed.notna().any()):
        flags[["n_closed", "n_on_time"]] = np.nan
    if not incidents["accepted_at"].notna().any():
        flags["n_accepted"] = np.nan
    if not (incidents["accepted_at"].notna().any() and incidents["outcome"].notna().any()):
        flags[["n_mediated", "n_solved"]] = np.nan
    return flags


def measure_rates(
    units: pd.DataFrame,
    home: HomeInfo,
    incidents: pd.DataFrame,
    incident_levels: pd.DataFrame,
    rules: Rules,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """Counts and rates of every unit over all records up to `as_of`: the columns of the table `rates` but `name`.

    `units`: level, code. `incident_levels`: one column per level with the assigned code, on the index
    of `incidents`. A nested parent equals the sum of its children, as both come from the same rows.
    """
    flags = flag_incidents(incidents, rules, as_of)
    parts = []
    for level in home.levels:
        codes = units.loc[units["level"] == level.name, "code"]
        sums = flags.groupby(incident_levels[level.name]).sum(min_count=1).reindex(codes)
        known = flags.notna().any()
        sums = sums.fillna(dict.fromkeys(known[known].index, 0.0))
        sums.insert(0, "level", level.name)
        parts.append(sums.rename_axis("code").reset_index())
    table = pd.concat(parts, ignore_index=True)
    return with_shares(table)


def with_shares(table: pd.DataFrame) -> pd.DataFrame:
    """`table` of `COUNTS` with the shares of these and their Wilson limits, missing where nothing is divided.

    >>> table = with_shares(pd.DataFrame({name: [972.0] for name in COUNTS}) * [1, 1, 1, 0.9, 0.8, 0, 0, 0])
    >>> [round(float(table[name].iloc[0]), 3) for name in ("close_share", "on_time_share", "solve_share")]
    [0.9, 0.8, nan]
    """
    table = table.copy()
    for share, (part, whole) in SHARES.items():
        n = table[whole].where(table[whole] > 0)
        table[share] = table[part] / n
        table[f"{share}_low"], table[f"{share}_high"] = wilson(table[part].to_numpy(), n.to_numpy())
    table[list(COUNTS)] = table[list(COUNTS)].round().astype("Int64")
    return table
