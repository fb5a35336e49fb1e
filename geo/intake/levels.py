"""Units: the levels of a home read from their files, nested into each other, and topped by their total."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.crs import lonlat_bounds, metric_crs, parse_crs, to_authority, transform_geometry
from geo.errors import BadInput, Words
from geo.intake.codes import is_ruined_id
from geo.intake.mapping import LevelSource, Mapping, home_info
from geo.intake.nesting import find_parents
from geo.intake.notes import tell
from geo.intake.points import Bounds, Extent, Placed, place_points
from geo.intake.quality import Refusals, refused_frame
from geo.intake.readers import Request, find_file, read_source
from geo.intake.shapes import MIN_UNIT_AREA_M2, check_sizes, clean_shapes, correct_datum
from geo.intake.stated import crs_of, notes_of_crs
from geo.intake.values import clean_text
from geo.partition.topology import NAMED, check_overlaps, find_holes
from geo.rules import Rules
from geo.schema import HomeInfo
from geo.schema.home import TOTAL

Texts = npt.NDArray[np.object_]

#: Reading takes about so much of the time, checking borders the rest.
_READ_SHARE = 0.4


@dataclass(frozen=True)
class Units:
    """All units of a home: `frame` has the units columns, line and geometry in `crs`; `bounds` are WGS84 degrees."""

    frame: gpd.GeoDataFrame
    home: HomeInfo
    refused: pd.DataFrame
    n_read: int
    notes: tuple[Words, ...]
    crs: str
    bounds: Bounds


@dataclass(frozen=True)
class _Layer:
    level: LevelSource
    frame: pd.DataFrame
    shapes: Texts
    metric: Texts
    refusals: Refusals
    n_read: int
    notes: tuple[Words, ...]


def read_units(mapping: Mapping, data_dir: Path, rules: Rules, progress: Callable[[float, Words], None]) -> Units:
    """Every level of `mapping`, finest first, in the CRS of the first; parents resolved, the total appended.

    Raises `BadInput` (files), `MissingCrs`, `BadPartition` (overlaps, units that leave their parent).
    """
    layers: list[_Layer] = []
    crs = metric = None
    for position, level in enumerate(mapping.levels):
        share = _READ_SHARE * position / len(mapping.levels)
        progress(share, Words(f"reading units: {level.title_en}", f"读取单位：{level.title_zh}"))
        layer, crs, metric = _read_level(mapping, level, data_dir, rules, crs, metric)
        layers.append(layer)
    assert crs is not None
    boundary_crs = to_authority(crs)
    notes: list[Words] = []
    with ThreadPoolExecutor(1) as beside:
        parents = beside.submit(_parents, layers, rules)
        for position, layer in enumerate(layers):
            share = _READ_SHARE + (1 - _READ_SHARE) * position / len(layers)
            progress(share, Words(f"checking units: {layer.level.title_en}", f"检查单位：{layer.level.title_zh}"))
            notes.extend(layer.notes)
            notes.extend(_border_notes(layer, rules, mapping.accept_overlaps))
    for layer in layers:
        if layer.level.parent is not None:
            layer.frame["parent_code"] = pd.Series(parents.result()[layer.level.name], dtype=object)
    frame, home = _with_total(mapping, layers, boundary_crs)
    refused = pd.concat([layer.refusals.frame() for layer in layers], ignore_index=True)
    return Units(
        frame,
        home,
        refused if len(refused) else refused_frame([]),
        sum(layer.n_read for layer in layers),
        tuple(notes),
        boundary_crs,
        lonlat_bounds(frame.geometry, crs),
    )


def _parents(layers: list[_Layer], rules: Rules) -> dict[str, Texts]:
    """The code of each unit's parent, by name of its level."""
    by_name = {layer.level.name: layer for layer in layers}
    return {
        layer.level.name: find_parents(
            layer.level,
            layer.frame["code"].to_numpy(),
            layer.metric,
            layer.frame["parent_code"].to_numpy(),
            by_name[layer.level.parent].frame["code"].to_numpy(),
            by_name[layer.level.parent].metric,
            rules.nest_share_limit,
        )
        for layer in layers
        if layer.level.parent is not None
    }


def _read_level(
    mapping: Mapping,
    level: LevelSource,
    data_dir: Path,
    rules: Rules,
    crs: pyproj.CRS | None,
    metric: pyproj.CRS | None,
) -> tuple[_Layer, pyproj.CRS, pyproj.CRS]:
    path = find_file(data_dir, level.file)
    columns = {
        "code": level.code_column,
        "name": level.name_column,
        "name_en": level.name_en_column,
        "parent_code": level.parent_column,
    }
    wanted = tuple(dict.fromkeys(name for name in columns.values() if name))
    source = read_source(Request(path, wanted, rules, level.layer, level.encoding, level.header_line))
    if source.geometry is None:
        raise BadInput(Words(f"{level.file} holds no polygons", f"{level.file} 不含多边形"))
    own = crs_of(source, level.file, level.crs, f'[[levels]] name = "{level.name}"')
    n = len(source.lines)
    texts = {key: source.columns[name] if name else np.full(n, None, dtype=object) for key, name in columns.items()}
    origin = {"level": np.full(n, level.name, dtype=object), "file": np.full(n, level.file, dtype=object)}
    refusals = Refusals(source.lines, {**origin, **texts})
    shapes, shape_notes = clean_shapes(source.geometry, "polygon", refusals, repair=level.repair, faults=source.faults)
    _check_place(mapping, level, own, shapes, refusals, rules)
    shapes = correct_datum(shapes, own, level.datum)
    crs = crs or own
    shapes = transform_geometry(shapes, own, crs)
    metric = metric or metric_crs(lonlat_bounds(shapes, crs))
    check_sizes(shapes, crs, metric, refusals, MIN_UNIT_AREA_M2)
    cells = {key: clean_text(each) for key, each in texts.items()}
    _check_codes(cells, refusals)
    kept = refusals.kept()
    if not kept.any():
        words = refusals.frame().explained_en.tolist()[:1]
        raise BadInput(Words(f"{level.file} has no usable unit ({words})", f"{level.file} 没有可用的单位（{words}）"))
    frame = pd.DataFrame({"level": pd.Series([level.name] * int(kept.sum()), dtype=object)})
    for key, each in cells.items():
        frame[key] = pd.Series(each[kept], dtype=object)
    frame["line"] = source.lines[kept]
    order = np.argsort(frame["code"].to_numpy(), kind="stable")
    shapes = shapes[kept][order]
    layer = _Layer(
        level,
        frame.iloc[order].reset_index(drop=True),
        shapes,
        transform_geometry(shapes, crs, metric),
        refusals,
        source.n_read,
        tell([*source.notes, *shape_notes, *notes_of_crs(level.file, own, level.datum)]),
    )
    return layer, crs, metric


