"""Draws the map: fills by class, borders by level, names, and what every map carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import crs
from geo.desk.scope import Scope
from geo.tiles.shapes import Shapes
from webmap.paper.carto.frame import MapFrame, fit_frame
from webmap.paper.carto.graticule import find_bar_m, find_graticule
from webmap.paper.carto.labels import Box, Label, meet, place_labels
from webmap.paper.carto.levels import Patch
from webmap.paper.carto.patterns import fill_pattern
from webmap.paper.glyphs import draw_glyph, fill_of
from webmap.paper.say import Say
from webmap.paper.sheet import SMALL_PT, Ring, Sheet
from webmap.paper.typeface import width_of

BOX = (30.0, 78.0, 328.0, 455.0)
_PADDING = (12.0, 14.0, 30.0, 26.0)
#: Points of the sheet for which outlines need one pixel.
_PX_PT = 0.35
_GLYPH_PT, _GLYPH_BOX_PT = (15.0, 10.5), (19.0, 14.0)
#: Size, weight, ink, spacing of a name by its look.
_LOOKS: dict[str, tuple[float, bool, str, float]] = {
    "selected": (9.6, True, "ink", 0.0),
    "unit": (8.4, True, "ink", 0.0),
    "sign": (8.4, True, "ink", 0.0),
    "number": (SMALL_PT, True, "panel", 0.0),
    "neighbour": (8.8, False, "ink2", 1.2),
}
_HALO_PT = 1.2
_DISC_PT = 5.8
#: More units than these are drawn with finer edges.
_MANY = 400


@dataclass(frozen=True)
class Filled:
    """How a unit is drawn: fill, pattern over it (`ink` its colour), a glyph's label."""

    fill: str | None = None
    pattern: str | None = None
    ink: str = "ink3"
    glyph: str | None = None


@dataclass(frozen=True)
class Named:
    """A name on the map at a unit's label point."""

    level: str
    number: int
    text: str
    look: str
    priority: float


@dataclass(frozen=True)
class Spot:
    """A number on the map at a place (WGS84 degrees)."""

    text: str
    lon: float
    lat: float
    priority: float


@dataclass(frozen=True)
class MapPlan:
    """The map: its scope, the look of each unit, names, selected ones (level, number), areas over the units, spots."""

    scope: Scope
    looks: Mapping[int, Filled]
    names: Sequence[Named] = ()
    selected: Sequence[tuple[str, int]] = ()
    patches: Sequence[Patch] = ()
    spots: Sequence[Spot] = ()


def draw_map(sheet: Sheet, plan: MapPlan, units: Mapping[str, Mapping[str, Any]], metric_crs: str, say: Say) -> None:
    """Draw `plan` into its box; `units` are the lists of units (`list_units`) of every level by name."""
    scope = plan.scope
    bounds = scope.outlines(scope.place["level"], 100.0).bounds[:, scope.place["number"]]
    frame = fit_frame(BOX, bounds.tolist(), _PADDING)
    px_m = _PX_PT / frame.pt_per_m
    with sheet.clipped([frame.ring]):
        sheet.areas([frame.ring], fill="map")
        lines = find_graticule(frame, metric_crs)
        for line in lines:
            sheet.line(*line.points, ink="line", width=0.6)
        _draw_neighbours(sheet, plan, frame, px_m)
        _draw_units(sheet, plan, frame, px_m)
        _draw_borders(sheet, plan, frame, px_m)
    boxes = _draw_furniture(sheet, frame, say)
    for line in lines:
        boxes += _draw_figure(sheet, frame, line.figure, line.at, boxes, is_meridian=line.is_meridian)
    _draw_names(sheet, plan, frame, units, metric_crs, boxes)
    sheet.areas([frame.ring], edge="ink", line=1.0)


def rings_of(shapes: Shapes, number: int, frame: MapFrame) -> list[Ring]:
    """The rings of one unit on the sheet, to a tenth of a point, no point twice running."""
    first, end = (int(piece) for piece in shapes.feature_pieces[number : number + 2])
    starts = shapes.piece_starts[first : end + 1].tolist()
    pairs = pairwise(starts)
    return [_without_repeats(np.round(frame.to_sheet(shapes.xy[a:b]), 1)) for a, b in pairs]


def _without_repeats(points: NDArray[np.float64]) -> Ring:
    moved = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]
    return [(x, y) for x, y in points[moved].tolist()]


