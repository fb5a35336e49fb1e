"""Tile layers: which there are, who may ask for them, and what they are drawn from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.desk.camera_plan import facade_lines
from geo.desk.cameras import sectors_of, views_near
from geo.desk.held import Held
from geo.desk.live import LiveTable
from geo.desk.measures import not_loaded
from geo.desk.relief import elevation_file, has_elevation
from geo.desk.streams import find_streams
from geo.errors import Forbidden, NotAvailable, NotFound, Words
from geo.heap import trim_heap
from geo.schema import Role
from geo.schema.column import may_see
from geo.snapshot import queries
from geo.tiles.address import MAX_ZOOM, to_tile
from geo.tiles.encode import Property, encode_layer, join_properties, to_property
from geo.tiles.pyramid import WEB_MERCATOR
from geo.tiles.shapes import LINE, POLYGON, Shapes, let_pages_go, map_shapes, splice_shapes, to_shapes
from geo.tiles.thin import thin_areas, thin_lines

_UNITS = "units-"
#: Tables that layers alone are drawn from.
_LARGEST = frozenset({"roads", "buildings"})


@dataclass(frozen=True)
class Drawn:
    """A layer ready for the encoder; feature ids are row numbers (thinned lines: their order)."""

    shapes: Shapes
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class Layer:
    """A tile layer: the table it needs, the least role, the least tile zoom, and how it is drawn.

    Below `whole_zoom` it is thinned (`geo.tiles.thin`), and what only a click needs is left out. `draw_rows` draws
    single rows, where they may change under a running service. `beside` is a second table that it needs.
    """

    table: str
    sees: Role
    min_zoom: int
    draw: Callable[[Held, float], Drawn]
    draw_rows: Callable[[Held, pd.DataFrame, float], Drawn] | None = None
    by_density: bool = False
    whole_zoom: int = 0
    beside: str = ""


def tile_bytes(
    held: Held, name: str, z: int, x: int, y: int, role: Role, at: float | None, live: LiveTable | None = None
) -> bytes:
    """One tile of layer `name`, `live` rows of its table in the place of the snapshot's; b"" where nothing is in it."""
    queries.result_table("units", role)
    tile = to_tile(z, x, y)
    at = queries.check_density(held.snapshot, at)
    if name.startswith(_UNITS):
        level = held.snapshot.home.level(name.removeprefix(_UNITS)).name
        shapes = held.pyramid.shapes(level, z)
        return encode_layer(name, shapes, np.arange(len(shapes)), tile)
    layer = _find(held, name, role)
    if z < layer.min_zoom:
        return b""
    drawn = _draw(held, name, layer, at, z)
    if live is not None and live.is_live and layer.draw_rows is not None:
        drawn = _with_live(held, name, layer, at, z, live, drawn)
    return encode_layer(name, drawn.shapes, np.arange(len(drawn.shapes)), tile, drawn.properties)


def draw_ahead(held: Held) -> None:
    """Draws what a map shows unasked, in the order in which one comes nearer, then gaps, so that no reader waits."""
    at = held.snapshot.rules.px_per_m
    for name in ("roads", "streams", "places", "cameras", "sectors", "buildings", "gaps"):
        layer = LAYERS[name]
        if _has(held, layer.table):
            for z in (*range(layer.min_zoom, layer.whole_zoom), MAX_ZOOM):
                _draw(held, name, layer, at, z)


def _draw(held: Held, name: str, layer: Layer, at: float, z: int) -> Drawn:
    """The layer as it is drawn at tile zoom `z`; each zoom below `whole_zoom` is thinned once."""
    kept, key = (held.views, (name, at)) if layer.by_density else (held.kept, ("layer", name))
    whole: Drawn = kept.get(key, lambda: _draw_whole(held, layer, at))
    if z >= layer.whole_zoom:
        return whole
    thinned: Drawn = kept.get((*key, z), lambda: _thin_mapped(whole, z))
    return thinned


def _draw_whole(held: Held, layer: Layer, at: float) -> Drawn:
    """The shapes are kept as they are drawn; the largest tables, and what drawing took, are let go."""
    drawn = _mapped(layer.draw(held, at))
    for table in {layer.table, layer.beside} & _LARGEST:
        held.snapshot.forget(table)
    trim_heap()
    return drawn


def _thin_mapped(whole: Drawn, z: int) -> Drawn:
    """Thinning reads all of a layer, of which hardly any is asked for at once afterwards."""
    thinned = _mapped(_thin(whole, z))
    let_pages_go(whole.shapes)
    return thinned


