"""Tables as files."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, make_response, request

from geo.desk.files import make_file, to_plain
from geo.desk.hotspot_files import Of as HotspotsOf
from geo.desk.hotspot_files import ShownHotspots
from geo.desk.scenario_files import SCENARIO_FORMATS, SCENARIO_TABLES
from geo.desk.shown import CAMERA_COLUMNS, UNIT_COLUMNS, Of, Shown, Wanted
from geo.errors import BadQuery, Words
from geo.hotspots.emerging.steps import CUBE_STEPS
from geo.jobs.files import find_file, queue_file
from geo.schema.column import READING_ROLES
from geo.snapshot.export import FORMATS, file_name, silent, write_table
from geo.snapshot.refused import refused_file
from webmap.filters import CASES, FILTER, cases_of, wanted_of
from webmap.house import actor, house, need_role
from webmap.i18n import LANGS
from webmap.made import own_file
from webmap.maps.standalone import render_pack
from webmap.query import AT, NUMBER, REFUSED, number, one_of, read_query, text, told, words
from webmap.shown_gaps import SHOWN_GAPS, shown_gaps_of

exports = Blueprint("exports", __name__)

_METRES = number(0, 1_000_000)
_COLUMNS = {"cameras": CAMERA_COLUMNS, "units": UNIT_COLUMNS}
#: Filters of the safeguards desk by their names in a query.
_GUARDED = {
    "level": text(),
    "within": text(),
    "facade_from": _METRES,
    "facade_to": _METRES,
    "status": words(),
    "overlap": words(),
    "programme": words(),
    "owner": words(),
    "spare": one_of(("1",)),
    "columns": words(),
    "sort": text(),
    "order": one_of(("highest", "lowest")),
}


@exports.route("/exports/<name>.<fmt>", methods=["GET", "POST"])
def export(name: str, fmt: str) -> Response:
    """Table `name` as a file; needs the role analyst and leaves an audit row. A POST has it made in the background."""
    asked, lang = _read_export()
    return _answer("table", {"name": name, "fmt": fmt, "lang": lang, **asked}, name, fmt, asked, name)


@exports.route("/exports/safeguards/<any(cameras, units):of>.<fmt>", methods=["GET", "POST"])
def export_safeguards(of: Of, fmt: str) -> Response:
    """What the safeguards desk shows, with its filters, order and columns; analysts, and with an audit row."""
    need_role("analyst")
    query = read_query(**_GUARDED)
    status, overlap, programme, owner = (query[name] or () for name in ("status", "overlap", "programme", "owner"))
    span = query["facade_from"], query["facade_to"]
    wanted = Wanted(span, status, overlap, programme, owner, spare=query["spare"] is not None)
    columns = tuple(query["columns"] or (column.name for column in _COLUMNS[of]))
    shown = Shown(query["level"], query["within"], query["sort"], query["order"] == "lowest", columns)
    made = {"of": of, "fmt": fmt, "wanted": to_plain(wanted), "shown": to_plain(shown), "within": query["within"]}
    return _answer("safeguards", made, f"safeguards-{of}", fmt, query, f"safeguards/{of}")


@exports.route("/exports/gaps/shown.<fmt>", methods=["GET", "POST"])
def export_shown_gaps(fmt: str) -> Response:
    """What the gaps desk shows, with its filters, order and columns; analysts, and with an audit row."""
    need_role("analyst")
    query = read_query(**SHOWN_GAPS)
    made = {"fmt": fmt, "gaps": to_plain(shown_gaps_of(query)), "within": query["within"]}
    return _answer("gaps", made, "gaps-shown", fmt, query, "gaps/shown")


@exports.route("/exports/hotspots/<any(classes, labels, incidents):of>.<fmt>", methods=["GET", "POST"])
def export_hotspots(of: HotspotsOf, fmt: str) -> Response:
    """What the hotspots desk shows of the incidents that its filters keep; analysts, and with an audit row."""
    need_role("analyst")
    query = read_query(
        level=text(required=True), within=text(), step=one_of(CUBE_STEPS, default="month"), lang=one_of(LANGS), **FILTER
    )
    asked = ShownHotspots(of, query["level"], query["within"], query["step"], wanted_of(query))
    made = {"fmt": fmt, "hotspots": to_plain(asked), "within": query["within"]}
    return _answer("hotspots", made, f"hotspots-{of}", fmt, query, f"hotspots/{of}")


@exports.post("/exports/briefing.html")
def export_briefing() -> Response:
    """Has the whole map made as one file that needs no service, for `role`: at most the reader's own."""
    query = read_query(lang=one_of(LANGS, default="zh"), role=one_of(READING_ROLES, default="leader"))
    need_role(query["role"])
    who = actor()
    asked, audit = {"lang": query["lang"]}, f"role={query['role']}"
    named = {"name": "briefing", "suffix": "html", "audit": audit}
    id = queue_file(house().records, "briefing", asked, query["role"], who.name, **named)
    return make_response({"id": id}, 202)


@exports.get(f"/exports/made/<{NUMBER}:id>")
def export_made(id: int) -> Response:
    """A file that was made in the background, for who asked for it, while the role reaches what it was made for."""
    read_query()
    job = own_file(id)
    file = find_file(house().settings.home, job, actor().role, time.time())
    house().records.write_audit(actor().name, "/exports/made", filter=f"job={id} file={file.name}")
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    body: bytes | str = file.read_bytes()
    if job.args["file"] == "briefing":
        body = render_pack(house().desk, file.read_bytes(), role=job.args["role"], lang=job.args["asked"]["lang"])
    return Response(body, content_type="application/octet-stream", headers=headers)


