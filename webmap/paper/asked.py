"""A desk's permalink as the printed page reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.hotspots.cube import EVERY, Wanted
from geo.hotspots.emerging.steps import CUBE_STEPS, CubeStep
from webmap.i18n import LANGS
from webmap.paper.kept import (
    EVERY_GAP,
    WORST_CAMERAS,
    KeptCameras,
    KeptGaps,
    camera_params,
    gap_params,
    split_words,
    to_cameras,
    to_gaps,
)
from webmap.query import AT, Param, days, numbers, one_of, text

DESKS = ("coverage", "gaps", "safeguards", "hotspots")
#: What units can be coloured by on each desk, the default first.
MEASURES = {
    "coverage": ("places", "roads", "incidents", "residents", "area"),
    "gaps": ("roads", "places", "incidents", "residents", "area"),
    "safeguards": ("facade", "seen3"),
    "hotspots": ("emerging", "gi", "density"),
}
#: What of an address says how the screen looks and nothing of what is shown.
_LOOKS = frozenset({"z", "c", "layers", "scale", "theme", "v", "cam"})
#: What a desk's address may carry along from another desk, where it has no meaning on the screen either.
_CARRIED = {
    "coverage": frozenset({"step", "period"}),
    "gaps": frozenset({"at", "est", "breaks", "step"}),
    "safeguards": frozenset({"at", "est", "breaks", "step", "period"}),
    "hotspots": frozenset({"at", "est", "breaks"}),
}
#: What of the address is a field of `Asked` as it stands.
_PLAIN = frozenset({"place", "sel", "level", "lang", "measure", "at", "est", "breaks", "step", "rows"})


@dataclass(frozen=True)
class Asked:
    """What is printed; None: the default. `left_out` names what of the address paper does not follow."""

    place: str | None = None
    level: str | None = None
    measure: str | None = None
    at: float | None = None
    est: str = "mid"
    breaks: str = "fixed"
    step: CubeStep = "month"
    wanted: Wanted = EVERY
    rows: str = "gaps"
    gaps: KeptGaps = EVERY_GAP
    cameras: KeptCameras = WORST_CAMERAS
    sel: str | None = None
    lang: str | None = None
    left_out: tuple[str, ...] = ()


def read_link(desk: str, given: Mapping[str, list[str]]) -> Asked:
    """The address's query by name; what cannot be read or is no matter of paper is named, and the rest applies.

    >>> asked = read_link("hotspots", {"place": ["county:1"], "z": ["9"], "hours": ["1-5@8-9"], "scn": ["a1b2"]})
    >>> asked.place, asked.wanted.weekdays, asked.wanted.hours, asked.left_out
    ('county:1', (1, 2, 3, 4, 5), (8, 9), ('scn',))
    """
    known = _params(desk)
    values: dict[str, Any] = {}
    left_out = []
    for name, texts in given.items():
        if name in _LOOKS or name in _CARRIED[desk]:
            continue
        value = known[name].parse(texts[0]) if name in known and len(texts) == 1 else None
        if value is None:
            left_out.append(name)
        else:
            values[name] = value
    weekdays, hours = values.pop("hours", (None, None))
    wanted = Wanted(values.pop("period", None), hours, weekdays, values.pop("cat", None), values.pop("ch", None))
    kept: dict[str, Any] = {"gaps": to_gaps(values)} if desk == "gaps" else {}
    if desk == "safeguards":
        kept = {"cameras": to_cameras(values)}
        values["measure"] = values.get("colour")
    plain = {name: value for name, value in values.items() if name in _PLAIN}
    return Asked(**plain, **kept, wanted=wanted, left_out=tuple(left_out))


def _params(desk: str) -> dict[str, Param]:
    plain = {"place": text(), "sel": text(max_chars=8_000), "level": text(), "lang": one_of(LANGS)}
    measure = {"measure": one_of(MEASURES[desk])}
    if desk == "coverage":
        return {
            **plain,
            **measure,
            "at": AT,
            "est": one_of(("low", "mid", "high")),
            "breaks": one_of(("fixed", "quantile", "equal")),
        }
    if desk == "safeguards":
        guarded = one_of((*MEASURES[desk], "overlaps", "duties"))
        return plain | camera_params() | {"measure": guarded, "colour": one_of(MEASURES[desk])}
    times = {"period": days(), "hours": Param(_hours, text().wanted)}
    if desk == "gaps":
        return plain | measure | times | gap_params() | {"cat": split_words(), "ch": split_words()}
    word = Param(lambda raw: (raw,) if text().parse(raw) else None, text().wanted)
    return plain | measure | times | {"step": one_of(CUBE_STEPS), "cat": word, "ch": word}


def _hours(raw: str) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None] | None:
    """(weekdays, hours) of "1-5@8-17" or "8-17"; None for all of them."""
    weekdays, _, hours = raw.rpartition("@")
    days_of_week = numbers(1, 7).parse(weekdays) if weekdays else None
    hours_of_day = numbers(0, 23).parse(hours)
    if hours_of_day is None or (weekdays and days_of_week is None):
        return None
    return days_of_week, None if len(hours_of_day) == 24 else hours_of_day
