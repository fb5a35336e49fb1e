"""How often a key may be tried wrongly: per key prefix and address, and per address."""

import threading
import time
from collections.abc import Callable

from geo.errors import Busy, Words

WINDOW_S = 900.0
WRONG_PER_PREFIX = 8
WRONG_PER_ADDRESS = 40
_MAX_HELD = 20_000


class WrongTries:
    """Counts wrong tries of this process in a sliding window.

    >>> tries = WrongTries(per_prefix=1)
    >>> tries.check("gs_a", "10.0.0.1"); tries.note("gs_a", "10.0.0.1")
    >>> tries.check("gs_a", "10.0.0.1")
    Traceback (most recent call last):
    geo.errors.Busy: too many wrong keys; try again in 15 minutes
    """

    def __init__(
        self,
        per_prefix: int = WRONG_PER_PREFIX,
        per_address: int = WRONG_PER_ADDRESS,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = (per_prefix, per_address)
        self._now_s = now_s
        self._wrong: dict[tuple[str, str], list[float]] = {}
        self._lock = threading.Lock()

    def check(self, prefix: str, address: str) -> None:
        """Raise `Busy` where the limit is reached, before any hash is computed."""
        with self._lock:
            counts = [len(self._recent(place)) for place in ((prefix, address), ("", address))]
        if any(count >= limit for count, limit in zip(counts, self._limits, strict=True)):
            raise Busy(
                Words(
                    f"too many wrong keys; try again in {WINDOW_S / 60:.0f} minutes",
                    f"错误密钥次数过多，请 {WINDOW_S / 60:.0f} 分钟后再试",
                )
            )

    def note(self, prefix: str, address: str) -> None:
        """Count one wrong try."""
        with self._lock:
            if len(self._wrong) > _MAX_HELD:
                self._wrong = {place: times for place in list(self._wrong) if (times := self._recent(place))}
            for place in ((prefix, address), ("", address)):
                self._wrong.setdefault(place, []).append(self._now_s())

    def forget(self, prefix: str, address: str) -> None:
        """A right key clears its own count (not the address's)."""
        with self._lock:
            self._wrong.pop((prefix, address), None)

    def _recent(self, place: tuple[str, str]) -> list[float]:
        since_s = self._now_s() - WINDOW_S
        times = [at_s for at_s in self._wrong.get(place, ()) if at_s > since_s]
        if place in self._wrong:
            self._wrong[place] = times
        return times
