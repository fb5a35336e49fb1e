"""Mappings of single sources, kept in the home as HOME/mappings/<source>.toml and used again for the next file."""

from pathlib import Path
from typing import Any

import tomli_w

from geo.errors import NotFound, Words
from geo.intake import Mapping, TableSource, parse_mapping, read_mapping
from geo.snapshot.publishing import flush, write_durably

_FOLDER = "mappings"


def single_mapping(table: dict[str, Any]) -> Mapping:
    """The mapping of one source alone from its `[[table]]`; `BadMapping` says every fault.

    >>> single_mapping({"table": "cameras", "source": "police", "file": "c.csv", "columns": {"source_id": "id"}}).name
    'mappings/police'
    """
    return parse_mapping({"table": [table]}, "[[table]]", name=f"{_FOLDER}/{table.get('source', '')}")


def save_tables(home: Path, mapping: Mapping) -> None:
    """Keeps each `[[table]]` of `mapping` under its source, with the time zone it was read in.

    Written aside, synced, renamed: whoever reads finds the old one or the new one.

    >>> from tempfile import TemporaryDirectory
    >>> table = {"table": "cameras", "source": "police", "file": "c.csv", "columns": {"source_id": "id"}}
    >>> with TemporaryDirectory() as folder:
    ...     save_tables(Path(folder), single_mapping(table))
    ...     saved_sources(Path(folder)), saved_table(Path(folder), "police").columns
    (['police'], {'source_id': 'id'})
    """
    folder = home / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for table in mapping.table:
        kept = table.model_copy(update={"timezone": table.timezone or mapping.timezone})
        aside = folder / f".{table.source}.partial"
        write_durably(aside, tomli_w.dumps({"table": [to_json(kept)]}))
        aside.replace(folder / f"{table.source}.toml")
    flush(folder)


def saved_sources(home: Path) -> list[str]:
    """The sources whose mapping is kept, in order."""
    return sorted(file.stem for file in (home / _FOLDER).glob("[a-z0-9]*.toml"))


def saved_table(home: Path, source: str) -> TableSource:
    """The `[[table]]` kept for `source`. Errors: `NotFound`; `BadMapping` where somebody spoilt the file."""
    if source not in saved_sources(home):
        raise NotFound(Words(f"no mapping is kept for the source {source!r}", f"没有来源 {source!r} 的映射"))
    return read_mapping(home / _FOLDER / f"{source}.toml").table[0]


def to_json(table: TableSource) -> dict[str, Any]:
    """`table` as JSON-ready data, what it leaves at its default left out."""
    return table.model_dump(mode="json", exclude_defaults=True)
