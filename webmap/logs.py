"""Log lines as JSON: one object a line, no coordinates, no secrets, nothing that a request could forge."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

LOGGER = logging.getLogger("gridscope.web")

_SECRET = re.compile(r"gs_[\w.~+/=-]+|(?i:bearer)\s+\S+|(?i:session|token|key|cookie)=\S+")
_COORDINATE = re.compile(r"[-+]?\d{1,3}\.\d{3,}")


def redact(text: str) -> str:
    """`text` without keys, tokens and coordinates.

    >>> redact("POINT (109.7388 28.3112) by gs_abc.def")
    'POINT (# #) by [secret]'
    """
    return _COORDINATE.sub("#", _SECRET.sub("[secret]", text))


class JsonLines(logging.Formatter):
    """Formats a record whose `fields` are a dict as one ASCII line of JSON (so CR, LF and ANSI codes stay escaped)."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": redact(record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            line["error"] = f"{type(error).__name__}: {redact(str(error))}"
            line["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=True, default=str)


def open_log(level: str) -> None:
    """Send `LOGGER` to standard error as JSON lines, once per process."""
    LOGGER.setLevel(level)
    LOGGER.propagate = False
    if not LOGGER.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        LOGGER.addHandler(handler)
