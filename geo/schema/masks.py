"""Privacy masks as text: pieces of a camera's view that its picture leaves out.

A mask is `AZ1-AZ2` or `AZ1-AZ2@D1-D2`: azimuths in degrees clockwise from AZ1 to AZ2 (350-10 passes north, 0-360 goes all
round), D1 and D2 in metres along the ground from the camera, 0 and no end where they are not given. Several are divided
by `;`, at most `MAX_MASKS` of them.
"""

import re
from collections.abc import Iterable
from math import inf, isinf
from typing import NamedTuple
from unicodedata import normalize

from geo.errors import BadInput, Words

MAX_MASKS = 4
_NUMBER = r"(\d{1,6}(?:\.\d{1,6})?)"
_MASK = re.compile(rf"{_NUMBER}-{_NUMBER}(?:@{_NUMBER}-{_NUMBER})?", re.ASCII)


class Mask(NamedTuple):
    """An annular piece: from `start_deg` clockwise over `sweep_deg` (0 to 360), from `near_m` to `far_m`."""

    start_deg: float
    sweep_deg: float
    near_m: float = 0.0
    far_m: float = inf


def read_masks(text: str) -> tuple[Mask, ...]:
    """The masks of `text`, full-width signs read as plain ones; `BadInput` where it cannot be followed.

    >>> read_masks("350-10@5-20; 90-120")
    (Mask(start_deg=350.0, sweep_deg=20.0, near_m=5.0, far_m=20.0), Mask(start_deg=90.0, sweep_deg=30.0, near_m=0.0, far_m=inf))
    """
    plain = re.sub(r"\s", "", normalize("NFKC", text)).replace("−", "-").replace("–", "-")
    found = [_MASK.fullmatch(part) for part in plain.split(";") if part]
    masks = [_to_mask(match) for match in found if match is not None]
    if not 0 < len(found) <= MAX_MASKS or len(masks) < len(found) or not all(map(_is_sound, masks)):
        raise BadInput(
            Words(
                f"{text[:200]!r} is no list of 1 to {MAX_MASKS} masks such as 350-10@5-20;90-120",
                f"{text[:200]!r} 不是 1 至 {MAX_MASKS} 个遮挡的列表（如 350-10@5-20;90-120）",
            )
        )
    return tuple(masks)


def write_masks(masks: Iterable[Mask]) -> str:
    """`masks` as `read_masks` reads them, to a millimetre and a thousandth of a degree.

    >>> write_masks([Mask(350, 20, 5, 20), Mask(0, 360), Mask(90, 30)])
    '350-10@5-20;0-360;90-120'
    """
    return ";".join(map(_to_text, masks))


def _to_mask(match: re.Match[str]) -> Mask:
    first, last = float(match[1]), float(match[2])
    sweep = 360.0 if last - first == 360.0 else (last - first) % 360.0
    near, far = (0.0, inf) if match[3] is None else (float(match[3]), float(match[4]))
    return Mask(first if max(first, last) <= 360.0 else inf, sweep, near, far)


def _is_sound(mask: Mask) -> bool:
    return mask.start_deg <= 360.0 and mask.sweep_deg > 0.0 and mask.near_m < mask.far_m


def _to_text(mask: Mask) -> str:
    end = mask.start_deg + mask.sweep_deg
    angles = f"{_number(mask.start_deg)}-{_number(end - 360.0 if end > 360.0 else end)}"
    return angles if isinf(mask.far_m) else f"{angles}@{_number(mask.near_m)}-{_number(mask.far_m)}"


def _number(value: float) -> str:
    return f"{round(value, 3):.10g}"
