"""Signs that carry a class without its hue: the glyphs of emerging hot spots, and the ink that shows on a fill."""

from webmap.maps.palette import load_palette
from webmap.paper.sheet import Sheet

#: The strip that a glyph stands in.
WIDE, TALL = 20.0, 14.0
_BAR, _STEP = 2.6, 4.2
#: Heights of five bars, time from left to right; those below 0 lie on the other side of a middle line.
BARS: dict[str, tuple[float, ...]] = {
    "new": (0, 0, 0, 0, 1),
    "consecutive": (0, 0, 1, 1, 1),
    "intensifying": (0.2, 0.4, 0.6, 0.8, 1),
    "persistent": (1, 1, 1, 1, 1),
    "sporadic": (1, 0, 1, 0, 1),
    "oscillating": (0.5, -0.5, 0.5, -0.5, 0.5),
    "diminishing": (1, 0.8, 0.6, 0.4, 0.2),
    "historical": (1, 1, 1, 1, 0),
}
#: What each pattern asks for, by which it is filled.
FILLS = {
    "new": "rising",
    "consecutive": "rising",
    "intensifying": "rising",
    "persistent": "standing",
    "sporadic": "unsteady",
    "oscillating": "unsteady",
    "diminishing": "fading",
    "historical": "fading",
}
NO_PATTERN = "none"


def fill_of(label: str) -> str:
    """The colour of an emerging label such as "new_hot".

    >>> fill_of("new_hot") == fill_of("intensifying_hot"), fill_of("new_hot") == fill_of("none")
    (True, False)
    """
    scale = load_palette()["scales"]["emerging"]
    pattern, _, sign = label.partition("_")
    name = NO_PATTERN if label == NO_PATTERN else f"{sign}_{FILLS[pattern]}"
    return str(scale["light"][scale["classes"].index(name)])


def ink_on(fill: str) -> str:
    """Dark ink or white, whichever contrasts more with a fill (WCAG 2.2, relative luminance).

    >>> tokens = load_palette()["tokens"]["light"]
    >>> ink_on(tokens["panel"]) == tokens["ink"], ink_on(tokens["accent"]) == tokens["panel"]
    (True, True)
    """
    tokens = load_palette()["tokens"]["light"]
    return str(max((tokens["ink"], tokens["panel"]), key=lambda ink: _contrast(ink, fill)))


def draw_glyph(sheet: Sheet, label: str, left: float, top: float, width: float, height: float) -> None:
    """The glyph of an emerging label in a strip of the sheet: hot bars filled, cold ones hollow and hanging."""
    ink = ink_on(fill_of(label))
    scale_x, scale_y = width / WIDE, height / TALL
    pattern, _, sign = label.partition("_")
    if label == NO_PATTERN:
        sheet.rect(left + width / 2 - 3, top + height / 2 - 0.7, 6, 1.4, fill=ink)
        return
    is_hot = sign == "hot"
    base = TALL / 2 if pattern == "oscillating" else TALL if is_hot else 0.0
    for number, share in enumerate(BARS[pattern]):
        tall = abs(share) * TALL * scale_y
        x, y = left + (number * _STEP + 0.3) * scale_x, top + base * scale_y
        if share:
            y -= tall if is_hot == (share > 0) else 0.0
            inset = 0.0 if is_hot else 0.3
            size = _BAR * scale_x - 2 * inset, max(0.4, tall - 2 * inset)
            sheet.rect(
                x + inset, y + inset, *size, fill=ink if is_hot else None, edge=None if is_hot else ink, line=0.6
            )
        else:
            sheet.rect(x, top + (height - 0.5 if is_hot else 0.0), _BAR * scale_x, 0.5, fill=ink)


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
