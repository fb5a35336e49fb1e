"""What a page keeps, in words: incidents by time and word, gaps, cameras."""

from collections.abc import Callable, Sequence

from geo.desk.shown_rows import Span
from geo.hotspots.cube import EVERY
from webmap.paper.desks.coverage import reason_word
from webmap.paper.desks.subject import Subject
from webmap.paper.parts.column import Part, heading, note
from webmap.paper.say import DASH, Say

#: What the register says against a camera, worst first.
STATUS_WORDS = {
    "not_filed": "status.unfiled",
    "no_sign": "status.no_sign",
    "past_retention": "status.past_retention",
    "unknown": "status.unknown",
}


def filter_part(say: Say, words: Sequence[str]) -> list[Part]:
    """The filters as a section; nothing where there are none."""
    return [heading(say.t("guard.filters")), note(say.t("punct.semicolon").join(words))] if words else []


def incident_words(subject: Subject) -> list[str]:
    """Which incidents count; nothing where all do."""
    say, wanted = subject.say, subject.asked.wanted
    found = [say.t("paper.from_to", first=wanted.days[0], last=wanted.days[1])] if wanted.days else []
    for name, words in (("category", wanted.categories), ("channel", wanted.channels)):
        if words:
            found.append(_named(say, f"incident.{name}", [say.word(f"incident.{name}", word) for word in words]))
    if wanted.weekdays:
        found.append(runs_in_words(wanted.weekdays, lambda day: say.t("paper.weekday", day=say.t(f"day.{day}"))))
    if wanted.hours:
        found.append(
            runs_in_words(wanted.hours, str, lambda a, b: say.t("gaps.hours_span", **{"from": a, "to": b + 1}))
        )
    return found


def filter_words(subject: Subject) -> list[str]:
    """Which incidents count, that all do included."""
    return incident_words(subject) if subject.asked.wanted != EVERY else [subject.say.t("paper.every_incident")]


def gap_words(subject: Subject, title: str, form: Callable[[str, float], str], titles: dict[str, str]) -> list[str]:
    """Which gaps count: `title` is the figure's, `form` says (figure, value), `titles` are those of the others."""
    say, kept = subject.say, subject.asked.gaps

    def span(name: str, key: str, ends: Span) -> str:
        return f"{say.t(key)} {span_words([None if end is None else form(name, end) for end in ends])}"

    found = [
        _named(say, key, [reason_word(say, reason) for reason in reasons])
        for key, reasons in (("gap.reason", kept.reasons), ("gaps.largest", kept.largest))
        if reasons
    ]
    if any(end is not None for end in kept.length):
        found.append(span("", title, kept.length))
    found += [span(name, titles[name], ends) for name, ends in kept.spans.items()]
    if kept.name:
        found.append(_named(say, "table.name", [kept.name]))
    return [*found, *incident_words(subject)]


def camera_words(subject: Subject) -> list[str]:
    """Which cameras count, or units where those are ranked."""
    say, wanted = subject.say, subject.asked.cameras.wanted
    low, high = wanted.facade_m
    found = []
    if low is not None or high is not None:
        key = "guard.chip.facade_from" if high is None else "guard.chip.facade"
        found.append(say.t(key, **{"from": say.edge(low or 0.0), "to": say.edge(high or 0.0)}))
    if wanted.statuses:
        found.append(_named(say, "guard.status", [say.t(STATUS_WORDS[status]) for status in wanted.statuses]))
    if subject.asked.cameras.of != "cameras":
        return found
    for key, group, words in (
        ("guard.overlap", "spot", wanted.overlaps),
        ("guard.programme", "programme", wanted.programmes),
        ("guard.owner", "owner", wanted.owners),
    ):
        if words:
            found.append(
                _named(say, key, [say.word(group, word) if word else say.t("status.unknown") for word in words])
            )
    return [*found, say.t("safe.adds_least")] if wanted.spare else found


def span_words(ends: Sequence[str | None]) -> str:
    """A span whose ends are said already; one at least is there.

    >>> span_words(["250\xa0m", None]), span_words([None, "5"]), span_words(["1", "2"])
    ('≥ 250\xa0m', '< 5', '1–2')
    """
    low, high = ends
    return f"≥ {low}" if high is None else f"< {high}" if low is None else f"{low}{DASH}{high}"


def runs_in_words(
    numbers: Sequence[int], one: Callable[[int], str], run: Callable[[int, int], str] | None = None
) -> str:
    """Ascending numbers as runs, first and last of each said by `one`, or both by `run`.

    >>> runs_in_words((1, 2, 3, 6), str), runs_in_words((8, 9), str, lambda a, b: f"{a}-{b + 1} h")
    ('1–3, 6', '8-10 h')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [
        run(first, last) if run else one(first) if first == last else f"{one(first)}{DASH}{one(last)}"
        for first, last in runs
    ]
    return ", ".join(said)


def _named(say: Say, key: str, words: Sequence[str]) -> str:
    return f"{say.t(key)}{say.t('punct.colon')}{say.t('punct.list').join(words)}"
