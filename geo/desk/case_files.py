"""Rates by unit, channel, category or month as a file: what a page shows a role behind its figures, and no more."""

import pandas as pd

from geo.desk.cases import list_rates
from geo.desk.held import Held
from geo.desk.values import to_series
from geo.hotspots.cube import describe_wanted
from geo.hotspots.rates import COUNTS, SHARES
from geo.schema import RESULTS, Role
from geo.schema.column import col
from geo.snapshot import cases, export, queries

_KEY = col(
    "group",
    "text",
    "",
    ("Group", "分组"),
    ("Code of the unit, word or month that the cases are of", "案件所属单位的编码、类别词或月份"),
)
_NAME = col("name", "text", "", ("Name", "名称"), ("Name of the unit", "单位名称"))
_EMPTY = "cells without a number are hidden small counts, or there are no cases"


def rates_file(held: Held, role: Role, asked: cases.Asked, fmt: str, lang: str) -> tuple[bytes, int]:
    """The rows of `list_rates` as a file of format `fmt` and how many they are; hidden cells are empty.

    Errors: those of `list_rates`, and `BadQuery` for a format there is none of.
    """
    told = list_rates(held, asked, role)
    rates = RESULTS["rates"]
    columns = [rates.column(name) for name in COUNTS]
    columns += [rates.column(f"{share}{end}") for share in SHARES for end in ("", "_low", "_high")]
    rows = told["rows"]
    frame = pd.DataFrame({"group": pd.Series([row["key"] for row in rows], dtype="str")})
    for column in columns:
        frame[column.name] = to_series([row[column.name] for row in rows], column)
    leading = [_KEY]
    if asked.by == "unit":
        units = queries.units_of(held.snapshot, asked.level).set_index("code")
        names = units["name_en"].fillna(units["name"]) if lang == "en" else units["name"]
        frame.insert(1, "name", frame["group"].map(names))
        leading.append(_NAME)
    chosen = "; ".join(map("=".join, describe_wanted(asked.wanted).items()))
    facts = {"by": asked.by, "within": asked.within or "", "filter": chosen or "none", "empty": _EMPTY}
    return export.to_bytes(frame, "rates", fmt, held.snapshot, (*leading, *columns), facts), len(rows)
