"""The palette against the design's figures: contrast, and CIEDE2000 under Machado 2009 at full severity."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.webmap.colour_science import ciede2000, contrast, lab, least_difference
from webmap.maps.palette import css_variables, load_palette

THEMES = ("light", "dark")
VISIONS = ("normal", "deutan", "protan", "tritan", "greyscale")
GROUNDS = ("panel", "map", "sunk")
ROUNDED = 0.06
WEBMAP = Path(__file__).parents[2] / "webmap"
#: Examples in docstrings; and weights that are added up on a canvas never shown.
EXCEPTIONS = {("maps/palette.py", colour) for colour in ("#0B5A94", "#000000", "#FFFFFF")}
EXCEPTIONS |= {("static/src/map/counted.js", "rgba(")}

LEAST_TEXT_CONTRAST = {
    "ink": (14.3, 13.0),
    "ink2": (6.7, 8.0),
    "ink3": (4.7, 5.7),
    "accent": (6.3, 7.3),
    "proposed": (6.2, 6.8),
    "bad": (6.3, 7.5),
    "warn": (5.2, 8.0),
    "good": (5.7, 7.9),
}

LEAST_DIFFERENCE = {
    ("coverage", "light"): (19.4, 13.0, 9.6, 13.4, 10.1),
    ("coverage", "dark"): (16.1, 10.5, 12.3, 12.2, 10.1),
    ("gi", "light"): (17.6, 14.1, 16.9, 13.3, 11.6),
    ("gi", "dark"): (18.6, 16.6, 19.6, 14.7, 12.6),
    ("emerging", "light"): (11.3, 11.3, 10.9, 11.6, 1.0),
    ("emerging", "dark"): (11.5, 11.5, 10.7, 12.1, 0.0),
    ("whatif", "light"): (17.2, 16.9, 14.4, 15.0, 6.4),
    ("whatif", "dark"): (24.8, 23.3, 19.1, 9.2, 5.1),
    ("facade", "light"): (14.4, 11.1, 11.6, 14.7, 9.2),
    ("facade", "dark"): (12.9, 11.5, 8.5, 13.2, 8.7),
    ("difference", "light"): (14.0, 12.2, 14.7, 11.1, 7.2),
    ("difference", "dark"): (14.6, 17.6, 18.8, 10.8, 6.9),
    ("gap", "light"): (18.8, 16.6, 18.6, 18.9, 16.1),
    ("gap", "dark"): (18.1, 18.1, 15.2, 18.3, 15.4),
}


def drawn(name: str, theme: str) -> tuple[list[str], bool]:
    """Colours that meet on the map, and whether any may lie beside any: what-if fills lie on the map's ground."""
    palette = load_palette()
    colours = list(palette["scales"][name][theme])
    if name == "whatif":
        colours.append(palette["tokens"][theme]["map"])
    return colours, name in ("emerging", "whatif")


def test_ciede2000_gives_the_published_values() -> None:
    """Pairs 1, 7, 17 and 25 of Sharma, Wu and Dalal (2005), table 1."""
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for one, two, expected in pairs:
        assert ciede2000(np.array(one, float), np.array(two, float)) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("token", LEAST_TEXT_CONTRAST)
def test_text_reaches_its_contrast_on_every_ground(token: str) -> None:
    for theme, expected in zip(THEMES, LEAST_TEXT_CONTRAST[token], strict=True):
        tokens = load_palette()["tokens"][theme]
        least = min(contrast(tokens[token], tokens[ground]) for ground in GROUNDS)
        assert least >= 4.5
        assert least == pytest.approx(expected, abs=ROUNDED)


def test_text_on_accent_and_control_edges() -> None:
    for theme, on_accent, edge in (("light", 7.2, 3.6), ("dark", 8.4, 4.0)):
        tokens = load_palette()["tokens"][theme]
        assert contrast(tokens["on_accent"], tokens["accent"]) == pytest.approx(on_accent, abs=ROUNDED)
        assert contrast(tokens["edge"], tokens["panel"]) == pytest.approx(edge, abs=ROUNDED)


@pytest.mark.parametrize(("name", "theme"), LEAST_DIFFERENCE)
def test_classes_stay_apart_for_every_eye(name: str, theme: str) -> None:
    colours, all_pairs = drawn(name, theme)
    found = [least_difference(colours, vision, all_pairs=all_pairs) for vision in VISIONS]
    assert found == pytest.approx(LEAST_DIFFERENCE[name, theme], abs=ROUNDED)


