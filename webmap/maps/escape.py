"""Data inside a page: JSON that cannot end its script, text that cannot become a tag."""

import json
from typing import Any

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def to_script_json(data: Any) -> str:
    """`data` as JSON that is safe between `<script>` and `</script>`.

    >>> to_script_json({"name": "</script><img onerror=x>"})
    '{"name":"\\\\u003c/script\\\\u003e\\\\u003cimg onerror=x\\\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char, code in _UNSAFE.items():
        text = text.replace(char, code)
    return text


def to_inline_script(source: str) -> str:
    """A program of ours as an inline script: a string that spells the end tag is broken up."""
    return source.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def to_inline_style(source: str) -> str:
    """A style sheet of ours as an inline style."""
    return source.replace("</style", "<\\/style")
