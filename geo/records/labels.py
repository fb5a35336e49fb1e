"""Names in both languages for the words of a city's own records, from the file `labels.csv` of its home."""

import csv
from pathlib import Path

from geo.errors import BadInput, Words

FILE = "labels.csv"
#: Columns of incidents whose words can be named.
NAMED = ("category", "channel", "outcome")
_HEAD = {"column", "word", "zh", "en"}


def read_labels(home: Path) -> dict[str, Words]:
    """Names by key "incident.COLUMN.WORD", those that `home`/labels.csv gives; none where there is no such file.

    The file is UTF-8 with the columns `column` (one of `NAMED`), `word` (as the records have it), `zh`, `en`. A word
    that it does not name, or has no name in a language, stands as it is. `BadInput` says every line that cannot be
    followed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, FILE).write_text("column,word,zh,en\\ncategory,噪声,噪声扰民,Noise\\n", encoding="utf-8")
    ...     read_labels(Path(folder))
    {'incident.category.噪声': Words(en='Noise', zh='噪声扰民')}
    """
    path = home / FILE
    if not path.is_file():
        return {}
    try:
        rows = csv.DictReader(path.read_text("utf-8-sig").splitlines())
        lacking = sorted(_HEAD - set(rows.fieldnames or ()))
        found = [] if lacking else list(rows)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(Words(f"{FILE} is no CSV in UTF-8: {error}", f"{FILE} 不是 UTF-8 编码的 CSV：{error}")) from None
    if lacking:
        names = ", ".join(lacking)
        raise BadInput(Words(f"{FILE} has no column {names}", f"{FILE} 缺少列 {names}"))
    faults = [
        Words(
            f"{FILE}, row {n}: no column {row['column']!r} to name",
            f"{FILE} 第 {n} 行：没有可命名的列 {row['column']!r}",
        )
        for n, row in enumerate(found, 1)
        if row["column"] not in NAMED or not row["word"]
    ]
    if faults:
        raise BadInput(*faults)
    return {
        f"incident.{row['column']}.{row['word']}": Words(row["en"] or row["word"], row["zh"] or row["word"])
        for row in found
    }
