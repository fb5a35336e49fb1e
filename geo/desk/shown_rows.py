"""What files of shown rows have in common: spans of figures, and columns as the page has them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import BadQuery, Words
from geo.schema import Column

#: From (counted) to (not counted); None: no end.
Span = tuple[float | None, float | None]


def between(values: pd.Series, span: Span, digits: int) -> NDArray[np.bool_]:
    """From <= value < to, rounded as the page has them: else a row on the edge would be in one and not in the other.

    >>> between(pd.Series([0.96, 1.0, 2.0]), (1.0, 2.0), 1).tolist()
    [True, True, False]
    """
    cells = np.round(values.to_numpy(dtype=np.float64, na_value=np.nan), digits)
    low, high = span
    keep = np.ones(len(cells), dtype=bool)
    if low is not None:
        keep &= cells >= low
    if high is not None:
        keep &= cells < high
    return keep


def span_words(span: Span) -> str:
    """A span in a line, "" where both ends are open.

    >>> span_words((30.0, None)), span_words((None, None))
    ('30-', '')
    """
    ends = ["" if end is None else f"{end:g}" for end in span]
    return "-".join(ends) if any(ends) else ""


def check_columns(strange: Sequence[str], declared: Sequence[Column]) -> None:
    """`BadQuery` that names the first of `strange`, if any, beside the columns there are."""
    if strange:
        known = ", ".join(column.name for column in declared)
        raise BadQuery(Words(f"no column {strange[0]!r}; columns are {known}", f"没有列 {strange[0]!r}"))


def lay_out(
    ordered: pd.DataFrame, declared: Sequence[Column], columns: Sequence[str]
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """Rows with the `columns` asked (none: all), always those that name the row, and with their geometry."""
    shown = tuple(one for one in declared if not columns or one.name in (*columns, "level", "code", "name"))
    found = ordered[[*(column.name for column in shown), "geometry"]].reset_index(drop=True)
    found.attrs = {"hidden": {}}
    return found, shown
