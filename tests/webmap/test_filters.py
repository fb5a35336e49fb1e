from datetime import date

import pytest
from flask import Flask

from geo.errors import BadQuery
from geo.hotspots.cube import EVERY, Wanted
from webmap.filters import FILTER, wanted_of
from webmap.query import read_query


def read(query: str) -> Wanted:
    with Flask(__name__).test_request_context(f"/?{query}"):
        return wanted_of(read_query(**FILTER))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", EVERY),
        ("days=2026-01-01/2026-03-31", Wanted(days=(date(2026, 1, 1), date(2026, 3, 31)))),
        ("hours=9,8,8&weekdays=1,7", Wanted(hours=(8, 9), weekdays=(1, 7))),
        ("category=noise,%22a,b%22,&channel=%22%22", Wanted(categories=("noise", "a,b", ""), channels=("",))),
        ("outcome=open", Wanted(outcomes=("open",))),
    ],
)
def test_a_filter_is_read_from_the_query(query, wanted):
    assert read(query) == wanted


@pytest.mark.parametrize(
    "query",
    ["days=2026-02-30/2026-03-01", "days=2026-01-01", "hours=", "hours=24", "weekdays=1;2", "reopened=yes", "hour=8"],
)
def test_what_is_no_filter_is_refused(query):
    with pytest.raises(BadQuery):
        read(query)
