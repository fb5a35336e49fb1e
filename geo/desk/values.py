"""Frame cells as JSON values: rounded to what a page can show, None where there is no value."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

from geo.schema import Column

#: Decimals that are shown, by unit.
DIGITS = {"share": 5, "m2": 1, "m": 2, "deg": 6, "people": 1, "count": 4}


def to_list(values: Any, column: Column) -> list[Any]:
    """The column's cells as JSON values, in order.

    >>> from geo.schema import RESULTS
    >>> to_list(pd.Series([0.1234567, None]), RESULTS["coverage"].column("online_share"))
    [0.12346, None]
    """
    series = pd.Series(values)
    lacking = series.isna().to_numpy()
    cells: list[Any]
    if column.dtype == "float":
        rounded = np.round(series.to_numpy(dtype=np.float64, na_value=np.nan), DIGITS.get(column.unit, 4))
        cells = rounded.tolist()
        lacking = ~np.isfinite(rounded)
    elif column.dtype == "int":
        cells = series.astype("Float64").fillna(0).astype("int64").tolist()
    elif column.dtype == "bool":
        cells = series.astype("boolean").fillna(False).tolist()
    elif column.dtype == "time":
        cells = [to_instant(cell) if not empty else None for cell, empty in zip(series, lacking, strict=True)]
    else:
        cells = [cell.isoformat() if isinstance(cell, date) else cell for cell in series.tolist()]
    return [None if empty else cell for cell, empty in zip(cells, lacking, strict=True)]


def to_series(cells: list[Any], column: Column) -> pd.Series:
    """JSON values as a column of a frame; what is None is missing.

    >>> from geo.schema import RESULTS
    >>> to_series([3, None], RESULTS["units"].column("n_cameras")).dtype
    Int64Dtype()
    """
    dtypes = {"int": "Int64", "float": "Float64", "bool": "boolean"}
    return pd.Series(cells, dtype=dtypes.get(column.dtype, "str"))


def to_instant(moment: datetime) -> str:
    """A UTC moment as ISO 8601 with Z.

    >>> to_instant(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    '2026-01-02T03:04:00Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def to_record(frame: pd.DataFrame, columns: tuple[Column, ...], row: int = 0) -> dict[str, Any]:
    """One row as {column: JSON value}."""
    return {column.name: to_list(frame[column.name].iloc[row : row + 1], column)[0] for column in columns}
