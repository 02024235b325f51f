"""Fixtures of the tests that call the outside: a receiver on loopback, and who calls it."""

from collections.abc import AsyncIterator

import pytest

from grantway.db import Database
from tests.integration.hooks.receiver import Receiver, receiving
from tests.integration.hooks.world import World


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
async def world(db: Database, receiver: Receiver) -> World:
    """Return acme with an integration that has a hook, on each kind of database."""
    world = World(db, receiver)
    await world.fill()
    return world