def _check_codes(cells: dict[str, Texts], refusals: Refusals) -> None:
    for key in ("code", "name"):
        refusals.refuse(np.array([text is None for text in cells[key]], dtype=bool), "missing_field", key)
    refusals.refuse(is_ruined_id(cells["code"]), "ruined_id", "code")
    kept = refusals.kept()
    again = np.zeros(len(kept), dtype=bool)
    again[kept] = pd.Series(cells["code"][kept], dtype=object).duplicated().to_numpy()
    refusals.refuse(again, "duplicate_id", "code")


def _check_place(
    mapping: Mapping, level: LevelSource, crs: pyproj.CRS, shapes: Texts, refusals: Refusals, rules: Rules
) -> None:
    """Against the declared extent where there is one; else only that degrees are degrees."""
    box = mapping.extent or (-180.0, -90.0, 180.0, 90.0)
    bounds = shapely.bounds(shapes)
    bounds[~refusals.kept()] = np.nan
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    margin = rules.extent_margin_share if mapping.extent else 0.0
    placed = Placed(level.file)
    place_points(placed, x, y, crs, level.datum, Extent(box, margin), refusals)
    placed.check()


def _border_notes(layer: _Layer, rules: Rules, accept: bool) -> Iterator[Words]:
    codes, title = layer.frame["code"].tolist(), layer.level
    if not shapely.coverage_is_valid(layer.metric):
        overlaps = check_overlaps(layer.metric, codes, rules, accept)
        pairs = [" / ".join(pair) for pair in zip(overlaps["code_a"], overlaps["code_b"], strict=True)]
        if pairs:
            n, m2, listed = _largest(pairs, overlaps["overlap_m2"])
            yield Words(
                f"{title.title_en}: {n} pairs of units overlap by {m2} m2 in all; {listed.en}",
                f"{title.title_zh}：{n} 对单位重叠，共 {m2} 平方米；{listed.zh}",
            )
    holes = find_holes(layer.metric, codes)
    if len(holes):
        n, m2, listed = _largest([" / ".join(around) for around in holes["codes"]], holes["hole_m2"])
        yield Words(
            f"{title.title_en}: {n} gaps enclosed by units, {m2} m2 in all; {listed.en}",
            f"{title.title_zh}：单位之间有 {n} 处空隙，共 {m2} 平方米；{listed.zh}",
        )


def _largest(names: list[str], areas_m2: "pd.Series[float]") -> tuple[int, str, Words]:
    """How many, their sum, and the largest with their m2 (`areas_m2` falls); those under 0.05 m2 are only counted."""
    named = [f"{name} {m2:,.1f} m2" for name, m2 in zip(names, areas_m2, strict=True) if m2 >= 0.05][:NAMED]
    more = len(names) - len(named)
    en, zh = ", ".join([*named, f"{more} smaller"]), "，".join([*named, f"另有 {more} 处更小"])
    return len(names), f"{areas_m2.sum():,.1f}", Words(en, zh) if more else Words(", ".join(named), "，".join(named))


def _with_total(mapping: Mapping, layers: list[_Layer], boundary_crs: str) -> tuple[gpd.GeoDataFrame, HomeInfo]:
    home = home_info(mapping, boundary_crs)
    top = next(layer for layer in layers if layer.level.name == home.chains()[0][-1])
    frames = [layer.frame for layer in layers]
    shapes = [shape for layer in layers for shape in layer.shapes]
    if len(top.frame) > 1:
        home = home_info(mapping, boundary_crs, total=True)
        top.frame["parent_code"] = pd.Series([TOTAL] * len(top.frame), dtype=object)
        total = {"level": TOTAL, "code": TOTAL, "name": mapping.title_zh, "name_en": mapping.title_en}
        cells = {key: pd.Series([value], dtype=object) for key, value in {**total, "parent_code": None}.items()}
        frames.append(pd.DataFrame({**cells, "line": pd.Series([0], dtype="int64")}))
        shapes.append(shapely.union_all(top.shapes))
    frame = pd.concat(frames, ignore_index=True)
    names = ["level", "code", "name", "name_en", "parent_code"]
    frame[names] = frame[names].astype(object)
    for name in names:
        frame[name] = frame[name].where(frame[name].notna(), None)
    geometry = gpd.GeoSeries(shapes, crs=parse_crs(boundary_crs))
    return gpd.GeoDataFrame(frame[[*names, "line"]], geometry=geometry), home
