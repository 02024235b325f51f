"""Carries out what waits, at once and fairly, for as long as the process lives.

Any number of processes do this on one database: who claims something does it.
Receivers take turns, and accounts take turns at each receiver; nobody may keep
more under way than a share (S-162, S-199, S-216).
"""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar

import structlog

from grantway.db import Database, Reader
from grantway.hooks.sender import DEADLINE

log = structlog.get_logger()

POLL_SECONDS = 1.0  # how late other processes' calls are seen at most
_SEEN = 500  # receivers looked at in one go; the next go continues behind them
_REMEMBERED = 10_000  # receivers of which we know whose turn it is
_FAREWELL = DEADLINE + 2.0  # what is under way is over then, and stored


class OfAccount(Protocol):
    """Something that waits; two that are equal are the same."""

    @property
    def account_id(self) -> int: ...
    def __hash__(self) -> int: ...


W = TypeVar("W", bound=OfAccount)  # what waits
C = TypeVar("C")  # the same once it is claimed


class Shares:
    """How much may be under way: in all, to one receiver, for one account.

    The shares of a receiver and of an account shrink with what is free, down to one
    call. So a few that hang have eight calls each, while nobody else wants the room,
    and hundreds that hang have one each, and leave room for the next.
    """

    def __init__(
        self, in_all: int = 256, to_a_destination: int = 8, for_an_account: int = 32
    ) -> None:
        self.in_all = in_all
        self.to_a_destination = to_a_destination
        self.for_an_account = for_an_account

    def of_free(self, share: int, running: int) -> int:
        """Return what is left of *share* while so much is under way, rounded up."""
        return -(-share * (self.in_all - running) // self.in_all)


class FairSender(ABC, Generic[W, C]):
    """Claims and carries out. A kind of sender says what waits, and what is done with it."""

    name: str
    housekeeping_seconds: float

    def __init__(
        self, db: Database, shares: Shares | None = None, wanted: asyncio.Event | None = None
    ) -> None:
        self.db = db
        self._shares = shares or Shares()
        self._wanted = wanted or asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._running: dict[W, asyncio.Task[None]] = {}
        self._at_receivers: Counter[str] = Counter()
        self._of_accounts: Counter[int] = Counter()
        self._seen_until = ""
        self._served: dict[str, int] = {}

    @abstractmethod
    async def prepare(self) -> None:
        """Load what the first one would wait for."""

    @abstractmethod
    async def keep_house(self) -> object:
        """Do what is due now and then."""

    @abstractmethod
    async def receivers(self, reader: Reader, after: str, limit: int) -> Sequence[str]:
        """Return receivers for which something waits, those behind *after*, in their order."""

    @abstractmethod
    async def waiting_for(
        self, reader: Reader, receiver: str, after_account: int, limit: int
    ) -> Sequence[W]:
        """Return what waits longest of each account behind *after_account*, by account."""

    @abstractmethod
    async def claim(self, waiting: W) -> C | None:
        """Take it, on stable storage when this returns; None when it is not ours to do."""

    @abstractmethod
    async def carry_out(self, claimed: C) -> None:
        """Do it, and record what came of it."""

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Begin nothing more, and wait until what is under way is over and recorded."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=_FAREWELL)
            for one in late:
                one.cancel()  # what becomes of it is as if the process had died
            await asyncio.gather(*running, return_exceptions=True)

    async def deliver_all(self) -> None:
        """Carry out everything that waits now; return when it is recorded."""
        while await self._begin() or self._running:
            if self._running:
                await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        housekeeping_at = loop.time()
        await self.prepare()
        while True:
            self._wanted.clear()
            try:
                if loop.time() >= housekeeping_at:
                    housekeeping_at = loop.time() + self.housekeeping_seconds
                    await self.keep_house()
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
        async with self.db.read() as reader:
            seen = await self.receivers(reader, self._seen_until, _SEEN)
            if not seen and self._seen_until:
                seen = await self.receivers(reader, "", _SEEN)
            self._seen_until = seen[-1] if len(seen) == _SEEN else ""
            turns = list(seen)
            random.shuffle(turns)  # several processes do not run after the same calls
            busy = self._busy()
            found = [
                (self._at_receivers[receiver] + n, receiver, waiting)
                for receiver in turns
                for n, waiting in enumerate(await self._next(reader, receiver, busy))
            ]
        # First where nothing is under way: what is left is shared by all that wait.
        for _, receiver, waiting in sorted(found, key=itemgetter(0)):
            began += self._begin_one(waiting, receiver)
        return began

    async def _next(self, reader: Reader, receiver: str, busy: AbstractSet[int]) -> Sequence[W]:
        """Return as many as the receiver has room for, the next account's first.

        Those of *busy* accounts are passed over: they keep nobody behind them waiting.
        """
        room = self._room_at(receiver)
        if room <= 0:
            return []
        served, limit = self._served.get(receiver, 0), room + len(busy)
        found = list(await self.waiting_for(reader, receiver, served, limit))
        if served and len(found) < limit:
            first = await self.waiting_for(reader, receiver, 0, limit - len(found))
            found += [one for one in first if one.account_id <= served]
        return [one for one in found if one.account_id not in busy][:room]

    def _begin_one(self, waiting: W, receiver: str) -> int:
        if self._room_at(receiver) <= 0:
            return 0
        if len(self._served) > _REMEMBERED:
            self._served.clear()
        self._served[receiver] = waiting.account_id  # whether it may begin or not
        share = self._share(self._shares.for_an_account)
        if waiting in self._running or self._of_accounts[waiting.account_id] >= share:
            return 0
        self._at_receivers[receiver] += 1
        self._of_accounts[waiting.account_id] += 1
        task = asyncio.create_task(self._do(waiting), name=self.name)
        self._running[waiting] = task
        task.add_done_callback(lambda _: self._ended(waiting, receiver))
        return 1

    def _ended(self, waiting: W, receiver: str) -> None:
        del self._running[waiting]
        _give_back(self._at_receivers, receiver)
        _give_back(self._of_accounts, waiting.account_id)

    def _room_at(self, receiver: str) -> int:
        return self._share(self._shares.to_a_destination) - self._at_receivers[receiver]

    def _busy(self) -> set[int]:
        """Return the accounts that have their share under way."""
        share = self._share(self._shares.for_an_account)
        return {account for account, count in self._of_accounts.items() if count >= share}

    def _share(self, share: int) -> int:
        return self._shares.of_free(share, len(self._running))

    def _is_full(self) -> bool:
        return len(self._running) >= self._shares.in_all

    async def _do(self, waiting: W) -> None:
        try:
            claimed = await self.claim(waiting)
            self._wanted.set()  # there may be another one behind it
            if claimed is not None:
                await self.carry_out(claimed)
                self._wanted.set()  # there is room again
        except Exception:
            # The loop looks again in a second; a claim that nobody settles ends by itself.
            log.exception("deliverer.failed")


def _give_back(counter: Counter[Any], key: object) -> None:
    counter[key] -= 1
    # One that is left at nothing would be kept for good.
    if counter[key] <= 0:
        del counter[key]
