"""Fixtures of the tests that call the outside: a receiver on loopback, and who calls it."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.hooks.receiver import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one
