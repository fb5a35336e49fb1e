"""What imports replace or remove, kept for a while with the span of imports during which it stood.

A kept row came with `import_id` and went with `kept_by`. So a source as it was before import N is made of the rows that
stand and came before N, and of the kept rows that came before N and went with N or later. A first import replaces
nothing, so nothing is kept of it.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, literal, select, tuple_, update

from geo.records.frames import read_home
from geo.records.moments import now_us
from geo.records.tables import (
    KEPT_REFUSALS,
    KEPT_ROWS,
    KEPT_SOURCES,
    REFUSALS,
    SOURCE_FILES,
    SOURCE_TABLES,
    WHOLE_TABLES,
)

#: (table, source)
Key = tuple[str, str]
#: What stands: the row of `sources` of each source, and the home's description as JSON text under HOME.
State = dict[Key, dict[str, Any]]

HOME: Key = ("home", "")
#: What may differ between two imports of the same content.
_BY_THE_WAY = ("imported_at", "import_id", "mapping", "file", "notes")
REFUSED_COLUMNS = [column.name for column in REFUSALS.columns if column.name != "id"]


def read_state(connection: Connection) -> State:
    """What every source is noted as now, and the home."""
    rows = connection.execute(select(SOURCE_FILES)).mappings()
    state: State = {(row["table"], row["source"]): dict(row) for row in rows}
    home = read_home(connection)
    return state if home is None else state | {HOME: {"json": home.to_json()}}


def keep_rows(connection: Connection, table: str, source: str, import_id: int, new: Table | None = None) -> None:
    """Keeps the rows of `source` that are about to go: those that `new` does not hold unchanged, without it all."""
    old = SOURCE_TABLES[table]
    going = old.c.source == source
    if new is not None:
        same = select(new.c.uid).where(new.c.uid == old.c.uid, new.c.row_hash == old.c.row_hash)
        going &= ~same.exists()
    copy_rows(connection, old, KEPT_ROWS[table], going, kept_by=import_id)


def keep_refusals(connection: Connection, table: str, source: str, import_id: int) -> None:
    """Keeps the refused rows of `source`, which are about to go."""
    going = is_of(REFUSALS, (table, source))
    copy_rows(connection, REFUSALS, KEPT_REFUSALS, going, names=REFUSED_COLUMNS, kept_by=import_id)


def note_changes(connection: Connection, import_id: int, before: State, touched: Iterable[Key]) -> bool:
    """Notes what each changed source was `before`; whether there is any (`touched`: those whose rows changed)."""
    after, now = read_state(connection), now_us()
    known = {*before, *after}
    changed = {key for key in known if _content(before.get(key)) != _content(after.get(key))} | {*touched} & known
    for key in sorted(known - changed):
        connection.execute(delete(KEPT_REFUSALS).where(is_of(KEPT_REFUSALS, key), KEPT_REFUSALS.c.kept_by == import_id))
    for table, source in sorted(changed):
        was = before.get((table, source))
        noted = {"was": None if was is None else json.dumps(was, ensure_ascii=False), "kept_at": now, "expired": False}
        connection.execute(insert(KEPT_SOURCES).values(import_id=import_id, table=table, source=source, **noted))
    return bool(changed)


def find_changes(connection: Connection, import_id: int) -> list[Key]:
    """The sources that rolling back `import_id` puts back; none where it changed nothing or part of it is not kept.

    Of a table that is replaced whole, every source since then is among them; units and the home go together.
    """
    c = KEPT_SOURCES.c
    mine = connection.execute(select(c.table, c.source, c.expired).where(c.import_id == import_id)).all()
    whole = {table for table, _, _ in mine} & {*WHOLE_TABLES, HOME[0]}
    whole |= {"units", HOME[0]} if whole & {"units", HOME[0]} else set()
    others = select(c.table, c.source, c.expired).where(c.table.in_(whole), c.import_id >= import_id)
    rows = [*mine, *connection.execute(others).all()]
    if any(expired for _, _, expired in rows):
        return []
    return sorted({(table, source) for table, source, _ in rows})


def find_later(connection: Connection, import_id: int, keys: list[Key]) -> list[int]:
    """The imports after `import_id` that changed one of `keys`."""
    c = KEPT_SOURCES.c
    found = select(c.import_id).where(c.import_id > import_id, tuple_(c.table, c.source).in_(keys)).distinct()
    return list(connection.execute(found.order_by(c.import_id)).scalars())


def expire(connection: Connection, key: Key, import_id: int) -> int:
    """Drops what is kept of `key` up to `import_id`; returns how many changes that were."""
    table, source = key
    if key != HOME:
        kept = KEPT_ROWS[table].c
        connection.execute(delete(KEPT_ROWS[table]).where(kept.source == source, kept.kept_by <= import_id))
        old = is_of(KEPT_REFUSALS, key) & (KEPT_REFUSALS.c.kept_by <= import_id)
        connection.execute(delete(KEPT_REFUSALS).where(old))
    old = is_of(KEPT_SOURCES, key) & (KEPT_SOURCES.c.import_id <= import_id) & ~KEPT_SOURCES.c.expired
    return connection.execute(update(KEPT_SOURCES).where(old).values(was=None, expired=True)).rowcount


def copy_rows(
    connection: Connection, old: Table, new: Table, rows: Any, *, names: Iterable[str] = (), **constants: int
) -> None:
    """Copies the chosen `rows` of `old` into `new`: columns `names` (all of `old`'s), and `constants` beside them."""
    chosen = list(names) or [column.name for column in old.c]
    values = select(*(old.c[name] for name in chosen), *(literal(value) for value in constants.values())).where(rows)
    connection.execute(insert(new).from_select([*chosen, *constants], values, include_defaults=False))


def is_of(table: Table, key: Key) -> Any:
    """The condition that a row of `table` is of this source."""
    return (table.c.table == key[0]) & (table.c.source == key[1])


def _content(noted: dict[str, Any] | None) -> dict[str, Any] | None:
    return noted and {name: value for name, value in noted.items() if name not in _BY_THE_WAY}
