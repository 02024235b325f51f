"""A PostgreSQL server that goes away and comes back (S-210, S-212)."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grantway.db import Database, migrate, open_database
from grantway.db.errors import OutcomeUnknown
from grantway.db.postgresql import PostgresqlDatabase
from grantway.kernel.errors import Unavailable
from tools.postgresql import server_in

ADD = "insert into sign_in_failures (subject, failures, first_at, last_at) values (:name, 1, 1, 1)"
HEALED_WITHIN = 10  # seconds, rule S-210


async def add(db: Database, name: str) -> None:
    async with db.write() as tx:
        await tx.change(ADD, name=name)


async def names(db: Database) -> list[str]:
    async with db.read() as reader:
        return await reader.column("select subject from sign_in_failures order by subject")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return an empty folder that the server's own user can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o755)
        (Path(path) / "cluster").mkdir()
        yield Path(path) / "cluster"


async def test_a_restarted_server_is_found_again(folder: Path) -> None:
    with server_in(folder, durable=True) as server:
        url = server.url("postgres")
        await migrate(url)
        db = await open_database(url)
        await asyncio.gather(*(add(db, f"{n}") for n in range(20)))
        acknowledged = await names(db)
        assert len(acknowledged) == 20
        open_transaction = db.write()
        tx = await open_transaction.__aenter__()
        await tx.change(ADD, name="never acknowledged")
    port = url.partition("@")[2].partition(":")[2].partition("/")[0]

    with pytest.raises(OutcomeUnknown, match="look before you send it again"):
        await open_transaction.__aexit__(None, None, None)
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unavailable):
            await add(db, "meanwhile")
        with pytest.raises(Unavailable):
            await names(db)
    assert time.monotonic() - started < 5, "while it is away, requests fail fast"

    with server_in(folder, durable=True, port=port):
        back = time.monotonic()
        while True:
            try:
                await add(db, "after")
                break
            except Unavailable:
                assert time.monotonic() - back < HEALED_WITHIN
                await asyncio.sleep(0.05)
        assert await names(db) == sorted([*acknowledged, "after"])
        await asyncio.gather(*(add(db, f"again {n}") for n in range(20)))
        await db.close()


async def test_a_connection_that_is_cut_is_replaced(postgresql_url: str) -> None:
    db = await open_database(postgresql_url)
    await asyncio.gather(*(add(db, f"{n}") for n in range(20)))
    async with db.read() as reader:
        await reader.column(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and datname = current_database()"
            " and application_name = '' and query like '%sign_in_failures%'"
        )
    outcomes = await asyncio.gather(
        *(add(db, f"cut {n}") for n in range(10)), return_exceptions=True
    )

    assert {type(one) for one in outcomes if one is not None} <= {Unavailable} | set(
        Unavailable.__subclasses__()
    )
    await add(db, "after")
    stored = await names(db)
    assert [n for n, one in enumerate(outcomes) if one is None] == [
        n for n in range(10) if f"cut {n}" in stored
    ]
    await db.close()


async def test_an_exhausted_pool_says_so_and_recovers(postgresql_url: str) -> None:
    db = await PostgresqlDatabase.connect(postgresql_url, acquire_seconds=0.3)
    go = asyncio.Event()

    async def hold(name: str) -> None:
        async with db.write() as tx:
            await tx.change(ADD, name=name)
            await go.wait()

    holders = [asyncio.create_task(hold(f"{n}")) for n in range(10)]
    await asyncio.sleep(0.3)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(names(db), 8)
    go.set()
    await asyncio.gather(*holders)

    assert len(await names(db)) == 10
    await db.close()
