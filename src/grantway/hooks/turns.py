"""Lets so many do something at once: in all, and of those who would share one fate (S-162)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

_Held = tuple[tuple[str, Hashable], ...]


class Turns:
    """At most *in_all* at once, and at most *of_one* for each value of a name.

    Whoever waits because others of theirs are busy stands in nobody's way:
    `Turns(64, host=4)` gives a 65th turn to nobody, and a fifth to no host.
    """

    def __init__(self, in_all: int, **of_one: int) -> None:
        self._in_all = in_all
        self._of_one = of_one
        self._taken = 0
        self._busy: Counter[tuple[str, Hashable]] = Counter()
        self._waiting: dict[asyncio.Future[None], _Held] = {}

    @asynccontextmanager
    async def turn(self, **of: Hashable) -> AsyncIterator[None]:
        """Hold a turn for as long as the block lasts."""
        await self.take(**of)
        try:
            yield
        finally:
            self.give_back(**of)

    async def take(self, **of: Hashable) -> None:
        """Return when it is the turn of *of*, which `give_back` ends."""
        held = tuple(of.items())
        # Nobody is overtaken: whoever could go on was let go when the last turn came back.
        if self._may(held):
            self._begin(held)
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = held
        try:
            await turn
        except asyncio.CancelledError:
            if self._waiting.pop(turn, None) is None:
                self.give_back(**of)  # it had come in the same moment
            raise

    def give_back(self, **of: Hashable) -> None:
        """End a turn, and let those go on for whom there is room now, the first ones first."""
        self._taken -= 1
        for key in of.items():
            self._busy[key] -= 1
            if not self._busy[key]:
                del self._busy[key]  # or it would be kept for good
        for turn, held in list(self._waiting.items()):
            if self._taken >= self._in_all:
                break
            if self._may(held) and not turn.done():
                del self._waiting[turn]
                self._begin(held)
                turn.set_result(None)

    def _may(self, held: _Held) -> bool:
        return self._taken < self._in_all and all(
            self._busy[key] < self._of_one[key[0]] for key in held
        )

    def _begin(self, held: _Held) -> None:
        self._taken += 1
        self._busy.update(held)
