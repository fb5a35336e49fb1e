"""Sources that no mapping brings: the register, and each feed. Their counts grow row by row."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects import sqlite

from geo.crs import WGS84
from geo.errors import BadInput, Words
from geo.records.moments import now_us
from geo.records.tables import SOURCE_FILES

#: What stands as the mapping of such a source: no mapping can be called so.
BY_HAND = "(by hand)"


def count_more(connection: Connection, table: str, source: str, n_kept: int, n_refused: int = 0) -> None:
    """Adds to the rows that a source holds and had refused; rows read are always both together."""
    s = SOURCE_FILES.c
    put = sqlite.insert(SOURCE_FILES).values(
        table=table,
        source=source,
        file=source,
        crs=WGS84,
        mapping=BY_HAND,
        n_read=n_kept + n_refused,
        n_kept=n_kept,
        n_refused=n_refused,
        refused_digest="",
        imported_at=now_us(),
        import_id=0,
    )
    more = {
        "n_read": s.n_read + n_kept + n_refused,
        "n_kept": s.n_kept + n_kept,
        "n_refused": s.n_refused + n_refused,
        "imported_at": put.excluded.imported_at,
    }
    connection.execute(put.on_conflict_do_update(index_elements=["table", "source"], set_=more))


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
    s = SOURCE_FILES.c
    return connection.execute(select(s.mapping).where(s.table == table, s.source == source)).scalar_one_or_none()
