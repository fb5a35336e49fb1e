"""The vendored files under /static."""

from flask import Response, request

from webmap.caching import LIVE
from webmap.house import house

IMMUTABLE_FILE = "public, max-age=31536000, immutable"


def serve_file(name: str) -> Response:
    """One file; kept for ever where its address carries its hash."""
    asset = house().assets.get(name)
    tag = asset.sha256[:24]
    fresh = request.if_none_match.contains_weak(tag)
    response = Response(b"" if fresh else asset.body, 304 if fresh else 200, mimetype=asset.mimetype)
    version = request.args.get("v", "")
    named = len(version) >= 12 and asset.sha256.startswith(version)
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = IMMUTABLE_FILE if named else LIVE
    return response
