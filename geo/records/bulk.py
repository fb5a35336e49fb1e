"""Many rows by one statement: what a statement costs is paid once, and no other thread comes in between its rows.

Statements hold so many rows or ids as a power of two says, so few texts serve all numbers, and SQLite keeps them ready.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, Table
from sqlalchemy.dialects import sqlite

#: The name of the ids that a query of `find_many` asks for: `column.in_(bindparam(IDS, expanding=True))`.
IDS = "ids"
#: SQLite takes 32,766 values in a statement.
_MOST_ROWS = 256
_MOST_IDS = 1024


def find_many(connection: Connection, query: Select[Any], ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """The rows of `query`, whose one parameter is `IDS`, for all of `ids`, cells as the driver gives them.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sqlalchemy import bindparam, select
    >>> from geo.records import Records
    >>> from geo.records.tables import FEED_ROWS
    >>> query = select(FEED_ROWS.c.at).where(FEED_ROWS.c.uid.in_(bindparam(IDS, expanding=True)))
    >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records, records.writing() as connection:
    ...     put_many(connection, FEED_ROWS, ("uid", "at"), [("gate:1", 5), ("gate:2", 5), ("gate:3", 5)], ("uid",))
    ...     put_many(connection, FEED_ROWS, ("uid", "at"), [("gate:3", 6)], ("uid",))
    ...     find_many(connection, query, ["gate:3", "gate:4"])
    [(6,)]
    """
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(ids), _MOST_IDS):
        some = ids[start : start + _MOST_IDS]
        n = 1 << (len(some) - 1).bit_length()
        asked = (*some, *[some[-1]] * (n - len(some)))
        found += map(tuple, connection.exec_driver_sql(_finding(query, n), asked))
    return found


def put_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], key: tuple[str, ...]
) -> None:
    """Puts `rows`, cells of the columns `names`, into `table`, each in the place of the one with the same `key`."""
    start = 0
    while start < len(rows):
        n = min(_MOST_ROWS, 1 << (len(rows) - start).bit_length() - 1)
        cells = tuple(chain.from_iterable(rows[start : start + n]))
        connection.exec_driver_sql(_putting(table, tuple(names), key, n), cells)
        start += n


@lru_cache(maxsize=128)
def _finding(query: Select[Any], n: int) -> str:
    one = query.params({IDS: [""]}).compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    return _times(str(one), "?", n)


@lru_cache(maxsize=256)
def _putting(table: Table, names: tuple[str, ...], key: tuple[str, ...], n: int) -> str:
    put = sqlite.insert(table)
    renew = {name: put.excluded[name] for name in names if name not in key}
    upsert = put.on_conflict_do_update(index_elements=key, set_=renew)
    one = upsert.compile(dialect=sqlite.dialect(), column_keys=list(names))
    marks = ", ".join("?" * len(names))
    return _times(str(one), f"({marks})", n)


def _times(statement: str, marks: str, n: int) -> str:
    """`statement` with its `marks`, which stand in it once, written `n` times."""
    before, after = statement.split(marks)
    return before + ", ".join([marks] * n) + after
