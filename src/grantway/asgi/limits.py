"""How often a caller may call (authorization.md 18 and 21 row 22; S-169 to S-173).

Sliding seconds, counted exactly: here in this process, and by `shared_limits`
over all of them. A caller that keeps going over is blocked for a while:
everything from its address answers 403.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from grantway.kernel.errors import TooMany


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The thresholds; `enabled=False` switches all of them off."""

    enabled: bool = True
    per_address: int = 7
    per_integration: int = 7
    per_account: int = 50
    retry_after: int = 1
    strikes_to_block: int = 100
    strikes_window: int = 60
    block_seconds: int = 300


_MAX_KEYS: Final = 100_000


class Blocked(Exception):
    """The address is blocked; the answer is the front server's bare page."""


class Limiter(Protocol):
    """Decides whether a request may go on."""

    async def admit_address(self, source: str) -> None:
        """Count a call from *source*, whatever it carries. Raises TooMany, Blocked."""
        ...

    async def admit_integration(self, client_id: str, account_id: int | None, source: str) -> None:
        """Count a call whose credentials were accepted: only proof counts (S-171).

        Without an account, where the credentials are an integration's alone,
        none is counted. Raises TooMany, Blocked.
        """
        ...


def over_limit(limits: Limits, kind: str, most: int) -> TooMany:
    """Return the refusal of a call beyond the *most* that its *kind* may have in a second."""
    return TooMany(
        "Rate limit exceeded, try later",
        retry_after=limits.retry_after,
        why=f"over {most}/s per {kind}",
    )


class RateLimiter:
    """Counts by address, integration and account in this process."""

    def __init__(self, limits: Limits, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._monotonic = monotonic
        self._calls: collections.OrderedDict[tuple[str, str], collections.deque[float]] = (
            collections.OrderedDict()
        )
        self._strikes: collections.OrderedDict[str, collections.deque[float]] = (
            collections.OrderedDict()
        )
        self._blocked: dict[str, float] = {}

    async def admit_address(self, source: str) -> None:
        """Count a call from *source*, whatever it carries. Raises TooMany, Blocked."""
        if not self.limits.enabled:
            return
        now = self._monotonic()
        until = self._blocked.get(source)
        if until is not None:
            if now < until:
                raise Blocked
            del self._blocked[source]
        self._admit(("address", source), self.limits.per_address, source, now)

    async def admit_integration(self, client_id: str, account_id: int | None, source: str) -> None:
        """Count a call whose credentials were accepted. Raises TooMany."""
        if not self.limits.enabled:
            return
        now = self._monotonic()
        self._admit(("integration", client_id), self.limits.per_integration, source, now)
        if account_id is not None:
            self._admit(("account", str(account_id)), self.limits.per_account, source, now)

    def _admit(self, key: tuple[str, str], most: int, source: str, now: float) -> None:
        calls = self._calls.get(key)
        if calls is None:
            calls = self._calls[key] = collections.deque()
            if len(self._calls) > _MAX_KEYS:
                self._calls.popitem(last=False)
        else:
            self._calls.move_to_end(key)
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= most:
            self._strike(source, now)
            raise over_limit(self.limits, key[0], most)
        calls.append(now)

    def _strike(self, source: str, now: float) -> None:
        strikes = self._strikes.setdefault(source, collections.deque())
        self._strikes.move_to_end(source)
        if len(self._strikes) > _MAX_KEYS:
            self._strikes.popitem(last=False)
        strikes.append(now)
        while strikes[0] <= now - self.limits.strikes_window:
            strikes.popleft()
        if len(strikes) >= self.limits.strikes_to_block:
            # What has ended is forgotten here, as its address may never come back.
            self._blocked = {one: end for one, end in self._blocked.items() if now < end}
            self._blocked[source] = now + self.limits.block_seconds
            del self._strikes[source]
