"""Sources that no mapping brings: the register, and each feed. Their counts grow row by row."""

from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import sqlite

from geo.crs import WGS84
from geo.errors import BadInput, Words
from geo.records.moments import now_us
from geo.records.tables import SOURCE_FILES

#: What stands as the mapping of such a source: no mapping can be called so.
BY_HAND = "(by hand)"


def count_more(connection: Connection, table: str, source: str, n_kept: int, n_refused: int = 0) -> None:
    """Adds to the rows that a source holds and had refused; rows read are always both together."""
    counts = {"n_read": n_kept + n_refused, "n_kept": n_kept, "n_refused": n_refused}
    named = {"table": table, "source": source, "file": source, "crs": WGS84, "mapping": BY_HAND}
    row = {**named, **counts, "refused_digest": "", "imported_at": now_us(), "import_id": 0}
    connection.execute(_COUNT_MORE, row)


def check_importable(connection: Connection, table: str, source: str) -> None:
    """Raises `BadInput` for the register or a feed: an import would replace all that they hold."""
    if _mapping_of(connection, table, source) == BY_HAND:
        raise BadInput(
            Words(
                f"{source} is kept by people or a feed, not by imports; give this source another name",
                f"{source} 由人工登记或接口写入，不能由导入替换；请换一个来源名称",
            )
        )


def is_imported(connection: Connection, table: str, source: str) -> bool:
    """Whether an import brought a source of this name to `table`."""
    return _mapping_of(connection, table, source) not in (None, BY_HAND)


def _mapping_of(connection: Connection, table: str, source: str) -> str | None:
    """The mapping that brought the source, None where there is none of this name."""
    return connection.execute(_MAPPING_OF, {"of_table": table, "of_source": source}).scalar_one_or_none()


def _count_more() -> Any:
    put, s = sqlite.insert(SOURCE_FILES), SOURCE_FILES.c
    more = {name: s[name] + put.excluded[name] for name in ("n_read", "n_kept", "n_refused")}
    return put.on_conflict_do_update(
        index_elements=["table", "source"], set_={**more, "imported_at": put.excluded.imported_at}
    )


_COUNT_MORE = _count_more()
_MAPPING_OF = select(SOURCE_FILES.c.mapping).where(
    SOURCE_FILES.c.table == bindparam("of_table"), SOURCE_FILES.c.source == bindparam("of_source")
)
