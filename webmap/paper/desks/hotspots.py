"""The leader's page: where incidents concentrate and why, who answers in time, whether the last map was right."""

from collections import Counter
from typing import Any

from geo.desk.emerging import CubeQuestion
from geo.desk.hotspots import Question
from webmap.maps.palette import load_palette
from webmap.paper.carto.drawing import Filled, Named
from webmap.paper.desks.answers import answer_parts
from webmap.paper.desks.chosen import filter_words
from webmap.paper.desks.density import density_page
from webmap.paper.desks.subject import EVEN_PT, Content, Subject
from webmap.paper.glyphs import NO_PATTERN, fill_of
from webmap.paper.parts.because import Reason, because
from webmap.paper.parts.column import Headline, Part, heading
from webmap.paper.parts.legend import ClassRow, class_rows, emerging_matrix

#: Whom to look at first.
_URGENCY = ("intensifying", "new", "consecutive", "persistent", "sporadic", "oscillating", "diminishing", "historical")
_NO_RESULT = "no_result"


def hotspots_page(subject: Subject) -> Content:
    """Emerging hot spots (default), Gi* or density, as the permalink asks."""
    pages = {"gi": _gi_page, "density": density_page}
    return pages.get(subject.asked.measure or "", _emerging_page)(subject)


def _emerging_page(subject: Subject) -> Content:
    asked, say, scope = subject.asked, subject.say, subject.scope
    question = CubeQuestion(level=scope.level, step=asked.step, wanted=asked.wanted)
    found = subject.desk.emerging(question, subject.role)
    labels = found["units"]["label"]
    hidden = {number for number in scope.numbers if labels[number] is None}
    looks = {number: _look(labels[number], is_hidden=number in hidden) for number in scope.numbers}
    counts = Counter(labels[number] for number in scope.numbers)
    marked = [number for number in scope.numbers if labels[number] not in (None, _NO_RESULT, NO_PATTERN)]
    marked.sort(key=lambda number: (_urgency(labels[number]), -(_cell(found, "stability_share", number) or 0.0)))
    hot = [number for number in marked if _is_hot(labels[number])]
    sentences = [
        Reason(
            subject.name_of(scope.level, number),
            subject.parent_name(number),
            say.t(f"emerging.{labels[number]}"),
            str(_cell(found, f"because_{say.lang}", number) or ""),
            label=labels[number],
        )
        for number in marked
    ]
    method = found["method"]
    when = say.month(method["last_step"]) if asked.step == "month" and method["last_step"] else method["last_step"]
    unit = say.t(f"paper.steps_{asked.step}", n=method["n_steps"])
    span = say.t("paper.from_to", first=method["first_step"] or "", last=method["last_step"] or "")
    middle: list[Part] = [
        heading(say.t("map.legend"), say.t("paper.hot_cold", level=subject.title_of(scope.level))),
        emerging_matrix(counts, len(hidden), say),
        heading(say.t("paper.why"), say.t("paper.why_side", n=say.number(len(marked)))),
        because(sentences, say.t("emerging.nothing")),
    ]
    n_hot = Headline(
        say.number(len(hot)), say.t("hot.units"), (say.t("paper.hot_now", level=subject.title_of(scope.level)),)
    )
    return Content(
        title=say.t("paper.title", what=say.t("paper.emerging"), place=subject.place_name, when=when or ""),
        subtitle=say.t("punct.comma").join([subject.count_words(), *filter_words(subject), f"{span}{unit}"]),
        plan=subject.plan(looks, subject.named(marked)),
        middle=middle,
        right=answer_parts(subject, n_hot, "emerging"),
        methods=(say.of(method["line"]), *(say.of(words) for words in method["warnings"])),
        middle_pt=EVEN_PT,
    )


