"""The demo's `labels.csv`: its categories of incidents in both languages, as a city names those of its own records."""

from geo.demo.incidents import CATEGORIES

#: English names, in the order of `CATEGORIES`.
_ENGLISH = (
    "Neighbour disputes",
    "Family disputes",
    "Land disputes",
    "Consumer disputes",
    "Noise nuisance",
    "Street obstruction",
    "Sanitation",
    "Damaged facilities",
)


def labels_text() -> str:
    """The text of the file.

    >>> labels_text().splitlines()[:2]
    ['column,word,zh,en', 'category,邻里纠纷,邻里纠纷,Neighbour disputes']
    """
    rows = [f"category,{word},{word},{name}" for (word, _, _), name in zip(CATEGORIES, _ENGLISH, strict=True)]
    return "\n".join(["column,word,zh,en", *rows, ""])