def _draw_neighbours(sheet: Sheet, plan: MapPlan, frame: MapFrame, px_m: float) -> None:
    place = plan.scope.place
    shapes = plan.scope.outlines(place["level"], px_m)
    near = [number for number in _in_frame(shapes, frame) if number != place["number"]]
    rings = [ring for number in near for ring in rings_of(shapes, number, frame)]
    if rings:
        sheet.areas(rings, edge="edge", line=0.6)


def _in_frame(shapes: Shapes, frame: MapFrame) -> list[int]:
    minx, miny, maxx, maxy = frame.bounds_m()
    west, south, east, north = shapes.bounds
    found: list[int] = np.flatnonzero((west < maxx) & (east > minx) & (south < maxy) & (north > miny)).tolist()
    return found


def _draw_units(sheet: Sheet, plan: MapPlan, frame: MapFrame, px_m: float) -> None:
    """One path per fill, its edges with it, and one per pattern; no edges of many units, which would hide patches."""
    shapes = plan.scope.outlines(plan.scope.level, px_m)
    by_fill: dict[str, list[Ring]] = {}
    by_pattern: dict[tuple[str, str], list[Ring]] = {}
    for number in plan.scope.numbers:
        look, rings = plan.looks.get(number, Filled(pattern="nodata")), rings_of(shapes, number, frame)
        by_fill.setdefault(look.fill or "panel", []).extend(rings)
        if look.pattern:
            by_pattern.setdefault((look.pattern, look.ink), []).extend(rings)
    is_many = len(plan.scope.numbers) > _MANY
    line = 0.15 if is_many else 0.35
    edge = None if plan.patches and is_many else "edge"
    for fill, rings in by_fill.items():
        sheet.areas(rings, fill=fill, edge=edge, line=line)
    left, top, width, height = BOX
    for (pattern, ink), rings in by_pattern.items():
        fill_pattern(sheet, pattern, rings, (left, top, left + width, top + height), ink)
    for patch in plan.patches:
        rings_on_sheet = [[(x, y) for x, y in frame.to_sheet(ring).tolist()] for ring in patch.rings]
        sheet.areas(rings_on_sheet, fill=patch.fill)
    if plan.patches and edge:
        for rings in by_fill.values():
            sheet.areas(rings, edge=edge, line=line)


def _draw_borders(sheet: Sheet, plan: MapPlan, frame: MapFrame, px_m: float) -> None:
    """The units just below the place, the place itself, the selected units."""
    scope = plan.scope
    chain = next(chain for chain in scope.held.snapshot.home.chains() if scope.level in chain)
    between = chain[chain.index(scope.level) + 1 : chain.index(scope.place["level"])]
    for level in between[-1:]:
        shapes = scope.outlines(level, px_m)
        rings = [ring for number in scope.numbers_of(level) for ring in rings_of(shapes, number, frame)]
        sheet.areas(rings, edge="ink", line=0.9)
    place = scope.outlines(scope.place["level"], px_m)
    sheet.areas(rings_of(place, scope.place["number"], frame), edge="ink", line=1.3)
    for level, number in plan.selected:
        rings = rings_of(scope.outlines(level, px_m), number, frame)
        sheet.areas(rings, edge="panel", line=4.2)
        sheet.areas(rings, edge="ink", line=1.9)


def _draw_furniture(sheet: Sheet, frame: MapFrame, say: Say) -> list[Box]:
    """North arrow and scale bar; the boxes that they take."""
    right, bottom = frame.left + frame.width, frame.top + frame.height
    x, y = right - 19, frame.top + 16
    sheet.text(x, y, say.t("paper.north"), 9.6, bold=True, align="centre", halo_pt=_HALO_PT)
    sheet.areas([[(x, y + 4), (x + 5, y + 20), (x, y + 16), (x - 5, y + 20)]], fill="ink")
    bar_m = find_bar_m(frame.pt_per_m, 62.0)
    start, end, line = frame.left + 10, frame.left + 10 + bar_m * frame.pt_per_m, bottom - 11
    for ink, width in (("panel", 3.0), ("ink", 0.9)):
        sheet.line((start, line - 4), (start, line), (end, line), (end, line - 4), ink=ink, width=width)
    words = f"{bar_m / 1000:,.0f} km" if bar_m >= 1000 else f"{bar_m:,.0f} m"
    stop = sheet.text(end + 4, line, words, SMALL_PT, halo_pt=_HALO_PT)
    return [(x - 10, frame.top, right, y + 22), (frame.left, line - 12, stop + 3, bottom)]


