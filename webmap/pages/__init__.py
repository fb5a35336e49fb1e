"""The pages: one per desk, composed once per snapshot, role, language and theme."""

from flask import Blueprint, Response, g, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from webmap.caching import LIVE
from webmap.house import DESK_ROLES, actor, house, need_role
from webmap.i18n import LANGS, THEMES, choose_lang, choose_theme
from webmap.maps.boot import make_boot
from webmap.maps.page import Page, compose_page, kit_of

pages = Blueprint("pages", __name__)

_YEAR_S = 31_536_000


@pages.get("/")
def root() -> AnyResponse:
    """To the coverage desk, with the same query."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect("/coverage" + (f"?{query}" if query else ""))


@pages.get("/coverage", defaults={"name": "coverage"})
@pages.get("/gaps", defaults={"name": "gaps"})
@pages.get("/safeguards", defaults={"name": "safeguards"})
@pages.get("/hotspots", defaults={"name": "hotspots"})
@pages.get("/intake", defaults={"name": "intake"})
def desk(name: str) -> Response:
    """A desk's page. Parameters that it does not know are named by the page itself, never refused."""
    if name in DESK_ROLES:
        need_role(DESK_ROLES[name])
    response = make_response(_page(name).html(g.nonce))
    response.headers["Cache-Control"] = LIVE
    for cookie, known in (("lang", LANGS), ("theme", THEMES)):
        if request.args.get(cookie) in known:
            response.set_cookie(cookie, request.args[cookie], max_age=_YEAR_S, samesite="Lax")
    response.set_cookie("role", actor().role, samesite="Strict", httponly=True)
    return response


def _page(name: str) -> Page:
    here, who = house(), actor()
    lang = page_lang()
    theme = choose_theme(request.args.get("theme"), request.cookies.get("theme"))
    files = tuple(here.assets.get(file).sha256 for file in kit_of(name).files())
    key = (here.desk.snapshot().id, name, lang, theme, who.role, who.has_key, *here.desk.labels().items(), *files)

    def make() -> Page:
        boot = make_boot(
            here.desk,
            here.messages,
            page=name,
            role=who.role,
            lang=lang,
            theme=theme,
            logged_in=who.has_key,
            backgrounds=here.backgrounds.describe(),
        )
        return compose_page(boot, here.assets)

    return here.pages.get(key, make)


def page_lang() -> str:
    """The language of this request's page."""
    accepted = request.headers.get("Accept-Language", "")
    return choose_lang(request.args.get("lang"), request.cookies.get("lang"), accepted)
