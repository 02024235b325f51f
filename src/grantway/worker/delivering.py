"""Sends the calls that wait, at once and fairly, for as long as the process lives.

Any number of processes do this on one database: who claims a call sends it.
Receivers take turns, and accounts take turns at each receiver; nobody may keep
more of the calls under way than a share (S-162, S-199).
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog

from grantway.db import Reader
from grantway.hooks import service
from grantway.hooks.model import Answered, Outcome, Waiting
from grantway.hooks.sender import DEADLINE
from grantway.hooks.service import Hooks

log = structlog.get_logger()

POLL_SECONDS = 1.0  # how late other processes' calls are seen at most
_HOUSEKEEPING_SECONDS = 10.0
_SEEN = 500  # destinations looked at in one go; the next go continues behind them
_REMEMBERED = 10_000  # receivers of which we know whose turn it is
_FAREWELL = DEADLINE + 2.0  # what is under way is over then, and stored

Count = Callable[[str, str], None]


class Shares:
    """How many calls may be under way: in all, to one receiver, for one account.

    Even if most receivers hang, each call of theirs is over after the deadline,
    and `in_all` of them do not stand in the way of the next account.
    """

    def __init__(
        self, in_all: int = 256, to_a_destination: int = 8, for_an_account: int = 32
    ) -> None:
        self.in_all = in_all
        self.to_a_destination = to_a_destination
        self.for_an_account = for_an_account


def _ignore(_kind: str, _result: str) -> None:
    """Count nothing."""


class Deliverer:
    """Claims and sends. *count* hears the kind and the result of each call."""

    def __init__(
        self, hooks: Hooks, *, shares: Shares | None = None, count: Count = _ignore
    ) -> None:
        self._hooks = hooks
        self._shares = shares or Shares()
        self._count = count
        self._wanted = hooks.planned
        self._task: asyncio.Task[None] | None = None
        self._running: dict[Waiting, asyncio.Task[None]] = {}
        self._at_destinations: Counter[str] = Counter()
        self._of_accounts: Counter[int] = Counter()
        self._seen_until = ""
        self._served: dict[str, int] = {}

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="deliverer")

    async def stop(self) -> None:
        """Begin nothing more, and wait until what is under way is over and recorded."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=_FAREWELL)
            for one in late:
                one.cancel()  # what it had claimed becomes unknown, and is not sent again
            await asyncio.gather(*running, return_exceptions=True)

    async def deliver_all(self) -> None:
        """Send everything that waits now; return when it is recorded."""
        while await self._begin() or self._running:
            if self._running:
                await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)

    async def note_unknown(self) -> int:
        """Call unknown what a process has claimed and did not live to finish."""
        async with self._hooks.db.write() as tx:
            lost = await service.note_unknown(tx, self._hooks.now())
        if lost:
            log.warning("hooks.unknown", count=lost)
        return lost

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        housekeeping_at = loop.time()
        await self._hooks.prepare()
        while True:
            self._wanted.clear()
            try:
                if loop.time() >= housekeeping_at:
                    housekeeping_at = loop.time() + _HOUSEKEEPING_SECONDS
                    await self.note_unknown()
                await self._begin()
            except Exception:
                # Whatever it was, a second later is another try.
                log.exception("deliverer.failed")
                await asyncio.sleep(POLL_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wanted.wait()

    async def _begin(self) -> int:
        """Begin what may begin now; return how much that is."""
        began = 0
        if self._is_full():
            return began
        async with self._hooks.db.read() as reader:
            seen = await service.destinations(reader, self._seen_until, _SEEN)
            if not seen and self._seen_until:
                seen = await service.destinations(reader, "", _SEEN)
            self._seen_until = seen[-1] if len(seen) == _SEEN else ""
            turns = list(seen)
            random.shuffle(turns)  # several processes do not run after the same calls
            for destination in turns:
                for waiting in await self._next(reader, destination):
                    began += self._begin_one(waiting, destination)
        return began

    async def _next(self, reader: Reader, destination: str) -> Sequence[Waiting]:
        """Return as many calls as the receiver has room for, the next account's first."""
        room = self._shares.to_a_destination - self._at_destinations[destination]
        if room <= 0 or self._is_full():
            return []
        served = self._served.get(destination, 0)
        found = list(await service.waiting_for(reader, destination, served, room))
        if served and len(found) < room:
            first = await service.waiting_for(reader, destination, 0, room - len(found))
            found += [one for one in first if one.account_id <= served]
        return found

    def _begin_one(self, waiting: Waiting, destination: str) -> int:
        is_enough = self._of_accounts[waiting.account_id] >= self._shares.for_an_account
        if waiting in self._running or is_enough or self._is_full():
            return 0
        if len(self._served) > _REMEMBERED:
            self._served.clear()
        self._served[destination] = waiting.account_id
        self._at_destinations[destination] += 1
        self._of_accounts[waiting.account_id] += 1
        task = asyncio.create_task(self._deliver(waiting), name="delivery")
        self._running[waiting] = task
        task.add_done_callback(lambda _: self._ended(waiting, destination))
        return 1

    def _ended(self, waiting: Waiting, destination: str) -> None:
        del self._running[waiting]
        _give_back(self._at_destinations, destination)
        _give_back(self._of_accounts, waiting.account_id)

    def _is_full(self) -> bool:
        return len(self._running) >= self._shares.in_all

    async def _deliver(self, waiting: Waiting) -> None:
        try:
            delivery = await self._hooks.claim(waiting)
            self._wanted.set()  # there may be another one behind it
            if delivery is not None:
                outcome = await self._hooks.carry_out(delivery)
                self._count(delivery.kind, result_of(outcome))
                self._wanted.set()  # there is room again
        except Exception:
            # The loop looks again in a second; what was claimed becomes unknown.
            log.exception("deliverer.failed")


def _give_back(counter: Counter[Any], key: object) -> None:
    counter[key] -= 1
    # One that is left at nothing would be kept for good.
    if counter[key] <= 0:
        del counter[key]


def result_of(outcome: Outcome) -> str:
    """Return the class of an outcome: the hundreds of a status, or why there is none."""
    if isinstance(outcome, Answered):
        return f"{outcome.status // 100}xx"
    return str(outcome.why)
