"""Fixtures of the tests that call the platform's doors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from grantway.app import open_platform
from grantway.kernel.clock import ManualClock
from grantway.oauth.keys import NewKey, make_key
from tests.integration.api_client import NOW, Api, make_cast, settings
from tests.integration.locks import impatient_beside

OpenApi = Callable[..., Awaitable[Api]]


@pytest.fixture(scope="session")
def signing_key() -> NewKey:
    """Make one key pair for all tests of a process: it takes a moment."""
    with asyncio.Runner() as runner:
        return runner.run(make_key())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def open_api(
    database_url: str, clock: ManualClock, signing_key: NewKey
) -> AsyncIterator[OpenApi]:
    """Return what opens platforms on the test's database, with settings of the test's choice.

    The first one makes the cast; another one, of a second process so to speak, meets it.
    """
    opened: list[Api] = []

    async def open_one(**changes: object) -> Api:
        platform = await open_platform(settings(database_url, **changes), clock)
        cast = opened[0].cast if opened else await make_cast(platform, signing_key)
        opened.append(Api(platform, clock, cast, signing_key))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.platform.close()


@pytest.fixture
async def api(open_api: OpenApi) -> Api:
    """Open a platform without limits, on each kind of database."""
    return await open_api()


@pytest.fixture
async def impatient(
    open_api: OpenApi, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    """Open a platform that waits for locks only briefly."""
    async with impatient_beside(await open_api(), database_url, monkeypatch) as one:
        yield one
