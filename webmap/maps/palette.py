"""The one place of colours: `static/palette.json`, read here and turned into CSS variables for the page."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "static" / "palette.json"


@cache
def _text() -> str:
    return _FILE.read_text(encoding="utf-8")


def load_palette() -> dict[str, Any]:
    """Tokens and scales for the themes light and dark, as colours `#RRGGBB`; a fresh copy at each call.

    >>> load_palette()["tokens"]["light"]["accent"]
    '#0B5A94'
    """
    palette: dict[str, Any] = json.loads(_text())
    return palette


def css_variables(palette: dict[str, Any]) -> str:
    """CSS with `:root` in the light theme, `[data-theme=dark]` in the dark one, and the system's choice for `auto`.

    A token `camera_offline` becomes `--camera-offline`; the first class of the scale `coverage` becomes
    `--coverage-1`.

    >>> tiny = {"tokens": {"light": {"ink": "#000000"}, "dark": {"ink": "#FFFFFF"}}, "scales": {}}
    >>> print(css_variables(tiny))
    :root{color-scheme:light;--ink:#000000}
    [data-theme=dark]{color-scheme:dark;--ink:#FFFFFF}
    @media (prefers-color-scheme:dark){[data-theme=auto]{color-scheme:dark;--ink:#FFFFFF}}
    <BLANKLINE>
    """
    light, dark = (_declarations(palette, theme) for theme in ("light", "dark"))
    return (
        f":root{{{light}}}\n[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{[data-theme=auto]{{{dark}}}}}\n"
    )


def _declarations(palette: dict[str, Any], theme: str) -> str:
    pairs = [(name.replace("_", "-"), colour) for name, colour in palette["tokens"][theme].items()]
    for name, scale in palette["scales"].items():
        pairs += [(f"{name}-{number}", colour) for number, colour in enumerate(scale[theme], start=1)]
        pairs += [
            (f"{name}-{key}".replace("_", "-"), scale[key][theme]) for key in ("hatch", "hatch_top") if key in scale
        ]
    return ";".join([f"color-scheme:{theme}", *(f"--{name}:{colour}" for name, colour in pairs)])