def _mapped(drawn: Drawn) -> Drawn:
    return replace(drawn, shapes=map_shapes(drawn.shapes))


def _with_live(held: Held, name: str, layer: Layer, at: float, z: int, live: LiveTable, built: Drawn) -> Drawn:
    """The layer as it is now: the snapshot's rows without those that are no more, and then the live ones."""
    draw_rows = layer.draw_rows
    assert draw_rows is not None

    def make() -> Drawn:
        drawn = draw_rows(held, live.fresh(), at)
        fresh = _thin(drawn, z) if z < layer.whole_zoom else drawn
        shapes = splice_shapes(built.shapes, live.replaced, fresh.shapes)
        pairs = zip(built.properties, fresh.properties, strict=True)
        return Drawn(shapes, tuple(join_properties(first, second) for first, second in pairs))

    key = name, at if layer.by_density else None, min(z, layer.whole_zoom)
    found: Drawn = live.kept.get(key, make)
    return found


def _thin(drawn: Drawn, z: int) -> Drawn:
    properties = tuple(prop for prop in drawn.properties if prop.name != "uid")
    kinds = set(drawn.shapes.kinds.tolist())
    if kinds == {LINE}:
        shapes, numbers = thin_lines(drawn.shapes, properties[0].numbers, z)
        return Drawn(shapes, (replace(properties[0], numbers=numbers),))
    return Drawn(thin_areas(drawn.shapes, z) if POLYGON in kinds else drawn.shapes, properties)


def _has(held: Held, table: str) -> bool:
    return has_elevation(held) if table == "elevation" else held.snapshot.has(table)


def table_of(name: str) -> str:
    """The table that layer `name` is drawn from, "" for units and for a layer that is none."""
    return LAYERS[name].table if name in LAYERS else ""


def is_live(name: str) -> bool:
    """Whether rows of layer `name` may change under a running service."""
    return name in LAYERS and LAYERS[name].draw_rows is not None


def list_layers(held: Held, role: Role) -> list[str]:
    """Names of the layers that `role` may ask for and whose table is loaded."""
    units = [f"{_UNITS}{level.name}" for level in held.snapshot.home.levels]
    return units + [name for name, layer in LAYERS.items() if may_see(role, layer.sees) and _lacks(held, layer) == ""]


def _lacks(held: Held, layer: Layer) -> str:
    """The table that the layer needs and the home lacks, "" where it has all."""
    needed = (table for table in (layer.table, layer.beside) if table)
    return next((table for table in needed if not _has(held, table)), "")


def _find(held: Held, name: str, role: Role) -> Layer:
    if name not in LAYERS:
        raise NotFound(Words(f"no tile layer {name!r}", f"没有瓦片图层 {name!r}"))
    layer = LAYERS[name]
    if not may_see(role, layer.sees):
        raise Forbidden(Words(f"the role {role} may not see the layer {name}", f"角色 {role} 不能查看图层 {name}"))
    if lacking := _lacks(held, layer):
        raise NotAvailable(not_loaded(lacking))
    return layer


def _mercator(geometries: Any, source: str = crs.WGS84) -> Shapes:
    return to_shapes(crs.transform_geometry(np.asarray(geometries, dtype=object), source, WEB_MERCATOR))


def _column(frame: pd.DataFrame, name: str) -> Property:
    texts = [value if isinstance(value, str) else None for value in frame[name]]
    return to_property(name, texts)


def _draw_built(draw_rows: Callable[[Held, pd.DataFrame, float], Drawn], table: str) -> Callable[[Held, float], Drawn]:
    return lambda held, at: draw_rows(held, held.snapshot.frame(table), at)


def _draw_cameras(held: Held, cameras: pd.DataFrame, at: float) -> Drawn:
    azimuth = pd.to_numeric(cameras["azimuth_deg"]).to_numpy(dtype=float, na_value=np.nan)
    whole = np.where(np.isfinite(azimuth), np.round(np.nan_to_num(azimuth)) % 360, -1).astype(int)
    shapes = _mercator(shapely.points(cameras["lon"].to_numpy(dtype=float), cameras["lat"].to_numpy(dtype=float)))
    properties = (
        *(_column(cameras, name) for name in ("uid", "status", "kind")),
        to_property("azimuth", whole.tolist()),
    )
    return Drawn(shapes, properties)


def _draw_sectors(held: Held, at: float) -> Drawn:
    cameras = held.snapshot.frame("cameras")
    return _drawn_sectors(held, cameras, sectors_of(held, cameras, at))


