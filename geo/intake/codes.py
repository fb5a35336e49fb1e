"""Codes of the field: GB/T 28181 ids, ids ruined by spreadsheets, compass words and DirectionType.

A compass word tells the azimuth only to half the step of its rose: eight winds to +-22.5 degrees,
the eight between them (NNE, ...) to +-11.25.
"""

import re

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_RUINED = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
_GB28181 = re.compile(r"\d{8}(?:0[0-9]|1[0-4])\d{3}\d\d{6}", re.ASCII)
_CAMERA_TYPES = ("131", "132")

#: GB/T 28181 DirectionType to a compass word.
DIRECTION_TYPES = {"1": "E", "2": "W", "3": "S", "4": "N", "5": "SE", "6": "NE", "7": "SW", "8": "NW"}

_WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_ZH = {
    "北": 0.0,
    "东北": 45.0,
    "东": 90.0,
    "东南": 135.0,
    "南": 180.0,
    "西南": 225.0,
    "西": 270.0,
    "西北": 315.0,
}
_ZH_BETWEEN = {
    "北东北": 22.5,
    "北北东": 22.5,
    "东东北": 67.5,
    "东北东": 67.5,
    "东东南": 112.5,
    "东南东": 112.5,
    "南东南": 157.5,
    "南南东": 157.5,
    "南西南": 202.5,
    "南南西": 202.5,
    "西西南": 247.5,
    "西南西": 247.5,
    "西西北": 292.5,
    "西北西": 292.5,
    "北西北": 337.5,
    "北北西": 337.5,
}
_EN = {
    "NORTH": 0.0,
    "NORTHEAST": 45.0,
    "EAST": 90.0,
    "SOUTHEAST": 135.0,
    "SOUTH": 180.0,
    "SOUTHWEST": 225.0,
    "WEST": 270.0,
    "NORTHWEST": 315.0,
}
_ZH_SWAPPED = {"北东": 45.0, "南东": 135.0, "南西": 225.0, "北西": 315.0}

#: Compass word -> (azimuth, doubt), both in degrees.
COMPASS: dict[str, tuple[float, float]] = {
    **{word: (22.5 * i, 22.5 if i % 2 == 0 else 11.25) for i, word in enumerate(_WINDS)},
    **{word: (azimuth, 22.5) for word, azimuth in (*_ZH.items(), *_ZH_SWAPPED.items(), *_EN.items())},
    **{word: (azimuth, 11.25) for word, azimuth in _ZH_BETWEEN.items()},
}


def compass_deg(word: str) -> tuple[float, float] | None:
    """(azimuth, doubt) in degrees of a compass word, in English or Chinese; None for any other text.

    >>> compass_deg("N"), compass_deg("东北"), compass_deg("nne"), compass_deg("up")
    ((0.0, 22.5), (45.0, 22.5), (22.5, 11.25), None)
    """
    plain = re.sub(r"[\s_.-]", "", word).upper()
    return COMPASS.get(plain) or COMPASS.get(plain.removeprefix("朝").removeprefix("向").removesuffix("向"))


def direction_type_deg(code: str) -> tuple[float, float] | None:
    """(azimuth, doubt) in degrees of a GB/T 28181 DirectionType, "1" (E) to "8" (NW); None for any other text.

    >>> direction_type_deg("6"), direction_type_deg("9")
    ((45.0, 22.5), None)
    """
    word = DIRECTION_TYPES.get(code.strip())
    return None if word is None else COMPASS[word]


def is_gb28181_camera(ids: Texts) -> Bools:
    """Bool[n]: a GB/T 28181 id of a camera: 20 digits, a sector that the standard knows, type 131 or 132 (IP camera).

    Sectors (00-14) are digits 9 and 10, types digits 11 to 13.

    >>> ids = ["34020000001320000101", "34020000002000000001", "3402000000132000010", None]
    >>> is_gb28181_camera(np.array(ids, dtype=object)).tolist()
    [True, False, False, False]
    """
    return np.array(
        [isinstance(text, str) and bool(_GB28181.fullmatch(text)) and text[10:13] in _CAMERA_TYPES for text in ids],
        dtype=bool,
    )


def is_ruined_id(ids: Texts) -> Bools:
    """Bool[n]: an id that a spreadsheet turned into a number in scientific notation.

    >>> is_ruined_id(np.array(["3.402E+19", "1.2e+10", "12E", "5D"], dtype=object)).tolist()
    [True, True, False, False]
    """
    if "e" not in "".join(filter(None, ids)).lower():
        return np.zeros(len(ids), dtype=bool)
    return np.array([isinstance(text, str) and bool(_RUINED.fullmatch(text)) for text in ids], dtype=bool)
