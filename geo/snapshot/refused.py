"""Refused rows as people read them: pages for editors, files for whoever owns the data. The role is applied here."""

import json
from typing import Any

import pandas as pd

from geo.errors import BadQuery, Words
from geo.intake import summarise
from geo.records import Records, Refused
from geo.schema import RESULTS, Role
from geo.schema.column import Column, col
from geo.snapshot.export import FORMATS, Sheet
from geo.snapshot.queries import columns_of, result_table

_DECLARED = RESULTS["refusals"]
_CHINESE = col(
    "explained_zh", "text", "", ("In Chinese", "中文说明"), ("The reason in Chinese", "原因的中文说明"), sees="editor"
)
#: What an owner gets of each row, before the fields themselves.
_OWNERS = (*map(_DECLARED.column, ("file", "line", "table", "source", "reason", "explained")), _CHINESE)
OWNERS_FORMATS = ("csv", "xlsx")


def refusals(
    records: Records, role: Role, lang: str = "en", *, limit: int | None = None, offset: int = 0
) -> pd.DataFrame:
    """`limit` refused rows (None: all) of the home's records after `offset`; editors only.

    The columns are those of the table `refusals`.
    """
    result_table("refusals", role)
    found = _explained(_find(records, {}, -1 if limit is None else limit, offset).rows)
    explained = found["explained_zh" if lang == "zh" else "explained"]
    shown = found.assign(explained=explained, level="source", code=found["table"], name=found["source"])
    return shown[[column.name for column in columns_of("refusals", role)]].reset_index(drop=True)


def refused_page(
    records: Records, role: Role, asked: dict[str, str], *, limit: int = 100, offset: int = 0
) -> dict[str, Any]:
    """One page of refused rows, JSON-ready: total, reasons (with words and count) and rows; editors only.

    `asked` may hold table, source and reason, each "" for any. `fields` of a row is None once its content was deleted.
    """
    result_table("refusals", role)
    found = _find(records, asked, limit, offset)
    reasons = [{"reason": code, "words": summarise(code).both(), "n": n} for code, n in found.reasons]
    rows = [_to_json(row) for row in _explained(found.rows).to_dict("records")]
    return {"total": found.total, "reasons": reasons, "rows": rows}


def refused_file(records: Records, role: Role, asked: dict[str, str], fmt: str) -> tuple[bytes, int]:
    """Refused rows as a file for the owner of the data, and how many; `asked` as in `refused_page`.

    File, line, reason and its words in both languages, then a column for each mapped field, as it was read.
    Errors: `Forbidden` below editor, `BadQuery` for a format other than csv and xlsx.
    """
    result_table("refusals", role)
    if fmt not in OWNERS_FORMATS:
        known = ", ".join(OWNERS_FORMATS)
        raise BadQuery(Words(f"no format {fmt!r}; formats are {known}", f"没有格式 {fmt!r}；可用：{known}"))
    found = _explained(_find(records, asked, -1, 0).rows)
    fields = [json.loads(text) if text else {} for text in found["fields"]]
    names = list(dict.fromkeys(name for row in fields for name in row))
    texts = pd.DataFrame({name: pd.Series([row.get(name) for row in fields], dtype=object) for name in names})
    columns = (*_OWNERS, *map(_field, names))
    home = records.home()
    credit = home.credit() if home else Words("", "")
    facts = {"home": f"{home.title_zh} / {home.title_en}" if home else "", "source": f"{credit.zh} / {credit.en}"}
    frame = pd.concat([found, texts.reindex(found.index)], axis="columns")
    return FORMATS[fmt].write(Sheet(frame, columns, "refusals", facts, 0, credit.zh)), len(found)


def _find(records: Records, asked: dict[str, str], limit: int, offset: int) -> Refused:
    table, source, reason = (asked.get(name, "") for name in ("table", "source", "reason"))
    return records.find_refusals(table=table, source=source, reason=reason, limit=limit, offset=offset)


def _explained(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with the reason's own words where the explanation, which quotes the row, was deleted."""
    said = [summarise(reason) for reason in rows["reason"]]
    for name, lang in (("explained", "en"), ("explained_zh", "zh")):
        texts = [text or words.text(lang) for text, words in zip(rows[name], said, strict=True)]
        rows = rows.assign(**{name: pd.Series(texts, index=rows.index, dtype=object)})
    return rows


def _to_json(row: dict[Any, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("file", "table", "source", "reason")},
        "line": None if pd.isna(row["line"]) else int(row["line"]),
        "words": {"en": row["explained"], "zh": row["explained_zh"]},
        "fields": None if row["fields"] is None else json.loads(row["fields"]),
    }


def _field(name: str) -> Column:
    meaning = "Original text of this mapped field", "该映射字段的原文"
    return col(name, "text", "", (name, name), meaning, sees="editor")