@pytest.mark.parametrize(("theme", "expected"), [("light", 5.0), ("dark", 8.3)])
def test_emerging_keeps_its_depths_apart_in_greyscale_within_a_sign(theme: str, expected: float) -> None:
    fills = load_palette()["scales"]["emerging"][theme]
    signs = [[*fills[:4], fills[8]], [*fills[4:8], fills[8]]]
    least = min(ciede2000(lab(a, "greyscale"), lab(b, "greyscale")) for sign in signs for a, b in combinations(sign, 2))
    assert least == pytest.approx(expected, abs=ROUNDED)


@pytest.mark.parametrize(("theme", "expected"), [("light", 4.7), ("dark", 5.1)])
def test_glyphs_contrast_with_every_emerging_fill(theme: str, expected: float) -> None:
    fills = load_palette()["scales"]["emerging"][theme]
    least = min(max(contrast(fill, "#17202A"), contrast(fill, "#FFFFFF")) for fill in fills)
    assert least == pytest.approx(expected, abs=ROUNDED)


@pytest.mark.parametrize("theme", THEMES)
def test_figures_and_signs_of_a_difference_can_be_read_and_its_middle_is_not_unfilled(theme: str) -> None:
    """Counts stand in the cells; "within the interval" is left unfilled, which no class may be taken for."""
    palette = load_palette()
    fills = palette["scales"]["difference"][theme]
    light = palette["tokens"]["light"]
    assert min(max(contrast(fill, light["ink"]), contrast(fill, light["panel"])) for fill in fills) >= 4.5
    empty = palette["tokens"][theme]["empty"]
    for vision in VISIONS:
        assert min(ciede2000(lab(fill, vision), lab(empty, vision)) for fill in fills) >= 4.8


def test_both_themes_have_the_same_tokens_and_classes() -> None:
    palette = load_palette()
    assert palette["tokens"]["light"].keys() == palette["tokens"]["dark"].keys()
    for scale in palette["scales"].values():
        n = len(scale["light"])
        assert len(scale["dark"]) == n
        assert len(scale.get("classes", scale["light"])) == n
        assert len(scale.get("signs", scale["light"])) == n


def test_css_holds_every_token_in_three_blocks() -> None:
    palette = load_palette()
    css = css_variables(palette)
    light, dark, auto = css.splitlines()
    for token in palette["tokens"]["light"]:
        for block in (light, dark, auto):
            assert f"--{token.replace('_', '-')}:" in block
    assert dark.removeprefix("[data-theme=dark]") in auto
    assert auto.startswith("@media (prefers-color-scheme:dark){[data-theme=auto]{")
    assert not set(re.findall(r":(#[^;}]*)", css)) - set(re.findall(r"#[0-9A-F]{6}", css))


@pytest.mark.parametrize(("theme", "expected"), [("light", 5.8), ("dark", 4.4)])
def test_figures_on_what_two_cameras_see_can_be_read(theme: str, expected: float) -> None:
    palette = load_palette()
    found = contrast(palette["tokens"][theme]["seen_ink"], palette["scales"]["seen"][theme][1])
    assert found == pytest.approx(expected, abs=ROUNDED)


def test_no_other_file_holds_a_colour() -> None:
    """Sources of the pages: colours come from the palette's variables and tokens. Leaflet's own sheet is foreign."""
    files = [file for ending in ("*.js", "*.css", "*.html", "*.py") for file in WEBMAP.rglob(ending)]
    own = [file for file in files if "node_modules" not in file.parts and file.parent.name != "static"]
    found = {
        (file.relative_to(WEBMAP).as_posix(), colour)
        for file in own
        for colour in re.findall(
            r"(?:(?<=[\s:,(\"'])#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\b|\b(?:rgba?|hsla?)\((?=\s*[\d.]+%?[\s,]))",
            file.read_text(encoding="utf-8"),
        )
    }
    assert len(own) > 80
    assert found - EXCEPTIONS == set()


def test_a_caller_cannot_change_the_palette_of_others() -> None:
    load_palette()["tokens"]["light"]["ink"] = "#000000"
    assert load_palette()["tokens"]["light"]["ink"] == "#17202A"
