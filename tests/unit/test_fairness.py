"""Who is served next while much hangs (S-162)."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, cast

import pytest

from grantway.db import Database, Reader
from grantway.worker.fairness import FairSender, Shares


class Call(NamedTuple):
    """A call of an account to a receiver; those to `hanging-...` never end."""

    account_id: int
    receiver: str
    number: int = 0


class NoDatabase:
    """Lets a sender read nothing."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[None]:
        yield None


class Calls(FairSender[Call, Call]):
    """Sends what waits in a list."""

    name = "calls"
    housekeeping_seconds = 3600.0

    def __init__(self, waiting: Sequence[Call]) -> None:
        self.wanted = asyncio.Event()
        super().__init__(cast(Database, NoDatabase()), wanted=self.wanted)
        self.waiting: dict[str, dict[Call, None]] = defaultdict(dict)
        self.begun: Counter[str] = Counter()
        self.resume = asyncio.Event()
        self.add(waiting)

    def add(self, calls: Sequence[Call]) -> None:
        for one in calls:
            self.waiting[one.receiver][one] = None
        self.wanted.set()

    async def prepare(self) -> None: ...

    async def keep_house(self) -> None: ...

    async def receivers(self, reader: Reader, after: str, limit: int) -> Sequence[str]:
        return sorted(one for one, calls in self.waiting.items() if calls and one > after)[:limit]

    async def waiting_for(
        self, reader: Reader, receiver: str, after_account: int, limit: int
    ) -> Sequence[Call]:
        oldest: dict[int, Call] = {}
        for one in self.waiting[receiver]:
            if one.account_id > after_account:
                oldest.setdefault(one.account_id, one)
        return [oldest[account] for account in sorted(oldest)][:limit]

    async def claim(self, waiting: Call) -> Call:
        del self.waiting[waiting.receiver][waiting]
        return waiting

    async def carry_out(self, claimed: Call) -> None:
        self.begun[claimed.receiver] += 1
        if claimed.receiver.startswith("hanging"):
            await self.resume.wait()
            self.waiting.clear()


@asynccontextmanager
async def sending(calls: Calls) -> AsyncIterator[Calls]:
    """Let it begin what it may, and end what hangs afterwards."""
    calls.start()
    try:
        yield calls
    finally:
        calls.resume.set()
        await calls.stop()


async def settled(calls: Calls) -> int:
    """Return how many calls are begun when no more begin by themselves."""
    before, now = -1, 0
    while before != now:
        await asyncio.sleep(0.05)
        before, now = now, calls.begun.total()
    return now


def hanging(receivers: int, accounts: int, apart: int = 0) -> list[Call]:
    """Return a call of each account to each of the receivers that hang.

    The accounts of the next receiver are *apart* from those of the one before.
    """
    return [
        Call(receiver * apart + account, f"hanging-{receiver:03}")
        for receiver in range(receivers)
        for account in range(1, accounts + 1)
    ]


async def test_one_that_hangs_has_its_whole_share() -> None:
    async with sending(Calls(hanging(1, 20))) as calls:
        assert await settled(calls) == Shares().to_a_destination


@pytest.mark.parametrize("receivers", [31, 32, 64, 200])
async def test_many_that_hang_leave_room_for_the_next(receivers: int) -> None:
    async with sending(Calls(hanging(receivers, 30, apart=30))) as calls:
        assert receivers <= await settled(calls) <= Shares().in_all - 32
        assert len(calls.begun) == receivers

        calls.add([Call(9_999, "healthy")])
        await settled(calls)
        assert calls.begun["healthy"] == 1


async def test_an_account_at_its_share_keeps_nobody_behind_it_waiting() -> None:
    async with sending(Calls(hanging(200, 10))) as calls:
        await settled(calls)
        calls.add([Call(account, "healthy") for account in (*range(1, 11), 9_999)])
        await settled(calls)
        assert Call(9_999, "healthy") not in calls.waiting["healthy"]
