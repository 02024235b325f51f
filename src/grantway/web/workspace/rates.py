"""How often a page's script may have something done, and how much at once (S-145, S-199).

Counted in this process: a session mostly stays at one, and another process only
lets it do as much again.
"""

from __future__ import annotations

import collections
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from grantway.kernel.errors import TooMany

_MAX_KEYS = 10_000


class Rate:
    """At most *most* in *window_ms*, of whoever a key stands for."""

    def __init__(self, most: int, window_ms: int) -> None:
        self._most = most
        self._window_ms = window_ms
        self._recent: collections.OrderedDict[Hashable, list[int]] = collections.OrderedDict()

    def admit(self, key: Hashable, now_ms: int) -> None:
        """Count one; raise TooMany."""
        recent = [one for one in self._recent.pop(key, []) if one > now_ms - self._window_ms]
        self._recent[key] = recent
        if len(self._recent) > _MAX_KEYS:
            self._recent.popitem(last=False)
        if len(recent) >= self._most:
            raise TooMany("Too many calls of this page's scripts, try later", retry_after=1)
        recent.append(now_ms)


class Places:
    """So many places that all accounts share, *of_one* at most for each of them.

    The first place of an account is not taken from those, so that accounts which
    hold all that is shared leave one to everybody else. Those have an end at
    *ever*, beyond what this process could hold.
    """

    def __init__(self, shared: int, *, of_one: int, ever: int) -> None:
        self._shared = shared
        self._of_one = of_one
        self._ever = ever
        self._held: collections.Counter[int] = collections.Counter()

    @contextmanager
    def hold(self, account_id: int) -> Iterator[None]:
        """Hold a place for as long as the block lasts; raise TooMany when there is none."""
        held = self._held[account_id]
        most = self._shared if held else self._ever
        if held >= self._of_one or self._held.total() >= most:
            raise TooMany("Too many calls of widgets are under way", retry_after=1)
        self._held[account_id] += 1
        try:
            yield
        finally:
            self._held[account_id] -= 1
            if not self._held[account_id]:
                del self._held[account_id]
