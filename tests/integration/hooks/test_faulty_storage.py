"""What calls come to when the database fails around them (S-204, S-214, S-226)."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from grantway.db import Database, Reader, Transaction
from grantway.db.errors import OutcomeUnknown, StorageUnavailable
from grantway.hooks import service
from grantway.hooks.model import MAX_UNDER_WAY
from grantway.worker.delivering import Deliverer
from tests.integration.hooks.world import NOW, World


class Faulty:
    """A database whose transactions fail as *faults* say, one after the other: None is none.

    StorageUnavailable: nothing was stored. OutcomeUnknown: it was, and nobody was told.
    """

    def __init__(self, db: Database, faults: list[type[Exception] | None]) -> None:
        self._db = db
        self._faults = faults
        self.kind = db.kind

    def read(self) -> AbstractAsyncContextManager[Reader]:
        return self._db.read()

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._writing(self._faults.pop(0) if self._faults else None)

    @asynccontextmanager
    async def _writing(self, fault: type[Exception] | None) -> AsyncIterator[Transaction]:
        if fault is StorageUnavailable:
            raise StorageUnavailable("a test says so")
        async with self._db.write() as tx:
            yield tx
        if fault is OutcomeUnknown:
            raise OutcomeUnknown("a test says so")

    async def analyze(self, *tables: str) -> None:
        await self._db.analyze(*tables)

    async def close(self) -> None:
        """Leave it to the test."""


async def claim_and_send(world: World, *faults: type[Exception] | None) -> None:
    hooks = world.hooks(Faulty(world.db, list(faults)))
    async with world.db.read() as reader:
        (name,) = await service.destinations(reader, "", 1)
        (waiting,) = await service.waiting_for(reader, name, 0, 1)
    delivery = await hooks.claim(waiting)
    assert delivery is not None
    await hooks.carry_out(delivery)


@pytest.mark.parametrize("fault", [StorageUnavailable, OutcomeUnknown])
async def test_what_came_back_is_recorded_when_the_database_is_back(
    world: World, fault: type[Exception]
) -> None:
    await world.plan("/off")
    await claim_and_send(world, None, fault, fault)

    assert await world.states() == ["answered"]
    assert world.receiver.connections == 1


async def test_a_claim_that_nobody_can_vouch_for_is_not_sent(world: World) -> None:
    await world.plan("/off")
    with pytest.raises(OutcomeUnknown):
        await claim_and_send(world, OutcomeUnknown)
    deliverer = world.deliverer()
    await deliverer.deliver_all()
    world.clock.now = NOW + MAX_UNDER_WAY + 1
    await deliverer.note_unknown()

    assert world.receiver.connections == 0
    assert await world.states() == ["unknown"]


async def test_a_claim_that_was_not_stored_is_tried_again(world: World) -> None:
    await world.plan("/off")
    db = Faulty(world.db, [StorageUnavailable, StorageUnavailable])
    await Deliverer(world.hooks(db)).deliver_all()

    assert world.receiver.connections == 1
    assert await world.states() == ["answered"]
