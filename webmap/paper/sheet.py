"""A sheet of paper to draw on: points from the top left corner, colours by token, lines of text in our typeface."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from webmap.maps.palette import load_palette
from webmap.paper.breaking import break_lines, cut_to
from webmap.paper.typeface import REGULAR, load_face, to_runs, width_of

Align = Literal["left", "centre", "right"]
Point = tuple[float, float]
Ring = Sequence[Point]

WIDTH_PT, HEIGHT_PT = 842.0, 595.0
#: Streams stand in the file as bytes: as ASCII85 text they are a quarter longer, and half of the time goes into it.
rl_config.useA85 = 0
#: How the PDF library calls the even-odd rule of filling.
_EVEN_ODD = 0
#: Nothing on paper is smaller.
SMALL_PT, BODY_PT, HEAD_PT = 7.6, 8.2, 9.6


class Sheet:
    """One A4 page, landscape, white, in the light palette.

    x runs right and y down, both in points; colours are names of tokens of the palette, or `#RRGGBB`.
    """

    def __init__(self, title: str, lang: str) -> None:
        self._buffer = io.BytesIO()
        first = load_face(REGULAR).name
        size = (WIDTH_PT, HEIGHT_PT)
        look: dict[str, Any] = {"pageCompression": 1, "invariant": 1, "lang": lang, "initialFontName": first}
        self._canvas = Canvas(self._buffer, size, **look)
        self._canvas.setTitle(title)
        self._canvas.setCreator("gridscope")
        self._tokens = load_palette()["tokens"]["light"]

    def to_pdf(self) -> bytes:
        """The document; nothing can be drawn after this."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = BODY_PT,
        *,
        bold: bool = False,
        ink: str = "ink",
        align: Align = "left",
        halo_pt: float = 0.0,
        spacing: float = 0.0,
        width: float | None = None,
    ) -> float:
        """One line with its baseline at `y`, cut to `width`; returns where it ends on the right.

        `halo_pt` is how far white stands out round the letters.
        """
        if width is not None:
            text = cut_to(text, width, partial(width_of, size_pt=size, bold=bold))
        wide = width_of(text, size, bold=bold) + spacing * max(0, len(text) - 1)
        left = x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        if halo_pt:
            self._canvas.saveState()
            self._stroke_as("panel", 2 * halo_pt, ())
            self._canvas.setLineJoin(1)
            self._canvas.addLiteral("/Artifact BMC")  # so that what reads the text aloud has it once
            self._write(left, y, text, size, bold, spacing, mode=1)
            self._canvas.addLiteral("EMC")
            self._canvas.restoreState()
        self._canvas.setFillColor(self._colour(ink))
        self._write(left, y, text, size, bold, spacing, mode=0)
        return left + wide

    def paragraph(
        self, x: float, y: float, width: float, text: str, size: float = SMALL_PT, *, leading: float = 1.32, **look: Any
    ) -> float:
        """Lines from the baseline `y` downwards; returns the baseline after the last one."""
        for line in break_lines(text, width, partial(width_of, size_pt=size, bold=look.get("bold", False))):
            self.text(x, y, line, size, **look)
            y += size * leading
        return y

    def pale(self, ink: str) -> str:
        """The token `ink` at 38 % on the panel, as `#RRGGBB`: intervals behind their dots."""
        on, under = (_channels(self._tokens[name]) for name in (ink, "panel"))
        return "#" + "".join(f"{round(0.38 * a + 0.62 * b):02X}" for a, b in zip(on, under, strict=True))

    def line(self, *points: Point, ink: str = "ink", width: float = 0.5, dash: Sequence[float] = ()) -> None:
        """A line through the points."""
        self._canvas.setLineCap(0)
        self._stroke_as(ink, width, dash)
        self._canvas.drawPath(self._path([points], close=False), stroke=1, fill=0)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str | None = None,
        edge: str | None = None,
        line: float = 0.5,
    ) -> None:
        """A rectangle whose upper left corner is at (x, y)."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.areas([corners], fill=fill, edge=edge, line=line)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle round (x, y)."""
        self._canvas.setFillColor(self._colour(fill))
        self._canvas.circle(x, HEIGHT_PT - y, radius, stroke=0, fill=1)

    def areas(self, rings: Sequence[Ring], fill: str | None = None, edge: str | None = None, line: float = 0.5) -> None:
        """Areas between rings (a hole is a ring within another), filled and edged at once."""
        if fill:
            self._canvas.setFillColor(self._colour(fill))
        if edge:
            self._stroke_as(edge, line, ())
        self._canvas.setLineJoin(1)
        path = self._path(rings, close=True)
        self._canvas.drawPath(path, stroke=int(edge is not None), fill=int(fill is not None), fillMode=_EVEN_ODD)

    def strokes(self, lines: Sequence[Sequence[Point]], ink: str, width: float) -> None:
        """Many open lines of one look."""
        self._stroke_as(ink, width, ())
        self._canvas.drawPath(self._path(lines, close=False), stroke=1, fill=0)

    @contextmanager
    def clipped(self, rings: Sequence[Ring]) -> Iterator[None]:
        """Within: what lies outside the rings is not drawn."""
        self._canvas.saveState()
        self._canvas.clipPath(self._path(rings, close=True), stroke=0, fill=0, fillMode=_EVEN_ODD)
        try:
            yield
        finally:
            self._canvas.restoreState()

    def _write(
        self, x: float, y: float, text: str, size: float, bold: bool, spacing: float, mode: Literal[0, 1]
    ) -> None:
        for face, part in to_runs(text, bold=bold):
            line = self._canvas.beginText(x, HEIGHT_PT - y)
            line.setFont(face, size)
            line.setCharSpace(spacing)
            line.setTextRenderMode(mode)
            line.textOut(part)
            self._canvas.drawText(line)
            x = line.getX() + spacing * len(part)

    def _path(self, rings: Sequence[Sequence[Point]], *, close: bool) -> PDFPathObject:
        path = self._canvas.beginPath()
        for ring in rings:
            for number, (x, y) in enumerate(ring):
                (path.lineTo if number else path.moveTo)(x, HEIGHT_PT - y)
            if close and len(ring):
                path.close()
        return path

    def _stroke_as(self, ink: str, width: float, dash: Sequence[float]) -> None:
        self._canvas.setStrokeColor(self._colour(ink))
        self._canvas.setLineWidth(width)
        self._canvas.setDash(list(dash))

    def _colour(self, name: str) -> str:
        return name if name.startswith("#") else str(self._tokens[name])


def _channels(colour: str) -> tuple[int, ...]:
    """Red, green and blue, 0..255, of `#RRGGBB`."""
    return tuple(bytes.fromhex(colour[1:]))
