"""Tables as files."""

from flask import Blueprint, Response

from geo.errors import BadQuery, Words
from geo.snapshot.export import FORMATS
from webmap.house import actor, house, need_role
from webmap.i18n import LANGS
from webmap.query import AT, one_of, read_query, text

exports = Blueprint("exports", __name__)


@exports.get("/exports/<name>.<fmt>")
def export(name: str, fmt: str) -> Response:
    """Table `name` as a file; needs the role analyst and leaves an audit row."""
    need_role("analyst")
    query = read_query(level=text(), within=text(), at=AT, lang=one_of(LANGS))
    if fmt not in FORMATS:
        raise BadQuery(Words(f"no format {fmt!r}; formats are {', '.join(FORMATS)}", f"没有格式 {fmt!r}"))
    lang = query.pop("lang") or "zh"
    asked = {key: query[key] for key in ("level", "within", "at")}
    body, n_rows = house().desk.table_bytes(name, fmt, role=actor().role, lang=lang, **asked)
    filters = "&".join(f"{key}={value}" for key, value in asked.items() if value is not None)
    house().records.write_audit(
        actor().name, f"/exports/{name}.{fmt}", unit=query["within"] or "", filter=filters, rows=n_rows
    )
    file_name = f"gridscope-{name}-{house().desk.snapshot().number}.{FORMATS[fmt].suffix.lstrip('.')}"
    return Response(
        body,
        content_type=FORMATS[fmt].media_type,
        headers={"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"},
    )
