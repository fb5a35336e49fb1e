"""Filters of the gaps and the safeguards desk as their addresses have them."""

from dataclasses import dataclass, field
from typing import Any

from geo.coverage.reasons import REASONS
from geo.desk.safeguards import STATUSES
from geo.desk.shown import Wanted as WantedCameras
from geo.desk.shown_rows import Span
from geo.errors import Words
from webmap.query import Param, one_of, text
from webmap.shown_gaps import span

#: Between words of the home, which may hold commas.
_BETWEEN = "~"
#: Figures by which a heading of the table of gaps filters.
_FIGURES = ("roads", "places", "incidents", "residents", "area")
#: What cameras can be ranked by: the key of the page, the column.
_CAMERA_SORTS = {
    "facade": "facade_62_m",
    "dwellings": "n_dwellings_62",
    "alone": "alone_road_m",
    "seen3": "seen_3plus_share",
    "overlaps": "n_overlaps",
    "status": "duty",
}
#: What each measure of safeguards ranks cameras by first.
_FIRST = {"facade": "facade", "seen3": "seen3", "overlaps": "overlaps", "duties": "status"}
#: No camera is left out.
EVERY_CAMERA = WantedCameras()


@dataclass(frozen=True)
class KeptGaps:
    """Which gaps a page keeps: reasons that count, span of the figure, spans of figures by name, a text, largest."""

    reasons: tuple[str, ...] = ()
    length: Span = (None, None)
    spans: dict[str, Span] = field(default_factory=dict)
    name: str = ""
    largest: tuple[str, ...] = ()


#: No gap is left out.
EVERY_GAP = KeptGaps()


@dataclass(frozen=True)
class KeptCameras:
    """Which rows of safeguards a page ranks, `of` cameras or of a level, and by what, as column and direction."""

    of: str = "cameras"
    wanted: WantedCameras = EVERY_CAMERA
    sort: str = "facade_62_m"
    ascending: bool = False


#: All cameras, most facade first.
WORST_CAMERAS = KeptCameras()


def split_words() -> Param:
    """Words of the home with "~" between them."""
    plain = text(max_chars=2_000)

    def parse(raw: str) -> tuple[str, ...] | None:
        return tuple(raw.split(_BETWEEN)) if plain.parse(raw) is not None else None

    return Param(parse, plain.wanted)


def gap_params() -> dict[str, Param]:
    """How the filters of the gaps desk stand in its address."""
    return {
        "reason": _some_of(REASONS),
        "length": span(),
        "where": Param(_read_where, text().wanted),
        "rows": one_of(("gaps", "units")),
    }


def camera_params() -> dict[str, Param]:
    """How the filters of the safeguards desk stand in its address."""
    words = {name: split_words() for name in ("overlap", "programme", "owner")}
    return {
        "of": text(),
        "facade": span(),
        "status": _some_of(STATUSES),
        **words,
        "spare": one_of(("1",)),
        "sort": Param(_read_sort, text().wanted),
    }


def to_gaps(values: dict[str, Any]) -> KeptGaps:
    """The filter of values read by `gap_params`.

    >>> to_gaps({"where": {"incidents": (5.0, None), "largest": ("none",)}})
    KeptGaps(reasons=(), length=(None, None), spans={'incidents': (5.0, None)}, name='', largest=('none',))
    """
    where = values.get("where") or {}
    return KeptGaps(
        reasons=values.get("reason") or (),
        length=values.get("length") or (None, None),
        spans={name: where[name] for name in _FIGURES if name in where},
        name=where.get("name", ""),
        largest=where.get("largest", ()),
    )


def to_cameras(values: dict[str, Any]) -> KeptCameras:
    """The filter and order of values read by `camera_params`, and of the measure.

    >>> to_cameras({"measure": "duties"}).sort, to_cameras({"sort": ("alone", True)}).sort
    ('duty', 'alone_road_m')
    """
    first = _FIRST[values.get("measure") or "facade"]
    key, ascending = values.get("sort") or (first, False)
    wanted = WantedCameras(
        facade_m=values.get("facade") or (None, None),
        statuses=values.get("status") or (),
        overlaps=values.get("overlap") or (),
        programmes=values.get("programme") or (),
        owners=values.get("owner") or (),
        spare=values.get("spare") is not None,
    )
    return KeptCameras(values.get("of") or "cameras", wanted, _CAMERA_SORTS.get(key, _CAMERA_SORTS[first]), ascending)


def _some_of(known: tuple[str, ...]) -> Param:
    def parse(raw: str) -> tuple[str, ...] | None:
        names = tuple(raw.split(","))
        return names if all(name in known for name in names) else None

    return Param(parse, Words(f"some of {', '.join(known)}", f"下列之一或多个：{'，'.join(known)}"))


def _read_where(raw: str) -> dict[str, Any] | None:
    """Filters of headings, KEY:VALUE with "~" between them.

    >>> _read_where("incidents:5-50~name:a:b~largest:none,pixels")
    {'incidents': (5.0, 50.0), 'name': 'a:b', 'largest': ('none', 'pixels')}
    """
    readers = {**{name: span().parse for name in _FIGURES}, "name": text().parse, "largest": _some_of(REASONS).parse}
    found: dict[str, Any] = {}
    for part in raw.split(_BETWEEN):
        key, _, value = part.partition(":")
        read = readers[key](value) if key in readers else None
        if read is None:
            return None
        found[key] = read
    return found


def _read_sort(raw: str) -> tuple[str, bool] | None:
    """Column of the page and whether the lowest come first, of COLUMN.high or COLUMN.low."""
    key, _, end = raw.rpartition(".")
    return (key, end == "low") if key and end in ("high", "low") else None
