"""The conservation law: rows read = assigned + outside + refused, and each parent equals the sum of its children."""

from itertools import pairwise

import pandas as pd

from geo.errors import NotBalanced, Words
from geo.partition.hierarchy import parents_of
from geo.schema import RESULTS, HomeInfo


def count_ledger(
    layer: str, n_read: int, n_refused: int, assigned: pd.DataFrame, units: pd.DataFrame, home: HomeInfo
) -> pd.DataFrame:
    """The ledger of one joined layer, with the columns of `RESULTS["ledger"]`.

    `assigned` has one row per row that was not refused and one column per level (as `assign_levels` gives it), None
    where the row is in no unit of that level; `units` has level, code, parent_code and, if it is there, name.

    Each level gets one row with an empty code (its name is the level's title): rows read, assigned, outside and
    refused. It is balanced where nothing was lost or counted twice. Then one row per unit: how many rows it was
    assigned; it is balanced where these are the rows of its children (plus those known at this level and no finer).
    What a unit's row cannot say (read, outside, refused) is missing there, not 0.

    >>> from geo.schema import Level
    >>> home = HomeInfo("H", "H", "UTC", "EPSG:4326", (Level("grid", "格", "Grid", "town"), Level("town", "镇", "T")))
    >>> rows = [("grid", "g1", "t"), ("grid", "g2", "t"), ("town", "t", None)]
    >>> units = pd.DataFrame(rows, columns=["level", "code", "parent_code"])
    >>> assigned = pd.DataFrame({"grid": ["g1", "g1", "g2", None], "town": ["t", "t", "t", None]})
    >>> ledger = count_ledger("cameras", 5, 1, assigned, units, home)
    >>> columns = ["level", "code", "rows_read", "assigned", "outside", "refused"]
    >>> ledger[columns].head(1).to_csv(index=False, header=False)
    'grid,,5,3,1,1\\n'
    >>> bool(ledger["balanced"].all())
    True
    """
    finer = _finer_levels(home)
    parts = []
    for level in home.levels:
        own = units[units["level"] == level.name].sort_values("code")
        counts = assigned[level.name].value_counts()
        n_own = counts.reindex(own["code"]).fillna(0).astype("int64")
        below = _from_children(assigned, units, level.name, finer.get(level.name)).reindex(own["code"])
        whole = below.isna() | (below == n_own)
        n_assigned = int(assigned[level.name].notna().sum())
        n_outside = len(assigned) - n_assigned
        kept = n_read == n_assigned + n_outside + n_refused and int(n_own.sum()) == n_assigned
        names = own["name"] if "name" in own else own["code"]
        parts.append(
            pd.DataFrame(
                {
                    "level": level.name,
                    "code": ["", *own["code"]],
                    "name": [level.title_zh, *names],
                    "layer": layer,
                    "rows_read": pd.array([n_read, *[pd.NA] * len(own)], dtype="Int64"),
                    "assigned": pd.array([n_assigned, *n_own], dtype="Int64"),
                    "outside": pd.array([n_outside, *[pd.NA] * len(own)], dtype="Int64"),
                    "refused": pd.array([n_refused, *[pd.NA] * len(own)], dtype="Int64"),
                    "balanced": [kept and bool(whole.all()), *whole],
                }
            )
        )
    ledger = pd.concat(parts, ignore_index=True)
    return ledger[list(RESULTS["ledger"].names())]


def check_balanced(ledger: pd.DataFrame) -> None:
    """Raise `NotBalanced` naming each layer and level (or unit) that does not balance, with its numbers.

    >>> check_balanced(pd.DataFrame({"balanced": [True]}))
    """
    wrong = ledger[~ledger["balanced"].astype(bool)]
    if wrong.empty:
        return
    faults = []
    for row in wrong.head(10).to_dict("records"):
        if row["code"] == "":
            numbers = (row["rows_read"], row["assigned"], row["outside"], row["refused"])
            faults.append(
                Words(
                    "{} at level {}: read {}, assigned {}, outside {}, refused {}".format(
                        row["layer"], row["level"], *numbers
                    ),
                    "{}，层级 {}：读入 {}，归入 {}，界外 {}，未导入 {}".format(row["layer"], row["level"], *numbers),
                )
            )
        else:
            faults.append(
                Words(
                    f"{row['layer']}: {row['level']} {row['code']} has {row['assigned']} rows, its children not",
                    f"{row['layer']}：{row['level']} {row['code']} 有 {row['assigned']} 行，与下级之和不符",
                )
            )
    raise NotBalanced(*faults)


def _finer_levels(home: HomeInfo) -> dict[str, str]:
    """The level one step below each, within the chain that the level is taken from."""
    finer: dict[str, str] = {}
    for chain in home.chains():
        for child, level in pairwise(chain):
            finer.setdefault(level, child)
    return finer


def _from_children(assigned: pd.DataFrame, units: pd.DataFrame, level: str, child: str | None) -> "pd.Series[float]":
    """Rows per unit of `level` counted through its children; missing everywhere where no level lies below."""
    codes = pd.Index(sorted(units.loc[units["level"] == level, "code"]), dtype=object)
    if child is None:
        return pd.Series(float("nan"), index=codes)
    through = assigned[child].map(parents_of(units, child)).dropna().value_counts()
    direct = assigned.loc[assigned[child].isna(), level].dropna().value_counts()
    return (through.reindex(codes).fillna(0) + direct.reindex(codes).fillna(0)).astype("float64")
