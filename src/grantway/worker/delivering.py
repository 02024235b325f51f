"""Sends the calls to integrations that wait (S-162, S-199, S-204, S-214)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from grantway.db import Reader
from grantway.hooks import service
from grantway.hooks.model import Answered, Delivery, Outcome, Waiting
from grantway.hooks.service import Hooks
from grantway.worker.fairness import FairSender, Shares

log = structlog.get_logger()

Count = Callable[[str, str], None]


def ignore(_kind: str, _result: str) -> None:
    """Count nothing."""


class Deliverer(FairSender[Waiting, Delivery]):
    """Sends each once. *count* hears the kind and the result of each call."""

    name = "deliverer"
    housekeeping_seconds = 10.0

    def __init__(
        self, hooks: Hooks, *, shares: Shares | None = None, count: Count = ignore
    ) -> None:
        super().__init__(hooks.db, shares, hooks.planned)
        self._hooks = hooks
        self._count = count

    async def prepare(self) -> None:
        """Load the client."""
        await self._hooks.prepare()

    async def keep_house(self) -> None:
        """Give up on what nobody lived to finish."""
        await self.note_unknown()

    async def note_unknown(self) -> int:
        """Call unknown what a process has claimed and did not live to finish."""
        lost = await self._hooks.note_unknown()
        if lost:
            log.warning("hooks.unknown", count=lost)
        return lost

    async def receivers(self, reader: Reader, after: str, limit: int) -> Sequence[str]:
        """Return destinations that calls wait for."""
        return await service.destinations(reader, after, limit)

    async def waiting_for(
        self, reader: Reader, receiver: str, after_account: int, limit: int
    ) -> Sequence[Waiting]:
        """Return the oldest call of each account."""
        return await service.waiting_for(reader, receiver, after_account, limit)

    async def claim(self, waiting: Waiting) -> Delivery | None:
        """Take a call; it is then sent by nobody else, and never again."""
        return await self._hooks.claim(waiting)

    async def carry_out(self, claimed: Delivery) -> None:
        """Send it."""
        outcome = await self._hooks.carry_out(claimed)
        self._count(claimed.kind, result_of(outcome))


def result_of(outcome: Outcome) -> str:
    """Return the class of an outcome: the hundreds of a status, or why there is none."""
    if isinstance(outcome, Answered):
        return f"{outcome.status // 100}xx"
    return str(outcome.why)
