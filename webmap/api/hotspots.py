"""Hotspots of the incidents that a filter keeps, and how they emerge by steps of time."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from geo.desk.emerging import MAX_RERUNS, REFERENCES, WINDOWS, CubeQuestion
from geo.desk.hotspots import MAX_PERMUTATIONS, Question
from geo.hotspots.analysis import STATISTICS, VARIABLES
from geo.hotspots.emerging.steps import CUBE_STEPS
from geo.hotspots.neighbours import KINDS
from webmap.api import analyses, models
from webmap.api.openapi import reads
from webmap.caching import answer
from webmap.filters import FILTER, wanted_of
from webmap.house import house, role
from webmap.query import number, one_of, text, whole

_BOTH = {
    "level": text(),
    "within": text(),
    "neighbours": one_of(KINDS),
    "band_m": number(1, 1_000_000),
    "n_nearest": whole(1),
    "permutations": whole(1, cap=MAX_PERMUTATIONS),
    "seed": whole(0),
}
ASKED = {
    **_BOTH,
    "variable": one_of(VARIABLES, default="excess"),
    "statistic": one_of(STATISTICS, default="gi"),
}
CUBE = {
    **_BOTH,
    "step": one_of(CUBE_STEPS, default="month"),
    "window": one_of(WINDOWS, default="cube"),
    "reference": one_of(REFERENCES, default="expected"),
    "reruns": whole(0, default=0, cap=MAX_RERUNS),
}


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    reads(api, "/hotspots", hotspots, "leader", models.Hotspots, {**ASKED, **FILTER})
    reads(api, "/emerging", emerging, "leader", analyses.Emerging, {**CUBE, **FILTER})


def hotspots(query: dict[str, Any]) -> Response:
    """Gi* or local Moran's I of the units of a level over the incidents that the filter keeps: classes and method."""
    asked = Question(wanted=wanted_of(query), **{name: query[name] for name in ASKED})
    return answer(lambda: house().desk.hotspots(asked, role()))


def emerging(query: dict[str, Any]) -> Response:
    """Emerging hot spots by days, weeks or months over the incidents that the filter keeps: labels, why, and method."""
    asked = CubeQuestion(wanted=wanted_of(query), **{name: query[name] for name in CUBE})
    return answer(lambda: house().desk.emerging(asked, role()))