@exports.get("/exports/groups/rates.<fmt>")
def export_grouped_rates(fmt: str) -> Response:
    """What `/api/rates` tells the reader's role of groups of cases, as a file; leaves an audit row."""
    need_role("leader")
    query = read_query(**CASES, lang=one_of(LANGS, default="zh"))
    if fmt not in FORMATS:
        raise BadQuery(Words(f"no format {fmt!r}; formats are {', '.join(FORMATS)}", f"没有格式 {fmt!r}"))
    body, n_rows = house().desk.rates_bytes(cases_of(query), actor().role, fmt, query["lang"])
    _audit(f"groups/rates.{fmt}", query, n_rows)
    return _attachment(body, "rates", FORMATS[fmt].suffix, FORMATS[fmt].media_type)


@exports.get("/exports/refusals.<any(csv, xlsx):fmt>")
def export_refusals(fmt: str) -> Response:
    """Refused rows for the owner of the data, in both languages; editors only, and it leaves an audit row."""
    query, records = read_query(**REFUSED), house().records
    asked = {name: query[name] or "" for name in REFUSED}
    body, n_rows = refused_file(records, actor().role, asked, fmt)
    records.write_audit(actor().name, f"/exports/refusals.{fmt}", filter=told(query), rows=n_rows)
    home = records.home()
    name = f"gridscope-{'demo-' if home and home.demo else ''}refusals.{fmt}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, content_type=FORMATS[fmt].media_type, headers=headers)


@exports.get("/exports/scenario/<id>.<fmt>")
def export_scenario(id: str, fmt: str) -> Response:
    """A scenario's cameras and units as a file; needs the role planner and leaves an audit row.

    A workbook has both; other formats have what `table` names: cameras (default), units, or columns (what both mean).
    """
    need_role("planner")
    query = read_query(at=AT, lang=one_of(LANGS), table=one_of(SCENARIO_TABLES, default="cameras"))
    if fmt not in SCENARIO_FORMATS:
        known = ", ".join(SCENARIO_FORMATS)
        raise BadQuery(Words(f"no format {fmt!r}; formats are {known}", f"没有格式 {fmt!r}；可用：{known}"))
    body, n_rows = house().scenarios.file(id, fmt, query["table"], house().desk, actor().role, query["at"])
    house().records.write_audit(actor().name, f"/exports/scenario.{fmt}", filter=f"{id}&{told(query)}", rows=n_rows)
    name = f"scenario-{id}" if query["table"] == "cameras" or fmt == "xlsx" else f"scenario-{id}-{query['table']}"
    return _attachment(body, name, FORMATS[fmt].suffix, FORMATS[fmt].media_type)


@exports.get("/exports/<name>.columns.csv")
def export_columns(name: str) -> Response:
    """What stands beside NAME.csv: its columns' definitions and the snapshot's id; same query, no rows of data."""
    asked, lang = _read_export()
    desk = house().desk
    frame = desk.table(name, actor().role, lang=lang, limit=1, **asked)
    with TemporaryDirectory() as folder:
        beside = write_table(frame, name, "csv", desk.snapshot(), Path(folder, f"{name}.csv"))[-1]
        body = beside.read_bytes()
    _audit(f"{name}.columns.csv", asked, 0)
    return _attachment(body, name, "columns.csv", FORMATS["csv"].media_type)


def _read_export() -> tuple[dict[str, Any], str]:
    need_role("analyst")
    query = read_query(level=text(), within=text(), at=AT, lang=one_of(LANGS))
    return {key: query[key] for key in ("level", "within", "at")}, query["lang"] or "zh"


def _answer(kind: str, made: dict[str, Any], name: str, fmt: str, query: dict[str, Any], told_as: str) -> Response:
    """The file of `kind` that `made` describes; a POST has it made in the background: 202 with the job's number."""
    if fmt not in FORMATS:
        raise BadQuery(Words(f"no format {fmt!r}; formats are {', '.join(FORMATS)}", f"没有格式 {fmt!r}"))
    who, suffix = actor(), FORMATS[fmt].suffix
    if request.method == "POST":
        named = {"name": name, "suffix": suffix, "audit": told(query)}
        return make_response({"id": queue_file(house().records, kind, made, who.role, who.name, **named)}, 202)
    body, n_rows = make_file(house().desk, kind, who.role, made, silent)
    _audit(f"{told_as}.{fmt}", query, n_rows)
    return _attachment(body, name, suffix, FORMATS[fmt].media_type)


def _audit(file: str, asked: dict[str, Any], n_rows: int) -> None:
    house().records.write_audit(
        actor().name, f"/exports/{file}", unit=asked["within"] or "", filter=told(asked), rows=n_rows
    )


def _attachment(body: bytes, name: str, suffix: str, media_type: str) -> Response:
    called = file_name(house().desk.snapshot(), name, suffix)
    headers = {"Content-Disposition": f'attachment; filename="{called}"', "Cache-Control": "no-store"}
    return Response(body, content_type=media_type, headers=headers)
