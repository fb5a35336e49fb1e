"""The leader's figures as the page has them: of the month, parts of the place, the map's record, days until closed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from geo.desk.headline import HeadlineQuery
from geo.desk.standing import StandingQuery
from geo.errors import NotAvailable
from geo.hotspots.cube import EVERY
from webmap.paper.desks.subject import Subject
from webmap.paper.parts.column import Headline, Part, heading, headlines, if_room, note
from webmap.paper.parts.months import month_bars
from webmap.paper.parts.rows import ROW_PT, BarRow, Dot, DotRow, bar_rows, brackets, dot_rows, to_dot

_MOST_ROWS = 12
#: Where the track of closing on time begins and ends.
_SHARES = (0.5, 1.0)
_OWN, _OTHER = "accent", "edge"


@dataclass(frozen=True)
class Answers:
    """What the page asks for its right side: figures of the last month, and of all months."""

    headline: dict[str, Any]
    standing: dict[str, Any]


def ask_answers(subject: Subject) -> Answers:
    """The figures of the place, of the incidents that the address chooses."""
    scope, wanted, role = subject.scope, subject.asked.wanted, subject.role
    return Answers(
        subject.desk.headline(HeadlineQuery(scope.level, scope.within, wanted), role),
        subject.desk.standing(StandingQuery(scope.within, wanted), role),
    )


def answer_parts(subject: Subject, first: Headline, method: str) -> list[Part]:
    """The column: headlines of the month, units compared, the record of the map by `method`, days until closed, months.

    What is not of the incidents chosen is said to be of all.
    """
    say, answers = subject.say, ask_answers(subject)
    month = answers.headline["month"]
    follows = subject.asked.wanted == EVERY or answers.standing["follows"]
    return [
        headlines([first, *_rates(subject, answers)]),
        note(say.t("paper.of_month", month=say.month(month)) if month else ""),
        note("" if follows else say.t("follow.none")),
        *_parts(subject, answers),
        *_score(subject, method),
        *_times(subject, answers),
        *_months(subject, answers),
    ]


def _rates(subject: Subject, answers: Answers) -> list[Headline]:
    """On-time and mediation rate of the month with Wilson intervals; of all months where the month has none."""
    say, target = subject.say, answers.headline["on_time_target"]
    found = []
    for column, key in (("on_time_share", "rate.on_time_short"), ("mediation_share", "rate.mediation_short")):
        month, whole = answers.headline[column], answers.standing["rates"][column]
        name = say.t(key)
        row = month
        if month["value"] is None and whole["value"] is not None:
            row, name = whole, say.t("headline.all_months", name=name)
        if row["value"] is None:
            why = "map.suppressed" if month["hidden"] or whole["hidden"] else "map.no_data"
            found.append(Headline(say.t("state.none"), "", (name, say.t(why))))
            continue
        is_own = column == "on_time_share"
        if is_own:
            name = say.t("paper.with_target", name=name, target=say.percent(target, 0))
        span = say.span(row["low"], row["high"], lambda share: say.number(share * 100, 1))
        lines = (name, say.t("paper.interval", range=span))
        found.append(Headline(say.number(row["value"] * 100, 1), "%", lines, is_own and row["high"] < target))
    return found


def _period(subject: Subject, answers: Answers) -> str:
    """The months that figures of all months are of."""
    say, span, days = subject.say, answers.headline["span"], subject.asked.wanted.days
    if days and answers.standing["follows"]:
        return say.t("paper.from_to", first=days[0], last=days[1])
    return say.t("paper.from_to", **span) if span else ""


def _parts(subject: Subject, answers: Answers) -> list[Part]:
    """Units just below the place: empirical Bayes rates with brackets, on-time rates against the target."""
    say, parts = subject.say, answers.standing["parts"]
    if not parts or len(parts["rows"]) < 2:
        return []
    level, shown, n_all = parts["level"], parts["rows"][:_MOST_ROWS], len(parts["rows"])
    known = [row[key] for row in shown for key in ("eb_low", "eb_high") if row[key] is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = (high - low) * 0.06 or 1.0
    scale = (low - room, high + room)
    target = answers.standing["on_time_target"]
    units = subject.units[level]
    rows = []
    for row in shown:
        name = subject.name_of(level, units["code"].index(row["code"]))
        ends = [row[f"eb_{end}"] for end in ("rate", "low", "high")]
        words = say.t("legend.suppressed") if row["hidden"] or ends[0] is None else say.number(ends[0], 1)
        rate = to_dot([None] * 3 if row["hidden"] else ends, scale, words)
        rows.append(DotRow(name, (rate, _on_time(subject, row["on_time"]))))
    names = 70.0 if say.lang == "zh" else 92.0
    spans = bracket_spans([row["code"] for row in shown], parts["brackets"])
    key = "paper.brackets" if spans else "paper.no_brackets"
    words = say.t(key, n=len(spans), target=say.percent(target, 0))
    cut = say.t("paper.first_rows", n=len(shown), of=n_all) if len(shown) < n_all else ""
    heads = (say.t("paper.per_residents" if "residents" in parts["unit"] else "paper.per_km2"), say.t("paper.on_time"))
    at = (target - _SHARES[0]) / (_SHARES[1] - _SHARES[0])
    return [
        heading(say.t("paper.league", level=subject.title_of(level)), say.t("paper.eb")),
        note(_period(subject, answers)),
        dot_rows(rows, heads=heads, names_pt=names, gap_pt=14, target=at),
        brackets(spans, x_pt=names - 7, rows_above=len(rows) * ROW_PT + 2),
        note(" ".join(part for part in (words, cut) if part)),
    ]


def bracket_spans(codes: list[str], groups: list[list[str]]) -> list[tuple[int, int]]:
    """First and last row of each group of codes, as far as its rows are among `codes`, in order.

    >>> bracket_spans(["a", "b", "c", "d"], [["b", "c"], ["c", "d", "e"], ["a", "x"]])
    [(1, 2), (2, 3)]
    """
    rows = [[codes.index(code) for code in group if code in codes] for group in groups]
    return sorted({(min(group), max(group)) for group in rows if len(group) > 1})


def _months(subject: Subject, answers: Answers) -> list[Part]:
    """Incidents of the place by month."""
    say, told = subject.say, answers.headline["months"]
    if len(told) < 2:
        return []
    day = date.fromisoformat(subject.as_of_day)
    is_over = (day + timedelta(days=1)).day == 1
    most = max((month["n"] or 0 for month in told), default=0)
    title = heading(say.t("months.title"), say.t("paper.most_in_month", n=say.number(most)))
    return [if_room([title, month_bars(told, "" if is_over else f"{day:%Y-%m}")], 66)]


def _on_time(subject: Subject, row: dict[str, Any]) -> Dot:
    say = subject.say
    if row["value"] is None:
        return Dot(None, words=say.t("legend.suppressed" if row["hidden"] else "state.none"))
    ends = [row[end] for end in ("value", "low", "high")]
    return to_dot(ends, _SHARES, say.number(row["value"] * 100, 1), is_bad=row["verdict"] == "missed")


def _score(subject: Subject, method: str) -> list[Part]:
    """How the map did on the incidents that came after it, beside plain counts and last month, in words, also where it
    loses."""
    say = subject.say
    try:
        table = subject.desk.table_rows("scores", subject.role, level=subject.scope.level)
    except NotAvailable:
        return []
    names = [column["column"] for column in table["columns"]]
    rows = [dict(zip(names, cells, strict=True)) for cells in table["rows"]]
    row = next((row for row in rows if row["method"] == method and row["period"] == "all"), None)
    if row is None:
        return []
    title = heading(say.t("score.title"), say.t("paper.score_side"))
    if row["pai"] is None:
        return [title, note(row[f"verdict_{say.lang}"] or say.t("map.suppressed"))]
    shown = [
        (f"score.{method}", row["pai"]),
        ("score.baseline", row["counts_pai"]),
        ("score.last_month", row["last_month_pai"]),
    ]
    most = max(pai for _, pai in shown if pai is not None) or 1.0
    bars = [
        BarRow(say.t(key), ((pai / most, _OWN if own else _OTHER),), (say.number(pai, 2),), is_own=own)
        for own, (key, pai) in zip((True, False, False), shown, strict=True)
        if pai is not None
    ]
    caught = say.t("paper.caught", share=say.percent(row["hit_share"]), area=say.percent(row["area_share"], 2))
    verdict = row[f"verdict_{say.lang}"]
    return [
        title,
        bar_rows(bars, names_pt=92 if say.lang == "zh" else 104, figures_pt=(34,)),
        note(f"{caught}{say.t('punct.semicolon')}{verdict}"),
    ]


def _times(subject: Subject, answers: Answers) -> list[Part]:
    """Median days until cases are closed, by channel, open ones counted."""
    say, rows = subject.say, answers.standing["waiting"] or []
    known = [row for row in rows if row["key"] and (row["median_days"] is not None or row["hidden"])]
    most = max([row["median_days_high"] or row["median_days"] or 0.0 for row in known], default=0.0) * 1.1 or 1.0
    dots = []
    for row in known:
        ends = [row[f"median_days{end}"] for end in ("", "_low", "_high")]
        words = say.t("legend.suppressed") if row["hidden"] else say.number(ends[0], 1)
        dots.append(DotRow(say.word("incident.channel", row["key"]), (to_dot(ends, (0.0, most), words),)))
    if not dots:
        return []
    names = 62.0 if say.lang == "zh" else 84.0
    title = heading(say.t("rate.time_to_close"), say.t("paper.median_days"))
    return [if_room([title, dot_rows(dots, heads=("",), names_pt=names)], 40)]
