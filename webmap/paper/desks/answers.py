"""Who answers in time: rates of the place and of the units below it, the map's record, days until cases are closed."""

from datetime import date, timedelta
from typing import Any

from geo.desk.league import LeagueQuery
from geo.errors import Forbidden, NotAvailable
from geo.hotspots.cube import EVERY
from geo.snapshot.cases import Asked as Cases
from webmap.paper.desks.subject import Subject
from webmap.paper.parts.column import Headline, Part, heading, if_room, note
from webmap.paper.parts.months import month_bars
from webmap.paper.parts.rows import ROW_PT, BarRow, Dot, DotRow, bar_rows, brackets, dot_rows, to_dot

_MOST_ROWS = 12
#: Where the track of closing on time begins and ends.
_SHARES = (0.5, 1.0)
_OWN, _OTHER = "accent", "edge"


def answer_parts(subject: Subject, method: str) -> list[Part]:
    """Below the headlines: units compared, the record of the map by `method`, days until closed, incidents by month."""
    is_filtered = subject.asked.wanted != EVERY
    parts = [*_counties(subject), *_score(subject, method), *_times(subject), *_months(subject)]
    return [note(subject.say.t("paper.all_incidents")), *parts] if is_filtered and parts else parts


def rate_headlines(subject: Subject) -> list[Headline]:
    """On-time and mediation rate of the place, each with its Wilson interval."""
    say, rates = subject.say, subject.card["rates"]
    target = subject.boot["rules"]["on_time_target"]
    found = []
    for column, key in (("on_time_share", "rate.on_time_short"), ("mediation_share", "rate.mediation_short")):
        value = rates[column] if rates else None
        name = say.t(key)
        if value is None:
            why = "map.suppressed" if rates and column in rates["hidden"] else "map.no_data"
            found.append(Headline(say.t("state.none"), "", (name, say.t(why))))
            continue
        low, high = rates[f"{column}_low"], rates[f"{column}_high"]
        lines = [name, say.span(low, high, lambda share: say.number(share * 100, 1))]
        is_own = column == "on_time_share"
        if is_own:
            lines[0] = say.t("paper.with_target", name=name, target=say.percent(target, 0))
        found.append(Headline(say.number(value * 100, 1), "%", tuple(lines), is_own and high < target))
    return found


