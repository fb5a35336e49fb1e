"""Text files: which encoding, found by reading the file through once, and the same text in pieces of bounded size.

Encodings are tried in this order: the mapping's, a byte order mark, UTF-8, UTF-16 where zero bytes stand as in Latin
letters and digits, GB18030.
"""

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, AnyStr

import numpy as np

from geo.errors import BadInput, TooLarge, Words
from geo.rules import Rules

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: No text file holds these; a wrong encoding finds them soon.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
_CHUNK_BYTES = 1 << 22
#: Beyond this a line is no row of a table.
MAX_LINE_CHARS = 16_000_000
#: So many characters of a file are held as text at a time.
BLOCK_CHARS = 1 << 21


def find_encoding(path: Path, stated: str = "") -> str:
    """The encoding that the whole of `path` can be read in; `BadInput` with its beginning where none fits.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_bytes("编号,名称".encode("gb18030"))
    ...     find_encoding(file)
    'gb18030'
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    tried = (stated.lower(),) if stated else (marked,) if marked else ("utf-8", *_utf_16(head), "gb18030")
    for name in tried:
        encoding = "utf-8-sig" if name == "utf-8" and marked == "utf-8-sig" else name
        if _is_text(path, encoding):
            return encoding
    preview = head[:60].decode("latin-1").encode("unicode_escape").decode("ascii")
    raise BadInput(
        Words(
            f"{path.name} is not text in {' or '.join(tried)}; state its encoding in the mapping. It begins: {preview}",
            f"{path.name} 不是 {' 或 '.join(tried)} 文本，请在映射中写明 encoding。开头为：{preview}",
        )
    )


def iter_blocks(path: Path, encoding: str, *, above: str = "") -> Iterator[tuple[bytes, float]]:
    """The text of `path` below `above`, its first lines, as UTF-8 in pieces that end with a line.

    Each comes with the share of the file that was read by then; line ends stay as they are. `TooLarge` where a line
    has more than `MAX_LINE_CHARS`.
    """
    n_bytes = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        if encoding in ("utf-8", "utf-8-sig"):
            has_mark = raw.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
            raw.seek(len(above.encode()) + has_mark * len(codecs.BOM_UTF8))
            while block := raw.read(BLOCK_CHARS):
                yield block + _rest_of_line(path, raw), raw.tell() / n_bytes
            return
        with io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
            file.read(len(above))
            while text := file.read(BLOCK_CHARS):
                yield (text + _rest_of_line(path, file)).encode(), raw.tell() / n_bytes


def _rest_of_line(path: Path, file: IO[AnyStr]) -> AnyStr:
    rest = file.readline(MAX_LINE_CHARS)
    if len(rest) == MAX_LINE_CHARS:
        raise TooLarge(
            Words(
                f"{path.name} has a line of more than {MAX_LINE_CHARS} characters",
                f"{path.name} 有一行超过 {MAX_LINE_CHARS} 个字符",
            )
        )
    return rest


def iter_pieces(path: Path, encoding: str) -> Iterator[str]:
    """The text of `path` in pieces of `BLOCK_CHARS` that end anywhere."""
    with path.open(encoding=encoding, newline="") as file:
        while piece := file.read(BLOCK_CHARS):
            yield piece


def read_text(path: Path, rules: Rules, encoding: str, limit_bytes: int) -> str:
    """The whole text of a file that has to be held at once; `TooLarge` over `limit_bytes` before it is opened."""
    n_bytes = path.stat().st_size
    if n_bytes > min(limit_bytes, rules.max_file_bytes):
        raise TooLarge(
            Words(
                f"{path.name} has {n_bytes} bytes; a file of this format may have {limit_bytes}",
                f"{path.name} 有 {n_bytes} 字节；该格式的上限为 {limit_bytes}",
            )
        )
    return path.read_text(encoding=encoding)


def _utf_16(head: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark, by where zero bytes stand: Latin letters, digits and line ends have one each."""
    zeros = np.frombuffer(head[: len(head) // 2 * 2], dtype=np.uint8).reshape(-1, 2) == 0
    first, second = zeros.sum(axis=0).tolist()
    if not first + second:
        return ()
    return ("utf-16-be",) if first > second else ("utf-16-le",)


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = encoding.startswith("utf-16")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                text = decoder.decode(chunk)
                if "\x00" in text or (wide and _CONTROLS.search(text)):
                    return False
        return "\x00" not in decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