def _draw_figure(
    sheet: Sheet, frame: MapFrame, figure: str, at: tuple[float, float], taken: Sequence[Box], *, is_meridian: bool
) -> list[Box]:
    """A figure of the graticule inside the frame's edge, where nothing else stands; its box."""
    x, y = at
    width = width_of(figure, SMALL_PT)
    left, base = (x - width / 2, y - 3.5) if is_meridian else (x - width - 3, y - 2.0)
    box = (left - 1, base - 7, left + width + 1, base + 2)
    right, bottom = frame.left + frame.width, frame.top + frame.height
    outside = box[0] < frame.left or box[2] > right - (30 if is_meridian else 0) or box[1] < frame.top + 4
    if outside or box[3] > bottom or any(meet(box, other) for other in taken):
        return []
    sheet.text(left, base, figure, SMALL_PT, ink="ink3", halo_pt=_HALO_PT)
    return [box]


def _draw_names(
    sheet: Sheet,
    plan: MapPlan,
    frame: MapFrame,
    units: Mapping[str, Mapping[str, Any]],
    metric_crs: str,
    boxes: Sequence[Box],
) -> None:
    glyphs = [number for number in plan.scope.numbers if plan.looks.get(number, Filled()).glyph]
    wanted = [Named(plan.scope.level, number, "", "glyph", 1e6) for number in glyphs] + list(plan.names)
    spots = [Named(plan.scope.level, -1, spot.text, "number", spot.priority) for spot in plan.spots]
    lon = [*(units[name.level]["lon"][name.number] for name in wanted), *(spot.lon for spot in plan.spots)]
    lat = [*(units[name.level]["lat"][name.number] for name in wanted), *(spot.lat for spot in plan.spots)]
    xy = np.column_stack(crs.transform_xy(np.array(lon), np.array(lat), crs.WGS84, metric_crs))
    labels = []
    for name, (x, y) in zip([*wanted, *spots], frame.to_sheet(xy).tolist(), strict=True):
        if name.look == "glyph":
            text = plan.looks[name.number].glyph or ""
            labels.append(Label(text, x, y, *_GLYPH_BOX_PT, name.priority, name.look))
            continue
        if name.look == "number":
            labels.append(Label(name.text, x, y, 2 * _DISC_PT, 2 * _DISC_PT, name.priority, name.look))
            continue
        size, bold, _, spacing = _LOOKS[name.look]
        spacing = 0.0 if name.text.isascii() else spacing
        width = width_of(name.text, size, bold=bold) + spacing * (len(name.text) - 1)
        fixed = name.look == "sign"
        labels.append(Label(name.text, x, y, width + 3, size + 1.5, name.priority, name.look, is_fixed=fixed))
    edge = (frame.left + 2, frame.top + 2, frame.left + frame.width - 2, frame.top + frame.height - 2)
    placed = place_labels(labels, edge, boxes)
    for label, x, y in placed:
        if (x, y) != (label.x, label.y) and label.look in ("glyph", "number"):
            sheet.line((label.x, label.y), (x, y), width=0.6)
    for label, x, y in placed:
        _draw_label(sheet, label, x, y)


def _draw_label(sheet: Sheet, label: Label, x: float, y: float) -> None:
    """One label with its middle at (x, y); a glyph that had to stand beside its unit brings the unit's fill along."""
    if label.look == "glyph":
        wide, tall = _GLYPH_PT
        box = (x - wide / 2, y - tall / 2, wide, tall)
        if (x, y) != (label.x, label.y):
            left, top, width, height = box
            sheet.rect(left - 1.5, top - 1.2, width + 3, height + 2.4, fill=fill_of(label.text), edge="ink", line=0.5)
        draw_glyph(sheet, label.text, *box)
        return
    size, bold, ink, spacing = _LOOKS[label.look]
    if label.look == "number":
        sheet.disc(x, y, _DISC_PT, "panel")
        sheet.disc(x, y, _DISC_PT - 0.7, "ink")
        sheet.text(x, y + size * 0.36, label.text, size, bold=bold, ink=ink, align="centre")
        return
    spacing = 0.0 if label.text.isascii() else spacing
    base = y + size * 0.36
    sheet.text(x, base, label.text, size, bold=bold, ink=ink, align="centre", halo_pt=_HALO_PT, spacing=spacing)
