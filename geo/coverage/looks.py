"""All looks of one set of cameras: every pixel density, worst, middle and best case, and the usual buffer circles."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256

import numpy as np

from geo.coverage.columns import Cameras, Columns, SomeCameras
from geo.coverage.fov import ESTIMATES, FULL_DEG, Estimate, turns, view_parameters
from geo.coverage.ground import Floats, Ground, Parcels
from geo.coverage.masks import cut_masks
from geo.coverage.scene import Outlook, Scene, look, look_out
from geo.coverage.sight import find_units, see_areas
from geo.coverage.threads import FEW, together
from geo.coverage.views import Views, to_edges, to_views
from geo.errors import Words
from geo.heap import trim_heap
from geo.rules import Rules

Progress = Callable[[float, Words], None]
Looks = dict[tuple[float, Estimate], Scene]

#: Shares of the work that are done when cameras and demand have been brought together, and when all looks are done; a
#: view that reaches this far costs twice one that reaches nowhere. All as measured on the demo.
_LOOKED_OUT_SHARE, _LOOKED_SHARE, _FAR_M = 0.12, 0.93, 25.0
#: Looks that run beside each other.
_LOOKS_AT_ONCE = 2


def camera_views(cameras: Cameras, view: Cameras, rules: Rules) -> Views:
    """The views of `cameras` (x_m, y_m) whose parameters are `view`."""
    return to_views(cameras["x_m"], cameras["y_m"], view, rules)


def camera_xy(cameras: Cameras) -> Floats:
    """Where cameras stand, float64 (n, 2)."""
    return np.column_stack([np.asarray(cameras[name], dtype=np.float64) for name in ("x_m", "y_m")])


def look_at_all(
    online: SomeCameras,
    ground: Ground,
    parcels: tuple[Parcels, ...],
    rules: Rules,
    densities: Sequence[float],
    progress: Progress,
) -> tuple[Looks, list[Floats]]:
    """One scene per density and estimate, and each chain's buffers; views alike (ranges given) are looked at once.

    Densities are `densities` and the default one. Masks are cut out of the views; buffers know of none.
    """
    cut = cut_masks(online)
    wanted = [(px, e) for px in dict.fromkeys((*densities, rules.px_per_m)) for e in ESTIMATES]
    frames = {(px, e): view_parameters(cut, rules, px, e) for px, e in wanted}
    keys = {look_at: _digest(view) for look_at, view in frames.items()}
    middles = {keys[px, "nominal"] for px, _ in wanted}
    progress(0.0, Words("bringing cameras and demand together", "关联摄像机与需求"))
    out = _look_out(cut, ground, parcels, frames, rules)
    tidy = trim_heap if len(cut) >= FEW else _nothing
    tidy()
    # The highest density first: the widest views come when the others' parameters are let go.
    order = list({keys[look_at]: look_at for look_at in reversed(frames)}.values())
    frames = {look_at: frames[look_at] for look_at in order}
    done_after = _done_after(list(frames.values()))
    shares = _LOOKED_OUT_SHARE + (_LOOKED_SHARE - _LOOKED_OUT_SHARE) * done_after

    def look_at_one(look_at: tuple[float, Estimate]) -> Scene:
        views, key = camera_views(cut, frames.pop(look_at), rules), keys[look_at]
        return look(out, views, rules, middle=key in middles)

    if len(cut) < FEW:
        scenes = {keys[look_at]: look_at_one(look_at) for look_at in order}
        return {look_at: scenes[key] for look_at, key in keys.items()}, [
            _buffer_m2(online, one, rules) for one in parcels
        ]
    done: dict[bytes, Scene] = {}
    # While one look gathers what it found, the other's kernels work.
    with ThreadPoolExecutor(_LOOKS_AT_ONCE) as pool:
        begun = [pool.submit(look_at_one, look_at) for look_at in order]
        buffers = [pool.submit(_buffer_m2, online, chain, rules) for chain in parcels]
        try:
            for look_at, share, looked in zip(order, shares.tolist(), begun, strict=True):
                progress(share, Words(f"views at {look_at[0]:g} px/m", f"{look_at[0]:g} 像素/米的视场"))
                done[keys[look_at]] = looked.result()
                if look_at[1] == ESTIMATES[0]:
                    tidy()
            buffer_m2 = [one.result() for one in buffers]
        finally:
            pool.shutdown(cancel_futures=True)
    progress(_LOOKED_SHARE, Words("summing up coverage", "汇总覆盖"))
    return {look_at: done[key] for look_at, key in keys.items()}, buffer_m2


def look_potential(
    online: SomeCameras,
    ground: Ground,
    parcels: tuple[Parcels, ...],
    looks: Looks,
    rules: Rules,
    densities: Sequence[float],
) -> dict[float, Scene]:
    """Per density what would be seen of roads and key places if every dome and PTZ had turned everywhere.

    Nominal values, masks cut out; nothing else is looked at. Where none turns it is what `looks` holds.
    """
    if not turns(online).any():
        return {px: looks[px, "nominal"] for px in densities}
    cut = cut_masks(online)
    frames = {px: view_parameters(cut, rules, px, "nominal", potential=True) for px in densities}
    widest = camera_views(cut, frames[min(densities)], rules).boxes
    public = replace(ground, residents=None, incidents=None)
    out = look_out(public, parcels, camera_xy(cut), widest, rules, areas=False)
    looks_at = (partial(look, out, camera_views(cut, view, rules), rules) for view in frames.values())
    return dict(zip(frames, together(*looks_at, is_small=len(cut) < FEW), strict=True))


def _digest(view: Cameras) -> bytes:
    """The same for views that are alike."""
    names = ("azimuth_deg", "sweep_deg", "near_m", "reach_m")
    return sha256(b"".join(np.asarray(view[name], dtype=np.float64).tobytes() for name in names)).digest()


def _nothing() -> None:
    """There is little to tidy up."""


def _done_after(frames: Sequence[Cameras]) -> Floats:
    """Share of the looks' work that is done before each: a look's cost grows with its views and how far they reach."""
    cost = np.zeros(len(frames) + 1)
    for number, view in enumerate(frames):
        seeing = (view["sweep_deg"] > 0) & (view["near_m"] < view["reach_m"])
        cost[number + 1] = (1 + view["reach_m"][seeing] / _FAR_M).sum()
    return np.asarray(np.cumsum(cost)[:-1] / max(cost.sum(), 1.0), dtype=np.float64)


def _look_out(
    cut: Cameras,
    ground: Ground,
    parcels: tuple[Parcels, ...],
    frames: Mapping[tuple[float, Estimate], Cameras],
    rules: Rules,
) -> Outlook:
    """The outlook for all looks: a view only shrinks as the density grows, so the lowest one's bounds hold them all."""

    def widest(px: float) -> Floats:
        boxes = np.stack([camera_views(cut, frames[px, estimate], rules).boxes for estimate in ESTIMATES])
        return np.column_stack([boxes[:, :, :2].min(axis=0), boxes[:, :, 2:].max(axis=0)])

    lowest = min(px for px, _ in frames)
    return look_out(ground, parcels, camera_xy(cut), widest(lowest), rules)


def _buffer_m2(online: Cameras, parcels: Parcels, rules: Rules) -> Floats:
    """Per unit the ground within the usual buffer circles."""
    around = {"azimuth_deg": 0.0, "sweep_deg": FULL_DEG, "near_m": 0.0, "reach_m": rules.usual_buffer_m}
    circle = Columns({name: np.full(len(online), value) for name, value in around.items()})
    views = camera_views(online, circle, rules)
    edges, nothing = to_edges(parcels.geometries), to_edges(np.full(len(parcels.codes), None, dtype=object))
    sight = find_units(parcels.geometries, edges, nothing, camera_xy(online), views.boxes)
    return see_areas(sight, views, middle=False)[:, 0]
