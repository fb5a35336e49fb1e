"""Shapes as GeoJSON: EPSG:4326, 7 decimals (a centimetre)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geo import crs

_DECIMALS = 7


def to_features(shapes: Sequence[Any], properties: Sequence[Mapping[str, Any]], metric_crs: str) -> dict[str, Any]:
    """A FeatureCollection of `shapes` (in `metric_crs`) with the `properties` of each.

    >>> collection = to_features([shapely.Point(500000, 0)], [{"kind": "view"}], "EPSG:32649")
    >>> collection["features"][0]["geometry"]
    {'type': 'Point', 'coordinates': [111.0, 0.0]}
    """
    drawn = crs.transform_geometry(np.array([*shapes, None], dtype=object)[:-1], metric_crs, crs.WGS84)
    texts = shapely.to_geojson(shapely.transform(drawn, lambda lonlat: np.round(lonlat, _DECIMALS)))
    features = [
        {"type": "Feature", "geometry": json.loads(text), "properties": dict(said)}
        for text, said in zip(texts, properties, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
