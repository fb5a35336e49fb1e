"""When incidents happen and what becomes of them: counts in time, rates, days until they are closed."""

from flask import Blueprint, Response

from geo.desk.headline import HeadlineQuery
from geo.desk.league import PER, REFERENCES, LeagueQuery, Reference
from geo.desk.standing import StandingQuery
from geo.hotspots.cube import Step
from geo.snapshot.case_rows import UNTIL
from webmap.caching import answer
from webmap.filters import CASES, FILTER, cases_of, wanted_of
from webmap.house import house, role
from webmap.query import one_of, read_query, text

_STEPS: tuple[Step, ...] = ("month", "week", "day", "weekday_hour")


def add_routes(api: Blueprint) -> None:
    """Hang the routes of this module on `api`."""
    api.get("/counts")(counts)
    api.get("/rates")(rates)
    api.get("/waiting")(waiting)
    api.get("/league")(league)
    api.get("/headline")(headline)
    api.get("/standing")(standing)


def counts() -> Response:
    """Incidents of one unit by month, ISO week, day (calendar), or weekday and hour (clock, Monday 0 h first)."""
    query = read_query(level=text(required=True), code=text(required=True), step=one_of(_STEPS), **FILTER)
    step: Step = query["step"] or "month"
    return answer(lambda: house().desk.counts(query["level"], query["code"], step, wanted_of(query), role()))


def rates() -> Response:
    """Counts and rates with Wilson limits, by unit, channel, category or month."""
    query = read_query(**CASES)
    return answer(lambda: house().desk.rates(cases_of(query), role()))


def waiting() -> Response:
    """Days until acceptance or closing by Kaplan-Meier, by unit, channel, category or month."""
    query = read_query(until=one_of(UNTIL), **CASES)
    return answer(lambda: house().desk.waiting(cases_of(query), role(), query["until"] or "closed"))


def league() -> Response:
    """The units of a level compared: empirical Bayes rates, places that cannot be told apart, a funnel."""
    query = read_query(
        level=text(required=True), within=text(), per=one_of(PER), reference=one_of(REFERENCES), **FILTER
    )
    reference: Reference = query["reference"] or "global"
    asked = LeagueQuery(query["level"], query["within"], query["per"], reference, wanted_of(query))
    return answer(lambda: house().desk.league(asked, role()))


def headline() -> Response:
    """The figures of a place in the last whole month of the days asked for, with what they are compared with."""
    query = read_query(level=text(required=True), within=text(), **FILTER)
    asked = HeadlineQuery(query["level"], query["within"], wanted_of(query))
    return answer(lambda: house().desk.headline(asked, role()))


def standing() -> Response:
    """The parts of a place compared, its rates, and the days until its cases are closed, by channel."""
    query = read_query(within=text(), **FILTER)
    return answer(lambda: house().desk.standing(StandingQuery(query["within"], wanted_of(query)), role()))
