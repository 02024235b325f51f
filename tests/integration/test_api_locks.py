"""Requests beside somebody who holds a lock in the database (S-208)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from grantway.app import Platform
from grantway.db import open_database, postgresql
from grantway.db.sqlite import SqliteDatabase, connect
from grantway.kernel.clock import ManualClock
from tests.integration.api_client import Api, settings
from tests.integration.conftest import OpenApi

LEADS = "/api/v4/leads"
WAIT = 0.6  # instead of five seconds


@pytest.fixture
async def impatient(
    open_api: OpenApi, database_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    """Return a platform that waits for locks only briefly."""
    first = await open_api()
    path = database_url.removeprefix("sqlite:///")
    if path != database_url:
        platform = Platform(
            settings(database_url), SqliteDatabase(path, lock_wait_ms=int(WAIT * 1000)), clock
        )
    else:
        monkeypatch.setattr(postgresql, "_LOCK_WAIT_MS", int(WAIT * 1000))
        platform = Platform(settings(database_url), await open_database(database_url), clock)
    api = Api(platform, clock, first.cast, first.key)
    # Once a minute it is noted that a token is in use; that is done before anybody holds a lock.
    assert (await api.get("/api/v4/account")).status_code == 200
    await platform.usage.finish()
    yield api
    await platform.close()


@asynccontextmanager
async def locked(url: str) -> AsyncIterator[None]:
    """Let nobody write leads until the block is left."""
    if url.startswith("sqlite"):
        other = connect(url.removeprefix("sqlite:///"))
        other.execute("begin immediate")
        try:
            yield
        finally:
            other.execute("rollback")
            other.close()
        return
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("lock table leads in share row exclusive mode")
            yield
    finally:
        await connection.close()


async def test_who_waits_too_long_is_asked_to_try_again_and_nothing_is_stored(
    impatient: Api, database_url: str
) -> None:
    async with locked(database_url):
        began = time.monotonic()
        refused = await asyncio.gather(
            *(impatient.call("POST", LEADS, json=[{"name": f"{n}"}]) for n in range(3))
        )
        waited = time.monotonic() - began
        reading = await impatient.get(LEADS)

    for answer in refused:
        assert answer.json() == {
            "title": "Service Unavailable",
            "type": "https://httpstatus.es/503",
            "status": 503,
            "detail": "The change could not be stored; please try again",
        }
        assert answer.headers["retry-after"] == "1"
    assert WAIT * 0.9 < waited < WAIT * 8
    assert reading.status_code == 204
    assert await impatient.count("leads") == 0
    assert (await impatient.call("POST", LEADS, json=[{"name": "again"}])).status_code == 200
    assert await impatient.count("leads") == 1


async def test_who_need_not_wait_for_long_is_answered_as_ever(
    impatient: Api, database_url: str
) -> None:
    async with locked(database_url):
        waiting = asyncio.create_task(impatient.call("POST", LEADS, json=[{"name": "patient"}]))
        await asyncio.sleep(WAIT / 6)
        assert not waiting.done()
    answer = await waiting

    assert answer.status_code == 200
    (lead,) = answer.json()["_embedded"]["leads"]
    assert (await impatient.lead(lead["id"]))["name"] == "patient"
