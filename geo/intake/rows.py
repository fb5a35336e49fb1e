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
_NUMBER = ("float", "int")
_TEXT = frozenset({str, type(None)})


@dataclass(frozen=True)
class CheckedRows:
    """`frame`: the rows that can be used; `refused` as in a file.

    Columns are `line`, lon, lat and those of the schema that are required, given by any row, or looked at in any case.
    """

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
    said: set[str] = set().union(*rows)
    fields = {name: texts_of(rows, name) for name in names if name in said or name in _PLACE}
    refusals = Refusals(np.arange(len(rows)) if lines is None else np.asarray(lines, dtype=np.int64), fields)
    refuse_strange(rows, names, refusals)
    refuse_long(fields, refusals, around.rules)
    given: dict[str, str | TimeColumns] = {name: name for name in names if name in said}
    source = TableSource(table=table, source="rows", file="", columns=given)
    series, _ = typed_columns(source, fields, refusals, around.rules, around.timezone, around.now, whole=False)
    x, y = read_xy(fields["lon"], fields["lat"], refusals)
    # What most of them have wrong says nothing here: they are no file with one fault.
    lon, lat = place_points(Placed(""), x, y, parse_crs(WGS84), "wgs84", around.extent, refusals)
    series |= {"lon": pd.Series(lon), "lat": pd.Series(lat)}
    require_place(series, refusals, around)
    kept, index = refusals.kept(), pd.RangeIndex(len(rows))
    columns = {name: series[name].set_axis(index) for name in names if name in series}
    frame = pd.DataFrame({**columns, "line": pd.Series(refusals.lines, index=index)}, index=index)
    return CheckedRows(frame if kept.all() else frame[kept].reset_index(drop=True), refusals.frame())


def stands_alone(table: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what `check_rows` makes of a row of `rows` may depend on the others: such rows are checked by themselves.

    That is so where a row has no source id (its line may stand for it), and where a number may have a decimal comma.

    >>> plain = {"source_id": "7", "lon": 109.7, "lat": "28.3"}
    >>> stands_alone("places", [plain]), stands_alone("places", [plain, {**plain, "lat": "28,312"}])
    (False, True)
    """
    numbers = [
        name for name in columns_of_rows(table) if name in _PLACE or SOURCES[table].column(name).dtype in _NUMBER
    ]
    for row in rows:
        if "source_id" not in row:
            return True
        for name in numbers:
            value = row.get(name)
            if isinstance(value, str) and ("," in value or not value.isascii()):
                return True
    return False


def texts_of(rows: Sequence[Mapping[str, Any]], name: str) -> Texts:
    """The column `name` of `rows` as text, None where a row lacks it: object[n]."""
    texts: Texts = np.empty(len(rows), dtype=object)
    values = [row.get(name) for row in rows]
    kinds = set(map(type, values))
    if kinds == {float}:
        values = list(map(cell_text, values))
    elif not (kinds <= _TEXT and "".join(filter(None, values)).isascii()):
        values = list(map(_text, values))
    texts[:] = values
    return texts


def _text(value: Any) -> str | None:
    """The cell as text, with what UTF-8 cannot say written out."""
    text = cell_text(value)
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def refuse_strange(rows: Sequence[Mapping[str, Any]], names: Sequence[str], refusals: Refusals) -> None:
    """Refuse rows with a column that is none of `names`, or with a value that is neither text, number, yes nor no."""
    known = set(names)
    for place, row in enumerate(rows):
        if row.keys() <= known and all(map(_is_plain, row.values())):
            continue
        strange = [(name, "unknown_column") for name in row if name not in known]
        strange += [(name, "not_plain") for name, value in row.items() if name in known and not _is_plain(value)]
        for name, code in strange[:1]:
            refusals.refuse(np.arange(len(rows)) == place, code, _text(name) or "")


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() or value.encode("utf-8", "replace").decode() == value
    return value is None or isinstance(value, bool | int | float)
