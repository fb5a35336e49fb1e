"""Data for programs and for the page: every route reads its query strictly and hands the desk the asking role."""

from flask import Blueprint

from webmap.api import imports, jobs, points, refusals, tables, units

api = Blueprint("api", __name__, url_prefix="/api")
for part in (units, points, tables, jobs, imports, refusals):
    part.add_routes(api)
