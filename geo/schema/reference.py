"""The column reference of the README, printed from the declarations: `python -m geo.schema.reference README.md`."""

import sys
from pathlib import Path

from geo.schema.column import Table
from geo.schema.results import RESULTS
from geo.schema.sources import SOURCES

BEGIN = "<!-- columns: printed by `make columns`, do not edit -->"
END = "<!-- /columns -->"


def to_markdown() -> str:
    """All tables as Markdown: what can be imported, then what comes out.

    >>> to_markdown().splitlines()[0]
    '### Tables a mapping fills'
    """
    parts = ["### Tables a mapping fills", *map(_table, SOURCES.values())]
    parts += ["### Tables that come out (`gridscope table NAME`)", *map(_table, RESULTS.values())]
    return "\n\n".join(parts)


def write_into(file: Path) -> bool:
    """Replace what stands between the two markers in `file`; True where that changed the file."""
    text = file.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END, 1)[1]
    new = f"{before}{BEGIN}\n\n{to_markdown()}\n\n{END}{after}"
    if new != text:
        file.write_text(new, encoding="utf-8")
    return new != text


def _table(table: Table) -> str:
    head = f"<details><summary><code>{table.name}</code> {table.title.en} / {table.title.zh} ({table.geometry}"
    head += f", from the role {table.sees})</summary>\n" if table.sees != "leader" else ")</summary>\n"
    rows = ["| column | type | unit | meaning | 含义 |", "|---|---|---|---|---|"]
    for column in table.columns:
        needed = " (required)" if column.required else ""
        rows.append(
            f"| `{column.name}` | {column.dtype} | {column.unit} | {column.meaning.en}{needed} | {column.meaning.zh} |"
        )
    return "\n".join([head, *rows, "\n</details>"])


if __name__ == "__main__":
    write_into(Path(sys.argv[1]))
