"""Single rows that people and programs hand in, checked by the same rules as those of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.crs import WGS84, parse_crs
from geo.intake.columns import typed_columns
from geo.intake.mapping import TableSource, TimeColumns
from geo.intake.points import Placed, place_points, read_xy
from geo.intake.quality import Refusals
from geo.intake.readers.source import cell_text
from geo.intake.tables import Surroundings, refuse_long, require_place
from geo.schema import SOURCES

Texts = npt.NDArray[np.object_]

_PLACE = ("lon", "lat")


@dataclass(frozen=True)
class CheckedRows:
    """`frame`: the rows that can be used, with the schema's columns, lon, lat and `line`; `refused` as in a file."""

    frame: pd.DataFrame
    refused: pd.DataFrame


def columns_of_rows(table: str) -> tuple[str, ...]:
    """The columns that a row of `table` may give: the schema's, and the lon and lat of a place.

    >>> columns_of_rows("places")
    ('source_id', 'name', 'kind', 'lon', 'lat')
    """
    return tuple(dict.fromkeys((*SOURCES[table].names(), *_PLACE)))


def check_rows(
    table: str, rows: Sequence[Mapping[str, Any]], around: Surroundings, lines: Sequence[int] | None = None
) -> CheckedRows:
    """Check `rows` of values by column (text, number, bool or None) of a table of points; coordinates are WGS84.

    `lines` number the rows in the answer (default: their positions). A row with an unknown column or with a value that
    is no plain one is refused, too. Times without an offset are civil time of the home.

    >>> from datetime import UTC, datetime
    >>> from geo.intake.points import Extent
    >>> from geo.rules import Rules
    >>> home = Extent((100.0, 20.0, 110.0, 30.0), 0.0)
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> around = Surroundings(home, parse_crs("EPSG:32649"), frozenset(), "Asia/Shanghai", now, Rules())
    >>> one, two = {"source_id": "7", "lon": 109.7, "lat": 28.3, "azimuth_deg": "东北"}, {"source_id": "8", "lon": "x"}
    >>> checked = check_rows("cameras", [one, two], around)
    >>> checked.frame[["source_id", "azimuth_deg", "status"]].values.tolist(), checked.refused["reason"].tolist()
    ([['7', 45.0, 'online']], ['bad_number'])
    """
    names = columns_of_rows(table)
    fields = {name: texts_of(rows, name) for name in names}
    refusals = Refusals(np.arange(len(rows)) if lines is None else np.asarray(lines), fields)
    refuse_strange(rows, names, refusals)
    refuse_long(fields, refusals, around.rules)
    given: dict[str, str | TimeColumns] = {name: name for name in names if any(name in row for row in rows)}
    source = TableSource(table=table, source="rows", file="", columns=given)
    series, _ = typed_columns(source, fields, refusals, around.rules, around.timezone, around.now)
    x, y = read_xy(fields["lon"], fields["lat"], refusals)
    # What most of them have wrong says nothing here: they are no file with one fault.
    lon, lat = place_points(Placed(""), x, y, parse_crs(WGS84), "wgs84", around.extent, refusals)
    series |= {"lon": pd.Series(lon), "lat": pd.Series(lat)}
    require_place(series, refusals, around)
    frame = pd.DataFrame({name: series[name] for name in names}).assign(line=refusals.lines)
    return CheckedRows(frame[refusals.kept()].reset_index(drop=True), refusals.frame())


def texts_of(rows: Sequence[Mapping[str, Any]], name: str) -> Texts:
    """The column `name` of `rows` as text, None where a row lacks it: object[n]."""
    texts: Texts = np.empty(len(rows), dtype=object)
    texts[:] = [_text(row.get(name)) for row in rows]
    return texts


def _text(value: Any) -> str | None:
    """The cell as text, with what UTF-8 cannot say written out."""
    text = cell_text(value)
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def refuse_strange(rows: Sequence[Mapping[str, Any]], names: Sequence[str], refusals: Refusals) -> None:
    """Refuse rows with a column that is none of `names`, or with a value that is neither text, number, yes nor no."""
    known = set(names)
    for place, row in enumerate(rows):
        strange = [(name, "unknown_column") for name in row if name not in known]
        strange += [(name, "not_plain") for name, value in row.items() if name in known and not _is_plain(value)]
        for name, code in strange[:1]:
            refusals.refuse(np.arange(len(rows)) == place, code, _text(name) or "")


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() or value.encode("utf-8", "replace").decode() == value
    return value is None or isinstance(value, bool | int | float)
