"""What a column and a table are: the words and rules that every table's declaration is made of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from geo.errors import BadQuery, Words

#: Who may look: each role sees what the one before it sees (feeder only writes and reads nothing).
Role = Literal["leader", "planner", "analyst", "editor", "feeder"]
READING_ROLES: tuple[Role, ...] = ("leader", "planner", "analyst", "editor")

Dtype = Literal["text", "int", "float", "bool", "time", "date"]
Geometry = Literal["none", "point", "line", "polygon", "point_or_polygon", "raster"]
#: What a row of a result stands for.
RowOf = Literal["", "unit", "point", "reason", "method"]


@dataclass(frozen=True)
class Column:
    """One column.

    `unit` is "" for text, "share" for 0..1, "count" for counts. `sees` is the least role that is
    shown the column; `people` marks a count of people or incidents, which small-count protection
    covers; `from_count` names the count from which a share or score could be worked back, so that it is hidden with it.
    """

    name: str
    dtype: Dtype
    unit: str
    title: Words
    meaning: Words
    required: bool = False
    sees: Role = "leader"
    people: bool = False
    from_count: str = ""

    def row(self) -> dict[str, str]:
        """The column as a row of the printed column reference."""
        return {
            "column": self.name,
            "type": self.dtype,
            "unit": self.unit,
            "title_en": self.title.en,
            "title_zh": self.title.zh,
            "meaning_en": self.meaning.en,
            "meaning_zh": self.meaning.zh,
        }


@dataclass(frozen=True)
class Table:
    """One table: its columns in order, what geometry a row has, and the least role that may read it.

    Of a result also what a row stands for, and the table `needs` without which it is not available.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]
    geometry: Geometry = "none"
    sees: Role = "leader"
    row_of: RowOf = ""
    needs: str = ""

    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`; `BadQuery` names the table where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise BadQuery(Words(f"table {self.name} has no column {name!r}", f"表 {self.name} 没有列 {name!r}"))


def may_see(role: Role, least: Role) -> bool:
    """Whether `role` reaches `least` (a feeder reads nothing).

    >>> may_see("planner", "leader"), may_see("leader", "analyst"), may_see("feeder", "leader")
    (True, False, False)
    """
    return role in READING_ROLES and READING_ROLES.index(role) >= READING_ROLES.index(least)


def col(
    name: str,
    dtype: Dtype,
    unit: str,
    title: tuple[str, str],
    meaning: tuple[str, str],
    *,
    required: bool = False,
    sees: Role = "leader",
    people: bool = False,
    from_count: str = "",
) -> Column:
    """A `Column` from plain (English, Chinese) pairs: keeps the declarations readable."""
    return Column(name, dtype, unit, Words(*title), Words(*meaning), required, sees, people, from_count)


def text_columns(table: Table) -> Iterable[str]:
    """Names of the text columns of `table`."""
    return (column.name for column in table.columns if column.dtype == "text")