def _counties(subject: Subject) -> list[Part]:
    """Units just below the place: empirical Bayes rates with brackets, on-time rates against the target."""
    say, level, within = subject.say, subject.child_level, subject.scope.within
    try:
        league = subject.desk.league(LeagueQuery(level, within), subject.role)
        on_time = {
            row["key"]: row for row in subject.desk.rates(Cases("unit", level, within, EVERY), subject.role)["rows"]
        }
    except (NotAvailable, Forbidden):
        return []
    ranked = sorted(league["rows"], key=lambda row: row["place"] or len(league["rows"]))
    shown = ranked[:_MOST_ROWS]
    if len(ranked) < 2:
        return []
    known = [row[key] for row in shown for key in ("eb_low", "eb_high") if row[key] is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = (high - low) * 0.06 or 1.0
    scale = (low - room, high + room)
    target = subject.boot["rules"]["on_time_target"]
    rows = []
    units = subject.units[level]
    for row in shown:
        name = subject.name_of(level, units["code"].index(row["code"]))
        ends = [row[f"eb_{end}"] for end in ("rate", "low", "high")]
        words = say.t("legend.suppressed") if row["hidden"] or ends[0] is None else say.number(ends[0], 1)
        rate = to_dot([None] * 3 if row["hidden"] else ends, scale, words)
        rows.append(DotRow(name, (rate, _on_time(subject, on_time.get(row["code"]), target))))
    names = 70.0 if say.lang == "zh" else 92.0
    spans = group_spans([row["groups"] for row in shown])
    title = say.t("paper.league", level=subject.title_of(level))
    heads = (say.t("paper.per_residents" if "residents" in league["unit"] else "paper.per_km2"), say.t("paper.on_time"))
    words = (
        say.t("paper.brackets", n=len(spans), target=say.percent(target, 0))
        if spans
        else say.t("paper.no_brackets", target=say.percent(target, 0))
    )
    cut = say.t("paper.first_rows", n=len(shown), of=len(ranked)) if len(shown) < len(ranked) else ""
    return [
        heading(title, say.t("paper.eb")),
        dot_rows(
            rows, heads=heads, names_pt=names, gap_pt=14, target=(target - _SHARES[0]) / (_SHARES[1] - _SHARES[0])
        ),
        brackets(spans, x_pt=names - 7, rows_above=len(rows) * ROW_PT + 2),
        note(" ".join(part for part in (words, cut) if part)),
    ]


def group_spans(groups: list[str | None]) -> list[tuple[int, int]]:
    """First and last row of each group of at least two rows; a row's groups are "A" or "B-D", rows are in rank order.

    >>> group_spans(["A", "B", "B-C", "C", None])
    [(1, 2), (2, 3)]
    """
    members: dict[str, list[int]] = {}
    for row, named in enumerate(groups):
        first, _, last = (named or "").partition("-")
        for number in range(_number(first), _number(last or first) + 1) if first else ():
            members.setdefault(str(number), []).append(row)
    spans = [(rows[0], rows[-1]) for rows in members.values() if len(rows) > 1]
    return sorted(set(spans))


def _months(subject: Subject) -> list[Part]:
    """Incidents of the place by month; all of them, whatever is filtered."""
    say, told = subject.say, subject.card["months"]
    if len(told) < 2:
        return []
    day = date.fromisoformat(subject.as_of_day)
    is_over = (day + timedelta(days=1)).day == 1
    most = max((month["n"] or 0 for month in told), default=0)
    title = heading(say.t("months.title"), say.t("paper.most_in_month", n=say.number(most)))
    return [if_room([title, month_bars(told, "" if is_over else f"{day:%Y-%m}")], 66)]


def _number(letters: str) -> int:
    """A as 0, Z as 25, AA as 26."""
    return sum((ord(letter) - 64) * int(26**power) for power, letter in enumerate(reversed(letters))) - 1


def _on_time(subject: Subject, row: dict[str, Any] | None, target: float) -> Dot:
    say = subject.say
    value = row["on_time_share"] if row else None
    if row is None or value is None:
        hidden = row is not None and "on_time_share" in row["hidden"]
        return Dot(None, words=say.t("legend.suppressed" if hidden else "state.none"))
    ends = [row[f"on_time_share{end}"] for end in ("", "_low", "_high")]
    return to_dot(ends, _SHARES, say.number(value * 100, 1), is_bad=ends[2] < target)


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


def _times(subject: Subject) -> list[Part]:
    """Median days until cases are closed, by channel, open ones counted."""
    say = subject.say
    asked = Cases("channel", subject.scope.level, subject.scope.place["address"], EVERY)
    try:
        rows = subject.desk.waiting(asked, subject.role, "closed")["rows"]
    except (NotAvailable, Forbidden):
        return []
    known = [row for row in rows if row["key"] and (row["median_days"] is not None or row["hidden"])]
    most = max([row["median_days_high"] or row["median_days"] or 0.0 for row in known], default=0.0) * 1.1 or 1.0
    dots = []
    for row in known:
        ends = [row[f"median_days{end}"] for end in ("", "_low", "_high")]
        words = say.t("legend.suppressed") if row["hidden"] else say.number(ends[0], 1)
        dots.append(DotRow(say.word("incident.channel", row["key"]), (to_dot(ends, (0.0, most), words),)))
    names = 62.0 if say.lang == "zh" else 84.0
    return (
        [
            heading(say.t("rate.time_to_close"), say.t("paper.median_days")),
            dot_rows(dots, heads=("",), names_pt=names),
        ]
        if dots
        else []
    )
