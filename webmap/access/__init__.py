"""Who comes in: keys and sessions before every request, the log-in page, and the two public facts."""

from flask import Blueprint, Flask, Response, current_app, g, jsonify, make_response, render_template, request
from werkzeug.wrappers import Request

from geo.errors import Busy, GridscopeError, NotLoggedIn
from geo.records import Records
from webmap.access.doorman import COOKIE, Doorman, check_reading
from webmap.house import VERSION, house
from webmap.logs import LOGGER
from webmap.query import local_path, read_body
from webmap.settings import Settings

__all__ = ["may_upload", "register_access"]

#: What needs no key: health, version, the log-in page and the files it links.
PUBLIC = frozenset({"access.healthz", "access.version", "access.favicon", "access.login", "access.enter", "static"})

access = Blueprint("access", __name__)


def register_access(app: Flask, records: Records, settings: Settings) -> Doorman:
    """Resolve who asks before every request of `app`; a route that does not exist is as closed as the rest.

    Returns who resolves it.
    """
    app.extensions["gridscope.doorman"] = doorman = Doorman(records, settings)

    def resolve() -> None:
        if request.endpoint not in PUBLIC:
            g.actor = doorman.identify(request)
            check_reading(g.actor, request.method)

    app.before_request(resolve)
    app.register_blueprint(access)
    return doorman


def may_upload(app: Flask, request: Request) -> bool:
    """Whether `request`, of which only the headers have come, carries an editor's key or session."""
    doorman: Doorman = app.extensions["gridscope.doorman"]
    try:
        who = doorman.identify(request)
    except GridscopeError:
        return False
    return who.has_key and who.role == "editor"


def _doorman() -> Doorman:
    found: Doorman = current_app.extensions["gridscope.doorman"]
    return found


@access.get("/healthz")
def healthz() -> Response:
    """That the process answers."""
    return jsonify(ok=True)


@access.get("/version")
def version() -> Response:
    """The program's version, and nothing about the data."""
    return jsonify(gridscope=VERSION)


@access.get("/favicon.ico")
def favicon() -> Response:
    """Nothing: pages name their icon themselves, yet browsers ask here for what is no page."""
    return Response(status=204, headers={"Cache-Control": "public, max-age=86400"})


@access.get("/login")
def login() -> Response:
    """The log-in page."""
    return make_response(render_template("login.html", next=local_path(request.args.get("next"))))


@access.post("/login")
def enter() -> Response:
    """Open a session for a right key: a new row and a new cookie each time, the old session closed."""
    body = read_body()
    try:
        key = _doorman().check(str(body.get("key", "")).strip(), request.remote_addr or "")
    except (NotLoggedIn, Busy):
        LOGGER.warning("log-in refused", extra={"fields": {"id": g.request_id}})
        raise
    records, hours = house().records, house().settings.session_hours
    _close_session()
    token = records.open_session(key.name, hours)
    records.write_audit(key.name, "/login")
    response = jsonify(next=local_path(str(body.get("next", "/"))))
    response.set_cookie(
        COOKIE, token, max_age=int(hours * 3600), httponly=True, samesite="Strict", secure=request.is_secure, path="/"
    )
    return response


@access.post("/logout")
def logout() -> Response:
    """End the session on the server, and forget what the browser kept."""
    _close_session()
    response = jsonify(next="/login")
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _close_session() -> None:
    token = request.cookies.get(COOKIE)
    if token:
        house().records.close_session(token)
