"""What there is to note about a source: sentences, some of them with a count that adds up over the parts of a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import Words


@dataclass(frozen=True)
class Counted:
    """A sentence with "{n}" in it, and how many rows it is about."""

    en: str
    zh: str
    n: int


Note = Words | Counted


def tell(notes: Iterable[Note]) -> tuple[Words, ...]:
    """The sentences in the order in which they first came, each once, counts added up; those about no row are left out.

    >>> tell([Counted("{n} of them", "{n} 个", 2), Words("so", "是"), Counted("{n} of them", "{n} 个", 3)])
    (Words(en='5 of them', zh='5 个'), Words(en='so', zh='是'))
    """
    counts: dict[tuple[str, str, bool], int] = {}
    for note in notes:
        counted = isinstance(note, Counted)
        key = note.en, note.zh, counted
        counts[key] = counts.get(key, 0) + (note.n if isinstance(note, Counted) else 1)
    told = []
    for (en, zh, counted), n in counts.items():
        if n:
            told.append(Words(en.replace("{n}", str(n)), zh.replace("{n}", str(n))) if counted else Words(en, zh))
    return tuple(told)
