"""The typeface of printed pages: Noto Sans SC (OFL) in two weights, cut to what Chinese and Latin names need."""

import io
import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"


@dataclass(frozen=True)
class Face:
    """One weight: its name in the PDF, and the advance of each character that it has, in thousandths of the size."""

    name: str
    advances: dict[int, float]


@cache
def load_face(name: str) -> Face:
    """The weight `name`, known to reportlab from now on.

    >>> load_face(REGULAR).advances[ord("州")]
    1000
    """
    font = TTFont(name, io.BytesIO(lzma.decompress((FONTS / f"{name}.ttf.xz").read_bytes())))
    pdfmetrics.registerFont(font)
    return Face(name, dict(font.face.charWidths))


def load_faces() -> None:
    """Read both weights, so that the first page does not wait for them."""
    for name in (REGULAR, BOLD):
        load_face(name)


def to_runs(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """`text` as (face, part) in order: what the bold weight lacks is set in the regular one.

    A character that neither has is set as its code, so that nothing is left out unsaid.

    >>> [part for _, part in to_runs("镇𠮷", bold=True)]
    ['镇', '[U+20BB7]']
    """
    wanted = load_face(BOLD if bold else REGULAR)
    runs: list[tuple[str, str]] = []
    for character in text:
        face, shown = wanted, character
        if ord(character) not in wanted.advances:
            face = load_face(REGULAR)
            shown = character if ord(character) in face.advances else f"[U+{ord(character):04X}]"
        if runs and runs[-1][0] == face.name:
            runs[-1] = (face.name, runs[-1][1] + shown)
        else:
            runs.append((face.name, shown))
    return runs


def width_of(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Width of one line of `text` in points.

    >>> width_of("州", 8.0)
    8.0
    """
    thousandths = sum(
        load_face(face).advances[ord(character)] for face, part in to_runs(text, bold=bold) for character in part
    )
    return float(thousandths * size_pt / 1000)
