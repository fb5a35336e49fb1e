"""Units sorted into the classes of a legend: breaks, looks, counts, the rule of each class in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from webmap.paper.carto.drawing import Filled
from webmap.paper.parts.legend import ClassRow
from webmap.paper.say import Say

#: Fixed breaks in per cent; areas are small.
_FIXED = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
_FIXED_AREA = (0.0, 1.0, 5.0, 10.0, 25.0, 100.0)


@dataclass(frozen=True)
class Cells:
    """A column by unit number: values, None where nothing is known, and the numbers that are hidden from the reader."""

    values: Sequence[float | None]
    hidden: frozenset[int]

    def known(self, numbers: Sequence[int]) -> dict[int, float]:
        """The values that are shown, by unit number."""
        shown = ((number, self.values[number]) for number in numbers if number not in self.hidden)
        return {number: value for number, value in shown if value is not None}


def breaks_of(percents: Sequence[float], method: str, measure: str) -> tuple[float, ...]:
    """Six breaks of five classes, in per cent: fixed, or of the values, by number of units or by equal steps.

    Where the breaks of quantiles do not rise, steps are equal.

    >>> breaks_of([10.0, 20.0, 60.0], "equal", "places")
    (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)
    """
    fixed = _FIXED_AREA if measure == "area" else _FIXED
    if method == "fixed" or not percents:
        return fixed
    low, high = min(percents), max(percents)
    if low == high:
        return tuple(low + 0.1 * k for k in range(6))
    equal = np.linspace(low, high, 6)
    asked = np.quantile(percents, equal * 0 + np.linspace(0, 1, 6)) if method == "quantile" else equal
    return tuple((asked if (np.diff(asked) > 0).all() else equal).tolist())


def class_of(value: float, lows: Sequence[float]) -> int:
    """The class by lower edges: the last one that is not above `value`, -1 below the first.

    >>> class_of(20.0, (0.0, 20.0, 40.0)), class_of(3.0, (5.0,))
    (1, -1)
    """
    return sum(low <= value for low in lows) - 1


def classify(
    cells: Cells, numbers: Sequence[int], lows: Sequence[float], look: Callable[[int], Filled]
) -> tuple[dict[int, Filled], dict[str, int]]:
    """The look of each unit, and how many are in each class ("0", "1", ..., "-1"), lack data ("nodata") or are hidden
    ("suppressed")."""
    known = cells.known(numbers)
    looks, counts = {}, dict.fromkeys([*map(str, range(-1, len(lows))), "nodata", "suppressed"], 0)
    for number in numbers:
        if number in known:
            k = class_of(known[number], lows)
            looks[number], name = look(k), str(k)
        else:
            name = "suppressed" if number in cells.hidden else "nodata"
            looks[number] = Filled(pattern=name)
        counts[name] += 1
    return looks, counts


def legend_rows(
    rules: Sequence[str], looks: Sequence[Filled], counts: Mapping[str, int], say: Say, *, first: int = 0
) -> list[ClassRow]:
    """A row per class from class `first` on, then no data and hidden where there are any."""
    rows = [
        ClassRow(rule, say.number(counts[str(k)]), look.fill, look.pattern, look.ink)
        for k, (rule, look) in enumerate(zip(rules, looks, strict=True), start=first)
    ]
    for name, key in (("nodata", "paper.rule_nodata"), ("suppressed", "paper.rule_hidden")):
        if counts[name]:
            rows.append(ClassRow(say.t(key), say.number(counts[name]), pattern=name))
    return rows


def percent_rules(breaks: Sequence[float], say: Say) -> list[str]:
    """The rule of each class of shares, in words."""
    pairs = list(pairwise(breaks))
    last = len(pairs) - 1
    return [
        say.t("paper.rule_last" if k == last else "paper.rule_from", low=say.edge(low), high=say.edge(high))
        for k, (low, high) in enumerate(pairs)
    ]


def lower_rules(lows: Sequence[float], unit: str, say: Say) -> list[str]:
    """The rule of each class by lower edges, in words; the last one has no upper end."""
    rules = [
        say.t("paper.rule_between", low=say.edge(low), high=say.edge(high), unit=unit) for low, high in pairwise(lows)
    ]
    return [*rules, say.t("paper.rule_least", low=say.edge(lows[-1]), unit=unit)]
