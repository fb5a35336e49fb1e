"""One A4 page per desk as a PDF: what its permalink shows, for paper."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from geo.snapshot.export import file_name
from webmap.house import DESK_ROLES, actor, house, need_role
from webmap.i18n import choose_lang
from webmap.paper import print_page, read_link

prints = Blueprint("prints", __name__)


@prints.get("/print/<any(coverage, gaps, safeguards, hotspots):name>.pdf")
def page(name: str) -> Response:
    """The desk's page; what of the address paper does not follow is named on it. Leaves an audit row."""
    need_role(DESK_ROLES.get(name, "leader"))
    here, who = house(), actor()
    asked = read_link(name, request.args.to_dict(flat=False))
    lang = choose_lang(asked.lang, request.cookies.get("lang"), request.headers.get("Accept-Language", ""))
    snapshot = here.desk.snapshot()
    today = datetime.now(UTC).astimezone(ZoneInfo(snapshot.home.timezone)).date()
    body, n_units = print_page(here.desk, here.messages, name, asked, role=who.role, lang=lang, printed_on=today)
    query = request.query_string.decode("ascii", "replace")[:500]
    here.records.write_audit(who.name, f"/print/{name}.pdf", unit=asked.place or "", filter=query, rows=n_units)
    headers = {
        "Content-Disposition": f'inline; filename="{file_name(snapshot, name, "pdf")}"',
        "Cache-Control": "no-store",
    }
    return Response(body, content_type="application/pdf", headers=headers)