def _gi_page(subject: Subject) -> Content:
    asked, say, scope = subject.asked, subject.say, subject.scope
    found = subject.desk.hotspots(Question(level=scope.level, wanted=asked.wanted), subject.role)
    classes = found["units"]["class"]
    scale = load_palette()["scales"]["gi"]
    fills, signs = (dict(zip(scale["classes"], scale[key], strict=True)) for key in ("light", "signs"))
    looks = {
        number: Filled(fill=fills[name])
        if (name := classes[number]) in fills
        else Filled(pattern="suppressed" if name is None else "nodata")
        for number in scope.numbers
    }
    counts = Counter(classes[number] for number in scope.numbers)
    rows = [
        ClassRow(say.t(f"paper.gi_{name}"), say.number(counts[name]), fills[name], sign=signs[name]) for name in fills
    ]
    others = (
        ("island", "stat.island", "nodata"),
        (_NO_RESULT, "map.no_data", "nodata"),
        (None, "map.suppressed", "suppressed"),
    )
    rows += [
        ClassRow(say.t(key), say.number(counts[name]), pattern=pattern) for name, key, pattern in others if counts[name]
    ]
    order = {name: place for place, name in enumerate(scale["classes"])}
    value = found["units"].get("value") or [None] * len(classes)
    hot = [number for number in scope.numbers if str(classes[number]).startswith("hot")]
    hot.sort(key=lambda number: (order[classes[number]], -(value[number] or 0.0)))
    reasons = [
        Reason(
            subject.name_of(scope.level, number),
            subject.parent_name(number),
            say.t(f"legend.{classes[number]}"),
            _excess_words(subject, found, number),
            fill=fills[classes[number]],
            sign=signs[classes[number]],
        )
        for number in hot
    ]
    marks = [n for n in scope.numbers if classes[n] in fills and classes[n] != "none"]
    named = [Named(scope.level, n, signs[classes[n]], "sign", 60.0 - order[classes[n]]) for n in marks[:400]]
    n_hot = Headline(
        say.number(len(hot)), say.t("hot.units"), (say.t("hot.after_fdr", level=subject.title_of(scope.level)),)
    )
    method = found["method"]
    return Content(
        title=say.t("paper.title", what=say.t("paper.gi"), place=subject.place_name, when=subject.as_of_day),
        subtitle=say.t("punct.comma").join([subject.count_words(), *filter_words(subject)]),
        plan=subject.plan(looks, [*named, *subject.named(hot[:8])]),
        middle=[
            heading(say.t("map.legend"), say.t("hot.legend")),
            class_rows(rows),
            heading(say.t("hot.table"), say.t("paper.why_side", n=say.number(len(hot)))),
            because(reasons, say.t("hot.nothing")),
        ],
        right=answer_parts(subject, n_hot, "gi_star"),
        methods=(say.of(method["line"]), *(say.of(words) for words in method["warnings"])),
        middle_pt=EVEN_PT,
    )


def _look(label: str | None, *, is_hidden: bool) -> Filled:
    if is_hidden or label is None:
        return Filled(pattern="suppressed")
    if label == _NO_RESULT:
        return Filled(pattern="nodata")
    return Filled(fill=fill_of(label), glyph=None if label == NO_PATTERN else label)


def _is_hot(label: str) -> bool:
    """Whether the last step is hot."""
    pattern, _, sign = label.partition("_")
    return sign == "hot" and pattern != "historical"


def _urgency(label: str) -> int:
    pattern, _, sign = label.partition("_")
    return _URGENCY.index(pattern) + (len(_URGENCY) if sign == "cold" else 0)


def _cell(found: dict[str, Any], column: str, number: int) -> Any:
    return found["units"][column][number] if column in found["units"] else None


def _excess_words(subject: Subject, found: dict[str, Any], number: int) -> str:
    say, units = subject.say, found["units"]
    if "n_incidents" not in units or "expected" not in units:
        return ""
    n, expected = units["n_incidents"][number], units["expected"][number]
    if n is None or not expected:
        return say.t("map.suppressed")
    digits = 1 if expected < 10 else 0
    ratio = say.number(n / expected, 1)
    return say.t("hot.because", n=say.number(n), expected=say.number(expected, digits), ratio=ratio)
