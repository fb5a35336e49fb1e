"""The map page: folium composes it, with our vendored assets and without a byte of data but the boot facts.

Nonces are stamped into what folium and our own templates wrote while no data is in it yet; only then
the data takes its place. So a name that spells a tag can never be given a nonce.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from geo.errors import Words
from webmap.maps.assets import Assets
from webmap.maps.escape import to_inline_script, to_inline_style, to_script_json
from webmap.maps.palette import css_variables, load_palette

TEMPLATES = Path(__file__).parent.parent / "templates"

_TAG = re.compile(r"<(script|style)(?=[\s>])")


class PageFigure(Figure):
    """A folium figure with a language, a theme and its script inside the body."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{ this.lang }}" data-theme="{{ this.theme }}">\n<head>\n'
        "{{ this.header.render(**kwargs) }}\n</head>\n<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, lang: str, theme: str) -> None:
        super().__init__()
        self.lang = "zh-CN" if lang == "zh" else "en"
        self.theme = theme


class GridMap(folium.Map):
    """A folium map without tiles, controls or outside links; its `<div>` is placed by the shell."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}{{ this.div() if this.own_div else "" }}{% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
            });
        {% endmacro %}
        """
    )

    def __init__(self, bounds: tuple[float, float, float, float], *, own_div: bool = True) -> None:
        minx, miny, maxx, maxy = bounds
        super().__init__(
            location=[(miny + maxy) / 2, (minx + maxx) / 2],
            zoom_start=10,
            tiles=None,
            zoom_control=False,
            prefer_canvas=True,
            attribution_control=False,
            double_click_zoom=False,
        )
        self._id = "gridscope"
        self.own_div = own_div

    def div(self) -> Markup:
        """The element that Leaflet draws into."""
        return Markup('<div class="folium-map" id="{}"></div>').format(self.get_name())


class Shell(MacroElement):
    """The skeleton of the page, templates/shell.html, given as ready HTML."""

    _template = Template("{% macro html(this, kwargs) %}{{ this.markup }}{% endmacro %}")

    def __init__(self, markup: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Shell"
        self.markup = markup


class Start(MacroElement):
    """The page's last line: `gridscope.start(map, boot)`."""

    _template = Template(
        "{% macro script(this, kwargs) %}gridscope.start({{ this._parent.get_name() }}, {{ this.boot }});{% endmacro %}"
    )

    def __init__(self, boot: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.boot = boot


@dataclass(frozen=True)
class Kit:
    """What a kind of page is made of: its scripts, its style sheets, the template of its frame."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    template: str

    def files(self) -> tuple[str, ...]:
        """Every file that the page links."""
        return (*self.scripts, *self.styles)


def kit_of(page: str) -> Kit:
    """The kit of a desk: Leaflet and the desk's own script; the intake desk has a frame and styles of its own too.

    >>> kit_of("gaps")
    Kit(scripts=('leaflet.js', 'gaps.js'), styles=('leaflet.css', 'app.css'), template='shell.html')
    """
    scripts, styles = ("leaflet.js", f"{page}.js"), ("leaflet.css", "app.css")
    if page == "intake":
        return Kit(scripts, (*styles, "intake.css"), "intake.html")
    return Kit(scripts, styles, "shell.html")


#: A file that needs no service.
BRIEFING_KIT = kit_of("briefing")


@dataclass(frozen=True)
class Page:
    """A composed page that waits for its nonce."""

    text: str
    nonce_mark: str

    def html(self, nonce: str) -> str:
        """The page with `nonce` on every script and style of ours."""
        return self.text.replace(self.nonce_mark, nonce)


def compose_page(
    boot: Mapping[str, Any],
    assets: Assets,
    *,
    inline: bool = False,
    head: str = "",
    foot: Words | None = None,
    kit: Kit | None = None,
) -> Page:
    """The page of `boot` (what `start` of the page's script reads: desk, lang, theme, title_zh, bounds, messages, ...).

    `inline` puts the assets into the page instead of linking them; `head` is further HTML of ours for the head,
    `foot` a note that stands at the end of the page, in the reader's language; `kit` is the desk's own unless given.
    """
    marks = {name: f"mark-{secrets.token_hex(12)}" for name in ("nonce", "title", "shell", "boot")}
    kit = kit or kit_of(str(boot["desk"]))
    figure = PageFigure(str(boot["lang"]), str(boot["theme"]))
    grid_map = GridMap(tuple(boot["bounds"]), own_div=False)
    figure.add_child(grid_map)
    _fill_header(figure.header, assets, kit, marks["title"], inline, head)
    grid_map.add_child(Shell(marks["shell"]))
    grid_map.add_child(Start(marks["boot"]))
    skeleton = _TAG.sub(rf'<\1 nonce="{marks["nonce"]}"', figure.render())
    shell = render_shell(boot, grid_map.div(), marks["nonce"], kit.template)
    if foot:
        said = "".join(f'<span lang="{lang}">{escape(words)}</span>' for lang, words in foot.both().items())
        shell += f'\n<p class="gs-file-note" role="note">{said}</p>'
    title = str(escape(page_title(boot)))
    data = {marks["title"]: title, marks["shell"]: shell, marks["boot"]: to_script_json(boot)}
    text = re.sub("|".join(data), lambda found: data[found.group()], skeleton)
    return Page(text, marks["nonce"])


def page_title(boot: Mapping[str, Any]) -> str:
    """What the browser's tab says: the home's title and the desk's name."""
    words = boot["messages"].get(f"desk.{boot['desk']}", {})
    title = boot["title_zh"] if boot["lang"] == "zh" else boot["title_en"] or boot["title_zh"]
    return f"{words.get(boot['lang'], boot['desk'])} · {title} · gridscope"


def render_shell(boot: Mapping[str, Any], map_div: Markup, nonce: str, name: str = "shell.html") -> str:
    """The template `name` with `t(key)`, lang, theme, desk, boot and the map's `<div>` (`map_div`)."""
    template = _environment().get_template(name)
    markup = template.render(
        t=_translator(boot["messages"], str(boot["lang"])),
        lang=boot["lang"],
        theme=boot["theme"],
        desk=boot["desk"],
        boot=boot,
        map_div=map_div,
        nonce=nonce,
    )
    return markup if str(map_div) in markup else f"{markup}\n{map_div}"


def _fill_header(header: Element, assets: Assets, kit: Kit, title: str, inline: bool, head: str) -> None:
    parts = [
        '<meta charset="utf-8">',
        head,
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{title}</title>",
        f"<style>{css_variables(load_palette())}</style>",
    ]
    if inline:
        parts += [f"<style>{to_inline_style(assets.text(name))}</style>" for name in kit.styles]
        parts += [f"<script>{to_inline_script(assets.text(name))}</script>" for name in kit.scripts]
    else:
        parts.append('<link rel="icon" href="data:,">')
        parts += [f'<link rel="stylesheet" href="{assets.url(name)}">' for name in kit.styles]
        parts += [f'<script src="{assets.url(name)}"></script>' for name in kit.scripts]
    header._children.clear()
    for place, part in enumerate(parts):
        header.add_child(Element(_verbatim(part)), name=f"head_{place}")


def _verbatim(html: str) -> str:
    """Keep Jinja off what is no template (an inlined program may hold braces)."""
    return "{% raw %}" + html.replace("{% endraw %}", "") + "{% endraw %}"


def _translator(messages: Mapping[str, Mapping[str, str]], lang: str) -> Callable[..., str]:
    def t(key: str, **values: object) -> str:
        text = messages.get(key, {}).get(lang, key)
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    return t


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
