"""Feeds: batches of rows that programs send all day, acknowledged once they are durable."""

import re
from hashlib import sha256
from typing import Any

from apiflask import APIBlueprint
from flask import request

from geo.errors import BadQuery, Words
from webmap.api import models
from webmap.api.openapi import writes
from webmap.house import Actor, house

_KEY = re.compile(r"[!-~]{1,200}")
_BAD_KEY = Words(
    "Idempotency-Key has 1 to 200 ASCII characters without spaces",
    "Idempotency-Key 为 1 至 200 个 ASCII 字符，不含空格",
)


def add_routes(api: APIBlueprint) -> None:
    """Hang the routes of this module on `api`."""
    for path, view in (("/feed/incidents", feed_incidents), ("/feed/camera-status", feed_statuses)):
        key = ("Idempotency-Key",)
        writes(api, path, view, ("feeder",), models.Taken, models.Batch, headers=key, is_large=True)


def feed_incidents(query: dict[str, Any], who: Actor, body: models.Batch) -> dict[str, Any]:
    """Incidents as rows of the table `incidents`; the next build counts them.

    A row is known by its source_id: sent again it replaces the one before, unless its `at` says that it is older. Rows
    that cannot be used come back by their position with the reason.
    """
    return house().feed.take_incidents(who.name, body.rows, *_key())


def feed_statuses(query: dict[str, Any], who: Actor, body: models.Batch) -> dict[str, Any]:
    """Which cameras are online or offline: rows of uid (or source and source_id), status, at; shown as live at once."""
    return house().feed.take_statuses(who.name, body.rows, *_key())


def _key() -> tuple[str, str]:
    """The sender's idempotency key and the digest of what it sent under it, both "" where it names none."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return "", ""
    if not _KEY.fullmatch(key):
        raise BadQuery(_BAD_KEY)
    return key, sha256(request.path.encode() + b"\n" + request.get_data()).hexdigest()
