"""Our unit layer for a notebook: add it to any `folium.Map`."""

import base64
from collections.abc import Sequence
from typing import Any

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from geo.desk import Desk
from geo.errors import BadQuery, Words
from geo.schema.column import Role
from webmap.maps.assets import Assets
from webmap.maps.embed import embed_tiles
from webmap.maps.escape import to_script_json
from webmap.maps.palette import load_palette


class UnitTiles(JSCSSMixin, Layer):
    """The units of one level as vector tiles, filled by unit number; program and tiles travel in the notebook.

    `fills` holds one "#rrggbb" or None (no data) per unit, in the order of `Desk.units`. Example:

        folium.Map(location=[28.3, 109.7]).add_child(UnitTiles(desk, "grid", fills))
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = (function () {
                const facts = {{ this.facts }};
                const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
                const data = {
                    getTile: async (layer, z, x, y) => {
                        const held = facts.tiles["/tiles/" + layer + "/" + z + "/" + x + "/" + y + ".mvt"];
                        return held ? bytes(held) : new ArrayBuffer(0);
                    },
                    getJSON: async () => ({}),
                    getBinaryURL: () => null,
                };
                const options = { palette: facts.palette, theme: "light", lang: facts.lang, data,
                                  maxNativeZoom: facts.max_native_zoom };
                return { addTo: (map) => {
                    const grid = new gridscope.GridMap(map, options);
                    grid.setAttribution(facts.credit);
                    grid.setUnits({ level: facts.level, within: null });
                    grid.setStyle((unit) => ({ fill: facts.fills[unit], pattern: facts.fills[unit] ? null : "nodata",
                                               faded: false, glyph: null }));
                    return grid;
                } };
            })();
        {% endmacro %}
        """
    )

    def __init__(
        self, desk: Desk, level: str, fills: Sequence[str | None], *, role: Role = "leader", lang: str = "zh"
    ) -> None:
        super().__init__(name=level, overlay=True)
        self._name = "UnitTiles"
        n_units = len(desk.units(level=level, role=role)["code"])
        if len(fills) != n_units:
            given = len(fills)
            raise BadQuery(Words(f"{given} fills for {n_units} units", f"{n_units} 个单位却有 {given} 种填色"))
        tiles, zoom = embed_tiles(desk, level, desk.describe(role=role)["bounds"], role)
        facts: dict[str, Any] = {
            "level": level,
            "lang": lang,
            "fills": list(fills),
            "tiles": tiles,
            "max_native_zoom": zoom,
            "credit": desk.snapshot().home.credit().text(lang),
            "palette": load_palette(),
        }
        self.facts = to_script_json(facts)
        assets = Assets()
        self.default_js = [("gridscope", _data_url(assets, "gridmap.js"))]
        self.default_css = [("gridscope_css", _data_url(assets, "app.css"))]


def _data_url(assets: Assets, name: str) -> str:
    asset = assets.get(name)
    return f"data:{asset.mimetype};base64,{base64.b64encode(asset.body).decode('ascii')}"
