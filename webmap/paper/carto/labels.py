"""Names on the map: each tries five places and is dropped where none is free, the most important first."""

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
_GAP_PT = 2.0


@dataclass(frozen=True)
class Label:
    """A text of a known size (points) that wants to stand round (x, y); a fixed one at no other place."""

    text: str
    x: float
    y: float
    width: float
    height: float
    priority: float
    look: str
    is_fixed: bool = False


def place_labels(labels: Sequence[Label], frame: Box, taken: Sequence[Box] = ()) -> list[tuple[Label, float, float]]:
    """The labels that have room within `frame` (left, top, right, bottom), each with its middle.

    >>> two = [Label("b", 10, 10, 8, 4, 1.0, "unit"), Label("a", 10, 10, 8, 4, 2.0, "unit")]
    >>> [(label.text, x, y) for label, x, y in place_labels(two, (0, 0, 20, 30))]
    [('a', 10, 10), ('b', 10, 2.0)]
    """
    boxes, placed = list(taken), []
    for label in sorted(labels, key=lambda label: -label.priority):
        for x, y in _places(label):
            box = (x - label.width / 2, y - label.height / 2, x + label.width / 2, y + label.height / 2)
            if _is_within(box, frame) and not any(meet(box, other) for other in boxes):
                boxes.append(box)
                placed.append((label, x, y))
                break
    return placed


def _places(label: Label) -> list[tuple[float, float]]:
    x, y = label.x, label.y
    if label.is_fixed:
        return [(x, y)]
    up, aside = label.height + 2 * _GAP_PT, label.width / 2 + label.height / 2 + _GAP_PT
    return [(x, y), (x, y - up), (x, y + up), (x + aside, y), (x - aside, y)]


def _is_within(box: Box, frame: Box) -> bool:
    return box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes share ground."""
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
