"""Where cameras that were refused for their coordinates may stand: there the register is in doubt."""

import json
from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pandas as pd

from geo.crs import WGS84, parse_crs, transform_xy
from geo.intake.points import to_lonlat
from geo.intake.values import to_float
from geo.partition.hierarchy import Joined, assign_levels
from geo.records import Records
from geo.schema import HomeInfo

#: Reasons of a refusal that leave two numbers which may be a place here. The other reasons about coordinates leave
#: none: `null_island` says where nothing is, `not_degrees` is in an unknown CRS, the rest lack one number or both.
PLACEABLE = ("outside_extent", "swapped_axes")
_DATUMS = ("wgs84", "gcj02", "bd09")


def read_refused(records: Records) -> pd.DataFrame:
    """Cameras refused for coordinates that may still be a place: x, y (float64, as written) and crs, one row for each.

    Rows whose content was deleted in time (`Rules.refused_days`) or that came as shapes have no coordinates any more:
    they are not among these, and put no unit in doubt.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Records.open(Path(folder)) as records:
    ...     read_refused(records).columns.tolist()
    ['x', 'y', 'crs']
    """
    sources = records.sources()
    cameras = sources[sources["table"] == "cameras"]
    crs_of = dict(zip(cameras["source"], cameras["crs"], strict=True))
    rows = []
    for reason in PLACEABLE:
        found = records.find_refusals(table="cameras", reason=reason, limit=-1).rows
        for source, text in zip(found["source"], found["fields"], strict=True):
            fields = json.loads(text) if text else {}
            # A single row, handed in by people or programs, is in WGS84 and says lon and lat.
            x, y, crs = (fields.get("x"), fields.get("y"), crs_of.get(source))
            if "lon" in fields:
                x, y, crs = fields["lon"], fields.get("lat"), WGS84
            if x and y and crs:
                rows.append((x, y, crs))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    x, y = (to_float(np.array(texts, dtype=object))[0] for texts in columns[:2])
    return pd.DataFrame({"x": x, "y": y, "crs": pd.Series(columns[2], dtype=object)}).dropna(ignore_index=True)


def digest_refused(refused: pd.DataFrame) -> tuple[int, str]:
    """Row count and SHA-256 (hex) of what `read_refused` gives, whatever the order of its rows.

    >>> one = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 4.0], "crs": ["EPSG:4326"] * 2})
    >>> digest_refused(one) == digest_refused(one[::-1]), digest_refused(one) == digest_refused(one.head(1))
    (True, False)
    """
    rows = sorted(refused[["x", "y", "crs"]].to_numpy(dtype=object).tolist())
    return len(rows), sha256(json.dumps(rows).encode()).hexdigest()


def find_doubted(refused: pd.DataFrame, joined: Sequence[Joined], home: HomeInfo) -> pd.DataFrame:
    """The units in which one of the `refused` cameras may stand: one column per level, a row per possible place.

    A possible place is the one written or the one with x and y swapped back, each as it stands and with the shift of
    GCJ-02 or BD-09 undone (in which datum a source was is not kept with its rows). Every place that falls in a unit
    counts, so one camera may put up to three neighbouring units in doubt.
    """
    parts = [assign_levels([], [], joined, home)]
    for crs, rows in refused.groupby("crs"):
        x, y = rows["x"].to_numpy(dtype=np.float64), rows["y"].to_numpy(dtype=np.float64)
        for one, other in ((x, y), (y, x)):
            for datum in _DATUMS:
                lon, lat = to_lonlat(one, other, parse_crs(str(crs)), datum)
                parts.append(assign_levels(*transform_xy(lon, lat, WGS84, home.boundary_crs), joined, home))
    found = pd.concat(parts, ignore_index=True).dropna(how="all")
    return found.drop_duplicates(ignore_index=True)
