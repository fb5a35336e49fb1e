"""Hotspots of the incidents that a filter keeps."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from geo.desk.hotspots import MAX_PERMUTATIONS, Question
from geo.hotspots.analysis import STATISTICS, VARIABLES
from geo.hotspots.cube import Wanted
from geo.hotspots.neighbours import KINDS
from webmap.api import models
from webmap.api.openapi import reads
from webmap.caching import answer
from webmap.house import house, role
from webmap.query import days, number, numbers, one_of, text, whole, words

#: Which incidents count, by the field of `Wanted`.
FILTER = {
    "days": ("days", days()),
    "hours": ("hours", numbers(0, 23)),
    "weekdays": ("weekdays", numbers(1, 7)),
    "category": ("categories", words()),
    "channel": ("channels", words()),
    "outcome": ("outcomes", words()),
}
ASKED = {
    "level": text(),
    "within": text(),
    "variable": one_of(VARIABLES, default="excess"),
    "statistic": one_of(STATISTICS, default="gi"),
    "neighbours": one_of(KINDS),
    "band_m": number(1, 1_000_000),
    "n_nearest": whole(1),
    "permutations": whole(1, cap=MAX_PERMUTATIONS),
    "seed": whole(0),
}


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    params = {**ASKED, **{name: param for name, (_, param) in FILTER.items()}}
    reads(api, "/hotspots", hotspots, "leader", models.Hotspots, params)


def hotspots(query: dict[str, Any]) -> Response:
    """Gi* or local Moran's I of the units of a level over the incidents that the filter keeps: classes and method."""
    wanted = Wanted(**{field: query[name] for name, (field, _) in FILTER.items()})
    asked = Question(wanted=wanted, **{name: query[name] for name in ASKED})
    return answer(lambda: house().desk.hotspots(asked, role()))