def _draw_some_sectors(held: Held, cameras: pd.DataFrame, at: float) -> Drawn:
    return _drawn_sectors(held, cameras, sectors_of(held, cameras, at))


def _drawn_sectors(held: Held, cameras: pd.DataFrame, sectors: NDArray[Any]) -> Drawn:
    sectors[(cameras["status"] == "retired").to_numpy(dtype=bool)] = shapely.Polygon()
    return Drawn(_mercator(sectors, held.snapshot.metric_crs), (_column(cameras, "status"),))


def _draw_by(table: str, column: str) -> Callable[[Held, float], Drawn]:
    def draw(held: Held, at: float) -> Drawn:
        frame = held.snapshot.frame(table)
        return Drawn(_mercator(frame.geometry), (_column(frame, column),))

    return draw


def _draw_places(held: Held, places: pd.DataFrame, at: float) -> Drawn:
    properties = [_column(places, "kind"), _column(places, "name")]
    if held.snapshot.has("cameras"):
        properties.append(to_property("seen", places_seen(held, places).astype(int).tolist()))
    return Drawn(_mercator(places.geometry), tuple(properties))


def places_seen(held: Held, some: pd.DataFrame) -> NDArray[np.bool_]:
    """Which places the snapshot's online cameras see at the default density: the point, or half an area (DOMAIN 3)."""
    geometries = np.asarray(some.geometry, dtype=object)
    places = crs.transform_geometry(geometries, crs.WGS84, held.snapshot.metric_crs)
    views = views_near(held, places, held.snapshot.rules.px_per_m)
    place, sector = views.tree.query(places, predicate="intersects")
    seen = np.zeros(len(places), dtype=bool)
    area_m2 = shapely.area(places)
    seen[place[area_m2[place] == 0]] = True
    for number in np.unique(place[area_m2[place] > 0]):
        covered = shapely.union_all(views.sectors[sector[place == number]])
        inside_m2 = shapely.area(shapely.intersection(covered, places[number]))
        seen[number] = inside_m2 >= held.snapshot.rules.place_open_share * area_m2[number]
    return seen


def _draw_gaps(held: Held, at: float) -> Drawn:
    gaps = queries.table(held.snapshot, "gaps", role="planner")
    return Drawn(_mercator(gaps["geometry"]), (_column(gaps, "code"),))


def _draw_facades(held: Held, at: float) -> Drawn:
    """Dwelling facade in view of an online camera, as lines: of a dwelling nothing else is told."""
    snapshot = held.snapshot
    buildings, cameras = snapshot.frame("buildings"), snapshot.frame("cameras")
    homes = np.asarray(buildings.geometry[(buildings["use"] == "dwelling").to_numpy(dtype=bool)], dtype=object)
    outlines = shapely.boundary(crs.transform_geometry(homes, crs.WGS84, snapshot.metric_crs))
    x_m, y_m = crs.transform_xy(cameras["lon"], cameras["lat"], crs.WGS84, snapshot.metric_crs)
    online = pd.DataFrame(cameras.drop(columns="geometry")).assign(x_m=x_m, y_m=y_m)
    online = online[(online["status"] == "online").to_numpy(dtype=bool)]
    return Drawn(_mercator(facade_lines(outlines, online, snapshot.rules), snapshot.metric_crs), ())


def _draw_streams(held: Held, at: float) -> Drawn:
    lines, kinds = find_streams(elevation_file(held), held.snapshot.metric_crs)
    return Drawn(_mercator(lines), (to_property("kind", kinds),))


LAYERS: dict[str, Layer] = {
    "streams": Layer("elevation", "leader", 7, _draw_streams, whole_zoom=13),
    "cameras": Layer("cameras", "planner", 11, _draw_built(_draw_cameras, "cameras"), _draw_cameras, whole_zoom=13),
    "sectors": Layer("cameras", "planner", 13, _draw_sectors, _draw_some_sectors, by_density=True, whole_zoom=15),
    "gaps": Layer("cameras", "planner", 10, _draw_gaps, whole_zoom=14),
    "facades": Layer("cameras", "planner", 15, _draw_facades, beside="buildings"),
    "restricted_areas": Layer("restricted_areas", "planner", 10, _draw_by("restricted_areas", "kind")),
    "roads": Layer("roads", "leader", 8, _draw_by("roads", "kind"), whole_zoom=14),
    "places": Layer("places", "leader", 9, _draw_built(_draw_places, "places"), _draw_places),
    "buildings": Layer("buildings", "leader", 14, _draw_by("buildings", "use")),
}
