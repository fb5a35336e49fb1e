"""Data for programs and for the page: every route reads its query strictly and hands the desk the asking role."""

from apiflask import APIBlueprint
from flask import Blueprint, Response

from webmap.api import (
    cases,
    evidence,
    feed,
    files,
    gaps,
    history,
    hotspots,
    imports,
    incidents,
    jobs,
    openapi,
    points,
    refusals,
    register,
    safeguards,
    scenarios,
    tables,
    topology,
    units,
    uploads,
    whatif,
)

api = Blueprint("api", __name__, url_prefix="/api")
for part in (
    units,
    evidence,
    gaps,
    history,
    points,
    cases,
    safeguards,
    tables,
    jobs,
    imports,
    refusals,
    uploads,
    topology,
    openapi,
    files,
):
    part.add_routes(api)

#: Routes for programs, described by /api/openapi.json.
open_api = APIBlueprint("open", __name__, url_prefix="/api")
for described in (register, incidents, feed, hotspots, whatif, scenarios):
    described.add_routes(open_api)


@open_api.after_request
def _keep_nowhere(response: Response) -> Response:
    """What single cameras, places and incidents are like stays off the browser's disk."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response
