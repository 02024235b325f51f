"""The one clock (contract C-9): handed in everywhere, read nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns the present moment in whole Unix seconds, UTC."""


class SystemClock:
    """The machine's clock, moved by *offset* seconds for tests and development."""

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset

    def __call__(self) -> int:
        """Return the present moment."""
        return int(time.time()) + self.offset

    def milliseconds(self) -> int:
        """Return the present moment in whole Unix milliseconds."""
        return time.time_ns() // 1_000_000 + self.offset * 1000


class ManualClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        """Return the moment that was set."""
        return self.now

    def advance(self, seconds: int) -> None:
        """Move the clock by *seconds*."""
        self.now += seconds


def milliseconds_of(now: Clock) -> Clock:
    """Return what tells milliseconds by the same clock, for what is shorter than a second."""
    return now.milliseconds if isinstance(now, SystemClock) else lambda: now() * 1000
