"""What a home notes of itself: one text by key."""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import sqlite

from geo.records.tables import META


def read_meta(connection: Connection, key: str) -> str | None:
    """The text under `key`, None where nothing was noted."""
    return connection.execute(_READ, {"key": key}).scalar_one_or_none()


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Notes `value` under `key` in the place of what stood there."""
    connection.execute(_WRITE, {"key": key, "value": value})


_READ = select(META.c.value).where(META.c.key == bindparam("key"))
_PUT = sqlite.insert(META)
_WRITE = _PUT.on_conflict_do_update(index_elements=["key"], set_={"value": _PUT.excluded.value})
