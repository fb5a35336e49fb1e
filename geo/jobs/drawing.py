"""The display pyramid of new boundaries, drawn by a thread while the import goes on to the other sources."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from pathlib import Path

import pandas as pd

from geo.errors import Words
from geo.schema import HomeInfo
from geo.tiles.pyramid import build_pyramid

Progress = Callable[[float, Words], None]
_TOLD_EVERY_S = 0.5


class _GivenUp(Exception):
    """The import failed while the thread drew."""


class Drawing:
    """A pyramid on its way into `folder`/<boundary version>; `close` without `finish` takes it away again."""

    def __init__(self, folder: Path, thread: Executor) -> None:
        self._folder, self._thread = folder, thread
        self._target: Path | None = None
        self._drawn: Future[None] | None = None
        self._said = (0.0, Words("", ""))
        self._given_up = threading.Event()

    def begin(self, units: pd.DataFrame, info: HomeInfo, version: str) -> None:
        """Starts to draw `units` (columns level, code, geometry) where these boundaries have no pyramid yet."""
        target = self._folder / version
        if not target.exists():
            self._target = target
            self._drawn = self._thread.submit(draw, units, info, target, self._note)

    def finish(self, progress: Progress) -> None:
        """Waits for the pyramid, telling `progress` how far it is; raises what the drawing raised."""
        while self._drawn is not None and wait([self._drawn], _TOLD_EVERY_S).not_done:
            progress(*self._said)
        if self._drawn is not None:
            self._drawn.result()
        self._target = None

    def close(self) -> None:
        """Gives up a pyramid that is not finished."""
        self._given_up.set()
        if self._drawn is not None:
            wait([self._drawn])
        if self._target is not None:
            shutil.rmtree(self._target, ignore_errors=True)

    def _note(self, share: float, words: Words) -> None:
        if self._given_up.is_set():
            raise _GivenUp
        self._said = share, words


def draw(units: pd.DataFrame, info: HomeInfo, folder: Path, progress: Progress) -> None:
    """Draws the display pyramid of `units` into `folder` where there is none yet."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        build_pyramid(units, info, folder, progress)
