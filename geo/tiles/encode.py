"""Mapbox Vector Tile 2.1 encoder: one layer of one tile from plain arrays.

Specification: https://github.com/mapbox/vector-tile-spec/tree/master/2.1 (extent 4096, buffer 64).
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.tiles import kernels
from geo.tiles.address import BUFFER, EXTENT, Tile
from geo.tiles.shapes import Shapes, to_shapes

Value = str | int | bool | float


@dataclass(frozen=True)
class Property:
    """One property of all features of a layer: each distinct value once, already encoded, and its number."""

    name: str
    values: tuple[bytes, ...]
    numbers: NDArray[np.int64]  # [n] position in `values`, -1 where the feature has none


def to_property(name: str, column: Sequence[Value | None] | NDArray[Any]) -> Property:
    """A property from one value per feature; None and NaN are left out.

    >>> to_property("kind", ["lane", None, "street", "lane"]).numbers.tolist()
    [0, -1, 1, 0]
    """
    numbers = np.full(len(column), -1, dtype=np.int64)
    seen: dict[bytes, int] = {}
    known: dict[tuple[type, Any], int] = {}
    for i, value in enumerate(column):
        if value is None or (isinstance(value, float) and math.isnan(value)):
            continue
        key = (type(value), value)
        if key not in known:
            known[key] = seen.setdefault(encode_value(value), len(seen))
        numbers[i] = known[key]
    return Property(name, tuple(seen), numbers)


def join_properties(first: Property, second: Property) -> Property:
    """The property of the features of `first`, followed by those of `second`.

    >>> both = join_properties(to_property("kind", ["lane", None]), to_property("kind", ["street", "lane"]))
    >>> both.numbers.tolist(), len(both.values)
    ([0, -1, 1, 0], 2)
    """
    values = {value: place for place, value in enumerate(dict.fromkeys([*first.values, *second.values]))}
    place = np.array([*(values[value] for value in second.values), -1], dtype=np.int64)
    return Property(first.name, tuple(values), np.concatenate([first.numbers, place[second.numbers]]))


def encode_value(value: Value) -> bytes:
    """A `Value` message without its length: string (1), double (3), uint (5), sint (6) or bool (7).

    >>> encode_value("a").hex(), encode_value(3).hex(), encode_value(-1).hex(), encode_value(True).hex()
    ('0a0161', '2803', '3001', '3801')
    """
    if isinstance(value, bool | np.bool_):
        return b"\x38\x01" if value else b"\x38\x00"
    if isinstance(value, int | np.integer):
        number = int(value)
        return b"\x28" + varint(number) if number >= 0 else b"\x30" + varint(-2 * number - 1)
    if isinstance(value, float | np.floating):
        return b"\x19" + struct.pack("<d", float(value))
    text = str(value).encode()
    return b"\x0a" + varint(len(text)) + text


def varint(value: int) -> bytes:
    """A protobuf varint.

    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_layer(
    name: str,
    shapes: Shapes,
    ids: NDArray[np.int64],
    tile: Tile,
    properties: Sequence[Property] = (),
    chosen: NDArray[np.int64] | None = None,
) -> bytes:
    """A vector tile with the one layer `name`; b"" where nothing lies in the tile.

    `shapes` are in EPSG:3857 metres, `ids` one whole number (>= 0) per feature, `chosen` the features to draw (all
    where None). Rings are cut at 64 units outside the tile and wound as the specification asks; a
    polygon under a tile unit stays as a small triangle.

    >>> tile = Tile(0, 0, 0)
    >>> layer = encode_layer("a", to_shapes([shapely.Point(0.0, 0.0)]), np.array([7]), tile)
    >>> layer[:5].hex(), layer[5:-5].hex(), layer[-5:].hex()
    ('1a150a0161', '120b0807180122050980208020', '2880207802')
    """
    near = find_near(shapes.bounds, tile)
    if chosen is not None:
        near = np.intersect1d(near, chosen)
    if near.size == 0:
        return b""
    left, top = tile.corner_m()
    frame = np.array([left, top, tile.units_per_m(), -BUFFER, EXTENT + BUFFER], dtype=np.float64)
    geometry, offsets = kernels.encode_geometries(
        shapes.kinds, shapes.xy, shapes.piece_starts, shapes.holes, shapes.feature_pieces, near, frame
    )
    if geometry.size == 0:
        return b""
    drawn = np.diff(offsets) > 0
    tags, values = _tag_numbers(properties, near, drawn)
    features = kernels.write_features(
        shapes.kinds[near], np.asarray(ids, dtype=np.int64)[near], tags, geometry, offsets
    )
    keys = b"".join(_field(0x1A, prop.name.encode()) for prop in properties)
    body = (
        _field(0x0A, name.encode())
        + features.tobytes()
        + keys
        + b"".join(_field(0x22, value) for value in values)
        + b"\x28"
        + varint(EXTENT)
        + b"\x78\x02"
    )
    return _field(0x1A, body)


def find_near(bounds: NDArray[np.float64], tile: Tile) -> NDArray[np.int64]:
    """Numbers of the features whose bounds ([4, n], EPSG:3857) meet the buffered tile.

    >>> find_near(np.array([[0.0, -9e6], [0.0, -9e6], [1.0, -8e6], [1.0, -8e6]]), Tile(1, 1, 0))
    array([0])
    """
    minx, miny, maxx, maxy = tile.bounds_m(BUFFER)
    inside = (bounds[0] <= maxx) & (bounds[2] >= minx) & (bounds[1] <= maxy) & (bounds[3] >= miny)
    return np.flatnonzero(inside).astype(np.int64)


def warm_up() -> None:
    """Compile (or load) every kernel once, so that no reader waits for it.

    >>> warm_up()
    """
    tile = Tile(0, 0, 0)
    shapes = to_shapes([shapely.box(0, 0, 9e6, 9e6), shapely.LineString([(0, 0), (9e6, 1)]), shapely.Point(1, 1)])
    encode_layer("warm", shapes, np.arange(3), tile, (to_property("kind", ["a", 1, True]),))


def _tag_numbers(
    properties: Sequence[Property], near: NDArray[np.int64], drawn: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[bytes]]:
    """Key and value numbers per feature, [n, 2 k], and the values of this tile alone."""
    tags = np.full((near.size, 2 * len(properties)), -1, dtype=np.int64)
    values: list[bytes] = []
    for k, prop in enumerate(properties):
        numbers = prop.numbers[near]
        used, own = np.unique(np.where(drawn, numbers, -1), return_inverse=True)
        first = 1 if used[0] == -1 else 0
        tags[:, 2 * k] = k
        tags[:, 2 * k + 1] = np.where(own < first, -1, own - first + len(values))
        values.extend(prop.values[number] for number in used[first:])
    return tags, values


def _field(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + varint(len(content)) + content
