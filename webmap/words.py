"""What the small pages (log-in, error) find in their templates."""

from typing import Any

from flask import Flask, g, request

from geo.errors import GridscopeError
from webmap.house import house
from webmap.i18n import choose_lang, choose_theme, translate
from webmap.maps.palette import css_variables, load_palette


def register_words(app: Flask) -> None:
    """Give every template `t`, lang, theme, nonce, the colours, and whether the home is a demo."""
    app.context_processor(_words)


def _words() -> dict[str, Any]:
    messages = house().messages
    accepted = request.headers.get("Accept-Language", "")
    lang = choose_lang(request.args.get("lang"), request.cookies.get("lang"), accepted)

    def t(key: str, **values: object) -> str:
        return translate(messages, key, lang, **values)

    return {
        "t": t,
        "lang": lang,
        "theme": choose_theme(request.args.get("theme"), request.cookies.get("theme")),
        "nonce": g.get("nonce", ""),
        "colours": css_variables(load_palette()),
        "demo": _is_demo(),
    }


def _is_demo() -> bool:
    """Whether the home is a demo; a home that cannot be read is none."""
    try:
        return house().desk.snapshot().home.demo
    except GridscopeError:
        return False
