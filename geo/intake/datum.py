"""China's shifted datums: GCJ-02 (Amap, Tencent, WeChat) and BD-09 (Baidu) to WGS84 and back.

All functions take and give float64 arrays (lon, lat) in degrees. Outside the box 72.004 to 137.8347 E,
0.8293 to 55.8271 N GCJ-02 equals WGS84. The forward formula and its constants a = 6378245.0,
ee = 0.00669342162296594323 are those of the public eviltransform project; the inverse has no closed
form and is a fixed-point iteration (0.2 mm after two steps; five are done here).
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: The box in which the shifted datums differ from WGS84: (minx, miny, maxx, maxy).
SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)
_A = 6378245.0
_EE = 0.00669342162296594323
_BD = np.pi * 3000.0 / 180.0


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """WGS84 to GCJ-02.

    >>> lon, lat = wgs84_to_gcj02([109.7388], [28.3112])
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (109.743532207, 28.307809587)
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    dx, dy = _shift(x, y)
    return x + dx, y + dy


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 to WGS84.

    >>> lon, lat = gcj02_to_wgs84([109.74353220667638], [28.307809587011203])
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (109.7388, 28.3112)
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    out_x, out_y = x.copy(), y.copy()
    for _ in range(5):
        dx, dy = _shift(out_x, out_y)
        out_x, out_y = x - dx, y - dy
    return out_x, out_y


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 to BD-09.

    >>> lon, lat = gcj02_to_bd09([116.404], [39.915])
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (116.410369, 39.921337)
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 to GCJ-02, as the inverse of `gcj02_to_bd09` by fixed-point iteration.

    >>> lon, lat = bd09_to_gcj02(*gcj02_to_bd09([116.404], [39.915]))
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (116.404, 39.915)
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    out_x, out_y = x - 0.0065, y - 0.006
    for _ in range(8):
        again_x, again_y = gcj02_to_bd09(out_x, out_y)
        out_x, out_y = out_x + x - again_x, out_y + y - again_y
    return out_x, out_y


def to_wgs84(datum: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """From `datum` ("wgs84", "gcj02" or "bd09") to WGS84.

    >>> to_wgs84("wgs84", [109.7], [28.3])
    (array([109.7]), array([28.3]))
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if datum == "bd09":
        x, y = bd09_to_gcj02(x, y)
    return (x, y) if datum == "wgs84" else gcj02_to_wgs84(x, y)


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    dlat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    dlat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    dlat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    dlon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    dlon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    dlon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _EE * np.sin(phi) ** 2
    dlat = np.degrees(dlat / (_A * (1.0 - _EE) / (magic * np.sqrt(magic))))
    dlon = np.degrees(dlon / (_A / np.sqrt(magic) * np.cos(phi)))
    minx, miny, maxx, maxy = SHIFTED
    inside = (lon >= minx) & (lon <= maxx) & (lat >= miny) & (lat <= maxy)
    return np.where(inside, dlon, 0.0), np.where(inside, dlat, 0.0)
