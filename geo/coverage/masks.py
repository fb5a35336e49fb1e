"""Privacy masks cut out of views.

A mask is an annular piece around its camera (`geo.schema.masks`), so what is left of a view is a few annular sectors: a
camera with masks is looked at as several rows, each held to one piece of the circle. Pieces do not overlap, and their
number does not depend on pixel density or estimate.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import inf

import numpy as np
import numpy.typing as npt

from geo.coverage.columns import Cameras, Columns, SomeCameras
from geo.schema.masks import Mask, read_masks

Floats = npt.NDArray[np.float64]

_FULL_DEG = 360.0
#: What a row is held to; a view that runs most of the way round may meet a piece twice: turn 0 and turn 1.
_PIECE = ("piece_start_deg", "piece_sweep_deg", "piece_near_m", "piece_far_m", "piece_turn")
#: A sweep below this is what rounding leaves of nothing.
_NOTHING_DEG = 1e-9


def cut_masks(cameras: SomeCameras) -> SomeCameras:
    """`cameras` with a row for each piece that its masks leave of the circle around a camera, in the cameras' order.

    The index names the camera: it repeats. A camera without masks keeps its row, one whose masks go all round without
    end has rows that see nothing; without any masks the frame is `cameras` itself. `view_parameters` holds each row to
    its piece. `BadInput` where masks cannot be read.

    >>> import pandas as pd
    >>> cameras = pd.DataFrame({"masks": [None, "90-180"], "azimuth_deg": [0.0, 90.0]})
    >>> cut_masks(cameras)[["piece_start_deg", "piece_sweep_deg"]].dropna().drop_duplicates().to_dict("split")["data"]
    [[180.0, 270.0]]
    """
    if isinstance(cameras, Columns) or "masks" not in cameras or not cameras["masks"].notna().any():
        return cameras
    masked = cameras["masks"].notna().to_numpy()
    texts = cameras["masks"][masked].tolist()
    pieces = {text: _rows(read_masks(text)) for text in set(texts)}
    n_rows = np.ones(len(cameras), dtype=np.int64)
    n_rows[masked] = [len(pieces[text]) for text in texts]
    values = np.full((n_rows.sum(), len(_PIECE)), np.nan)
    values[np.repeat(masked, n_rows)] = np.concatenate([pieces[text] for text in texts])
    rows = cameras.iloc[np.repeat(np.arange(len(cameras)), n_rows)]
    return rows.assign(**dict(zip(_PIECE, values.T, strict=True)))


def left_of_circle(masks: Iterable[Mask]) -> list[Mask]:
    """The annular pieces that `masks` leave of the plane around a camera; they do not overlap.

    >>> left_of_circle([Mask(0, 90, 5, 10)])
    [Mask(start_deg=0.0, sweep_deg=90.0, near_m=0.0, far_m=5), Mask(start_deg=0.0, sweep_deg=90.0, near_m=10, far_m=inf), Mask(start_deg=90.0, sweep_deg=270.0, near_m=0.0, far_m=inf)]
    """  # noqa: E501
    masks = list(masks)
    part = [mask for mask in masks if mask.sweep_deg < _FULL_DEG]
    ends = sorted({angle % _FULL_DEG for mask in part for angle in (mask.start_deg, mask.start_deg + mask.sweep_deg)})
    left = []
    for start, end in pairwise([*ends, ends[0] + _FULL_DEG] if ends else [0.0, _FULL_DEG]):
        middle = (start + end) / 2
        there = [mask for mask in masks if (middle - mask.start_deg) % _FULL_DEG < mask.sweep_deg]
        near = 0.0
        for mask in sorted(there, key=lambda mask: mask.near_m):
            if mask.near_m > near:
                left.append(Mask(start, end - start, near, mask.near_m))
            near = max(near, mask.far_m)
        if near < inf:
            left.append(Mask(start, end - start, near, inf))
    return left


def clip_to_pieces(view: dict[str, Floats], cameras: Cameras) -> dict[str, Floats]:
    """`view` (azimuth_deg, sweep_deg, near_m, reach_m, rows as `cameras`, of `cut_masks`), each row held to its piece.

    It is empty where view and piece are apart.

    >>> import pandas as pd
    >>> cameras = cut_masks(pd.DataFrame({"masks": ["60-300"]}))
    >>> view = {"azimuth_deg": [0.0], "sweep_deg": [90.0], "near_m": [0.0], "reach_m": [10.0]}
    >>> clipped = clip_to_pieces({name: np.array(2 * cells) for name, cells in view.items()}, cameras)
    >>> {name: cells[0].item() for name, cells in clipped.items()}
    {'azimuth_deg': 0.0, 'sweep_deg': 90.0, 'near_m': 0.0, 'reach_m': 10.0}
    """
    if _PIECE[0] not in cameras:
        return view
    start, width, nearest, farthest, turn = (np.asarray(cameras[name], dtype=np.float64) for name in _PIECE)
    held = ~np.isnan(start)
    if not held.any():
        return view
    azimuth, sweep, near, reach = (cells.copy() for cells in view.values())
    begin, end = _common(azimuth - sweep / 2, sweep, start, width, turn)
    near[held] = np.maximum(near, nearest)[held]
    reach[held] = np.minimum(reach, farthest)[held]
    # All round stays all round, and keeps its azimuth, which may be none.
    turned = held & ~((sweep >= _FULL_DEG) & (width >= _FULL_DEG))
    azimuth[turned] = np.mod(start + (begin + end) / 2, _FULL_DEG)[turned]
    sweep[turned] = np.where(end - begin > _NOTHING_DEG, end - begin, 0.0)[turned]
    sweep[held & ~turned & (turn > 0)] = 0.0
    return dict(zip(view, (azimuth, sweep, near, reach), strict=True))


def _rows(masks: Iterable[Mask]) -> Floats:
    """What `masks` leave as rows of `_PIECE`."""
    left = np.array(left_of_circle(masks) or [Mask(0.0, 0.0, 0.0, 0.0)], dtype=np.float64).reshape(-1, 4)
    return np.column_stack([np.repeat(left, 2, axis=0), np.tile([0.0, 1.0], len(left))])


def _common(start: Floats, sweep: Floats, piece: Floats, width: Floats, turn: Floats) -> tuple[Floats, Floats]:
    """Where the view's arc and the piece's meet, in degrees after the piece's start: (begin, end), the end maybe first.

    Two arcs that are together longer than the circle may meet twice: before the view's start comes its far end, again.
    """
    offset = np.mod(start - piece, _FULL_DEG)
    ahead = offset, np.minimum(offset + sweep, width)
    behind = np.zeros_like(offset), np.minimum(offset + sweep - _FULL_DEG, width)
    begin, end = (np.where(turn > 0, b, a) for a, b in zip(ahead, behind, strict=True))
    # An empty or unknown view meets nothing, a full one all of the piece, once; a whole piece all of the view.
    nothing = ~(sweep > 0) | ((sweep < _FULL_DEG) & np.isnan(offset))
    full, whole = sweep >= _FULL_DEG, width >= _FULL_DEG
    once = np.where(turn > 0, 0.0, 1.0)
    begin = np.where(full, 0.0, np.where(whole, offset, begin))
    end = np.where(full, width * once, np.where(whole, offset + sweep * once, end))
    return np.where(nothing, 0.0, begin), np.where(nothing, 0.0, end)
