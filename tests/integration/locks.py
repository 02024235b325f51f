"""Somebody who holds a lock in the database, and a platform that waits for it only briefly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from grantway.app import Platform
from grantway.db import open_database, postgresql
from grantway.db.sqlite import SqliteDatabase, connect
from tests.integration.api_client import Api, settings

WAIT = 0.6  # instead of five seconds


@asynccontextmanager
async def locked(url: str, *tables: str) -> AsyncIterator[None]:
    """Let nobody write *tables* until the block is left; on SQLite nobody writes anything."""
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
            await connection.execute(f"lock table {', '.join(tables)} in share row exclusive mode")
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def impatient_beside(
    first: Api, url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    """Give a second platform on the database of *first*, which waits for locks `WAIT` seconds."""
    milliseconds = int(WAIT * 1000)
    path = url.removeprefix("sqlite:///")
    monkeypatch.setattr(postgresql, "_LOCK_WAIT_MS", milliseconds)
    is_file = path != url
    db = SqliteDatabase(path, lock_wait_ms=milliseconds) if is_file else await open_database(url)
    platform = Platform(settings(url), db, first.clock)
    api = Api(platform, first.clock, first.cast, first.key)
    # Once a minute it is noted that a token is in use; that is done before anybody holds a lock.
    assert (await api.get("/api/v4/account")).status_code == 200
    await platform.usage.finish()
    yield api
    await platform.close()
